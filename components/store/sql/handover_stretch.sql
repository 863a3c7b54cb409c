-- How far behind the event ?1 the record can be walked: ?3 events at most, and no end
-- that is younger than ?2. Null where there is none. Other events may be as young as
-- they like, also by a clock that was ahead.
WITH due AS (SELECT seq, at, kind FROM event WHERE seq > ?1 ORDER BY seq LIMIT ?3)
SELECT coalesce((SELECT min(seq) - 1 FROM due
                 WHERE at > ?2 AND (kind = 'access-expired' OR kind = 'access-deactivated')),
                max(seq)), count(*) FROM due
