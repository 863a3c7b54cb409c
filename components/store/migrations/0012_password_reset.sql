-- Office hours (PWD-2), the password-reset procedure (PWD-1..3), and the messages
-- in people's boxes. The rules for scripts stand at the head of 0001.

-- Opening hours, breaks left out, of one institution or of all that have none of
-- their own (`*`). A span that was withdrawn has no end.
CREATE TABLE IF NOT EXISTS office_hours (
  id TEXT PRIMARY KEY,
  institution TEXT NOT NULL,
  weekday INTEGER NOT NULL CHECK (weekday >= 1 AND weekday <= 7),
  from_minute INTEGER NOT NULL CHECK (from_minute >= 0 AND from_minute < 1440),
  until_minute INTEGER CHECK (until_minute > from_minute AND until_minute <= 1440),
  source TEXT NOT NULL,
  version INTEGER NOT NULL,
  UNIQUE (institution, weekday, from_minute)
) STRICT;

CREATE TRIGGER IF NOT EXISTS office_hours_are_admissible BEFORE INSERT ON event
WHEN NEW.kind = 'office-hours-recorded'
BEGIN
  SELECT RAISE(ABORT, 'akses:office-hours-overlap')
  WHERE EXISTS (SELECT 1 FROM office_hours
                WHERE institution = NEW.data ->> 'institution'
                  AND weekday = NEW.data ->> 'weekday' AND id <> NEW.subject
                  AND from_minute < NEW.data ->> 'until_minute'
                  AND until_minute > NEW.data ->> 'from_minute');
END;

CREATE TRIGGER IF NOT EXISTS fold_office_hours_recorded AFTER INSERT ON event
WHEN NEW.kind = 'office-hours-recorded'
BEGIN
  INSERT INTO office_hours (id, institution, weekday, from_minute, until_minute, source, version)
  VALUES (NEW.subject, NEW.data ->> 'institution', NEW.data ->> 'weekday',
          NEW.data ->> 'from_minute', NEW.data ->> 'until_minute', NEW.data ->> 'source',
          NEW.version)
  ON CONFLICT (id) DO UPDATE SET
    until_minute = excluded.until_minute, source = excluded.source, version = excluded.version;
END;

-- PWD-1: the eleven steps of the SOP "Permohonan Reset Password Akun PPK dan
-- Pejabat Pengadaan". `duty` is who acts; `clock` and `amount` are the standard
-- time.
CREATE TABLE IF NOT EXISTS reset_step (
  number INTEGER PRIMARY KEY CHECK (number >= 1 AND number <= 11),
  duty TEXT NOT NULL,
  clock TEXT NOT NULL CHECK (clock = 'hours' OR clock = 'working-days'
                             OR clock = 'office-minutes'),
  amount INTEGER NOT NULL CHECK (amount > 0),
  activity TEXT NOT NULL,
  requirement TEXT NOT NULL,
  output TEXT NOT NULL,
  remark TEXT
) STRICT;

INSERT OR IGNORE INTO reset_step (number, duty, clock, amount, activity, requirement, output, remark)
VALUES
  (1, 'work-unit-head', 'working-days', 1,
   'Mengirimkan Surat Permohonan Reset Password Akun PPK dan/atau Pejabat Pengadaan',
   'Surat Permohonan Reset Password', 'Surat Permohonan Reset Password',
   'Surat Permohonan ditandatangani oleh Kepala Satuan Kerja'),
  (2, 'ukpbj-head', 'working-days', 1,
   'Menerima Surat Permohonan Reset Password dan mendisposisi kepada Kepala LPSE',
   'Surat Permohonan Reset Password', 'Disposisi Permohonan Reset Password', NULL),
  (3, 'lpse-head', 'office-minutes', 60,
   'Menerima disposisi dan memerintahkan Tim LPSE untuk melakukan reset password sesuai Surat Permohonan',
   'Disposisi Permohonan Reset Password', 'Surat Permohonan Reset Password', NULL),
  (4, 'lpse-team', 'office-minutes', 30,
   'Menerima Permohonan Reset Password Akun PPK dan/atau Pejabat Pengadaan',
   'Surat Permohonan Reset Password',
   'Nama PPK dan/atau Pejabat Pengadaan yang akan dilakukan reset password',
   'Nama dan nomor pengambilan dicocokkan langsung dengan orangnya'),
  (5, 'lpse-team', 'office-minutes', 30,
   'Melakukan reset password akun PPK dan/atau Pejabat Pengadaan',
   'Nama PPK dan/atau Pejabat Pengadaan yang akan dilakukan reset password',
   'Hak membuat kata sandi baru bagi orang yang bersangkutan',
   'Petugas tidak pernah melihat kata sandi'),
  (6, 'lpse-team', 'office-minutes', 30,
   'Mengirimkan hak membuat kata sandi baru melalui pesan internal kepada yang bersangkutan',
   'Hak membuat kata sandi baru bagi orang yang bersangkutan',
   'Pesan internal kepada yang bersangkutan',
   'Hanya pemilik akun yang dapat membuka pesannya'),
  (7, 'lpse-team', 'office-minutes', 30,
   'Membuat draft Surat Pemberitahuan tentang Reset Password akun PPK dan/atau Pejabat Pengadaan',
   'Pesan internal kepada yang bersangkutan',
   'Draft Surat Pemberitahuan tentang Reset Password', NULL),
  (8, 'lpse-head', 'office-minutes', 30,
   'Melakukan koreksi draft Surat Pemberitahuan tentang Reset Password',
   'Draft Surat Pemberitahuan tentang Reset Password',
   'Draft Surat Pemberitahuan tentang Reset Password yang telah dikoreksi',
   'Pelaku disimpulkan'),
  (9, 'ukpbj-head', 'office-minutes', 30,
   'Menandatangani draft Surat Pemberitahuan tentang Reset Password yang telah dikoreksi',
   'Draft Surat Pemberitahuan tentang Reset Password yang telah dikoreksi',
   'Surat Pemberitahuan tentang Reset Password yang telah ditandatangani',
   'Pelaku disimpulkan'),
  (10, 'lpse-team', 'office-minutes', 10,
   'Menyimpan dan mengarsipkan salinan Surat Pemberitahuan Reset Password yang telah ditandatangani',
   'Surat Pemberitahuan tentang Reset Password yang telah ditandatangani',
   'Salinan Surat Pemberitahuan tentang Reset Password', NULL),
  (11, 'lpse-team', 'office-minutes', 30,
   'Mengirimkan Surat Pemberitahuan Reset Password yang telah ditandatangani',
   'Surat Pemberitahuan tentang Reset Password yang telah ditandatangani',
   'Surat Pemberitahuan tentang Reset Password', NULL);

-- `step` is the last one that was done; `returned_at` says that it ended unfinished.
CREATE TABLE IF NOT EXISTS reset_ticket (
  id TEXT PRIMARY KEY,
  institution TEXT NOT NULL,
  work_unit TEXT NOT NULL,
  zone TEXT NOT NULL,
  document TEXT NOT NULL,
  letter_number TEXT NOT NULL,
  letter_date TEXT NOT NULL,
  letter TEXT,
  step INTEGER NOT NULL,
  requested_by TEXT NOT NULL,
  requested_at INTEGER NOT NULL,
  step_at INTEGER NOT NULL,
  returned_at INTEGER
) STRICT;

-- The board: who waits longest leads.
CREATE INDEX IF NOT EXISTS reset_ticket_open ON reset_ticket (institution, step_at, id)
  WHERE step < 11 AND returned_at IS NULL;

-- The report.
CREATE INDEX IF NOT EXISTS reset_ticket_requested ON reset_ticket (institution, requested_at);

-- Who may read the letters (`document` of the request, `letter` of the answer).
CREATE INDEX IF NOT EXISTS reset_ticket_of_document ON reset_ticket (document);

CREATE INDEX IF NOT EXISTS reset_ticket_of_letter ON reset_ticket (letter)
  WHERE letter IS NOT NULL;

-- When each step was done.
CREATE TABLE IF NOT EXISTS reset_done (
  ticket TEXT NOT NULL,
  step INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (ticket, step)
) STRICT, WITHOUT ROWID;

-- A person's right to choose a new password: asked for in step 1, prepared in step
-- 5, theirs from step 6 until `expires_at`, used once. `link_sha256` is the hash of
-- the newest link that its owner opened; `void_at` ends it unused. Nothing here opens anything: neither the
-- code behind `pickup` nor a link was ever stored.
CREATE TABLE IF NOT EXISTS reset_right (
  ticket TEXT NOT NULL,
  account TEXT NOT NULL,
  access TEXT NOT NULL,
  pickup TEXT,
  prepared_at INTEGER,
  sent_at INTEGER,
  expires_at INTEGER,
  link_sha256 TEXT,
  link_expires_at INTEGER,
  used_at INTEGER,
  void_at INTEGER,
  PRIMARY KEY (ticket, account)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS reset_right_of_account ON reset_right (account);

CREATE INDEX IF NOT EXISTS reset_right_by_pickup ON reset_right (pickup)
  WHERE pickup IS NOT NULL;

CREATE INDEX IF NOT EXISTS reset_right_by_link ON reset_right (link_sha256)
  WHERE link_sha256 IS NOT NULL;

-- What lies in a person's box. The words are made when it is read, and what it
-- opens too: `kind` and `ticket` say which.
CREATE TABLE IF NOT EXISTS message (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind = 'password-reset' OR kind = 'reset-letter'),
  ticket TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  read_at INTEGER
) STRICT;

CREATE INDEX IF NOT EXISTS message_of_account ON message (account, created_at, id);

-- A hash that is about to become an account's, until its event names it. The
-- record is never forgotten, so no hash of a password goes into it.
CREATE TABLE IF NOT EXISTS password_proposal (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  link_sha256 TEXT NOT NULL,
  password_hash TEXT NOT NULL
) STRICT;

-- One of an account: a newer one takes the place of what a crash left behind.
CREATE UNIQUE INDEX IF NOT EXISTS password_proposal_of_account ON password_proposal (account);

-- PWD-3: single use, also when many use a link at the same moment.
CREATE TRIGGER IF NOT EXISTS password_change_is_admissible BEFORE INSERT ON event
WHEN NEW.kind = 'password-changed'
BEGIN
  SELECT RAISE(ABORT, 'akses:link-spent')
  WHERE NOT EXISTS (SELECT 1 FROM password_proposal AS p
                    JOIN reset_right AS r ON r.link_sha256 = p.link_sha256
                    WHERE p.id = NEW.data ->> 'proposal' AND p.account = NEW.subject
                      AND r.account = NEW.subject AND r.ticket = NEW.data ->> 'ticket'
                      AND r.used_at IS NULL AND r.void_at IS NULL AND r.link_expires_at > NEW.at);
END;

-- A new password ends the rest after wrong ones, and every other right to set one,
-- also what is not sent yet.
CREATE TRIGGER IF NOT EXISTS fold_password_changed AFTER INSERT ON event
WHEN NEW.kind = 'password-changed'
BEGIN
  UPDATE account SET
    password_hash = (SELECT password_hash FROM password_proposal WHERE id = NEW.data ->> 'proposal'),
    failed_sign_ins = 0, last_failure_at = NULL, version = NEW.version
  WHERE id = NEW.subject;
  UPDATE reset_right SET used_at = NEW.at, link_sha256 = NULL
  WHERE ticket = NEW.data ->> 'ticket' AND account = NEW.subject;
  UPDATE reset_right SET void_at = NEW.at, link_sha256 = NULL
  WHERE account = NEW.subject AND used_at IS NULL AND void_at IS NULL;
  DELETE FROM password_proposal WHERE account = NEW.subject;
  INSERT INTO notification (template, recipient, event, due_at)
  VALUES ('password-changed', NEW.subject, NEW.seq, NEW.at);
END;

CREATE TRIGGER IF NOT EXISTS fold_reset_link_opened AFTER INSERT ON event
WHEN NEW.kind = 'reset-link-opened'
BEGIN
  UPDATE account SET version = NEW.version WHERE id = NEW.subject;
END;

-- Whom it concerns is told at once, so that nobody's password is reset behind
-- their back.
CREATE TRIGGER IF NOT EXISTS fold_reset_requested AFTER INSERT ON event
WHEN NEW.kind = 'reset-requested'
BEGIN
  INSERT INTO reset_ticket (id, institution, work_unit, zone, document, letter_number,
                            letter_date, step, requested_by, requested_at, step_at)
  VALUES (NEW.subject, NEW.data ->> 'institution', NEW.data ->> 'work_unit', NEW.data ->> 'zone',
          NEW.data ->> 'document', NEW.data ->> 'letter_number', NEW.data ->> 'letter_date',
          1, NEW.actor, NEW.at, NEW.at);
  INSERT INTO reset_done (ticket, step, at) VALUES (NEW.subject, 1, NEW.at);
  INSERT INTO reset_right (ticket, account, access, pickup)
  SELECT NEW.subject, person.value ->> 'account', person.value ->> 'access',
         person.value ->> 'pickup'
  FROM json_each(NEW.data, '$.people') AS person;
  INSERT INTO notification (template, recipient, event, due_at)
  SELECT 'reset-requested', account, NEW.seq, NEW.at FROM reset_right WHERE ticket = NEW.subject;
END;

CREATE TRIGGER IF NOT EXISTS fold_reset_step_done AFTER INSERT ON event
WHEN NEW.kind = 'reset-step-done'
BEGIN
  UPDATE reset_ticket SET step = NEW.version, step_at = NEW.at,
    letter = coalesce(iif(NEW.version = 9, NEW.data ->> 'document', NULL), letter)
  WHERE id = NEW.subject;
  INSERT INTO reset_done (ticket, step, at) VALUES (NEW.subject, NEW.version, NEW.at);
END;

CREATE TRIGGER IF NOT EXISTS fold_reset_prepared AFTER INSERT ON event
WHEN NEW.kind = 'reset-step-done' AND NEW.data ->> 'kind' = 'prepared'
BEGIN
  UPDATE reset_right SET prepared_at = NEW.at WHERE ticket = NEW.subject;
END;

-- A newer right takes the place of older ones of the same person. One that was used
-- or is void by now is not given again, and nobody is told of it.
CREATE TRIGGER IF NOT EXISTS fold_reset_delivered AFTER INSERT ON event
WHEN NEW.kind = 'reset-step-done' AND NEW.data ->> 'kind' = 'delivered'
BEGIN
  UPDATE reset_right SET sent_at = NEW.at, expires_at = NEW.data ->> 'expires_at'
  WHERE ticket = NEW.subject AND used_at IS NULL AND void_at IS NULL;
  UPDATE reset_right SET void_at = NEW.at, link_sha256 = NULL
  FROM reset_right AS mine
  WHERE mine.ticket = NEW.subject AND mine.sent_at IS NOT NULL
    AND reset_right.account = mine.account
    AND reset_right.ticket <> NEW.subject AND reset_right.used_at IS NULL
    AND reset_right.void_at IS NULL AND reset_right.sent_at IS NOT NULL;
  INSERT INTO message (id, account, kind, ticket, created_at, expires_at)
  SELECT told.value ->> 'id', told.value ->> 'account', 'password-reset', NEW.subject, NEW.at,
         NEW.data ->> 'expires_at'
  FROM json_each(NEW.data, '$.messages') AS told
  JOIN reset_right AS mine ON mine.ticket = NEW.subject
    AND mine.account = told.value ->> 'account' AND mine.sent_at IS NOT NULL;
  INSERT INTO notification (template, recipient, event, due_at)
  SELECT 'reset-delivered', told.value ->> 'account', NEW.seq, NEW.at
  FROM json_each(NEW.data, '$.messages') AS told
  JOIN reset_right AS mine ON mine.ticket = NEW.subject
    AND mine.account = told.value ->> 'account' AND mine.sent_at IS NOT NULL;
END;

-- It ends unfinished: what was prepared or sent opens nothing any more.
CREATE TRIGGER IF NOT EXISTS fold_reset_returned AFTER INSERT ON event
WHEN NEW.kind = 'reset-returned'
BEGIN
  UPDATE reset_ticket SET returned_at = NEW.at WHERE id = NEW.subject;
  UPDATE reset_right SET void_at = NEW.at, link_sha256 = NULL
  WHERE ticket = NEW.subject AND used_at IS NULL AND void_at IS NULL;
END;

CREATE TRIGGER IF NOT EXISTS fold_reset_dispatched AFTER INSERT ON event
WHEN NEW.kind = 'reset-step-done' AND NEW.data ->> 'kind' = 'dispatch'
BEGIN
  INSERT INTO message (id, account, kind, ticket, created_at)
  SELECT told.value ->> 'id', told.value ->> 'account', 'reset-letter', NEW.subject, NEW.at
  FROM json_each(NEW.data, '$.messages') AS told;
  INSERT INTO notification (template, recipient, event, due_at)
  SELECT 'reset-letter-sent', told.value ->> 'account', NEW.seq, NEW.at
  FROM json_each(NEW.data, '$.messages') AS told;
END;
