-- How far behind the event ?1 the record can be walked: ?3 events at most, and none
-- that is younger than ?2. Null where nothing is old enough.
WITH due AS (SELECT seq, at FROM event WHERE seq > ?1 ORDER BY seq LIMIT ?3)
SELECT coalesce((SELECT min(seq) - 1 FROM due WHERE at > ?2), max(seq)), count(*) FROM due
