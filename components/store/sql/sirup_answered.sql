DELETE FROM sirup_circuit WHERE id = 1
