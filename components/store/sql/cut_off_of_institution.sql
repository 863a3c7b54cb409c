-- The letter that holds for the institution ?1.
SELECT c.seq, c.id, c.letter_number, c.letter_date, c.last_day, c.scope, c.withdrawn,
       c.planned_at, c.version
FROM cut_off_place AS p
JOIN cut_off AS c ON c.id = p.cut_off
WHERE p.institution = coalesce((SELECT institution FROM cut_off_place WHERE institution = ?1), '*')
