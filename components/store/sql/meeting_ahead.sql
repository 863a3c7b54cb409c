-- How many wait before ?1 since ?2, the beginning of its day (MTG-3).
SELECT count(*)
FROM meeting AS mine
CROSS JOIN meeting AS other INDEXED BY meeting_waiting
  ON other.state = 'waiting' AND other.desk = mine.desk AND other.starts_at >= ?2
 AND (other.starts_at, other.place, other.request) < (mine.starts_at, mine.place, mine.request)
WHERE mine.request = ?1
