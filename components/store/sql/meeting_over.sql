-- MTG-4: the end came and the person did not.
SELECT request, access, account, account_name, role, role_name, institution, institution_name,
       work_unit, work_unit_name, desk, zone, state, submitted_at, starts_at, ends_at, place,
       closes_at, called_at, called_by, room, version
FROM meeting_with_names
WHERE state = 'scheduled' AND ends_at <= ?1
ORDER BY ends_at
LIMIT ?2
