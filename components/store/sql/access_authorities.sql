-- One who held the same authority at several units of an institution keeps the
-- longest (VER-1).
SELECT r.authority, a.institution, a.zone, max(a.ends_at) AS ends_at
FROM access AS a
JOIN role AS r ON r.code = a.role
WHERE a.account = ?1 AND a.standing = 'active' AND a.ends_at IS NOT NULL AND r.authority <> 'none'
GROUP BY r.authority, a.institution, a.zone
ORDER BY r.authority, a.institution
