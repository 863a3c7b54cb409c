-- What roles are called on for besides their own access: who is told of an overdue
-- request, who signs a letter, who carries work on. The rules for scripts stand at
-- the head of 0001.
CREATE TABLE IF NOT EXISTS role_duty (
  role TEXT PRIMARY KEY,
  duty TEXT NOT NULL CHECK (duty = 'vai' OR duty = 'directorate' OR duty = 'operator'
                            OR duty = 'ukpbj-head' OR duty = 'lpse-head' OR duty = 'lpse-team'
                            OR duty = 'work-unit-head' OR duty = 'budget-user'
                            OR duty = 'commitment-officer' OR duty = 'procurement-officer'
                            OR duty = 'treasurer')
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS role_of_duty ON role_duty (duty, role);

-- Authority is a duty too.
INSERT OR IGNORE INTO role_duty (role, duty)
SELECT code, authority FROM role WHERE authority <> 'none';

CREATE TRIGGER IF NOT EXISTS fold_role_duty AFTER INSERT ON event
WHEN NEW.kind = 'role-recorded'
BEGIN
  DELETE FROM role_duty WHERE role = NEW.data ->> 'code';
  INSERT INTO role_duty (role, duty)
  SELECT NEW.data ->> 'code', coalesce(nullif(NEW.data ->> 'authority', 'none'), NEW.data ->> 'duty')
  WHERE coalesce(nullif(NEW.data ->> 'authority', 'none'), NEW.data ->> 'duty') IS NOT NULL;
END;

-- Who holds a role somewhere. Neither index has a column that an end changes, so
-- the sweep does not pay for them.
CREATE INDEX IF NOT EXISTS access_of_role ON access (role, institution);

CREATE INDEX IF NOT EXISTS access_of_work_unit ON access (work_unit, role);

-- Who has which duty by an access that stands; whether it still works its date
-- says.
CREATE VIEW IF NOT EXISTS duty_holder AS
SELECT d.duty, a.id AS access, a.account, a.role, a.work_unit, a.institution, a.zone, a.ends_at
FROM role_duty AS d
JOIN access AS a ON a.role = d.role
WHERE a.standing = 'active' AND a.ends_at IS NOT NULL;
