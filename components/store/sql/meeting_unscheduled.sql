-- Without a time (MTG-1): the longest waiting first.
SELECT request, access, account, account_name, role, role_name, institution, institution_name,
       work_unit, work_unit_name, desk, zone, state, submitted_at, starts_at, ends_at, place,
       closes_at, called_at, called_by, room, version
FROM meeting_with_names
WHERE state = 'unscheduled' AND (submitted_at, request) > (?1, ?2)
ORDER BY submitted_at, request
LIMIT ?3
