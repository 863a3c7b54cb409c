-- Where the access that the reminder ?1 is about lies, by the end it told about.
SELECT e.data ->> 'ends_at', a.rowid
FROM event AS e
JOIN access AS a ON a.id = e.data ->> 'access'
WHERE e.seq = ?1
