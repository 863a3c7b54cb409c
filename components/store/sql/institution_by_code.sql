SELECT i.id, i.code, i.name, i.kind, i.zone, i.version
FROM institution AS i
WHERE i.code = ?1
