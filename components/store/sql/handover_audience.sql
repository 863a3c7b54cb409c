-- Who is told of work that nobody carries on at the work unit ?1 of the institution
-- ?2 at the moment ?3. LIMITs and not EXISTS, so that each is asked by its index.
SELECT CASE
  WHEN (SELECT 1 FROM role_duty AS d
        CROSS JOIN access AS a INDEXED BY access_of_work_unit ON a.work_unit = ?1 AND a.role = d.role
        WHERE d.duty = 'budget-user' AND a.standing = 'active' AND a.ends_at > ?3 LIMIT 1)
    THEN 'budget-user'
  WHEN (SELECT 1 FROM role_duty AS d
        CROSS JOIN access AS a INDEXED BY access_of_role ON a.role = d.role AND a.institution = ?2
        WHERE d.duty = 'ukpbj-head' AND a.standing = 'active' AND a.ends_at > ?3 LIMIT 1)
    THEN 'ukpbj-head'
  ELSE 'directorate' END
