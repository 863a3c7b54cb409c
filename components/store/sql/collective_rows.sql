-- `known_here`: whether the person has an access, in any standing, in the institution
-- of the letter.
SELECT r.line, r.account, coalesce(p.name, '') AS account_name, r.role,
       coalesce(role.name, r.role, '') AS role_name, r.work_unit,
       coalesce(w.name, '') AS work_unit_name, r.valid_until, r.errors, r.struck, r.access,
       r.request, q.id IS NOT NULL AS filed, q.verified_by, q.outcome,
       EXISTS (SELECT 1 FROM access AS a
               WHERE a.account = r.account AND a.institution = c.institution) AS known_here
FROM collective_row AS r
JOIN collective AS c ON c.id = r.collective
LEFT JOIN request AS q ON q.id = r.request
LEFT JOIN account AS p ON p.id = r.account
LEFT JOIN role ON role.code = r.role
LEFT JOIN work_unit AS w ON w.id = r.work_unit
WHERE r.collective = ?1
ORDER BY r.line
LIMIT ?2
