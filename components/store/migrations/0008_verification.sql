-- The deadline on verification (VER-3), substitutes of absent verifiers (VER-1), and
-- whether institutions have a verifier at all. The rules for scripts stand at the
-- head of 0001.

-- Who waits, and when somebody has to be told of it next. The row comes and goes
-- with the request itself, whatever kind of event brought that. `desk` is whose
-- verifiers decide it: an institution's id, or `national`. `step` is the last one
-- that was taken, `rank` its place among them; without `next_at` none is left.
CREATE TABLE IF NOT EXISTS verification_watch (
  request TEXT PRIMARY KEY,
  desk TEXT NOT NULL,
  step TEXT CHECK (step = 'half-time' OR step = 'near-end' OR step = 'ukpbj-head'
                   OR step = 'directorate'),
  rank INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER
) STRICT, WITHOUT ROWID;

-- What the timer looks for: only what is due is read.
CREATE INDEX IF NOT EXISTS verification_watch_due ON verification_watch (next_at, desk)
  WHERE next_at IS NOT NULL;

-- The first step is taken at half time.
CREATE TRIGGER IF NOT EXISTS watch_request AFTER INSERT ON request
WHEN NEW.outcome IS NULL
BEGIN
  INSERT INTO verification_watch (request, desk, next_at)
  VALUES (NEW.id, iif(NEW.verified_by = 'national', 'national', NEW.institution),
          (NEW.submitted_at + NEW.deadline_at) / 2);
END;

CREATE TRIGGER IF NOT EXISTS unwatch_request AFTER UPDATE OF outcome ON request
WHEN NEW.outcome IS NOT NULL
BEGIN
  DELETE FROM verification_watch WHERE request = NEW.id;
END;

INSERT OR IGNORE INTO verification_watch (request, desk, next_at)
SELECT id, iif(verified_by = 'national', 'national', institution), (submitted_at + deadline_at) / 2
FROM request WHERE outcome IS NULL;

-- Each request comes to each step once, whoever else looks at the same moment: of
-- two digests that list it, the second does not stand.
CREATE TRIGGER IF NOT EXISTS verification_step_is_admissible BEFORE INSERT ON event
WHEN NEW.kind = 'verification-reminded' OR NEW.kind = 'verification-escalated'
BEGIN
  SELECT RAISE(ABORT, 'akses:step-taken')
  WHERE EXISTS (SELECT 1 FROM json_each(NEW.data, '$.requests') AS listed
                LEFT JOIN verification_watch AS w ON w.request = listed.value
                WHERE w.request IS NULL OR w.rank >= NEW.data ->> 'rank');
END;

-- One digest for a desk and a step, and one mail for each of those it is for.
CREATE TRIGGER IF NOT EXISTS fold_verification_step AFTER INSERT ON event
WHEN NEW.kind = 'verification-reminded' OR NEW.kind = 'verification-escalated'
BEGIN
  UPDATE verification_watch SET step = NEW.data ->> 'step', rank = NEW.data ->> 'rank',
    next_at = q.deadline_at + (NEW.data ->> 'next_after_deadline_ms')
  FROM json_each(NEW.data, '$.requests') AS listed CROSS JOIN request AS q ON q.id = listed.value
  WHERE verification_watch.request = listed.value;
  INSERT INTO notification (template, recipient, event, due_at)
  SELECT NEW.kind, recipient.value, NEW.seq, NEW.at
  FROM json_each(NEW.data, '$.recipients') AS recipient;
END;

-- Substitutes ------------------------------------------------------------------

-- Who stands in for an absent VAI of an institution, and when. `starts_at` and
-- `ends_at` are the days in the institution's zone; `ended_at` is set when the VAI
-- ended it before its time.
CREATE TABLE IF NOT EXISTS substitution (
  id TEXT PRIMARY KEY,
  absent TEXT NOT NULL,
  substitute TEXT NOT NULL,
  institution TEXT NOT NULL,
  zone TEXT NOT NULL CHECK (zone = 'WIB' OR zone = 'WITA' OR zone = 'WIT'),
  first_day TEXT NOT NULL,
  last_day TEXT NOT NULL,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL CHECK (ends_at > starts_at),
  ended_at INTEGER,
  version INTEGER NOT NULL,
  CHECK (absent <> substitute)
) STRICT;

CREATE INDEX IF NOT EXISTS substitution_of_absent ON substitution (absent, starts_at);

CREATE INDEX IF NOT EXISTS substitution_of_substitute ON substitution (substitute, starts_at);

CREATE INDEX IF NOT EXISTS substitution_of_institution ON substitution (institution, ends_at)
  WHERE ended_at IS NULL;

-- One absence has one substitute.
CREATE TRIGGER IF NOT EXISTS substitution_is_admissible BEFORE INSERT ON event
WHEN NEW.kind = 'substitute-named'
BEGIN
  SELECT RAISE(ABORT, 'akses:absence-overlaps')
  WHERE EXISTS (SELECT 1 FROM substitution
                WHERE absent = NEW.data ->> 'absent' AND institution = NEW.data ->> 'institution'
                  AND ended_at IS NULL AND starts_at < NEW.data ->> 'ends_at'
                  AND ends_at > NEW.data ->> 'starts_at');
END;

CREATE TRIGGER IF NOT EXISTS fold_substitute_named AFTER INSERT ON event
WHEN NEW.kind = 'substitute-named'
BEGIN
  INSERT INTO substitution (id, absent, substitute, institution, zone, first_day, last_day,
                            starts_at, ends_at, version)
  VALUES (NEW.subject, NEW.data ->> 'absent', NEW.data ->> 'substitute',
          NEW.data ->> 'institution', NEW.data ->> 'zone', NEW.data ->> 'first_day',
          NEW.data ->> 'last_day', NEW.data ->> 'starts_at', NEW.data ->> 'ends_at', NEW.version);
  INSERT INTO notification (template, recipient, event, due_at)
  VALUES ('substitute-named', NEW.data ->> 'substitute', NEW.seq, NEW.at),
         ('absence-recorded', NEW.data ->> 'absent', NEW.seq, NEW.at);
END;

CREATE TRIGGER IF NOT EXISTS fold_substitution_ended AFTER INSERT ON event
WHEN NEW.kind = 'substitution-ended'
BEGIN
  UPDATE substitution SET ended_at = NEW.at, version = NEW.version WHERE id = NEW.subject;
  INSERT INTO notification (template, recipient, event, due_at)
  SELECT 'substitution-ended', substitute, NEW.seq, NEW.at FROM substitution WHERE id = NEW.subject
  UNION ALL
  SELECT 'substitution-ended', absent, NEW.seq, NEW.at FROM substitution WHERE id = NEW.subject;
END;

-- What a substitute verifies by, to be judged by its dates: while the absent VAI's
-- access and one of the substitute's own, both at this institution, stand.
CREATE VIEW IF NOT EXISTS substitute_authority AS
SELECT s.substitute AS account, s.absent, s.institution, s.zone, s.starts_at, s.ends_at AS until,
       min((SELECT max(a.ends_at)
            FROM role_duty AS duties
            CROSS JOIN access AS a ON a.account = s.absent AND a.role = duties.role
            WHERE duties.duty = 'vai' AND a.institution = s.institution
              AND a.standing = 'active' AND a.ends_at IS NOT NULL),
           (SELECT max(a.ends_at) FROM access AS a
            WHERE a.account = s.substitute AND a.institution = s.institution
              AND a.standing = 'active')) AS ends_at
FROM substitution AS s
WHERE s.ended_at IS NULL;

-- Continuity -------------------------------------------------------------------

-- How an institution stood when somebody was last told, or last did not need to be.
-- `last_end` is when its last VAI ends; `reported` says whether the directorate's
-- digest had it.
CREATE TABLE IF NOT EXISTS verifier_gap (
  institution TEXT PRIMARY KEY,
  state TEXT NOT NULL CHECK (state = 'covered' OR state = 'ending' OR state = 'missing'),
  last_end INTEGER,
  reported INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS verifier_gap_unreported ON verifier_gap (institution)
  WHERE reported = 0;

CREATE TRIGGER IF NOT EXISTS fold_verifier_gap AFTER INSERT ON event
WHEN NEW.kind = 'verifier-gap-found' OR NEW.kind = 'verifier-gap-closed'
BEGIN
  INSERT INTO verifier_gap (institution, state, last_end, reported, version)
  VALUES (NEW.institution, NEW.data ->> 'state', NEW.data ->> 'last_end',
          NEW.kind = 'verifier-gap-closed', NEW.version)
  ON CONFLICT (institution) DO UPDATE SET
    state = excluded.state, last_end = excluded.last_end, reported = excluded.reported,
    version = excluded.version;
  INSERT INTO notification (template, recipient, event, due_at)
  SELECT NEW.kind, recipient.value, NEW.seq, NEW.at
  FROM json_each(NEW.data, '$.recipients') AS recipient;
END;

CREATE TRIGGER IF NOT EXISTS verifier_gap_report_is_admissible BEFORE INSERT ON event
WHEN NEW.kind = 'verifier-gaps-reported'
BEGIN
  SELECT RAISE(ABORT, 'akses:gap-reported')
  WHERE EXISTS (SELECT 1 FROM json_each(NEW.data, '$.gaps') AS listed
                LEFT JOIN verifier_gap AS g ON g.institution = listed.value ->> 'institution'
                WHERE g.institution IS NULL OR g.reported = 1
                  OR g.version <> listed.value ->> 'version');
END;

CREATE TRIGGER IF NOT EXISTS fold_verifier_gaps_reported AFTER INSERT ON event
WHEN NEW.kind = 'verifier-gaps-reported'
BEGIN
  UPDATE verifier_gap SET reported = 1
  FROM json_each(NEW.data, '$.gaps') AS listed
  WHERE verifier_gap.institution = listed.value ->> 'institution';
  INSERT INTO notification (template, recipient, event, due_at)
  SELECT NEW.kind, recipient.value, NEW.seq, NEW.at
  FROM json_each(NEW.data, '$.recipients') AS recipient;
END;
