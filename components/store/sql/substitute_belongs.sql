-- When the last access of ?1 at the institution ?2 ends.
SELECT max(ends_at) FROM access
WHERE account = ?1 AND institution = ?2 AND standing = 'active' AND ends_at IS NOT NULL
