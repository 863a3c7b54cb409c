-- A bounded number of those whose rest is over.
DELETE FROM sirup_attempt
WHERE holder IN (
  SELECT holder FROM sirup_attempt
  WHERE last_at <= ?1
  ORDER BY last_at
  LIMIT ?2
)
