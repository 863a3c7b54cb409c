-- Who stands in at the institution ?1 at ?2; the accesses behind it are still to be
-- judged by their dates.
SELECT account, zone, ends_at
FROM substitute_authority
WHERE institution = ?1 AND until > ?2 AND starts_at <= ?2 AND ends_at IS NOT NULL
LIMIT ?3
