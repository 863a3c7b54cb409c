-- For each active platform and kind the newest version that is in force at ?2, and
-- when account ?1 accepted it. Of two that begin at the same moment the one
-- recorded later counts.
SELECT platform_terms.id, platform_terms.platform, platform_terms.kind, platform_terms.label,
       platform_terms.sha256, platform_terms.valid_from, c.accepted_at
FROM platform
CROSS JOIN (SELECT 'terms' AS kind UNION ALL SELECT 'privacy') AS f
JOIN platform_terms ON platform_terms.seq = (
  SELECT t.seq FROM platform_terms AS t
  WHERE t.platform = platform.id AND t.kind = f.kind AND t.valid_from <= ?2
  ORDER BY t.valid_from DESC, t.seq DESC
  LIMIT 1)
LEFT JOIN terms_acceptance AS c ON c.account = ?1 AND c.terms = platform_terms.id
WHERE platform.active = 1
LIMIT ?3
