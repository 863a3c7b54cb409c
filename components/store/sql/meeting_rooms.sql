SELECT rooms FROM meeting_rooms WHERE institution = ?1
