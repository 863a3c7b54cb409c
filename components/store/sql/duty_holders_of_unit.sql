SELECT d.duty, a.account, a.role, a.institution, a.work_unit, a.zone, a.ends_at
FROM role_duty AS d
CROSS JOIN access AS a INDEXED BY access_of_work_unit ON a.work_unit = ?2 AND a.role = d.role
WHERE d.duty = ?1 AND a.standing = 'active' AND a.ends_at IS NOT NULL
ORDER BY a.ends_at DESC, a.id
LIMIT ?3
