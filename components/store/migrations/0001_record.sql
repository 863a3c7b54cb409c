-- The record (ALL-1): one append-only table, and the tables that triggers fold
-- from it. Each statement ends in a semicolon before an empty line and can be
-- repeated without harm, because a migration may be killed half-way or run by
-- several processes at once, and no engine gives us a transaction for it.
--
-- Checks and triggers say `a = 'x' OR a = 'y'`, never `a IN ('x', 'y')`: inside a
-- trigger SQLite builds a table for such a list each time it meets one, which
-- made the sweep three times slower.

-- The schema's own history, and the first thing that is made: a database with
-- tables but without this one is somebody else's. The row of a migration is
-- written after its statements, so a missing row means "do it (again)".
CREATE TABLE IF NOT EXISTS migration (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS event (
  seq INTEGER PRIMARY KEY,
  subject TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  kind TEXT NOT NULL,
  data TEXT NOT NULL CHECK (json_valid(data)),
  actor TEXT NOT NULL,
  at INTEGER NOT NULL,
  origin TEXT NOT NULL,
  request_id TEXT NOT NULL,
  institution TEXT,
  idempotency_key TEXT,
  fingerprint TEXT,
  UNIQUE (subject, version)
) STRICT;

CREATE UNIQUE INDEX IF NOT EXISTS event_idempotency
  ON event (actor, idempotency_key) WHERE idempotency_key IS NOT NULL;

CREATE TRIGGER IF NOT EXISTS event_is_never_changed BEFORE UPDATE ON event
BEGIN
  SELECT RAISE(ABORT, 'akses:append-only');
END;

CREATE TRIGGER IF NOT EXISTS event_is_never_removed BEFORE DELETE ON event
BEGIN
  SELECT RAISE(ABORT, 'akses:append-only');
END;

-- What must hold before an event stands. One trigger for all of it, because each
-- trigger costs every insert a little, and the sweep makes a million. The names
-- after `akses:` are what `append` answers as `refused`.
CREATE TRIGGER IF NOT EXISTS event_is_admissible BEFORE INSERT ON event
BEGIN
  -- Versions have no gaps: an event needs the one before it.
  SELECT RAISE(ABORT, 'akses:version-gap')
  WHERE NEW.version > 1
    AND NOT EXISTS (SELECT 1 FROM event WHERE subject = NEW.subject AND version = NEW.version - 1);
  -- REG-7.
  SELECT RAISE(ABORT, 'akses:access-exists')
  WHERE (NEW.kind = 'access-requested' OR NEW.kind = 'access-carried-over')
    AND EXISTS (SELECT 1 FROM access WHERE account = NEW.data ->> 'account'
                AND role = NEW.data ->> 'role' AND work_unit = NEW.data ->> 'work_unit'
                AND id <> NEW.subject);
  SELECT RAISE(ABORT, 'akses:email-exists')
  WHERE NEW.kind = 'account-recorded'
    AND EXISTS (SELECT 1 FROM account WHERE email = NEW.data ->> 'email' AND id <> NEW.subject);
  -- PRO-1: a NIP is one person's, whatever it is called when it is saved. It has
  -- 18 digits; shorter ones are NRPs, which each force counts for itself.
  SELECT RAISE(ABORT, 'akses:service-number-exists')
  WHERE NEW.kind = 'service-number-saved' AND length(NEW.data ->> 'number') = 18
    AND EXISTS (SELECT 1 FROM account WHERE service_number = NEW.data ->> 'number'
                AND id <> NEW.subject);
  SELECT RAISE(ABORT, 'akses:service-number-exists')
  WHERE NEW.kind = 'account-recorded' AND length(NEW.data ->> 'service_number') = 18
    AND EXISTS (SELECT 1 FROM account WHERE service_number = NEW.data ->> 'service_number'
                AND id <> NEW.subject);
  -- EXP-2: the end dates of its accesses count in the zone they were given in.
  SELECT RAISE(ABORT, 'akses:zone-in-use')
  WHERE NEW.kind = 'institution-recorded'
    AND EXISTS (SELECT 1 FROM institution WHERE id = NEW.subject AND zone <> NEW.data ->> 'zone')
    AND EXISTS (SELECT 1 FROM access WHERE institution = NEW.subject);
  SELECT RAISE(ABORT, 'akses:code-exists')
  WHERE NEW.kind = 'role-recorded'
    AND EXISTS (SELECT 1 FROM role WHERE code = NEW.data ->> 'code' AND id <> NEW.subject);
  SELECT RAISE(ABORT, 'akses:code-exists')
  WHERE NEW.kind = 'institution-recorded'
    AND EXISTS (SELECT 1 FROM institution WHERE code = NEW.data ->> 'code' AND id <> NEW.subject);
  SELECT RAISE(ABORT, 'akses:code-exists')
  WHERE NEW.kind = 'work-unit-recorded'
    AND EXISTS (SELECT 1 FROM work_unit WHERE code = NEW.data ->> 'code' AND id <> NEW.subject);
END;

-- Reference data -----------------------------------------------------------

CREATE TABLE IF NOT EXISTS role (
  id TEXT PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  authority TEXT NOT NULL CHECK (authority = 'none' OR authority = 'vai'
                                 OR authority = 'directorate' OR authority = 'operator'),
  verified_by TEXT NOT NULL CHECK (verified_by = 'institution' OR verified_by = 'national'),
  decree TEXT NOT NULL,
  registrable INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS institution (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  zone TEXT NOT NULL CHECK (zone = 'WIB' OR zone = 'WITA' OR zone = 'WIT'),
  version INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS work_unit (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  code TEXT NOT NULL UNIQUE,
  institution TEXT NOT NULL REFERENCES institution (id),
  name TEXT NOT NULL,
  address TEXT,
  version INTEGER NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS institution_by_name ON institution (name, id);

CREATE INDEX IF NOT EXISTS work_unit_of_institution ON work_unit (institution, name, id);

-- Search as you type, over names and codes. Rowids are the `seq` of what was found.
CREATE VIRTUAL TABLE IF NOT EXISTS institution_search USING fts5 (
  name, code, tokenize = 'unicode61', prefix = '1 2 3'
);

-- `scope` is the institution's id as one word (without hyphens), so that the
-- index itself keeps to one institution and a single letter does not visit the
-- units of the whole country.
CREATE VIRTUAL TABLE IF NOT EXISTS work_unit_search USING fts5 (
  name, code, scope, tokenize = 'unicode61', prefix = '1 2 3'
);

CREATE TRIGGER IF NOT EXISTS fold_role_recorded AFTER INSERT ON event
WHEN NEW.kind = 'role-recorded'
BEGIN
  INSERT INTO role (id, code, name, authority, verified_by, decree, registrable, version)
  VALUES (NEW.subject, NEW.data ->> 'code', NEW.data ->> 'name', NEW.data ->> 'authority',
          NEW.data ->> 'verified_by', NEW.data ->> 'decree', NEW.data ->> 'registrable', NEW.version)
  ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, authority = excluded.authority, verified_by = excluded.verified_by,
    decree = excluded.decree, registrable = excluded.registrable, version = excluded.version;
END;

CREATE TRIGGER IF NOT EXISTS fold_institution_recorded AFTER INSERT ON event
WHEN NEW.kind = 'institution-recorded'
BEGIN
  INSERT INTO institution (id, code, name, kind, zone, version)
  VALUES (NEW.subject, NEW.data ->> 'code', NEW.data ->> 'name', NEW.data ->> 'kind',
          NEW.data ->> 'zone', NEW.version)
  ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, kind = excluded.kind, zone = excluded.zone, version = excluded.version;
  DELETE FROM institution_search WHERE rowid = (SELECT seq FROM institution WHERE id = NEW.subject);
  INSERT INTO institution_search (rowid, name, code)
  SELECT seq, name, code FROM institution WHERE id = NEW.subject;
END;

-- An address given by a registrant outlives an import without one (REG-3).
CREATE TRIGGER IF NOT EXISTS fold_work_unit_recorded AFTER INSERT ON event
WHEN NEW.kind = 'work-unit-recorded'
BEGIN
  INSERT INTO work_unit (id, code, institution, name, address, version)
  VALUES (NEW.subject, NEW.data ->> 'code', NEW.data ->> 'institution', NEW.data ->> 'name',
          NEW.data ->> 'address', NEW.version)
  ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, address = coalesce(excluded.address, address), version = excluded.version;
  DELETE FROM work_unit_search WHERE rowid = (SELECT seq FROM work_unit WHERE id = NEW.subject);
  INSERT INTO work_unit_search (rowid, name, code, scope)
  SELECT seq, name, code, replace(institution, '-', '') FROM work_unit WHERE id = NEW.subject;
END;

-- People -------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS account (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL UNIQUE COLLATE NOCASE,
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  service_number TEXT,
  profile TEXT NOT NULL CHECK (profile = 'non-supplier' OR profile = 'supplier'),
  failed_sign_ins INTEGER NOT NULL DEFAULT 0,
  last_failure_at INTEGER,
  version INTEGER NOT NULL
) STRICT;

CREATE TRIGGER IF NOT EXISTS fold_account_recorded AFTER INSERT ON event
WHEN NEW.kind = 'account-recorded'
BEGIN
  INSERT INTO account (id, email, name, password_hash, service_number, profile, version)
  VALUES (NEW.subject, NEW.data ->> 'email', NEW.data ->> 'name', NEW.data ->> 'password_hash',
          NEW.data ->> 'service_number', coalesce(NEW.data ->> 'profile', 'non-supplier'),
          NEW.version)
  ON CONFLICT (id) DO UPDATE SET
    email = excluded.email, name = excluded.name, password_hash = excluded.password_hash,
    service_number = excluded.service_number, profile = excluded.profile,
    version = excluded.version;
END;

CREATE INDEX IF NOT EXISTS account_service_number ON account (service_number)
  WHERE service_number IS NOT NULL;

CREATE TRIGGER IF NOT EXISTS fold_service_number_saved AFTER INSERT ON event
WHEN NEW.kind = 'service-number-saved'
BEGIN
  UPDATE account SET service_number = NEW.data ->> 'number', version = NEW.version
  WHERE id = NEW.subject;
END;

CREATE TRIGGER IF NOT EXISTS fold_sign_in_failed AFTER INSERT ON event
WHEN NEW.kind = 'sign-in-failed'
BEGIN
  -- What lies behind a rest of 15 minutes counts no more: one wrong try after it
  -- must not begin the next rest.
  UPDATE account SET
    failed_sign_ins = iif(last_failure_at <= NEW.at - 15 * 60 * 1000, 1, failed_sign_ins + 1),
    last_failure_at = NEW.at, version = NEW.version
  WHERE id = NEW.subject;
END;

CREATE TRIGGER IF NOT EXISTS fold_signed_in AFTER INSERT ON event
WHEN NEW.kind = 'signed-in'
BEGIN
  UPDATE account SET failed_sign_ins = 0, last_failure_at = NULL,
    version = NEW.version WHERE id = NEW.subject;
END;

-- Documents ----------------------------------------------------------------

CREATE TABLE IF NOT EXISTS document (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  name TEXT NOT NULL,
  stored_at INTEGER NOT NULL
) STRICT;

CREATE TRIGGER IF NOT EXISTS fold_document_stored AFTER INSERT ON event
WHEN NEW.kind = 'document-stored'
BEGIN
  INSERT INTO document (id, owner, sha256, size_bytes, name, stored_at)
  VALUES (NEW.subject, NEW.data ->> 'owner', NEW.data ->> 'sha256', NEW.data ->> 'size_bytes',
          NEW.data ->> 'name', NEW.at);
END;

-- Accesses and their requests ------------------------------------------------

-- `standing` is where an access stands apart from a request that waits;
-- `request` is that request. The status that people see follows from both, as
-- `Access::status` of akses-domain says.
CREATE TABLE IF NOT EXISTS access (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  role TEXT NOT NULL,
  work_unit TEXT NOT NULL,
  institution TEXT NOT NULL,
  zone TEXT NOT NULL CHECK (zone = 'WIB' OR zone = 'WITA' OR zone = 'WIT'),
  standing TEXT NOT NULL CHECK (standing = 'unverified' OR standing = 'rejected'
                                OR standing = 'active' OR standing = 'inactive'
                                OR standing = 'expired'),
  valid_until TEXT,
  ends_at INTEGER,
  request TEXT,
  cut_off INTEGER NOT NULL DEFAULT 0,
  rejection TEXT,
  version INTEGER NOT NULL,
  CHECK ((valid_until IS NULL) = (ends_at IS NULL))
) STRICT;

-- REG-7. `event_is_admissible` names it, because engines word this error differently.
CREATE UNIQUE INDEX IF NOT EXISTS access_once ON access (account, role, work_unit);

-- A person's accesses page by page, newest first.
CREATE INDEX IF NOT EXISTS access_of_account ON access (account, id);

-- What the sweep looks for (EXP-3), by zone, because the cut-off comes to each
-- zone at a moment of its own.
CREATE INDEX IF NOT EXISTS access_due ON access (zone, ends_at) WHERE standing = 'active';

-- What the cut-off takes along (EXP-4).
CREATE INDEX IF NOT EXISTS access_waiting ON access (zone, ends_at)
  WHERE standing = 'inactive' AND request IS NOT NULL;

CREATE TABLE IF NOT EXISTS request (
  id TEXT PRIMARY KEY,
  access TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind = 'registration' OR kind = 'reactivation'),
  institution TEXT NOT NULL,
  verified_by TEXT NOT NULL CHECK (verified_by = 'institution' OR verified_by = 'national'),
  account TEXT NOT NULL,
  submitted_at INTEGER NOT NULL,
  deadline_at INTEGER NOT NULL,
  valid_until TEXT NOT NULL,
  document TEXT NOT NULL,
  form TEXT NOT NULL,
  outcome TEXT CHECK (outcome = 'approved' OR outcome = 'rejected'),
  reason TEXT,
  decided_by TEXT,
  decided_as TEXT,
  decided_at INTEGER
) STRICT;

CREATE INDEX IF NOT EXISTS request_waiting ON request (verified_by, institution, deadline_at, id)
  WHERE outcome IS NULL;

CREATE INDEX IF NOT EXISTS request_waiting_national ON request (deadline_at, id)
  WHERE outcome IS NULL AND verified_by = 'national';

CREATE INDEX IF NOT EXISTS request_of_document ON request (document);

-- REG-5, REG-6: a first request makes the access; after a rejection the same
-- access gets a new one. REG-3: the first address of a work unit stays.
CREATE TRIGGER IF NOT EXISTS fold_access_requested AFTER INSERT ON event
WHEN NEW.kind = 'access-requested'
BEGIN
  INSERT INTO access (id, account, role, work_unit, institution, zone, standing, request, version)
  VALUES (NEW.subject, NEW.data ->> 'account', NEW.data ->> 'role', NEW.data ->> 'work_unit',
          NEW.data ->> 'institution', NEW.data ->> 'zone', 'unverified',
          NEW.data ->> '$.request.id', NEW.version)
  ON CONFLICT (id) DO UPDATE SET
    institution = excluded.institution, zone = excluded.zone,
    request = excluded.request, rejection = NULL, version = excluded.version;
  INSERT INTO request (id, access, kind, institution, verified_by, account, submitted_at,
                       deadline_at, valid_until, document, form)
  VALUES (NEW.data ->> '$.request.id', NEW.subject, 'registration', NEW.data ->> 'institution',
          NEW.data ->> 'verified_by', NEW.data ->> 'account', NEW.at,
          NEW.data ->> '$.request.deadline_at', NEW.data ->> '$.request.valid_until',
          NEW.data ->> '$.request.document', NEW.data -> 'form');
  UPDATE work_unit SET address = NEW.data ->> '$.form.address'
  WHERE id = NEW.data ->> 'work_unit' AND address IS NULL
    AND NEW.data ->> '$.form.address' IS NOT NULL;
  INSERT INTO notification (template, recipient, event, due_at)
  VALUES ('request-submitted', NEW.data ->> 'account', NEW.seq, NEW.at);
END;

CREATE TRIGGER IF NOT EXISTS fold_access_carried_over AFTER INSERT ON event
WHEN NEW.kind = 'access-carried-over'
BEGIN
  INSERT INTO access (id, account, role, work_unit, institution, zone, standing,
                      valid_until, ends_at, version)
  VALUES (NEW.subject, NEW.data ->> 'account', NEW.data ->> 'role', NEW.data ->> 'work_unit',
          NEW.data ->> 'institution', NEW.data ->> 'zone', 'active', NEW.data ->> 'valid_until',
          (unixepoch(NEW.data ->> 'valid_until', '+1 day')
           - CASE NEW.data ->> 'zone' WHEN 'WIB' THEN 7 WHEN 'WITA' THEN 8 ELSE 9 END * 3600) * 1000,
          NEW.version);
END;

-- EXP-5.
CREATE TRIGGER IF NOT EXISTS fold_reactivation_requested AFTER INSERT ON event
WHEN NEW.kind = 'reactivation-requested'
BEGIN
  UPDATE access SET request = NEW.data ->> '$.request.id', cut_off = 0, rejection = NULL,
    version = NEW.version
  WHERE id = NEW.subject;
  INSERT INTO request (id, access, kind, institution, verified_by, account, submitted_at,
                       deadline_at, valid_until, document, form)
  SELECT NEW.data ->> '$.request.id', a.id, 'reactivation', a.institution,
         NEW.data ->> 'verified_by', a.account, NEW.at,
         NEW.data ->> '$.request.deadline_at', NEW.data ->> '$.request.valid_until',
         NEW.data ->> '$.request.document', '{}'
  FROM access AS a WHERE a.id = NEW.subject;
  INSERT INTO notification (template, recipient, event, due_at)
  SELECT 'request-submitted', account, NEW.seq, NEW.at
  FROM access WHERE id = NEW.subject;
END;

-- VER-2: approved with the end date that the verifier attested.
CREATE TRIGGER IF NOT EXISTS fold_request_approved AFTER INSERT ON event
WHEN NEW.kind = 'request-approved'
BEGIN
  UPDATE request SET outcome = 'approved', decided_by = NEW.actor,
    decided_as = NEW.data ->> 'decided_as', decided_at = NEW.at
  WHERE id = NEW.data ->> 'request';
  UPDATE access SET standing = 'active', request = NULL, cut_off = 0, rejection = NULL,
    valid_until = NEW.data ->> 'valid_until',
    ends_at = (unixepoch(NEW.data ->> 'valid_until', '+1 day')
               - CASE zone WHEN 'WIB' THEN 7 WHEN 'WITA' THEN 8 ELSE 9 END * 3600) * 1000,
    version = NEW.version
  WHERE id = NEW.subject;
  INSERT INTO notification (template, recipient, event, due_at)
  SELECT 'request-approved', account, NEW.seq, NEW.at
  FROM access WHERE id = NEW.subject;
END;

-- A rejected registration leaves Ditolak; a rejected reactivation leaves what
-- was before it.
CREATE TRIGGER IF NOT EXISTS fold_request_rejected AFTER INSERT ON event
WHEN NEW.kind = 'request-rejected'
BEGIN
  UPDATE request SET outcome = 'rejected', reason = NEW.data ->> 'reason', decided_by = NEW.actor,
    decided_as = NEW.data ->> 'decided_as', decided_at = NEW.at
  WHERE id = NEW.data ->> 'request';
  UPDATE access SET
    standing = CASE standing WHEN 'unverified' THEN 'rejected' ELSE standing END,
    request = NULL, cut_off = 0, rejection = NEW.data ->> 'reason', version = NEW.version
  WHERE id = NEW.subject;
  INSERT INTO notification (template, recipient, event, due_at)
  SELECT 'request-rejected', account, NEW.seq, NEW.at
  FROM access WHERE id = NEW.subject;
END;

-- EXP-1.
CREATE TRIGGER IF NOT EXISTS fold_access_deactivated AFTER INSERT ON event
WHEN NEW.kind = 'access-deactivated'
BEGIN
  UPDATE access SET standing = 'inactive', version = NEW.version WHERE id = NEW.subject;
  INSERT INTO notification (template, recipient, event, due_at)
  SELECT 'access-deactivated', account, NEW.seq, NEW.at
  FROM access WHERE id = NEW.subject;
END;

-- EXP-3, and EXP-4 for those whose reactivation waits at the cut-off: that
-- request stays and can still be decided.
CREATE TRIGGER IF NOT EXISTS fold_access_expired AFTER INSERT ON event
WHEN NEW.kind = 'access-expired'
BEGIN
  UPDATE access SET standing = 'expired', cut_off = (request IS NOT NULL), version = NEW.version
  WHERE id = NEW.subject;
  INSERT INTO notification (template, recipient, event, due_at)
  VALUES ('access-expired', NEW.data ->> 'account', NEW.seq, NEW.at);
END;

-- The outbox -----------------------------------------------------------------

-- `due_at` is when the next try is due; a lease is a due time in the future
-- with the name of who holds it.
CREATE TABLE IF NOT EXISTS notification (
  id INTEGER PRIMARY KEY,
  template TEXT NOT NULL,
  recipient TEXT NOT NULL,
  event INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'queued' CHECK (state = 'queued' OR state = 'sent' OR state = 'dead'),
  due_at INTEGER NOT NULL,
  worker TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  last_error TEXT,
  settled_at INTEGER
) STRICT;

CREATE INDEX IF NOT EXISTS notification_due ON notification (due_at, id) WHERE state = 'queued';

CREATE INDEX IF NOT EXISTS notification_dead ON notification (settled_at) WHERE state = 'dead';
