//! Meetings as people see them.

use crate::room::{self, Address, Guest};
use crate::{Meeting, moves_left, rules};
use akses_domain::meeting::State;
use akses_domain::time::Instant;
use akses_domain::words;
use akses_endpoint::Problem;
use akses_endpoint::accesses::{Moment, Named};
use akses_endpoint::store::meetings;
use serde::Serialize;

/// What to have ready (MTG-1).
const PREPARE: &[&str] = &[
    "Surat Tugas atau Surat Keterangan Kerja asli",
    "Kartu identitas",
];

/// Who stands this near to the head of the queue is told about a change at once;
/// the others look again after a while.
pub const NEAR_PLACES_MAX: u32 = 3;

/// When to look again, for who is not near: five seconds for each place, within
/// bounds.
const LOOK_AGAIN_S_PER_PLACE: u32 = 5;
const LOOK_AGAIN_S_MAX: u32 = 60;

/// A meeting, for the person whose request it verifies, and for their verifiers.
#[derive(Debug, Serialize)]
pub struct MeetingView {
    /// The request.
    pub request: String,
    /// Its access.
    pub access: String,
    /// Where it stands.
    pub state: State,
    /// The same for people.
    pub state_text: &'static str,
    /// What to do next.
    pub advice: &'static str,
    /// When it begins.
    pub starts: Option<Moment>,
    /// When it ends.
    pub ends: Option<Moment>,
    /// The first moment at which it can no longer be moved (MTG-2).
    pub movable_until: Option<Moment>,
    /// What to have ready.
    pub prepare: &'static [&'static str],
    /// "Gabung Rapat" works now.
    pub can_join: bool,
    /// "Cari Jadwal Lain" works now.
    pub can_move: bool,
    /// How often it can still be moved, at most.
    pub moves_left: u32,
    /// The number of its last event.
    pub version: u32,
}

impl MeetingView {
    /// What it is at `now`.
    ///
    /// # Errors
    /// An internal problem when the store holds what the domain does not know.
    pub fn new(row: &Meeting, now: Instant) -> Result<Self, Problem> {
        let meeting = rules(row)?;
        let state = meeting.state_at(now);
        let moves_left = moves_left(row, state);
        let can_move = moves_left > 0 && meeting.may_move(now).is_ok();
        let moment = |at: Option<Instant>| at.map(|at| Moment::new(at, meeting.zone));
        // A time that passed without the verifiers says nothing any more.
        let time = |at| moment(at).filter(|_| state != State::Unscheduled);
        Ok(Self {
            request: row.request.clone(),
            access: row.access.clone(),
            state,
            state_text: words::meeting(state),
            advice: advice(state, can_move),
            starts: time(meeting.starts_at),
            ends: time(meeting.ends_at),
            movable_until: time(meeting.closes_at),
            prepare: PREPARE,
            can_join: meeting.may_join(now).is_ok(),
            can_move,
            moves_left,
            version: row.version,
        })
    }
}

impl MeetingView {
    /// The same for who verifies: the buttons are not theirs.
    #[must_use]
    pub fn for_verifier(self) -> Self {
        Self {
            prepare: &[],
            can_join: false,
            can_move: false,
            advice: advice_for_verifier(self.state),
            ..self
        }
    }
}

/// The waiting room, for who is in it (MTG-3).
#[derive(Debug, Serialize)]
pub struct WaitingView {
    /// The request.
    pub request: String,
    /// Where the meeting stands.
    pub state: State,
    /// The same for people.
    pub state_text: &'static str,
    /// What to do next.
    pub advice: &'static str,
    /// The place in the queue, from 1; none for who does not wait.
    pub place: Option<u32>,
    /// When the meeting begins.
    pub starts: Option<Moment>,
    /// Where to go, from the call on.
    pub room: Option<Address>,
    /// What this answer says, for `?seen=`.
    pub seen: String,
    /// When to look again.
    pub look_again_s: u32,
}

impl WaitingView {
    /// What the person sees at `now`.
    ///
    /// # Errors
    /// What the store could not do.
    pub fn new(row: &Meeting, now: Instant) -> Result<Self, Problem> {
        let meeting = rules(row)?;
        let state = meeting.state_at(now);
        let place = match (state, meeting.starts_at) {
            (State::Waiting, Some(starts_at)) => {
                let day = meeting.zone.start_of(meeting.zone.date_at(starts_at));
                Some(meetings::ahead(&row.request, day.ms())? + 1)
            }
            _ => None,
        };
        let guest = Guest {
            name: &row.account_name,
            is_moderator: false,
        };
        let room = match (state, &row.room) {
            (State::Called, Some(room)) => Some(room::address(room, guest, now, meeting.zone)?),
            _ => None,
        };
        Ok(Self {
            request: row.request.clone(),
            state,
            state_text: words::meeting(state),
            advice: advice(state, meeting.may_move(now).is_ok()),
            place,
            starts: meeting.starts_at.map(|at| Moment::new(at, meeting.zone)),
            room,
            seen: format!("{}.{}.{}", row.version, place.unwrap_or(0), row.state),
            look_again_s: look_again_s(place),
        })
    }

    /// Whether a change may come any moment, so that it is worth to wait for it.
    pub fn is_near(&self) -> bool {
        self.place.is_some_and(|place| place <= NEAR_PLACES_MAX)
    }
}

fn look_again_s(place: Option<u32>) -> u32 {
    match place {
        Some(place) if place <= NEAR_PLACES_MAX => 1,
        Some(place) => place
            .saturating_mul(LOOK_AGAIN_S_PER_PLACE)
            .min(LOOK_AGAIN_S_MAX),
        None => LOOK_AGAIN_S_MAX,
    }
}

fn advice(state: State, can_move: bool) -> &'static str {
    match (state, can_move) {
        (State::Unscheduled, _) => {
            "Jadwal rapat sedang dicarikan dan dikirim ke surel Anda. Anda tidak perlu melakukan \
             apa-apa."
        }
        (State::Scheduled, true) => {
            "Siapkan Surat Tugas, lalu tekan Gabung Rapat pada hari rapat. Bila berhalangan, tekan \
             Cari Jadwal Lain."
        }
        (State::Scheduled, false) => {
            "Siapkan Surat Tugas, lalu tekan Gabung Rapat pada hari rapat. Jadwal tidak dapat \
             diganti lagi."
        }
        (State::Waiting, _) => {
            "Tetap di halaman ini. Verifikator memanggil menurut urutan jadwal; saat dipanggil, \
             tautan rapat muncul di sini."
        }
        (State::Called, _) => "Verifikator menunggu Anda. Masuk ke rapat sekarang.",
        (State::Missed, true) => {
            "Rapat terlewat. Tekan Cari Jadwal Lain untuk mendapat waktu baru."
        }
        (State::Missed, false) => {
            "Rapat terlewat dan batas penjadwalan ulang sudah lewat. Daftarkan akses ini kembali \
             setelah pengajuan ini ditutup."
        }
        (State::Closed, _) => "Pengajuan ini sudah diputus. Lihat hasilnya di daftar akses.",
    }
}

fn advice_for_verifier(state: State) -> &'static str {
    match state {
        State::Unscheduled => "Jadwal rapat sedang dicarikan.",
        State::Scheduled | State::Waiting => "Panggil dari antrean rapat ketika gilirannya tiba.",
        State::Called => {
            "Rapat sedang berjalan. Buka ruangnya dari antrean rapat, lalu putuskan, atau nyatakan \
             tidak hadir."
        }
        State::Missed => {
            "Pemohon tidak hadir. Ia dapat memilih jadwal lain sampai batasnya; sesudah itu \
             pengajuannya ditutup."
        }
        State::Closed => "Pengajuan ini sudah diputus.",
    }
}

/// A meeting in the verifier's list.
#[derive(Debug, Serialize)]
pub struct QueueItem {
    /// The request, to decide on it.
    pub request: String,
    /// Who.
    pub person: Named,
    /// As what.
    pub role: Named,
    /// Of which institution.
    pub institution: Named,
    /// Where.
    pub work_unit: Named,
    /// Where the meeting stands.
    pub state: State,
    /// The same for people.
    pub state_text: &'static str,
    /// When it begins.
    pub starts: Option<Moment>,
    /// When it ends.
    pub ends: Option<Moment>,
    /// Which of the parallel rooms, from 1.
    pub place: Option<u32>,
    /// When it was called.
    pub called: Option<Moment>,
    /// Where to go, for the verifier who called.
    pub room: Option<Address>,
    /// From when on whoever was called counts as absent (MTG-4).
    pub absent_from: Option<Moment>,
}

impl QueueItem {
    /// What this verifier sees at `now`.
    ///
    /// # Errors
    /// An internal problem when the store holds what the domain does not know.
    pub fn new(row: &Meeting, verifier: &str, now: Instant) -> Result<Self, Problem> {
        let meeting = rules(row)?;
        let state = meeting.state_at(now);
        let guest = Guest {
            name: "Verifikator",
            is_moderator: true,
        };
        let is_mine = row.called_by.as_deref() == Some(verifier);
        let room = match (state, &row.room) {
            (State::Called, Some(room)) if is_mine => {
                Some(room::address(room, guest, now, meeting.zone)?)
            }
            _ => None,
        };
        let named = |id: &str, name: &str| Named {
            id: id.to_owned(),
            name: name.to_owned(),
        };
        let moment = |ms: Option<i64>| ms.map(|ms| Moment::new(Instant::from_ms(ms), meeting.zone));
        Ok(Self {
            request: row.request.clone(),
            person: named(&row.account, &row.account_name),
            role: named(&row.role, &row.role_name),
            institution: named(&row.institution, &row.institution_name),
            work_unit: named(&row.work_unit, &row.work_unit_name),
            state,
            state_text: words::meeting(state),
            starts: moment(row.starts_at),
            ends: moment(row.ends_at),
            place: row.place,
            // A call of a time before is none of this one.
            called: moment(row.called_at).filter(|_| state == State::Called),
            room,
            absent_from: meeting
                .absent_from()
                .map(|at| Moment::new(at, meeting.zone)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mtg_3_the_farther_away_the_later_one_looks_again() {
        assert_eq!(look_again_s(Some(1)), 1);
        assert_eq!(look_again_s(Some(NEAR_PLACES_MAX)), 1);
        assert_eq!(look_again_s(Some(4)), 20);
        assert_eq!(look_again_s(Some(u32::MAX)), LOOK_AGAIN_S_MAX);
        assert_eq!(look_again_s(None), LOOK_AGAIN_S_MAX);
    }
}
