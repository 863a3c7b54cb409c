UPDATE sirup_attempt SET attempts = attempts - 1
WHERE holder IN (?1, ?2) AND attempts > 0
