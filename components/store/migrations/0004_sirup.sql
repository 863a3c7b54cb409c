-- Linking with SiRUP (SIR-1..4).

-- SIR-2: one SiRUP user, by its number and by its name, for one account, and one
-- account with one user. `user_name_key` is the name in the form in which names
-- are compared; `user_name` is what SiRUP calls it.
CREATE TABLE IF NOT EXISTS sirup_link (
  account TEXT PRIMARY KEY,
  user_id TEXT NOT NULL UNIQUE,
  user_name_key TEXT NOT NULL UNIQUE,
  user_name TEXT NOT NULL,
  linked_at INTEGER NOT NULL
) STRICT;

CREATE TRIGGER IF NOT EXISTS sirup_link_is_admissible BEFORE INSERT ON event
WHEN NEW.kind = 'sirup-linked'
BEGIN
  SELECT RAISE(ABORT, 'akses:account-has-sirup')
  WHERE EXISTS (SELECT 1 FROM sirup_link WHERE account = NEW.subject);
  SELECT RAISE(ABORT, 'akses:sirup-linked')
  WHERE EXISTS (SELECT 1 FROM sirup_link WHERE user_id = NEW.data ->> 'user_id');
  SELECT RAISE(ABORT, 'akses:sirup-linked')
  WHERE EXISTS (SELECT 1 FROM sirup_link WHERE user_name_key = NEW.data ->> 'user_name_key');
END;

CREATE TRIGGER IF NOT EXISTS fold_sirup_linked AFTER INSERT ON event
WHEN NEW.kind = 'sirup-linked'
BEGIN
  INSERT INTO sirup_link (account, user_id, user_name_key, user_name, linked_at)
  VALUES (NEW.subject, NEW.data ->> 'user_id', NEW.data ->> 'user_name_key',
          NEW.data ->> 'user_name', NEW.at);
  UPDATE account SET version = NEW.version WHERE id = NEW.subject;
END;

-- SIR-3. `holder` is `account/<id>` or `user-name/<SHA-256 of the name>`: what is
-- typed where a name belongs may be anything, a password too. Rows go when their
-- rest is over. Not in the record; wit/sirup.wit says why.
CREATE TABLE IF NOT EXISTS sirup_attempt (
  holder TEXT PRIMARY KEY,
  attempts INTEGER NOT NULL,
  last_at INTEGER NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS sirup_attempt_by_age ON sirup_attempt (last_at);

-- SiRUP's failures in a row: one row, or none while it answers.
CREATE TABLE IF NOT EXISTS sirup_circuit (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  failures INTEGER NOT NULL,
  last_failure_at INTEGER NOT NULL,
  retry_at INTEGER NOT NULL
) STRICT;
