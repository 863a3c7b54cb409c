-- When the last of those who rest have rested; none when nobody does any more.
SELECT max(last_at) + ?5
FROM sirup_attempt
WHERE holder IN (?1, ?2) AND attempts >= ?4 AND last_at > ?3 - ?5
