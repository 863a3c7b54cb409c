SELECT id, platform, kind, label, text, url, sha256, valid_from
FROM platform_terms
WHERE id = ?1
