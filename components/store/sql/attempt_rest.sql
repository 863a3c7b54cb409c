-- When the last of those who rest has rested; none when nobody does.
SELECT max(ends_at)
FROM attempt
WHERE holder IN (SELECT value FROM json_each(?1)) AND attempts >= ?3 AND ends_at > ?2
