//! `POST /api/substitutes/naming`: a VAI names who verifies while they are absent
//! (VER-1). The colleague is found by their e-mail address, which nothing here
//! records; who has no active access in the institution looks like nobody.

use akses_domain::access::Refusal;
use akses_domain::duty::{Duty, Holding};
use akses_domain::ids::{AccountId, InstitutionId};
use akses_domain::substitution::{ABSENCE_DAYS_MAX, AHEAD_DAYS_MAX, Absence, BadAbsence};
use akses_endpoint::accesses::duties;
use akses_endpoint::officials::Officials;
use akses_endpoint::store::events::{self, Appended, Event};
use akses_endpoint::store::{accounts, substitutes};
use akses_endpoint::substitutes::SubstitutionView;
use akses_endpoint::{Call, Day, Problem, Reply, Response, config, record, serve};
use serde::Deserialize;
use serde_json::json;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;
use uuid::Uuid;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    /// Only who verifies for several has to say for which.
    institution: Option<InstitutionId>,
    substitute_email: String,
    from: Day,
    until: Day,
}

#[http_service]
async fn name_substitute(request: Request) -> Response {
    serve(request, Method::POST, name).await
}

async fn name(call: Call) -> Result<Reply, Problem> {
    let (person, now) = (call.person()?, call.now());
    // By an access of one's own: what a substitute has is not passed on.
    let duties = duties(person, now)?;
    if !duties.has(Duty::Vai) {
        return Err(Refusal::NotAVerifier.into());
    }
    let body: Body = call.json()?;
    let (stamp, earlier) = record::stamp(&call, person)?;
    if let Some(earlier) = earlier {
        return answer(&call, &earlier);
    }
    let own = choose(duties.holding(Duty::Vai), body.institution)?;
    let absence = Absence::announce(body.from.0, body.until.0, own.zone, now).map_err(bad)?;
    let substitute = colleague(&call, person, &body.substitute_email, own)?;
    let event = Event {
        subject: Uuid::now_v7().to_string(),
        version: 1,
        kind: "substitute-named".to_owned(),
        data: json!({
            "absent": person, "substitute": substitute, "institution": own.institution,
            "zone": own.zone, "first_day": absence.from, "last_day": absence.until,
            "starts_at": absence.starts_at(own.zone), "ends_at": absence.ends_at(own.zone),
        })
        .to_string(),
        institution: Some(own.institution.to_string()),
    };
    match events::append(&event, &stamp)? {
        Appended::Recorded => answer(&call, &event.subject),
        Appended::Replayed(earlier) => answer(&call, &earlier.event.subject),
        Appended::KeyReused => Err(record::key_reused()),
        Appended::Refused(name) if name == "absence-overlaps" => Err(Problem::conflict(
            "absence-overlaps",
            "Pada hari-hari itu sudah ada pengganti yang Anda tunjuk. Akhiri penggantian itu \
             dahulu, atau pilih hari lain.",
        )),
        other => Err(Problem::internal(format!("substitute: {other:?}"))),
    }
}

fn answer(call: &Call, id: &str) -> Result<Reply, Problem> {
    let row = substitutes::by_id(id)?.ok_or_else(Problem::not_found)?;
    let view = SubstitutionView::new(row, call.now())?;
    Reply::created("/api/substitutes", &view)
}

/// The access as VAI that the absence is about.
fn choose<'a>(
    mut held: impl Iterator<Item = &'a Holding>,
    institution: Option<InstitutionId>,
) -> Result<&'a Holding, Problem> {
    let problem = |detail| Err(Problem::field("institution", "which-institution", detail));
    let Some(institution) = institution else {
        let first = held.next().ok_or(Refusal::NotAVerifier)?;
        if held.any(|other| other.institution != first.institution) {
            return problem("Anda VAI di beberapa instansi; sebutkan instansi yang mana.");
        }
        return Ok(first);
    };
    match held.find(|holding| holding.institution == institution) {
        Some(holding) => Ok(holding),
        None => problem("Anda bukan VAI di instansi ini; pilih instansi Anda."),
    }
}

/// Another person with an active access in the same institution.
fn colleague(
    call: &Call,
    person: AccountId,
    email: &str,
    own: &Holding,
) -> Result<String, Problem> {
    let nobody = || {
        Problem::field(
            "substitute_email",
            "unknown-substitute",
            "Tidak ada rekan dengan alamat ini yang berakses aktif di instansi Anda. Periksa \
             alamatnya, atau pilih rekan lain.",
        )
    };
    let account = accounts::by_email(email)?.ok_or_else(nobody)?;
    if account.id == person.to_string() {
        return Err(Problem::field(
            "substitute_email",
            "substitute-is-absent",
            "Anda tidak dapat menggantikan diri sendiri. Isi alamat rekan Anda.",
        ));
    }
    let officials = Officials {
        now: call.now(),
        cut_off: config::cut_off()?,
    };
    let institution = own.institution.to_string();
    let ends_at = substitutes::belongs(&account.id, &institution)?;
    match ends_at {
        Some(ends_at) if officials.is_in_force(&institution, &own.zone.to_string(), ends_at)? => {
            Ok(account.id)
        }
        _ => Err(nobody()),
    }
}

fn bad(bad: BadAbsence) -> Problem {
    let (field, kind, detail) = match bad {
        BadAbsence::Past => (
            "from",
            "absence-past",
            "Hari pertama sudah lewat. Isi hari ini atau sesudahnya.".to_owned(),
        ),
        BadAbsence::TooFarAhead => (
            "from",
            "absence-too-far-ahead",
            format!("Hari pertama paling jauh {AHEAD_DAYS_MAX} hari dari hari ini."),
        ),
        BadAbsence::Backwards => (
            "until",
            "absence-backwards",
            "Hari terakhir tidak boleh mendahului hari pertama.".to_owned(),
        ),
        BadAbsence::TooLong => (
            "until",
            "absence-too-long",
            format!(
                "Penggantian paling lama {ABSENCE_DAYS_MAX} hari. Bila berhalangan lebih lama, \
                 minta Kepala UKPBJ menunjuk VAI lain."
            ),
        ),
    };
    Problem::field(field, kind, &detail)
}
