-- What the profile ?1 and the role ?2 ask for: the role's own rows in place of
-- those for all roles.
SELECT f.id, f.profile, f.role, f.field, f.position, f.label, f.help, f.kind, f.need, f.source,
       f.chars_max, f.version
FROM form_field AS f
WHERE f.profile = ?1 AND f.role IN (?2, '*') AND f.need <> 'not-asked'
  AND NOT (f.role = '*' AND EXISTS (SELECT 1 FROM form_field AS own
                                    WHERE own.profile = ?1 AND own.role = ?2
                                      AND own.field = f.field AND own.role <> '*'))
ORDER BY f.position, f.field
LIMIT ?3
