CREATE TABLE idempotency_keys (
  org_id TEXT NOT NULL REFERENCES organizations (id),
  member_id TEXT NOT NULL,
  key_mac TEXT NOT NULL,
  route TEXT NOT NULL,
  body_mac TEXT NOT NULL,
  answer TEXT,
  created_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL,
  PRIMARY KEY (org_id, member_id, key_mac),
  FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, id)
);
CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_ms);
