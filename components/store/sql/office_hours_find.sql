SELECT id, institution, weekday, from_minute, until_minute, source, version
FROM office_hours
WHERE institution = ?1 AND weekday = ?2 AND from_minute = ?3
