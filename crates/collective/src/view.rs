//! A letter as its people, its author and its verifiers see it.

use crate::file::RowError;
use akses_domain::authority::Authorities;
use akses_domain::duty::Duty;
use akses_domain::ids::{AccountId, InstitutionId};
use akses_domain::reference::VerifiedBy;
use akses_domain::time::Instant;
use akses_endpoint::accesses::{Moment, Named, authorities, duties, from_word, zone};
use akses_endpoint::store::collective::{self, Letter, Row};
use akses_endpoint::{Call, Problem};
use serde::Serialize;
use std::collections::BTreeMap;

/// The whole letter.
#[derive(Debug, Serialize)]
pub struct LetterView {
    id: String,
    institution: Named,
    filed_by: Named,
    document: String,
    state: String,
    checked: Moment,
    /// Whether nothing is wrong with what is not struck, so that it can be filed.
    ready: bool,
    /// Whether everything that was begun is done; otherwise send the same again.
    done: bool,
    rows: Vec<RowView>,
}

#[derive(Debug, Serialize)]
struct RowView {
    line: u32,
    person: Option<Named>,
    role: Option<Named>,
    work_unit: Option<Named>,
    valid_until: Option<String>,
    errors: Vec<RowError>,
    struck: bool,
    request: Option<RequestView>,
    /// What stood in the way just now.
    note: Option<String>,
}

#[derive(Debug, Serialize)]
struct RequestView {
    id: String,
    /// `waiting`, `approved` or `rejected`.
    state: String,
}

/// What stood in the way of rows, by line.
pub type Notes = BTreeMap<u32, String>;

/// The errors of a row.
///
/// # Errors
/// An internal problem when they are none.
pub fn errors(row: &Row) -> Result<Vec<RowError>, Problem> {
    serde_json::from_str(&row.errors)
        .map_err(|error| Problem::internal(format!("errors of request {}: {error}", row.request)))
}

/// The letter of this id.
///
/// # Errors
/// 404 when there is none.
pub fn letter(id: &str) -> Result<Letter, Problem> {
    collective::find(id)?.ok_or_else(Problem::not_found)
}

/// That this person may change and file it: who checked it, while Kepala UKPBJ of
/// that institution.
///
/// # Errors
/// 404 for everybody else.
pub fn is_authors(call: &Call, person: AccountId, letter: &Letter) -> Result<(), Problem> {
    let institution = institution(letter)?;
    let author = letter.filed_by == person.to_string()
        && duties(person, call.now())?.has_at(Duty::UkpbjHead, institution);
    if author {
        Ok(())
    } else {
        Err(Problem::not_found())
    }
}

/// Who reads a letter.
#[derive(Debug)]
pub enum Reader {
    /// Who filed it: all of it.
    Author,
    /// Who verifies: the requests that they decide, and nothing else.
    Verifier(Authorities),
}

/// Whether these authorities decide the request of a row, once there is one (VER-1).
///
/// # Errors
/// An internal problem when the store holds what the domain does not know.
pub fn is_decided_by(held: &Authorities, letter: &Letter, row: &Row) -> Result<bool, Problem> {
    let Some(verified_by) = &row.verified_by else {
        return Ok(false);
    };
    let institution = institution(letter)?;
    Ok(match from_word(verified_by)? {
        VerifiedBy::National => held.is_national(),
        VerifiedBy::Institution => held.institutions().any(|desk| desk == institution),
    })
}

/// As what this person reads it.
///
/// # Errors
/// What the store could not do. Who has no authority is shown nothing by the view.
pub fn reader(call: &Call, person: AccountId, letter: &Letter) -> Result<Reader, Problem> {
    match is_authors(call, person, letter) {
        Ok(()) => Ok(Reader::Author),
        Err(problem) if problem.kind() == "not-found" => {
            authorities(person, call.now()).map(Reader::Verifier)
        }
        Err(problem) => Err(problem),
    }
}

impl Reader {
    /// The rows that they may see.
    fn rows(&self, letter: &Letter) -> Result<Vec<Row>, Problem> {
        let rows = collective::rows(&letter.id)?;
        let Self::Verifier(held) = self else {
            return Ok(rows);
        };
        let mut seen = Vec::new();
        for row in rows {
            if is_decided_by(held, letter, &row)? {
                seen.push(row);
            }
        }
        Ok(seen)
    }
}

fn institution(letter: &Letter) -> Result<InstitutionId, Problem> {
    letter
        .institution
        .parse()
        .map_err(|_| Problem::internal(format!("letter {} has no institution", letter.id)))
}

impl LetterView {
    /// As it stands now, for who reads it.
    ///
    /// # Errors
    /// 404 when nothing of it is theirs; what the store could not do.
    pub fn load(id: &str, reader: &Reader, notes: &Notes, done: bool) -> Result<Self, Problem> {
        let letter = letter(id)?;
        let rows = reader.rows(&letter)?;
        if rows.is_empty() {
            return Err(Problem::not_found());
        }
        let rows = rows
            .into_iter()
            .map(|row| view(row, notes))
            .collect::<Result<Vec<_>, _>>()?;
        let mut kept = rows.iter().filter(|row| !row.struck).peekable();
        Ok(Self {
            ready: kept.peek().is_some() && kept.all(|row| row.errors.is_empty()),
            checked: Moment::new(Instant::from_ms(letter.checked_at), zone(&letter.zone)?),
            id: letter.id,
            institution: Named {
                id: letter.institution,
                name: letter.institution_name,
            },
            filed_by: Named {
                id: letter.filed_by,
                name: letter.filed_by_name,
            },
            document: letter.document,
            state: letter.state,
            done,
            rows,
        })
    }

    /// Whether it can be filed.
    pub fn is_ready(&self) -> bool {
        self.ready
    }
}

fn view(row: Row, notes: &Notes) -> Result<RowView, Problem> {
    let named = |id: Option<String>, name| id.map(|id| Named { id, name });
    Ok(RowView {
        errors: errors(&row)?,
        line: row.line,
        // Whom the author's institution does not know stays a line of the file.
        person: named(row.account.filter(|_| row.known_here), row.account_name),
        role: named(row.role, row.role_name),
        work_unit: named(row.work_unit, row.work_unit_name),
        valid_until: row.valid_until,
        struck: row.struck,
        request: row.filed.then(|| RequestView {
            id: row.request,
            state: row.outcome.unwrap_or_else(|| "waiting".to_owned()),
        }),
        note: notes.get(&row.line).cloned(),
    })
}
