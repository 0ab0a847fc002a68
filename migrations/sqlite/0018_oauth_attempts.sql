CREATE TABLE oauth_attempts (
  state_hash TEXT PRIMARY KEY NOT NULL,
  org_id TEXT NOT NULL REFERENCES organizations (id),
  member_id TEXT NOT NULL,
  binding TEXT,
  connector TEXT NOT NULL,
  app_id TEXT NOT NULL,
  draft_id TEXT NOT NULL,
  issuer TEXT NOT NULL,
  redirect_uri TEXT NOT NULL,
  key_id TEXT NOT NULL,
  sealed BLOB NOT NULL,
  created_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL
);
CREATE INDEX oauth_attempts_by_draft ON oauth_attempts (org_id, draft_id);
CREATE INDEX oauth_attempts_by_expiry ON oauth_attempts (expires_ms);
CREATE INDEX oauth_attempts_by_key ON oauth_attempts (key_id);
ALTER TABLE drafts ADD COLUMN app_id TEXT;
ALTER TABLE drafts ADD COLUMN tokens TEXT;
