-- Gaps that the directorate's digest has not had.
SELECT gap.institution, coalesce(i.name, '') AS name, coalesce(i.zone, 'WIB') AS zone,
       gap.state, gap.last_end, gap.version
FROM verifier_gap AS gap INDEXED BY verifier_gap_unreported
LEFT JOIN institution AS i ON i.id = gap.institution
WHERE gap.reported = 0
ORDER BY gap.institution
LIMIT ?1
