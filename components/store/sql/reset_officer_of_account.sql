-- As reset_officer.sql, of one account at one work unit.
SELECT a.id, a.account, a.work_unit, a.institution, a.zone, a.ends_at,
       EXISTS (SELECT 1 FROM event AS e WHERE e.subject = a.account AND e.kind = 'signed-in')
       OR EXISTS (SELECT 1 FROM event AS e
                  WHERE e.subject = a.id AND e.version = 1
                    AND (e.actor = a.account OR e.kind = 'access-carried-over'))
FROM access AS a INDEXED BY access_of_account
WHERE a.account = ?1 AND a.work_unit = ?2 AND a.standing = 'active' AND a.ends_at IS NOT NULL
  AND EXISTS (SELECT 1 FROM role_duty AS d WHERE d.role = a.role
              AND (d.duty = 'commitment-officer' OR d.duty = 'procurement-officer'))
ORDER BY a.id
LIMIT ?3
