-- Whether its owner ever had it in their own hands: they signed in, or asked for it
-- themselves, or it was carried over from the old platform.
SELECT a.id, a.account, a.work_unit, a.institution, a.zone, a.ends_at,
       EXISTS (SELECT 1 FROM event AS e WHERE e.subject = a.account AND e.kind = 'signed-in')
       OR EXISTS (SELECT 1 FROM event AS e
                  WHERE e.subject = a.id AND e.version = 1
                    AND (e.actor = a.account OR e.kind = 'access-carried-over'))
FROM access AS a
WHERE a.id = ?1 AND a.standing = 'active' AND a.ends_at IS NOT NULL
  AND EXISTS (SELECT 1 FROM role_duty AS d WHERE d.role = a.role
              AND (d.duty = 'commitment-officer' OR d.duty = 'procurement-officer'))
