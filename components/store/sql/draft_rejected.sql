-- REG-6: the registrations of the account ?1 that were rejected and not sent
-- again, newest first, with what was asked and why not. They come from the
-- record itself, so that nothing is kept twice.
SELECT a.id, a.role, a.work_unit, a.zone, asked.data, refused.data, refused.at
FROM access AS a
JOIN event AS asked ON asked.subject = a.id AND asked.version = (
  SELECT max(e.version) FROM event AS e WHERE e.subject = a.id AND e.kind = 'access-requested')
JOIN event AS refused ON refused.subject = a.id AND refused.version = (
  SELECT max(e.version) FROM event AS e WHERE e.subject = a.id AND e.kind = 'request-rejected')
WHERE a.account = ?1 AND a.standing = 'rejected' AND a.request IS NULL
ORDER BY a.id DESC
LIMIT ?2
