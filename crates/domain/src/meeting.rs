//! Video verification of a supplier's request (MTG-1..4): when there are slots,
//! which of them is the next free one, and what can be done with a meeting at a
//! moment.

use crate::calendar::{self, Holidays, OfficeHours, UnknownYear};
use crate::time::{Date, Instant, Zone};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One meeting.
pub const SLOT_MINUTES: u32 = 30;

/// Nobody is called into a meeting sooner than this after it was given to them.
pub const LEAD_MINUTES: i64 = 60;

/// How long whoever was called has to come, from the call and from the meeting's begin
/// on, before a verifier may say that they did not.
pub const ABSENCE_MINUTES: i64 = 10;

/// MTG-2: how long after its submission a request's meeting can be moved.
pub const WINDOW_WORKING_DAYS: u32 = 5;

/// How far ahead a first slot is looked for, when verifiers are busy.
pub const SEARCH_DAYS_MAX: u64 = 60;

/// Meetings that one institution's verifiers can hold at the same time.
pub const ROOMS_MAX: u32 = 64;

/// Meetings that one person waits for at the same time; more would take the slots of
/// others. The record holds to the same number.
pub const OPEN_MAX: u32 = 3;

const MINUTE_MS: i64 = 60 * 1000;

/// Where a meeting stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It has no time yet, or its verifiers let its time pass.
    Unscheduled,
    /// It has one.
    Scheduled,
    /// The person is in the waiting room.
    Waiting,
    /// A verifier called them.
    Called,
    /// The person did not come.
    Missed,
    /// Its request is decided.
    Closed,
}

/// A time at which a meeting can be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// When it begins.
    pub starts_at: Instant,
    /// When it ends.
    pub ends_at: Instant,
}

/// A slot with one of the rooms that are held in parallel, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Booking {
    /// When.
    pub slot: Slot,
    /// In which of the parallel rooms.
    pub place: u32,
}

/// The slots of a day in office hours; none on a closed day (MTG-1).
///
/// # Errors
/// [`UnknownYear`] when nobody imported the holidays of its year.
pub fn slots_of(day: Date, zone: Zone, holidays: &Holidays) -> Result<Vec<Slot>, UnknownYear> {
    if !holidays.is_working_day(day)? {
        return Ok(Vec::new());
    }
    let minute = |minute| calendar::minute_of(day, minute, zone);
    let hours = OfficeHours::national();
    let slots = hours.on(day).iter().flat_map(|span| {
        let count = (span.until_minute - span.from_minute) / SLOT_MINUTES;
        (0..count).map(|index| span.from_minute + index * SLOT_MINUTES)
    });
    let slots = slots.map(|from| Slot {
        starts_at: minute(from),
        ends_at: minute(from + SLOT_MINUTES),
    });
    Ok(slots.collect())
}

/// The first of these slots that begins at `earliest` or later and has a free
/// room.
pub fn first_free(
    slots: &[Slot],
    taken: &BTreeSet<(Instant, u32)>,
    rooms: u32,
    earliest: Instant,
) -> Option<Booking> {
    let open = slots.iter().filter(|slot| slot.starts_at >= earliest);
    open.flat_map(|slot| (1..=rooms).map(|place| Booking { slot: *slot, place }))
        .find(|booking| !taken.contains(&(booking.slot.starts_at, booking.place)))
}

/// The earliest moment at which a meeting that is given now can begin.
pub fn earliest(now: Instant) -> Instant {
    Instant::from_ms(now.ms() + LEAD_MINUTES * MINUTE_MS)
}

/// The first moment at which a meeting can no longer be moved (MTG-2): the end of
/// the fifth working day after the day that counts.
///
/// # Errors
/// [`UnknownYear`] when that leads into a year nobody imported.
pub fn window_end(from: Instant, zone: Zone, holidays: &Holidays) -> Result<Instant, UnknownYear> {
    let last = holidays.plus_working_days(zone.date_at(from), WINDOW_WORKING_DAYS)?;
    Ok(zone.end_of(last))
}

/// A meeting as far as the rules ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meeting {
    /// What the record says.
    pub state: State,
    /// The zone of the work unit.
    pub zone: Zone,
    /// When it begins; none before it was scheduled.
    pub starts_at: Option<Instant>,
    /// When it ends.
    pub ends_at: Option<Instant>,
    /// The first moment at which it can no longer be moved.
    pub closes_at: Option<Instant>,
    /// When it was called last.
    pub called_at: Option<Instant>,
}

/// Why a meeting cannot be joined, moved or given up now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It has no time yet.
    NotScheduled,
    /// It is on another day.
    NotToday {
        /// When it begins.
        starts_at: Instant,
    },
    /// Its time passed without the person.
    Missed,
    /// A verifier called already.
    Called,
    /// The request is decided.
    Closed,
    /// MTG-2: the five working days are over.
    WindowOver,
    /// Nobody was called.
    NotCalled,
    /// Whoever was called could not look for another time any more.
    NoOtherTime,
    /// Whoever was called may still come.
    StillExpected {
        /// Until when.
        until: Instant,
    },
}

impl Meeting {
    /// What it is at `now`, whether or not a timer has run: whoever did not come
    /// before the end has missed it.
    pub fn state_at(&self, now: Instant) -> State {
        match self.state {
            State::Scheduled if self.ends_at.is_some_and(|end| now >= end) => State::Missed,
            state => state,
        }
    }

    /// "Gabung Rapat": on its day, before its end (MTG-3).
    ///
    /// # Errors
    /// Why not now.
    pub fn may_join(&self, now: Instant) -> Result<(), Refusal> {
        let Some(starts_at) = self.starts_at else {
            return Err(self.without_time());
        };
        match self.state_at(now) {
            State::Unscheduled => Err(Refusal::NotScheduled),
            State::Missed => Err(Refusal::Missed),
            State::Closed => Err(Refusal::Closed),
            State::Waiting | State::Called => Ok(()),
            State::Scheduled if self.zone.date_at(now) == self.zone.date_at(starts_at) => Ok(()),
            State::Scheduled => Err(Refusal::NotToday { starts_at }),
        }
    }

    /// "Cari Jadwal Lain" (MTG-2), also for who missed it (MTG-4).
    ///
    /// # Errors
    /// Why not now.
    pub fn may_move(&self, now: Instant) -> Result<(), Refusal> {
        let Some(closes_at) = self.closes_at else {
            return Err(self.without_time());
        };
        match self.state {
            State::Unscheduled => Err(Refusal::NotScheduled),
            State::Called => Err(Refusal::Called),
            State::Closed => Err(Refusal::Closed),
            _ if now >= closes_at => Err(Refusal::WindowOver),
            State::Scheduled | State::Waiting | State::Missed => Ok(()),
        }
    }

    /// From when on whoever was called counts as absent; none while nobody is called.
    pub fn absent_from(&self) -> Option<Instant> {
        let called_at = self.called_at.filter(|_| self.state == State::Called)?;
        // Who is early enough to be called before the begin need not be there before it.
        let counted_from = self
            .starts_at
            .map_or(called_at, |begin| begin.max(called_at));
        Some(Instant::from_ms(
            counted_from.ms() + ABSENCE_MINUTES * MINUTE_MS,
        ))
    }

    /// "Tidak Hadir" (MTG-4): whoever was called did not come, and looks for another
    /// time. Where there is none left, the verifier decides.
    ///
    /// # Errors
    /// Why not now.
    pub fn may_be_absent(&self, now: Instant) -> Result<(), Refusal> {
        match self.absent_from() {
            Some(_) if self.closes_at.is_none_or(|end| now >= end) => Err(Refusal::NoOtherTime),
            Some(until) if now < until => Err(Refusal::StillExpected { until }),
            Some(_) => Ok(()),
            None if self.state == State::Closed => Err(Refusal::Closed),
            None => Err(Refusal::NotCalled),
        }
    }

    /// A request can be decided before its meeting got a time.
    fn without_time(&self) -> Refusal {
        match self.state {
            State::Closed => Refusal::Closed,
            _ => Refusal::NotScheduled,
        }
    }
}

#[cfg(test)]
mod tests;
