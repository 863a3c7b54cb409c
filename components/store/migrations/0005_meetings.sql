-- Holidays (ALL-5), and the meetings at which suppliers' requests are verified
-- (MTG-1..4). The rules for scripts stand at the head of 0001.

CREATE TABLE IF NOT EXISTS holiday (
  id TEXT PRIMARY KEY,
  date TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind = 'national' OR kind = 'joint-leave' OR kind = 'revoked'),
  source TEXT NOT NULL,
  version INTEGER NOT NULL
) STRICT;

CREATE TRIGGER IF NOT EXISTS holiday_is_admissible BEFORE INSERT ON event
WHEN NEW.kind = 'holiday-recorded'
BEGIN
  SELECT RAISE(ABORT, 'akses:holiday-exists')
  WHERE EXISTS (SELECT 1 FROM holiday WHERE date = NEW.data ->> 'date' AND id <> NEW.subject);
END;

CREATE TRIGGER IF NOT EXISTS fold_holiday_recorded AFTER INSERT ON event
WHEN NEW.kind = 'holiday-recorded'
BEGIN
  INSERT INTO holiday (id, date, name, kind, source, version)
  VALUES (NEW.subject, NEW.data ->> 'date', NEW.data ->> 'name', NEW.data ->> 'kind',
          NEW.data ->> 'source', NEW.version)
  ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, kind = excluded.kind, source = excluded.source,
    version = excluded.version;
END;

-- How many meetings the verifiers of an institution hold at the same time; one
-- when nothing is said.
CREATE TABLE IF NOT EXISTS meeting_rooms (
  institution TEXT PRIMARY KEY,
  rooms INTEGER NOT NULL CHECK (rooms >= 1 AND rooms <= 64)
) STRICT;

CREATE TRIGGER IF NOT EXISTS fold_meeting_rooms_recorded AFTER INSERT ON event
WHEN NEW.kind = 'meeting-rooms-recorded'
BEGIN
  INSERT INTO meeting_rooms (institution, rooms) VALUES (NEW.subject, NEW.data ->> 'rooms')
  ON CONFLICT (institution) DO UPDATE SET rooms = excluded.rooms;
  UPDATE institution SET version = NEW.version WHERE id = NEW.subject;
END;

-- A request has one meeting, so the request is the subject of its events too.
-- `desk` is whose verifiers hold it: an institution's id, or `national` (VER-1).
-- `holds` says whether it keeps its slot from others.
CREATE TABLE IF NOT EXISTS meeting (
  request TEXT PRIMARY KEY,
  access TEXT NOT NULL,
  account TEXT NOT NULL,
  institution TEXT NOT NULL,
  desk TEXT NOT NULL,
  zone TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state = 'unscheduled' OR state = 'scheduled' OR state = 'waiting'
                             OR state = 'called' OR state = 'missed' OR state = 'closed'),
  holds INTEGER NOT NULL DEFAULT 0,
  submitted_at INTEGER NOT NULL,
  starts_at INTEGER,
  ends_at INTEGER,
  day_ends_at INTEGER,
  place INTEGER,
  closes_at INTEGER,
  called_at INTEGER,
  called_by TEXT,
  room TEXT,
  version INTEGER NOT NULL DEFAULT 0
) STRICT;

-- No slot is given twice. `meeting_is_admissible` names it, because engines word
-- this error differently.
CREATE UNIQUE INDEX IF NOT EXISTS meeting_slot ON meeting (desk, starts_at, place)
  WHERE holds = 1;

-- What the timer looks for.
CREATE INDEX IF NOT EXISTS meeting_unscheduled ON meeting (submitted_at, request)
  WHERE state = 'unscheduled';

CREATE INDEX IF NOT EXISTS meeting_over ON meeting (ends_at) WHERE state = 'scheduled';

CREATE INDEX IF NOT EXISTS meeting_left_waiting ON meeting (day_ends_at)
  WHERE state = 'waiting';

CREATE INDEX IF NOT EXISTS meeting_lapsed ON meeting (closes_at) WHERE state = 'missed';

-- The waiting room: first come, first served by slot (MTG-3).
CREATE INDEX IF NOT EXISTS meeting_waiting ON meeting (desk, starts_at, place, request)
  WHERE state = 'waiting';

-- A verifier's day.
CREATE INDEX IF NOT EXISTS meeting_of_desk ON meeting (desk, starts_at, place, request);

-- MTG-1: in the statement that records the request, so that none is forgotten.
-- It gets its time by a statement of its own, at once or by the timer.
CREATE TRIGGER IF NOT EXISTS begin_meeting AFTER INSERT ON event
WHEN NEW.kind = 'access-requested' AND NEW.data ->> '$.form.profile' = 'supplier'
BEGIN
  INSERT INTO meeting (request, access, account, institution, desk, zone, state, submitted_at)
  VALUES (NEW.data ->> '$.request.id', NEW.subject, NEW.data ->> 'account',
          NEW.data ->> 'institution',
          iif(NEW.data ->> 'verified_by' = 'national', 'national', NEW.data ->> 'institution'),
          NEW.data ->> 'zone', 'unscheduled', NEW.at);
END;

CREATE TRIGGER IF NOT EXISTS meeting_is_admissible BEFORE INSERT ON event
WHEN NEW.kind = 'meeting-scheduled' OR NEW.kind = 'meeting-moved' OR NEW.kind = 'meeting-joined'
  OR NEW.kind = 'meeting-called' OR NEW.kind = 'meeting-missed'
BEGIN
  -- The decision on its request is an event of the access, so the version of the
  -- meeting does not tell about it.
  SELECT RAISE(ABORT, 'akses:meeting-over')
  WHERE NOT EXISTS (SELECT 1 FROM meeting WHERE request = NEW.subject AND state <> 'closed');
  SELECT RAISE(ABORT, 'akses:slot-taken')
  WHERE (NEW.kind = 'meeting-scheduled' OR NEW.kind = 'meeting-moved')
    AND EXISTS (SELECT 1 FROM meeting AS mine CROSS JOIN meeting AS other
                WHERE mine.request = NEW.subject AND other.desk = mine.desk
                  AND other.starts_at = NEW.data ->> 'starts_at'
                  AND other.place = NEW.data ->> 'place'
                  AND other.holds = 1 AND other.request <> NEW.subject);
END;

-- A supplier is approved after a verifier spoke with them; anybody can be rejected.
CREATE TRIGGER IF NOT EXISTS approval_needs_its_meeting BEFORE INSERT ON event
WHEN NEW.kind = 'request-approved'
BEGIN
  SELECT RAISE(ABORT, 'akses:meeting-not-held')
  WHERE EXISTS (SELECT 1 FROM meeting WHERE request = NEW.data ->> 'request'
                AND state <> 'called');
END;

CREATE TRIGGER IF NOT EXISTS fold_meeting_scheduled AFTER INSERT ON event
WHEN NEW.kind = 'meeting-scheduled' OR NEW.kind = 'meeting-moved'
BEGIN
  UPDATE meeting SET state = 'scheduled', holds = 1,
    starts_at = NEW.data ->> 'starts_at', ends_at = NEW.data ->> 'ends_at',
    day_ends_at = NEW.data ->> 'day_ends_at', place = NEW.data ->> 'place',
    closes_at = NEW.data ->> 'closes_at', version = NEW.version
  WHERE request = NEW.subject;
  INSERT INTO notification (template, recipient, event, due_at)
  SELECT NEW.kind, account, NEW.seq, NEW.at FROM meeting WHERE request = NEW.subject;
END;

CREATE TRIGGER IF NOT EXISTS fold_meeting_joined AFTER INSERT ON event
WHEN NEW.kind = 'meeting-joined'
BEGIN
  UPDATE meeting SET state = 'waiting', version = NEW.version WHERE request = NEW.subject;
END;

CREATE TRIGGER IF NOT EXISTS fold_meeting_called AFTER INSERT ON event
WHEN NEW.kind = 'meeting-called'
BEGIN
  UPDATE meeting SET state = 'called', called_at = NEW.at, called_by = NEW.actor,
    room = NEW.data ->> 'room', version = NEW.version
  WHERE request = NEW.subject;
END;

-- MTG-4. When it was the verifiers who did not come, the meeting looks for
-- another time by itself, and only the other mail is written.
CREATE TRIGGER IF NOT EXISTS fold_meeting_missed AFTER INSERT ON event
WHEN NEW.kind = 'meeting-missed'
BEGIN
  UPDATE meeting SET holds = 0, version = NEW.version,
    state = iif(NEW.data ->> 'absent' = 'verifier', 'unscheduled', 'missed')
  WHERE request = NEW.subject;
  INSERT INTO notification (template, recipient, event, due_at)
  SELECT 'meeting-missed', account, NEW.seq, NEW.at FROM meeting
  WHERE request = NEW.subject AND state = 'missed';
END;

-- The decision ends the meeting, whoever made it, and frees its slot.
CREATE TRIGGER IF NOT EXISTS close_meeting AFTER INSERT ON event
WHEN NEW.kind = 'request-approved' OR NEW.kind = 'request-rejected'
BEGIN
  UPDATE meeting SET state = 'closed', holds = 0 WHERE request = NEW.data ->> 'request';
END;

-- A meeting with the names that people know.
CREATE VIEW IF NOT EXISTS meeting_with_names AS
SELECT m.*, coalesce(p.name, '') AS account_name, a.role, coalesce(r.name, a.role) AS role_name,
       coalesce(i.name, '') AS institution_name, a.work_unit,
       coalesce(w.name, '') AS work_unit_name
FROM meeting AS m
JOIN access AS a ON a.id = m.access
LEFT JOIN account AS p ON p.id = m.account
LEFT JOIN role AS r ON r.code = a.role
LEFT JOIN institution AS i ON i.id = m.institution
LEFT JOIN work_unit AS w ON w.id = a.work_unit;
