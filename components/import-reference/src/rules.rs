//! Rules that are data: the fields of forms (REG-2), and roles that exclude each
//! other (ALL-4).

use crate::RowFault;
use crate::kinds::{Change, Kind, day, next, one_of, require, wrong};
use crate::people::PROFILES;
use akses_domain::form::{ANY_ROLE, BadField};
use akses_endpoint::form;
use akses_endpoint::store::{conflicts, forms, reference};
use serde::Deserialize;
use serde_json::json;

/// A field of a form (REG-2).
#[derive(Deserialize)]
pub(crate) struct FormField {
    profile: String,
    role: String,
    field: String,
    position: u32,
    label: String,
    help: String,
    kind: String,
    need: String,
    source: Option<String>,
    chars_max: Option<u32>,
}

impl Kind for FormField {
    fn change(self) -> Result<Change, RowFault> {
        one_of("profile", &self.profile, &PROFILES)?;
        require("label", &self.label)?;
        if self.role != ANY_ROLE && reference::role_by_code(&self.role)?.is_none() {
            return Err(wrong(
                "role",
                "Kode peran ini tidak dikenal; isi * untuk semua peran.",
            ));
        }
        let existing = forms::find(&self.profile, &self.role, &self.field)?;
        let (id, version) = next(existing.as_ref().map(|row| (row.id.clone(), row.version)));
        let row = forms::Field {
            id,
            profile: self.profile,
            role: self.role,
            name: self.field,
            position: self.position,
            label: self.label,
            help: self.help,
            kind: self.kind,
            need: self.need,
            source: self.source,
            chars_max: self.chars_max,
            version,
        };
        check_field(&row)?;
        if existing.is_some_and(|existing| same_field(&existing, &row)) {
            return Ok(Change::Nothing);
        }
        let data = json!({
            "profile": row.profile, "role": row.role, "field": row.name,
            "position": row.position, "label": row.label, "help": row.help, "kind": row.kind,
            "need": row.need, "source": row.source, "chars_max": row.chars_max,
        });
        Ok(Change::Record {
            subject: row.id,
            version,
            kind: "form-field-recorded",
            data,
            institution: None,
        })
    }
}

/// A form stays one that people can send, whatever is imported.
fn check_field(row: &forms::Field) -> Result<(), RowFault> {
    const KINDS: [&str; 9] = [
        "role",
        "text",
        "institution-kind",
        "institution",
        "work-unit",
        "date",
        "document",
        "golongan",
        "npwp",
    ];
    const NEEDS: [&str; 5] = [
        "required",
        "optional",
        "prefilled",
        "first-registrant",
        "not-asked",
    ];
    one_of("kind", &row.kind, &KINDS)?;
    one_of("need", &row.need, &NEEDS)?;
    if let Some(source) = &row.source {
        one_of("source", source, &["role", "sirup-user-name"])?;
    }
    let field = form::field(row)
        .map_err(|_| wrong("field", "Isi dengan huruf kecil, angka, dan garis bawah."))?;
    field.check().map_err(|bad| match bad {
        BadField::Reserved => wrong("field", "Nama ini sudah dipakai untuk hal lain."),
        BadField::KindElsewhere => wrong(
            "kind",
            "Bidang ini tidak berjenis itu; bidang baru selalu berjenis text.",
        ),
        BadField::Essential => wrong(
            "need",
            "Tanpa bidang ini pengajuan tidak dapat diproses; keperluannya tidak dapat diubah.",
        ),
        BadField::NeedElsewhere => wrong("need", "Hanya alamat yang diminta dari pendaftar pertama."),
        BadField::Source => wrong(
            "source",
            "Sumber diisi hanya untuk bidang prefilled: role untuk peran, sirup-user-name untuk teks.",
        ),
        BadField::Bound => wrong("chars_max", "Bidang text berisi paling banyak 1 sampai 1000 huruf; bidang lain tanpa batas ini."),
    })
}

fn same_field(one: &forms::Field, other: &forms::Field) -> bool {
    one.position == other.position
        && one.label == other.label
        && one.help == other.help
        && one.kind == other.kind
        && one.need == other.need
        && one.source == other.source
        && one.chars_max == other.chars_max
}

#[derive(Deserialize)]
pub(crate) struct RoleConflict {
    code: String,
    role: String,
    other_role: String,
    scope: String,
    source: String,
    valid_from: String,
    valid_until: Option<String>,
}

impl Kind for RoleConflict {
    fn change(self) -> Result<Change, RowFault> {
        require("code", &self.code)?;
        require("source", &self.source)?;
        one_of("scope", &self.scope, &["account", "work-unit", "package"])?;
        for (field, role) in [("role", &self.role), ("other_role", &self.other_role)] {
            if reference::role_by_code(role)?.is_none() {
                return Err(wrong(field, "Kode peran ini tidak dikenal."));
            }
        }
        if self.role == self.other_role {
            return Err(wrong("other_role", "Isi dengan peran yang lain."));
        }
        let valid_from = day("valid_from", &self.valid_from)?;
        let valid_until = self
            .valid_until
            .as_deref()
            .map(|text| day("valid_until", text));
        let valid_until = valid_until.transpose()?;
        if valid_until.is_some_and(|last| last < valid_from) {
            return Err(wrong(
                "valid_until",
                "Hari terakhir mendahului hari pertama.",
            ));
        }
        let existing = conflicts::rule_by_code(&self.code)?;
        let pair = |a: &str, b: &str| [a.min(b).to_owned(), a.max(b).to_owned()];
        let asked = pair(&self.role, &self.other_role);
        if existing
            .as_ref()
            .is_some_and(|rule| pair(&rule.role, &rule.other_role) != asked)
        {
            return Err(wrong(
                "code",
                "Aturan ini sudah tercatat untuk peran lain; pakai kode baru.",
            ));
        }
        let valid_until = valid_until.map(|last| last.to_string());
        let same = existing.as_ref().is_some_and(|rule| {
            rule.scope == self.scope
                && rule.source == self.source
                && rule.valid_from == valid_from.to_string()
                && rule.valid_until == valid_until
        });
        if same {
            return Ok(Change::Nothing);
        }
        let (subject, version) = next(existing.map(|rule| (rule.id, rule.version)));
        let data = json!({
            "code": self.code, "role": self.role, "other_role": self.other_role,
            "scope": self.scope, "source": self.source,
            "valid_from": valid_from, "valid_until": valid_until,
        });
        Ok(Change::Record {
            subject,
            version,
            kind: "role-conflict-recorded",
            data,
            institution: None,
        })
    }
}
