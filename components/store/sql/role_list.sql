SELECT id, code, name, authority, verified_by, decree, registrable, version
FROM role
ORDER BY code
LIMIT ?1
