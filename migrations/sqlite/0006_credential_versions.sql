ALTER TABLE credentials ADD COLUMN config TEXT NOT NULL DEFAULT '{}';
ALTER TABLE credentials ADD COLUMN account_id TEXT NOT NULL DEFAULT '';
ALTER TABLE credentials ADD COLUMN account_name TEXT NOT NULL DEFAULT '';
ALTER TABLE credentials ADD COLUMN identity TEXT NOT NULL DEFAULT '{}';
ALTER TABLE credentials ADD COLUMN host TEXT NOT NULL DEFAULT '';
ALTER TABLE credentials ADD COLUMN activated_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE credentials ADD COLUMN activated_by TEXT NOT NULL DEFAULT '';
UPDATE credentials SET
  config = (SELECT c.config FROM connections c WHERE c.id = credentials.connection_id),
  account_id = (SELECT c.account_id FROM connections c WHERE c.id = credentials.connection_id),
  account_name = (SELECT c.account_name FROM connections c WHERE c.id = credentials.connection_id),
  identity = (SELECT c.identity FROM connections c WHERE c.id = credentials.connection_id),
  host = (SELECT c.host FROM connections c WHERE c.id = credentials.connection_id),
  activated_ms = created_ms,
  activated_by = created_by;
ALTER TABLE drafts ADD COLUMN edits TEXT;
ALTER TABLE drafts ADD COLUMN edits_version BIGINT;
CREATE UNIQUE INDEX drafts_member_id_edits_key ON drafts (member_id, edits) WHERE connection_id IS NULL;
