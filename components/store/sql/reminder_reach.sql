-- Never back: of two runs the one with the later clock is right.
INSERT INTO reminder_progress (zone, days, reached) VALUES (?1, ?2, ?3)
ON CONFLICT (zone, days) DO UPDATE SET reached = excluded.reached
WHERE excluded.reached > reached
