-- One statement, so that one of many gets the row back.
UPDATE sirup_circuit SET retry_at = ?2
WHERE id = 1 AND retry_at <= ?1
RETURNING id
