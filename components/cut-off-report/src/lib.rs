//! `GET /api/cut-offs/:id/report`: what the run of a cut-off ended, by institution,
//! and what became of the requests that waited at it (EXP-4).

use akses_domain::cut_off::{Progress, progress};
use akses_domain::time::{Instant, Zone};
use akses_endpoint::accesses::{Moment, Named, zone};
use akses_endpoint::cut_offs::{CutOffView, ID_SEGMENT, directorate, load, planned};
use akses_endpoint::store::cut_offs::{self, Ended};
use akses_endpoint::{Call, Problem, Reply, Response, page, serve};
use serde::Serialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[derive(Serialize)]
struct Report {
    cut_off: CutOffView,
    /// How far the run is.
    progress: Progress,
    progress_text: String,
    /// Of all institutions, not of this page only.
    ended: u64,
    /// How many accesses the run has still to end.
    left: u64,
    requests: Requests,
    /// When the last access was ended, once none is left.
    completed: Option<Moment>,
    institutions: Vec<Item>,
    /// For `?after=`; none on the last page.
    next: Option<String>,
}

/// What became of the requests that waited.
#[derive(Serialize)]
struct Requests {
    pending_at_cut_off: u64,
    approved: u64,
    rejected: u64,
    waiting: u64,
}

#[derive(Serialize)]
struct Item {
    institution: Named,
    code: String,
    zone: String,
    ended: u32,
    requests: Requests,
    first: Moment,
    last: Moment,
}

#[http_service]
async fn cut_off_report(request: Request) -> Response {
    serve(request, Method::GET, report).await
}

async fn report(call: Call) -> Result<Reply, Problem> {
    directorate(&call)?;
    let limit = call.limit()?;
    let row = load(call.segment(ID_SEGMENT))?;
    let rows = cut_offs::ended_by(&row.id)?;
    let left = if row.withdrawn {
        0
    } else {
        let due = cut_offs::due_by(&row.id)?;
        due.iter().map(|it| u64::from(it.accesses)).sum()
    };
    let progress = progress(&planned(&row)?, call.now(), left);
    let sum = |count: fn(&Ended) -> u32| rows.iter().map(|it| u64::from(count(it))).sum();
    let ended = sum(|it| it.accesses);
    let requests = requests(
        sum(|it| it.approved),
        sum(|it| it.rejected),
        sum(|it| it.waiting),
    );
    let last = rows.iter().map(|it| it.last_at).max();
    let completed = last.filter(|_| progress == Progress::Complete);
    let (page, next) = page::after(rows, call.query("after"), limit, |it| &it.institution);
    Reply::json(&Report {
        cut_off: CutOffView::new(&row, &call)?,
        progress_text: progress_text(progress, ended, left),
        progress,
        ended,
        left,
        requests,
        completed: completed.map(|at| Moment::new(Instant::from_ms(at), Zone::Wib)),
        institutions: page.into_iter().map(item).collect::<Result<_, _>>()?,
        next,
    })
}

fn progress_text(progress: Progress, ended: u64, left: u64) -> String {
    match progress {
        Progress::Planned => format!("Belum dimulai; {left} akses akan menjadi Kedaluwarsa."),
        Progress::Withdrawn => "Rencana ditarik; tidak ada yang dinonaktifkan.".to_owned(),
        Progress::Running => format!("Sedang berjalan: {ended} akses selesai, {left} lagi."),
        Progress::Complete => format!("Selesai: {ended} akses menjadi Kedaluwarsa."),
    }
}

fn requests(approved: u64, rejected: u64, waiting: u64) -> Requests {
    Requests {
        pending_at_cut_off: approved + rejected + waiting,
        approved,
        rejected,
        waiting,
    }
}

fn item(row: Ended) -> Result<Item, Problem> {
    let zone = zone(&row.zone)?;
    let moment = |at| Moment::new(Instant::from_ms(at), zone);
    Ok(Item {
        requests: requests(row.approved.into(), row.rejected.into(), row.waiting.into()),
        first: moment(row.first_at),
        last: moment(row.last_at),
        institution: Named {
            id: row.institution,
            name: row.name,
        },
        code: row.code,
        zone: row.zone,
        ended: row.accesses,
    })
}
