-- What of an account is none of this institution's business: accesses elsewhere, and
-- what decides over others anywhere. To be judged by the dates.
SELECT a.institution, a.zone, a.ends_at
FROM access AS a INDEXED BY access_of_account
WHERE a.account = ?1 AND a.standing = 'active' AND a.ends_at IS NOT NULL
  AND (a.institution <> ?2
       OR EXISTS (SELECT 1 FROM role_duty AS d WHERE d.role = a.role
                  AND (d.duty = 'vai' OR d.duty = 'directorate' OR d.duty = 'operator')))
ORDER BY a.ends_at DESC
LIMIT ?3
