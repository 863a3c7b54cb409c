-- After the institution ?2, in the order of names.
SELECT i.id, i.code, i.name, i.kind, i.zone, i.version
FROM institution AS i
WHERE (?1 IS NULL OR i.kind = ?1)
  AND (?2 IS NULL OR (i.name, i.id) > (SELECT name, id FROM institution WHERE id = ?2))
ORDER BY i.name, i.id
LIMIT ?3
