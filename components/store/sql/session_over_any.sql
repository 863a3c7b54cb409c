SELECT 1 FROM session_end WHERE expires_at <= ?1 LIMIT 1
