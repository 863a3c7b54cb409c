-- EXP-7: one reminder for each access that ends in the window, by the order of ends.
-- ?1 now; ?2 zone; ?3 which stage, in days; ?4 and ?5 the window: behind the row ?7
-- of the end ?4, up to the end ?5; ?6 how many at most. Not for what waits to be
-- extended: its owner did what the reminder asks for.
INSERT INTO event (subject, version, kind, data, actor, at, origin, request_id, institution)
SELECT 'reminder/' || a.id || '/' || a.ends_at || '/' || ?3, 1, 'access-ending',
       json_object('access', a.id, 'account', a.account, 'days', ?3, 'ends_at', a.ends_at,
                   'valid_until', a.valid_until),
       'timer:remind-ends', ?1, 'timer', '', a.institution
FROM access AS a INDEXED BY access_due
WHERE a.zone = ?2 AND a.standing = 'active' AND a.ends_at >= ?4 AND a.ends_at <= ?5
  AND (a.ends_at > ?4 OR a.rowid > ?7)
  AND a.request IS NULL
  AND NOT EXISTS (SELECT 1 FROM event AS e
                  WHERE e.subject = 'reminder/' || a.id || '/' || a.ends_at || '/' || ?3
                    AND e.version = 1)
ORDER BY a.ends_at, a.rowid
LIMIT ?6
