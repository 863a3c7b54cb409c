-- From the end: almost all of an account's events are younger sign-ins.
SELECT version FROM event
WHERE subject = ?1 AND kind = 'password-changed'
ORDER BY version DESC
LIMIT 1
