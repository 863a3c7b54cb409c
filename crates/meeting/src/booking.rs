//! Slots that nobody else has. What is free is read first and decided by the
//! record: whoever comes second gets the next free slot.

use crate::{Attempt, Meeting, append, rules};
use akses_domain::calendar::{Holiday, Holidays, UnknownYear};
use akses_domain::meeting::{self, Booking, SEARCH_DAYS_MAX};
use akses_domain::time::{Date, Instant, Zone};
use akses_endpoint::Problem;
use akses_endpoint::accesses::{from_word, zone};
use akses_endpoint::store::events::Stamp;
use akses_endpoint::store::{calendar, meetings};
use chrono::{Datelike, NaiveDate};
use serde_json::json;
use spin_sdk::http::StatusCode;
use std::collections::BTreeSet;

/// How often a slot is looked for anew because somebody else took the one that
/// was free. Each time somebody got one, so this many people can come at once.
const TRIES_MAX: u32 = 512;

/// How looking for a slot ended.
#[derive(Debug)]
pub enum Booked {
    /// It has one.
    Recorded,
    /// Something else happened to the meeting first; look again.
    Stale,
    /// There is none.
    Full,
    /// This very request had been carried out before, on the meeting of this
    /// request.
    Replayed(String),
}

/// MTG-1: gives a meeting without a time the next free slot.
///
/// # Errors
/// That nobody imported the holidays, or what the store could not do.
pub fn schedule(stamp: &Stamp, row: &Meeting, now: Instant) -> Result<Booked, Problem> {
    let zone = zone(&row.zone)?;
    let holidays = holidays(now, zone)?;
    let is_first = row.version == 0;
    // Whom the verifiers let wait begins anew.
    let counted_from = if is_first { row.submitted_at } else { now.ms() };
    let window_end = meeting::window_end(Instant::from_ms(counted_from), zone, &holidays)
        .map_err(unknown_year)?;
    let kind = if is_first {
        "meeting-scheduled"
    } else {
        "meeting-moved"
    };
    book(stamp, row, &holidays, kind, window_end, || {
        let earliest = meeting::earliest(now);
        search(row, zone, &holidays, earliest, None)
    })
}

/// MTG-2: the next free slot after the one it has, and from the beginning when
/// there is none; always before its last day is over.
///
/// # Errors
/// As [`schedule`].
pub fn reschedule(stamp: &Stamp, row: &Meeting, now: Instant) -> Result<Booked, Problem> {
    let meeting = rules(row)?;
    let zone = meeting.zone;
    let holidays = holidays(now, zone)?;
    let closes_at = meeting
        .closes_at
        .ok_or_else(|| Problem::internal("a meeting with a time has no last day"))?;
    book(stamp, row, &holidays, "meeting-moved", closes_at, || {
        let earliest = meeting::earliest(now);
        let present = meeting.starts_at.map(|at| Instant::from_ms(at.ms() + 1));
        let later = present.map_or(earliest, |present| present.max(earliest));
        let found = search(row, zone, &holidays, later, Some(closes_at))?;
        if found.is_some() || later == earliest {
            return Ok(found);
        }
        search(row, zone, &holidays, earliest, Some(closes_at))
    })
}

fn book(
    stamp: &Stamp,
    row: &Meeting,
    holidays: &Holidays,
    kind: &str,
    window_end: Instant,
    search: impl Fn() -> Result<Option<Booking>, Problem>,
) -> Result<Booked, Problem> {
    let zone = zone(&row.zone)?;
    for _ in 0..TRIES_MAX {
        let Some(Booking { slot, place }) = search()? else {
            return Ok(Booked::Full);
        };
        let day_ends_at = zone.end_of(zone.date_at(slot.starts_at));
        debug_assert!(holidays.is_known(zone.date_at(slot.starts_at).year()));
        let data = json!({
            "access": row.access,
            "starts_at": slot.starts_at.ms(),
            "ends_at": slot.ends_at.ms(),
            "day_ends_at": day_ends_at.ms(),
            "place": place,
            // Who gets a late first slot has at least its day.
            "closes_at": window_end.max(day_ends_at).ms(),
        });
        match append(stamp, row, kind, &data)? {
            Attempt::Recorded => return Ok(Booked::Recorded),
            Attempt::Stale => return Ok(Booked::Stale),
            Attempt::Replayed(request) => return Ok(Booked::Replayed(request)),
            Attempt::SlotTaken => {}
        }
    }
    Err(Problem::overtaken(format!(
        "request {}: {TRIES_MAX} slots were taken in a row",
        row.request
    )))
}

/// The first free slot from `earliest` on, day by day, before `until`.
fn search(
    row: &Meeting,
    zone: Zone,
    holidays: &Holidays,
    earliest: Instant,
    until: Option<Instant>,
) -> Result<Option<Booking>, Problem> {
    let rooms = meetings::rooms(&row.desk)?;
    let first = zone.date_at(earliest);
    for day in first.iter_days().take(SEARCH_DAYS_MAX as usize) {
        if until.is_some_and(|until| zone.start_of(day) >= until) {
            return Ok(None);
        }
        let slots = meeting::slots_of(day, zone, holidays).map_err(unknown_year)?;
        let (Some(begin), Some(end)) = (slots.first(), slots.last()) else {
            continue;
        };
        let taken = meetings::taken(&row.desk, begin.starts_at.ms(), end.ends_at.ms())?;
        let taken: BTreeSet<_> = taken
            .into_iter()
            .map(|slot| (Instant::from_ms(slot.starts_at), slot.place))
            .collect();
        if let Some(booking) = meeting::first_free(&slots, &taken, rooms, earliest) {
            return Ok(Some(booking));
        }
    }
    Ok(None)
}

/// The days off of this year and the next: as far as meetings are planned.
fn holidays(now: Instant, zone: Zone) -> Result<Holidays, Problem> {
    let year = zone.date_at(now).year();
    let (first, last) = (day(year, 1, 1)?, day(year + 1, 12, 31)?);
    let rows = calendar::holidays(&first.to_string(), &last.to_string())?;
    let holidays = rows.into_iter().map(|row| {
        let date = row.date.parse().map_err(|_| {
            Problem::internal(format!("the store holds `{}` as a day off", row.date))
        })?;
        Ok(Holiday {
            date,
            name: row.name,
            kind: from_word(&row.kind)?,
        })
    });
    Ok(Holidays::new(
        holidays.collect::<Result<Vec<_>, Problem>>()?,
    ))
}

fn day(year: i32, month: u32, day: u32) -> Result<Date, Problem> {
    NaiveDate::from_ymd_opt(year, month, day)
        .ok_or_else(|| Problem::internal(format!("{year} is beyond the calendar")))
}

/// ALL-5: an operator has to import them; the person can do nothing about it.
fn unknown_year(unknown: UnknownYear) -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "calendar-missing",
        "Jadwal rapat belum dapat disusun karena kalender hari libur belum lengkap. Pengajuan \
         Anda tersimpan; jadwal dikirim ke surel Anda begitu kalender dilengkapi.",
    )
    .with_header("retry-after", "3600")
    .logged(format!(
        "{unknown}: import holidays.csv of the SKB 3 Menteri (akses import)"
    ))
}
