-- MTG-1: a supplier's person waits for few meetings at once. Each holds a slot that
-- nobody else gets, and one account could take all of a desk's. The rules for scripts
-- stand at the head of 0001.
CREATE INDEX IF NOT EXISTS meeting_open ON meeting (account) WHERE state <> 'closed';

CREATE TRIGGER IF NOT EXISTS open_meetings_are_few BEFORE INSERT ON event
WHEN NEW.kind = 'access-requested' AND NEW.data ->> '$.form.profile' = 'supplier'
BEGIN
  SELECT RAISE(ABORT, 'akses:too-many-meetings')
  WHERE (SELECT count(*) FROM meeting
         WHERE account = NEW.data ->> 'account' AND state <> 'closed') >= 3;
END;
