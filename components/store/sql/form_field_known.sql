-- Whether any form asks for the field ?1. Forms are few.
SELECT EXISTS (SELECT 1 FROM form_field AS f WHERE f.field = ?1 AND f.need <> 'not-asked')
