-- The institution's own hours, or those for all.
SELECT id, institution, weekday, from_minute, until_minute, source, version
FROM office_hours
WHERE institution = iif(
    EXISTS (SELECT 1 FROM office_hours WHERE institution = ?1 AND until_minute IS NOT NULL),
    ?1, '*')
  AND until_minute IS NOT NULL
ORDER BY weekday, from_minute
LIMIT ?2
