//! When offices of an institution are open, as far as it was imported.

use akses_domain::calendar::{Holiday, Holidays, OfficeHours, Span, UnknownYear};
use akses_domain::deadline::{Deadline, Office};
use akses_domain::ids::InstitutionId;
use akses_domain::reset::{Step, Ticket};
use akses_domain::time::{Instant, Zone};
use akses_endpoint::accesses::{Moment, from_word};
use akses_endpoint::store::calendar;
use akses_endpoint::{Call, Problem};
use chrono::{Datelike, Weekday};
use serde::Serialize;

/// Days off, hours and zone of an institution.
#[derive(Debug)]
pub struct Calendar {
    holidays: Holidays,
    hours: OfficeHours,
    zone: Zone,
}

impl Calendar {
    /// For spans that begin at `from` or later and end by the year after `now`.
    ///
    /// # Errors
    /// An internal problem when the store holds what the domain does not know.
    pub fn load(
        institution: InstitutionId,
        zone: Zone,
        from: Instant,
        now: Instant,
    ) -> Result<Self, Problem> {
        let (first, last) = (zone.date_at(from).year(), zone.date_at(now).year() + 1);
        let (first, last) = (format!("{first:04}-01-01"), format!("{last:04}-12-31"));
        let holidays = calendar::holidays(&first, &last)?.into_iter().map(|row| {
            Ok(Holiday {
                date: row
                    .date
                    .parse()
                    .map_err(|_| Problem::internal("a day off is no date"))?,
                name: row.name,
                kind: from_word(&row.kind)?,
            })
        });
        let holidays = Holidays::new(holidays.collect::<Result<Vec<_>, Problem>>()?);
        let spans = calendar::office_hours(&institution.to_string())?;
        let hours = if spans.is_empty() {
            OfficeHours::national()
        } else {
            let span = |row: calendar::OfficeSpan| {
                let weekday = u8::try_from(row.weekday.checked_sub(1)?).ok()?;
                let span = Span {
                    from_minute: row.from_minute,
                    until_minute: row.until_minute?,
                };
                Some((Weekday::try_from(weekday).ok()?, span))
            };
            OfficeHours::new(spans.into_iter().filter_map(span)).map_err(|bad| {
                Problem::internal(format!("office hours of {institution}: {bad:?}"))
            })?
        };
        Ok(Self {
            holidays,
            hours,
            zone,
        })
    }

    /// For the deadlines of one ticket.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn of_ticket(ticket: &Ticket, now: Instant) -> Result<Self, Problem> {
        let request = &ticket.request;
        let from = request.zone.start_of(request.letter_date);
        Self::load(request.institution, request.zone, from, now)
    }

    /// As deadlines are counted.
    pub fn office(&self) -> Office<'_> {
        Office {
            holidays: &self.holidays,
            hours: &self.hours,
            zone: self.zone,
        }
    }
}

/// When a step is due, and why then; or why nobody can say.
#[derive(Debug, Default, Serialize)]
pub struct Due {
    /// None before its turn, and without a calendar.
    pub deadline: Option<Moment>,
    /// How it came about.
    pub derivation: Option<String>,
    /// Why there is none although it is its turn.
    pub deadline_missing: Option<String>,
    /// Whether it was done, or still can be, by then; none without a deadline.
    pub met: Option<bool>,
}

impl Due {
    /// Of a step that was done, or of the one whose turn it is. A year without
    /// holidays stops no step; operators read of it in the log.
    pub fn new(
        call: &Call,
        step: &Step,
        deadline: Result<Option<Deadline>, UnknownYear>,
        done: Option<Instant>,
        zone: Zone,
    ) -> Self {
        let deadline = match deadline {
            Ok(Some(deadline)) => deadline,
            Ok(None) => return Self::default(),
            Err(UnknownYear(year)) => {
                Problem::internal(format!(
                    "a deadline of the password reset is missing: {}: import holidays.csv of the \
                     SKB 3 Menteri (akses import)",
                    UnknownYear(year)
                ))
                .log_for(call);
                let missing = format!(
                    "Batas waktu belum dapat dihitung karena hari libur tahun {year} belum \
                     diimpor. Langkah ini tetap dapat dikerjakan; minta pengelola layanan \
                     mengimpor hari libur."
                );
                return Self {
                    deadline_missing: Some(missing),
                    ..Self::default()
                };
            }
        };
        let verb = match step.number {
            1 => "surat bertanggal".to_owned(),
            number => format!("langkah {} selesai", number - 1),
        };
        Self {
            deadline: Some(Moment::new(deadline.at, zone)),
            derivation: Some(deadline.derivation(&verb, zone)),
            deadline_missing: None,
            met: Some(!deadline.is_missed(done.unwrap_or(call.now()))),
        }
    }
}
