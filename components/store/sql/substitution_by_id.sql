SELECT s.id, s.absent, coalesce(p.name, '') AS absent_name,
       s.substitute, coalesce(o.name, '') AS substitute_name,
       s.institution, coalesce(i.name, '') AS institution_name, s.zone,
       s.first_day, s.last_day, s.starts_at, s.ends_at, s.ended_at, s.version
FROM substitution AS s
LEFT JOIN account AS p ON p.id = s.absent
LEFT JOIN account AS o ON o.id = s.substitute
LEFT JOIN institution AS i ON i.id = s.institution
WHERE s.id = ?1
