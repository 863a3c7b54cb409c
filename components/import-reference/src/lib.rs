//! `POST /internal/import/:kind`: reference data, accounts and accesses verified
//! elsewhere, as CSV with a header line. For the first day of a deployment, for
//! its updates, and for the demo.
//!
//! A part is checked whole before anything of it is recorded. Rows that say
//! what is recorded already change nothing, so a part can be sent again.

mod kinds;
mod office;
mod people;
mod platforms;
mod rules;
mod units;

use akses_endpoint::store::events::{Appended, Event};
use akses_endpoint::{Call, Problem, Reply, Response, operator, record, serve_admitted};
use kinds::{Change, Kind};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use spin_sdk::http::{Method, Request, StatusCode};
use spin_sdk::http_service;

/// The kind in `/internal/import/:kind`.
const KIND_SEGMENT: usize = 2;

/// One part; the command line splits longer files.
const PART_BYTES_MAX: usize = 1024 * 1024;

/// Rows of one part, so that it ends well within a request's time.
const PART_ROWS_MAX: usize = 500;

/// Who imports, in the record.
const ACTOR: &str = "operator:import";

/// What a part did.
#[derive(Default, Serialize)]
struct Counts {
    added: u32,
    changed: u32,
    unchanged: u32,
}

/// What is wrong with a row.
pub(crate) struct RowError {
    pub(crate) field: &'static str,
    pub(crate) detail: String,
}

/// Why a row cannot be taken: it is wrong, or the store failed.
pub(crate) enum RowFault {
    Wrong(RowError),
    Store(Problem),
}

impl<E: Into<Problem>> From<E> for RowFault {
    fn from(fault: E) -> Self {
        Self::Store(fault.into())
    }
}

#[http_service]
async fn import_reference(request: Request) -> Response {
    serve_admitted(
        request,
        Method::POST,
        PART_BYTES_MAX,
        operator::admit,
        import,
    )
    .await
}

async fn import(call: Call) -> Result<Reply, Problem> {
    match call.segment(KIND_SEGMENT) {
        "roles" => import_rows::<units::Role>(&call),
        "role-conflicts" => import_rows::<rules::RoleConflict>(&call),
        "institutions" => import_rows::<units::Institution>(&call),
        "work-units" => import_rows::<units::WorkUnit>(&call),
        "form-fields" => import_rows::<rules::FormField>(&call),
        "accounts" => import_rows::<people::Account>(&call),
        "accesses" => import_rows::<people::Access>(&call),
        "holidays" => import_rows::<office::Holiday>(&call),
        "office-hours" => import_rows::<office::OfficeHours>(&call),
        "meeting-rooms" => import_rows::<office::MeetingRooms>(&call),
        "platforms" => import_rows::<platforms::Platform>(&call),
        "platform-roles" => import_rows::<platforms::PlatformRole>(&call),
        "platform-terms" => import_rows::<platforms::PlatformTerms>(&call),
        _ => Err(Problem::not_found()),
    }
}

fn import_rows<K: Kind + DeserializeOwned>(call: &Call) -> Result<Reply, Problem> {
    let rows = parse::<K>(call.body())?;
    let mut changes = Vec::with_capacity(rows.len());
    let mut errors = Vec::new();
    for (line, row) in rows {
        match row.change() {
            Ok(change) => changes.push(change),
            Err(RowFault::Wrong(error)) => errors.push(row_error(line, &error)),
            Err(RowFault::Store(problem)) => return Err(problem),
        }
    }
    if !errors.is_empty() {
        return Err(rows_are_wrong(errors));
    }
    let mut counts = Counts::default();
    for change in changes {
        apply(call, change, &mut counts)?;
    }
    Reply::json(&counts)
}

fn apply(call: &Call, change: Change, counts: &mut Counts) -> Result<(), Problem> {
    let Change::Record {
        subject,
        version,
        kind,
        data,
        institution,
    } = change
    else {
        counts.unchanged += 1;
        return Ok(());
    };
    let event = Event {
        subject,
        version,
        kind: kind.to_owned(),
        data: data.to_string(),
        institution,
    };
    match record::append_plain(call, ACTOR, &event)? {
        Appended::Recorded if version == 1 => counts.added += 1,
        Appended::Recorded => counts.changed += 1,
        Appended::Refused(name) if name == "access-exists" => counts.unchanged += 1,
        Appended::Refused(name) => return Err(contradicts(&name)),
        Appended::Stale(_) => {
            return Err(Problem::conflict(
                "changed-meanwhile",
                "Data berubah selama impor. Kirim bagian ini sekali lagi.",
            ));
        }
        other => return Err(Problem::internal(format!("import: {other:?}"))),
    }
    Ok(())
}

/// A row that stands against the record, or against another row of this part.
fn contradicts(constraint: &str) -> Problem {
    let what = match constraint {
        "email-exists" => "Satu alamat surel muncul pada dua akun.",
        "code-exists" => "Satu kode muncul dua kali.",
        "holiday-exists" => "Satu tanggal muncul dua kali.",
        "office-hours-overlap" => "Dua jam buka pada hari yang sama bertumpang tindih.",
        "audience-exists" => "Satu audience muncul pada dua platform.",
        "platform-role-exists" => "Satu peran muncul dua kali pada satu platform.",
        "terms-exist" => "Satu versi muncul dua kali pada satu platform.",
        "service-number-exists" => "Satu NIP muncul pada dua akun.",
        "zone-in-use" => "Zona waktu instansi yang sudah memiliki akses tidak dapat diubah.",
        _ => "Satu baris bertentangan dengan data yang tercatat.",
    };
    let detail = format!(
        "{what} Baris sebelum itu sudah tercatat; perbaiki berkas, lalu kirim bagian ini lagi."
    );
    Problem::conflict("contradicts-the-record", &detail)
}

/// The rows with their line numbers; the header is line 1.
fn parse<K: DeserializeOwned>(body: &[u8]) -> Result<Vec<(u64, K)>, Problem> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(body);
    let mut rows = Vec::new();
    let mut errors = Vec::new();
    for row in reader.deserialize::<K>().take(PART_ROWS_MAX + 1) {
        let line = rows.len() as u64 + 2;
        match row {
            Ok(row) => rows.push((line, row)),
            Err(error) => {
                let line = error.position().map_or(line, csv::Position::line);
                let detail = "Baris ini tidak sesuai dengan judul kolom.".to_owned();
                errors.push(row_error(
                    line,
                    &RowError {
                        field: "row",
                        detail,
                    },
                ));
                break;
            }
        }
    }
    if rows.len() > PART_ROWS_MAX {
        let detail = format!("Satu bagian berisi paling banyak {PART_ROWS_MAX} baris.");
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-many-rows",
            &detail,
        ));
    }
    if errors.is_empty() {
        Ok(rows)
    } else {
        Err(rows_are_wrong(errors))
    }
}

fn row_error(line: u64, error: &RowError) -> serde_json::Value {
    json!({ "line": line, "field": error.field, "detail": error.detail })
}

fn rows_are_wrong(errors: Vec<serde_json::Value>) -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "wrong-rows",
        "Ada baris yang salah; belum ada yang dicatat dari bagian ini. Perbaiki, lalu kirim lagi.",
    )
    .with("errors", errors)
}
