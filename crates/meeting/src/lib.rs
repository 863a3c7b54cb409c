//! What the operations around a meeting share (MTG-1..4): who may see it, how it
//! gets a slot that nobody else has, its room, and how it is shown.

pub mod booking;
pub mod desk;
pub mod room;
pub mod view;

use akses_domain::access::Access;
use akses_domain::authority::Authorities;
use akses_domain::ids::{AccountId, RequestId};
use akses_domain::meeting::{self, ABSENCE_MINUTES, Refusal, State};
use akses_domain::reference::VerifiedBy;
use akses_domain::time::{Instant, Zone};
use akses_domain::words;
use akses_endpoint::accesses::{from_word, zone};
use akses_endpoint::store::events::{self, Appended, Event, Stamp};
use akses_endpoint::store::meetings;
use akses_endpoint::{Call, Problem, record};
use serde_json::{Value, json};

pub use akses_endpoint::record::stamp;
pub use akses_endpoint::store::meetings::Meeting;

/// A meeting with more events than this was moved again and again. Each move is
/// kept for ever and writes a mail, so there has to be an end.
const EVENTS_MAX: u32 = 12;

/// How often a change is tried anew because another came first.
pub const ROUNDS_MAX: u32 = 16;

/// The desk of the national verifiers (VER-1).
pub const NATIONAL_DESK: &str = "national";

/// The meeting of a request.
///
/// # Errors
/// 404 when it has none.
pub fn load(request: &str) -> Result<Meeting, Problem> {
    meetings::of_request(request)?.ok_or_else(Problem::not_found)
}

/// The meeting of this person's own request; somebody else's looks like none.
///
/// # Errors
/// 404 when it is not theirs.
pub fn own(request: RequestId, person: AccountId) -> Result<Meeting, Problem> {
    meetings::of_request(&request.to_string())?
        .filter(|meeting| meeting.account == person.to_string())
        .ok_or_else(Problem::not_found)
}

/// MTG-1: gives a request that was just sent its meeting, when it has one. The
/// request stands whatever comes of this; the timer does it otherwise.
pub fn arrange(call: &Call, access: &Access) {
    let Some(pending) = &access.pending else {
        return;
    };
    if let Err(problem) = try_arrange(call, &pending.request.to_string(), access.account) {
        problem.log_for(call);
    }
}

fn try_arrange(call: &Call, request: &str, account: AccountId) -> Result<(), Problem> {
    match meetings::of_request(request)? {
        Some(meeting) if meeting.version == 0 => {
            let stamp = call.stamp(&account.to_string());
            booking::schedule(&stamp, &meeting, call.now()).map(|_| ())
        }
        _ => Ok(()),
    }
}

/// Whether these authorities cover it (VER-1).
///
/// # Errors
/// An internal problem when the store holds what the domain does not know.
pub fn is_covered(meeting: &Meeting, authorities: &Authorities) -> Result<bool, Problem> {
    let institution = meeting
        .institution
        .parse()
        .map_err(|_| Problem::internal("a meeting's institution is no id"))?;
    let applicant = meeting
        .account
        .parse()
        .map_err(|_| Problem::internal("a meeting's account is no id"))?;
    let verified_by = if meeting.desk == NATIONAL_DESK {
        VerifiedBy::National
    } else {
        VerifiedBy::Institution
    };
    Ok(authorities
        .over_request(verified_by, institution, applicant)
        .is_some())
}

/// The meeting as the rules see it.
///
/// # Errors
/// An internal problem when the store holds what the domain does not know.
pub fn rules(row: &Meeting) -> Result<meeting::Meeting, Problem> {
    Ok(meeting::Meeting {
        state: from_word(&row.state)?,
        zone: zone(&row.zone)?,
        starts_at: row.starts_at.map(Instant::from_ms),
        ends_at: row.ends_at.map(Instant::from_ms),
        closes_at: row.closes_at.map(Instant::from_ms),
        called_at: row.called_at.map(Instant::from_ms),
    })
}

/// How often a meeting can still be moved, at most. Whoever missed it may look for
/// another time as long as the days last, however often it was moved before (MTG-4).
pub fn moves_left(row: &Meeting, state: State) -> u32 {
    let left = EVENTS_MAX.saturating_sub(row.version);
    match state {
        State::Missed => left.max(1),
        _ => left,
    }
}

/// What the event says of a meeting to which its person did not come (MTG-4).
pub fn missed_by_applicant(meeting: &Meeting) -> Value {
    missed_by("applicant", meeting)
}

/// What it says of one to which no verifier came: it gets another time by itself.
pub fn missed_by_verifier(meeting: &Meeting) -> Value {
    missed_by("verifier", meeting)
}

fn missed_by(absent: &str, meeting: &Meeting) -> Value {
    json!({
        "access": meeting.access, "absent": absent, "starts_at": meeting.starts_at,
        "closes_at": meeting.closes_at,
    })
}

/// How an event of a meeting was taken.
#[derive(Debug)]
pub enum Attempt {
    /// It stands.
    Recorded,
    /// Something else came first; look again.
    Stale,
    /// Somebody else has this slot now.
    SlotTaken,
    /// This very request had been carried out before, on the meeting of this
    /// request.
    Replayed(String),
}

/// Appends the next event of a meeting.
///
/// # Errors
/// That its request is decided, or what the store could not do.
pub fn append(
    stamp: &Stamp,
    meeting: &Meeting,
    kind: &str,
    data: &Value,
) -> Result<Attempt, Problem> {
    let event = Event {
        subject: meeting.request.clone(),
        version: meeting.version + 1,
        kind: kind.to_owned(),
        data: data.to_string(),
        institution: Some(meeting.institution.clone()),
    };
    match events::append(&event, stamp)? {
        Appended::Recorded => Ok(Attempt::Recorded),
        Appended::Stale(_) => Ok(Attempt::Stale),
        Appended::Replayed(earlier) => Ok(Attempt::Replayed(earlier.event.subject)),
        Appended::KeyReused => Err(record::key_reused()),
        Appended::Refused(name) if name == "slot-taken" => Ok(Attempt::SlotTaken),
        Appended::Refused(name) if name == "meeting-over" => {
            Err(refused(Refusal::Closed, Zone::Wib))
        }
        Appended::Refused(name) => Err(Problem::internal(format!("{kind} was refused: {name}"))),
    }
}

/// That something else came first again and again.
pub fn restless(meeting: &str) -> Problem {
    Problem::overtaken(format!(
        "meeting of request {meeting}: {ROUNDS_MAX} stale versions in a row"
    ))
}

/// Why not, for people.
pub fn refused(refusal: Refusal, zone: Zone) -> Problem {
    match refusal {
        Refusal::NotScheduled => Problem::conflict(
            "meeting-not-scheduled",
            "Jadwal rapat belum tersedia. Jadwal dikirim ke surel Anda begitu ada; Anda tidak \
             perlu mendaftar lagi.",
        ),
        Refusal::NotToday { starts_at } => Problem::conflict(
            "meeting-not-today",
            &format!(
                "Rapat ini berlangsung {}. Tekan Gabung Rapat pada hari itu.",
                words::moment(starts_at, zone)
            ),
        )
        .with("starts_at", starts_at.rfc3339(zone)),
        Refusal::Missed => Problem::conflict(
            "meeting-missed",
            "Waktu rapat ini sudah lewat. Tekan Cari Jadwal Lain untuk mendapat waktu baru.",
        ),
        Refusal::Called => Problem::conflict(
            "meeting-called",
            "Verifikator sudah memanggil Anda. Tekan Gabung Rapat untuk masuk ke rapat.",
        ),
        Refusal::Closed => Problem::conflict(
            "meeting-over",
            "Pengajuan ini sudah diputus, sehingga rapatnya selesai. Lihat hasilnya di daftar akses.",
        ),
        Refusal::WindowOver => Problem::conflict(
            "meeting-window-over",
            "Jadwal hanya dapat diganti dalam 5 hari kerja setelah pendaftaran, dan waktu itu \
             sudah lewat. Bila rapat terlewat, daftarkan akses ini kembali.",
        ),
        Refusal::NotCalled => Problem::conflict(
            "meeting-not-called",
            "Orang ini sedang tidak dipanggil. Muat ulang antrean rapat.",
        ),
        Refusal::NoOtherTime => Problem::conflict(
            "no-other-time",
            "Orang ini tidak dapat mencari jadwal lain lagi, karena batas 5 hari kerja sudah lewat. \
             Putuskan pengajuannya.",
        ),
        Refusal::StillExpected { until } => Problem::conflict(
            "still-expected",
            &format!(
                "Beri waktu {ABSENCE_MINUTES} menit sejak dipanggil dan sejak rapat dimulai. Orang \
                 ini dapat dinyatakan tidak hadir mulai {}.",
                words::moment(until, zone)
            ),
        )
        .with("until", until.rfc3339(zone)),
    }
}
