SELECT role, content, revision, saved_at FROM draft WHERE account = ?1 ORDER BY role LIMIT ?2
