-- As work_unit_list, of those that match the FTS5 query ?4, which keeps to the
-- institution's scope itself.
SELECT w.id, w.code, w.institution, i.code AS institution_code, w.name, i.zone, w.address, w.version
FROM work_unit_search AS s
JOIN work_unit AS w ON w.seq = s.rowid
JOIN institution AS i ON i.id = w.institution
WHERE s.work_unit_search MATCH ?4
  AND w.institution = ?1
  AND (?2 IS NULL OR (w.name, w.id) > (SELECT name, id FROM work_unit WHERE id = ?2))
ORDER BY w.name, w.id
LIMIT ?3
