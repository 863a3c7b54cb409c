SELECT id FROM access WHERE account = ?1 AND role = ?2 AND work_unit = ?3
