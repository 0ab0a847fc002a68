CREATE TABLE oauth_apps (
  id TEXT PRIMARY KEY NOT NULL,
  org_id TEXT NOT NULL REFERENCES organizations (id),
  connector TEXT NOT NULL,
  label TEXT NOT NULL,
  client_id TEXT NOT NULL,
  config TEXT NOT NULL,
  key_id TEXT NOT NULL,
  sealed BLOB NOT NULL,
  secret_version BIGINT NOT NULL,
  secret_hint TEXT NOT NULL,
  secret_ends_ms BIGINT,
  created_by TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL,
  row_version BIGINT NOT NULL,
  UNIQUE (org_id, connector, label)
);
CREATE INDEX oauth_apps_by_key ON oauth_apps (key_id);
CREATE TABLE grants (
  credential_id TEXT PRIMARY KEY NOT NULL REFERENCES credentials (id) ON DELETE CASCADE,
  org_id TEXT NOT NULL REFERENCES organizations (id),
  connection_id TEXT NOT NULL,
  app_id TEXT REFERENCES oauth_apps (id),
  kind TEXT NOT NULL,
  granted TEXT NOT NULL,
  allowed_ms BIGINT NOT NULL,
  obtained_ms BIGINT NOT NULL,
  expires_ms BIGINT,
  refresh_ends_ms BIGINT,
  due_ms BIGINT,
  generation BIGINT NOT NULL,
  lease BIGINT NOT NULL,
  lease_owner TEXT NOT NULL,
  lease_until_ms BIGINT NOT NULL,
  calling_ms BIGINT,
  failures BIGINT NOT NULL,
  failure_code TEXT NOT NULL,
  failed_ms BIGINT
);
CREATE INDEX grants_by_connection ON grants (org_id, connection_id);
CREATE INDEX grants_by_app ON grants (app_id);
CREATE INDEX grants_by_due ON grants (due_ms);
