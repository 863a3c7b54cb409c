SELECT subject, version, kind, data, institution, actor, at
FROM event
WHERE subject = ?1 AND version = ?2
