SELECT t.id, t.institution, coalesce(i.name, ''), t.work_unit, coalesce(w.name, ''), t.zone,
       t.letter_number, t.letter_date,
       (SELECT count(*) FROM reset_right AS r WHERE r.ticket = t.id) AS people,
       t.step, t.step_at
FROM reset_ticket AS t INDEXED BY reset_ticket_open
LEFT JOIN institution AS i ON i.id = t.institution
LEFT JOIN work_unit AS w ON w.id = t.work_unit
WHERE t.institution = ?1 AND t.step < 11 AND t.returned_at IS NULL AND (t.step_at, t.id) > (?2, ?3)
ORDER BY t.step_at, t.id
LIMIT ?4
