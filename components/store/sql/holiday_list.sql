SELECT id, date, name, kind, source, version
FROM holiday
WHERE date >= ?1 AND date <= ?2
ORDER BY date
LIMIT ?3
