-- As handover_open_unit, for all units of the institution ?1.
SELECT a.id, a.account, coalesce(p.name, '') AS account_name, a.role, r.name AS role_name,
       a.institution, a.work_unit, coalesce(w.name, '') AS work_unit_name, a.zone, a.standing,
       a.valid_until, coalesce(h.packages, '[]') AS packages
FROM handover_open AS o
CROSS JOIN access AS a ON a.id = o.access
CROSS JOIN working_role AS r ON r.code = a.role
LEFT JOIN handover AS h ON h.access = a.id
LEFT JOIN account AS p ON p.id = a.account
LEFT JOIN work_unit AS w ON w.id = a.work_unit
WHERE o.institution = ?1 AND o.access > ?2
ORDER BY o.access
LIMIT ?3
