DELETE FROM password_proposal WHERE id = ?1
