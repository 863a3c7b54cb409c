SELECT reached FROM reminder_progress WHERE zone = ?1 AND days = ?2
