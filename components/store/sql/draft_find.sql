SELECT role, content, revision, saved_at FROM draft WHERE account = ?1 AND role = ?2
