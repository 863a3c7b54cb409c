//! `/api/sirup-link`: "Hubungkan Akses" (SIR-1..4), against a stand-in for SiRUP
//! that answers over a real socket.

use akses_tests::client::Answer;
use akses_tests::crowd::at_once;
use akses_tests::host::Options;
use akses_tests::mailbox::Mailbox;
use akses_tests::sirup::Sirup;
use akses_tests::world::{LATER, Person, World};
use serde_json::{Value, json};
use std::fs;
use std::time::{Duration, Instant};

/// Of every user of the stand-in, unless a test needs another.
const SECRET: &str = "rahasia-sirup-7731";

/// Attempts without a right password before there is a rest.
const ATTEMPTS_MAX: usize = 5;

/// A rest of 15 minutes, and a little.
const AFTER_THE_REST: &str = "2026-03-27T07:26:00Z";

/// Failures in a row before SiRUP is left alone.
const FAILURES_MAX: usize = 5;

/// The time limit of a call, and what a busy machine adds to it.
const CALL: std::ops::Range<Duration> = Duration::from_secs(4)..Duration::from_secs(15);

fn world(sirup: &Sirup) -> World {
    World::with(Options::default().variable("sirup_origin", &sirup.origin))
}

fn link(person: &Person, user_name: &str, password: &str) -> Answer {
    let body = json!({ "user_name": user_name, "password": password });
    person.post("/api/sirup-link", &body)
}

fn linked_name(person: &Person) -> Value {
    person.get("/api/me").expect(200).json()["sirup_user_name"].clone()
}

fn links(world: &World) -> i64 {
    let events = "SELECT count(*) FROM event WHERE kind = 'sirup-linked'";
    let events = world.database().number(events);
    let links = world.database().number("SELECT count(*) FROM sirup_link");
    assert_eq!(events, links, "the fold and the record differ");
    links
}

fn retry_after(answer: &Answer, most: u64) {
    let seconds: u64 = answer.text("retry-after").parse().unwrap();
    assert!((1..=most).contains(&seconds), "{}", answer.shown());
}

#[test]
fn sir_1_the_outcomes_each_have_their_answer() {
    let sirup = Sirup::start(&[&format!("Budi.Santoso:{SECRET}:2019-03-04:77")]);
    let world = world(&sirup);
    let (person, other) = (world.person(), world.person());
    assert_eq!(linked_name(&person), Value::Null);

    // Wrong: "Daftar Akses Baru" or Pusat Bantuan, and the same for nobody's name.
    for (name, password) in [("budi.santoso", "salah"), ("tidak.ada", SECRET)] {
        let problem = link(&person, name, password).problem(422, "sirup-wrong-credentials");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("Daftar Akses Baru") && detail.contains("Pusat Bantuan"));
    }

    // Linked: the form goes on, prefilled, with the name as SiRUP spells it.
    let linked = link(&person, "  budi.SANTOSO ", SECRET).expect(200).json();
    let expected = json!({
        "previous_user_name": "Budi.Santoso", "full_name": null, "role": null,
        "work_unit_code": null, "place": null,
    });
    assert_eq!(linked, expected);
    assert_eq!(linked_name(&person), "Budi.Santoso");
    let event = world.database().history(&person.account).pop().unwrap();
    assert_eq!(
        (event.kind.as_str(), event.actor.as_str()),
        ("sirup-linked", &*person.account)
    );
    let data = json!({
        "user_id": "77", "user_name": "Budi.Santoso", "user_name_key": "budi.santoso",
        "registered_on": "2019-03-04",
    });
    assert_eq!(event.data, data);

    // Linked to somebody else already: Pusat Bantuan.
    let problem = link(&other, "budi.santoso", SECRET).problem(409, "sirup-already-linked");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("Pusat Bantuan")
    );
    assert_eq!(linked_name(&other), Value::Null);
    // Only who knows the password learns that.
    link(&other, "budi.santoso", "salah").problem(422, "sirup-wrong-credentials");
    assert_eq!(links(&world), 1);
}

#[test]
fn sir_1_what_sirup_knows_of_the_person_comes_with_it() {
    let sirup = Sirup::start(&[]);
    let world = world(&sirup);
    let linked = link(&world.person(), "pa.kemenkeu", "sirup-demo-2019")
        .expect(200)
        .json();
    assert_eq!(linked["role"], "PA");
    assert_eq!(linked["full_name"], "Demo Pengguna Anggaran");
    // A unit that is not known here does not stand in the way.
    assert_eq!(linked["work_unit_code"], "KEMENKEU-DJA");
    assert_eq!(linked["place"], Value::Null);
}

#[test]
fn sir_1_the_work_unit_in_sirup_is_told_as_it_is_known_here() {
    let world = World::demo();
    let linked = link(
        &world.sign_in("pegawai.baru@contoh.example"),
        "kpa.papua",
        "sirup-demo-2019",
    );
    let linked = linked.expect(200).json();
    let place = &linked["place"];
    assert_eq!(place["institution"]["name"], "Provinsi Papua");
    assert_eq!(place["institution"]["kind"], "Provinsi");
    assert_eq!(place["work_unit"]["name"], "Dinas Pendidikan");
}

#[test]
fn sir_1_who_registered_since_august_2024_registers_anew() {
    let users = [
        format!("kemarin:{SECRET}:2024-07-31"),
        format!("hari.ini:{SECRET}:2024-08-01"),
    ];
    let sirup = Sirup::start(&[&users[0], &users[1]]);
    let world = world(&sirup);
    let person = world.person();
    let problem = link(&person, "hari.ini", SECRET).problem(403, "sirup-registered-too-late");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("Daftar Akses Baru")
    );
    assert_eq!(links(&world), 0);
    let _ = link(&person, "kemarin", SECRET).expect(200);
}

#[test]
fn sir_2_linking_the_same_again_is_the_same_success_and_another_is_refused() {
    let users = [
        format!("satu:{SECRET}:2019-03-04"),
        format!("dua:{SECRET}:2019-03-04"),
    ];
    let sirup = Sirup::start(&[&users[0], &users[1]]);
    let world = world(&sirup);
    let person = world.person();
    let first = link(&person, "satu", SECRET).expect(200).json();
    // A right password is no guess: more often than there are attempts.
    for _ in 0..ATTEMPTS_MAX + 2 {
        assert_eq!(link(&person, "SATU", SECRET).expect(200).json(), first);
    }
    link(&person, "dua", SECRET).problem(409, "sirup-account-has-another");
    assert_eq!(links(&world), 1);
    // Nor does it become free again, or another person's.
    let _ = link(&world.person(), "dua", SECRET).expect(200);
    assert_eq!(linked_name(&person), "satu");
}

#[test]
fn sir_2_the_same_person_at_the_same_moment_is_one_link_and_no_error() {
    let sirup = Sirup::start(&[&format!("satu:{SECRET}:2019-03-04")]);
    let world = world(&sirup);
    let person = world.person();
    for answer in at_once(ATTEMPTS_MAX, |_| link(&person, "satu", SECRET)) {
        let _ = answer.expect(200);
    }
    assert_eq!(links(&world), 1);
}

#[test]
fn sir_2_of_64_who_link_one_user_name_at_once_one_has_it() {
    const PEOPLE: usize = 64;
    let sirup = Sirup::start(&[&format!("rebutan:{SECRET}:2019-03-04")]);
    let world = world(&sirup);
    let people: Vec<_> = (0..PEOPLE).map(|_| world.person()).collect();
    let answers = at_once(PEOPLE, |number| link(&people[number], "rebutan", SECRET));
    let mut linked = 0;
    for (answer, person) in answers.iter().zip(&people) {
        match answer.status {
            200 => linked += 1,
            409 => _ = answer.problem(409, "sirup-already-linked"),
            // So many for one name look like guesses.
            _ => _ = answer.problem(429, "sirup-too-many-attempts"),
        }
        assert_eq!(linked_name(person).is_string(), answer.status == 200);
    }
    assert_eq!((linked, links(&world)), (1, 1));
}

/// Names may change in SiRUP, its number for a person does not: here 64 names lead
/// to one, so that no limit on attempts keeps them apart before the record does.
#[test]
fn sir_2_of_64_who_link_one_user_under_64_names_at_once_one_has_it() {
    const PEOPLE: usize = 64;
    let users: Vec<_> = (0..PEOPLE)
        .map(|number| format!("nama-{number}:{SECRET}:2019-03-04:nomor-satu"))
        .collect();
    let users: Vec<_> = users.iter().map(String::as_str).collect();
    let sirup = Sirup::start(&users);
    let world = world(&sirup);
    let people: Vec<_> = (0..PEOPLE).map(|_| world.person()).collect();
    let answers = at_once(PEOPLE, |number| {
        link(&people[number], &format!("nama-{number}"), SECRET)
    });
    let linked = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!((linked, links(&world)), (1, 1));
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.problem(409, "sirup-already-linked");
    }
}

#[test]
fn sir_2_a_name_that_was_linked_is_not_linked_again_for_a_new_owner() {
    let address = Mailbox::free_address();
    let mut sirup = Sirup::start_at(&address, &[&format!("warisan:{SECRET}:2019-03-04:lama")]);
    let world = world(&sirup);
    let _ = link(&world.person(), "warisan", SECRET).expect(200);
    sirup.kill();
    let sirup = Sirup::start_at(&address, &[&format!("Warisan:{SECRET}:2019-03-04:baru")]);
    link(&world.person(), "warisan", SECRET).problem(409, "sirup-already-linked");
    assert_eq!(sirup.questions(), 1);
    assert_eq!(links(&world), 1);
}

#[test]
fn sir_3_attempts_are_limited_for_an_account() {
    let sirup = Sirup::start(&[&format!("satu:{SECRET}:2019-03-04")]);
    let world = world(&sirup);
    let person = world.person();
    for number in 0..ATTEMPTS_MAX {
        link(&person, &format!("nama-{number}"), "salah").problem(422, "sirup-wrong-credentials");
    }
    for password in ["salah", SECRET] {
        let answer = link(&person, "satu", password);
        answer.problem(429, "sirup-too-many-attempts");
        retry_after(&answer, 901);
    }
    assert_eq!(
        sirup.questions(),
        ATTEMPTS_MAX as u64,
        "it was asked in the rest"
    );
    // Others go on, also with a name that this account had tried.
    let _ = link(&world.person(), "satu", SECRET).expect(200);
    world.host.set_clock(AFTER_THE_REST);
    link(&person, "nama-1", "salah").problem(422, "sirup-wrong-credentials");
}

#[test]
fn sir_3_attempts_are_limited_for_a_sirup_user_name_however_it_is_spelt() {
    let sirup = Sirup::start(&[&format!("satu:{SECRET}:2019-03-04")]);
    let world = world(&sirup);
    for spelling in ["satu", "SATU", " satu ", "Satu", "sAtu"] {
        link(&world.person(), spelling, "salah").problem(422, "sirup-wrong-credentials");
    }
    let owner = world.person();
    let answer = link(&owner, "satu", SECRET);
    answer.problem(429, "sirup-too-many-attempts");
    retry_after(&answer, 901);
    world.host.set_clock(AFTER_THE_REST);
    let _ = link(&owner, "satu", SECRET).expect(200);
    // What is over is not kept.
    let left = "SELECT count(*) FROM attempt WHERE attempts > 0";
    assert_eq!(world.database().number(left), 0);
}

#[test]
fn sir_3_a_crowd_of_guesses_gets_no_further_than_a_single_one() {
    const GUESSES: usize = 64;
    let sirup = Sirup::start(&[&format!("satu:{SECRET}:2019-03-04")]);
    let world = world(&sirup);
    // One account guesses many names; many accounts guess one name.
    let people: Vec<_> = (0..GUESSES).map(|_| world.person()).collect();
    let one = world.person();
    let by_one = at_once(GUESSES, |number| {
        link(&one, &format!("nama-{number}"), "tebakan")
    });
    let of_one = at_once(GUESSES, |number| {
        link(&people[number], "satu", &format!("tebakan-{number}"))
    });
    for answers in [by_one, of_one] {
        let judged = answers.iter().filter(|answer| answer.status == 422).count();
        assert_eq!(judged, ATTEMPTS_MAX);
        for answer in answers.iter().filter(|answer| answer.status != 422) {
            answer.problem(429, "sirup-too-many-attempts");
        }
    }
    assert_eq!(sirup.questions(), 2 * ATTEMPTS_MAX as u64);
}

#[test]
fn sir_3_the_password_is_nowhere() {
    let sirup = Sirup::start(&[&format!("satu:{SECRET}:2019-03-04")]);
    let mailbox = Mailbox::start();
    let options = Options {
        // Everything that anything in the process can say.
        log: "trace".to_owned(),
        ..Options::default()
            .variable("sirup_origin", &sirup.origin)
            .variable("smtp_relay", &mailbox.smtp)
    };
    let world = World::with(options);
    let person = world.person();
    let wrong = "tebakan-salah-4462";
    let mut answers = vec![link(&person, "satu", wrong)];
    for mood in ["failing", "broken-json", "cut", "somebody-else"] {
        answers.push(link(&person, mood, SECRET));
    }
    // A password in the wrong field, in the wrong form, with a key, and the right one.
    answers.push(link(&person, wrong, "x"));
    let send = |body: String| {
        let call = person.call("POST", "/api/sirup-link").key("kunci-1");
        call.header("content-type", "application/json")
            .body(body)
            .send()
    };
    answers.push(send(format!(
        r#"{{"user_name":"satu","password":["{SECRET}"]}}"#
    )));
    answers.push(send(format!(
        r#"{{"user_name":"satu","password":"{SECRET}""#
    )));
    answers.push(send(format!(
        r#"{{"user_name":"satu","password":"{SECRET}","lain":1}}"#
    )));
    answers.push(send(json!({ "user_name": "satu", "password": SECRET }).to_string()).expect(200));
    answers.push(link(&world.person(), "satu", SECRET));
    // Mails about other things go out meanwhile.
    person.register("PPK", &world.work_unit("BARAT"), LATER);
    world.host.run_timer("deliver-notifications");
    let letters = mailbox.wait_for(&person.email, 1);
    world.host.run_timer("seal-record");

    let keyed = "SELECT count(*) FROM event WHERE kind = 'sirup-linked'
                 AND idempotency_key IS NULL AND fingerprint IS NULL";
    assert_eq!(
        world.database().number(keyed),
        1,
        "a fingerprint is something to guess by"
    );
    let mut places: Vec<(String, Vec<u8>)> = answers
        .iter()
        .map(|answer| (answer.shown(), answer.body.clone()))
        .collect();
    places.push(("the mails".to_owned(), format!("{letters:?}").into_bytes()));
    let mut look = |when: &str| {
        for entry in fs::read_dir(world.host.folder.state()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = format!("{} {when}", path.display());
                places.push((name, fs::read(path).unwrap()));
            }
        }
    };
    // With the write-ahead log as it is, and once more when it was taken over.
    look("while it runs");
    world.host.stop();
    look("after its end");
    let logged = world.host.logged();
    assert!(logged.contains("\"TRACE\""), "nothing was traced");
    assert!(logged.contains("SiRUP did not answer"), "{logged}");
    places.push(("the log".to_owned(), logged.into_bytes()));
    for name in ["akses.db ", "akses.db-wal ", "key-value.db "] {
        assert!(
            places.iter().any(|(place, _)| place.contains(name)),
            "{name}"
        );
    }
    for secret in [SECRET, wrong] {
        for (place, content) in &places {
            let found = content
                .windows(secret.len())
                .any(|part| part == secret.as_bytes());
            assert!(!found, "`{secret}` is in {place}");
        }
    }
    let found = |needle: &str| {
        places.iter().any(|(place, content)| {
            place.contains("akses.db")
                && content
                    .windows(needle.len())
                    .any(|part| part == needle.as_bytes())
        })
    };
    assert!(
        found("sirup-linked") && found(&person.email),
        "looking finds nothing at all"
    );
}

#[test]
fn sir_4_whatever_is_not_in_the_contract_is_no_answer_and_costs_no_attempt() {
    let sirup = Sirup::start(&[&format!("satu:{SECRET}:2019-03-04")]);
    let world = world(&sirup);
    let person = world.person();
    let moods = [
        "failing",
        "missing",
        "redirecting",
        "html",
        "broken-json",
        "incomplete",
        "somebody-else",
        "endless",
        "huge",
        "cut",
    ];
    for mood in moods {
        let began = Instant::now();
        let answer = link(&person, mood, SECRET);
        let problem = answer.problem(503, "sirup-unavailable");
        assert!(
            problem["detail"]
                .as_str()
                .unwrap()
                .contains("Daftar Akses Baru")
        );
        retry_after(&answer, 31);
        assert!(
            began.elapsed() < CALL.start,
            "{mood}: {:?}",
            began.elapsed()
        );
        // Somebody whom it answers ends the row of failures.
        let other = world.person();
        link(&other, &format!("siapa-{mood}"), "salah").problem(422, "sirup-wrong-credentials");
    }
    let _ = link(&person, "satu", SECRET).expect(200);
    assert_eq!(
        sirup.questions(),
        2 * moods.len() as u64 + 1,
        "a redirect was followed"
    );
    let logged = world.host.logged();
    for why in [
        "status 500",
        "status 404",
        "status 302",
        "200 with something else than JSON",
        "200 whose body broke off",
        "200 with JSON that is not in the contract",
        "200 about another user",
        "200 with more than 16384 bytes",
    ] {
        let line = format!("SiRUP did not answer: {why}");
        assert!(logged.contains(&line), "{line}");
    }
    for personal in ["satu", "siapa-", &person.email, &person.account] {
        assert!(!logged.contains(personal), "{personal} is in the log");
    }
}

#[test]
fn sir_4_an_answer_that_does_not_come_whole_in_time_is_none() {
    let sirup = Sirup::start(&[]);
    let world = world(&sirup);
    let moods = ["slow", "dripping"];
    let people: Vec<_> = moods.iter().map(|_| world.person()).collect();
    for (answer, took) in at_once(moods.len(), |number| {
        let began = Instant::now();
        (
            link(&people[number], moods[number], SECRET),
            began.elapsed(),
        )
    }) {
        answer.problem(503, "sirup-unavailable");
        assert!(CALL.contains(&took), "{took:?}");
    }
    // Others were served meanwhile, and are.
    link(&people[0], "siapa", "salah").problem(422, "sirup-wrong-credentials");
}

#[test]
fn sir_4_nobody_there_and_no_address_are_no_answer() {
    let nobody = format!("http://{}", Mailbox::free_address());
    for origin in ["", &nobody] {
        let world = World::with(Options::default().variable("sirup_origin", origin));
        let answer = link(&world.person(), "satu", SECRET);
        answer.problem(503, "sirup-unavailable");
        retry_after(&answer, 31);
        assert!(world.host.logged().contains("SiRUP did not answer"));
    }
}

#[test]
fn sir_4_after_failures_in_a_row_it_is_left_alone_and_then_one_tries() {
    let address = Mailbox::free_address();
    let user = format!("satu:{SECRET}:2019-03-04");
    let mut sirup = Sirup::start_at(&address, &[&user]);
    let world = world(&sirup);
    let people: Vec<_> = (0..16).map(|_| world.person()).collect();
    sirup.kill();
    for person in &people[..FAILURES_MAX] {
        link(person, "satu", SECRET).problem(503, "sirup-unavailable");
    }
    let sirup = Sirup::start_at(&address, &[&user]);
    // It is back, but nobody asks yet; that costs no attempt and no write.
    let before = world.database().everything();
    for _ in 0..ATTEMPTS_MAX + 1 {
        let answer = link(&people[0], "satu", SECRET);
        answer.problem(503, "sirup-unavailable");
        retry_after(&answer, 31);
    }
    assert_eq!(sirup.questions(), 0);
    assert_eq!(world.database().everything(), before);
    // After the cool-down one asks, slowly; the others are told at once.
    world.host.set_clock("2026-03-27T07:12:00Z");
    let answers = at_once(people.len(), |number| link(&people[number], "slow", SECRET));
    for answer in &answers {
        // So many for one name at once look like guesses.
        assert!([429, 503].contains(&answer.status), "{}", answer.shown());
    }
    assert_eq!(sirup.questions(), 1);
    // It failed, so the next cool-down began. Then an answer ends the row.
    link(&people[1], "satu", SECRET).problem(503, "sirup-unavailable");
    assert_eq!(sirup.questions(), 1);
    world.host.set_clock("2026-03-27T07:14:00Z");
    link(&people[2], "satu", "salah").problem(422, "sirup-wrong-credentials");
    let _ = link(&people[3], "satu", SECRET).expect(200);
    assert_eq!(
        world
            .database()
            .number("SELECT count(*) FROM sirup_circuit"),
        0
    );
}

#[test]
fn sir_4_failures_far_apart_are_no_row() {
    let sirup = Sirup::start(&[]);
    let world = world(&sirup);
    let person = world.person();
    for minute in 0..2 * FAILURES_MAX {
        world
            .host
            .set_clock(&format!("2026-03-27T07:{:02}:00Z", 12 + 2 * minute));
        link(&person, "failing", SECRET).problem(503, "sirup-unavailable");
    }
    assert_eq!(sirup.questions(), 2 * FAILURES_MAX as u64);
}

#[test]
fn what_is_no_user_name_or_no_password_is_named_and_costs_no_attempt() {
    let sirup = Sirup::start(&[]);
    let world = world(&sirup);
    let person = world.person();
    for (name, password, kind, field) in [
        ("", SECRET, "bad-user-name", "user_name"),
        (" \t", SECRET, "bad-user-name", "user_name"),
        ("a\u{0}b", SECRET, "bad-user-name", "user_name"),
        (&*"x".repeat(101), SECRET, "bad-user-name", "user_name"),
        ("satu", "", "bad-password", "password"),
        ("satu", "a\u{0}b", "bad-password", "password"),
        ("satu", &"x".repeat(257), "bad-password", "password"),
    ] {
        link(&person, name, password).names_field(422, kind, field);
    }
    let body = json!({ "user_name": "satu", "password": 7 });
    person
        .post("/api/sirup-link", &body)
        .names_field(422, "invalid-field", "password");
    assert_eq!(sirup.questions(), 0);
    assert_eq!(world.database().number("SELECT count(*) FROM attempt"), 0);
}
