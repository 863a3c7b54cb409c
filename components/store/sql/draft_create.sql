-- No row comes back when there is one for this role, or ?6 for others.
INSERT INTO draft (account, role, content, revision, saved_at)
SELECT ?1, ?2, ?3, ?4, ?5
WHERE (SELECT count(*) FROM draft WHERE account = ?1) < ?6
ON CONFLICT (account, role) DO NOTHING
RETURNING revision
