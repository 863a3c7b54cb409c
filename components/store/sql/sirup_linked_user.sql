SELECT user_id, user_name FROM sirup_link WHERE account = ?1
