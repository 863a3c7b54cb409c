SELECT seq FROM unassigned_walk WHERE id = 1
