-- The last day that a letter sets for the institution ?1: its own, or the nation's.
SELECT last_day FROM cut_off_place
WHERE institution = coalesce((SELECT institution FROM cut_off_place WHERE institution = ?1), '*')
