SELECT c.id, c.institution, coalesce(i.name, '') AS institution_name, coalesce(i.zone, 'WIB') AS zone,
       c.filed_by, coalesce(p.name, '') AS filed_by_name, c.document, c.state, c.checked_at,
       c.filed_at, c.version
FROM collective AS c
LEFT JOIN institution AS i ON i.id = c.institution
LEFT JOIN account AS p ON p.id = c.filed_by
WHERE c.id = ?1
