SELECT w.id, w.code, w.institution, i.code AS institution_code, w.name, i.zone, w.address, w.version
FROM work_unit AS w
JOIN institution AS i ON i.id = w.institution
WHERE w.code = ?1
