SELECT people FROM appeal WHERE campaign = ?1
