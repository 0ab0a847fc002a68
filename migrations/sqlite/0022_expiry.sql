CREATE TABLE expiry_dates (
  id TEXT PRIMARY KEY NOT NULL,
  org_id TEXT NOT NULL REFERENCES organizations (id),
  connection_id TEXT,
  credential_version BIGINT,
  title TEXT NOT NULL,
  note TEXT NOT NULL,
  ends_ms BIGINT NOT NULL,
  owner_member_id TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL,
  row_version BIGINT NOT NULL,
  UNIQUE (org_id, connection_id),
  FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id) ON DELETE CASCADE
);
CREATE INDEX expiry_dates_by_end ON expiry_dates (org_id, ends_ms);
CREATE TABLE expiry_reminders (
  org_id TEXT NOT NULL REFERENCES organizations (id),
  subject TEXT NOT NULL,
  ends_ms BIGINT NOT NULL,
  days BIGINT NOT NULL,
  sent_ms BIGINT NOT NULL,
  PRIMARY KEY (org_id, subject, ends_ms, days)
);
CREATE INDEX expiry_reminders_by_time ON expiry_reminders (sent_ms);
CREATE TABLE expiry_feeds (
  org_id TEXT NOT NULL REFERENCES organizations (id),
  member_id TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (org_id, member_id),
  UNIQUE (token_hash)
);
