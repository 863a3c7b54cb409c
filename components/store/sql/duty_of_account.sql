-- The few roles with a duty lead, however many accesses a person has.
SELECT duties.duty, a.account, a.role, a.institution, a.work_unit, a.zone, a.ends_at
FROM role_duty AS duties
CROSS JOIN access AS a ON a.account = ?1 AND a.role = duties.role
WHERE a.standing = 'active' AND a.ends_at IS NOT NULL
ORDER BY duties.duty, a.institution, a.work_unit
