-- MTG-4: missed, and the days for another time are over.
SELECT request, access, account, account_name, role, role_name, institution, institution_name,
       work_unit, work_unit_name, desk, zone, state, submitted_at, starts_at, ends_at, place,
       closes_at, called_at, called_by, room, version
FROM meeting_with_names
WHERE state = 'missed' AND closes_at <= ?1
ORDER BY closes_at
LIMIT ?2
