-- What ended accesses left undone (EXP-6) is listed for an institution page by page;
-- without this index a page read every access that the institution ever had. The rules
-- for scripts stand at the head of 0001.
CREATE INDEX IF NOT EXISTS access_ended ON access (institution, id)
  WHERE standing = 'inactive' OR standing = 'expired';
