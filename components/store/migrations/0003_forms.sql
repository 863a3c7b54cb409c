-- Forms as data (REG-2) and what people typed into them. Statements as in
-- 0001_record: repeatable, each ends in a semicolon before an empty line.

-- One field of a form. A form is what a profile and a role ask for: the rows of
-- the role `*`, and in their place the role's own rows where it has some. So a
-- new role has a form at once, and states only where it differs.
CREATE TABLE IF NOT EXISTS form_field (
  id TEXT PRIMARY KEY,
  profile TEXT NOT NULL CHECK (profile = 'non-supplier' OR profile = 'supplier'),
  role TEXT NOT NULL,
  field TEXT NOT NULL,
  position INTEGER NOT NULL,
  label TEXT NOT NULL,
  help TEXT NOT NULL,
  kind TEXT NOT NULL,
  need TEXT NOT NULL,
  source TEXT,
  chars_max INTEGER,
  version INTEGER NOT NULL,
  UNIQUE (profile, role, field)
) STRICT;

CREATE TRIGGER IF NOT EXISTS form_field_is_admissible BEFORE INSERT ON event
WHEN NEW.kind = 'form-field-recorded'
BEGIN
  SELECT RAISE(ABORT, 'akses:code-exists')
  WHERE EXISTS (SELECT 1 FROM form_field WHERE profile = NEW.data ->> 'profile'
                AND role = NEW.data ->> 'role' AND field = NEW.data ->> 'field'
                AND id <> NEW.subject);
END;

CREATE TRIGGER IF NOT EXISTS fold_form_field_recorded AFTER INSERT ON event
WHEN NEW.kind = 'form-field-recorded'
BEGIN
  INSERT INTO form_field (id, profile, role, field, position, label, help, kind, need, source,
                          chars_max, version)
  VALUES (NEW.subject, NEW.data ->> 'profile', NEW.data ->> 'role', NEW.data ->> 'field',
          NEW.data ->> 'position', NEW.data ->> 'label', NEW.data ->> 'help', NEW.data ->> 'kind',
          NEW.data ->> 'need', NEW.data ->> 'source', NEW.data ->> 'chars_max', NEW.version)
  ON CONFLICT (id) DO UPDATE SET
    position = excluded.position, label = excluded.label, help = excluded.help,
    kind = excluded.kind, need = excluded.need, source = excluded.source,
    chars_max = excluded.chars_max, version = excluded.version;
END;

-- What the two guides ask for, so that people can register before anybody
-- imported a form. Version 0: the record has nothing to say about it yet; the
-- first import that differs is version 1 of the same subject.
INSERT OR IGNORE INTO form_field
  (id, profile, role, field, position, label, help, kind, need, source, chars_max, version)
VALUES
  ('019b0000-0000-7000-8000-000000000001', 'non-supplier', '*', 'role', 10, 'Pilih Role',
   'Terisi otomatis dari langkah sebelumnya.', 'role', 'prefilled', 'role', NULL, 0),
  ('019b0000-0000-7000-8000-000000000002', 'non-supplier', '*', 'previous_user_name', 20, 'Username pada Platform Sebelumnya',
   'Terisi otomatis bila akses SiRUP sudah dihubungkan.', 'text', 'prefilled', 'sirup-user-name', 100, 0),
  ('019b0000-0000-7000-8000-000000000003', 'non-supplier', '*', 'institution_kind', 30, 'Jenis Instansi',
   'Pilih jenis instansi untuk mempersingkat daftar instansi.', 'institution-kind', 'required', NULL, NULL, 0),
  ('019b0000-0000-7000-8000-000000000004', 'non-supplier', '*', 'institution', 40, 'Nama Instansi',
   'Pilih dari daftar instansi.', 'institution', 'required', NULL, NULL, 0),
  ('019b0000-0000-7000-8000-000000000005', 'non-supplier', '*', 'work_unit', 50, 'Satuan Kerja',
   'Pilih dari daftar satuan kerja pada instansi tersebut.', 'work-unit', 'required', NULL, NULL, 0),
  ('019b0000-0000-7000-8000-000000000006', 'non-supplier', '*', 'valid_until', 60, 'Masa Berlaku Peran',
   'Hari terakhir peran ini berlaku, sesuai dengan dokumen yang diunggah.', 'date', 'required', NULL, NULL, 0),
  ('019b0000-0000-7000-8000-000000000007', 'non-supplier', '*', 'address', 70, 'Alamat Satuan Kerja',
   'Hanya diisi oleh pendaftar pertama pada satuan kerja ini.', 'text', 'first-registrant', NULL, 500, 0),
  ('019b0000-0000-7000-8000-000000000008', 'non-supplier', '*', 'document', 80, 'Unggah Surat Keputusan/Surat Tugas',
   'Berkas PDF, paling besar 2 MB.', 'document', 'required', NULL, NULL, 0),
  ('019b0000-0000-7000-8000-000000000009', 'non-supplier', 'PA', 'document', 80, 'Unggah Surat Tanda Jabatan sebagai PA',
   'Berkas PDF, paling besar 2 MB.', 'document', 'required', NULL, NULL, 0),
  ('019b0000-0000-7000-8000-00000000000a', 'non-supplier', 'KPA', 'document', 80, 'Unggah Surat Pengangkatan sebagai KPA',
   'Berkas PDF, paling besar 2 MB.', 'document', 'required', NULL, NULL, 0),
  ('019b0000-0000-7000-8000-00000000000b', 'supplier', '*', 'role', 10, 'Pilih Role',
   'Terisi otomatis dari langkah sebelumnya.', 'role', 'prefilled', 'role', NULL, 0),
  ('019b0000-0000-7000-8000-00000000000c', 'supplier', '*', 'previous_user_name', 20, 'Username pada Platform Sebelumnya',
   'Tidak wajib diisi.', 'text', 'optional', NULL, 100, 0),
  ('019b0000-0000-7000-8000-00000000000d', 'supplier', '*', 'golongan', 30, 'Golongan',
   'Golongan PNS (I/a sampai IV/e), PPPK (I sampai XVII), atau TNI/Polri.', 'golongan', 'required', NULL, NULL, 0),
  ('019b0000-0000-7000-8000-00000000000e', 'supplier', '*', 'institution_kind', 40, 'Jenis Instansi',
   'Pilih jenis instansi untuk mempersingkat daftar instansi.', 'institution-kind', 'required', NULL, NULL, 0),
  ('019b0000-0000-7000-8000-00000000000f', 'supplier', '*', 'institution', 50, 'Nama Instansi',
   'Pilih dari daftar instansi.', 'institution', 'required', NULL, NULL, 0),
  ('019b0000-0000-7000-8000-000000000010', 'supplier', '*', 'work_unit', 60, 'Satuan Kerja',
   'Pilih dari daftar satuan kerja pada instansi tersebut.', 'work-unit', 'required', NULL, NULL, 0),
  ('019b0000-0000-7000-8000-000000000011', 'supplier', '*', 'valid_until', 70, 'Masa Berlaku Jabatan',
   'Hari terakhir jabatan ini berlaku, sesuai dengan dokumen yang diunggah.', 'date', 'required', NULL, NULL, 0),
  ('019b0000-0000-7000-8000-000000000012', 'supplier', '*', 'npwp', 80, 'NPWP Satuan Kerja',
   'Terdiri dari 15 atau 16 angka.', 'npwp', 'required', NULL, NULL, 0),
  ('019b0000-0000-7000-8000-000000000013', 'supplier', '*', 'division', 90, 'Divisi/Unit Kerja',
   'Tidak wajib diisi.', 'text', 'optional', NULL, 200, 0),
  ('019b0000-0000-7000-8000-000000000014', 'supplier', '*', 'address', 100, 'Alamat Satuan Kerja',
   'Hanya diisi oleh pendaftar pertama pada satuan kerja ini.', 'text', 'first-registrant', NULL, 500, 0),
  ('019b0000-0000-7000-8000-000000000015', 'supplier', '*', 'document', 110, 'Unggah Surat Keterangan Kerja/Surat Tugas',
   'Berkas PDF, paling besar 2 MB.', 'document', 'required', NULL, NULL, 0);

-- Drafts -----------------------------------------------------------------------

-- A form half filled, for its owner's eyes only. The one table that no event
-- folds: it changes nobody's rights, and the record would keep for ever what a
-- person typed and took back.
CREATE TABLE IF NOT EXISTS draft (
  account TEXT NOT NULL,
  role TEXT NOT NULL,
  content TEXT NOT NULL CHECK (json_valid(content)),
  revision TEXT NOT NULL,
  saved_at INTEGER NOT NULL,
  PRIMARY KEY (account, role)
) STRICT;

-- REG-5: what was sent is no draft any more, in the same statement.
CREATE TRIGGER IF NOT EXISTS draft_is_sent AFTER INSERT ON event
WHEN NEW.kind = 'access-requested'
BEGIN
  DELETE FROM draft WHERE account = NEW.data ->> 'account' AND role = NEW.data ->> 'role';
END;

-- The first address ------------------------------------------------------------

-- REG-3: which request gave a work unit its address. Until that request is
-- approved the address hangs on it: rejected, it takes the address along, and
-- the next registrant is asked again.
CREATE TABLE IF NOT EXISTS given_address (
  request TEXT PRIMARY KEY,
  work_unit TEXT NOT NULL UNIQUE,
  address TEXT NOT NULL
) STRICT;

-- Of two triggers on one event nobody says which runs first, so this one holds
-- before and after the address is kept.
CREATE TRIGGER IF NOT EXISTS fold_address_given AFTER INSERT ON event
WHEN NEW.kind = 'access-requested' AND NEW.data ->> '$.form.address' IS NOT NULL
BEGIN
  INSERT OR IGNORE INTO given_address (request, work_unit, address)
  SELECT NEW.data ->> '$.request.id', w.id, NEW.data ->> '$.form.address'
  FROM work_unit AS w
  WHERE w.id = NEW.data ->> 'work_unit'
    AND coalesce(w.address, NEW.data ->> '$.form.address') = NEW.data ->> '$.form.address';
END;

CREATE TRIGGER IF NOT EXISTS fold_address_taken_back AFTER INSERT ON event
WHEN NEW.kind = 'request-rejected'
BEGIN
  UPDATE work_unit SET address = NULL
  WHERE id = (SELECT work_unit FROM given_address WHERE request = NEW.data ->> 'request')
    AND address = (SELECT address FROM given_address WHERE request = NEW.data ->> 'request');
  DELETE FROM given_address WHERE request = NEW.data ->> 'request';
END;
