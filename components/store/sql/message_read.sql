UPDATE message SET read_at = ?2 WHERE id = ?1 AND read_at IS NULL
