SELECT a.id, a.account, a.zone, a.ends_at
FROM role_duty AS d
CROSS JOIN access AS a INDEXED BY access_of_work_unit ON a.work_unit = ?1 AND a.role = d.role
WHERE (d.duty = 'commitment-officer' OR d.duty = 'procurement-officer')
  AND a.standing = 'active' AND a.ends_at IS NOT NULL
LIMIT ?2
