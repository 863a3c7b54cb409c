-- A newer ticket leads: the older one is void.
SELECT ticket, account, expires_at
FROM reset_right
WHERE pickup = ?1 AND sent_at IS NOT NULL AND used_at IS NULL AND void_at IS NULL AND expires_at > ?2
ORDER BY sent_at DESC
LIMIT 1
