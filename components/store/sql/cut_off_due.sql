-- What the run of the letter ?1 has still to end, by institution (EXP-4): the same
-- accesses as expiry_by_end will take at its moment, and how many of them have a
-- request that waits. Those whose reactivation is sent after the moment are not
-- among them; that moment lies ahead, or it is the bound.
WITH moment (zone, east_ms) AS (
  SELECT column1, column2
  FROM (VALUES ('WIB', 25200000), ('WITA', 28800000), ('WIT', 32400000))
),
bound (zone, at) AS (
  SELECT f.zone, (SELECT day_ends_at FROM cut_off WHERE id = ?1) - f.east_ms FROM moment AS f
),
due (institution, waits) AS (
  SELECT a.institution, a.request IS NOT NULL
  FROM bound AS f
  CROSS JOIN access AS a INDEXED BY access_due
  WHERE a.zone = f.zone AND a.standing = 'active' AND a.ends_at <= f.at
  UNION ALL
  SELECT a.institution, 1
  FROM bound AS f
  CROSS JOIN access AS a INDEXED BY access_waiting
  CROSS JOIN request AS q
  WHERE a.zone = f.zone AND a.standing = 'inactive' AND a.request IS NOT NULL
    AND a.ends_at <= f.at AND q.id = a.request AND q.submitted_at < f.at
),
counted (institution, accesses, waiting) AS (
  SELECT institution, count(*), sum(waits) FROM due GROUP BY institution
)
SELECT counted.institution, coalesce(i.code, '') AS code, coalesce(i.name, '') AS name,
       coalesce(i.zone, 'WIB') AS zone, counted.accesses, counted.waiting
FROM counted
LEFT JOIN institution AS i ON i.id = counted.institution
WHERE ?1 = (SELECT p.cut_off FROM cut_off_place AS p
            WHERE p.institution = coalesce((SELECT institution FROM cut_off_place
                                            WHERE institution = counted.institution), '*'))
ORDER BY name, counted.institution
LIMIT ?2
