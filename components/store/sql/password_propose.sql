-- An older proposal of the account is void by that.
INSERT INTO password_proposal (id, account, link_sha256, password_hash)
VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (account) DO UPDATE SET
  id = excluded.id, link_sha256 = excluded.link_sha256, password_hash = excluded.password_hash
