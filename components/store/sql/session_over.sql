-- Sessions that ended before ?1, ?2 at most.
SELECT token_sha256 FROM session_end WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2
