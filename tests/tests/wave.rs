//! `/api/coming-wave` and `/api/appeals`: what ends in the coming weeks, and the
//! appeal to those concerned (EXP-7).

use akses_tests::crowd::at_once;
use akses_tests::host::Options;
use akses_tests::mailbox::Mailbox;
use akses_tests::world::{LATER, Person, World, text};
use serde_json::{Value, json};

fn official(world: &World, role: &str, institution: &str) -> Person {
    let person = world.person();
    world.carry_over(&person, role, &world.work_unit(institution), LATER);
    person
}

fn wave(person: &Person, query: &str) -> Value {
    person
        .get(&format!("/api/coming-wave{query}"))
        .expect(200)
        .json()
}

/// `week accesses waiting` of the weeks in which something ends.
fn counted(item: &Value) -> Vec<String> {
    let weeks = item["weeks"].as_array().unwrap().iter();
    let busy = weeks.filter(|week| week["accesses"] != 0);
    busy.map(|week| {
        format!(
            "{} {} {}",
            text(&week["week"]),
            week["accesses"],
            week["waiting"]
        )
    })
    .collect()
}

#[test]
fn exp_7_who_looks_after_an_institution_sees_its_wave_and_the_directorate_all() {
    let world = World::new();
    let person = world.person();
    let ends = |institution: &str, day: &str| {
        world.carry_over(&person, "PPK", &world.work_unit(institution), day)
    };
    ends("BARAT", "2026-03-27");
    ends("BARAT", "2026-03-29");
    ends("BARAT", "2026-03-30");
    let waiting = ends("BARAT", "2026-04-05");
    ends("BARAT", "2026-06-21");
    ends("BARAT", "2026-06-22");
    ends("BARAT", "2026-03-26");
    ends("TIMUR", "2026-03-31");
    person.extend(&waiting, "2026-12-31");
    let given_up = ends("BARAT", "2026-03-31");
    person.deactivate(&given_up);

    for role in ["VAI", "KUKPBJ"] {
        let official = official(&world, role, "BARAT");
        let page = wave(&official, "");
        let [item] = &page["institutions"].as_array().unwrap()[..] else {
            panic!("one institution: {page:#}");
        };
        assert_eq!(item["institution"]["name"], "Kementerian Contoh Barat");
        assert_eq!(item["weeks"].as_array().unwrap().len(), 13);
        assert_eq!(
            counted(item),
            ["2026-W13 2 0", "2026-W14 2 1", "2026-W25 1 0"]
        );
        assert_eq!(
            (&item["accesses"], &item["waiting"]),
            (&json!(5), &json!(1))
        );
        assert_eq!(item["weeks"][0]["first_day"], "2026-03-23");
        assert_eq!(item["weeks"][0]["last_day"], "2026-03-29");
        assert_eq!(page["national"], json!(null));
        let longer = wave(&official, "?weeks=14");
        assert_eq!(longer["institutions"][0]["accesses"], 6);
        // What is outside looks like what does not exist.
        let elsewhere = format!("?institution={}", world.institution("TIMUR"));
        for query in [elsewhere.as_str(), "?institution=x"] {
            official
                .get(&format!("/api/coming-wave{query}"))
                .problem(404, "not-found");
        }
        for weeks in ["0", "27", "x"] {
            official
                .get(&format!("/api/coming-wave?weeks={weeks}"))
                .names_field(422, "out-of-bounds", "weeks");
        }
    }

    let national = world.national("VND");
    let page = wave(&national, "");
    assert_eq!(page["institutions"].as_array().unwrap().len(), 5);
    let total = |week: usize| page["national"][week]["accesses"].clone();
    assert_eq!([total(0), total(1)], [json!(2), json!(3)]);
    let first = wave(&national, "?limit=2");
    assert_eq!(first["institutions"].as_array().unwrap().len(), 2);
    let rest = wave(
        &national,
        &format!("?limit=10&after={}", text(&first["next"])),
    );
    assert_eq!(rest["institutions"].as_array().unwrap().len(), 3);
    let east = wave(
        &national,
        &format!("?institution={}", world.institution("TIMUR")),
    );
    assert_eq!(counted(&east["institutions"][0]), ["2026-W14 1 0"]);

    for person in [&person, &world.national("VNT")] {
        person
            .get("/api/coming-wave")
            .problem(403, "not-an-official");
    }
}

fn appeal(person: &Person, institution: &str, days: u32) -> akses_tests::client::Call {
    let body = json!({ "institution": institution, "within_days": days });
    person.call("POST", "/api/appeals").json(&body)
}

#[test]
fn exp_7_an_appeal_reaches_each_person_concerned_once_however_many_press() {
    let world = World::new();
    let barat = world.institution("BARAT").to_owned();
    let officials = [
        official(&world, "VAI", "BARAT"),
        official(&world, "KUKPBJ", "BARAT"),
    ];
    let person = world.person();
    let ends = |person: &Person, institution: &str, day: &str| {
        world.carry_over(person, "PPK", &world.work_unit(institution), day)
    };
    // One with two accesses, one on the last day of the window, and those whom it
    // does not concern.
    ends(&person, "BARAT", "2026-03-31");
    ends(&person, "BARAT", "2026-04-20");
    ends(&world.person(), "BARAT", "2026-04-26");
    ends(&world.person(), "BARAT", "2026-04-27");
    ends(&world.person(), "BARAT", "2026-03-26");
    ends(&world.person(), "UTARA", "2026-04-01");
    let extending = world.person();
    extending.extend(&ends(&extending, "BARAT", "2026-04-01"), LATER);

    let statuses = at_once(6, |number| {
        appeal(&officials[number % 2], &barat, 30).send().status
    });
    let sent = statuses.iter().filter(|status| **status == 200).count();
    assert_eq!(sent, 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 409].contains(status)));
    let mails = "SELECT count(*) FROM notification WHERE template = 'appeal-sent'";
    let people =
        "SELECT count(DISTINCT recipient) FROM notification WHERE template = 'appeal-sent'";
    let told = || {
        (
            world.database().number(mails),
            world.database().number(people),
        )
    };
    assert_eq!(told(), (2, 2));
    let campaign = format!("appeal/{barat}/2026-W13");
    let event = world.database().history(&campaign).pop().unwrap();
    assert!(
        officials
            .iter()
            .any(|official| official.account == event.actor)
    );
    let again = appeal(&officials[0], &barat, 90).send();
    let problem = again.problem(409, "appeal-already-sent");
    assert_eq!(problem["campaign"], campaign);

    // The next week there may be another, and the same key is the same appeal.
    world.host.set_clock("2026-03-30T03:00:00Z");
    let official = world.sign_in(&officials[1].email);
    let answers = at_once(4, |_| {
        let answer = appeal(&official, &barat, 90).key("imbauan-1").send();
        answer.expect(200).json()
    });
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(answers[0]["people"], 3);
    assert_eq!(answers[0]["week"], "2026-W14");
    assert_eq!(answers[0]["until"], "2026-06-28");
    assert_eq!(told(), (5, 3));
    appeal(&official, &barat, 89)
        .key("imbauan-1")
        .send()
        .problem(422, "idempotency-key-reused");
}

#[test]
fn exp_7_only_officials_of_the_institution_appeal_and_within_bounds() {
    let world = World::new();
    let [barat, timur] = ["BARAT", "TIMUR"].map(|code| world.institution(code).to_owned());
    let vai = official(&world, "VAI", "BARAT");
    for days in [0, 91] {
        appeal(&vai, &barat, days)
            .send()
            .names_field(422, "out-of-bounds", "within_days");
    }
    appeal(&vai, &timur, 30).send().problem(404, "not-found");
    for person in [world.person(), world.national("VND")] {
        appeal(&person, &barat, 30)
            .send()
            .problem(403, "not-an-official");
    }
    // EXP-2: an office ends with its access.
    let ended = world.person();
    world.carry_over(&ended, "KUKPBJ", &world.work_unit("BARAT"), "2026-03-26");
    appeal(&ended, &barat, 30)
        .send()
        .problem(403, "not-an-official");
    let nobody = "SELECT count(*) FROM event WHERE kind = 'appeal-sent'";
    assert_eq!(world.database().number(nobody), 0);
    let empty = appeal(&vai, &barat, 30).send().expect(200).json();
    assert_eq!(empty["people"], 0, "nobody is concerned");
}

#[test]
fn exp_7_the_appeals_mail_names_the_institution_and_the_day() {
    let mailbox = Mailbox::start();
    let options = Options::default().variable("smtp_relay", &mailbox.smtp);
    let world = World::with(options);
    let person = world.person();
    world.carry_over(&person, "PPK", &world.work_unit("TENGAH"), "2026-04-20");
    let head = official(&world, "KUKPBJ", "TENGAH");
    let sent = appeal(&head, world.institution("TENGAH"), 60).send();
    assert_eq!(sent.expect(200).json()["people"], 1);
    world.host.run_timer("deliver-notifications");
    let letters = mailbox.wait_for(&person.email, 1);
    let words = letters[0].words();
    for phrase in [
        "Pemerintah Kota Contoh Tengah",
        "Selasa, 26 Mei 2026 pukul 24.00 WITA",
        "Perpanjang",
        "3x24 jam",
    ] {
        assert!(words.contains(phrase), "{phrase}: {:#?}", letters[0]);
    }
}
