-- Platforms (PLA-1..3): which there are, the roles that each admits, the versions
-- of what people agree to, and who agreed. All of it is folded from the record as
-- 0001 says.

CREATE TABLE IF NOT EXISTS platform (
  id TEXT PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  entry_url TEXT NOT NULL,
  audience TEXT NOT NULL UNIQUE,
  active INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT;

-- An admission that was withdrawn stays as `admitted = 0`.
CREATE TABLE IF NOT EXISTS platform_role (
  id TEXT PRIMARY KEY,
  platform TEXT NOT NULL REFERENCES platform (id),
  role TEXT NOT NULL,
  admitted INTEGER NOT NULL,
  version INTEGER NOT NULL,
  UNIQUE (platform, role)
) STRICT;

-- `label` is the version as people read it. What was published is never changed,
-- because people agreed to it: a new text is a new version.
CREATE TABLE IF NOT EXISTS platform_terms (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  platform TEXT NOT NULL REFERENCES platform (id),
  kind TEXT NOT NULL CHECK (kind = 'terms' OR kind = 'privacy'),
  label TEXT NOT NULL,
  text TEXT,
  url TEXT,
  sha256 TEXT NOT NULL,
  valid_from INTEGER NOT NULL,
  UNIQUE (platform, kind, label),
  CHECK (text IS NOT NULL OR url IS NOT NULL)
) STRICT;

CREATE INDEX IF NOT EXISTS platform_terms_in_force ON platform_terms (platform, kind, valid_from, seq);

CREATE TABLE IF NOT EXISTS terms_acceptance (
  account TEXT NOT NULL,
  terms TEXT NOT NULL REFERENCES platform_terms (id),
  accepted_at INTEGER NOT NULL,
  PRIMARY KEY (account, terms)
) STRICT;

-- Codes and audiences are one platform's: two platforms with one audience would
-- each take what was signed for the other. An entry stands only if the access is
-- still as it was when it was judged (PLA-3), so that an access which ends at the
-- same moment either ends after the entry or prevents it.
CREATE TRIGGER IF NOT EXISTS platform_event_is_admissible BEFORE INSERT ON event
WHEN NEW.kind = 'platform-recorded' OR NEW.kind = 'platform-role-recorded'
  OR NEW.kind = 'platform-terms-recorded' OR NEW.kind = 'platform-entered'
BEGIN
  SELECT RAISE(ABORT, 'akses:code-exists')
  WHERE NEW.kind = 'platform-recorded'
    AND EXISTS (SELECT 1 FROM platform WHERE code = NEW.data ->> 'code' AND id <> NEW.subject);
  SELECT RAISE(ABORT, 'akses:audience-exists')
  WHERE NEW.kind = 'platform-recorded'
    AND EXISTS (SELECT 1 FROM platform WHERE audience = NEW.data ->> 'audience'
                AND id <> NEW.subject);
  SELECT RAISE(ABORT, 'akses:platform-role-exists')
  WHERE NEW.kind = 'platform-role-recorded'
    AND EXISTS (SELECT 1 FROM platform_role WHERE platform = NEW.data ->> 'platform'
                AND role = NEW.data ->> 'role' AND id <> NEW.subject);
  SELECT RAISE(ABORT, 'akses:terms-exist')
  WHERE NEW.kind = 'platform-terms-recorded'
    AND EXISTS (SELECT 1 FROM platform_terms WHERE platform = NEW.data ->> 'platform'
                AND kind = NEW.data ->> 'kind' AND label = NEW.data ->> 'label');
  SELECT RAISE(ABORT, 'akses:access-changed')
  WHERE NEW.kind = 'platform-entered'
    AND NOT EXISTS (SELECT 1 FROM access WHERE id = NEW.data ->> 'access'
                    AND account = NEW.actor AND version = NEW.data ->> 'access_version');
END;

CREATE TRIGGER IF NOT EXISTS fold_platform_recorded AFTER INSERT ON event
WHEN NEW.kind = 'platform-recorded'
BEGIN
  INSERT INTO platform (id, code, name, description, entry_url, audience, active, version)
  VALUES (NEW.subject, NEW.data ->> 'code', NEW.data ->> 'name', NEW.data ->> 'description',
          NEW.data ->> 'entry_url', NEW.data ->> 'audience', NEW.data ->> 'active', NEW.version)
  ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, description = excluded.description, entry_url = excluded.entry_url,
    audience = excluded.audience, active = excluded.active, version = excluded.version;
END;

CREATE TRIGGER IF NOT EXISTS fold_platform_role_recorded AFTER INSERT ON event
WHEN NEW.kind = 'platform-role-recorded'
BEGIN
  INSERT INTO platform_role (id, platform, role, admitted, version)
  VALUES (NEW.subject, NEW.data ->> 'platform', NEW.data ->> 'role', NEW.data ->> 'admitted',
          NEW.version)
  ON CONFLICT (id) DO UPDATE SET admitted = excluded.admitted, version = excluded.version;
END;

CREATE TRIGGER IF NOT EXISTS fold_platform_terms_recorded AFTER INSERT ON event
WHEN NEW.kind = 'platform-terms-recorded'
BEGIN
  INSERT INTO platform_terms (id, platform, kind, label, text, url, sha256, valid_from)
  VALUES (NEW.subject, NEW.data ->> 'platform', NEW.data ->> 'kind', NEW.data ->> 'label',
          NEW.data ->> 'text', NEW.data ->> 'url', NEW.data ->> 'sha256',
          NEW.data ->> 'valid_from');
END;

-- PLA-2: the moment is the event's own, so nobody agrees in the past. Who agrees
-- twice agreed the first time.
CREATE TRIGGER IF NOT EXISTS fold_terms_accepted AFTER INSERT ON event
WHEN NEW.kind = 'terms-accepted'
BEGIN
  INSERT INTO terms_acceptance (account, terms, accepted_at)
  VALUES (NEW.subject, NEW.data ->> '$.terms.id', NEW.at),
         (NEW.subject, NEW.data ->> '$.privacy.id', NEW.at)
  ON CONFLICT (account, terms) DO NOTHING;
  UPDATE account SET version = NEW.version WHERE id = NEW.subject;
END;
