SELECT subject, version, kind, data, institution, actor, at, fingerprint
FROM event
WHERE actor = ?1 AND idempotency_key = ?2
