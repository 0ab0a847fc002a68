CREATE TABLE sign_on_providers (
  id TEXT PRIMARY KEY NOT NULL,
  org_id TEXT NOT NULL REFERENCES organizations (id),
  kind TEXT NOT NULL,
  label TEXT NOT NULL,
  issuer TEXT NOT NULL,
  client_id TEXT NOT NULL,
  key_id TEXT NOT NULL,
  sealed BYTEA NOT NULL,
  secret_version BIGINT NOT NULL,
  enabled BOOLEAN NOT NULL,
  join_role TEXT,
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL,
  row_version BIGINT NOT NULL,
  UNIQUE (org_id, id)
);
CREATE INDEX sign_on_providers_by_key ON sign_on_providers (key_id);
CREATE TABLE sign_on_domains (
  org_id TEXT NOT NULL,
  provider_id TEXT NOT NULL,
  domain TEXT NOT NULL,
  challenge TEXT NOT NULL,
  verified_ms BIGINT,
  PRIMARY KEY (provider_id, domain),
  FOREIGN KEY (org_id, provider_id) REFERENCES sign_on_providers (org_id, id)
);
CREATE UNIQUE INDEX sign_on_domains_verified ON sign_on_domains (domain) WHERE verified_ms IS NOT NULL;
CREATE TABLE sign_on_attempts (
  state_hash TEXT PRIMARY KEY NOT NULL,
  provider TEXT NOT NULL,
  owner TEXT NOT NULL,
  issuer TEXT NOT NULL,
  binding TEXT NOT NULL,
  purpose TEXT NOT NULL,
  user_id TEXT,
  next TEXT NOT NULL,
  redirect_uri TEXT NOT NULL,
  key_id TEXT NOT NULL,
  sealed BYTEA NOT NULL,
  created_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL
);
CREATE INDEX sign_on_attempts_by_expiry ON sign_on_attempts (expires_ms);
CREATE TABLE identities (
  owner TEXT NOT NULL,
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  user_id TEXT NOT NULL REFERENCES users (id),
  provider TEXT NOT NULL,
  email TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  used_ms BIGINT NOT NULL,
  PRIMARY KEY (owner, issuer, subject)
);
CREATE UNIQUE INDEX identities_of_user ON identities (user_id, provider);
CREATE INDEX identities_by_provider ON identities (provider);
