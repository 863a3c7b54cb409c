//! What the operations on letters that cut accesses off share (EXP-4): whom they are
//! for, what a letter says, how its plan is recorded and shown.

use crate::accesses::{Moment, duties};
use crate::call::Call;
use crate::json::Day;
use crate::problem::Problem;
use crate::record::key_reused;
use crate::store::cut_offs::{self, CutOff};
use crate::store::events::{self, Appended, Event};
use crate::store::reference;
use akses_domain::cut_off::{
    LETTER_NUMBER_CHARS_MAX, PLANNED_DAYS_MAX, Plan, Planned, Refusal, SCOPE_INSTITUTIONS_MAX,
    Scope, begins_at, everywhere_at, may_change,
};
use akses_domain::duty::Duty;
use akses_domain::ids::{AccountId, CutOffId};
use akses_domain::time::{Date, Zone};
use akses_domain::words;
use serde::{Deserialize, Serialize};

/// The id in `/api/cut-offs/:id/...`.
pub const ID_SEGMENT: usize = 2;

/// Whoever speaks for the Direktorat Sistem Pengadaan Digital at this moment.
///
/// # Errors
/// 403 for everybody else.
pub fn directorate(call: &Call) -> Result<AccountId, Problem> {
    let person = call.person()?;
    if duties(person, call.now())?.has(Duty::Directorate) {
        return Ok(person);
    }
    Err(Problem::forbidden(
        "not-the-directorate",
        "Penonaktifan serempak direncanakan dan dilihat oleh Direktorat Sistem Pengadaan Digital. \
         Untuk akses Anda sendiri, lihat daftar akses Anda.",
    ))
}

/// A letter, as it is sent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    letter_number: String,
    letter_date: Day,
    last_day: Day,
    scope: ScopeBody,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum ScopeBody {
    Everyone {},
    Kinds { kinds: Vec<String> },
    Institutions { codes: Vec<String> },
}

impl Letter {
    /// What it says, with the ids of the institutions that it names.
    ///
    /// # Errors
    /// 422 for an institution that there is not.
    pub fn plan(self) -> Result<Plan, Problem> {
        let scope = match self.scope {
            ScopeBody::Everyone {} => Scope::Everyone,
            ScopeBody::Kinds { kinds } => Scope::Kinds { kinds },
            ScopeBody::Institutions { mut codes } => {
                codes.sort();
                codes.dedup();
                if codes.len() > SCOPE_INSTITUTIONS_MAX {
                    return Err(refused(Refusal::ScopeSize));
                }
                let found = codes.iter().map(|code| institution(code));
                Scope::Institutions {
                    institutions: found.collect::<Result<_, _>>()?,
                    codes,
                }
            }
        };
        Ok(Plan {
            letter_number: self.letter_number.trim().to_owned(),
            letter_date: self.letter_date.0,
            last_day: self.last_day.0,
            scope,
        })
    }
}

fn institution(code: &str) -> Result<akses_domain::ids::InstitutionId, Problem> {
    let found = reference::institution_by_code(code)?;
    found
        .and_then(|institution| institution.id.parse().ok())
        .ok_or_else(|| {
            let detail = format!("Tidak ada instansi dengan kode {code}. Periksa kodenya.");
            Problem::field("scope.codes", "unknown-institution", &detail)
        })
}

/// A plan as the store has it.
///
/// # Errors
/// 404 when there is none of this name.
pub fn load(id: &str) -> Result<CutOff, Problem> {
    let id: CutOffId = id.parse().map_err(|_| Problem::not_found())?;
    cut_offs::by_id(&id.to_string())?.ok_or_else(Problem::not_found)
}

/// The same as the domain judges it.
///
/// # Errors
/// An internal problem when the store holds what the domain does not know.
pub fn planned(row: &CutOff) -> Result<Planned, Problem> {
    let corrupt = || Problem::internal(format!("cut-off {} is none", row.id));
    Ok(Planned {
        id: row.id.parse().map_err(|_| corrupt())?,
        last_day: row.last_day.parse().map_err(|_| corrupt())?,
        withdrawn: row.withdrawn,
    })
}

/// The plan that the path names, while it can be changed.
///
/// # Errors
/// 404, 409 once its run has begun, 412 when somebody changed what was read.
pub fn changeable(call: &Call) -> Result<CutOff, Problem> {
    let row = load(call.segment(ID_SEGMENT))?;
    may_change(&planned(&row)?, call.now()).map_err(refused)?;
    match call.if_match() {
        Some(read) if read != row.version.to_string() => Err(changed_meanwhile()),
        _ => Ok(row),
    }
}

fn changed_meanwhile() -> Problem {
    Problem::stale(
        "cut-off-changed",
        "Rencana ini baru saja diubah orang lain. Muat ulang, lalu putuskan lagi.",
    )
}

/// What this person recorded under this key before: the plan that it was about.
///
/// # Errors
/// 422 when the key was used for something else.
pub fn done_before(call: &Call, person: AccountId) -> Result<Option<CutOff>, Problem> {
    let Some(key) = call.idempotency()? else {
        return Ok(None);
    };
    match events::replay(&person.to_string(), &key)? {
        None => Ok(None),
        Some(Appended::Replayed(earlier)) => load(&earlier.event.subject).map(Some),
        Some(_) => Err(key_reused()),
    }
}

/// Records the next event of a plan, and answers the plan after it.
///
/// # Errors
/// What stands against it, or what the store could not do.
pub fn append(
    call: &Call,
    person: AccountId,
    (id, version): (&str, u32),
    kind: &str,
    data: String,
) -> Result<CutOff, Problem> {
    let event = Event {
        subject: id.to_owned(),
        version,
        kind: kind.to_owned(),
        data,
        institution: None,
    };
    let mut stamp = call.stamp(&person.to_string());
    stamp.idempotency = call.idempotency()?;
    match events::append(&event, &stamp)? {
        Appended::Recorded => load(id),
        Appended::Replayed(earlier) => load(&earlier.event.subject),
        Appended::KeyReused => Err(key_reused()),
        Appended::Stale(_) => Err(changed_meanwhile()),
        Appended::Refused(name) if name == "letter-planned" => Err(Problem::conflict(
            "letter-planned",
            "Penonaktifan serempak dengan nomor surat ini sudah direncanakan. Ubah rencana itu, \
             atau pakai nomor surat yang lain.",
        )),
        Appended::Refused(name) if name == "cut-off-begun" => Err(refused(Refusal::Begun)),
        Appended::Refused(name) => Err(Problem::internal(format!("the record refused: {name}"))),
    }
}

/// Why not, for people.
pub fn refused(refusal: Refusal) -> Problem {
    let (field, kind, detail) = match refusal {
        Refusal::LetterNumber => (
            "letter_number",
            "letter-number",
            format!("Isi nomor surat, paling panjang {LETTER_NUMBER_CHARS_MAX} huruf."),
        ),
        Refusal::LetterDate => (
            "letter_date",
            "letter-date",
            "Tanggal surat tidak boleh sesudah hari ini.".to_owned(),
        ),
        Refusal::LastDayOver => (
            "last_day",
            "last-day-over",
            "Hari terakhir ini sudah lewat, di WIT atau di seluruh Indonesia. Pilih hari ini atau \
             sesudahnya."
                .to_owned(),
        ),
        Refusal::LastDayTooFar => (
            "last_day",
            "last-day-too-far",
            format!("Hari terakhir paling jauh {PLANNED_DAYS_MAX} hari dari sekarang."),
        ),
        Refusal::ScopeSize => (
            "scope",
            "scope-size",
            format!(
                "Sebutkan paling sedikit satu, dan paling banyak {SCOPE_INSTITUTIONS_MAX} instansi. \
                 Untuk lebih banyak, pilih jenis instansi atau semua."
            ),
        ),
        Refusal::UnknownKind => (
            "scope.kinds",
            "unknown-kind",
            "Jenis instansi ini tidak dikenal.".to_owned(),
        ),
        Refusal::Begun => {
            return Problem::conflict(
                "cut-off-begun",
                "Hari terakhirnya sudah lewat dan penonaktifan sudah berjalan, jadi rencana ini \
                 tidak dapat diubah lagi. Lihat laporannya.",
            );
        }
        Refusal::Withdrawn => {
            return Problem::conflict(
                "cut-off-withdrawn",
                "Rencana ini sudah ditarik. Buat rencana yang baru.",
            );
        }
    };
    Problem::field(field, kind, &detail)
}

/// A plan as the directorate sees it.
#[derive(Debug, Serialize)]
pub struct CutOffView {
    /// Its id.
    pub id: String,
    /// The letter's number.
    pub letter_number: String,
    /// The letter's date.
    pub letter_date: String,
    /// The last day on which past-due accesses stay as they are.
    pub last_day: String,
    /// For whom.
    pub scope: ScopeView,
    /// Midnight in the east, when its run begins.
    pub begins: Moment,
    /// Midnight in the west, when it has come to the whole country.
    pub everywhere: Moment,
    /// Whether it was taken back.
    pub withdrawn: bool,
    /// Whether it can be changed or withdrawn now.
    pub changeable: bool,
    /// For people.
    pub text: String,
    /// The number of its last event, for `If-Match`.
    pub version: u32,
}

/// Whom a letter is for.
#[derive(Debug, Serialize)]
pub struct ScopeView {
    kind: &'static str,
    kinds: Vec<String>,
    codes: Vec<String>,
}

impl CutOffView {
    /// What it is when `call` came.
    ///
    /// # Errors
    /// An internal problem when the store holds what the domain does not know.
    pub fn new(row: &CutOff, call: &Call) -> Result<Self, Problem> {
        let plan = planned(row)?;
        let scope: Scope = serde_json::from_str(&row.scope)
            .map_err(|error| Problem::internal(format!("scope of {}: {error}", row.id)))?;
        Ok(Self {
            text: text(plan.last_day, &scope),
            begins: Moment::new(begins_at(plan.last_day), Zone::Wit),
            everywhere: Moment::new(everywhere_at(plan.last_day), Zone::Wib),
            changeable: may_change(&plan, call.now()).is_ok(),
            id: row.id.clone(),
            letter_number: row.letter_number.clone(),
            letter_date: row.letter_date.clone(),
            last_day: row.last_day.clone(),
            scope: scope.into(),
            withdrawn: row.withdrawn,
            version: row.version,
        })
    }
}

impl From<Scope> for ScopeView {
    fn from(scope: Scope) -> Self {
        let (kind, kinds, codes) = match scope {
            Scope::Everyone => ("everyone", Vec::new(), Vec::new()),
            Scope::Kinds { kinds } => ("kinds", kinds, Vec::new()),
            Scope::Institutions { codes, .. } => ("institutions", Vec::new(), codes),
        };
        Self { kind, kinds, codes }
    }
}

fn text(last_day: Date, scope: &Scope) -> String {
    let whom = match scope {
        Scope::Everyone => "semua instansi".to_owned(),
        Scope::Kinds { kinds } => format!("semua {}", kinds.join(", ")),
        Scope::Institutions { codes, .. } => format!("{} instansi", codes.len()),
    };
    format!(
        "Sampai dengan {}, akses {whom} yang sudah lewat masa berlakunya tetap seperti adanya; \
         sesudahnya menjadi Kedaluwarsa bersama-sama, pukul 00.00 di zona waktu masing-masing. \
         Reaktivasi yang masih menunggu tetap dapat diputus.",
        words::weekday_date(last_day)
    )
}
