CREATE TABLE organizations (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  created_ms BIGINT NOT NULL
);
CREATE TABLE milestones (
  org_id TEXT NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  reached_ms BIGINT NOT NULL,
  PRIMARY KEY (org_id, name)
);
CREATE TABLE users (
  id TEXT PRIMARY KEY NOT NULL,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  password_hash TEXT,
  super_admin BOOLEAN NOT NULL,
  theme TEXT NOT NULL,
  disabled BOOLEAN NOT NULL,
  created_ms BIGINT NOT NULL
);
CREATE TABLE members (
  id TEXT PRIMARY KEY NOT NULL,
  org_id TEXT NOT NULL REFERENCES organizations (id),
  user_id TEXT NOT NULL REFERENCES users (id),
  role TEXT NOT NULL,
  status TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  UNIQUE (org_id, user_id),
  UNIQUE (org_id, id)
);
CREATE TABLE sessions (
  id_hash TEXT PRIMARY KEY NOT NULL,
  user_id TEXT REFERENCES users (id),
  org_id TEXT REFERENCES organizations (id),
  data TEXT NOT NULL,
  expires_ms BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_ms);
CREATE TABLE rate_limits (
  bucket TEXT PRIMARY KEY NOT NULL,
  used BIGINT NOT NULL,
  window_ends_ms BIGINT NOT NULL
);
CREATE TABLE setup_links (
  id BIGINT PRIMARY KEY NOT NULL,
  token_hash TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  used_ms BIGINT
);
CREATE TABLE root_keys (
  key_id TEXT PRIMARY KEY NOT NULL,
  source TEXT NOT NULL,
  check_value TEXT NOT NULL,
  parameters TEXT NOT NULL,
  status TEXT NOT NULL,
  created_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX root_keys_active ON root_keys (status) WHERE status = 'active';
CREATE TABLE system_secrets (
  name TEXT PRIMARY KEY NOT NULL,
  version BIGINT NOT NULL,
  key_id TEXT NOT NULL,
  sealed BLOB NOT NULL,
  created_ms BIGINT NOT NULL
);
CREATE TABLE connections (
  id TEXT PRIMARY KEY NOT NULL,
  org_id TEXT NOT NULL REFERENCES organizations (id),
  team_id TEXT,
  connector TEXT NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  config TEXT NOT NULL,
  account_id TEXT NOT NULL,
  account_name TEXT NOT NULL,
  identity TEXT NOT NULL,
  host TEXT NOT NULL,
  folded TEXT NOT NULL,
  last_check_id TEXT,
  last_checked_ms BIGINT,
  next_check_ms BIGINT,
  failure_code TEXT,
  created_by TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL,
  row_version BIGINT NOT NULL,
  UNIQUE (org_id, id)
);
CREATE INDEX connections_by_org ON connections (org_id, status);
CREATE INDEX connections_by_name ON connections (org_id, folded, id);
CREATE UNIQUE INDEX connections_name ON connections (org_id, name) WHERE status <> 'revoked';
CREATE TABLE credentials (
  id TEXT PRIMARY KEY NOT NULL,
  org_id TEXT NOT NULL REFERENCES organizations (id),
  connection_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  active BOOLEAN NOT NULL,
  key_id TEXT NOT NULL,
  sealed BLOB NOT NULL,
  created_ms BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  UNIQUE (connection_id, version),
  FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id)
);
CREATE UNIQUE INDEX credentials_active ON credentials (connection_id) WHERE active;
CREATE INDEX credentials_by_key ON credentials (key_id, id);
CREATE TABLE drafts (
  id TEXT PRIMARY KEY NOT NULL,
  org_id TEXT NOT NULL REFERENCES organizations (id),
  member_id TEXT NOT NULL,
  connector TEXT NOT NULL,
  flow TEXT NOT NULL,
  name TEXT NOT NULL,
  entries TEXT NOT NULL,
  errors TEXT NOT NULL,
  secret_version BIGINT NOT NULL,
  key_id TEXT,
  sealed BLOB,
  check_id TEXT,
  connection_id TEXT,
  duplicate_of TEXT,
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL,
  row_version BIGINT NOT NULL,
  FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, id)
);
CREATE INDEX drafts_by_member ON drafts (org_id, member_id);
CREATE INDEX drafts_by_expiry ON drafts (expires_ms);
CREATE TABLE checks (
  id TEXT PRIMARY KEY NOT NULL,
  org_id TEXT NOT NULL REFERENCES organizations (id),
  draft_id TEXT,
  connection_id TEXT,
  connector TEXT NOT NULL,
  state TEXT NOT NULL,
  code TEXT,
  steps TEXT NOT NULL,
  result TEXT NOT NULL,
  started_ms BIGINT NOT NULL,
  deadline_ms BIGINT NOT NULL,
  took_ms BIGINT NOT NULL
);
CREATE INDEX checks_by_connection ON checks (connection_id, started_ms);
CREATE TABLE audit_chains (
  node TEXT PRIMARY KEY NOT NULL,
  seq BIGINT NOT NULL,
  mac BLOB NOT NULL
);
CREATE TABLE audit_log (
  node TEXT NOT NULL,
  seq BIGINT NOT NULL,
  org_id TEXT,
  at_ms BIGINT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  action TEXT NOT NULL,
  target_kind TEXT NOT NULL,
  target_id TEXT NOT NULL,
  target_name TEXT NOT NULL,
  outcome TEXT NOT NULL,
  detail TEXT NOT NULL,
  address TEXT NOT NULL,
  request_id TEXT NOT NULL,
  prev_mac BLOB NOT NULL,
  mac BLOB NOT NULL,
  PRIMARY KEY (node, seq)
);
CREATE INDEX audit_by_org ON audit_log (org_id, at_ms);
CREATE INDEX audit_by_target ON audit_log (org_id, target_id, at_ms);
