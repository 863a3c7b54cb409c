-- Where ?1 is absent and where ?1 stands in, the latest absence first.
WITH theirs AS (
  SELECT id FROM substitution WHERE absent = ?1
  UNION ALL
  SELECT id FROM substitution WHERE substitute = ?1
)
SELECT s.id, s.absent, coalesce(p.name, '') AS absent_name,
       s.substitute, coalesce(o.name, '') AS substitute_name,
       s.institution, coalesce(i.name, '') AS institution_name, s.zone,
       s.first_day, s.last_day, s.starts_at, s.ends_at, s.ended_at, s.version
FROM theirs
CROSS JOIN substitution AS s ON s.id = theirs.id
LEFT JOIN account AS p ON p.id = s.absent
LEFT JOIN account AS o ON o.id = s.substitute
LEFT JOIN institution AS i ON i.id = s.institution
ORDER BY s.starts_at DESC, s.id DESC
LIMIT ?2
