-- Nearest deadline first, after (?1, ?2); never one's own (VER-1, VER-3).
SELECT q.id, q.access, iif(x.request IS NULL, q.kind, 'extension') AS kind, q.account, coalesce(p.name, '') AS account_name,
       a.role, coalesce(r.name, a.role) AS role_name,
       q.institution, coalesce(i.name, '') AS institution_name,
       a.work_unit, coalesce(w.name, '') AS work_unit_name,
       a.zone, q.submitted_at, q.deadline_at, q.valid_until, q.document, q.verified_by,
       a.version, q.form, v.step,
       EXISTS (SELECT 1 FROM role_conflict AS k
               CROSS JOIN access AS held ON held.account = q.account AND held.role = k.other_role
               WHERE k.role = a.role AND held.standing = 'active') AS meets_rule,
       l.collective, coalesce(f.name, '') AS filed_by_name
FROM request AS q INDEXED BY request_waiting_national
JOIN access AS a ON a.id = q.access
LEFT JOIN request_extension AS x ON x.request = q.id
LEFT JOIN account AS p ON p.id = q.account
LEFT JOIN role AS r ON r.code = a.role
LEFT JOIN institution AS i ON i.id = q.institution
LEFT JOIN work_unit AS w ON w.id = a.work_unit
LEFT JOIN verification_watch AS v ON v.request = q.id
LEFT JOIN collective_row AS l ON l.request = q.id
LEFT JOIN collective AS c ON c.id = l.collective
LEFT JOIN account AS f ON f.id = c.filed_by
WHERE q.outcome IS NULL AND q.verified_by = 'national'
  AND (q.deadline_at, q.id) > (?1, ?2) AND q.account <> ?3
ORDER BY q.deadline_at, q.id
LIMIT ?4
