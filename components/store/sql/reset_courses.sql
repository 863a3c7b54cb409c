-- A ticket's steps in one value: eleven rows for each were eleven times its letter.
SELECT t.letter_date, t.zone, t.returned_at IS NOT NULL AS returned,
       (SELECT json_group_array(at)
        FROM (SELECT at FROM reset_done WHERE ticket = t.id ORDER BY step)) AS done
FROM reset_ticket AS t
WHERE t.institution = ?1 AND t.requested_at >= ?2 AND t.requested_at < ?3
ORDER BY t.requested_at DESC, t.id
LIMIT ?4
