SELECT c.filed_by
FROM collective_row AS r
JOIN collective AS c ON c.id = r.collective
WHERE r.request = ?1
