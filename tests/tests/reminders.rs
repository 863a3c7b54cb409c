//! `/internal/timers/remind-ends`: 30, 14, 7 and 1 days before the end (EXP-7).

use akses_tests::crowd::at_once;
use akses_tests::database::{Database, Filler};
use akses_tests::host::Options;
use akses_tests::mailbox::Mailbox;
use akses_tests::world::{LATER, World};
use serde_json::json;
use std::thread;
use std::time::{Duration, Instant};

const TIMER: &str = "remind-ends";

/// Runs the timer until it says that nobody is left; how many it reminded.
fn remind(world: &World) -> u64 {
    let mut reminded = 0;
    loop {
        let outcome = world.drive(TIMER).send().expect(200).json();
        reminded += outcome["reminded"].as_u64().unwrap();
        if outcome["done"] == true {
            return reminded;
        }
    }
}

/// The stages that the owner of an access was reminded at, in order.
fn stages(database: &Database, access: &str) -> String {
    let sql = format!(
        "SELECT coalesce(group_concat(days, ' '), '') FROM
         (SELECT e.data ->> 'days' AS days FROM event AS e
          JOIN notification AS n ON n.event = e.seq AND n.recipient = e.data ->> 'account'
            AND n.template = 'access-ending'
          WHERE e.kind = 'access-ending' AND e.data ->> 'access' = '{access}' ORDER BY e.seq)"
    );
    database.text(&sql).unwrap()
}

fn fill(world: &World, valid_until: &str, count: usize) {
    let unit = world.work_unit("BARAT");
    world.host.stop();
    let filler = Filler::new(&world.database());
    for number in 0..count {
        let account = json!({
            "email": format!("massal-{number}@contoh.example"), "name": format!("Orang {number}"),
            "password_hash": "-", "service_number": null,
        });
        let account = filler.begin("account-recorded", &account, None, 0);
        let access = json!({
            "account": account, "role": "PPK", "work_unit": unit.id, "institution": unit.institution,
            "zone": "WIB", "verified_by": "institution", "valid_until": valid_until,
        });
        filler.begin("access-carried-over", &access, Some(&unit.institution), 0);
    }
    filler.finish();
    world.host.start_again();
}

#[track_caller]
fn each_reminded_once(database: &Database, count: usize) {
    let count = i64::try_from(count).unwrap();
    for sql in [
        "SELECT count(*) FROM event WHERE kind = 'access-ending'",
        "SELECT count(DISTINCT data ->> 'access') FROM event WHERE kind = 'access-ending'",
        "SELECT count(*) FROM notification WHERE template = 'access-ending'",
        "SELECT count(DISTINCT recipient) FROM notification WHERE template = 'access-ending'",
    ] {
        assert_eq!(database.number(sql), count, "{sql}");
    }
}

#[test]
fn exp_7_each_stage_comes_once_however_often_and_by_how_many_the_timer_runs() {
    const COUNT: usize = 200;
    let world = World::new();
    fill(&world, "2026-05-31", COUNT);
    assert_eq!(remind(&world), 0, "nobody is near");
    for (number, day) in [(1, "05-01"), (2, "05-17"), (3, "05-24"), (4, "05-30")] {
        // The last moment of the day before, in the west.
        let before = day[3..].parse::<u32>().unwrap() - 1;
        if before > 0 {
            let month = &day[..2];
            world
                .host
                .set_clock(&format!("2026-{month}-{before:02}T16:59:00Z"));
            assert_eq!(remind(&world), 0, "before {day}");
        }
        world.host.set_clock(&format!("2026-{day}T03:00:00Z"));
        let reminded: u64 = at_once(5, |runner| {
            if runner == 4 {
                world.host.run_timer(TIMER);
                return 0;
            }
            remind(&world)
        })
        .into_iter()
        .sum();
        assert!(reminded <= COUNT as u64);
        let events = "SELECT count(*) FROM event WHERE kind = 'access-ending'";
        let mails = "SELECT count(*) FROM notification WHERE template = 'access-ending'";
        let expected = i64::try_from(number * COUNT).unwrap();
        assert_eq!(world.database().number(events), expected, "{day}");
        assert_eq!(world.database().number(mails), expected, "{day}");
        assert_eq!(remind(&world), 0, "once");
    }
    let each = "SELECT count(*) FROM (SELECT 1 FROM event WHERE kind = 'access-ending'
                GROUP BY data ->> 'access' HAVING count(DISTINCT data ->> 'days') = 4)";
    assert_eq!(world.database().number(each), COUNT as i64);
    // A clock that goes back reminds nobody twice.
    world.host.set_clock("2026-05-20T03:00:00Z");
    assert_eq!(remind(&world), 0);
    world.host.set_clock("2026-06-02T03:00:00Z");
    assert_eq!(remind(&world), 0, "what has ended is not reminded of");
}

#[test]
fn exp_7_after_days_without_a_timer_a_person_gets_the_one_reminder_that_fits() {
    let world = World::new();
    let person = world.person();
    let ends = [
        "2026-04-20",
        "2026-05-04",
        "2026-05-08",
        "2026-05-15",
        "2026-05-16",
    ];
    let ids = ends.map(|day| world.carry_over(&person, "PPK", &world.work_unit("BARAT"), day));
    assert_eq!(remind(&world), 1, "the first, thirty days ahead");
    world.host.set_clock("2026-05-01T03:00:00Z");
    assert_eq!(remind(&world), 4);
    let told = ids.each_ref().map(|id| stages(&world.database(), id));
    assert_eq!(told, ["30", "7", "7", "14", "30"]);
    // It goes on from there.
    world.host.set_clock("2026-05-07T03:00:00Z");
    assert_eq!(remind(&world), 2);
    world.host.set_clock("2026-05-09T03:00:00Z");
    assert_eq!(remind(&world), 2);
    let told = ids.each_ref().map(|id| stages(&world.database(), id));
    assert_eq!(told, ["30", "7", "7 1", "14 7", "30 14 7"]);
}

#[test]
fn exp_7_days_are_those_of_the_institutions_zone() {
    let world = World::new();
    let person = world.person();
    let ids = ["TIMUR", "TENGAH", "BARAT"]
        .map(|place| world.carry_over(&person, "PPK", &world.work_unit(place), "2026-05-31"));
    for (hour, reminded) in [(14, 0), (15, 1), (16, 2), (17, 3)] {
        world.host.set_clock(&format!("2026-04-30T{hour}:00:00Z"));
        let _ = remind(&world);
        let told = ids.each_ref().map(|id| stages(&world.database(), id));
        let count = told.iter().filter(|stages| *stages == "30").count();
        assert_eq!(count, reminded, "{hour}: {told:?}");
        assert!(told[..reminded].iter().all(|stages| stages == "30"));
    }
}

#[test]
fn exp_7_no_reminder_for_what_waits_to_be_extended_was_extended_or_has_ended() {
    let world = World::new();
    let person = world.person();
    let access = |day: &str| person.active(&world, "PPK", "BARAT", day).id();
    let [waiting, rejected, extended, given_up] = [(); 4].map(|()| access("2026-04-20"));
    let requests = [&waiting, &rejected, &extended].map(|id| person.extend(id, "2026-06-30"));
    person.deactivate(&given_up);
    world.verifier("BARAT").approve(&requests[2].request());
    assert_eq!(remind(&world), 0);
    world
        .verifier("BARAT")
        .reject(&requests[1].request(), "SK tidak terbaca.");
    let told = |id: &String| stages(&world.database(), id);
    world.host.set_clock("2026-04-06T03:00:00Z");
    assert_eq!(remind(&world), 1);
    assert_eq!(told(&rejected), "14", "the next smaller stage");
    // The one that was extended is reminded of its new end.
    world.host.set_clock("2026-06-16T03:00:00Z");
    assert_eq!(remind(&world), 1);
    assert_eq!([&waiting, &extended, &given_up].map(told), ["", "14", ""]);
    let unhappy = world.carry_over(&person, "PPK", &world.work_unit("BARAT"), "2026-06-10");
    assert_eq!(remind(&world), 0, "ended already");
    assert_eq!(told(&unhappy), "");
}

#[test]
fn exp_7_who_comes_into_a_stage_that_has_passed_gets_the_next_smaller_one() {
    let world = World::new();
    let person = world.person();
    let first = world.carry_over(&person, "PPK", &world.work_unit("BARAT"), "2026-04-20");
    assert_eq!(remind(&world), 1);
    let second = person.active(&world, "PPK", "BARAT", "2026-04-20").id();
    assert_eq!(remind(&world), 0, "the approval has just said the date");
    world.host.set_clock("2026-04-06T03:00:00Z");
    assert_eq!(remind(&world), 2);
    let database = world.database();
    assert_eq!(stages(&database, &first), "30 14");
    assert_eq!(stages(&database, &second), "14");
    // A clock that was far ahead for a while takes no reminder from anybody.
    world.host.set_clock("2026-04-19T03:00:00Z");
    assert_eq!(remind(&world), 2);
    world.host.set_clock("2026-04-13T03:00:00Z");
    assert_eq!(remind(&world), 2);
    // Without what is kept about the progress nobody is reminded twice. Nothing else
    // writes at this moment.
    let forget = "DELETE FROM reminder_progress";
    world.database().write().execute_batch(forget).unwrap();
    assert_eq!(remind(&world), 0);
    assert_eq!(stages(&database, &first), "30 14 1 7");
    assert_eq!(stages(&database, &second), "14 1 7");
}

#[test]
fn exp_7_reminders_that_are_killed_half_way_reach_everybody_once() {
    const COUNT: usize = 16_000;
    const ROUNDS: u64 = 3;
    let world = World::new();
    fill(&world, "2026-04-20", COUNT);
    let reminded = || {
        let sql = "SELECT count(*) FROM event WHERE kind = 'access-ending'";
        u64::try_from(world.database().number(sql)).unwrap()
    };
    for round in 1..=ROUNDS {
        let call = world.drive(TIMER);
        let run = thread::spawn(move || call.try_send().is_ok());
        let deadline = Instant::now() + Duration::from_secs(60);
        while reminded() < round * COUNT as u64 / 5 {
            assert!(Instant::now() < deadline, "the timer does not come on");
            thread::sleep(Duration::from_millis(1));
        }
        world.host.kill();
        let _ = run.join().unwrap();
        world.host.start_again();
        world.database().is_sound();
        assert!(
            round > 1 || reminded() < COUNT as u64,
            "it was not half-way"
        );
    }
    at_once(4, |_| remind(&world));
    each_reminded_once(&world.database(), COUNT);
}

#[test]
fn exp_7_the_mail_says_what_to_do_and_until_when() {
    let mailbox = Mailbox::start();
    let options = Options::default().variable("smtp_relay", &mailbox.smtp);
    let world = World::with(options);
    let person = world.person();
    let unit = world.work_unit("BARAT");
    world.carry_over(&person, "PPK", &unit, "2026-04-20");
    world.carry_over(&person, "KPA", &unit, LATER);
    assert_eq!(remind(&world), 1);
    world.host.run_timer("deliver-notifications");
    let letters = mailbox.wait_for(&person.email, 1);
    let letter = letters.last().unwrap();
    assert_eq!(letter.subject, "Akses Anda berakhir 24 hari lagi");
    let words = letter.words();
    for phrase in [
        person.name.as_str(),
        "Pejabat Pembuat Komitmen",
        "Satuan Kerja",
        "Kementerian Contoh Barat",
        "Senin, 20 April 2026 pukul 24.00 WIB",
        "Perpanjang",
        "3x24 jam",
    ] {
        assert!(words.contains(phrase), "{phrase}: {letter:#?}");
    }
}
