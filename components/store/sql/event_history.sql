SELECT subject, version, kind, data, institution, actor, at
FROM event
WHERE subject = ?1
ORDER BY version
LIMIT ?2
