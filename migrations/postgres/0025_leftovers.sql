CREATE TABLE leftovers (
  id TEXT PRIMARY KEY NOT NULL,
  org_id TEXT NOT NULL REFERENCES organizations (id),
  connector TEXT NOT NULL,
  config TEXT NOT NULL,
  app_id TEXT,
  draft_id TEXT,
  connection_id TEXT,
  name TEXT NOT NULL,
  secret_version BIGINT NOT NULL,
  key_id TEXT NOT NULL,
  sealed BYTEA NOT NULL,
  created_ms BIGINT NOT NULL,
  due_ms BIGINT NOT NULL,
  tries BIGINT NOT NULL,
  generation BIGINT NOT NULL
);
CREATE INDEX leftovers_by_due ON leftovers (due_ms, id);
CREATE INDEX leftovers_by_org ON leftovers (org_id);
CREATE INDEX leftovers_by_key ON leftovers (key_id);
ALTER TABLE grants ADD COLUMN renews BOOLEAN NOT NULL DEFAULT TRUE;
UPDATE grants SET renews = FALSE WHERE failure_code = 'no_refresh_token';
