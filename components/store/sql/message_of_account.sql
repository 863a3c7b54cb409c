SELECT m.id, m.account, m.kind, m.ticket, coalesce(i.name, ''), coalesce(w.name, ''), t.zone,
       t.letter, m.created_at, m.expires_at, m.read_at
FROM message AS m INDEXED BY message_of_account
JOIN reset_ticket AS t ON t.id = m.ticket
LEFT JOIN institution AS i ON i.id = t.institution
LEFT JOIN work_unit AS w ON w.id = t.work_unit
WHERE m.account = ?1 AND (m.created_at, m.id) < (?2, ?3)
ORDER BY m.created_at DESC, m.id DESC
LIMIT ?4
