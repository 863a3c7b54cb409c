//! `POST /api/accesses/registration`: "Kirim" on the registration form (REG-1..7).
//! The form's fields are data (REG-2): what is asked, is taken and is required
//! follows from the same rows that `GET /api/registration-form` shows.

use akses_domain::access::{Command, Form, Registration, Submitted};
use akses_domain::form::{Answers, read};
use akses_domain::ids::{AccessId, AccountId, InstitutionId, RequestId, WorkUnitId};
use akses_domain::reference::{Role, VerifiedBy, WorkUnit};
use akses_domain::time::CutOff;
use akses_endpoint::accesses::{AccessView, from_word, zone};
use akses_endpoint::conflicts::{self, Place};
use akses_endpoint::form::{self, FormAsked};
use akses_endpoint::store::{accesses, accounts, reference};
use akses_endpoint::{Call, Fields, Problem, Reply, Response, config, record, serve};
use serde_json::{Map, Value};
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;
use uuid::Uuid;

/// The tick on the review page. It is no field of a form.
const CONFIRMED: &str = "confirmed";

#[http_service]
async fn register_access(request: Request) -> Response {
    serve(request, Method::POST, register).await
}

async fn register(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let Fields(mut given) = call.json()?;
    let confirmed = given.remove(CONFIRMED);
    let cut_off = config::cut_off()?;
    let id = existing(person, &given)?.unwrap_or_else(|| AccessId::new(Uuid::now_v7()));
    let done = record::command(&call, person, id, |_| {
        registration(&call, person, &given, confirmed, cut_off).map(Command::Register)
    })?;
    akses_meeting::arrange(&call, &done.access);
    let view = AccessView::new(&done.access, call.now(), cut_off)?;
    Reply::created("/api/accesses", &view)
}

/// The access that is asked for once more, if the form names one.
fn existing(person: AccountId, given: &Map<String, Value>) -> Result<Option<AccessId>, Problem> {
    let text = |name: &str| given.get(name).and_then(Value::as_str);
    let unit = text("work_unit").and_then(|id| id.trim().parse::<WorkUnitId>().ok());
    let (Some(role), Some(unit)) = (text("role"), unit) else {
        return Ok(None);
    };
    let found = accesses::find(&person.to_string(), role, &unit.to_string())?;
    Ok(found.and_then(|id| id.parse().ok()))
}

/// The form with the facts that the rules need. Everything that is wrong with it
/// is answered at once; only the role comes first, because the form follows it.
fn registration(
    call: &Call,
    person: AccountId,
    given: &Map<String, Value>,
    confirmed: Option<Value>,
    cut_off: CutOff,
) -> Result<Registration, Problem> {
    let account = accounts::by_id(&person.to_string())?.ok_or_else(Problem::not_signed_in)?;
    let role = role(given)?;
    let unit = form::chosen_unit(given)?;
    let asked = FormAsked::load(&account, &role.code, unit.as_ref())?.asked();
    let (answers, wrong) = read(&asked, given);
    let mut problems: Vec<_> = wrong.iter().map(form::explain).collect();
    let work_unit = unit.and_then(|unit| belonging(&answers, unit, &mut problems));
    if answers.work_unit.is_some() && answers.institution.is_some() && work_unit.is_none() {
        problems.push(unknown_unit());
    }
    let document = answers.document.and_then(|id| {
        let own = form::own_document("document", id, person);
        own.map_err(|problem| problems.push(problem)).ok()
    });
    let confirmed = tick(confirmed).map_err(|problem| problems.push(problem));
    Problem::none_of(problems)?;
    let ask = || {
        let id = RequestId::new(Uuid::now_v7());
        let request = Submitted::new(id, answers.valid_until?, document?, call.now());
        Some((work_unit.as_ref()?, request))
    };
    let (unit, request) = ask().ok_or_else(|| {
        Problem::internal(format!("the form of {} asks for too little", role.code))
    })?;
    let unit = WorkUnit {
        id: answers.work_unit.ok_or_else(unknown_unit)?,
        institution: answers.institution.ok_or_else(unknown_unit)?,
        zone: zone(&unit.zone)?,
        has_address: unit.address.is_some(),
    };
    let place = Place {
        account: person,
        role: &role.code,
        work_unit: unit.id,
        zone: unit.zone,
    };
    Ok(Registration {
        conflict: conflicts::against(place, call.now(), cut_off)?,
        account: person,
        role: Role {
            verified_by: from_word::<VerifiedBy>(&role.verified_by)?,
            registrable: role.registrable,
            code: role.code,
        },
        work_unit: unit,
        request,
        form: Form {
            // From the account, not from the form: a supplier cannot choose the
            // way without a meeting (MTG-1).
            profile: from_word(&account.profile)?,
            ..answers.form
        },
        confirmed: confirmed.unwrap_or(false),
    })
}

fn role(given: &Map<String, Value>) -> Result<reference::Role, Problem> {
    let invalid = |detail| Problem::field("role", "invalid-field", detail);
    match given.get("role") {
        Some(Value::String(code)) => form::registrable(code),
        None | Some(Value::Null) => Err(invalid("Bidang ini wajib diisi.")),
        Some(_) => Err(invalid("Jenis nilai bidang ini salah.")),
    }
}

/// The unit, if it is the named institution's.
fn belonging(
    answers: &Answers,
    unit: reference::WorkUnit,
    problems: &mut Vec<Problem>,
) -> Option<reference::WorkUnit> {
    let is_of = |institution: InstitutionId| unit.institution == institution.to_string();
    if !answers.institution.is_some_and(is_of) {
        return None;
    }
    if let Some(kind) = &answers.institution_kind {
        match reference::institution_by_code(&unit.institution_code) {
            Ok(Some(institution)) if institution.kind == *kind => {}
            Ok(_) => problems.push(Problem::field(
                "institution_kind",
                "other-institution-kind",
                "Instansi yang dipilih bukan dari jenis ini. Pilih jenis atau instansi lain.",
            )),
            Err(fault) => problems.push(fault.into()),
        }
    }
    Some(unit)
}

fn unknown_unit() -> Problem {
    Problem::field(
        "work_unit",
        "unknown-work-unit",
        "Satuan kerja ini bukan bagian dari instansi yang dipilih. Pilih dari daftar satuan kerja.",
    )
}

fn tick(value: Option<Value>) -> Result<bool, Problem> {
    match value {
        None => Ok(false),
        Some(Value::Bool(ticked)) => Ok(ticked),
        Some(_) => Err(Problem::field(
            CONFIRMED,
            "invalid-field",
            "Jenis nilai bidang ini salah.",
        )),
    }
}
