SELECT id, code, name, authority, verified_by, decree, registrable, duty, version
FROM role LEFT JOIN role_duty ON role_duty.role = role.code
WHERE code = ?1
