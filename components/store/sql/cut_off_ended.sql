-- What the run of the letter ?1 ended, by institution, and what became of the
-- requests that waited.
WITH decided (institution, approved, rejected, waiting) AS (
  SELECT w.institution, sum(q.outcome IS 'approved'), sum(q.outcome IS 'rejected'),
         sum(q.outcome IS NULL)
  FROM cut_off_request AS w
  CROSS JOIN request AS q
  WHERE w.cut_off = ?1 AND q.id = w.request
  GROUP BY w.institution
)
SELECT n.institution, coalesce(i.code, '') AS code, coalesce(i.name, '') AS name,
       coalesce(i.zone, 'WIB') AS zone, n.ended, coalesce(d.approved, 0) AS approved,
       coalesce(d.rejected, 0) AS rejected, coalesce(d.waiting, 0) AS waiting,
       n.first_at, n.last_at
FROM cut_off_count AS n
LEFT JOIN decided AS d ON d.institution = n.institution
LEFT JOIN institution AS i ON i.id = n.institution
WHERE n.cut_off = ?1
ORDER BY name, n.institution
LIMIT ?2
