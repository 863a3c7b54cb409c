SELECT ticket, account, link_expires_at
FROM reset_right
WHERE link_sha256 = ?1 AND used_at IS NULL AND void_at IS NULL AND link_expires_at > ?2
LIMIT 1
