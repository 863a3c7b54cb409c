SELECT 1 FROM request WHERE document = ?1 AND account = ?2 LIMIT 1
