CREATE TABLE entry_links (
  id TEXT PRIMARY KEY NOT NULL,
  org_id TEXT NOT NULL REFERENCES organizations (id),
  member_id TEXT NOT NULL,
  draft_id TEXT NOT NULL,
  connector TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  fields TEXT NOT NULL,
  given TEXT NOT NULL,
  note TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL,
  opened_ms BIGINT,
  tries BIGINT NOT NULL,
  check_id TEXT,
  attempt TEXT,
  ended_ms BIGINT,
  ending TEXT,
  FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, id)
);
CREATE UNIQUE INDEX entry_links_open ON entry_links (draft_id) WHERE ended_ms IS NULL;
CREATE INDEX entry_links_by_member ON entry_links (org_id, member_id, expires_ms);
CREATE INDEX entry_links_by_draft ON entry_links (draft_id, created_ms);
CREATE INDEX entry_links_by_expiry ON entry_links (expires_ms);
