-- When sessions end, so that key-value storage does not keep them for ever: it has no
-- expiry of its own, and its keys can only be listed all at once. No part of the record.
-- The rules for scripts stand at the head of 0001.
CREATE TABLE IF NOT EXISTS session_end (
  token_sha256 TEXT PRIMARY KEY,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS session_end_due ON session_end (expires_at);
