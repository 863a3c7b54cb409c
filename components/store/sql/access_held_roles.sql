-- One row for a role at an institution, however many work units have it.
SELECT role, institution, zone, max(ends_at) AS ends_at
FROM access
WHERE account = ?1 AND standing = 'active' AND ends_at IS NOT NULL
GROUP BY role, institution, zone
LIMIT ?2
