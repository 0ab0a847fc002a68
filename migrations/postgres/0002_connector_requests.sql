CREATE TABLE connector_requests (
  id TEXT PRIMARY KEY NOT NULL,
  org_id TEXT NOT NULL REFERENCES organizations (id),
  member_id TEXT NOT NULL,
  service TEXT NOT NULL,
  purpose TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, id)
);
CREATE INDEX connector_requests_by_org ON connector_requests (org_id, created_ms);
