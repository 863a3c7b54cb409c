SELECT id, platform, kind, label, text, url, sha256, valid_from
FROM platform_terms
WHERE platform = ?1 AND kind = ?2 AND label = ?3
