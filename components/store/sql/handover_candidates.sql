-- Who could carry on at the work unit ?1 what the role ?2 leaves: the same role, or
-- one with the same duty. ?3 one person, or all but ?4. Their dates are still to be
-- judged; the longest lead.
SELECT a.id, a.account, coalesce(p.name, '') AS account_name, a.role,
       coalesce(r.name, a.role) AS role_name, a.zone, a.ends_at
FROM access AS a INDEXED BY access_of_work_unit
LEFT JOIN account AS p ON p.id = a.account
LEFT JOIN role AS r ON r.code = a.role
WHERE a.work_unit = ?1
  AND (a.role = ?2
       OR (SELECT d.duty FROM role_duty AS d WHERE d.role = a.role)
          = (SELECT d.duty FROM role_duty AS d WHERE d.role = ?2))
  AND a.standing = 'active' AND a.ends_at IS NOT NULL
  AND a.account = coalesce(?3, a.account) AND a.account <> coalesce(?4, '')
ORDER BY a.ends_at DESC, a.id
LIMIT ?5
