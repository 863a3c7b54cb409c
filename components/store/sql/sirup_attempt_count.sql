-- Both holders (?1, ?2) or neither: whoever has made ?4 attempts rests until ?5
-- milliseconds after the last. The check and the count are one statement, so no
-- two attempts see the same count.
INSERT INTO sirup_attempt (holder, attempts, last_at)
SELECT holder.name, 1, ?3
FROM (SELECT ?1 AS name UNION ALL SELECT ?2) AS holder
WHERE NOT EXISTS (
  SELECT 1 FROM sirup_attempt AS a
  WHERE a.holder IN (?1, ?2) AND a.attempts >= ?4 AND a.last_at > ?3 - ?5
)
ON CONFLICT (holder) DO UPDATE SET
  attempts = iif(last_at <= ?3 - ?5, 1, attempts + 1), last_at = ?3
RETURNING holder
