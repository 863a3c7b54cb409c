//! When offices are open: days off (ALL-5), opening hours (PWD-2), and how many
//! rooms verifiers have.

use crate::RowFault;
use crate::kinds::{Change, Kind, next, one_of, require, wrong};
use akses_domain::calendar::{HolidayKind, MINUTES_OF_DAY};
use akses_domain::meeting::ROOMS_MAX;
use akses_domain::time::Date;
use akses_endpoint::accesses::from_word;
use akses_endpoint::store::{calendar, meetings, reference};
use chrono::Datelike;
use serde::Deserialize;
use serde_json::json;

/// The years that a decree can be about: others are typing mistakes.
const HOLIDAY_YEARS: std::ops::RangeInclusive<i32> = 2020..=2099;

#[derive(Deserialize)]
pub(crate) struct Holiday {
    date: String,
    name: String,
    kind: String,
    source: String,
}

impl Kind for Holiday {
    /// ALL-5. A day that a later decree takes back is imported as `revoked`.
    fn change(self) -> Result<Change, RowFault> {
        let date = Date::parse_from_str(&self.date, "%Y-%m-%d").ok();
        let date = date
            .filter(|date| HOLIDAY_YEARS.contains(&date.year()))
            .ok_or_else(|| {
                wrong(
                    "date",
                    "Bukan tanggal tahun-bulan-hari, atau tahunnya keliru.",
                )
            })?
            .to_string();
        require("name", &self.name)?;
        require("source", &self.source)?;
        one_of("kind", &self.kind, &["national", "joint-leave", "revoked"])?;
        from_word::<HolidayKind>(&self.kind)?;
        let existing = calendar::holidays(&date, &date)?.pop();
        let same = existing.as_ref().is_some_and(|holiday| {
            holiday.name == self.name && holiday.kind == self.kind && holiday.source == self.source
        });
        if same {
            return Ok(Change::Nothing);
        }
        let (subject, version) = next(existing.map(|holiday| (holiday.id, holiday.version)));
        let data = json!({
            "date": date, "name": self.name, "kind": self.kind, "source": self.source,
        });
        Ok(Change::Record {
            subject,
            version,
            kind: "holiday-recorded",
            data,
            institution: None,
        })
    }
}

#[derive(Deserialize)]
pub(crate) struct MeetingRooms {
    institution: String,
    rooms: u32,
}

impl Kind for MeetingRooms {
    /// How many meetings an institution's verifiers hold at the same time (MTG-1).
    fn change(self) -> Result<Change, RowFault> {
        if !(1..=ROOMS_MAX).contains(&self.rooms) {
            let detail = format!("Isi dengan angka 1 sampai {ROOMS_MAX}.");
            return Err(wrong("rooms", detail));
        }
        let institution = reference::institution_by_code(&self.institution)?
            .ok_or_else(|| wrong("institution", "Kode instansi ini tidak dikenal."))?;
        if meetings::rooms(&institution.id)? == self.rooms {
            return Ok(Change::Nothing);
        }
        Ok(Change::Record {
            subject: institution.id.clone(),
            version: institution.version + 1,
            kind: "meeting-rooms-recorded",
            data: json!({ "rooms": self.rooms }),
            institution: Some(institution.id),
        })
    }
}

/// Whose hours hold for institutions without any of their own.
const EVERYBODY: &str = "*";

#[derive(Deserialize)]
pub(crate) struct OfficeHours {
    institution: String,
    weekday: u32,
    from: String,
    until: String,
    source: String,
}

impl Kind for OfficeHours {
    /// PWD-2: one open span of a weekday; a break is what lies between two. A span
    /// without an end is withdrawn.
    fn change(self) -> Result<Change, RowFault> {
        let institution = match self.institution.as_str() {
            EVERYBODY => EVERYBODY.to_owned(),
            code => {
                reference::institution_by_code(code)?
                    .ok_or_else(|| wrong("institution", "Kode instansi ini tidak dikenal."))?
                    .id
            }
        };
        if !(1..=7).contains(&self.weekday) {
            return Err(wrong("weekday", "Isi dengan 1 (Senin) sampai 7 (Minggu)."));
        }
        let from = minute("from", &self.from)?;
        let until = match self.until.as_str() {
            "" => None,
            text => Some(minute("until", text)?),
        };
        if until.is_some_and(|until| until <= from) {
            return Err(wrong("until", "Jam tutup harus sesudah jam buka."));
        }
        require("source", &self.source)?;
        let existing = calendar::office_span_by_key(&institution, self.weekday, from)?;
        let same = match &existing {
            Some(span) => span.until_minute == until && span.source == self.source,
            // What was never there needs no withdrawal.
            None => until.is_none(),
        };
        if same {
            return Ok(Change::Nothing);
        }
        let (subject, version) = next(existing.map(|span| (span.id, span.version)));
        let data = json!({
            "institution": institution, "weekday": self.weekday, "from_minute": from,
            "until_minute": until, "source": self.source,
        });
        Ok(Change::Record {
            subject,
            version,
            kind: "office-hours-recorded",
            data,
            institution: (institution != EVERYBODY).then_some(institution),
        })
    }
}

/// `HH:MM` in minutes after midnight; `24:00` ends a day.
fn minute(field: &'static str, text: &str) -> Result<u32, RowFault> {
    let parse = || {
        let (hours, minutes) = text.split_once(':')?;
        let two = |part: &str| {
            let digits = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| part.parse::<u32>().ok()).flatten()
        };
        let (hours, minutes) = (two(hours)?, two(minutes)?);
        let minute = hours * 60 + minutes;
        (minutes < 60 && minute <= MINUTES_OF_DAY).then_some(minute)
    };
    parse().ok_or_else(|| wrong(field, "Isi dengan jam dan menit, misalnya 08:00."))
}
