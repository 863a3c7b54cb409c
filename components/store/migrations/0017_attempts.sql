-- Guesses of a secret are counted in one place, for SiRUP (SIR-3) and for signing in.
-- No part of the record; wit/attempts.wit says why. `holder` is `account/<id>`, or a
-- word and the SHA-256 of what was typed: where a name belongs anything may be typed,
-- a password too. After `ends_at` a row counts for nothing, and goes when others come.
CREATE TABLE IF NOT EXISTS attempt (
  holder TEXT PRIMARY KEY,
  attempts INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS attempt_by_end ON attempt (ends_at);

-- Each new row takes some away that count for nothing: more than come in, so the table
-- stays as small as what happens within one rest, and counting stays one statement.
CREATE TRIGGER IF NOT EXISTS attempt_takes_over AFTER INSERT ON attempt
BEGIN
  DELETE FROM attempt
  WHERE holder IN (
    SELECT holder FROM attempt WHERE ends_at <= NEW.last_at ORDER BY ends_at LIMIT 10
  );
END;

-- Unused from here on; whoever rested is let in again. The table stays: an older
-- process may be running beside this one, or be making it at this moment.
DELETE FROM sirup_attempt;
