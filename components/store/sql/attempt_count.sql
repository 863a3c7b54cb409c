-- All holders (?1, a JSON array) or none: whoever has made ?3 attempts rests until ?4
-- milliseconds after the last. The check and the count are one statement, so no two
-- attempts see the same count.
INSERT INTO attempt (holder, attempts, last_at, ends_at)
SELECT holder.value, 1, ?2, ?2 + ?4
FROM json_each(?1) AS holder
WHERE NOT EXISTS (
  SELECT 1 FROM attempt AS a
  WHERE a.holder IN (SELECT value FROM json_each(?1)) AND a.attempts >= ?3 AND a.ends_at > ?2
)
ON CONFLICT (holder) DO UPDATE SET
  attempts = iif(ends_at <= ?2, 1, attempts + 1), last_at = excluded.last_at, ends_at = excluded.ends_at
RETURNING holder
