INSERT INTO migration (number, name, applied_at)
VALUES (?1, ?2, unixepoch() * 1000)
ON CONFLICT (number) DO NOTHING
