ALTER TABLE sessions ADD COLUMN id TEXT;
ALTER TABLE sessions ADD COLUMN created_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN seen_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN user_agent TEXT NOT NULL DEFAULT '';
UPDATE sessions SET id = 'ses_' || substr(id_hash, 1, 26) WHERE user_id IS NOT NULL;
ALTER TABLE organizations ADD COLUMN second_factor BOOLEAN NOT NULL DEFAULT FALSE;
CREATE TABLE devices (
  token_hash TEXT NOT NULL,
  user_id TEXT NOT NULL REFERENCES users (id),
  used_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL,
  PRIMARY KEY (token_hash, user_id)
);
CREATE INDEX devices_by_user ON devices (user_id, used_ms);
CREATE INDEX devices_by_expiry ON devices (expires_ms);
CREATE TABLE authenticators (
  user_id TEXT PRIMARY KEY NOT NULL REFERENCES users (id),
  version BIGINT NOT NULL,
  key_id TEXT NOT NULL,
  sealed BLOB NOT NULL,
  turned_on_ms BIGINT,
  last_step BIGINT NOT NULL,
  created_ms BIGINT NOT NULL
);
CREATE INDEX authenticators_by_key ON authenticators (key_id);
CREATE TABLE recovery_codes (
  user_id TEXT NOT NULL REFERENCES users (id),
  code_hash TEXT NOT NULL,
  PRIMARY KEY (user_id, code_hash)
);
CREATE TABLE passkey_handles (
  user_id TEXT PRIMARY KEY NOT NULL REFERENCES users (id),
  handle TEXT NOT NULL UNIQUE
);
CREATE TABLE passkeys (
  id TEXT PRIMARY KEY NOT NULL,
  user_id TEXT NOT NULL REFERENCES users (id),
  credential_id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  credential TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  used_ms BIGINT
);
CREATE INDEX passkeys_by_user ON passkeys (user_id);
CREATE TABLE ceremonies (
  token_hash TEXT PRIMARY KEY NOT NULL,
  purpose TEXT NOT NULL,
  user_id TEXT REFERENCES users (id),
  state TEXT NOT NULL,
  expires_ms BIGINT NOT NULL
);
CREATE INDEX ceremonies_by_expiry ON ceremonies (expires_ms);
