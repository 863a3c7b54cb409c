-- How many active accesses are due, counted no further than ?5. Where no letter
-- names institutions the index alone tells; else each row is asked for its own.
WITH moment (zone, east_ms, configured) AS (
  SELECT column1, column2, column3
  FROM (VALUES ('WIB', 25200000, ?2), ('WITA', 28800000, ?3), ('WIT', 32400000, ?4))
),
in_force (zone, east_ms, cut_off) AS (
  SELECT f.zone, f.east_ms,
         coalesce((SELECT day_ends_at FROM cut_off_place WHERE institution = '*') - f.east_ms,
                  f.configured)
  FROM moment AS f
)
SELECT count(*) FROM (
  SELECT 1
  FROM in_force AS f
  CROSS JOIN access AS a INDEXED BY access_due
  WHERE NOT EXISTS (SELECT 1 FROM cut_off_place WHERE institution <> '*')
    AND ?1 >= f.cut_off AND a.zone = f.zone AND a.standing = 'active' AND a.ends_at <= ?1
  UNION ALL
  SELECT 1
  FROM in_force AS f
  CROSS JOIN access AS a INDEXED BY access_due
  LEFT JOIN cut_off_place AS p ON p.institution = a.institution
  WHERE EXISTS (SELECT 1 FROM cut_off_place WHERE institution <> '*')
    AND a.zone = f.zone AND a.standing = 'active' AND a.ends_at <= ?1
    AND ?1 >= coalesce(p.day_ends_at - f.east_ms, f.cut_off)
  LIMIT ?5
)
