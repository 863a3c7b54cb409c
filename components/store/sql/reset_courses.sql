SELECT t.id, t.letter_date, t.zone, d.step, d.at,
       t.returned_at IS NOT NULL
FROM reset_ticket AS t
CROSS JOIN reset_done AS d ON d.ticket = t.id
WHERE t.institution = ?1 AND t.requested_at >= ?2 AND t.requested_at < ?3
ORDER BY t.requested_at DESC, t.id, d.step
LIMIT ?4
