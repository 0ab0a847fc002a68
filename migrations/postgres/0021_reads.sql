CREATE TABLE credential_uses (
  org_id TEXT NOT NULL,
  connection_id TEXT NOT NULL,
  application_id TEXT NOT NULL,
  key_id TEXT NOT NULL,
  day BIGINT NOT NULL,
  node TEXT NOT NULL,
  reads BIGINT NOT NULL,
  last_ms BIGINT NOT NULL,
  last_address TEXT NOT NULL,
  last_user_agent TEXT NOT NULL,
  PRIMARY KEY (org_id, connection_id, application_id, key_id, day, node)
);
CREATE INDEX credential_uses_by_day ON credential_uses (day);
CREATE INDEX audit_by_target_but_reads ON audit_log (org_id, target_id, at_ms, seq, node) WHERE action <> 'credential.read';
