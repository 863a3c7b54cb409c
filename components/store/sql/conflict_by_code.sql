-- Both sides of a rule say the same; the first is taken.
SELECT id, code, role, other_role, source, scope, valid_from, valid_until, version
FROM role_conflict
WHERE code = ?1
ORDER BY role
LIMIT 1
