//! `/internal/timers/deliver-notifications`: every notification becomes one
//! mail, whatever the mail server does.

use akses_tests::crowd::at_once;
use akses_tests::host::Options;
use akses_tests::mailbox::{Letter, Mailbox};
use akses_tests::world::{LATER, Person, World};
use serde_json::Value;
use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

const TIMER: &str = "deliver-notifications";

fn world_with(relay: &str) -> World {
    World::with(Options::default().variable("smtp_relay", relay))
}

fn deliver(world: &World) -> Value {
    world.drive(TIMER).send().expect(200).json()
}

/// So many registrations of one person, each with a mail that is due.
fn due_mails(world: &World, count: usize) -> Person {
    let person = world.person();
    let unit = world.work_unit("BARAT");
    let mut form = person.form("PPK", &unit, LATER);
    for number in 0..count {
        if number > 0 {
            form["work_unit"] = world.work_unit("BARAT").id.into();
        }
        let _ = person.try_register(&form).expect(201);
    }
    person
}

fn states(world: &World) -> BTreeMap<String, i64> {
    let connection = world.database().read();
    let mut select = connection
        .prepare("SELECT state, count(*) FROM notification GROUP BY state")
        .unwrap();
    let rows = select
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    rows.map(Result::unwrap).collect()
}

fn all(state: &str, count: i64) -> BTreeMap<String, i64> {
    BTreeMap::from([(state.to_owned(), count)])
}

/// How many copies came of each mail.
fn copies(letters: &[Letter]) -> BTreeMap<String, usize> {
    let mut copies = BTreeMap::new();
    for letter in letters {
        *copies.entry(letter.message_id.clone()).or_insert(0) += 1;
    }
    copies
}

#[test]
fn postmen_who_meet_deliver_each_mail_once() {
    let mailbox = Mailbox::start();
    let world = world_with(&mailbox.smtp);
    due_mails(&world, 60);
    at_once(5, |number| {
        if number == 4 {
            world.host.run_timer(TIMER);
        } else {
            deliver(&world);
        }
    });
    assert_eq!(states(&world), all("sent", 60));
    deliver(&world);
    let copies = copies(&mailbox.letters());
    assert_eq!(copies.len(), 60);
    assert!(copies.values().all(|copies| *copies == 1), "{copies:?}");
}

#[test]
fn a_mail_that_the_server_puts_off_is_delivered_once_later() {
    let mailbox = Mailbox::start_with("127.0.0.1:0", &["--fail-first", "2"]);
    let world = world_with(&mailbox.smtp);
    let person = due_mails(&world, 3);
    let outcome = deliver(&world);
    assert_eq!(
        (&outcome["sent"], &outcome["retried"]),
        (&1.into(), &2.into()),
        "{outcome}"
    );
    // Its time has not come.
    assert_eq!(deliver(&world)["sent"], 0);
    world.host.set_clock("2026-03-27T07:20:00Z");
    assert_eq!(deliver(&world)["sent"], 2);
    assert_eq!(states(&world), all("sent", 3));
    assert_eq!(copies(&mailbox.wait_for(&person.email, 3)).len(), 3);
}

#[test]
fn a_mail_that_the_server_refuses_for_good_is_a_dead_letter_and_holds_up_nobody() {
    let world_and = |rejected: &str| {
        let mailbox = Mailbox::start_with("127.0.0.1:0", &["--reject", rejected]);
        (world_with(&mailbox.smtp), mailbox)
    };
    let (world, mailbox) = world_and("orang-1@contoh.example");
    let refused = due_mails(&world, 1);
    assert_eq!(refused.email, "orang-1@contoh.example");
    let other = due_mails(&world, 1);
    let outcome = deliver(&world);
    assert_eq!(
        (&outcome["sent"], &outcome["dead"]),
        (&1.into(), &1.into()),
        "{outcome}"
    );
    let expected = BTreeMap::from([("dead".to_owned(), 1), ("sent".to_owned(), 1)]);
    assert_eq!(states(&world), expected);
    let why = world
        .database()
        .text("SELECT last_error FROM notification WHERE state = 'dead'")
        .unwrap();
    assert!(why.contains("550"), "{why}");
    assert!(!why.contains(&refused.email), "ALL-2: {why}");
    world.host.set_clock("2026-04-27T07:10:00Z");
    assert_eq!(deliver(&world)["dead"], 0, "it is not tried again");
    mailbox.wait_for(&other.email, 1);
    assert_eq!(mailbox.letters().len(), 1);
}

#[test]
fn while_the_server_is_away_tries_back_off_and_then_each_mail_arrives_once() {
    let relay = Mailbox::free_address();
    let world = world_with(&relay);
    let person = due_mails(&world, 12);
    let mut clock = chrono::DateTime::parse_from_rfc3339("2026-03-27T07:10:00Z").unwrap();
    let mut due = Vec::new();
    for _ in 0..4 {
        let outcome = deliver(&world);
        assert_eq!(outcome["sent"], 0, "{outcome}");
        assert_eq!(states(&world), all("queued", 12));
        due.push(
            world
                .database()
                .number("SELECT max(due_at) FROM notification"),
        );
        clock += chrono::Duration::hours(1);
        world.host.set_clock(&clock.to_rfc3339());
    }
    // Each wait is longer than the one before, counted from its own try.
    let waits: Vec<_> = due.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(
        waits.iter().all(|wait| *wait > 60 * 60 * 1_000),
        "{waits:?}"
    );
    let mailbox = Mailbox::start_with(&relay, &[]);
    for _ in 0..4 {
        deliver(&world);
    }
    assert_eq!(states(&world), all("sent", 12));
    let letters = mailbox.wait_for(&person.email, 12);
    assert_eq!(copies(&letters).len(), 12);
}

#[test]
fn a_server_that_is_away_for_good_leaves_dead_letters_after_a_bounded_number_of_tries() {
    let world = world_with(&Mailbox::free_address());
    due_mails(&world, 1);
    let mut clock = chrono::DateTime::parse_from_rfc3339("2026-03-27T07:10:00Z").unwrap();
    let mut tries = 0;
    while states(&world) != all("dead", 1) {
        tries += 1;
        assert!(tries < 50, "it is never given up");
        deliver(&world);
        clock += chrono::Duration::days(1);
        world.host.set_clock(&clock.to_rfc3339());
    }
    let counted = world.database().number("SELECT attempts FROM notification");
    assert_eq!(counted, tries);
    assert!((5..=20).contains(&tries), "{tries} tries");
}

#[test]
fn a_host_that_dies_between_lease_and_result_doubles_at_most_the_mail_under_way() {
    // The letter is kept at once and acknowledged late: the host dies in between.
    let mailbox = Mailbox::start_with("127.0.0.1:0", &["--delay-ms", "1500"]);
    let world = world_with(&mailbox.smtp);
    due_mails(&world, 3);
    let call = world.drive(TIMER);
    let run = thread::spawn(move || call.try_send().is_ok());
    let deadline = Instant::now() + Duration::from_secs(30);
    while mailbox.letters().is_empty() {
        assert!(Instant::now() < deadline, "no mail is under way");
        thread::sleep(Duration::from_millis(10));
    }
    world.host.kill();
    assert!(!run.join().unwrap(), "the host died first");
    world.host.start_again();
    assert_eq!(states(&world), all("queued", 3));
    // Nobody takes them while the lease holds.
    assert_eq!(deliver(&world)["sent"], 0);
    world.host.set_clock("2026-03-27T07:16:00Z");
    deliver(&world);
    assert_eq!(states(&world), all("sent", 3));
    let copies = copies(&mailbox.letters());
    assert_eq!(copies.len(), 3, "{copies:?}");
    let mut counts: Vec<_> = copies.into_values().collect();
    counts.sort_unstable();
    assert_eq!(
        counts,
        [1, 1, 2],
        "the one under way, with the same Message-ID"
    );
}

#[test]
fn postmen_who_are_killed_again_and_again_lose_nothing_and_double_next_to_nothing() {
    const COUNT: usize = 80;
    const KILLS: usize = 3;
    let mailbox = Mailbox::start();
    let world = world_with(&mailbox.smtp);
    due_mails(&world, COUNT);
    for kill in 1..=KILLS {
        // Each host begins at the same time of day; the leases of those before
        // it have to be over.
        world
            .host
            .set_clock(&format!("2026-03-27T{}:10:00Z", 7 + kill));
        let call = world.drive(TIMER);
        let run = thread::spawn(move || call.try_send().is_ok());
        let enough = (mailbox.letters().len() + COUNT / 5).min(COUNT);
        let deadline = Instant::now() + Duration::from_secs(30);
        while mailbox.letters().len() < enough && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(2));
        }
        world.host.kill();
        // Whether the run came to its end does not matter.
        let _ = run.join().unwrap();
        world.host.start_again();
    }
    world.host.set_clock("2026-03-27T15:10:00Z");
    while states(&world) != all("sent", i64::try_from(COUNT).unwrap()) {
        assert_eq!(deliver(&world)["retried"], 0);
    }
    let copies = copies(&mailbox.letters());
    assert_eq!(copies.len(), COUNT, "each mail arrived");
    let extra: usize = copies.values().map(|copies| copies - 1).sum();
    assert!(
        extra <= KILLS,
        "at most the mail under way at each kill: {extra} came twice"
    );
}

#[test]
fn a_relay_that_asks_for_a_password_gets_it_and_no_log_does() {
    let (user, password) = ("pengirim", "sandi-relay-rahasia");
    let mailbox = Mailbox::start_with(
        "127.0.0.1:0",
        &["--require-auth", &format!("{user}:{password}")],
    );
    let options = |password: &str| {
        Options::default()
            .variable("smtp_relay", &mailbox.smtp)
            .variable("smtp_user", user)
            .variable("smtp_password", password)
    };
    let world = World::with(options(password));
    let person = due_mails(&world, 2);
    assert_eq!(deliver(&world)["sent"], 2);
    mailbox.wait_for(&person.email, 2);
    assert!(!world.host.logged().contains(password));

    let world = World::with(options("sandi-yang-salah"));
    due_mails(&world, 2);
    assert_eq!(deliver(&world)["sent"], 0);
    assert_eq!(
        states(&world),
        all("queued", 2),
        "a wrong password is the operator's mistake"
    );
    let why = world
        .database()
        .text("SELECT last_error FROM notification")
        .unwrap();
    assert!(
        !why.is_empty() && !why.contains("sandi-yang-salah"),
        "{why}"
    );
    assert!(!world.host.logged().contains("sandi-yang-salah"));
}

#[test]
fn a_mail_names_its_sender_and_says_the_same_with_every_try() {
    let mailbox = Mailbox::start_with("127.0.0.1:0", &["--fail-first", "1"]);
    let options = Options::default()
        .variable("smtp_relay", &mailbox.smtp)
        .variable("mail_from", "Akses Uji <akses@uji.example>")
        .variable("public_origin", "https://akses.uji.example");
    let world = World::with(options);
    let person = due_mails(&world, 1);
    deliver(&world);
    world.host.set_clock("2026-03-27T07:30:00Z");
    deliver(&world);
    let letter = mailbox.wait_for(&person.email, 1).remove(0);
    assert_eq!(letter.from, "akses@uji.example");
    assert!(letter.message_id.ends_with("@uji.example"), "{letter:#?}");
    let access = person.get("/api/accesses").expect(200).json()["accesses"][0]["id"].clone();
    assert!(
        letter.message_id.starts_with(access.as_str().unwrap()),
        "{letter:#?}"
    );
    assert!(
        letter.words().contains("https://akses.uji.example"),
        "{letter:#?}"
    );
}
