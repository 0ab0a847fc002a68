CREATE TABLE token_families (
  id TEXT PRIMARY KEY NOT NULL,
  org_id TEXT NOT NULL REFERENCES organizations (id),
  user_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  address TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  proven_ms BIGINT NOT NULL,
  created_ms BIGINT NOT NULL,
  used_ms BIGINT NOT NULL,
  ends_ms BIGINT NOT NULL,
  ended_ms BIGINT,
  ended_why TEXT NOT NULL
);
CREATE INDEX token_families_by_user ON token_families (user_id);
CREATE INDEX token_families_by_end ON token_families (ends_ms);
CREATE TABLE refresh_tokens (
  token_hash TEXT PRIMARY KEY NOT NULL,
  family_id TEXT NOT NULL REFERENCES token_families (id),
  created_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL,
  used_ms BIGINT
);
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (family_id);
CREATE TABLE applications (
  id TEXT PRIMARY KEY NOT NULL,
  org_id TEXT NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  purpose TEXT NOT NULL,
  owner_member_id TEXT NOT NULL,
  active BOOLEAN NOT NULL,
  created_by TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL,
  row_version BIGINT NOT NULL,
  UNIQUE (org_id, name)
);
CREATE TABLE api_keys (
  id TEXT PRIMARY KEY NOT NULL,
  org_id TEXT NOT NULL REFERENCES organizations (id),
  application_id TEXT NOT NULL REFERENCES applications (id),
  name TEXT NOT NULL,
  secret_hash TEXT NOT NULL,
  scopes TEXT NOT NULL,
  connection_ids TEXT,
  maker_member_id TEXT NOT NULL,
  maker_user_id TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  expires_ms BIGINT,
  ended_ms BIGINT,
  last_used_ms BIGINT,
  last_used_address TEXT NOT NULL
);
CREATE INDEX api_keys_by_application ON api_keys (application_id);
