-- Role conflicts (ALL-4), as data with their legal source and dates. Each rule
-- lies here twice, once from the side of each role, so that one look-up by role
-- finds all that concern it.
CREATE TABLE IF NOT EXISTS role_conflict (
  role TEXT NOT NULL,
  other_role TEXT NOT NULL,
  id TEXT NOT NULL,
  code TEXT NOT NULL,
  source TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope = 'account' OR scope = 'work-unit' OR scope = 'package'),
  valid_from TEXT NOT NULL,
  valid_until TEXT,
  version INTEGER NOT NULL,
  PRIMARY KEY (role, other_role, id),
  CHECK (role <> other_role)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS role_conflict_by_code ON role_conflict (code);

-- A code is one rule's, and a rule keeps its two roles: other roles are another
-- rule.
CREATE TRIGGER IF NOT EXISTS role_conflict_is_admissible BEFORE INSERT ON event
WHEN NEW.kind = 'role-conflict-recorded'
BEGIN
  SELECT RAISE(ABORT, 'akses:code-exists')
  WHERE EXISTS (SELECT 1 FROM role_conflict WHERE code = NEW.data ->> 'code' AND id <> NEW.subject);
END;

CREATE TRIGGER IF NOT EXISTS fold_role_conflict_recorded AFTER INSERT ON event
WHEN NEW.kind = 'role-conflict-recorded'
BEGIN
  INSERT INTO role_conflict (role, other_role, id, code, source, scope, valid_from, valid_until, version)
  VALUES (NEW.data ->> 'role', NEW.data ->> 'other_role', NEW.subject, NEW.data ->> 'code',
          NEW.data ->> 'source', NEW.data ->> 'scope', NEW.data ->> 'valid_from',
          NEW.data ->> 'valid_until', NEW.version),
         (NEW.data ->> 'other_role', NEW.data ->> 'role', NEW.subject, NEW.data ->> 'code',
          NEW.data ->> 'source', NEW.data ->> 'scope', NEW.data ->> 'valid_from',
          NEW.data ->> 'valid_until', NEW.version)
  ON CONFLICT (role, other_role, id) DO UPDATE SET
    source = excluded.source, scope = excluded.scope, valid_from = excluded.valid_from,
    valid_until = excluded.valid_until, version = excluded.version;
END;

-- Of two approvals that must not both stand, decided at the same moment by two
-- verifiers, the second finds the first here. Everything finer was judged before
-- (akses-domain, `conflict`).
CREATE TRIGGER IF NOT EXISTS approval_has_no_conflict BEFORE INSERT ON event
WHEN NEW.kind = 'request-approved'
BEGIN
  SELECT RAISE(ABORT, 'akses:role-conflict')
  FROM access AS mine
  JOIN role_conflict AS c ON c.role = mine.role
  JOIN access AS other ON other.account = mine.account AND other.role = c.other_role
  WHERE mine.id = NEW.subject
    AND c.scope <> 'package' AND (c.scope = 'account' OR other.work_unit = mine.work_unit)
    AND other.standing = 'active' AND other.ends_at > NEW.at
    AND date(NEW.at / 1000 + CASE mine.zone WHEN 'WIB' THEN 7 WHEN 'WITA' THEN 8 ELSE 9 END * 3600,
             'unixepoch')
        BETWEEN c.valid_from AND coalesce(c.valid_until, '9999-12-31');
END;
