-- What the leased mails (?1: their ids as a JSON list) need. LEFT JOINs: a mail
-- without a recipient must come back too, to become a dead letter.
SELECT n.id, e.subject, e.version, n.template,
       coalesce(p.email, '') AS recipient_email, coalesce(p.name, '') AS recipient_name,
       iif(s.id IS NULL, e.data,
           json_set(e.data, '$.absent_name', coalesce(absent.name, ''),
                    '$.substitute_name', coalesce(substitute.name, ''),
                    '$.last_day', s.last_day)) AS data,
       e.at, n.attempts - 1 AS attempts_before,
       coalesce(r.name, a.role, '') AS role_name,
       coalesce(w.name, '') AS work_unit_name,
       coalesce(i.name, '') AS institution_name,
       coalesce(a.zone, t.zone, i.zone, 'WIB') AS zone
FROM json_each(?1) AS leased
JOIN notification AS n ON n.id = leased.value
JOIN event AS e ON e.seq = n.event
LEFT JOIN account AS p ON p.id = n.recipient
LEFT JOIN meeting AS m ON m.request = e.subject
LEFT JOIN access AS a ON a.id = coalesce(m.access, e.data ->> 'access', e.subject)
LEFT JOIN reset_ticket AS t ON t.id = e.subject
LEFT JOIN role AS r ON r.code = a.role
LEFT JOIN institution AS i ON i.id = coalesce(a.institution, t.institution, e.institution)
LEFT JOIN work_unit AS w ON w.id = coalesce(a.work_unit, t.work_unit)
LEFT JOIN substitution AS s ON s.id = e.subject
LEFT JOIN account AS absent ON absent.id = s.absent
LEFT JOIN account AS substitute ON substitute.id = s.substitute
ORDER BY n.id
