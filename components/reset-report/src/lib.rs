//! `GET /api/reset-report?from=&until=`: how long each step of the tickets requested in
//! that time took, in office minutes, against its standard time (PWD-2). For those who
//! answer for the institution's UKPBJ and LPSE; whoever does not finds it empty.

use akses_domain::deadline::Office;
use akses_domain::duty::Duty;
use akses_domain::ids::InstitutionId;
use akses_domain::reset::Step;
use akses_domain::time::{Date, Instant, Zone};
use akses_endpoint::accesses::zone;
use akses_endpoint::store::resets::{self, Course};
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

/// The tickets that one report counts, the newest.
const TICKETS_MAX: usize = 1_000;

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
    let limit = TICKETS_MAX as u32 + 1;
    let mut courses = resets::courses(&id, since.ms(), end.ms(), limit)?;
    let cut = courses.len() > TICKETS_MAX;
    courses.truncate(TICKETS_MAX);
    let mut first = since;
    let mut moments = Vec::with_capacity(courses.len());
    for course in &courses {
        let letter = letter_day(course)?;
        first = first.min(letter);
        moments.push(counted(letter, &course.done));
    }
    let calendar = Calendar::load(institution, zone, first, call.now())?;
    let steps = actor.steps.rules.steps().iter().zip(&actor.steps.texts);
    let lines = steps.map(|(step, texts)| {
        let done = moments.iter().filter_map(|moments| times(moments, step));
        let done: Vec<_> = done.collect();
        line(StepData::new(step, texts), step, &done, &calendar.office())
    });
    Ok(Report {
        institution: id,
        tickets: courses.len(),
        returned: courses.iter().filter(|course| course.returned).count(),
        cut,
        steps: lines.collect(),
    })
}

/// From when the first step counted, and when each was done.
fn counted(letter: Instant, done: &[i64]) -> Vec<Instant> {
    let done = done.iter().copied().map(Instant::from_ms);
    std::iter::once(letter).chain(done).collect()
}

/// From when a ticket's step counted, and when it was done.
fn times(moments: &[Instant], step: &Step) -> Option<(Instant, Instant)> {
    let number = usize::from(step.number);
    Some((*moments.get(number - 1)?, *moments.get(number)?))
}

fn letter_day(course: &Course) -> Result<Instant, Problem> {
    let day = course.letter_date.parse();
    let day = day.map_err(|_| Problem::internal("a letter's date is none"))?;
    Ok(zone(&course.zone)?.start_of(day))
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
