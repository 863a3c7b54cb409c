SELECT failures, retry_at FROM sirup_circuit WHERE id = 1
