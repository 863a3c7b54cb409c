INSERT INTO password_proposal (id, account, link_sha256, password_hash)
VALUES (?1, ?2, ?3, ?4)
