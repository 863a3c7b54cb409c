-- Where the access that an event is about is stored.
SELECT a.rowid
FROM event AS e
JOIN access AS a ON a.id = e.subject
WHERE e.seq = ?1
