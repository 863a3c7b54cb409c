-- How many active accesses are due, counted no further than ?5.
WITH in_force (zone) AS (
  SELECT column1 FROM (VALUES ('WIB', ?2), ('WITA', ?3), ('WIT', ?4)) WHERE ?1 >= column2
)
SELECT count(*) FROM (
  SELECT 1
  FROM in_force AS f
  CROSS JOIN access AS a INDEXED BY access_due
  WHERE a.zone = f.zone AND a.standing = 'active' AND a.ends_at <= ?1
  LIMIT ?5
)
