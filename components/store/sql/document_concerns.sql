SELECT DISTINCT institution, verified_by FROM request WHERE document = ?1 LIMIT ?2
