-- One who held the same authority at several units of an institution keeps the
-- longest (VER-1). The few roles with authority lead, however many accesses a
-- person has. Then what somebody verifies as substitute of an absent VAI.
SELECT role.authority, a.institution, a.zone, max(a.ends_at) AS ends_at,
       NULL AS absent, NULL AS starts_at, NULL AS until
FROM role
CROSS JOIN access AS a ON a.account = ?1 AND a.role = role.code
WHERE a.standing = 'active' AND a.ends_at IS NOT NULL AND role.authority <> 'none'
GROUP BY role.authority, a.institution, a.zone
UNION ALL
SELECT 'substitute', institution, zone, ends_at, absent, starts_at, until
FROM substitute_authority
WHERE account = ?1 AND ends_at IS NOT NULL
