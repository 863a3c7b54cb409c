-- EXP-3, EXP-4: one event for each access that is due, by the order of ends.
-- ?1 now; ?2, ?3, ?4 the configured first moment of automatic expiry in WIB, WITA,
-- WIT; ?5 how many at most. Before the moment that holds for an institution (its
-- letter's, else the nation's, else the configured one) nobody there expires; from
-- it on also those whose reactivation waited at it. Zones where no such moment has
-- come are left out; `latest` bounds what any of them can take along.
WITH moment (zone, east_ms, configured) AS (
  SELECT column1, column2, column3
  FROM (VALUES ('WIB', 25200000, ?2), ('WITA', 28800000, ?3), ('WIT', 32400000, ?4))
),
in_force (zone, east_ms, cut_off, latest) AS (
  SELECT f.zone, f.east_ms,
         coalesce((SELECT day_ends_at FROM cut_off_place WHERE institution = '*') - f.east_ms,
                  f.configured),
         max(f.configured, coalesce((SELECT max(day_ends_at) FROM cut_off_place) - f.east_ms,
                                    f.configured))
  FROM moment AS f
  WHERE ?1 >= coalesce((SELECT day_ends_at FROM cut_off_place WHERE institution = '*') - f.east_ms,
                       f.configured)
     OR EXISTS (SELECT 1 FROM cut_off_place WHERE day_ends_at - f.east_ms <= ?1)
),
due AS (
  SELECT a.id, a.version, a.account, a.valid_until, a.institution, a.request
  FROM in_force AS f
  CROSS JOIN access AS a INDEXED BY access_due
  LEFT JOIN cut_off_place AS p ON p.institution = a.institution
  WHERE a.zone = f.zone AND a.standing = 'active' AND a.ends_at <= ?1
    AND ?1 >= coalesce(p.day_ends_at - f.east_ms, f.cut_off)
  UNION ALL
  SELECT a.id, a.version, a.account, a.valid_until, a.institution, a.request
  FROM in_force AS f
  CROSS JOIN access AS a INDEXED BY access_waiting
  LEFT JOIN cut_off_place AS p ON p.institution = a.institution
  CROSS JOIN request AS q
  WHERE a.zone = f.zone AND a.standing = 'inactive' AND a.request IS NOT NULL
    AND a.ends_at <= f.latest AND a.ends_at <= coalesce(p.day_ends_at - f.east_ms, f.cut_off)
    AND ?1 >= coalesce(p.day_ends_at - f.east_ms, f.cut_off)
    AND q.id = a.request AND q.submitted_at < coalesce(p.day_ends_at - f.east_ms, f.cut_off)
)
INSERT INTO event (subject, version, kind, data, actor, at, origin, request_id, institution)
SELECT id, version + 1, 'access-expired',
       json_object('account', account,
                   'overtook_request', json(iif(request IS NULL, 'false', 'true')),
                   'valid_until', valid_until),
       'timer:expire-accesses', ?1, 'timer', '', institution
FROM due
LIMIT ?5
