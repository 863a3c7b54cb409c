-- An account that is imported again keeps its password: the event does not have it,
-- because its owner may have chosen another since (PWD-3). The rules for scripts stand
-- at the head of 0001.
DROP TRIGGER IF EXISTS fold_account_recorded;

CREATE TRIGGER IF NOT EXISTS fold_account_recorded_or_known AFTER INSERT ON event
WHEN NEW.kind = 'account-recorded'
BEGIN
  INSERT INTO account (id, email, name, password_hash, service_number, profile, version)
  VALUES (NEW.subject, NEW.data ->> 'email', NEW.data ->> 'name',
          coalesce(NEW.data ->> 'password_hash',
                   (SELECT password_hash FROM account WHERE id = NEW.subject)),
          NEW.data ->> 'service_number', coalesce(NEW.data ->> 'profile', 'non-supplier'),
          NEW.version)
  ON CONFLICT (id) DO UPDATE SET
    email = excluded.email, name = excluded.name, password_hash = excluded.password_hash,
    service_number = excluded.service_number, profile = excluded.profile,
    version = excluded.version;
END;
