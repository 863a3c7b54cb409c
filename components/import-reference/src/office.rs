//! When verifiers meet people: days off (ALL-5), and how many rooms there are.

use crate::RowFault;
use crate::kinds::{Change, Kind, next, one_of, require, wrong};
use akses_domain::calendar::HolidayKind;
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
