-- What ends in the institution ?1 after ?2 and up to ?3, by end, and how much of it
-- waits to be extended. Roles lead, because the index does; they are few.
SELECT a.ends_at, count(*) AS accesses, count(a.request) AS waiting
FROM role
CROSS JOIN access AS a INDEXED BY access_of_role ON a.role = role.code AND a.institution = ?1
WHERE a.standing = 'active' AND a.ends_at > ?2 AND a.ends_at <= ?3
GROUP BY a.ends_at
ORDER BY a.ends_at
