CREATE TABLE issues (
  id TEXT PRIMARY KEY NOT NULL,
  org_id TEXT NOT NULL REFERENCES organizations (id),
  connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
  code TEXT NOT NULL,
  opened_ms BIGINT NOT NULL,
  resolved_ms BIGINT,
  told_ms BIGINT
);
CREATE UNIQUE INDEX issues_open ON issues (connection_id) WHERE resolved_ms IS NULL;
CREATE INDEX issues_by_org ON issues (org_id, opened_ms, id);
CREATE INDEX issues_by_connection ON issues (connection_id);
