SELECT seq, id, letter_number, letter_date, last_day, scope, withdrawn, planned_at, version
FROM cut_off
WHERE id = ?1
