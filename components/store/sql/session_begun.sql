INSERT INTO session_end (token_sha256, expires_at) VALUES (?1, ?2)
ON CONFLICT (token_sha256) DO UPDATE SET expires_at = excluded.expires_at
