-- What ends in the zone ?1 after ?2 and up to ?3, by end: from the index alone.
SELECT a.ends_at, count(*) AS accesses
FROM access AS a INDEXED BY access_due
WHERE a.zone = ?1 AND a.standing = 'active' AND a.ends_at > ?2 AND a.ends_at <= ?3
GROUP BY a.ends_at
ORDER BY a.ends_at
