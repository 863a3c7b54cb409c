//! Every operation under load. Commands go in the order of an access's life, so
//! that each finds the accesses that the one before it left.

use std::net::SocketAddr;
use std::sync::Arc;

use akses::sirup::User;
use anyhow::{Context, Result};
use bytes::Bytes;
use chrono::DateTime;
use serde::Serialize;
use serde_json::{Value, json};

use super::load::{Connection, Figures, Shot, fire, warm};
use super::service::{OPERATOR_TOKEN, Service, office_day};
use crate::progress;

/// How many connections each operation is measured at.
pub(super) const CONNECTIONS: [usize; 3] = [1, 16, 64];

const WORK_UNITS: usize = 400;
const PEOPLE: usize = 24;
/// Roles that a VAI verifies and people register for.
const ROLES: [&str; 8] = [
    "PA",
    "KPA",
    "PPK",
    "PP",
    "POKJA",
    "APIP",
    "BENDAHARA",
    "PPSPM",
];
/// Who resets passwords, by the people's numbers; nobody registers for these.
const RESET_ROLES: [(&str, &str); 4] = [
    ("KASATKER", "work-unit-head"),
    ("KUKPBJ", "ukpbj-head"),
    ("KLPSE", "lpse-head"),
    ("TIMLPSE", "lpse-team"),
];
/// Whose password.
const RESET_OFFICER: usize = RESET_ROLES.len();
/// Where: the last unit, which no run of registrations comes to.
const RESET_UNIT: &str = "BENCH-399";
/// Reads that look at all tickets or all that an institution has, which are more from
/// run to run: as many as of what is slow.
const LONG_READS: [&str; 3] = ["why-no-entry", "list-substitutes", "reset-report"];
/// Fixed answers right before a read and again right after it: a fraction of its own.
const FIXED_PART: usize = 4;
/// What is measured with the same change of one person's account, which happens once
/// at a time,
const OF_ONE_PERSON: [&str; 1] = ["pick-up-message"];
/// and so at no more connections than somebody has devices.
const ONE_PERSON_CONNECTIONS: usize = 4;
const REGISTRATION: &str = "/api/accesses/registration";
const PASSWORD: &str = "akses-bench-2026";
/// Meetings that one run joins, and as many that it moves: one in each parallel
/// room, so that all of them begin on the day that it is.
const MEETINGS: usize = 64;
/// Meetings that a supplier's person may wait for at once (migration 0015).
const MEETINGS_OF_ONE: usize = 3;
/// Enough of them for all three rounds of the benchmark.
pub(super) const SUPPLIERS: usize = 3 * 2 * MEETINGS / MEETINGS_OF_ONE;
/// Days ahead that an absence can begin on, less the ones that may pass meanwhile.
const ABSENCES_MAX: usize = 80;
/// Of the 20 files that a Kepala UKPBJ checks in a day (migration 0010), what each of
/// the three rounds of the benchmark may take.
const CHECKS_MAX: usize = 20 / 3;
const HOLIDAYS: &str = include_str!("../../../demo/holidays.csv");
/// Accounts of one import, because each password is hashed.
const ACCOUNTS_PER_PART: usize = 20;

/// How many requests an operation gets at so many connections.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counts {
    pub(super) reads: usize,
    pub(super) writes: usize,
    pub(super) slow: usize,
}

/// One operation's figures at one number of connections.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Measured {
    pub(super) operation: &'static str,
    /// What it is compared with: `fixed` answers, or the kind of event it records.
    pub(super) against: &'static str,
    /// Fixed answers per second, half of them right before it and half right after: a
    /// machine that is shared is not as fast at every moment.
    pub(super) fixed_per_second: Option<f64>,
    #[serde(flatten)]
    pub(super) figures: Figures,
}

/// People, work units and what they need to ask for accesses.
pub(super) struct People {
    tokens: Vec<Arc<str>>,
    verifier: Arc<str>,
    directorate: Arc<str>,
    documents: Vec<String>,
    institution: String,
    work_units: Vec<String>,
    roles: Vec<&'static str>,
    used: usize,
    suppliers: Vec<Supplier>,
    supplier_used: usize,
}

/// Somebody who waits for a few meetings.
struct Supplier {
    token: Arc<str>,
    document: String,
}

/// Imports people, so many suppliers among them, and work units, and signs everybody in.
pub(super) async fn prepare(
    address: SocketAddr,
    decree: &Bytes,
    suppliers: usize,
) -> Result<People> {
    let mut connection = Connection::open(address).await?;
    import(&mut connection, suppliers).await?;
    let verifier = sign_in(&mut connection, "vai@bench.example").await?;
    let directorate = sign_in(&mut connection, "direktorat@bench.example").await?;
    let mut tokens = Vec::new();
    let mut documents = Vec::new();
    for person in 0..PEOPLE {
        let token = sign_in(&mut connection, &format!("orang{person}@bench.example")).await?;
        let stored = connection
            .json(&Shot::post("/api/documents", Some(&token), decree.clone()))
            .await?;
        documents.push(text(&stored, "id")?);
        tokens.push(token);
    }
    let mut ready = Vec::new();
    for person in 0..suppliers {
        let token = sign_in(&mut connection, &format!("penyedia{person}@bench.example")).await?;
        let upload = Shot::post("/api/documents", Some(&token), decree.clone());
        let document = text(&connection.json(&upload).await?, "id")?;
        ready.push(Supplier { token, document });
    }
    let institutions = connection
        .json(&Shot::get(
            "/api/reference/institutions?q=BENCH",
            Some(&verifier),
        ))
        .await?;
    let institution = text(&institutions["items"][0], "id")?;
    let work_units = work_units(&mut connection, &verifier, &institution).await?;
    Ok(People {
        tokens,
        verifier,
        directorate,
        documents,
        institution,
        work_units,
        roles: ROLES.to_vec(),
        used: 0,
        suppliers: ready,
        supplier_used: 0,
    })
}

async fn import(connection: &mut Connection, suppliers: usize) -> Result<()> {
    let mut send = async |kind: &str, csv: String| -> Result<()> {
        let shot = Shot::post(
            format!("/internal/import/{kind}"),
            Some(&OPERATOR_TOKEN.into()),
            csv.into(),
        );
        connection.json(&shot).await.map(drop)
    };
    let mut roles = String::from("code,name,authority,verified_by,decree,registrable,duty\n");
    for role in ROLES {
        let duty = if role == "PPK" {
            "commitment-officer"
        } else {
            ""
        };
        roles.push_str(&format!(
            "{role},{role},none,institution,sk-st,true,{duty}\n"
        ));
    }
    for (role, duty) in RESET_ROLES {
        roles.push_str(&format!(
            "{role},{role},none,institution,sk-st,true,{duty}\n"
        ));
    }
    roles.push_str("VAI,Verifikator,vai,national,sk-st,true,\n");
    roles.push_str("VND,Verifikator Direktorat,directorate,national,sk-st,false,\n");
    send("roles", roles).await?;
    send(
        "institutions",
        "code,name,kind,zone\nBENCH,Instansi Bench,Lembaga,WIB\nBENCH-SEPI,Instansi Sepi,Lembaga,WIB\n"
            .to_owned(),
    )
    .await?;
    let mut units = String::from("code,institution,name,address\n");
    for unit in 0..WORK_UNITS {
        units.push_str(&format!(
            "BENCH-{unit},BENCH,Satuan Kerja {unit:03},Jalan Bench {unit}\n"
        ));
    }
    send("work-units", units).await?;
    let names: Vec<String> = (0..PEOPLE)
        .map(|person| format!("orang{person}"))
        .chain(["vai", "wakil", "direktorat"].map(str::to_owned))
        .collect();
    for part in names.chunks(ACCOUNTS_PER_PART) {
        let mut accounts = String::from("email,name,password,nip\n");
        for name in part {
            accounts.push_str(&format!("{name}@bench.example,Bench {name},{PASSWORD},\n"));
        }
        send("accounts", accounts).await?;
    }
    let suppliers: Vec<_> = (0..suppliers).collect();
    for part in suppliers.chunks(ACCOUNTS_PER_PART) {
        let mut accounts = String::from("email,name,password,nip,profile\n");
        for person in part {
            accounts.push_str(&format!(
                "penyedia{person}@bench.example,Bench penyedia{person},{PASSWORD},,supplier\n"
            ));
        }
        send("accounts", accounts).await?;
    }
    send("holidays", HOLIDAYS.to_owned()).await?;
    let rooms = format!("institution,rooms\nBENCH,{MEETINGS}\n");
    send("meeting-rooms", rooms).await?;
    let until = (chrono::Utc::now() + chrono::TimeDelta::days(365)).date_naive();
    let mut access = String::from("email,role,work_unit,valid_until\n");
    for (name, role) in [
        ("vai", "VAI"),
        ("vai", "KUKPBJ"),
        ("wakil", "PPK"),
        ("direktorat", "VND"),
    ] {
        access.push_str(&format!("{name}@bench.example,{role},BENCH-0,{until}\n"));
    }
    for (person, (role, _)) in RESET_ROLES.iter().enumerate() {
        access.push_str(&format!(
            "orang{person}@bench.example,{role},{RESET_UNIT},{until}\n"
        ));
    }
    let officer = format!("orang{RESET_OFFICER}@bench.example,PPK,{RESET_UNIT},{until}\n");
    access.push_str(&officer);
    send("accesses", access).await?;
    // The first person heads the UKPBJ: files letters, and sees what nobody carries on.
    let head =
        format!("email,role,work_unit,valid_until\norang0@bench.example,KUKPBJ,BENCH-0,{until}\n");
    send("accesses", head).await?;
    send(
        "platforms",
        "code,name,description,entry_url,audience,active\n\
         BENCH,Platform,Uji,https://bench.example/masuk,https://bench.example,true\n"
            .to_owned(),
    )
    .await?;
    let role = "platform,role,admitted\nBENCH,VAI,true\n";
    send("platform-roles", role.to_owned()).await?;
    let terms = "platform,kind,version,valid_from,text,url,sha256\n\
                 BENCH,terms,1,2024-01-01,Syarat,,\nBENCH,privacy,1,2024-01-01,Privasi,,\n";
    send("platform-terms", terms.to_owned()).await
}

/// "Setuju" on the platform's terms.
fn acceptance(token: &Arc<str>) -> Shot {
    let body = json!({ "terms_version": "1", "privacy_version": "1" });
    Shot::post("/api/platforms/BENCH/acceptance", Some(token), json(&body))
}

async fn sign_in(connection: &mut Connection, email: &str) -> Result<Arc<str>> {
    let answer = connection.json(&sign_in_shot(email)).await?;
    Ok(text(&answer, "token")?.into())
}

fn sign_in_shot(email: &str) -> Shot {
    Shot::post(
        "/api/sign-in",
        None,
        json(&json!({ "email": email, "password": PASSWORD })),
    )
}

async fn work_units(
    connection: &mut Connection,
    token: &Arc<str>,
    institution: &str,
) -> Result<Vec<String>> {
    let mut units = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("/api/reference/work-units?institution={institution}&limit=100{after}");
        let page = connection.json(&Shot::get(path, Some(token))).await?;
        for unit in page["items"].as_array().context("a page has items")? {
            units.push(text(unit, "id")?);
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return Ok(units),
        }
    }
}

/// Measures every operation at one number of connections.
pub(super) async fn measure(
    service: &Service,
    connections: usize,
    counts: Counts,
    people: &mut People,
    decree: &Bytes,
) -> Result<Vec<Measured>> {
    let address = service.address;
    let mut measured = Vec::new();
    let fixed = vec![Shot::get("/bench/fixed", Some(&people.tokens[0])); counts.reads / FIXED_PART];
    let fixed_rate = async |connections, against| -> Result<Option<f64>> {
        if against != "fixed" {
            return Ok(None);
        }
        let (figures, _) = fire(address, connections, fixed.clone()).await?;
        Ok(Some(figures.per_second))
    };
    let mut run = async |operation, against, shots: Vec<Shot>| -> Result<Vec<(usize, Value)>> {
        let connections = if OF_ONE_PERSON.contains(&operation) {
            connections.min(ONE_PERSON_CONNECTIONS)
        } else {
            connections
        };
        progress::note(format_args!("{operation} at {connections} connections"));
        let before = fixed_rate(connections, against).await?;
        // Last, because instances do not stay awake for long.
        if let Some(shot) = shots.first() {
            warm(address, connections, shot).await?;
        }
        let (figures, answers) = fire(address, connections, shots).await?;
        let after = fixed_rate(connections, against).await?;
        measured.push(Measured {
            operation,
            against,
            fixed_per_second: before.zip(after).map(|(a, b)| f64::midpoint(a, b)),
            figures,
        });
        Ok(answers)
    };

    // A write of its own kind, with no event to compare with.
    let drafts = (0..counts.slow).map(|index| people.draft(index)).collect();
    run("save-draft", "", drafts).await?;

    let first = people.used;
    let registrations = people.registrations(counts.writes)?;
    let registered = run("register-access", "access-requested", registrations).await?;
    let owned = people.owned(first, registered);
    let approvals = owned.iter().map(|o| o.approval(&people.verifier)).collect();
    run("decide-verification", "request-approved", approvals).await?;
    let extensions = owned.iter().map(Owned::extension).collect();
    run("submit-extension", "extension-requested", extensions).await?;
    let deactivations = owned.iter().map(Owned::deactivation).collect();
    run("deactivate-access", "access-deactivated", deactivations).await?;
    let successors = Shot::get(
        format!("/api/accesses/{}/successors", owned[0].access),
        Some(&owned[0].token),
    );
    run("list-successors", "fixed", vec![successors; counts.reads]).await?;
    let history = Shot::get(
        format!("/api/accesses/{}/history", owned[0].access),
        Some(&owned[0].token),
    );
    run("access-history", "fixed", vec![history; counts.reads]).await?;
    let head = people.tokens[0].clone();
    let handovers = Shot::get("/api/handovers?limit=10", Some(&head));
    run("list-handovers", "fixed", vec![handovers; counts.slow]).await?;
    // What the head owns is named by its owner, of the rest each second.
    let (named, assigned): (Vec<_>, Vec<_>) = owned
        .iter()
        .enumerate()
        .partition(|(index, owned)| index % 2 == 0 || owned.token == head);
    let names = named.iter().map(|(_, owned)| {
        let path = format!("/api/accesses/{}/handover", owned.access);
        Shot::post(path, Some(&owned.token), json(&none_open()))
    });
    run("name-successor", "handover-named", names.collect()).await?;
    let assigns = assigned.iter().map(|(_, owned)| {
        let path = format!("/api/handovers/{}/successor", owned.access);
        Shot::post(path, Some(&head), json(&none_open()))
    });
    run("assign-successor", "handover-named", assigns.collect()).await?;
    let reactivations = owned.iter().map(Owned::reactivation).collect();
    run(
        "submit-reactivation",
        "reactivation-requested",
        reactivations,
    )
    .await?;
    let upload = Shot::post("/api/documents", Some(&people.tokens[0]), decree.clone());
    run(
        "upload-document",
        "document-stored",
        vec![upload; counts.writes],
    )
    .await?;
    let saves = (0..counts.writes).map(|index| people.service_number(index));
    run(
        "save-service-number",
        "service-number-saved",
        saves.collect(),
    )
    .await?;

    // A person checks 20 in a day.
    let letters = people.letters(counts.slow.min(CHECKS_MAX))?;
    let letters = run("check-collective", "collective-checked", letters).await?;
    let letters: Vec<_> = letters.iter().map(|(_, it)| string(it, "id")).collect();
    let step = |step: &str, who: &Arc<str>, body: Value| -> Vec<Shot> {
        let path = |id: &String| format!("/api/collective/{id}/{step}");
        let shot = |id| Shot::post(path(id), Some(who), json(&body));
        letters.iter().map(shot).collect()
    };
    // The second row of each is the first once more.
    let strikes = step("strike", &head, json!({ "lines": [3] }));
    run("strike-collective", "collective-struck", strikes).await?;
    let filings = step("filing", &head, json!({ "confirmed": true }));
    run("file-collective", "collective-filed", filings).await?;
    let letter = Shot::get(format!("/api/collective/{}", letters[0]), Some(&head));
    run("read-collective", "fixed", vec![letter; counts.reads]).await?;
    let approval = json!({ "decision": "approve", "attested": true });
    let decisions = step("decision", &people.verifier, approval);
    run("decide-collective", "request-approved", decisions).await?;

    // Each links the same user again and again: a whole conversation with SiRUP,
    // whose end is no change.
    let links = (0..counts.slow).map(|index| people.sirup_link(index));
    run("link-sirup", "fixed", links.collect()).await?;
    let first = people.supplier_used;
    let asked = people.suppliers_registrations(2 * MEETINGS)?;
    let asked = run("register-access (supplier)", "", asked).await?;
    let requests: Vec<_> = asked
        .iter()
        .map(|(index, access)| {
            let supplier = people.supplier_of(first + index).token.clone();
            (supplier, string(&access["request"], "id"))
        })
        .collect();
    let (joined, moved) = requests.split_at(requests.len() / 2);
    let nothing = || Bytes::from_static(b"{}");
    let joins = joined.iter().map(|(supplier, request)| {
        let path = format!("/api/requests/{request}/meeting/join");
        Shot::post(path, Some(supplier), nothing())
    });
    run("join-meeting", "meeting-joined", joins.collect()).await?;
    let moves = moved.iter().map(|(supplier, request)| {
        let path = format!("/api/requests/{request}/meeting/reschedule");
        Shot::post(path, Some(supplier), nothing())
    });
    run("reschedule-meeting", "meeting-moved", moves.collect()).await?;
    let calls = Shot::post("/api/meetings/call-next", Some(&people.verifier), nothing());
    let called = run("call-next", "meeting-called", vec![calls; joined.len()]).await?;
    // Whoever was called has some minutes to come.
    let absent_from = called
        .iter()
        .map(|(_, called)| string(&called["meeting"]["absent_from"], "at"))
        .map(|at| DateTime::parse_from_rfc3339(&at));
    let absent_from = absent_from.collect::<Result<Vec<_>, _>>()?;
    let all_absent = absent_from.into_iter().max().context("nobody was called")?;
    service.pass_until(all_absent).await?;
    let absences = joined.iter().map(|(_, request)| {
        let path = format!("/api/requests/{request}/meeting/absence");
        Shot::post(path, Some(&people.verifier), nothing())
    });
    run("mark-absence", "meeting-missed", absences.collect()).await?;
    // Absences of a day each, ended again so that the next round finds the days free.
    let namings = (0..counts.slow.min(ABSENCES_MAX)).map(|day| people.naming(day));
    let named = run("name-substitute", "substitute-named", namings.collect()).await?;
    let endings = named.iter().map(|(_, absence)| {
        let path = format!("/api/substitutes/{}/ending", string(absence, "id"));
        Shot::post(path, Some(&people.verifier), nothing())
    });
    run("end-substitution", "substitution-ended", endings.collect()).await?;
    let (supplier, request) = &joined[0];
    // Agreeing again is a read; nobody agrees to one version twice.
    run(
        "accept-terms",
        "fixed",
        vec![acceptance(&people.verifier); counts.reads],
    )
    .await?;
    let entry = Shot::post(
        "/api/platforms/BENCH/entry",
        Some(&people.verifier),
        json(&json!({})),
    );
    run(
        "enter-platform",
        "platform-entered",
        vec![entry; counts.writes],
    )
    .await?;

    // Letters for an institution that has nobody: what they say changes nothing for
    // the operations that follow. Each is planned, changed and withdrawn.
    let letters = (0..counts.slow).map(|index| people.letter(connections, index));
    let planned = run("plan-cut-off", "", letters.collect()).await?;
    let ids: Vec<_> = planned.iter().map(|(_, plan)| string(plan, "id")).collect();
    let changes = planned.iter().map(|(index, plan)| Shot {
        path: format!("/api/cut-offs/{}/change", string(plan, "id")),
        ..people.letter(connections, *index)
    });
    run("change-cut-off", "", changes.collect()).await?;
    let withdrawals = ids.iter().map(|id| {
        let body = json(&json!({ "reason": "Uji" }));
        let path = format!("/api/cut-offs/{id}/withdrawal");
        Shot::post(path, Some(&people.directorate), body)
    });
    run("withdraw-cut-off", "", withdrawals.collect()).await?;
    let cut_off = &ids[0];
    let pickup = Connection::open(address).await?.json(&code_shot()).await?;
    let reset = people
        .reset_request(address, &string(&pickup, "number"))
        .await?;
    // Every second one is returned, the others go on.
    let shots = vec![reset.shot(&people.tokens[0]); 2 * counts.slow];
    let tickets = run("request-reset", "reset-requested", shots).await?;
    let mut tickets: Vec<_> = tickets.iter().map(|(_, t)| string(t, "id")).collect();
    let returned = tickets.split_off(tickets.len() / 2);
    let returns = returned.iter().map(|ticket| {
        let path = format!("/api/password-resets/{ticket}/return");
        let body = json(&json!({ "reason": "Uji" }));
        Shot::post(path, Some(&people.tokens[0]), body)
    });
    run("return-reset", "reset-returned", returns.collect()).await?;
    let mut answers = Vec::new();
    for (operation, action, actor, mut body) in reset.steps() {
        if action == "signature" {
            // All have the same text.
            let (_, ticket): &(usize, Value) = answers.first().context("a letter was written")?;
            body["sha256"] = ticket["letters"][0]["sha256"].clone();
        }
        let shots = tickets.iter().map(|ticket| {
            let path = format!("/api/password-resets/{ticket}/{action}");
            Shot::post(path, Some(&people.tokens[actor]), json(&body))
        });
        answers = run(operation, "reset-step-done", shots.collect()).await?;
    }
    let officer = people.tokens[RESET_OFFICER].clone();
    let boxed = Connection::open(address)
        .await?
        .json(&Shot::get("/api/messages?limit=100", Some(&officer)))
        .await?;
    let letters = boxed["messages"].as_array().context("a box has messages")?;
    let letter = letters
        .iter()
        .find(|message| message["kind"] == "reset-letter");
    let letter = string(letter.context("a letter was sent")?, "id");
    let open = Shot::post(
        format!("/api/messages/{letter}/open"),
        Some(&officer),
        Bytes::from_static(b"{}"),
    );
    run("open-message", "fixed", vec![open; counts.reads]).await?;
    run("make-pickup-code", "fixed", vec![code_shot(); counts.reads]).await?;
    let body = json(&json!({ "code": pickup["code"] }));
    let pick_up = Shot::post("/api/message-pickups", None, body);
    run(
        "pick-up-message",
        "reset-link-opened",
        vec![pick_up.clone(); counts.slow],
    )
    .await?;

    let me = &people.tokens[0];
    let document = format!("/api/documents/{}", people.documents[0]);
    let reads = [
        ("who-am-i", Shot::get("/api/me", Some(me))),
        (
            "list-accesses",
            Shot::get("/api/accesses?limit=10", Some(me)),
        ),
        ("why-no-entry", Shot::get("/api/why?limit=10", Some(me))),
        (
            "list-cut-offs",
            Shot::get("/api/cut-offs?limit=10", Some(&people.directorate)),
        ),
        (
            "preview-cut-off",
            Shot::get(
                format!("/api/cut-offs/{cut_off}/preview"),
                Some(&people.directorate),
            ),
        ),
        (
            "cut-off-report",
            Shot::get(
                format!("/api/cut-offs/{cut_off}/report"),
                Some(&people.directorate),
            ),
        ),
        (
            "list-requests",
            Shot::get("/api/requests?limit=10", Some(&people.verifier)),
        ),
        (
            "list-substitutes",
            Shot::get("/api/substitutes", Some(&people.verifier)),
        ),
        (
            "list-verifier-gaps",
            Shot::get("/api/verifier-gaps", Some(&people.verifier)),
        ),
        (
            "reference-data",
            Shot::get("/api/reference/institutions?q=be", Some(me)),
        ),
        (
            "registration-form",
            Shot::get("/api/registration-form?role=PPK", Some(me)),
        ),
        ("read-drafts", Shot::get("/api/drafts", Some(me))),
        ("read-document", Shot::get(document, Some(me))),
        (
            "read-meeting",
            Shot::get(format!("/api/requests/{request}/meeting"), Some(supplier)),
        ),
        (
            "waiting-room",
            Shot::get(
                format!("/api/requests/{request}/waiting-room"),
                Some(supplier),
            ),
        ),
        (
            "meeting-queue",
            Shot::get("/api/meetings?limit=10", Some(&people.verifier)),
        ),
        (
            "list-platforms",
            Shot::get("/api/platforms", Some(&people.verifier)),
        ),
        (
            "read-terms",
            Shot::get("/api/platforms/BENCH/terms", Some(&people.verifier)),
        ),
        (
            "collective-template",
            Shot::get("/api/collective-template", Some(me)),
        ),
        (
            "reset-procedure",
            Shot::get("/api/reset-procedure", Some(me)),
        ),
        (
            "read-reset",
            Shot::get(format!("/api/password-resets/{}", tickets[0]), Some(me)),
        ),
        (
            "reset-board",
            Shot::get("/api/reset-board?limit=10", Some(me)),
        ),
        (
            "reset-report",
            Shot::get("/api/reset-report", Some(&people.tokens[1])),
        ),
        ("list-messages", Shot::get("/api/messages", Some(&officer))),
        ("signing-keys", Shot::get("/.well-known/jwks.json", None)),
        ("latest-seal", Shot::get("/api/seals/latest", None)),
        ("api-description", Shot::get("/api/openapi.json", None)),
        ("pages", Shot::get("/", None)),
        ("health", Shot::get("/health", None)),
    ];
    // There has to be a seal to read.
    run("seal-record", "", vec![timer("seal-record")]).await?;
    for (operation, shot) in reads {
        let count = if LONG_READS.contains(&operation) {
            counts.slow
        } else {
            counts.reads
        };
        run(operation, "fixed", vec![shot; count]).await?;
    }

    // Looks at every access of the institution.
    let wave = Shot::get("/api/coming-wave", Some(&people.verifier));
    run("coming-wave", "fixed", vec![wave; counts.slow]).await?;
    // One for each institution and week, so there is one to measure.
    if connections == CONNECTIONS[0] {
        let body = json!({ "institution": people.institution, "within_days": 90 });
        let appeal = Shot::post("/api/appeals", Some(&people.verifier), json(&body));
        run("send-appeal", "", vec![appeal]).await?;
    }

    // Nothing to give up: what every tab does after the first one did it.
    let discard = people.discard();
    run("discard-draft", "fixed", vec![discard; counts.slow]).await?;

    let operator: Arc<str> = OPERATOR_TOKEN.into();
    let same = Bytes::from_static(b"code,name,kind,zone\nBENCH,Instansi Bench,Lembaga,WIB\n");
    let import = Shot::post("/internal/import/institutions", Some(&operator), same);
    run("import-reference", "fixed", vec![import; counts.slow]).await?;
    run(
        "expire-accesses",
        "fixed",
        vec![timer("expire-accesses"); counts.slow],
    )
    .await?;
    run(
        "remind-ends",
        "fixed",
        vec![timer("remind-ends"); counts.slow],
    )
    .await?;
    run(
        "close-meetings",
        "fixed",
        vec![timer("close-meetings"); counts.slow],
    )
    .await?;
    for name in ["remind-verifiers", "watch-verifiers", "report-unassigned"] {
        run(name, "fixed", vec![timer(name); counts.slow]).await?;
    }
    let sessions = run(
        "sign-in",
        "",
        vec![sign_in_shot("orang1@bench.example"); counts.slow.min(100)],
    )
    .await?;
    let sign_outs = sessions.iter().map(|(_, session)| {
        let token: Arc<str> = session["token"].as_str().unwrap_or_default().into();
        Shot::post("/api/sign-out", Some(&token), Bytes::new())
    });
    run("sign-out", "", sign_outs.collect()).await?;
    // Uses the link up and ends the officer's sessions, so it comes last and once.
    if Some(&connections) == CONNECTIONS.last() {
        let opened = Connection::open(address).await?.json(&pick_up).await?;
        let body = json!({ "token": opened["link"]["token"], "password": "akses-bench-baru-2026" });
        let change = Shot::post("/api/password", None, json(&body));
        run("set-password", "", vec![change]).await?;
    }
    Ok(measured)
}

/// A request to reset the officer's password.
struct ResetRequest(Value);

impl ResetRequest {
    fn shot(&self, head: &Arc<str>) -> Shot {
        Shot::post("/api/password-resets", Some(head), json(&self.0))
    }

    /// The steps after it: operation, the path's end, whose, and what they say.
    fn steps(&self) -> Vec<(&'static str, &'static str, usize, Value)> {
        let (ukpbj, lpse, team) = (1, 2, 3);
        let note = |step: u8| json!({ "step": step, "note": "Mohon dikerjakan." });
        let names = json!({ "step": 4, "people": self.0["people"] });
        let draft = json!({ "step": 7, "number": "S-1", "text": "Sudah dikerjakan." });
        let archive = json!({ "step": 10, "archive_number": "A-1" });
        vec![
            ("advance-reset (2)", "advance", ukpbj, note(2)),
            ("advance-reset (3)", "advance", lpse, note(3)),
            ("advance-reset (4)", "advance", team, names),
            ("prepare-reset", "preparation", team, json!({})),
            ("send-reset", "delivery", team, json!({})),
            ("draft-reset-letter (7)", "letter", team, draft),
            (
                "draft-reset-letter (8)",
                "letter",
                lpse,
                json!({ "step": 8 }),
            ),
            ("sign-reset-letter", "signature", ukpbj, json!({})),
            ("advance-reset (10)", "advance", team, archive),
            ("send-reset-letter", "dispatch", team, json!({})),
        ]
    }
}

fn code_shot() -> Shot {
    Shot::post("/api/pickup-codes", None, Bytes::from_static(b"{}"))
}

/// Who links with SiRUP.
pub(super) fn sirup_users() -> Result<Vec<User>> {
    (0..PEOPLE)
        .map(|person| format!("orang{person}:{PASSWORD}:2020-01-02").parse())
        .collect()
}

fn timer(name: &str) -> Shot {
    Shot::post(
        format!("/internal/timers/{name}"),
        Some(&OPERATOR_TOKEN.into()),
        Bytes::new(),
    )
}

impl People {
    /// A read as people do it all day.
    pub(super) fn a_read(&self) -> Shot {
        Shot::get("/api/accesses?limit=10", Some(&self.tokens[0]))
    }

    /// A letter that nobody else has, about an institution without accesses.
    fn letter(&self, connections: usize, index: usize) -> Shot {
        let today = office_day();
        let body = json!({
            "letter_number": format!("uji/{connections}/{index}"),
            "letter_date": today - chrono::TimeDelta::days(1),
            "last_day": today + chrono::TimeDelta::days(30),
            "scope": { "kind": "institutions", "codes": ["BENCH-SEPI"] },
        });
        Shot::post("/api/cut-offs/plan", Some(&self.directorate), json(&body))
    }

    /// A number that this person did not save the time before.
    fn service_number(&self, index: usize) -> Shot {
        let person = &self.tokens[index % self.tokens.len()];
        let number = format!("{:08}", index);
        let body = json(&json!({ "kind": "nrp", "number": number }));
        Shot::put("/api/me/service-number", Some(person), body)
    }

    /// A draft that says what it said before: it needs no revision.
    fn draft(&self, index: usize) -> Shot {
        let person = &self.tokens[index % self.tokens.len()];
        let body = json(&json!({ "valid_until": "2030-12-31", "address": "Jalan Bench" }));
        let role = self.roles[index / self.tokens.len() % self.roles.len()];
        Shot::put(format!("/api/drafts/{role}"), Some(person), body)
    }

    /// Of a role that nobody has a draft of.
    fn discard(&self) -> Shot {
        let path = "/api/drafts/VAI/discard";
        Shot {
            if_match: Some("\"0\""),
            ..Shot::post(path, Some(&self.tokens[0]), Bytes::new())
        }
    }

    /// An absence of one day.
    fn naming(&self, day: usize) -> Shot {
        let ahead = chrono::TimeDelta::days(2 + day as i64);
        let day = (office_day() + ahead).to_string();
        let body = json!({
            "substitute_email": "wakil@bench.example", "from": day, "until": day,
        });
        Shot::post("/api/substitutes/naming", Some(&self.verifier), json(&body))
    }

    /// By the head of the officer's unit, with the head's own document.
    async fn reset_request(&self, address: SocketAddr, pickup: &str) -> Result<ResetRequest> {
        let officer = &self.tokens[RESET_OFFICER];
        let mut connection = Connection::open(address).await?;
        let mut after = String::new();
        let access = loop {
            let path = format!("/api/accesses?limit=100{after}");
            let page = connection.json(&Shot::get(path, Some(officer))).await?;
            let accesses = page["accesses"].as_array().context("a page has accesses")?;
            // The first that the officer ever had is the last of the list.
            let found = accesses
                .iter()
                .rev()
                .find(|access| access["status"] == "active");
            match (page["next"].as_str(), found) {
                (None, found) => break string(found.context("the officer has one")?, "id"),
                (Some(next), _) => after = format!("&after={next}"),
            }
        };
        let unit = self.work_units.last().context("there are units")?;
        Ok(ResetRequest(json!({
            "work_unit": unit, "document": self.documents[0],
            "letter_number": "B-1", "letter_date": "2026-01-02",
            "people": [{ "access": access, "pickup": pickup }],
        })))
    }

    fn sirup_link(&self, index: usize) -> Shot {
        let person = index % self.tokens.len();
        let body = json!({ "user_name": format!("orang{person}"), "password": PASSWORD });
        Shot::post("/api/sirup-link", Some(&self.tokens[person]), json(&body))
    }

    /// Forms for accesses that nobody has yet.
    fn registrations(&mut self, count: usize) -> Result<Vec<Shot>> {
        let room = self.tokens.len() * self.work_units.len() * self.roles.len();
        anyhow::ensure!(
            self.used + count <= room,
            "there are only {room} accesses to ask for"
        );
        let from = self.used;
        self.used += count;
        Ok((from..from + count)
            .map(|index| self.registration(index))
            .collect())
    }

    /// Letters for one person each, with one row that has to be struck.
    fn letters(&mut self, count: usize) -> Result<Vec<Shot>> {
        let from = self.used;
        let room = self.tokens.len() * self.work_units.len() * self.roles.len();
        self.used += count;
        anyhow::ensure!(
            self.used <= room,
            "there are only {room} accesses to ask for"
        );
        let path = format!("/api/collective?document={}", self.documents[0]);
        let letter = |index: usize| {
            let (person, place) = (index % self.tokens.len(), index / self.tokens.len());
            let role = self.roles[place % self.roles.len()];
            // Units are listed by name, which is the order of their codes.
            let unit = place / self.roles.len();
            let row = format!("orang{person}@bench.example,{role},BENCH-{unit},2030-12-31\n");
            let file = format!("email,role,work_unit,valid_until\n{row}{row}");
            Shot::post(path.clone(), Some(&self.tokens[0]), file.into())
        };
        Ok((from..self.used).map(letter).collect())
    }

    fn registration(&self, index: usize) -> Shot {
        let person = index % self.tokens.len();
        let place = index / self.tokens.len();
        let body = self.form(place, &self.documents[person]);
        Shot::post(REGISTRATION, Some(&self.tokens[person]), json(&body))
    }

    fn form(&self, place: usize, document: &str) -> Value {
        json!({
            "role": self.roles[place % self.roles.len()],
            "institution": self.institution,
            "work_unit": self.work_units[place / self.roles.len()],
            "valid_until": "2030-12-31",
            "document": document,
            "confirmed": true,
        })
    }

    /// Forms of suppliers, each of which gets a meeting.
    fn suppliers_registrations(&mut self, count: usize) -> Result<Vec<Shot>> {
        let room = self.suppliers.len() * MEETINGS_OF_ONE;
        let from = self.supplier_used;
        self.supplier_used += count;
        anyhow::ensure!(
            self.supplier_used <= room,
            "suppliers may wait for {room} meetings only"
        );
        let form = |place| {
            let supplier = self.supplier_of(place);
            let mut body = self.form(place, &supplier.document);
            body["golongan"] = "III/a".into();
            body["npwp"] = "0123456789012345".into();
            Shot::post(REGISTRATION, Some(&supplier.token), json(&body))
        };
        Ok((from..self.supplier_used).map(form).collect())
    }

    /// Who asks for the supplier's access in this place.
    fn supplier_of(&self, place: usize) -> &Supplier {
        &self.suppliers[place / MEETINGS_OF_ONE]
    }

    /// The accesses that these answers to registrations are about.
    fn owned(&self, first: usize, registered: Vec<(usize, Value)>) -> Vec<Owned> {
        let owned = |(index, access): (usize, Value)| {
            let person = (first + index) % self.tokens.len();
            Owned {
                access: string(&access, "id"),
                request: string(&access["request"], "id"),
                token: self.tokens[person].clone(),
                document: self.documents[person].clone(),
            }
        };
        registered.into_iter().map(owned).collect()
    }
}

/// An access with what its owner needs for the next commands.
struct Owned {
    access: String,
    request: String,
    token: Arc<str>,
    document: String,
}

impl Owned {
    fn approval(&self, verifier: &Arc<str>) -> Shot {
        let path = format!("/api/requests/{}/decision", self.request);
        Shot::post(
            path,
            Some(verifier),
            json(&json!({
                "decision": "approve", "attested": true, "valid_until": near().to_string(),
            })),
        )
    }

    fn extension(&self) -> Shot {
        let path = format!("/api/accesses/{}/extension", self.access);
        let body = json!({ "valid_until": "2031-12-31", "document": self.document });
        Shot::post(path, Some(&self.token), json(&body))
    }

    fn deactivation(&self) -> Shot {
        let path = format!("/api/accesses/{}/deactivation", self.access);
        Shot::post(
            path,
            Some(&self.token),
            json(&json!({ "handover": {
                "kind": "unassigned", "packages": [{ "title": "Paket Bench" }],
            } })),
        )
    }

    fn reactivation(&self) -> Shot {
        let path = format!("/api/accesses/{}/reactivation", self.access);
        let body = json!({ "valid_until": "2031-12-31", "document": self.document });
        Shot::post(path, Some(&self.token), json(&body))
    }
}

/// An end near enough to be extended, with some days for a clock that is moved.
fn near() -> chrono::NaiveDate {
    office_day() + chrono::TimeDelta::days(60)
}

fn none_open() -> Value {
    json!({ "handover": { "kind": "none-open" } })
}

fn json(value: &Value) -> Bytes {
    value.to_string().into()
}

fn text(value: &Value, name: &str) -> Result<String> {
    value[name]
        .as_str()
        .map(str::to_owned)
        .with_context(|| format!("no `{name}` in {value}"))
}

fn string(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}
