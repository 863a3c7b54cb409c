-- As expiry_by_end, for the active accesses behind the rowid ?6 and in the order
-- in which they are stored. When very many are due, neighbours share pages, and
-- the record's index and the table are written a page at a time instead of a
-- page for each row.
INSERT INTO event (subject, version, kind, data, actor, at, origin, request_id, institution)
SELECT a.id, a.version + 1, 'access-expired',
       json_object('account', a.account,
                   'overtook_request', json(iif(a.request IS NULL, 'false', 'true')),
                   'valid_until', a.valid_until),
       'timer:expire-accesses', ?1, 'timer', '', a.institution
FROM access AS a NOT INDEXED
LEFT JOIN cut_off_place AS p ON p.institution = a.institution
WHERE a.rowid > ?6 AND a.standing = 'active' AND a.ends_at <= ?1
  AND ?1 >= coalesce(
    coalesce(p.day_ends_at, (SELECT day_ends_at FROM cut_off_place WHERE institution = '*'))
      - CASE a.zone WHEN 'WIB' THEN 25200000 WHEN 'WITA' THEN 28800000 ELSE 32400000 END,
    CASE a.zone WHEN 'WIB' THEN ?2 WHEN 'WITA' THEN ?3 ELSE ?4 END)
ORDER BY a.rowid
LIMIT ?5
