UPDATE unassigned_walk SET seq = ?1 WHERE id = 1 AND seq < ?1
