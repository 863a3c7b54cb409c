-- The link before it is void by that.
UPDATE reset_right
SET link_sha256 = ?3, link_expires_at = min(?5, expires_at)
WHERE ticket = ?1 AND account = ?2 AND sent_at IS NOT NULL AND used_at IS NULL
  AND void_at IS NULL AND expires_at > ?4
RETURNING link_expires_at
