//! Fields that several forms have in common, and forms that are data (REG-2).

use crate::accesses::from_word;
use crate::problem::Problem;
use crate::store::accounts::Account;
use crate::store::{documents, forms, reference, sirup};
use akses_domain::form::{Asked, Facts, Fault, Field, Wrong, asked};
use akses_domain::ids::{AccountId, DocumentId, WorkUnitId};
use serde_json::{Map, Value};

/// A text field: trimmed, at most `chars_max` characters, none when it is blank.
///
/// # Errors
/// 422 when it is too long or holds control characters.
pub fn text(
    field: &str,
    value: Option<String>,
    chars_max: usize,
) -> Result<Option<String>, Problem> {
    let Some(value) = value.map(|v| v.trim().to_owned()).filter(|v| !v.is_empty()) else {
        return Ok(None);
    };
    if value.chars().count() > chars_max {
        let detail = format!("Paling panjang {chars_max} huruf.");
        return Err(Problem::field(field, "too-long", &detail));
    }
    if value.chars().any(|c| c.is_control() && c != '\n') {
        return Err(Problem::field(
            field,
            "control-characters",
            "Berisi huruf yang tidak dapat ditampilkan.",
        ));
    }
    Ok(Some(value))
}

/// A decree that this person uploaded. Somebody else's looks like none.
///
/// # Errors
/// 422 when there is none.
pub fn own_document(field: &str, id: DocumentId, owner: AccountId) -> Result<DocumentId, Problem> {
    let document = documents::describe(&id.to_string())?;
    document
        .filter(|document| document.owner == owner.to_string())
        .map(|_| id)
        .ok_or_else(|| {
            Problem::field(
                field,
                "unknown-document",
                "Dokumen ini tidak ada. Unggah SK/ST, lalu kirim lagi.",
            )
        })
}

/// A field as the data has it, with the words that people see.
#[derive(Debug)]
pub struct Shown {
    /// What stands beside it.
    pub label: String,
    /// What to know about it.
    pub help: String,
    /// The field as this person meets it.
    pub asked: Asked,
}

/// A form as one person meets it now.
#[derive(Debug)]
pub struct FormAsked(pub Vec<Shown>);

impl FormAsked {
    /// What is asked of this account in this role, at this work unit if one is
    /// chosen. The page that shows a form and the operation that takes it both
    /// begin here.
    ///
    /// # Errors
    /// What the store could not do.
    pub fn load(
        account: &Account,
        role: &str,
        work_unit: Option<&reference::WorkUnit>,
    ) -> Result<Self, Problem> {
        let facts = Facts {
            role: role.to_owned(),
            sirup_user_name: sirup::linked_user_name(&account.id)?,
            has_address: work_unit.map(|unit| unit.address.is_some()),
        };
        let shown = forms::fields(&account.profile, role)?
            .into_iter()
            .map(|row| {
                let field = field(&row)?;
                let mut asked = asked([field], &facts);
                Ok(Shown {
                    asked: asked.swap_remove(0),
                    label: row.label,
                    help: row.help,
                })
            })
            .collect::<Result<_, Problem>>()?;
        Ok(Self(shown))
    }

    /// The fields alone.
    pub fn asked(&self) -> Vec<Asked> {
        self.0.iter().map(|shown| shown.asked.clone()).collect()
    }
}

/// A row of a form as the domain's field.
///
/// # Errors
/// An internal problem when the domain does not know what it says.
pub fn field(row: &forms::Field) -> Result<Field, Problem> {
    Ok(Field {
        name: row
            .name
            .parse()
            .map_err(|_| Problem::internal(format!("`{}` is no name of a field", row.name)))?,
        kind: from_word(&row.kind)?,
        need: from_word(&row.need)?,
        source: row.source.as_deref().map(from_word).transpose()?,
        chars_max: row.chars_max,
    })
}

/// The role of this code, if people can ask for it themselves.
///
/// # Errors
/// 422 when they cannot.
pub fn registrable(code: &str) -> Result<reference::Role, Problem> {
    let role = reference::role_by_code(code)?.ok_or_else(|| {
        Problem::field(
            "role",
            "unknown-role",
            "Peran ini tidak dikenal. Pilih dari daftar peran.",
        )
    })?;
    if role.registrable {
        Ok(role)
    } else {
        Err(akses_domain::access::Refusal::RoleNotRegistrable.into())
    }
}

/// The work unit that was chosen so far, if it is one.
///
/// # Errors
/// What the store could not do.
pub fn chosen_unit(given: &Map<String, Value>) -> Result<Option<reference::WorkUnit>, Problem> {
    let id = given.get("work_unit").and_then(Value::as_str);
    match id.and_then(|id| id.trim().parse::<WorkUnitId>().ok()) {
        Some(id) => Ok(reference::work_unit_by_id(&id.to_string())?),
        None => Ok(None),
    }
}

/// What is wrong with a field, in words.
pub fn explain(wrong: &Wrong) -> Problem {
    let field = wrong.field.as_str();
    let invalid = |detail: &str| Problem::field(field, "invalid-field", detail);
    match wrong.fault {
        Fault::Missing => invalid("Bidang ini wajib diisi."),
        Fault::AddressMissing => akses_domain::access::Refusal::AddressMissing.into(),
        Fault::NotAsked => invalid("Bidang ini tidak diminta pada formulir ini; hapus isinya."),
        Fault::NotText => invalid("Jenis nilai bidang ini salah."),
        Fault::NotAnId => invalid("Nilai bidang ini tidak dapat dibaca. Pilih dari daftar."),
        Fault::NotADay => {
            invalid("Tanggal ini tidak ada. Tulis tahun-bulan-hari, misalnya 2027-12-31.")
        }
        Fault::TooLong(chars) => {
            Problem::field(field, "too-long", &format!("Paling panjang {chars} huruf."))
        }
        Fault::ControlCharacters => Problem::field(
            field,
            "control-characters",
            "Berisi huruf yang tidak dapat ditampilkan.",
        ),
        Fault::NotAGolongan => Problem::field(
            field,
            "bad-golongan",
            "Golongan ini tidak dikenal. Pilih dari daftar, misalnya III/a, IX, atau Perwira Pertama.",
        ),
        Fault::NotAnNpwp(_) => Problem::field(
            field,
            "bad-npwp",
            "NPWP terdiri dari 15 atau 16 angka. Periksa angkanya.",
        ),
        Fault::NotAsPrefilled => Problem::field(
            field,
            "not-as-prefilled",
            "Isian ini terisi otomatis dari langkah sebelumnya dan tidak dapat diganti di sini.",
        ),
    }
}
