-- ?1: a JSON array of [account, role].
SELECT who.value ->> 0 AS account, who.value ->> 1 AS role,
       c.code, c.source, c.scope, c.valid_from, c.valid_until,
       held.id, coalesce(r.name, held.role) AS role_name,
       held.institution, held.work_unit, coalesce(w.name, '') AS work_unit_name, held.zone, held.ends_at
FROM json_each(?1) AS who
CROSS JOIN role_conflict AS c ON c.role = who.value ->> 1
CROSS JOIN access AS held ON held.account = who.value ->> 0 AND held.role = c.other_role
LEFT JOIN role AS r ON r.code = held.role
LEFT JOIN work_unit AS w ON w.id = held.work_unit
WHERE held.standing = 'active'
ORDER BY c.code, held.id
