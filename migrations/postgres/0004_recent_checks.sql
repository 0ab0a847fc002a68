ALTER TABLE connections ADD COLUMN recent TEXT NOT NULL DEFAULT '';
UPDATE connections SET recent = coalesce((
  SELECT string_agg(CAST(mark AS TEXT), ' ') FROM (
    SELECT max(started_ms / 60000 * 10 + CASE WHEN state = 'failed' THEN 3 WHEN took_ms > 3000 THEN 2 ELSE 1 END) AS mark
    FROM checks
    WHERE checks.org_id = connections.org_id AND checks.connection_id = connections.id AND state IN ('passed', 'failed')
      AND started_ms > connections.last_checked_ms - 86400000
    GROUP BY started_ms / 60000
  ) AS minutes
), '');
