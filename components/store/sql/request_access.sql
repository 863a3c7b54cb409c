SELECT access FROM request WHERE id = ?1
