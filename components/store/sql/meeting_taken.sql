-- The slots of a desk that somebody holds between two moments.
SELECT starts_at, place
FROM meeting
WHERE holds = 1 AND desk = ?1 AND starts_at >= ?2 AND starts_at < ?3
ORDER BY starts_at, place
LIMIT ?4
