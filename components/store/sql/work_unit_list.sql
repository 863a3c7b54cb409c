-- Of institution ?1, after the work unit ?2, in the order of names.
SELECT w.id, w.code, w.institution, i.code AS institution_code, w.name, i.zone, w.address, w.version
FROM work_unit AS w
JOIN institution AS i ON i.id = w.institution
WHERE w.institution = ?1
  AND (?2 IS NULL OR (w.name, w.id) > (SELECT name, id FROM work_unit WHERE id = ?2))
ORDER BY w.name, w.id
LIMIT ?3
