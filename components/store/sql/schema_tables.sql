-- Tables that somebody made; engines keep theirs under these prefixes.
SELECT name FROM sqlite_schema
WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
  AND name NOT LIKE 'libsql\_%' ESCAPE '\' AND name NOT LIKE '\_%' ESCAPE '\'
ORDER BY name
LIMIT 5
