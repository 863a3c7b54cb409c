//! `GET /api/coming-wave`: how many accesses end in each of the coming weeks, and
//! how many of them wait to be extended (EXP-7). A VAI and a Kepala UKPBJ see their
//! institution; the directorate sees each, and the country.

use akses_domain::duty::{Duties, Duty};
use akses_domain::ending::{WAVE_WEEKS_DEFAULT, WAVE_WEEKS_MAX, Week, last_day, wave};
use akses_domain::ids::InstitutionId;
use akses_domain::time::{Instant, Zone};
use akses_endpoint::accesses::{Named, duties, zone};
use akses_endpoint::store::reference;
use akses_endpoint::store::wave::{self as endings, Institution};
use akses_endpoint::{Call, Problem, Reply, Response, page, serve};
use serde::Serialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;
use std::collections::BTreeSet;

/// Institutions of one page: all accesses of each are looked at.
const INSTITUTIONS_MAX: u32 = 25;

#[derive(Serialize)]
struct Page {
    /// The whole country, for the directorate; not what waits, which its index does
    /// not hold.
    national: Option<Vec<Total>>,
    institutions: Vec<Item>,
    /// For `?after=`; none on the last page.
    next: Option<String>,
}

#[derive(Serialize)]
struct Item {
    institution: Named,
    /// Its weeks begin at midnight of this zone.
    zone: String,
    accesses: u32,
    waiting: u32,
    weeks: Vec<Counted>,
}

#[derive(Serialize)]
struct Total {
    week: String,
    first_day: String,
    last_day: String,
    accesses: u32,
}

#[derive(Serialize)]
struct Counted {
    #[serde(flatten)]
    total: Total,
    /// Of these, how many have an extension that waits.
    waiting: u32,
}

#[http_service]
async fn coming_wave(request: Request) -> Response {
    serve(request, Method::GET, show).await
}

async fn show(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let duties = duties(person, call.now())?;
    let own = institutions(&duties);
    let is_national = duties.has(Duty::Directorate);
    if own.is_empty() && !is_national {
        return Err(Problem::not_an_official());
    }
    let weeks = weeks(&call)?;
    let only = call.query("institution").map(|id| one(&id)).transpose()?;
    let (found, next) = match only {
        Some(id) if is_national || own.contains(&id) => (by_ids([id])?, None),
        Some(_) => return Err(Problem::not_found()),
        None if is_national => listed(&call)?,
        None => (by_ids(own)?, None),
    };
    let national = (is_national && only.is_none()).then(|| nationally(call.now(), weeks));
    let items = found
        .into_iter()
        .map(|institution| item(institution, call.now(), weeks));
    Reply::json(&Page {
        institutions: items.collect::<Result<_, _>>()?,
        national: national.transpose()?,
        next,
    })
}

/// Where this person is called on to look after what ends.
fn institutions(duties: &Duties) -> BTreeSet<InstitutionId> {
    let here = [Duty::Vai, Duty::UkpbjHead];
    let held = here.into_iter().flat_map(|duty| duties.holding(duty));
    held.map(|holding| holding.institution).collect()
}

fn weeks(call: &Call) -> Result<u32, Problem> {
    let Some(text) = call.query("weeks") else {
        return Ok(WAVE_WEEKS_DEFAULT);
    };
    let weeks = text.parse().ok();
    weeks
        .filter(|weeks| (1..=WAVE_WEEKS_MAX).contains(weeks))
        .ok_or_else(|| {
            let detail = format!("Isi dengan angka 1 sampai {WAVE_WEEKS_MAX}.");
            Problem::field("weeks", "out-of-bounds", &detail)
        })
}

fn one(id: &str) -> Result<InstitutionId, Problem> {
    id.parse().map_err(|_| Problem::not_found())
}

fn by_ids(ids: impl IntoIterator<Item = InstitutionId>) -> Result<Vec<Institution>, Problem> {
    ids.into_iter()
        .map(|id| endings::by_id(&id.to_string())?.ok_or_else(Problem::not_found))
        .collect()
}

/// A page of all institutions, by name.
fn listed(call: &Call) -> Result<(Vec<Institution>, Option<String>), Problem> {
    let limit = call.limit()?.min(INSTITUTIONS_MAX);
    let after: Option<InstitutionId> = call.after()?;
    let after = after.map(|id| id.to_string());
    let rows = reference::institutions("", None, after.as_deref(), limit + 1)?;
    let (rows, next) = page::cut(rows, limit, |row| row.id.clone());
    let named = rows.into_iter().map(|row| Institution {
        id: row.id,
        name: row.name,
        zone: row.zone,
    });
    Ok((named.collect(), next))
}

fn item(institution: Institution, now: Instant, weeks: u32) -> Result<Item, Problem> {
    let zone = zone(&institution.zone)?;
    let (weeks, ends) = wave(zone, now, weeks);
    let mut counted: Vec<_> = weeks
        .iter()
        .map(|week| Counted {
            total: total(*week),
            waiting: 0,
        })
        .collect();
    for row in endings::of_institution(&institution.id, ends.after.ms(), ends.until.ms())? {
        if let Some(week) = position(&weeks, row.ends_at, zone) {
            counted[week].total.accesses += row.accesses;
            counted[week].waiting += row.waiting;
        }
    }
    Ok(Item {
        accesses: counted.iter().map(|week| week.total.accesses).sum(),
        waiting: counted.iter().map(|week| week.waiting).sum(),
        weeks: counted,
        zone: institution.zone,
        institution: Named {
            id: institution.id,
            name: institution.name,
        },
    })
}

/// Each access counts in the week of its own zone. On a Sunday evening in the west
/// the east has its next week already, so the weeks begin with the west's.
fn nationally(now: Instant, weeks: u32) -> Result<Vec<Total>, Problem> {
    let (weeks, _) = wave(Zone::Wib, now, weeks);
    let mut totals: Vec<_> = weeks.iter().map(|week| total(*week)).collect();
    let Some(last) = weeks.last() else {
        return Ok(totals);
    };
    for zone in Zone::ALL {
        let until = zone.end_of(last.last());
        for row in endings::of_zone(&zone.to_string(), now.ms(), until.ms())? {
            if let Some(week) = position(&weeks, row.ends_at, zone) {
                totals[week].accesses += row.accesses;
            }
        }
    }
    Ok(totals)
}

fn position(weeks: &[Week], ends_at: i64, zone: Zone) -> Option<usize> {
    let week = Week::of(last_day(Instant::from_ms(ends_at), zone));
    weeks.iter().position(|known| *known == week)
}

fn total(week: Week) -> Total {
    Total {
        week: week.name(),
        first_day: week.first.to_string(),
        last_day: week.last().to_string(),
        accesses: 0,
    }
}
