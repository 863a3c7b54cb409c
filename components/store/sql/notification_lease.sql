-- The lease is counted as a try before the try: a mail that kills its postman
-- comes to its bound too.
UPDATE notification
SET worker = ?1, due_at = ?3, attempts = attempts + 1
WHERE id IN (
  SELECT id FROM notification INDEXED BY notification_due
  WHERE state = 'queued' AND due_at <= ?2
  ORDER BY due_at, id
  LIMIT ?4
)
RETURNING id
