-- Takes ?2 sessions at most that ended before ?1 out of the line until ?3: of many who
-- look at the same moment each gets others, and who is killed with them only delays.
UPDATE session_end SET expires_at = ?3
WHERE token_sha256 IN (SELECT token_sha256 FROM session_end
                       WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)
RETURNING token_sha256
