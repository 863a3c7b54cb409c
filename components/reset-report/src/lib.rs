//! `GET /api/reset-report?from=&until=`: how long each step of the tickets requested in
//! that time took, in office minutes, against its standard time (PWD-2). For those who
//! answer for the institution's UKPBJ and LPSE; whoever does not finds it empty.

use akses_domain::deadline::Office;
use akses_domain::duty::Duty;
use akses_domain::ids::InstitutionId;
use akses_domain::reset::Step;
use akses_domain::time::{Date, Instant, Zone};
use akses_endpoint::accesses::zone;
use akses_endpoint::store::resets::{self, Done};
use akses_endpoint::{Call, Problem, Reply, Response, serve};
use akses_reset::Actor;
use akses_reset::calendar::Calendar;
use akses_reset::view::StepData;
use chrono::Days;
use serde::Serialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;
use std::collections::BTreeMap;

/// The span when nothing is said.
const DAYS_DEFAULT: u64 = 365;

/// The longest span.
const DAYS_MAX: i64 = 3 * 366;

/// The steps that one report counts: those of a thousand tickets, the newest.
const ROWS_MAX: u32 = 11_000;

const MINUTE_MS: i64 = 60 * 1000;

/// Who may compare colleagues' times: not the head of a work unit.
const ANSWERABLE: [Duty; 3] = [Duty::UkpbjHead, Duty::LpseHead, Duty::LpseTeam];

#[derive(Serialize)]
struct Answer {
    from: String,
    until: String,
    institutions: Vec<Report>,
}

#[derive(Serialize)]
struct Report {
    institution: String,
    tickets: usize,
    /// How many of these ended unfinished; what was done in them counts all the same.
    returned: usize,
    /// True when there were more tickets than one report counts.
    cut: bool,
    steps: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    #[serde(flatten)]
    data: StepData,
    /// How often it was done.
    count: usize,
    /// Office minutes; none when it was never done or no calendar covers it.
    median_minutes: Option<i64>,
    max_minutes: Option<i64>,
    /// How many were in time, of those that a calendar covers.
    met: usize,
    judged: usize,
    /// 0 to 100.
    met_percent: Option<usize>,
}

#[http_service]
async fn reset_report(request: Request) -> Response {
    serve(request, Method::GET, report).await
}

async fn report(call: Call) -> Result<Reply, Problem> {
    let actor = Actor::of(&call)?;
    let mut places: BTreeMap<InstitutionId, Zone> = BTreeMap::new();
    for duty in ANSWERABLE {
        let held = actor.duties.holding(duty);
        places.extend(held.map(|holding| (holding.institution, holding.zone)));
    }
    let (from, until) = span(&call)?;
    let institutions = places.into_iter();
    let institutions = institutions.map(|(id, zone)| of(&call, &actor, id, zone, from, until));
    Reply::json(&Answer {
        from: from.to_string(),
        until: until.to_string(),
        institutions: institutions.collect::<Result<_, _>>()?,
    })
}

fn span(call: &Call) -> Result<(Date, Date), Problem> {
    let day = |name: &str| {
        let text = call.query(name);
        text.map(|text| {
            let day: Option<Date> = text.parse().ok();
            day.filter(|day| day.to_string() == text).ok_or_else(|| {
                let detail = "Tulis tahun-bulan-hari, misalnya 2027-12-31.";
                Problem::field(name, "invalid-field", detail)
            })
        })
        .transpose()
    };
    let until = day("until")?.unwrap_or_else(|| Zone::Wit.date_at(call.now()));
    let earliest = until
        .checked_sub_days(Days::new(DAYS_DEFAULT))
        .unwrap_or(until);
    let from = day("from")?.unwrap_or(earliest);
    let days = (until - from).num_days();
    if !(0..=DAYS_MAX).contains(&days) {
        let detail = format!("Pilih rentang 0 sampai {DAYS_MAX} hari sebelum tanggal akhir.");
        return Err(Problem::field("from", "out-of-bounds", &detail));
    }
    Ok((from, until))
}

fn of(
    call: &Call,
    actor: &Actor,
    institution: InstitutionId,
    zone: Zone,
    from: Date,
    until: Date,
) -> Result<Report, Problem> {
    let id = institution.to_string();
    let (since, end) = (zone.start_of(from), zone.end_of(until));
    let rows = resets::done_between(&id, since.ms(), end.ms(), ROWS_MAX)?;
    let cut = rows.len() >= ROWS_MAX as usize;
    let mut tickets: BTreeMap<String, Vec<Done>> = BTreeMap::new();
    let mut first = since;
    for row in rows {
        first = first.min(letter_day(&row)?);
        tickets.entry(row.ticket.clone()).or_default().push(row);
    }
    let calendar = Calendar::load(institution, zone, first, call.now())?;
    let steps = actor.steps.rules.steps().iter().zip(&actor.steps.texts);
    let lines = steps.map(|(step, texts)| {
        let done = tickets
            .values()
            .filter_map(|rows| times(rows, step).transpose());
        let done = done.collect::<Result<Vec<_>, Problem>>()?;
        Ok(line(
            StepData::new(step, texts),
            step,
            &done,
            &calendar.office(),
        ))
    });
    Ok(Report {
        institution: id,
        tickets: tickets.len(),
        returned: tickets.values().filter(|rows| is_returned(rows)).count(),
        cut,
        steps: lines.collect::<Result<_, Problem>>()?,
    })
}

fn is_returned(rows: &[Done]) -> bool {
    rows.first().is_some_and(|row| row.returned)
}

/// From when a ticket's step counted, and when it was done.
fn times(rows: &[Done], step: &Step) -> Result<Option<(Instant, Instant)>, Problem> {
    let at = |number: u32| rows.iter().find(|row| row.step == number);
    let number = u32::from(step.number);
    let Some(done) = at(number) else {
        return Ok(None);
    };
    let from = match number {
        1 => Some(letter_day(done)?),
        number => at(number - 1).map(|before| Instant::from_ms(before.at)),
    };
    Ok(from.map(|from| (from, Instant::from_ms(done.at))))
}

fn letter_day(row: &Done) -> Result<Instant, Problem> {
    let day = row.letter_date.parse();
    let day = day.map_err(|_| Problem::internal("a letter's date is none"))?;
    Ok(zone(&row.zone)?.start_of(day))
}

fn line(data: StepData, step: &Step, done: &[(Instant, Instant)], office: &Office<'_>) -> Line {
    let minutes = |(from, at): &(Instant, Instant)| {
        let open = office.open_ms_between(*from, *at).ok()?;
        Some((open + MINUTE_MS - 1) / MINUTE_MS)
    };
    let mut minutes: Vec<i64> = done.iter().filter_map(minutes).collect();
    minutes.sort_unstable();
    let in_time = |(from, at): &(Instant, Instant)| {
        let deadline = office.deadline(*from, step.time).ok()?;
        Some(!deadline.is_missed(*at))
    };
    let judged: Vec<bool> = done.iter().filter_map(in_time).collect();
    let met = judged.iter().filter(|met| **met).count();
    Line {
        data,
        count: done.len(),
        median_minutes: (!minutes.is_empty()).then(|| minutes[(minutes.len() - 1) / 2]),
        max_minutes: minutes.last().copied(),
        met,
        judged: judged.len(),
        met_percent: (met * 100).checked_div(judged.len()),
    }
}
