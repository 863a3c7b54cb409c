-- ?3: the state it comes to; ?4: when a queued one is due again.
UPDATE notification
SET state = ?3, due_at = coalesce(?4, due_at), worker = NULL, last_error = ?5,
    settled_at = CASE WHEN ?3 = 'queued' THEN NULL ELSE ?6 END
WHERE id = ?1 AND worker = ?2 AND state = 'queued'
RETURNING id
