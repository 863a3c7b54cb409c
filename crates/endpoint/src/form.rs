//! Fields that several forms have in common.

use crate::problem::Problem;
use crate::store::documents;
use akses_domain::ids::{AccountId, DocumentId};

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
