SELECT id, code, name, description, entry_url, audience, active, version
FROM platform
WHERE active = 1
ORDER BY code
LIMIT ?1
