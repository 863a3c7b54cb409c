-- The first page begins behind every id: they hold hex digits and hyphens.
-- Names come by LEFT JOIN: an access whose role or unit is missing from the
-- reference data is still its owner's to see.
SELECT a.id, a.account, a.role, coalesce(r.name, a.role) AS role_name,
       a.institution, coalesce(i.name, '') AS institution_name,
       a.work_unit, coalesce(w.name, '') AS work_unit_name,
       a.zone, a.standing, a.valid_until, a.ends_at, a.rejection,
       iif(a.rejection IS NULL, NULL,
           (SELECT e.data ->> 'field' FROM event AS e
            WHERE e.subject = a.id AND e.kind = 'request-rejected'
            ORDER BY e.version DESC LIMIT 1)) AS rejection_field,
       a.version, a.cut_off,
       q.id AS request, iif(x.request IS NULL, q.kind, 'extension') AS request_kind, q.submitted_at, q.deadline_at,
       q.valid_until AS requested_until,
       coalesce(q.form ->> 'profile', '') = 'supplier' AS by_meeting,
       iif(l.collective IS NULL, NULL, coalesce(f.name, '')) AS filed_by
FROM access AS a
LEFT JOIN role AS r ON r.code = a.role
LEFT JOIN institution AS i ON i.id = a.institution
LEFT JOIN work_unit AS w ON w.id = a.work_unit
LEFT JOIN request AS q ON q.id = a.request
LEFT JOIN request_extension AS x ON x.request = q.id
LEFT JOIN collective_row AS l ON l.request = q.id
LEFT JOIN collective AS c ON c.id = l.collective
LEFT JOIN account AS f ON f.id = c.filed_by
WHERE a.account = ?1 AND a.id < coalesce(?2, '~')
ORDER BY a.id DESC
LIMIT ?3
