-- Only what was read may be written over: ?6 is the revision that it was.
UPDATE draft SET content = ?3, revision = ?4, saved_at = ?5
WHERE account = ?1 AND role = ?2 AND revision = ?6
RETURNING revision
