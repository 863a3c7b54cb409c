-- EXP-3, EXP-4: one event for each access that is due, by the order of ends.
-- ?1 now; ?2, ?3, ?4 the first moment of automatic expiry in WIB, WITA, WIT;
-- ?5 how many at most. Before that moment nobody of the zone expires; from it on
-- also those whose reactivation waited at it.
WITH in_force (zone, cut_off) AS (
  SELECT column1, column2 FROM (VALUES ('WIB', ?2), ('WITA', ?3), ('WIT', ?4))
  WHERE ?1 >= column2
),
due AS (
  SELECT a.id, a.version, a.account, a.valid_until, a.institution, a.request
  FROM in_force AS f
  CROSS JOIN access AS a INDEXED BY access_due
  WHERE a.zone = f.zone AND a.standing = 'active' AND a.ends_at <= ?1
  UNION ALL
  SELECT a.id, a.version, a.account, a.valid_until, a.institution, a.request
  FROM in_force AS f
  CROSS JOIN access AS a INDEXED BY access_waiting
  CROSS JOIN request AS q
  WHERE a.zone = f.zone AND a.standing = 'inactive' AND a.request IS NOT NULL
    AND a.ends_at <= f.cut_off AND q.id = a.request AND q.submitted_at < f.cut_off
)
INSERT INTO event (subject, version, kind, data, actor, at, origin, request_id, institution)
SELECT id, version + 1, 'access-expired',
       json_object('account', account,
                   'overtook_request', json(iif(request IS NULL, 'false', 'true')),
                   'valid_until', valid_until),
       'timer:expire-accesses', ?1, 'timer', '', institution
FROM due
LIMIT ?5
