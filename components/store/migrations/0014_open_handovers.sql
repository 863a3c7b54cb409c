-- Ended accesses whose work nobody carries on (EXP-6), so that an institution's list of
-- them is read page by page: from its accesses alone it would read all that ever ended,
-- most of which somebody took over. The rules for scripts stand at the head of 0001.
--
-- What takes rows away comes before what adds them, and old ones last: wherever this is
-- cut off and an older program goes on, rows are missing, never wrong.
CREATE TABLE IF NOT EXISTS handover_open (
  institution TEXT NOT NULL,
  access TEXT NOT NULL,
  PRIMARY KEY (institution, access)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER IF NOT EXISTS handover_is_over AFTER UPDATE OF standing ON access
WHEN NEW.standing = 'active'
BEGIN
  DELETE FROM handover_open WHERE institution = NEW.institution AND access = NEW.id;
END;

CREATE TRIGGER IF NOT EXISTS handover_is_settled AFTER INSERT ON handover
WHEN NEW.kind <> 'unassigned'
BEGIN
  DELETE FROM handover_open
  WHERE institution = (SELECT institution FROM access WHERE id = NEW.access)
    AND access = NEW.access;
END;

CREATE TRIGGER IF NOT EXISTS handover_is_settled_later AFTER UPDATE OF kind ON handover
WHEN NEW.kind <> 'unassigned'
BEGIN
  DELETE FROM handover_open
  WHERE institution = (SELECT institution FROM access WHERE id = NEW.access)
    AND access = NEW.access;
END;

-- Whichever trigger of a deactivation comes first, its access or its handover: the last
-- one sees both.
CREATE TRIGGER IF NOT EXISTS handover_opens AFTER UPDATE OF standing ON access
WHEN NEW.standing = 'expired' OR NEW.standing = 'inactive'
BEGIN
  INSERT OR IGNORE INTO handover_open (institution, access)
  SELECT NEW.institution, NEW.id
  WHERE NOT EXISTS (SELECT 1 FROM handover AS h
                    WHERE h.access = NEW.id AND h.kind <> 'unassigned');
END;

-- What ended before this was here.
INSERT OR IGNORE INTO handover_open (institution, access)
SELECT a.institution, a.id FROM access AS a
WHERE (a.standing = 'expired' OR a.standing = 'inactive')
  AND NOT EXISTS (SELECT 1 FROM handover AS h
                  WHERE h.access = a.id AND h.kind <> 'unassigned');
