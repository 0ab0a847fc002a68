ALTER TABLE members ADD COLUMN limited BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX members_by_user ON members (user_id, status);
CREATE TABLE teams (
  id TEXT PRIMARY KEY NOT NULL,
  org_id TEXT NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  UNIQUE (org_id, id),
  UNIQUE (org_id, name)
);
CREATE TABLE team_members (
  org_id TEXT NOT NULL,
  team_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  PRIMARY KEY (member_id, team_id),
  FOREIGN KEY (org_id, team_id) REFERENCES teams (org_id, id),
  FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, id)
);
CREATE INDEX team_members_by_team ON team_members (team_id);
CREATE TABLE member_grants (
  org_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  connection_id TEXT NOT NULL,
  PRIMARY KEY (member_id, connection_id),
  FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, id),
  FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id)
);
CREATE INDEX member_grants_by_connection ON member_grants (connection_id);
CREATE TABLE invitations (
  id TEXT PRIMARY KEY NOT NULL,
  org_id TEXT NOT NULL REFERENCES organizations (id),
  email TEXT NOT NULL,
  role TEXT NOT NULL,
  team_id TEXT,
  granted TEXT,
  token_hash TEXT NOT NULL UNIQUE,
  invited_by TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  sent_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL,
  ended_ms BIGINT,
  ending TEXT,
  FOREIGN KEY (org_id, invited_by) REFERENCES members (org_id, id)
);
CREATE UNIQUE INDEX invitations_open ON invitations (org_id, email) WHERE ended_ms IS NULL;
CREATE INDEX connections_by_team ON connections (org_id, team_id);
ALTER TABLE drafts ADD COLUMN team_id TEXT;
