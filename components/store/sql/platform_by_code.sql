SELECT id, code, name, description, entry_url, audience, active, version
FROM platform
WHERE code = ?1
