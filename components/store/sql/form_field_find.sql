SELECT id, profile, role, field, position, label, help, kind, need, source, chars_max, version
FROM form_field
WHERE profile = ?1 AND role = ?2 AND field = ?3
