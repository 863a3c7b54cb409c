SELECT r.access, r.account, coalesce(p.name, ''), coalesce(role.name, a.role, ''), r.used_at
FROM reset_right AS r
LEFT JOIN account AS p ON p.id = r.account
LEFT JOIN access AS a ON a.id = r.access
LEFT JOIN role ON role.code = a.role
WHERE r.ticket = ?1
ORDER BY r.access
