SELECT id, name, zone FROM institution WHERE id = ?1
