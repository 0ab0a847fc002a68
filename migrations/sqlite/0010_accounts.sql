CREATE TABLE registrations (
  token_hash TEXT PRIMARY KEY NOT NULL,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  organization TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL
);
CREATE INDEX registrations_by_email ON registrations (email, created_ms);
CREATE INDEX registrations_by_expiry ON registrations (expires_ms);
CREATE TABLE account_links (
  user_id TEXT NOT NULL REFERENCES users (id),
  purpose TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  email TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL,
  PRIMARY KEY (user_id, purpose)
);
CREATE INDEX account_links_by_expiry ON account_links (expires_ms);
