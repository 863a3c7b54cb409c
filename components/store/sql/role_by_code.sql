SELECT id, code, name, authority, verified_by, decree, registrable, version
FROM role
WHERE code = ?1
