-- Who carries on when an access ends (EXP-6). The rules for scripts stand at the
-- head of 0001. Nothing here hangs on `access-expired`: the sweep is as fast as
-- before, and who ended without a successor is found by walking the record.

-- What was said since the last end of an access; an access that begins anew has
-- none, and one that expired has none until somebody is named.
CREATE TABLE IF NOT EXISTS handover (
  access TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind = 'none-open' OR kind = 'successor' OR kind = 'unassigned'),
  successor TEXT,
  packages TEXT NOT NULL CHECK (json_valid(packages)),
  named_as TEXT NOT NULL CHECK (named_as = 'owner' OR named_as = 'budget-user'
                                OR named_as = 'ukpbj-head'),
  named_at INTEGER NOT NULL,
  CHECK ((kind = 'successor') = (successor IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- Ends that the officials were told of; each once until the access begins anew.
CREATE TABLE IF NOT EXISTS unassigned_report (
  access TEXT PRIMARY KEY,
  reported_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How far the record was walked in search of such ends. A place in a log and no
-- fact about anybody, so it is no event.
CREATE TABLE IF NOT EXISTS unassigned_walk (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  seq INTEGER NOT NULL
) STRICT;

INSERT OR IGNORE INTO unassigned_walk (id, seq) VALUES (1, 0);

-- Roles that leave procurements behind: all but those whose duty is another. A
-- Pokja has no duty of its own in the data; a list that is too long is harmless, one
-- that is too short loses work.
CREATE VIEW IF NOT EXISTS working_role AS
SELECT role.code, role.name
FROM role
LEFT JOIN role_duty ON role_duty.role = role.code
WHERE role_duty.duty IS NULL OR role_duty.duty = 'budget-user'
  OR role_duty.duty = 'commitment-officer' OR role_duty.duty = 'procurement-officer';

CREATE TRIGGER IF NOT EXISTS fold_handover_at_deactivation AFTER INSERT ON event
WHEN NEW.kind = 'access-deactivated'
BEGIN
  INSERT INTO handover (access, kind, successor, packages, named_as, named_at)
  VALUES (NEW.subject, NEW.data ->> '$.handover.kind', NEW.data ->> '$.handover.account',
          coalesce(NEW.data -> '$.handover.packages', '[]'), 'owner', NEW.at)
  ON CONFLICT (access) DO UPDATE SET
    kind = excluded.kind, successor = excluded.successor, packages = excluded.packages,
    named_as = excluded.named_as, named_at = excluded.named_at;
END;

CREATE TRIGGER IF NOT EXISTS fold_handover_named AFTER INSERT ON event
WHEN NEW.kind = 'handover-named'
BEGIN
  INSERT INTO handover (access, kind, successor, packages, named_as, named_at)
  VALUES (NEW.subject, NEW.data ->> '$.handover.kind', NEW.data ->> '$.handover.account',
          coalesce(NEW.data -> '$.handover.packages', '[]'), NEW.data ->> 'named_as', NEW.at)
  ON CONFLICT (access) DO UPDATE SET
    kind = excluded.kind, successor = excluded.successor, packages = excluded.packages,
    named_as = excluded.named_as, named_at = excluded.named_at;
  UPDATE access SET version = NEW.version WHERE id = NEW.subject;
  INSERT INTO notification (template, recipient, event, due_at)
  SELECT 'handover-named', account, NEW.seq, NEW.at
  FROM access WHERE id = NEW.subject;
END;

-- The next life of an access has a handover of its own.
CREATE TRIGGER IF NOT EXISTS fold_handover_is_over AFTER INSERT ON event
WHEN NEW.kind = 'request-approved'
BEGIN
  DELETE FROM handover WHERE access = NEW.subject;
  DELETE FROM unassigned_report WHERE access = NEW.subject;
END;

-- Told: the successor; the PA and KPA of the work unit, but not who names; and the
-- PPK of the unit where a package waits for its payment.
CREATE TRIGGER IF NOT EXISTS handover_is_told_at_deactivation AFTER INSERT ON event
WHEN NEW.kind = 'access-deactivated' AND NEW.data ->> '$.handover.kind' <> 'none-open'
BEGIN
  INSERT INTO notification (template, recipient, event, due_at)
  SELECT 'handover-received', NEW.data ->> '$.handover.account', NEW.seq, NEW.at
  WHERE NEW.data ->> '$.handover.account' IS NOT NULL;
  INSERT INTO notification (template, recipient, event, due_at)
  SELECT DISTINCT 'handover-noted', h.account, NEW.seq, NEW.at
  FROM access AS a
  JOIN duty_holder AS h ON h.work_unit = a.work_unit
  WHERE a.id = NEW.subject AND h.duty = 'budget-user' AND h.ends_at > NEW.at
    AND h.account <> NEW.actor
    AND h.account <> coalesce(NEW.data ->> '$.handover.account', '');
  INSERT INTO notification (template, recipient, event, due_at)
  SELECT DISTINCT 'payment-reminder', h.account, NEW.seq, NEW.at
  FROM access AS a
  JOIN duty_holder AS h ON h.work_unit = a.work_unit
  WHERE a.id = NEW.subject AND h.duty = 'commitment-officer' AND h.ends_at > NEW.at
    AND h.account <> a.account
    AND h.account <> coalesce(NEW.data ->> '$.handover.account', '')
    AND EXISTS (SELECT 1 FROM json_each(NEW.data -> '$.handover.packages') AS p
                WHERE p.value ->> 'handed_over' = 1);
END;

CREATE TRIGGER IF NOT EXISTS handover_is_told_when_named AFTER INSERT ON event
WHEN NEW.kind = 'handover-named' AND NEW.data ->> '$.handover.kind' <> 'none-open'
BEGIN
  INSERT INTO notification (template, recipient, event, due_at)
  SELECT 'handover-received', NEW.data ->> '$.handover.account', NEW.seq, NEW.at
  WHERE NEW.data ->> '$.handover.account' IS NOT NULL;
  INSERT INTO notification (template, recipient, event, due_at)
  SELECT DISTINCT 'handover-noted', h.account, NEW.seq, NEW.at
  FROM access AS a
  JOIN duty_holder AS h ON h.work_unit = a.work_unit
  WHERE a.id = NEW.subject AND h.duty = 'budget-user' AND h.ends_at > NEW.at
    AND h.account <> NEW.actor
    AND h.account <> coalesce(NEW.data ->> '$.handover.account', '');
  INSERT INTO notification (template, recipient, event, due_at)
  SELECT DISTINCT 'payment-reminder', h.account, NEW.seq, NEW.at
  FROM access AS a
  JOIN duty_holder AS h ON h.work_unit = a.work_unit
  WHERE a.id = NEW.subject AND h.duty = 'commitment-officer' AND h.ends_at > NEW.at
    AND h.account <> a.account
    AND h.account <> coalesce(NEW.data ->> '$.handover.account', '')
    AND EXISTS (SELECT 1 FROM json_each(NEW.data -> '$.handover.packages') AS p
                WHERE p.value ->> 'handed_over' = 1);
END;

-- A digest names ends that nobody was told of; of two timers at once one is refused
-- and looks again.
CREATE TRIGGER IF NOT EXISTS unassigned_report_is_new BEFORE INSERT ON event
WHEN NEW.kind = 'unassigned-reported'
BEGIN
  SELECT RAISE(ABORT, 'akses:already-reported')
  WHERE EXISTS (SELECT 1 FROM json_each(NEW.data -> 'ends') AS e
                JOIN unassigned_report AS r ON r.access = e.value ->> 'access');
END;

-- To whom it goes was judged by the timer: the PA and KPA of the work unit, else the
-- Kepala UKPBJ of the institution, else the directorate.
CREATE TRIGGER IF NOT EXISTS fold_unassigned_reported AFTER INSERT ON event
WHEN NEW.kind = 'unassigned-reported'
BEGIN
  INSERT INTO unassigned_report (access, reported_at)
  SELECT e.value ->> 'access', NEW.at FROM json_each(NEW.data -> 'ends') AS e;
  INSERT INTO notification (template, recipient, event, due_at)
  SELECT 'unassigned-reported', r.value, NEW.seq, NEW.at
  FROM json_each(NEW.data -> 'recipients') AS r;
END;

-- Collective letters ------------------------------------------------------------

-- One letter of a Kepala UKPBJ for many people. Its rows name accesses and requests
-- before they exist, so that filing it again after a kill goes on where it was.
CREATE TABLE IF NOT EXISTS collective (
  id TEXT PRIMARY KEY,
  institution TEXT NOT NULL,
  filed_by TEXT NOT NULL,
  document TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state = 'draft' OR state = 'filed'),
  checked_at INTEGER NOT NULL,
  filed_at INTEGER,
  version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS collective_of_author ON collective (filed_by, checked_at);

CREATE TABLE IF NOT EXISTS collective_row (
  collective TEXT NOT NULL REFERENCES collective (id),
  line INTEGER NOT NULL,
  account TEXT,
  role TEXT,
  work_unit TEXT,
  valid_until TEXT,
  errors TEXT NOT NULL CHECK (json_valid(errors)),
  struck INTEGER NOT NULL DEFAULT 0,
  access TEXT NOT NULL,
  request TEXT NOT NULL UNIQUE,
  PRIMARY KEY (collective, line)
) STRICT, WITHOUT ROWID;

-- Each check says which addresses have accounts, so a person has 20 of them in 24
-- hours (86,400,000 ms).
CREATE TRIGGER IF NOT EXISTS collective_checks_are_few BEFORE INSERT ON event
WHEN NEW.kind = 'collective-checked'
BEGIN
  SELECT RAISE(ABORT, 'akses:too-many-letters')
  WHERE (SELECT count(*) FROM collective
         WHERE filed_by = NEW.actor AND checked_at > NEW.at - 86400000) >= 20;
END;

-- A row is struck or filed, and never both.
CREATE TRIGGER IF NOT EXISTS struck_row_is_not_filed BEFORE INSERT ON event
WHEN NEW.kind = 'collective-struck'
BEGIN
  SELECT RAISE(ABORT, 'akses:row-filed')
  FROM json_each(NEW.data -> 'lines') AS l
  JOIN collective_row AS r ON r.collective = NEW.subject AND r.line = l.value
  JOIN request AS q ON q.id = r.request;
END;

CREATE TRIGGER IF NOT EXISTS filed_row_is_not_struck BEFORE INSERT ON event
WHEN NEW.kind = 'access-requested' OR NEW.kind = 'reactivation-requested'
BEGIN
  SELECT RAISE(ABORT, 'akses:row-struck')
  FROM collective_row WHERE request = NEW.data ->> '$.request.id' AND struck = 1;
END;

CREATE TRIGGER IF NOT EXISTS fold_collective_checked AFTER INSERT ON event
WHEN NEW.kind = 'collective-checked'
BEGIN
  INSERT INTO collective (id, institution, filed_by, document, state, checked_at, version)
  VALUES (NEW.subject, NEW.institution, NEW.actor, NEW.data ->> 'document', 'draft', NEW.at,
          NEW.version);
  INSERT INTO collective_row (collective, line, account, role, work_unit, valid_until, errors,
                              access, request)
  SELECT NEW.subject, r.value ->> 'line', r.value ->> 'account', r.value ->> 'role',
         r.value ->> 'work_unit', r.value ->> 'valid_until', r.value -> 'errors',
         r.value ->> 'access', r.value ->> 'request'
  FROM json_each(NEW.data -> 'rows') AS r;
END;

CREATE TRIGGER IF NOT EXISTS fold_collective_struck AFTER INSERT ON event
WHEN NEW.kind = 'collective-struck'
BEGIN
  UPDATE collective_row SET struck = 1
  WHERE collective = NEW.subject
    AND EXISTS (SELECT 1 FROM json_each(NEW.data -> 'lines') AS l
                WHERE l.value = collective_row.line);
  UPDATE collective SET version = NEW.version WHERE id = NEW.subject;
END;

CREATE TRIGGER IF NOT EXISTS fold_collective_filed AFTER INSERT ON event
WHEN NEW.kind = 'collective-filed'
BEGIN
  UPDATE collective SET state = 'filed', filed_at = NEW.at, version = NEW.version WHERE id = NEW.subject;
END;

-- Whom a letter speaks for is told.
CREATE TRIGGER IF NOT EXISTS registration_is_filed_for_somebody AFTER INSERT ON event
WHEN NEW.kind = 'access-requested' AND NEW.actor <> NEW.data ->> 'account'
BEGIN
  INSERT INTO notification (template, recipient, event, due_at)
  SELECT 'request-filed-for-you', NEW.data ->> 'account', NEW.seq, NEW.at
  FROM collective_row WHERE request = NEW.data ->> '$.request.id';
END;

CREATE TRIGGER IF NOT EXISTS reactivation_is_filed_for_somebody AFTER INSERT ON event
WHEN NEW.kind = 'reactivation-requested'
BEGIN
  INSERT INTO notification (template, recipient, event, due_at)
  SELECT 'request-filed-for-you', account, NEW.seq, NEW.at
  FROM collective_row
  WHERE request = NEW.data ->> '$.request.id' AND account <> NEW.actor;
END;

-- VER-1, for letters: who filed one decides none of its requests, and nobody does in
-- their place.
CREATE TRIGGER IF NOT EXISTS letter_is_approved_by_others BEFORE INSERT ON event
WHEN NEW.kind = 'request-approved'
BEGIN
  SELECT RAISE(ABORT, 'akses:own-letter')
  FROM collective_row AS r JOIN collective AS c ON c.id = r.collective
  WHERE r.request = NEW.data ->> 'request'
    AND (c.filed_by = NEW.actor OR c.filed_by = NEW.data ->> 'in_place_of');
END;

CREATE TRIGGER IF NOT EXISTS letter_is_rejected_by_others BEFORE INSERT ON event
WHEN NEW.kind = 'request-rejected'
BEGIN
  SELECT RAISE(ABORT, 'akses:own-letter')
  FROM collective_row AS r JOIN collective AS c ON c.id = r.collective
  WHERE r.request = NEW.data ->> 'request'
    AND (c.filed_by = NEW.actor OR c.filed_by = NEW.data ->> 'in_place_of');
END;
