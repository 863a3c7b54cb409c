-- Events after ?1 as the lines that are hashed. This text is part of the
-- format of seals: another order or another column is another chain.
SELECT seq, json_array(seq, subject, version, kind, data, actor, at, origin, request_id,
                       institution, idempotency_key, fingerprint)
FROM event
WHERE seq > ?1
ORDER BY seq
LIMIT ?2
