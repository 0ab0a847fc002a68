ALTER TABLE issues ADD COLUMN resolved_how TEXT NOT NULL DEFAULT '';
ALTER TABLE issues ADD COLUMN resolved_by TEXT NOT NULL DEFAULT '';
DROP INDEX issues_by_org;
CREATE INDEX issues_open_by_org ON issues (org_id, opened_ms, id) WHERE resolved_ms IS NULL;
CREATE INDEX issues_resolved_by_org ON issues (org_id, resolved_ms, id) WHERE resolved_ms IS NOT NULL;
