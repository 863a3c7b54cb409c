-- One statement changes everything or nothing: the triggers fold the event in
-- the same step. No row comes back when the version or the key is taken.
INSERT INTO event (subject, version, kind, data, actor, at, origin, request_id,
                   institution, idempotency_key, fingerprint)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11
WHERE NOT EXISTS (SELECT 1 FROM event WHERE subject = ?1 AND version = ?2)
  AND NOT EXISTS (SELECT 1 FROM event WHERE actor = ?5 AND idempotency_key = ?10)
RETURNING seq
