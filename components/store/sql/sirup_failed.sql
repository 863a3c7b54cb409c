-- Once there are ?3 of them only an answer ends the row of failures; fewer are
-- forgotten after a while.
INSERT INTO sirup_circuit (id, failures, last_failure_at, retry_at)
VALUES (1, 1, ?1, ?4)
ON CONFLICT (id) DO UPDATE SET
  failures = iif(failures < ?3 AND last_failure_at <= ?1 - ?2, 1, failures + 1),
  last_failure_at = ?1, retry_at = ?4
