-- Requests for which a step is due at ?1, desk by desk, the nearest deadline of each
-- first; ?2 at most.
WITH due AS (
  SELECT request, desk
  FROM verification_watch INDEXED BY verification_watch_due
  WHERE next_at <= ?1
  ORDER BY desk, next_at
  LIMIT ?2
)
SELECT due.request, due.desk, w.rank, q.submitted_at, q.deadline_at
FROM due
CROSS JOIN verification_watch AS w ON w.request = due.request
CROSS JOIN request AS q ON q.id = due.request
ORDER BY due.desk, q.deadline_at, due.request
