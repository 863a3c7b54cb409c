//! `POST /api/appeals`: a VAI or Kepala UKPBJ asks the people whose access ends soon
//! to apply early (EXP-7). One statement records it and writes a mail to each person
//! once; there is one for each institution and week.

use akses_domain::duty::{Duties, Duty};
use akses_domain::ending::{APPEAL_DAYS_MAX, Week, appeal, campaign};
use akses_domain::ids::InstitutionId;
use akses_domain::time::{Instant, Zone};
use akses_endpoint::accesses::{Moment, duties};
use akses_endpoint::store::events::{Appended, Event, Recorded};
use akses_endpoint::store::{events, wave};
use akses_endpoint::{Call, Problem, Reply, Response, record, serve};
use serde::{Deserialize, Serialize};
use serde_json::json;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    institution: InstitutionId,
    within_days: u32,
}

#[derive(Serialize)]
struct Sent {
    campaign: String,
    week: String,
    /// How many people it went to, each once.
    people: u32,
    /// Whose access ends up to this day.
    until: String,
    sent: Moment,
}

/// What the record and the mail hold.
#[derive(Serialize, Deserialize)]
struct Data {
    within_days: u32,
    until: String,
    until_ms: i64,
    week: String,
    duty: Duty,
}

#[http_service]
async fn send_appeal(request: Request) -> Response {
    serve(request, Method::POST, send).await
}

async fn send(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let duties = duties(person, call.now())?;
    if !duties.has(Duty::Vai) && !duties.has(Duty::UkpbjHead) {
        return Err(Problem::not_an_official());
    }
    let body: Body = call.json()?;
    let (duty, zone) = office(&duties, body.institution).ok_or_else(Problem::not_found)?;
    if !(1..=APPEAL_DAYS_MAX).contains(&body.within_days) {
        let detail = format!("Isi dengan angka 1 sampai {APPEAL_DAYS_MAX}.");
        return Err(Problem::field("within_days", "out-of-bounds", &detail));
    }
    let (ends, until) = appeal(zone, call.now(), body.within_days);
    let data = Data {
        within_days: body.within_days,
        until: until.to_string(),
        until_ms: ends.until.ms(),
        week: Week::of(zone.date_at(call.now())).name(),
        duty,
    };
    let event = Event {
        subject: campaign(body.institution, zone, call.now()),
        version: 1,
        kind: "appeal-sent".to_owned(),
        data: json!(data).to_string(),
        institution: Some(body.institution.to_string()),
    };
    let mut stamp = call.stamp(&person.to_string());
    stamp.idempotency = call.idempotency()?;
    match events::append(&event, &stamp)? {
        Appended::Recorded => sent(&event, call.now(), zone),
        Appended::Replayed(earlier) => sent(&earlier.event, Instant::from_ms(earlier.at), zone),
        Appended::Stale(earlier) => Err(sent_before(&earlier, zone)),
        Appended::KeyReused => Err(record::key_reused()),
        Appended::Refused(name) => Err(Problem::internal(format!("the record refused: {name}"))),
    }
}

/// As what this person speaks for the institution, if they do.
fn office(duties: &Duties, institution: InstitutionId) -> Option<(Duty, Zone)> {
    let mut held = [Duty::UkpbjHead, Duty::Vai]
        .into_iter()
        .flat_map(|duty| duties.holding(duty));
    held.find(|holding| holding.institution == institution)
        .map(|holding| (holding.duty, holding.zone))
}

fn sent(event: &Event, at: Instant, zone: Zone) -> Result<Reply, Problem> {
    let corrupt = || Problem::internal(format!("{} has no mails", event.subject));
    let data: Data = serde_json::from_str(&event.data).map_err(|_| record::key_reused())?;
    Reply::json(&Sent {
        people: wave::people(&event.subject)?.ok_or_else(corrupt)?,
        campaign: event.subject.clone(),
        week: data.week,
        until: data.until,
        sent: Moment::new(at, zone),
    })
}

fn sent_before(earlier: &Recorded, zone: Zone) -> Problem {
    let moment = Moment::new(Instant::from_ms(earlier.at), zone);
    Problem::conflict(
        "appeal-already-sent",
        &format!(
            "Imbauan untuk instansi ini sudah dikirim pada {}. Satu minggu (Senin sampai Minggu) \
             cukup satu imbauan; yang berikutnya dapat dikirim minggu depan.",
            moment.text
        ),
    )
    .with("campaign", earlier.event.subject.clone())
    .with("sent_at", moment.at)
}
