ALTER TABLE audit_log ADD COLUMN user_agent TEXT NOT NULL DEFAULT '';
CREATE TABLE letters (
  id TEXT PRIMARY KEY NOT NULL,
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  key_id TEXT NOT NULL,
  sealed BYTEA NOT NULL,
  created_ms BIGINT NOT NULL,
  due_ms BIGINT NOT NULL,
  tries BIGINT NOT NULL,
  generation BIGINT NOT NULL
);
CREATE INDEX letters_by_due ON letters (due_ms);
CREATE INDEX letters_by_key ON letters (key_id);
