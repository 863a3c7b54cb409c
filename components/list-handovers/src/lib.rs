//! `GET /api/handovers`: ended accesses whose work nobody carries on, for the PA and
//! KPA of the work unit and the Kepala UKPBJ of the institution (EXP-6).

use akses_domain::access::{Standing, status};
use akses_domain::duty::{Duties, Duty};
use akses_domain::handover::Package;
use akses_domain::ids::AccessId;
use akses_domain::words;
use akses_endpoint::accesses::{Named, duties, from_word};
use akses_endpoint::store::handovers::{self, Open, Place};
use akses_endpoint::{Call, Problem, Reply, Response, page, serve};
use serde::Serialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[derive(Serialize)]
struct Page {
    handovers: Vec<Item>,
    /// For `?after=`; none on the last page.
    next: Option<String>,
}

#[derive(Serialize)]
struct Item {
    access: String,
    person: Named,
    role: Named,
    work_unit: Named,
    status_text: &'static str,
    valid_until: Option<String>,
    /// What its owner said is open.
    packages: Vec<Package>,
}

#[http_service]
async fn list_handovers(request: Request) -> Response {
    serve(request, Method::GET, list).await
}

async fn list(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let limit = call.limit()?;
    let places = places(&duties(person, call.now())?);
    if places.is_empty() {
        return Err(Problem::forbidden(
            "not-an-official",
            "Hanya PA, KPA, atau Kepala UKPBJ dengan akses yang masih aktif yang dapat melihat daftar ini.",
        ));
    }
    let after: Option<AccessId> = call.after()?;
    let after = after.map(|id| id.to_string());
    let rows = handovers::open_at(&places, after.as_deref(), limit + 1)?;
    let (rows, next) = page::cut(rows, limit, |row| row.access.clone());
    let handovers = rows.into_iter().map(item).collect::<Result<_, _>>()?;
    Reply::json(&Page { handovers, next })
}

fn places(duties: &Duties) -> Vec<Place> {
    let of = |duty| duties.holding(duty);
    of(Duty::BudgetUser)
        .map(|holding| Place::WorkUnit(holding.work_unit.to_string()))
        .chain(
            of(Duty::UkpbjHead).map(|holding| Place::Institution(holding.institution.to_string())),
        )
        .collect()
}

fn item(row: Open) -> Result<Item, Problem> {
    let standing: Standing = from_word(&row.standing)?;
    Ok(Item {
        status_text: words::status(status(standing, false, false)),
        valid_until: row.valid_until,
        packages: serde_json::from_str(&row.packages).map_err(|error| {
            Problem::internal(format!("packages of access {}: {error}", row.access))
        })?,
        access: row.access,
        person: Named {
            id: row.account,
            name: row.account_name,
        },
        role: Named {
            id: row.role,
            name: row.role_name,
        },
        work_unit: Named {
            id: row.work_unit,
            name: row.work_unit_name,
        },
    })
}
