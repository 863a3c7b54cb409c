UPDATE attempt SET attempts = attempts - 1
WHERE holder IN (SELECT value FROM json_each(?1)) AND attempts > 0
