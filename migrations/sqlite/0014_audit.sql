DROP INDEX audit_by_org;
DROP INDEX audit_by_target;
CREATE INDEX audit_by_org ON audit_log (org_id, at_ms, seq, node);
CREATE INDEX audit_by_target ON audit_log (org_id, target_id, at_ms, seq, node);
CREATE INDEX audit_by_actor ON audit_log (org_id, actor_id, at_ms, seq, node);
CREATE INDEX audit_by_kind ON audit_log (org_id, actor_kind, at_ms, seq, node);
CREATE INDEX audit_by_action ON audit_log (org_id, action, at_ms, seq, node);
ALTER TABLE organizations ADD COLUMN audit_days BIGINT NOT NULL DEFAULT 0;
ALTER TABLE organizations ADD COLUMN audit_pruned_ms BIGINT NOT NULL DEFAULT 0;
CREATE TABLE audit_checkpoints (
  node TEXT NOT NULL,
  seq BIGINT NOT NULL,
  mac BLOB NOT NULL,
  at_ms BIGINT NOT NULL,
  seal BLOB NOT NULL,
  PRIMARY KEY (node, seq)
);
CREATE TABLE audit_verifications (
  id BIGINT PRIMARY KEY NOT NULL,
  started_ms BIGINT NOT NULL,
  ended_ms BIGINT,
  chains BIGINT NOT NULL,
  entries BIGINT NOT NULL,
  checkpoints BIGINT NOT NULL,
  findings BIGINT NOT NULL,
  first_findings TEXT NOT NULL
);
