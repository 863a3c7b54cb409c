-- The cut-off as a national operation (EXP-4): letters of the directorate that say
-- after which last day past-due accesses expire by themselves, and for whom. Folded
-- from the record as 0001 says. Where no letter holds, the configured date does.

-- `scope` is {"kind":"everyone"}, {"kind":"kinds","kinds":[...]} or
-- {"kind":"institutions","institutions":[ids]}. `day_ends_at` is midnight after the
-- last day, counted in UTC; a zone's own comes its offset earlier.
CREATE TABLE IF NOT EXISTS cut_off (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  letter_number TEXT NOT NULL,
  letter_date TEXT NOT NULL,
  last_day TEXT NOT NULL,
  day_ends_at INTEGER NOT NULL,
  scope TEXT NOT NULL CHECK (json_valid(scope)),
  withdrawn INTEGER NOT NULL DEFAULT 0,
  planned_at INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS cut_off_by_letter ON cut_off (letter_number) WHERE withdrawn = 0;

-- Which letter holds where: a row for the nation (`*`), and one for each
-- institution that a newer letter names. Tiny, and looked up by its key alone.
CREATE TABLE IF NOT EXISTS cut_off_place (
  institution TEXT PRIMARY KEY,
  cut_off TEXT NOT NULL,
  last_day TEXT NOT NULL,
  day_ends_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What the run of a letter has ended so far, by institution. Counted with each end,
-- so that the report reads a row for each institution however many ended.
CREATE TABLE IF NOT EXISTS cut_off_count (
  cut_off TEXT NOT NULL,
  institution TEXT NOT NULL,
  ended INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (cut_off, institution)
) STRICT, WITHOUT ROWID;

-- The requests that waited when a letter's run came to their access. They stay in
-- the queue; what became of them stands in `request`.
CREATE TABLE IF NOT EXISTS cut_off_request (
  cut_off TEXT NOT NULL,
  request TEXT NOT NULL,
  institution TEXT NOT NULL,
  PRIMARY KEY (cut_off, request)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER IF NOT EXISTS cut_off_is_admissible BEFORE INSERT ON event
WHEN NEW.kind = 'cut-off-planned' OR NEW.kind = 'cut-off-changed' OR NEW.kind = 'cut-off-withdrawn'
BEGIN
  -- A letter is planned once; what changes about it changes that plan.
  SELECT RAISE(ABORT, 'akses:letter-planned')
  WHERE NEW.kind <> 'cut-off-withdrawn'
    AND EXISTS (SELECT 1 FROM cut_off WHERE letter_number = NEW.data ->> 'letter_number'
                AND withdrawn = 0 AND id <> NEW.subject);
  -- What its run has ended stays ended, and so does the letter.
  SELECT RAISE(ABORT, 'akses:cut-off-begun')
  WHERE NEW.kind <> 'cut-off-planned'
    AND EXISTS (SELECT 1 FROM cut_off_count WHERE cut_off = NEW.subject);
END;

-- The letter that was planned last holds: a national one in place of all older
-- ones, another one where its scope reaches. There are few letters and some
-- hundred institutions, so all places are made anew.
CREATE TRIGGER IF NOT EXISTS fold_cut_off_planned AFTER INSERT ON event
WHEN NEW.kind = 'cut-off-planned' OR NEW.kind = 'cut-off-changed' OR NEW.kind = 'cut-off-withdrawn'
BEGIN
  INSERT INTO cut_off (seq, id, letter_number, letter_date, last_day, day_ends_at, scope,
                       planned_at, version)
  SELECT NEW.seq, NEW.subject, NEW.data ->> 'letter_number', NEW.data ->> 'letter_date',
         NEW.data ->> 'last_day', unixepoch(NEW.data ->> 'last_day', '+1 day') * 1000,
         NEW.data -> 'scope', NEW.at, NEW.version
  WHERE NEW.kind <> 'cut-off-withdrawn'
  ON CONFLICT (id) DO UPDATE SET
    letter_number = excluded.letter_number, letter_date = excluded.letter_date,
    last_day = excluded.last_day, day_ends_at = excluded.day_ends_at, scope = excluded.scope,
    version = excluded.version;
  UPDATE cut_off SET withdrawn = 1, version = NEW.version
  WHERE id = NEW.subject AND NEW.kind = 'cut-off-withdrawn';
  DELETE FROM cut_off_place;
  INSERT INTO cut_off_place (institution, cut_off, last_day, day_ends_at)
  SELECT '*', c.id, c.last_day, c.day_ends_at
  FROM cut_off AS c
  WHERE c.withdrawn = 0 AND c.scope ->> 'kind' = 'everyone'
  ORDER BY c.seq DESC LIMIT 1;
  INSERT INTO cut_off_place (institution, cut_off, last_day, day_ends_at)
  SELECT i.id, c.id, c.last_day, c.day_ends_at
  FROM institution AS i
  JOIN cut_off AS c ON c.seq = (
    SELECT max(p.seq) FROM cut_off AS p
    WHERE p.withdrawn = 0
      AND (EXISTS (SELECT 1 FROM json_each(p.scope, '$.kinds') WHERE value = i.kind)
           OR EXISTS (SELECT 1 FROM json_each(p.scope, '$.institutions') WHERE value = i.id)))
  WHERE c.seq > coalesce((SELECT max(n.seq) FROM cut_off AS n
                          WHERE n.withdrawn = 0 AND n.scope ->> 'kind' = 'everyone'), 0);
END;

-- An institution that joins later, or is of another kind than it was, is reached by
-- the letters for its kind.
CREATE TRIGGER IF NOT EXISTS place_new_institution AFTER INSERT ON event
WHEN NEW.kind = 'institution-recorded'
BEGIN
  DELETE FROM cut_off_place WHERE institution = NEW.subject;
  INSERT INTO cut_off_place (institution, cut_off, last_day, day_ends_at)
  SELECT NEW.subject, c.id, c.last_day, c.day_ends_at
  FROM cut_off AS c
  WHERE c.withdrawn = 0
    AND (EXISTS (SELECT 1 FROM json_each(c.scope, '$.kinds') WHERE value = NEW.data ->> 'kind')
         OR EXISTS (SELECT 1 FROM json_each(c.scope, '$.institutions') WHERE value = NEW.subject))
    AND c.seq > coalesce((SELECT max(n.seq) FROM cut_off AS n
                          WHERE n.withdrawn = 0 AND n.scope ->> 'kind' = 'everyone'), 0)
  ORDER BY c.seq DESC LIMIT 1;
END;

-- An end that a letter brought is known by its dates: the last day of the access is
-- not behind the letter's, and that day is over where the access is: an end before it
-- is none of the letter's, and leaves it changeable. Where no letter holds this is one
-- look at an empty table.
CREATE TRIGGER IF NOT EXISTS fold_cut_off_end AFTER INSERT ON event
WHEN NEW.kind = 'access-expired'
BEGIN
  INSERT INTO cut_off_count (cut_off, institution, ended, first_at, last_at)
  SELECT p.cut_off, NEW.institution, 1, NEW.at, NEW.at
  FROM cut_off_place AS p
  WHERE p.institution = coalesce((SELECT institution FROM cut_off_place
                                  WHERE institution = NEW.institution), '*')
    AND NEW.data ->> 'valid_until' <= p.last_day
    AND NEW.at >= p.day_ends_at - (
      SELECT CASE a.zone WHEN 'WIB' THEN 25200000 WHEN 'WITA' THEN 28800000 ELSE 32400000 END
      FROM access AS a WHERE a.id = NEW.subject)
  ON CONFLICT (cut_off, institution) DO UPDATE SET
    ended = ended + 1, last_at = max(last_at, excluded.last_at);
END;

CREATE TRIGGER IF NOT EXISTS fold_cut_off_request AFTER INSERT ON event
WHEN NEW.kind = 'access-expired' AND NEW.data ->> 'overtook_request'
BEGIN
  INSERT INTO cut_off_request (cut_off, request, institution)
  SELECT p.cut_off, a.request, NEW.institution
  FROM access AS a
  JOIN cut_off_place AS p
    ON p.institution = coalesce((SELECT institution FROM cut_off_place
                                 WHERE institution = NEW.institution), '*')
  WHERE a.id = NEW.subject AND a.request IS NOT NULL
    AND NEW.data ->> 'valid_until' <= p.last_day
    AND NEW.at >= p.day_ends_at
      - CASE a.zone WHEN 'WIB' THEN 25200000 WHEN 'WITA' THEN 28800000 ELSE 32400000 END;
END;
