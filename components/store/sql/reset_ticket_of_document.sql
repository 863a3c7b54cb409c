SELECT id FROM reset_ticket WHERE document = ?1
UNION ALL
SELECT id FROM reset_ticket WHERE letter = ?1
LIMIT 1
