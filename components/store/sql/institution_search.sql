-- As institution_list, of those that match the FTS5 query ?4.
SELECT i.id, i.code, i.name, i.kind, i.zone, i.version
FROM institution_search AS s
JOIN institution AS i ON i.seq = s.rowid
WHERE s.institution_search MATCH ?4
  AND (?1 IS NULL OR i.kind = ?1)
  AND (?2 IS NULL OR (i.name, i.id) > (SELECT name, id FROM institution WHERE id = ?2))
ORDER BY i.name, i.id
LIMIT ?3
