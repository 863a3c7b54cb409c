DELETE FROM draft WHERE account = ?1 AND role = ?2 AND revision = ?3 RETURNING revision
