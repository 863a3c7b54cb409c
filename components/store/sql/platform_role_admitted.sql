-- Roles that the reference data no longer has are still admitted under their code.
SELECT platform_role.id, platform_role.platform, platform_role.role,
       coalesce(role.name, platform_role.role) AS role_name,
       coalesce(role.registrable, 0) AS registrable,
       platform_role.admitted, platform_role.version
FROM platform_role
LEFT JOIN role ON role.code = platform_role.role
WHERE platform_role.admitted = 1
ORDER BY platform_role.platform, platform_role.role
LIMIT ?1
