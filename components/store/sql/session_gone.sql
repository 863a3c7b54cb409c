DELETE FROM session_end WHERE token_sha256 IN (SELECT value FROM json_each(?1))
