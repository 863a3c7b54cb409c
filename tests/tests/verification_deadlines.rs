//! `/internal/timers/remind-verifiers`: the deadline on verification (VER-3).

use akses_tests::crowd::at_once;
use akses_tests::database::{Database, Filler};
use akses_tests::host::Options;
use akses_tests::mailbox::Mailbox;
use akses_tests::world::{LATER, Person, World};
use serde_json::{Value, json};
use std::thread;
use std::time::{Duration, Instant};

const TIMER: &str = "remind-verifiers";

/// Requests of these tests are sent at 2026-03-27 14.10 WIB and seconds after.
const BEFORE_HALF_TIME: &str = "2026-03-28T19:09:00Z";
const HALF_TIME: &str = "2026-03-28T19:12:00Z";
const BEFORE_NEAR_END: &str = "2026-03-30T01:09:00Z";
const NEAR_END: &str = "2026-03-30T01:12:00Z";
const BEFORE_DEADLINE: &str = "2026-03-30T07:09:00Z";
const DEADLINE: &str = "2026-03-30T07:12:00Z";
const BEFORE_A_DAY_LATER: &str = "2026-03-31T07:09:00Z";
const A_DAY_LATER: &str = "2026-03-31T07:12:00Z";
const MUCH_LATER: &str = "2026-04-20T07:12:00Z";

/// Runs the timer as several schedulers and cron would at the same moment.
fn run(world: &World) {
    at_once(4, |number| {
        if number == 3 {
            world.host.run_timer(TIMER);
        } else {
            let _ = world.drive(TIMER).send().expect(200);
        }
    });
}

/// The steps that the record has, as (step, how many requests, who was told).
fn steps(database: &Database) -> Vec<(String, i64, Vec<String>)> {
    let connection = database.read();
    let mut select = connection
        .prepare(
            "SELECT data ->> 'step', data ->> 'count', data ->> 'recipients' FROM event
             WHERE kind = 'verification-reminded' OR kind = 'verification-escalated' ORDER BY seq",
        )
        .unwrap();
    let rows = select.query_map([], |row| {
        let recipients: String = row.get(2)?;
        let recipients = serde_json::from_str(&recipients).expect("a list");
        Ok((row.get(0)?, row.get(1)?, recipients))
    });
    rows.and_then(Iterator::collect).unwrap()
}

fn accounts(people: &[&Person]) -> Vec<String> {
    let mut accounts: Vec<_> = people.iter().map(|person| person.account.clone()).collect();
    accounts.sort();
    accounts
}

fn told(step: &str, count: i64, people: &[&Person]) -> (String, i64, Vec<String>) {
    (step.to_owned(), count, accounts(people))
}

/// As many mails as recipients of steps.
#[track_caller]
fn each_recipient_got_one_mail_a_step(database: &Database) {
    let expected: usize = steps(database)
        .iter()
        .map(|(_, _, people)| people.len())
        .sum();
    let mails = "SELECT count(*) FROM notification
                 WHERE template = 'verification-reminded' OR template = 'verification-escalated'";
    assert_eq!(database.number(mails), i64::try_from(expected).unwrap());
    let distinct = "SELECT count(*) FROM (SELECT DISTINCT event, recipient FROM notification
                    WHERE template = 'verification-reminded'
                       OR template = 'verification-escalated')";
    assert_eq!(database.number(distinct), i64::try_from(expected).unwrap());
}

/// Somebody with this role in the institution.
fn official(world: &World, role: &str, institution: &str) -> Person {
    let person = world.person();
    world.carry_over(&person, role, &world.work_unit(institution), LATER);
    person
}

#[test]
fn ver_3_each_step_comes_once_to_whom_it_is_for_and_decides_nothing() {
    let world = World::new();
    let verifiers = [
        world.new_verifier("BARAT", LATER),
        world.new_verifier("BARAT", LATER),
    ];
    // Whose access has ended is told of nothing.
    world.new_verifier("BARAT", "2026-03-27");
    let elsewhere = world.new_verifier("TENGAH", LATER);
    let head = official(&world, "KUKPBJ", "BARAT");
    official(&world, "KUKPBJ", "TENGAH");
    let directorate = world.national("VND");
    world.national("VNT");
    let unit = world.work_unit("BARAT");
    let person = world.person();
    let access = person.register("PPK", &unit, LATER);
    person.register("PP", &unit, LATER);
    let database = world.database();

    let verifiers = [&verifiers[0], &verifiers[1]];
    let mut expected = Vec::new();
    for (before, at, step, people) in [
        (BEFORE_HALF_TIME, HALF_TIME, "half-time", &verifiers[..]),
        (BEFORE_NEAR_END, NEAR_END, "near-end", &verifiers[..]),
        (BEFORE_DEADLINE, DEADLINE, "ukpbj-head", &[&head][..]),
        (
            BEFORE_A_DAY_LATER,
            A_DAY_LATER,
            "directorate",
            &[&directorate][..],
        ),
    ] {
        world.host.set_clock(before);
        run(&world);
        assert_eq!(steps(&database), expected, "before {step}");
        world.host.set_clock(at);
        run(&world);
        run(&world);
        expected.push(told(step, 2, people));
        assert_eq!(steps(&database), expected, "{step}");
        let queue = world.sign_in(&verifiers[0].email).queue();
        assert_eq!(queue[0]["step"]["code"], step);
    }
    world.host.set_clock(MUCH_LATER);
    run(&world);
    assert_eq!(steps(&database), expected);
    each_recipient_got_one_mail_a_step(&database);
    let to_others = format!(
        "SELECT count(*) FROM notification WHERE recipient = '{}'",
        elsewhere.account
    );
    assert_eq!(database.number(&to_others), 0);
    // Nothing was decided, and it still can be.
    assert_eq!(database.kinds(&access.id()), ["access-requested"]);
    let person = world.sign_in(&person.email);
    assert_eq!(person.status(&access.id()), "Menunggu Verifikasi");
    world
        .sign_in(&verifiers[0].email)
        .approve(&access.request());
}

#[test]
fn ver_3_without_a_head_and_nationally_the_directorate_is_told_at_the_deadline() {
    let world = World::new();
    let (directorate, operator) = (world.national("VND"), world.national("VNT"));
    let verifier = world.new_verifier("TIMUR", LATER);
    // A head whose access has ended is none.
    let head = world.person();
    world.carry_over(&head, "KUKPBJ", &world.work_unit("TIMUR"), "2026-03-28");
    let unit = world.work_unit("TIMUR");
    world.person().register("PPK", &unit, LATER);
    world.person().register("VAI", &unit, LATER);
    let database = world.database();
    let sorted = |mut steps: Vec<_>| {
        steps.sort();
        steps
    };
    world.host.set_clock(HALF_TIME);
    run(&world);
    let mut expected = vec![
        told("half-time", 1, &[&verifier]),
        told("half-time", 1, &[&directorate, &operator]),
    ];
    assert_eq!(sorted(steps(&database)), sorted(expected.clone()));
    world.host.set_clock(DEADLINE);
    run(&world);
    expected.push(told("directorate", 1, &[&directorate]));
    expected.push(told("directorate", 1, &[&directorate]));
    assert_eq!(sorted(steps(&database)), sorted(expected.clone()));
    world.host.set_clock(MUCH_LATER);
    run(&world);
    assert_eq!(sorted(steps(&database)), sorted(expected));
    each_recipient_got_one_mail_a_step(&database);
}

#[test]
fn ver_3_after_days_without_a_timer_only_the_highest_step_is_taken() {
    let world = World::new();
    let verifier = world.new_verifier("BARAT", LATER);
    let head = official(&world, "KUKPBJ", "BARAT");
    let directorate = world.national("VND");
    let unit = world.work_unit("BARAT");
    world.person().register("PPK", &unit, LATER);
    // Another one, sixty hours later.
    world.host.set_clock("2026-03-29T19:10:00Z");
    world.person().register("PPK", &unit, LATER);
    // 32 hours past the deadline of the first; 28 hours before that of the other.
    world.host.set_clock("2026-03-31T15:10:00Z");
    run(&world);
    let mut seen = steps(&world.database());
    seen.sort();
    let expected = [
        told("directorate", 1, &[&directorate]),
        told("half-time", 1, &[&verifier]),
    ];
    assert_eq!(seen, expected);
    // Nobody goes back to the head for the first one; for the other the head is
    // the next who is told.
    world.host.set_clock("2026-04-01T20:10:00Z");
    run(&world);
    let seen = steps(&world.database());
    assert_eq!(seen.len(), 3, "{seen:?}");
    assert_eq!(seen[2], told("ukpbj-head", 1, &[&head]));
    each_recipient_got_one_mail_a_step(&world.database());
}

#[test]
fn ver_3_nobody_is_told_of_what_was_decided() {
    let world = World::new();
    let verifier = world.verifier("BARAT");
    let unit = world.work_unit("BARAT");
    let person = world.person();
    let approved = person.register("PPK", &unit, LATER);
    let rejected = person.register("PP", &unit, LATER);
    verifier.approve(&approved.request());
    verifier.reject(&rejected.request(), "SK tidak terbaca.");
    world.host.set_clock(MUCH_LATER);
    run(&world);
    assert_eq!(steps(&world.database()), []);
    // What is asked again counts from then.
    let person = world.sign_in(&person.email);
    person.register("PP", &unit, LATER);
    run(&world);
    assert_eq!(steps(&world.database()), []);
    let watched = "SELECT count(*) FROM verification_watch";
    assert_eq!(world.database().number(watched), 1);
}

#[test]
fn ver_3_digests_say_how_many_and_until_when_and_never_whose() {
    let mailbox = Mailbox::start();
    let world = World::with(Options::default().variable("smtp_relay", &mailbox.smtp));
    let verifier = world.new_verifier("TENGAH", LATER);
    let head = official(&world, "KUKPBJ", "TENGAH");
    let unit = world.work_unit("TENGAH");
    let person = world.person();
    let access = person.register("PPK", &unit, LATER);
    person.register("PP", &unit, LATER);
    for at in [HALF_TIME, DEADLINE] {
        world.host.set_clock(at);
        run(&world);
        let _ = world.drive("deliver-notifications").send().expect(200);
    }
    let deadline = "Senin, 30 Maret 2026 pukul 15.10 WITA";
    for (official, subject) in [
        (
            &verifier,
            "2 pengajuan menunggu verifikasi: separuh waktu lewat",
        ),
        (&head, "2 pengajuan melewati batas waktu verifikasi"),
    ] {
        let letter = mailbox.wait_for(&official.email, 1).remove(0);
        assert_eq!(letter.subject, subject);
        let words = letter.words();
        for shown in [deadline, "+ 3x24 jam =", "Pemerintah Kota Contoh Tengah"] {
            assert!(words.contains(shown), "{shown}\n{words}");
        }
        for hidden in [&person.email, &person.name, &access.request()] {
            assert!(!words.contains(hidden.as_str()), "{hidden}\n{words}");
        }
    }
}

/// Requests that were sent long before the test, ten in each of so many
/// institutions without officials.
fn fill(world: &World, institutions: usize) -> usize {
    const EACH: usize = 10;
    let mut csv = "code,name,kind,zone\n".to_owned();
    for number in 0..institutions {
        csv.push_str(&format!("RAMAI-{number},Kota Ramai {number},Kota,WIB\n"));
    }
    world.import("institutions", &csv);
    let ids: Vec<String> = {
        let connection = world.database().read();
        let mut select = connection
            .prepare("SELECT id FROM institution WHERE code LIKE 'RAMAI-%'")
            .unwrap();
        let rows = select.query_map([], |row| row.get(0));
        rows.and_then(Iterator::collect).unwrap()
    };
    world.host.stop();
    let filler = Filler::new(&world.database());
    // 2026-03-20T00:00:00Z.
    let sent_at = 1_773_964_800_000_i64;
    for id in &ids {
        for number in 0..EACH {
            let request: Value = json!({
                "account": uuid::Uuid::now_v7(), "role": "PPK", "work_unit": format!("{id}-{number}"),
                "institution": id, "zone": "WIB", "verified_by": "institution",
                "request": {
                    "id": uuid::Uuid::now_v7(), "valid_until": LATER,
                    "document": uuid::Uuid::now_v7(), "deadline_at": sent_at + 72 * 3_600_000,
                },
                "form": {},
            });
            filler.begin("access-requested", &request, Some(id), sent_at);
        }
    }
    filler.finish();
    world.host.start_again();
    ids.len() * EACH
}

fn digests(database: &Database) -> i64 {
    database.number("SELECT count(*) FROM event WHERE kind = 'verification-escalated'")
}

#[test]
fn ver_3_a_timer_that_is_killed_again_and_again_leaves_each_step_once() {
    const INSTITUTIONS: usize = 400;
    let world = World::new();
    let count = fill(&world, INSTITUTIONS);
    for round in 1..=3 {
        let call = world.drive(TIMER);
        let run = thread::spawn(move || call.try_send().is_ok());
        let deadline = Instant::now() + Duration::from_secs(60);
        while digests(&world.database()) < round * INSTITUTIONS as i64 / 6 {
            assert!(Instant::now() < deadline, "the timer does not come on");
            thread::sleep(Duration::from_millis(1));
        }
        world.host.kill();
        // Whether the last answer came out does not matter.
        let _ = run.join().unwrap();
        world.host.start_again();
        world.database().is_sound();
        assert!(
            round > 1 || digests(&world.database()) < INSTITUTIONS as i64,
            "it was not half-way"
        );
    }
    run(&world);
    let database = world.database();
    assert_eq!(digests(&database), INSTITUTIONS as i64);
    let listed = "SELECT count(*) FROM event, json_each(event.data, '$.requests')
                  WHERE kind = 'verification-escalated'";
    assert_eq!(database.number(listed), count as i64);
    let distinct = "SELECT count(DISTINCT json_each.value) FROM event,
                    json_each(event.data, '$.requests') WHERE kind = 'verification-escalated'";
    assert_eq!(database.number(distinct), count as i64);
    let left = "SELECT count(*) FROM verification_watch WHERE next_at IS NOT NULL";
    assert_eq!(database.number(left), 0);
}
