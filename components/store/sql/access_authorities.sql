-- One who held the same authority at several units of an institution keeps the
-- longest (VER-1). The few roles with authority lead, however many accesses a
-- person has.
SELECT role.authority, a.institution, a.zone, max(a.ends_at) AS ends_at
FROM role
CROSS JOIN access AS a ON a.account = ?1 AND a.role = role.code
WHERE a.standing = 'active' AND a.ends_at IS NOT NULL AND role.authority <> 'none'
GROUP BY role.authority, a.institution, a.zone
ORDER BY role.authority, a.institution
