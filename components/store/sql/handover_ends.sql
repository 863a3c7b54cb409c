-- Ends behind the event ?1 and up to ?2 after which nobody was named and nobody told.
-- Only the newest end of an access counts: approved since then, it began anew.
SELECT a.id, a.role, r.name AS role_name, a.work_unit, coalesce(w.name, '') AS work_unit_name,
       a.institution, a.zone, a.valid_until, e.at
FROM event AS e
CROSS JOIN access AS a ON a.id = e.subject
CROSS JOIN working_role AS r ON r.code = a.role
LEFT JOIN handover AS h ON h.access = a.id
LEFT JOIN work_unit AS w ON w.id = a.work_unit
WHERE e.seq > ?1 AND e.seq <= ?2
  AND (e.kind = 'access-expired' OR e.kind = 'access-deactivated')
  AND (a.standing = 'inactive' OR a.standing = 'expired')
  AND (h.access IS NULL OR h.kind = 'unassigned')
  AND NOT EXISTS (SELECT 1 FROM unassigned_report AS t WHERE t.access = a.id)
  AND NOT EXISTS (SELECT 1 FROM event AS later
                  WHERE later.subject = e.subject AND later.version > e.version
                    AND (later.kind = 'request-approved' OR later.kind = 'access-expired'))
ORDER BY e.seq
