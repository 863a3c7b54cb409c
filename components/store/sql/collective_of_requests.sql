SELECT r.request, r.collective, c.document, c.filed_by, coalesce(p.name, '') AS filed_by_name
FROM json_each(?1) AS who
CROSS JOIN collective_row AS r ON r.request = who.value
CROSS JOIN collective AS c ON c.id = r.collective
LEFT JOIN account AS p ON p.id = c.filed_by
