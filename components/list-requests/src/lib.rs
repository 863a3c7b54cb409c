//! `GET /api/requests`: the verifier's queue, nearest deadline first, so that
//! overdue requests lead (VER-1, VER-3).

use akses_domain::access::RequestKind;
use akses_domain::authority::Authorities;
use akses_domain::conflict::Clash;
use akses_domain::escalation::Step;
use akses_domain::ids::RequestId;
use akses_domain::person::Npwp;
use akses_domain::time::Instant;
use akses_domain::words;
use akses_endpoint::accesses::{DeadlineView, Moment, Named, from_word, verifying, zone};
use akses_endpoint::conflicts::{self, Place};
use akses_endpoint::store::requests::{self, Cursor, Scope};
use akses_endpoint::{Call, Problem, Reply, Response, config, page, serve};
use serde::Serialize;
use serde_json::Value;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[derive(Serialize)]
struct Page {
    requests: Vec<Item>,
    /// For `?after=`; none on the last page.
    next: Option<String>,
}

#[derive(Serialize)]
struct Item {
    id: String,
    kind: RequestKind,
    /// As people read it.
    kind_text: &'static str,
    access: String,
    person: Named,
    role: Named,
    institution: Named,
    work_unit: Named,
    valid_until: String,
    /// Read it at `/api/documents/:id`.
    document: String,
    /// With numbers masked (ALL-2).
    form: Value,
    /// Roles that this person holds and that this one meets (ALL-4).
    conflicts: Vec<Conflict>,
    submitted: Moment,
    deadline: DeadlineView,
    overdue: bool,
    /// Who was told of it last, and why (VER-3).
    step: Option<Taken>,
    /// The letter that it came with, and who filed that.
    collective: Option<Named>,
    version: u32,
}

/// A step towards the deadline that was taken.
#[derive(Serialize)]
struct Taken {
    code: Step,
    text: &'static str,
}

/// What the verifier has to know, or cannot overrule.
#[derive(Serialize)]
struct Conflict {
    rule: String,
    source: String,
    /// Whether an approval will be refused.
    blocks: bool,
    text: String,
}

#[http_service]
async fn list_requests(request: Request) -> Response {
    serve(request, Method::GET, list).await
}

async fn list(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let authorities = verifying(person, call.now())?;
    let limit = call.limit()?;
    let after = call.query("after").map(|text| cursor(&text)).transpose()?;
    let scopes = scopes(&authorities);
    let rows = requests::waiting(&scopes, &person.to_string(), after.as_ref(), limit + 1)?;
    let (rows, next) = page::cut(rows, limit, |row| format!("{}.{}", row.deadline_at, row.id));
    // What an absent VAI asks for is not for their substitute.
    let rows = decidable(rows, &authorities)?;
    let clashes = clashes(&rows, call.now())?;
    let requests = rows
        .into_iter()
        .zip(clashes)
        .map(|(row, clashes)| item(row, clashes, call.now()))
        .collect::<Result<_, _>>()?;
    Reply::json(&Page { requests, next })
}

fn scopes(authorities: &Authorities) -> Vec<Scope> {
    let mut scopes: Vec<_> = authorities
        .institutions()
        .map(|id| Scope::Institution(id.to_string()))
        .collect();
    if authorities.is_national() {
        scopes.push(Scope::National);
    }
    scopes
}

fn decidable(
    rows: Vec<requests::Request>,
    authorities: &Authorities,
) -> Result<Vec<requests::Request>, Problem> {
    let mut decidable = Vec::with_capacity(rows.len());
    for row in rows {
        let corrupt = || Problem::internal(format!("request {} holds an id that is none", row.id));
        let institution = row.institution.parse().map_err(|_| corrupt())?;
        let applicant = row.account.parse().map_err(|_| corrupt())?;
        let verified_by = from_word(&row.verified_by)?;
        if authorities
            .over_request(verified_by, institution, applicant)
            .is_some()
        {
            decidable.push(row);
        }
    }
    Ok(decidable)
}

fn cursor(text: &str) -> Result<Cursor, Problem> {
    let parse = || {
        let (deadline_at, request) = text.split_once('.')?;
        let request: RequestId = request.parse().ok()?;
        Some(Cursor {
            deadline_at: deadline_at.parse().ok()?,
            request: request.to_string(),
        })
    };
    parse().ok_or_else(|| {
        Problem::field(
            "after",
            "unknown-page",
            "Halaman ini tidak ada. Mulai dari halaman pertama.",
        )
    })
}

/// What each request meets; only those that meet anything are looked into (ALL-4).
fn clashes(rows: &[requests::Request], now: Instant) -> Result<Vec<Vec<Clash>>, Problem> {
    let meeting = rows.iter().filter(|row| row.meets_rule).map(place);
    let places = meeting.collect::<Result<Vec<_>, _>>()?;
    let found = if places.is_empty() {
        Vec::new()
    } else {
        conflicts::of(&places, now, config::cut_off()?)?
    };
    let mut found = found.into_iter();
    let of_row = |row: &requests::Request| row.meets_rule.then(|| found.next()).flatten();
    Ok(rows
        .iter()
        .map(of_row)
        .map(Option::unwrap_or_default)
        .collect())
}

fn place(row: &requests::Request) -> Result<Place<'_>, Problem> {
    let corrupt = || Problem::internal(format!("request {} holds an id that is none", row.id));
    Ok(Place {
        account: row.account.parse().map_err(|_| corrupt())?,
        role: &row.role,
        work_unit: row.work_unit.parse().map_err(|_| corrupt())?,
        zone: zone(&row.zone)?,
    })
}

fn conflict(clash: Clash) -> Conflict {
    let held = format!("{} di {}", clash.held.role_name, clash.held.work_unit_name);
    let text = if clash.blocks() {
        format!("Tidak boleh dirangkap dengan {held}, yang masih aktif.")
    } else {
        format!("Juga {held}: tidak boleh keduanya dalam satu paket pengadaan.")
    };
    Conflict {
        blocks: clash.blocks(),
        rule: clash.rule,
        source: clash.source,
        text,
    }
}

fn item(row: requests::Request, clashes: Vec<Clash>, now: Instant) -> Result<Item, Problem> {
    let zone = zone(&row.zone)?;
    let kind = from_word(&row.kind)?;
    Ok(Item {
        kind,
        kind_text: words::request_kind(kind),
        conflicts: clashes.into_iter().map(conflict).collect(),
        submitted: Moment::new(Instant::from_ms(row.submitted_at), zone),
        deadline: DeadlineView::of_verification(Instant::from_ms(row.submitted_at), zone),
        overdue: now.ms() >= row.deadline_at,
        step: row.step.as_deref().map(taken).transpose()?,
        form: form(&row)?,
        collective: row.letter.map(|letter| Named {
            id: letter.id,
            name: letter.filed_by_name,
        }),
        id: row.id,
        access: row.access,
        person: Named {
            id: row.account,
            name: row.account_name,
        },
        role: Named {
            id: row.role,
            name: row.role_name,
        },
        institution: Named {
            id: row.institution,
            name: row.institution_name,
        },
        work_unit: Named {
            id: row.work_unit,
            name: row.work_unit_name,
        },
        valid_until: row.valid_until,
        document: row.document,
        version: row.version,
    })
}

fn taken(step: &str) -> Result<Taken, Problem> {
    let code = from_word(step)?;
    let text = match code {
        Step::HalfTime => "Verifikator sudah diingatkan: separuh waktu lewat.",
        Step::NearEnd => "Verifikator sudah diingatkan: batas waktu sudah dekat.",
        Step::UkpbjHead => "Lewat batas waktu: Kepala UKPBJ sudah diberi tahu.",
        Step::Directorate => {
            "Lewat batas waktu: Direktorat Sistem Pengadaan Digital sudah diberi tahu."
        }
    };
    Ok(Taken { code, text })
}

fn form(row: &requests::Request) -> Result<Value, Problem> {
    let mut form: Value = serde_json::from_str(&row.form)
        .map_err(|error| Problem::internal(format!("form of request {}: {error}", row.id)))?;
    if let Some(npwp) = form.get_mut("npwp") {
        let number = npwp.as_str().and_then(|text| text.parse::<Npwp>().ok());
        *npwp = number.map(|number| number.masked()).into();
    }
    Ok(form)
}
