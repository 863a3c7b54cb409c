//! `/internal/timers/expire-accesses`: EXP-2 to EXP-4.

use akses_tests::crowd::at_once;
use akses_tests::database::{Database, Filler};
use akses_tests::host::Options;
use akses_tests::world::{LATER, World};
use serde_json::{Value, json};
use std::thread;
use std::time::{Duration, Instant};

const TIMER: &str = "expire-accesses";

/// The hash of a password that nobody types.
const PASSWORD_HASH: &str = "$argon2id$v=19$m=7168,t=5,p=1$c2FsdHNhbHRzYWx0c2FsdA$\
     KqgRzqW2dBKN1cbyPMSKvHV6m9zIb5Xg3Gm1F2tB0V8";

/// Puts accesses into the record of a host that stands still, each of a person
/// of its own.
fn fill(world: &World, valid_until: &str, count: usize) {
    let unit = world.work_unit("BARAT");
    world.host.stop();
    let filler = Filler::new(&world.database());
    for number in 0..count {
        let account = json!({
            "email": format!("massal-{number}@contoh.example"), "name": format!("Orang Massal {number}"),
            "password_hash": PASSWORD_HASH, "service_number": null,
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

fn expired(database: &Database) -> i64 {
    database.number("SELECT count(*) FROM event WHERE kind = 'access-expired'")
}

/// Each of so many accesses ended with one event and one notification.
#[track_caller]
fn each_ended_once(database: &Database, count: usize) {
    let count = i64::try_from(count).unwrap();
    assert_eq!(expired(database), count);
    let subjects = "SELECT count(DISTINCT subject) FROM event WHERE kind = 'access-expired'";
    assert_eq!(database.number(subjects), count);
    let standing = "SELECT count(*) FROM access WHERE standing = 'expired'";
    assert_eq!(database.number(standing), count);
    let mails = "SELECT count(*) FROM notification WHERE template = 'access-expired'";
    assert_eq!(database.number(mails), count);
    let events = "SELECT count(DISTINCT event) FROM notification WHERE template = 'access-expired'";
    assert_eq!(database.number(events), count);
}

/// Sweeps until a run says that nothing is left.
fn sweep(world: &World) -> u64 {
    let mut swept = 0;
    loop {
        let outcome = world.drive(TIMER).send().expect(200).json();
        swept += outcome["expired"].as_u64().unwrap();
        if outcome["done"] == true {
            return swept;
        }
    }
}

#[test]
fn exp_3_an_end_is_recorded_once_however_often_and_by_how_many_it_is_swept() {
    const COUNT: usize = 300;
    let world = World::new();
    fill(&world, "2026-04-30", COUNT);
    assert_eq!(sweep(&world), 0, "nobody is due yet");
    world.host.set_clock("2026-04-30T17:00:00Z");
    // Four by the operators' route and one by the cron trigger.
    let swept: u64 = at_once(5, |number| {
        if number == 4 {
            world.host.run_timer(TIMER);
            return 0;
        }
        world.drive(TIMER).send().expect(200).json()["expired"]
            .as_u64()
            .unwrap()
    })
    .into_iter()
    .sum();
    assert!(swept <= COUNT as u64);
    each_ended_once(&world.database(), COUNT);
    assert_eq!(sweep(&world), 0);
    world.host.run_timer(TIMER);
    each_ended_once(&world.database(), COUNT);
    let by = "SELECT count(*) FROM event WHERE kind = 'access-expired' AND actor = 'timer:expire-accesses'";
    assert_eq!(world.database().number(by), i64::try_from(COUNT).unwrap());
}

#[test]
fn exp_3_missed_days_are_made_up_and_back_dated_accesses_are_found() {
    let world = World::new();
    let person = world.person();
    let ended = |valid_until: &str| {
        world.carry_over(&person, "PPK", &world.work_unit("BARAT"), valid_until)
    };
    for day in ["2026-04-01", "2026-04-15", "2026-05-20", "2026-06-09"] {
        ended(day);
    }
    ended("2026-06-10");
    // No timer ran for months; the tenth of June is not over in the west.
    world.host.set_clock("2026-06-10T16:59:00Z");
    assert_eq!(sweep(&world), 4);
    assert_eq!(sweep(&world), 0);
    // Imported late, ended long ago.
    let back_dated = ended("2025-12-31");
    assert_eq!(
        world.sign_in(&person.email).status(&back_dated),
        "Kedaluwarsa",
        "EXP-2"
    );
    assert_eq!(sweep(&world), 1);
    each_ended_once(&world.database(), 5);
    // A clock that goes back brings nobody back to life, nor down again.
    world.host.set_clock("2026-03-27T07:10:00Z");
    assert_eq!(sweep(&world), 0);
    assert_eq!(
        world.sign_in(&person.email).status(&back_dated),
        "Kedaluwarsa"
    );
}

#[test]
fn exp_3_a_sweep_that_is_killed_half_way_leaves_nothing_out_and_nothing_twice() {
    const COUNT: usize = 16_000;
    const ROUNDS: u64 = 3;
    let world = World::new();
    fill(&world, "2026-03-01", COUNT);
    for round in 1..=ROUNDS {
        let call = world.drive(TIMER);
        let run = thread::spawn(move || call.try_send().is_ok());
        // A little further each time.
        await_expired(&world.database(), round * COUNT as u64 / 5);
        world.host.kill();
        // Whether the last answer came out does not matter.
        let _ = run.join().unwrap();
        world.host.start_again();
        world.database().is_sound();
        let now = expired(&world.database());
        assert!(round > 1 || now < COUNT as i64, "it was not half-way");
        assert_eq!(
            now,
            world.database().number("SELECT count(*) FROM notification"),
            "round {round}"
        );
    }
    at_once(4, |_| sweep(&world));
    each_ended_once(&world.database(), COUNT);
}

fn await_expired(database: &Database, count: u64) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while u64::try_from(expired(database)).unwrap() < count {
        assert!(Instant::now() < deadline, "the sweep does not come on");
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn exp_4_until_the_cut_off_past_due_accesses_stay_and_then_all_turn_together() {
    // The last day before automatic expiry lies ahead.
    let world = World::with(Options::default().variable("cut_off_date", "2026-04-30"));
    let person = world.person();
    let past_due = world.carry_over(&person, "PPK", &world.work_unit("BARAT"), "2025-06-30");
    let in_time = world.carry_over(&person, "PPK", &world.work_unit("BARAT"), LATER);
    let waiting = world.carry_over(&person, "PPK", &world.work_unit("BARAT"), "2026-02-28");
    let eastern = world.carry_over(&person, "PPK", &world.work_unit("TIMUR"), "2025-06-30");
    assert_eq!(person.status(&past_due), "Aktif");
    person.deactivate(&waiting);
    let request = person.reactivate(&waiting, LATER).request();
    assert_eq!(sweep(&world), 0);

    // The cut-off comes to the east first.
    world.host.set_clock("2026-04-30T15:00:00Z");
    let person = world.sign_in(&person.email);
    let statuses = || [&past_due, &in_time, &waiting, &eastern].map(|id| person.status(id));
    assert_eq!(
        statuses(),
        ["Aktif", "Aktif", "Menunggu Verifikasi", "Kedaluwarsa"]
    );
    assert_eq!(sweep(&world), 1);
    world.host.set_clock("2026-04-30T17:00:00Z");
    assert_eq!(
        statuses()[0],
        "Kedaluwarsa",
        "from the dates, before the sweep"
    );
    assert_eq!(sweep(&world), 2);
    assert_eq!(
        statuses(),
        ["Kedaluwarsa", "Aktif", "Kedaluwarsa", "Kedaluwarsa"]
    );

    // The pending reactivation stays in the queue and can still be approved.
    assert_eq!(person.listed(&waiting)["next_steps"], json!(["wait"]));
    let verifier = world.sign_in(&world.verifier("BARAT").email);
    assert!(verifier.sees(&request));
    verifier.approve(&request);
    assert_eq!(statuses(), ["Kedaluwarsa", "Aktif", "Aktif", "Kedaluwarsa"]);
    assert_eq!(sweep(&world), 0);

    // What is asked for after the cut-off is not overtaken by it.
    let request = person.reactivate(&past_due, LATER);
    assert_eq!(sweep(&world), 0);
    assert_eq!(request.status(), "Menunggu Verifikasi");
}

#[test]
fn exp_3_the_sweep_is_a_timer_of_the_cron_trigger_too() {
    let world = World::with(Options::default().awake());
    let person = world.person();
    let access = world.carry_over(&person, "PPK", &world.work_unit("BARAT"), "2026-03-27");
    // A jump over many ticks is one tick.
    world.host.set_clock("2026-03-27T17:00:00Z");
    let deadline = Instant::now() + Duration::from_secs(30);
    while world.database().kinds(&access).len() < 2 {
        assert!(Instant::now() < deadline, "the timer did not run by itself");
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(
        world.database().kinds(&access),
        ["access-carried-over", "access-expired"]
    );
    let event: Value = world.database().history(&access).pop().unwrap().data;
    assert_eq!(event["valid_until"], "2026-03-27");
    assert_eq!(event["account"], person.account);
}
