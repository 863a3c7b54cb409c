//! `GET /api/verifier-gaps`: institutions that have no active VAI, or none any more
//! in 30 days. The directorate sees all of them, a Kepala UKPBJ their own.

use akses_domain::continuity::{Coverage, coverage};
use akses_domain::duty::{Duties, Duty};
use akses_domain::ids::InstitutionId;
use akses_domain::time::{CutOff, Instant};
use akses_endpoint::accesses::{Moment, Named, cut_off_of, duties, zone};
use akses_endpoint::store::continuity;
use akses_endpoint::{Call, Problem, Reply, Response, config, page, serve};
use serde::Serialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;
use std::collections::BTreeSet;

/// Institutions that are read at once to find those with a gap.
const BATCH_ROWS: u32 = 200;

#[derive(Serialize)]
struct Page {
    institutions: Vec<Item>,
    /// For `?after=`; none on the last page.
    next: Option<String>,
}

#[derive(Serialize)]
struct Item {
    institution: Named,
    /// `missing` or `ending`.
    state: Coverage,
    state_text: &'static str,
    /// When its last VAI ends or ended; none when there is none.
    last_end: Option<Moment>,
}

#[http_service]
async fn list_verifier_gaps(request: Request) -> Response {
    serve(request, Method::GET, list).await
}

async fn list(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let duties = duties(person, call.now())?;
    let oversees_all = duties.has(Duty::Directorate);
    if !oversees_all && !duties.has(Duty::UkpbjHead) {
        return Err(not_an_official());
    }
    let limit = call.limit()?;
    let after: Option<InstitutionId> = call.after()?;
    let cut_off = config::cut_off()?;
    let items = if oversees_all {
        everywhere(after, limit + 1, call.now(), cut_off)?
    } else {
        own(&duties, after, call.now(), cut_off)?
    };
    let (institutions, next) = page::cut(items, limit, |item| item.institution.id.clone());
    Reply::json(&Page { institutions, next })
}

/// The first `wanted` gaps behind an institution.
fn everywhere(
    after: Option<InstitutionId>,
    wanted: u32,
    now: Instant,
    cut_off: CutOff,
) -> Result<Vec<Item>, Problem> {
    let mut after = after.map(|id| id.to_string());
    let mut items = Vec::new();
    loop {
        let rows = continuity::page(after.as_deref(), BATCH_ROWS)?;
        let is_last = rows.len() < BATCH_ROWS as usize;
        after = rows.last().map(|row| row.institution.clone());
        for row in rows {
            items.extend(item(row, now, cut_off)?);
        }
        if is_last || items.len() >= wanted as usize {
            return Ok(items);
        }
    }
}

/// Of the institutions whose UKPBJ this person heads: hardly ever more than one.
fn own(
    duties: &Duties,
    after: Option<InstitutionId>,
    now: Instant,
    cut_off: CutOff,
) -> Result<Vec<Item>, Problem> {
    let headed: BTreeSet<_> = duties
        .holding(Duty::UkpbjHead)
        .map(|holding| holding.institution)
        .filter(|institution| Some(*institution) > after)
        .collect();
    let mut items = Vec::new();
    for institution in headed {
        if let Some(row) = continuity::of_institution(&institution.to_string())? {
            items.extend(item(row, now, cut_off)?);
        }
    }
    Ok(items)
}

/// An institution with a gap.
fn item(row: continuity::Coverage, now: Instant, cut_off: CutOff) -> Result<Option<Item>, Problem> {
    let zone = zone(&row.zone)?;
    let last_end = row.last_end.map(Instant::from_ms);
    let cut_off = cut_off_of(&row.institution, cut_off)?;
    let state = coverage(last_end, zone, now, cut_off);
    let state_text = match state {
        Coverage::Covered => return Ok(None),
        Coverage::Ending => "VAI Terakhir Berakhir dalam 30 Hari",
        Coverage::Missing => "Tanpa VAI Aktif",
    };
    Ok(Some(Item {
        institution: Named {
            id: row.institution,
            name: row.name,
        },
        state,
        state_text,
        last_end: last_end.map(|at| Moment::new(at, zone)),
    }))
}

fn not_an_official() -> Problem {
    Problem::forbidden(
        "not-an-official",
        "Daftar ini untuk Direktorat Sistem Pengadaan Digital dan Kepala UKPBJ dengan akses yang \
         masih aktif.",
    )
}
