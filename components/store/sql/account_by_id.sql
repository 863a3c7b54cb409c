SELECT id, email, name, password_hash, service_number, profile, failed_sign_ins, last_failure_at, version
FROM account
WHERE id = ?1
