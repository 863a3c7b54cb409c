-- First come, first served by slot (MTG-3), of ?1's day that began at ?2.
SELECT request, access, account, account_name, role, role_name, institution, institution_name,
       work_unit, work_unit_name, desk, zone, state, submitted_at, starts_at, ends_at, place,
       closes_at, called_at, called_by, room, version
FROM meeting_with_names
WHERE state = 'waiting' AND desk = ?1 AND starts_at >= ?2
ORDER BY starts_at, place, request
LIMIT ?3
