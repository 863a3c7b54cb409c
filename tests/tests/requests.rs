//! `GET /api/requests` and `POST /api/requests/:id/decision`: VER-1 to VER-4.

use akses_tests::client::Answer;
use akses_tests::crowd::at_once;
use akses_tests::world::{LATER, Person, World};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(World::new);

/// Verifiers of one institution, enough for a crowd.
static VERIFIERS: LazyLock<Vec<Person>> = LazyLock::new(|| {
    (0..16)
        .map(|_| WORLD.new_verifier("UTARA", LATER))
        .collect()
});

fn approval() -> Value {
    json!({ "decision": "approve", "attested": true })
}

fn rejection(reason: &str) -> Value {
    json!({ "decision": "reject", "reason": reason })
}

#[test]
fn ver_1_a_verifier_sees_and_decides_only_the_requests_of_the_own_institution() {
    let person = WORLD.person();
    let request = person
        .register("PPK", &WORLD.work_unit("BARAT"), LATER)
        .request();
    let stranger = WORLD.verifier("TENGAH");
    assert!(!stranger.sees(&request));
    let nowhere = uuid::Uuid::now_v7().to_string();
    for decision in [approval(), rejection("bukan bagian saya")] {
        let theirs = stranger.decide(&request, &decision);
        theirs.problem(404, "not-found");
        let none = stranger.decide(&nowhere, &decision);
        assert_eq!(without_id(&theirs), without_id(&none), "they look the same");
    }
    assert!(WORLD.verifier("BARAT").sees(&request));
    WORLD.verifier("BARAT").approve(&request);
}

fn without_id(answer: &Answer) -> String {
    let id = answer.text("x-request-id").to_owned();
    String::from_utf8(answer.body.clone())
        .unwrap()
        .replace(&id, "")
}

#[test]
fn ver_1_verifiers_are_verified_nationally_and_the_record_names_the_capacity() {
    for (national, capacity) in [("VND", "directorate"), ("VNT", "operator")] {
        let person = WORLD.person();
        let unit = WORLD.work_unit("BARAT");
        let access = person.register("VAI", &unit, LATER);
        let local = WORLD.verifier("BARAT");
        assert!(!local.sees(&access.request()));
        local
            .try_approve(&access.request())
            .problem(404, "not-found");
        assert!(WORLD.national(national).sees(&access.request()));
        WORLD.national(national).approve(&access.request());
        let event = WORLD.database().history(&access.id()).pop().unwrap();
        assert_eq!(event.data["decided_as"], capacity);
        assert_eq!(event.actor, WORLD.national(national).account);
        // From now on this person verifies.
        let request = WORLD.person().register("PPK", &unit, LATER).request();
        person.approve(&request);
    }
}

#[test]
fn ver_1_national_verifiers_leave_institutions_their_own_requests() {
    let request = WORLD
        .person()
        .register("PPK", &WORLD.work_unit("TENGAH"), LATER)
        .request();
    for national in ["VND", "VNT"] {
        assert!(!WORLD.national(national).sees(&request));
        WORLD
            .national(national)
            .try_approve(&request)
            .problem(404, "not-found");
    }
}

#[test]
fn ver_1_nobody_decides_their_own_request() {
    let verifier = WORLD.new_verifier("TENGAH", LATER);
    let request = verifier
        .register("PPK", &WORLD.work_unit("TENGAH"), LATER)
        .request();
    assert!(!verifier.sees(&request));
    verifier.try_approve(&request).problem(403, "own-request");
    verifier
        .decide(&request, &rejection("sendiri"))
        .problem(403, "own-request");
    WORLD.verifier("TENGAH").approve(&request);
}

#[test]
fn ver_1_a_verifier_whose_access_ended_decides_nothing_from_that_second() {
    let world = World::new();
    let verifier = world.new_verifier("BARAT", "2026-03-27");
    let unit = world.work_unit("BARAT");
    let person = world.person();
    let (first, second) = (
        person.register("PPK", &unit, LATER),
        person.register("PP", &unit, LATER),
    );
    let document = world
        .database()
        .text("SELECT document FROM request LIMIT 1")
        .unwrap();
    let document = format!("/api/documents/{document}");
    world.host.set_clock("2026-03-27T16:59:50Z");
    verifier.approve(&first.request());
    let _ = verifier.get(&document).expect(200);
    world.host.set_clock("2026-03-27T17:00:00Z");
    verifier
        .try_approve(&second.request())
        .problem(403, "not-a-verifier");
    verifier.get("/api/requests").problem(403, "not-a-verifier");
    verifier.get(&document).problem(404, "not-found");
    assert_eq!(
        verifier.get("/api/me").expect(200).json()["is_verifier"],
        false
    );
    assert_eq!(person.status(&second.id()), "Menunggu Verifikasi");
}

#[test]
fn ver_1_a_verifier_who_gave_the_access_up_decides_nothing() {
    let verifier = WORLD.new_verifier("TENGAH", LATER);
    // Somebody has to be left, or the last one is asked first.
    let _ = WORLD.verifier("TENGAH");
    let request = WORLD
        .person()
        .register("PPK", &WORLD.work_unit("TENGAH"), LATER)
        .request();
    assert!(verifier.sees(&request));
    let own = verifier.get("/api/accesses").expect(200).json()["accesses"][0]["id"].clone();
    verifier.deactivate(own.as_str().unwrap());
    verifier
        .try_approve(&request)
        .problem(403, "not-a-verifier");
}

#[test]
fn ver_2_a_decision_says_what_it_has_to() {
    let person = WORLD.person();
    let access = person.register("PPK", &WORLD.work_unit("BARAT"), "2026-12-31");
    let request = access.request();
    let verifier = WORLD.verifier("BARAT");
    for (decision, kind, field) in [
        (json!({ "decision": "approve" }), "not-attested", "attested"),
        (
            json!({ "decision": "approve", "attested": false }),
            "not-attested",
            "attested",
        ),
        (
            json!({ "decision": "approve", "attested": true, "valid_until": "2027-01-01" }),
            "later-than-decree",
            "valid_until",
        ),
        (
            json!({ "decision": "approve", "attested": true, "valid_until": "2026-03-26" }),
            "end-date-past",
            "valid_until",
        ),
        (json!({ "decision": "reject" }), "reason-missing", "reason"),
        (rejection(""), "reason-missing", "reason"),
        (rejection(" \n\t "), "reason-missing", "reason"),
        (rejection(&"a".repeat(1_001)), "reason-too-long", "reason"),
    ] {
        verifier
            .decide(&request, &decision)
            .names_field(422, kind, field);
    }
    assert_eq!(WORLD.database().kinds(&access.id()), ["access-requested"]);
    let earlier = json!({ "decision": "approve", "attested": true, "valid_until": "2026-06-30" });
    let approved = verifier.decide(&request, &earlier).expect(200).json();
    assert_eq!(approved["valid_until"], "2026-06-30");
}

#[test]
fn ver_2_a_reason_of_exactly_the_longest_length_is_taken_in_any_letters() {
    let person = WORLD.person();
    let access = person.register("PPK", &WORLD.work_unit("BARAT"), LATER);
    let reason = "é".repeat(1_000);
    WORLD.verifier("BARAT").reject(&access.request(), &reason);
    assert_eq!(person.listed(&access.id())["rejection"], reason);
}

#[test]
fn ver_3_requests_carry_their_deadline_overdue_ones_lead_and_no_clock_approves() {
    let world = World::new();
    let unit = world.work_unit("BARAT");
    let person = world.person();
    let early = person.register("PPK", &unit, LATER);
    world.host.set_clock("2026-03-28T07:10:00Z");
    let person = world.sign_in(&person.email);
    let late = person.register("PP", &unit, LATER);
    // 73 hours after the first one: elapsed hours, over a weekend.
    world.host.set_clock("2026-03-30T08:10:00Z");
    world.host.run_timer("expire-accesses");
    let queue = world.verifier("BARAT").queue();
    let seen: Vec<_> = queue
        .iter()
        .map(|item| (item["id"].clone(), item["overdue"].clone()))
        .collect();
    let expected = [
        (Value::from(early.request()), Value::from(true)),
        (Value::from(late.request()), Value::from(false)),
    ];
    assert_eq!(seen, expected);
    let deadline = queue[1]["deadline"]["at"].as_str().unwrap();
    assert!(
        deadline.starts_with("2026-03-31T14:10:") && deadline.ends_with("+07:00"),
        "{deadline}"
    );
    let deadline = queue[1]["deadline"]["text"].as_str().unwrap();
    assert_eq!(deadline, "Selasa, 31 Maret 2026 pukul 14.10 WIB");
    // How it came about, wherever it is shown.
    let derivation = "diajukan Sabtu, 28 Maret 2026 pukul 14.10 WIB + 3x24 jam = \
                      Selasa, 31 Maret 2026 pukul 14.10 WIB";
    assert_eq!(queue[1]["deadline"]["derivation"], derivation);
    assert_eq!(late.0["request"]["deadline"]["derivation"], derivation);
    let person = world.sign_in(&person.email);
    assert_eq!(person.status(&early.id()), "Menunggu Verifikasi");
    let listed = person.listed(&late.id());
    assert_eq!(listed["request"]["deadline"]["derivation"], derivation);
}

#[test]
fn ver_4_of_two_deciders_at_once_one_decides_and_the_other_is_told() {
    let deciders = [&VERIFIERS[0], &VERIFIERS[1]];
    let decisions = [approval(), rejection("SK tidak sesuai.")];
    for _ in 0..8 {
        let person = WORLD.person();
        let access = person.register("PPK", &WORLD.work_unit("UTARA"), LATER);
        let answers = at_once(2, |n| deciders[n].decide(&access.request(), &decisions[n]));
        let winner = answers
            .iter()
            .position(|answer| answer.status == 200)
            .expect("one decides");
        let told = answers[1 - winner].problem(409, "already-decided");
        assert_eq!(told["outcome"], ["approved", "rejected"][winner]);
        assert_eq!(told["decided_as"], "vai");
        assert!(told["decided_at_ms"].is_i64());
        assert_eq!(person.status(&access.id()), ["Aktif", "Ditolak"][winner]);
        assert_eq!(WORLD.database().kinds(&access.id()).len(), 2);
    }
}

#[test]
fn ver_4_of_sixteen_deciders_at_once_one_decides() {
    for _ in 0..4 {
        let access = WORLD
            .person()
            .register("PPK", &WORLD.work_unit("UTARA"), LATER);
        let answers = at_once(VERIFIERS.len(), |n| {
            VERIFIERS[n].try_approve(&access.request())
        });
        let decided: Vec<_> = answers
            .iter()
            .filter(|answer| answer.status == 200)
            .collect();
        assert_eq!(decided.len(), 1);
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            answer.problem(409, "already-decided");
        }
        assert_eq!(
            WORLD.database().kinds(&access.id()),
            ["access-requested", "request-approved"]
        );
    }
}

#[test]
fn ver_4_a_decision_sent_twice_with_its_key_is_one_decision() {
    let access = WORLD
        .person()
        .register("PPK", &WORLD.work_unit("BARAT"), LATER);
    let path = format!("/api/requests/{}/decision", access.request());
    let verifier = WORLD.verifier("BARAT");
    let send = || {
        verifier
            .call("POST", &path)
            .key(&access.request())
            .json(&approval())
            .send()
    };
    let first = send().expect(200);
    assert_eq!(send().expect(200).body, first.body);
    // Without its key it is another decision, which comes too late.
    verifier
        .try_approve(&access.request())
        .problem(409, "already-decided");
}

#[test]
fn ver_4_a_request_that_was_replaced_is_not_decided() {
    let person = WORLD.person();
    let unit = WORLD.work_unit("BARAT");
    let verifier = WORLD.verifier("BARAT");
    let old = person.register("PPK", &unit, LATER).request();
    verifier.reject(&old, "Unggah SK yang lengkap.");
    let new = person.register("PPK", &unit, LATER).request();
    verifier.try_approve(&old).problem(409, "already-decided");
    verifier.approve(&new);
    verifier.try_approve(&old).problem(409, "no-longer-waiting");
}

#[test]
fn the_queue_comes_in_pages_without_gaps_or_repeats() {
    let world = World::new();
    let unit = world.work_unit("TIMUR");
    let sent: BTreeSet<String> = ["PA", "KPA", "PPK", "PP"]
        .map(|role| world.person().register(role, &unit, LATER).request())
        .into();
    let verifier = world.verifier("TIMUR");
    let mut seen = Vec::new();
    let mut path = "/api/requests?limit=1".to_owned();
    loop {
        let page = verifier.get(&path).expect(200).json();
        let requests = page["requests"].as_array().unwrap();
        assert!(requests.len() <= 1);
        seen.extend(
            requests
                .iter()
                .map(|item| item["id"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next"].as_str() else {
            break;
        };
        path = format!("/api/requests?limit=1&after={next}");
    }
    assert_eq!(seen.len(), sent.len());
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), sent);
}
