//! `/api/substitutes`: who verifies while a VAI is absent (VER-1).

use akses_tests::client::Answer;
use akses_tests::crowd::at_once;
use akses_tests::host::Options;
use akses_tests::mailbox::Mailbox;
use akses_tests::world::{LATER, Person, World};
use serde_json::{Value, json};
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(World::new);

/// The day that it is when tests begin.
const TODAY: &str = "2026-03-27";

/// Somebody with an active access in an institution.
fn colleague(world: &World, institution: &str) -> Person {
    let person = world.person();
    world.carry_over(&person, "PPK", &world.work_unit(institution), LATER);
    person
}

fn naming(substitute: &Person, from: &str, until: &str) -> Value {
    json!({ "substitute_email": substitute.email, "from": from, "until": until })
}

fn try_name(verifier: &Person, substitute: &Person, from: &str, until: &str) -> Answer {
    let body = naming(substitute, from, until);
    verifier.post("/api/substitutes/naming", &body)
}

#[track_caller]
fn name(verifier: &Person, substitute: &Person, from: &str, until: &str) -> String {
    let named = try_name(verifier, substitute, from, until)
        .expect(201)
        .json();
    named["id"].as_str().unwrap().to_owned()
}

fn try_end(verifier: &Person, id: &str) -> Answer {
    verifier.post(&format!("/api/substitutes/{id}/ending"), &json!({}))
}

fn is_verifier(person: &Person) -> bool {
    person.get("/api/me").expect(200).json()["is_verifier"] == true
}

#[test]
fn ver_1_a_substitute_verifies_like_the_absent_vai_and_the_record_says_for_whom() {
    let verifier = WORLD.new_verifier("BARAT", LATER);
    let substitute = colleague(&WORLD, "BARAT");
    let person = WORLD.person();
    let unit = WORLD.work_unit("BARAT");
    let (first, second) = (
        person.register("PPK", &unit, LATER),
        person.register("PP", &unit, LATER),
    );
    let elsewhere = WORLD
        .person()
        .register("PPK", &WORLD.work_unit("TENGAH"), LATER);
    let document = WORLD.database().text(&format!(
        "SELECT document FROM request WHERE id = '{}'",
        first.request()
    ));
    let document = format!("/api/documents/{}", document.unwrap());
    substitute
        .try_approve(&first.request())
        .problem(403, "not-a-verifier");
    substitute.get(&document).problem(404, "not-found");

    let id = name(&verifier, &substitute, TODAY, "2026-04-10");
    assert!(is_verifier(&substitute));
    assert!(substitute.sees(&first.request()));
    let _ = substitute.get(&document).expect(200);
    let _ = substitute.get("/api/meetings").expect(200);
    substitute
        .try_approve(&elsewhere.request())
        .problem(404, "not-found");
    substitute.approve(&first.request());
    substitute.reject(&second.request(), "SK tidak terbaca.");
    for access in [&first, &second] {
        let event = WORLD.database().history(&access.id()).pop().unwrap();
        assert_eq!(event.data["decided_as"], "substitute");
        assert_eq!(event.data["in_place_of"], verifier.account);
        assert_eq!(event.actor, substitute.account);
    }
    // Both see it in their lists.
    for person in [&verifier, &substitute] {
        let list = person.get("/api/substitutes").expect(200).json();
        assert_eq!(list["substitutes"][0]["id"], id);
        assert_eq!(list["substitutes"][0]["state"], "running");
    }
    // The VAI is not shut out by being absent.
    let third = person.register("KPA", &unit, LATER);
    verifier.approve(&third.request());
    let event = WORLD.database().history(&third.id()).pop().unwrap();
    assert_eq!(event.data["decided_as"], "vai");
    assert_eq!(event.data.get("in_place_of"), None);
}

#[test]
fn ver_1_a_substitute_begins_and_ends_with_the_days_of_the_institutions_zone() {
    let world = World::new();
    let verifier = world.new_verifier("TIMUR", LATER);
    let substitute = colleague(&world, "TIMUR");
    let request = world
        .person()
        .register("PPK", &world.work_unit("TIMUR"), LATER)
        .request();
    name(&verifier, &substitute, "2026-03-29", "2026-03-30");
    for (at, verifies) in [
        ("2026-03-28T14:59:00Z", false),
        ("2026-03-28T15:00:00Z", true),
        ("2026-03-30T14:59:00Z", true),
        ("2026-03-30T15:00:00Z", false),
    ] {
        world.host.set_clock(at);
        let substitute = world.sign_in(&substitute.email);
        assert_eq!(is_verifier(&substitute), verifies, "{at}");
        if verifies {
            assert!(substitute.sees(&request), "{at}");
        } else {
            substitute
                .try_approve(&request)
                .problem(403, "not-a-verifier");
        }
    }
}

#[test]
fn ver_1_a_substitute_decides_neither_their_own_requests_nor_those_of_the_absent() {
    let verifier = WORLD.new_verifier("UTARA", LATER);
    let substitute = colleague(&WORLD, "UTARA");
    let unit = WORLD.work_unit("UTARA");
    let own = substitute.register("KPA", &unit, LATER).request();
    let absents = verifier.register("KPA", &unit, LATER).request();
    name(&verifier, &substitute, TODAY, TODAY);
    substitute.try_approve(&own).problem(403, "own-request");
    substitute.try_approve(&absents).problem(404, "not-found");
    assert!(!substitute.sees(&own) && !substitute.sees(&absents));
    let document = WORLD.database().text(&format!(
        "SELECT document FROM request WHERE id = '{absents}'"
    ));
    let document = format!("/api/documents/{}", document.unwrap());
    substitute.get(&document).problem(404, "not-found");
    // Another VAI's substitute may: the rule is about the one who is absent.
    let other = WORLD.new_verifier("UTARA", LATER);
    name(&other, &substitute, TODAY, TODAY);
    assert!(substitute.sees(&absents));
    substitute.approve(&absents);
    let decided = format!("SELECT decided_as FROM request WHERE id = '{absents}'");
    assert_eq!(
        WORLD.database().text(&decided).as_deref(),
        Some("substitute")
    );
    let by =
        format!("SELECT data ->> 'in_place_of' FROM event WHERE data ->> 'request' = '{absents}'");
    assert_eq!(WORLD.database().text(&by), Some(other.account));
}

#[test]
fn ver_1_what_a_substitute_has_is_not_passed_on() {
    let verifier = WORLD.new_verifier("BARAT", LATER);
    let (substitute, third) = (colleague(&WORLD, "BARAT"), colleague(&WORLD, "BARAT"));
    let id = name(&verifier, &substitute, TODAY, "2026-04-01");
    try_name(&substitute, &third, TODAY, TODAY).problem(403, "not-a-verifier");
    assert!(!is_verifier(&third));
    // Nor does the substitute end it, or anybody else.
    for other in [&substitute, &third, &WORLD.verifier("BARAT")] {
        try_end(other, &id).problem(404, "not-found");
    }
}

#[test]
fn ver_1_what_an_absence_cannot_be() {
    let verifier = WORLD.new_verifier("TENGAH", LATER);
    let substitute = colleague(&WORLD, "TENGAH");
    let stranger = colleague(&WORLD, "BARAT");
    let without_access = WORLD.person();
    let ended = WORLD.person();
    WORLD.carry_over(&ended, "PPK", &WORLD.work_unit("TENGAH"), "2026-03-26");
    for (who, from, until, kind, field) in [
        (&substitute, "2026-03-26", TODAY, "absence-past", "from"),
        (
            &substitute,
            "2026-06-26",
            "2026-06-27",
            "absence-too-far-ahead",
            "from",
        ),
        (
            &substitute,
            "2026-03-29",
            "2026-03-28",
            "absence-backwards",
            "until",
        ),
        (
            &substitute,
            TODAY,
            "2026-04-26",
            "absence-too-long",
            "until",
        ),
        (
            &verifier,
            TODAY,
            TODAY,
            "substitute-is-absent",
            "substitute_email",
        ),
        (
            &stranger,
            TODAY,
            TODAY,
            "unknown-substitute",
            "substitute_email",
        ),
        (
            &without_access,
            TODAY,
            TODAY,
            "unknown-substitute",
            "substitute_email",
        ),
        (
            &ended,
            TODAY,
            TODAY,
            "unknown-substitute",
            "substitute_email",
        ),
    ] {
        try_name(&verifier, who, from, until).names_field(422, kind, field);
    }
    // Who is nobody looks like who has no access there.
    let nobody =
        json!({ "substitute_email": "tiada@contoh.example", "from": TODAY, "until": TODAY });
    let nobody = verifier.post("/api/substitutes/naming", &nobody);
    let nobody = nobody.problem(422, "unknown-substitute");
    let known = try_name(&verifier, &stranger, TODAY, TODAY).problem(422, "unknown-substitute");
    assert_eq!(nobody["detail"], known["detail"]);
    let other = json!({
        "institution": WORLD.institution("BARAT"), "substitute_email": stranger.email,
        "from": TODAY, "until": TODAY,
    });
    verifier
        .post("/api/substitutes/naming", &other)
        .names_field(422, "which-institution", "institution");
    // Thirty days are fine.
    name(&verifier, &substitute, TODAY, "2026-04-25");
}

#[test]
fn ver_1_of_overlapping_absences_announced_at_once_one_stands() {
    let verifier = WORLD.new_verifier("UTARA", LATER);
    let colleagues: Vec<_> = (0..8).map(|_| colleague(&WORLD, "UTARA")).collect();
    let answers = at_once(8, |n| {
        let day = format!("2026-04-{:02}", n + 1);
        try_name(&verifier, &colleagues[n], &day, "2026-04-08")
    });
    let stands = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(stands, 1);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        answer.problem(409, "absence-overlaps");
    }
    // Days beside it are free, and so are its own once it is ended.
    name(&verifier, &colleagues[0], "2026-04-09", "2026-04-09");
    let list = verifier.get("/api/substitutes").expect(200).json();
    let first = list["substitutes"][1]["id"].as_str().unwrap();
    let _ = try_end(&verifier, first).expect(200);
    name(&verifier, &colleagues[1], "2026-04-08", "2026-04-08");
    // Another VAI's absence is another matter.
    let other = WORLD.new_verifier("UTARA", LATER);
    name(&other, &colleagues[2], "2026-04-08", "2026-04-08");
}

#[test]
fn ver_1_an_absence_that_is_ended_gives_nothing_any_more() {
    let verifier = WORLD.new_verifier("BARAT", LATER);
    let substitute = colleague(&WORLD, "BARAT");
    let request = WORLD
        .person()
        .register("PPK", &WORLD.work_unit("BARAT"), LATER)
        .request();
    let id = name(&verifier, &substitute, TODAY, "2026-04-01");
    assert!(substitute.sees(&request));
    let answers = at_once(4, |_| try_end(&verifier, &id));
    let ended = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(ended, 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.problem(409, "substitution-over");
    }
    assert!(!is_verifier(&substitute));
    substitute
        .try_approve(&request)
        .problem(403, "not-a-verifier");
    assert_eq!(
        WORLD.database().kinds(&id),
        ["substitute-named", "substitution-ended"]
    );
    WORLD.verifier("BARAT").approve(&request);
}

#[test]
fn reg_5_naming_and_ending_sent_twice_with_their_keys_are_one() {
    let verifier = WORLD.new_verifier("BARAT", LATER);
    let substitute = colleague(&WORLD, "BARAT");
    let body = naming(&substitute, TODAY, "2026-04-01");
    let send = |path: &str, body: &Value, key: &str| {
        let call = verifier.call("POST", path).json(body);
        call.header("idempotency-key", key).send()
    };
    let first = send("/api/substitutes/naming", &body, "n1")
        .expect(201)
        .json();
    let again = send("/api/substitutes/naming", &body, "n1")
        .expect(201)
        .json();
    assert_eq!(first, again);
    let path = format!("/api/substitutes/{}/ending", first["id"].as_str().unwrap());
    let ended = send(&path, &json!({}), "e1").expect(200).json();
    assert_eq!(ended["state"], "ended");
    assert_eq!(send(&path, &json!({}), "e1").expect(200).json(), ended);
    send(&path, &json!({}), "n1").problem(422, "idempotency-key-reused");
}

#[test]
fn exp_2_a_substitute_has_no_more_than_the_absent_vai_and_than_an_access_of_their_own() {
    let world = World::new();
    let short = world.new_verifier("BARAT", "2026-03-28");
    let long = world.new_verifier("BARAT", LATER);
    let (of_short, of_long) = (colleague(&world, "BARAT"), world.person());
    let own = world.carry_over(&of_long, "PPK", &world.work_unit("BARAT"), "2026-03-28");
    name(&short, &of_short, TODAY, "2026-04-01");
    name(&long, &of_long, TODAY, "2026-04-01");
    assert!(is_verifier(&of_short) && is_verifier(&of_long));
    world.host.set_clock("2026-03-28T17:00:00Z");
    // No timer has run: the dates say it.
    assert!(!is_verifier(&world.sign_in(&of_short.email)));
    let of_long = world.sign_in(&of_long.email);
    assert!(!is_verifier(&of_long));
    // With an access again, the absence counts again.
    let access = of_long.reactivate(&own, LATER);
    world.sign_in(&long.email).approve(&access.request());
    assert!(is_verifier(&of_long));
    // A VAI who gives the access up takes the substitute along.
    let long = world.sign_in(&long.email);
    let held = long.get("/api/accesses").expect(200).json();
    let body = json!({
        "handover": { "kind": "none-open" }, "last_verifier_acknowledged": true,
    });
    let id = held["accesses"][0]["id"].as_str().unwrap();
    let _ = long
        .post(&format!("/api/accesses/{id}/deactivation"), &body)
        .expect(200);
    assert!(!is_verifier(&of_long));
}

#[test]
fn ver_4_of_the_vai_and_the_substitute_deciding_at_once_one_decides() {
    let verifier = WORLD.new_verifier("BARAT", LATER);
    let substitute = colleague(&WORLD, "BARAT");
    name(&verifier, &substitute, TODAY, TODAY);
    for _ in 0..8 {
        let request = WORLD
            .person()
            .register("PPK", &WORLD.work_unit("BARAT"), LATER)
            .request();
        let deciders = [&verifier, &substitute];
        let answers = at_once(2, |n| deciders[n].try_approve(&request));
        let winner = answers.iter().position(|answer| answer.status == 200);
        let winner = winner.expect("one decides");
        let told = answers[1 - winner].problem(409, "already-decided");
        assert_eq!(told["decided_as"], ["vai", "substitute"][winner]);
    }
}

#[test]
fn both_are_told_by_mail_when_it_begins_and_when_it_is_ended() {
    let mailbox = Mailbox::start();
    let world = World::with(Options::default().variable("smtp_relay", &mailbox.smtp));
    let verifier = world.new_verifier("TENGAH", LATER);
    let substitute = colleague(&world, "TENGAH");
    let id = name(&verifier, &substitute, TODAY, "2026-04-01");
    let deliver = || _ = world.drive("deliver-notifications").send().expect(200);
    deliver();
    let to_substitute = mailbox.wait_for(&substitute.email, 1).remove(0);
    let to_verifier = mailbox.wait_for(&verifier.email, 1).remove(0);
    assert_eq!(
        to_substitute.subject,
        "Anda ditunjuk sebagai verifikator pengganti"
    );
    assert_eq!(
        to_verifier.subject,
        "Verifikator pengganti Anda sudah dicatat"
    );
    for letter in [&to_substitute, &to_verifier] {
        let words = letter.words();
        for shown in [
            verifier.name.as_str(),
            &substitute.name,
            "Jumat, 27 Maret 2026 pukul 00.00 WITA",
            "sampai Rabu, 1 April 2026 pukul 24.00 WITA",
            "Pemerintah Kota Contoh Tengah",
        ] {
            assert!(words.contains(shown), "{shown}\n{words}");
        }
    }
    let _ = try_end(&verifier, &id).expect(200);
    deliver();
    for person in [&verifier, &substitute] {
        let letters = mailbox.wait_for(&person.email, 2);
        assert_eq!(letters[1].subject, "Penggantian verifikator diakhiri");
    }
}

#[test]
fn ver_3_a_substitute_is_reminded_like_the_vai() {
    let world = World::new();
    let verifier = world.new_verifier("BARAT", LATER);
    let (substitute, other) = (colleague(&world, "BARAT"), colleague(&world, "BARAT"));
    world
        .person()
        .register("PPK", &world.work_unit("BARAT"), LATER);
    name(&verifier, &substitute, "2026-03-28", "2026-03-30");
    name(&verifier, &other, "2026-04-01", "2026-04-02");
    world.host.set_clock("2026-03-28T19:12:00Z");
    let _ = world.drive("remind-verifiers").send().expect(200);
    let mut told = [verifier.account, substitute.account];
    told.sort();
    let recipients = "SELECT data ->> 'recipients' FROM event WHERE kind = 'verification-reminded'";
    let recipients = world.database().text(recipients).unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(&recipients).unwrap(),
        json!(told)
    );
}

#[test]
fn mtg_3_a_substitute_calls_meetings_like_the_vai_but_never_the_absent_one() {
    let world = World::new();
    world.import(
        "holidays",
        include_str!("../../crates/host/demo/holidays.csv"),
    );
    // Room for both on the day that it is.
    world.import("meeting-rooms", "institution,rooms\nBARAT,2\n");
    let absent = world.supplier();
    world.carry_over(&absent, "VAI", &world.work_unit("BARAT"), LATER);
    let substitute = colleague(&world, "BARAT");
    let applicant = world.supplier();
    let unit = world.work_unit("BARAT");
    let absents = absent.register("PPK", &unit, LATER).request();
    let request = applicant.register("PPK", &unit, LATER).request();
    name(&absent, &substitute, "2026-03-27", "2026-03-31");
    for (person, request) in [(&absent, &absents), (&applicant, &request)] {
        let path = format!("/api/requests/{request}/meeting/join");
        let _ = person.post(&path, &json!({})).expect(200);
    }
    // The absent one's slot is earlier, and not for the substitute to call.
    let call = || substitute.post("/api/meetings/call-next", &json!({}));
    let called = call().expect(200).json();
    assert_eq!(called["meeting"]["request"], request, "{called:#}");
    assert_eq!(call().expect(200).json()["meeting"], Value::Null);
    substitute.approve(&request);
}
