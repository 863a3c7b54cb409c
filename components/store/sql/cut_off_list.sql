-- Newest first, before ?1.
SELECT seq, id, letter_number, letter_date, last_day, scope, withdrawn, planned_at, version
FROM cut_off
WHERE seq < ?1
ORDER BY seq DESC
LIMIT ?2
