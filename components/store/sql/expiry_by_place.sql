-- As expiry_by_end, for the active accesses behind the rowid ?6 and in the order
-- in which they are stored. When very many are due, neighbours share pages, and
-- the record's index and the table are written a page at a time instead of a
-- page for each row.
WITH in_force (zone) AS (
  SELECT column1 FROM (VALUES ('WIB', ?2), ('WITA', ?3), ('WIT', ?4)) WHERE ?1 >= column2
)
INSERT INTO event (subject, version, kind, data, actor, at, origin, request_id, institution)
SELECT id, version + 1, 'access-expired',
       json_object('account', account,
                   'overtook_request', json(iif(request IS NULL, 'false', 'true')),
                   'valid_until', valid_until),
       'timer:expire-accesses', ?1, 'timer', '', institution
FROM access NOT INDEXED
WHERE rowid > ?6 AND standing = 'active' AND ends_at <= ?1 AND zone IN in_force
ORDER BY rowid
LIMIT ?5
