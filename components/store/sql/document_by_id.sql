SELECT id, owner, sha256, size_bytes, name FROM document WHERE id = ?1
