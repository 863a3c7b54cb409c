-- What a desk has between two moments, after (?4, ?5, ?6), whatever became of it.
SELECT request, access, account, account_name, role, role_name, institution, institution_name,
       work_unit, work_unit_name, desk, zone, state, submitted_at, starts_at, ends_at, place,
       closes_at, called_at, called_by, room, version
FROM meeting_with_names
WHERE desk = ?1 AND starts_at >= ?2 AND starts_at < ?3
  AND (starts_at, place, request) > (?4, ?5, ?6)
ORDER BY starts_at, place, request
LIMIT ?7
