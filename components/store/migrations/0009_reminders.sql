-- Before an access ends (EXP-7): extensions, reminders, and the appeal to apply
-- early. The rules for scripts stand at the head of 0001.

-- Which requests are extensions. In `request` they lie as `reactivation`, because
-- its CHECK knows no third kind and a CHECK cannot be changed: whoever answers a
-- kind asks here too. While one waits, `access.request` names it and the access
-- stands as `active`; nothing else waits in that standing.
CREATE TABLE IF NOT EXISTS request_extension (
  request TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TRIGGER IF NOT EXISTS fold_extension_requested AFTER INSERT ON event
WHEN NEW.kind = 'extension-requested'
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
  INSERT INTO request_extension (request) VALUES (NEW.data ->> '$.request.id');
  INSERT INTO notification (template, recipient, event, due_at)
  SELECT 'extension-requested', account, NEW.seq, NEW.at
  FROM access WHERE id = NEW.subject;
END;

-- EXP-1: who gives an access up takes the extension that waits back with it. It
-- counts as rejected, by its owner. Of two triggers on one event nobody says which
-- runs first; this one changes no column that `fold_access_deactivated` does.
CREATE TRIGGER IF NOT EXISTS fold_extension_taken_back AFTER INSERT ON event
WHEN NEW.kind = 'access-deactivated'
BEGIN
  UPDATE request SET outcome = 'rejected', decided_by = NEW.actor, decided_as = 'owner',
    decided_at = NEW.at
  WHERE id = (SELECT request FROM access WHERE id = NEW.subject);
  UPDATE access SET request = NULL WHERE id = NEW.subject AND request IS NOT NULL;
END;

-- Reminders. Each is an event of a subject of its own, named after the access, the
-- end that it tells about and how many days before: UNIQUE (subject, version)
-- makes it once for ever, and a new end has reminders of its own.
CREATE TRIGGER IF NOT EXISTS fold_access_ending AFTER INSERT ON event
WHEN NEW.kind = 'access-ending'
BEGIN
  INSERT INTO notification (template, recipient, event, due_at)
  VALUES ('access-ending', NEW.data ->> 'account', NEW.seq, NEW.at);
END;

-- Up to which end, by zone and stage, everybody was reminded. It saves looking at
-- the same month again with every tick and proves nothing: a row that is missing or
-- late costs time, never a second mail. Not in the record for the same reason.
CREATE TABLE IF NOT EXISTS reminder_progress (
  zone TEXT NOT NULL,
  days INTEGER NOT NULL,
  reached INTEGER NOT NULL,
  PRIMARY KEY (zone, days)
) STRICT, WITHOUT ROWID;

-- The appeal. Its subject names the institution and the week, so that there is one
-- (wit/wave.wit), and all its mails are written by the statement that records it.
CREATE TABLE IF NOT EXISTS appeal (
  campaign TEXT PRIMARY KEY,
  institution TEXT NOT NULL,
  people INTEGER NOT NULL,
  sent_by TEXT NOT NULL,
  sent_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- To each person once, however many accesses of theirs end; not for what already
-- waits to be extended. Roles lead, because the index does; they are few.
CREATE TRIGGER IF NOT EXISTS fold_appeal_sent AFTER INSERT ON event
WHEN NEW.kind = 'appeal-sent'
BEGIN
  INSERT INTO notification (template, recipient, event, due_at)
  SELECT 'appeal-sent', a.account, NEW.seq, NEW.at
  FROM role AS r
  CROSS JOIN access AS a ON a.role = r.code AND a.institution = NEW.institution
  WHERE a.standing = 'active' AND a.request IS NULL
    AND a.ends_at > NEW.at AND a.ends_at <= NEW.data ->> 'until_ms'
  GROUP BY a.account;
  INSERT INTO appeal (campaign, institution, people, sent_by, sent_at)
  VALUES (NEW.subject, NEW.institution, changes(), NEW.actor, NEW.at);
END;
