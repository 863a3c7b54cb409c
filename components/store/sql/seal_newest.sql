-- The newest event of the seals' subject ?1.
SELECT version, data FROM event WHERE subject = ?1 ORDER BY version DESC LIMIT 1
