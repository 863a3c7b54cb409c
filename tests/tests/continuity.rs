//! Institutions without a verifier: `/api/verifier-gaps`,
//! `/internal/timers/watch-verifiers`, and the last VAI who leaves.

use akses_tests::crowd::at_once;
use akses_tests::database::Database;
use akses_tests::host::Options;
use akses_tests::mailbox::Mailbox;
use akses_tests::world::{LATER, Person, World};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const TIMER: &str = "watch-verifiers";

fn run(world: &World) {
    at_once(4, |number| {
        if number == 3 {
            world.host.run_timer(TIMER);
        } else {
            let _ = world.drive(TIMER).send().expect(200);
        }
    });
}

/// How institutions stand, as this official sees them: by code.
fn gaps(world: &World, official: &Person) -> BTreeMap<String, String> {
    let mut gaps = BTreeMap::new();
    let mut after = String::new();
    loop {
        let page = official
            .get(&format!("/api/verifier-gaps?limit=2{after}"))
            .expect(200)
            .json();
        for item in page["institutions"].as_array().unwrap() {
            let id = item["institution"]["id"].as_str().unwrap();
            let code = ["BARAT", "UTARA", "TENGAH", "TIMUR", "PUSAT"]
                .into_iter()
                .find(|code| world.institution(code) == id);
            let state = item["state"].as_str().unwrap().to_owned();
            gaps.insert(code.unwrap().to_owned(), state);
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return gaps,
        }
    }
}

fn stand(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(code, state)| ((*code).to_owned(), (*state).to_owned()))
        .collect()
}

fn official(world: &World, role: &str, institution: &str) -> Person {
    let person = world.person();
    world.carry_over(&person, role, &world.work_unit(institution), LATER);
    person
}

/// Warnings about an institution, as (state, how many were told).
fn warnings(world: &World, institution: &str) -> Vec<(String, usize)> {
    let subject = format!("verifier-gap/{}", world.institution(institution));
    world
        .database()
        .history(&subject)
        .into_iter()
        .map(|event| {
            let state = event.data["state"].as_str().unwrap().to_owned();
            (state, event.data["recipients"].as_array().unwrap().len())
        })
        .collect()
}

fn mails(database: &Database, template: &str, person: &Person) -> i64 {
    database.number(&format!(
        "SELECT count(*) FROM notification WHERE template = '{template}' AND recipient = '{}'",
        person.account
    ))
}

#[test]
fn the_directorate_sees_all_institutions_without_a_verifier_and_a_head_the_own() {
    let world = World::new();
    let directorate = world.national("VND");
    let verifier = world.new_verifier("BARAT", LATER);
    // The thirtieth day from now, and the one after it.
    world.new_verifier("UTARA", "2026-04-25");
    world.new_verifier("TENGAH", "2026-04-26");
    world.new_verifier("TIMUR", "2026-03-26");
    let heads = ["BARAT", "TIMUR"].map(|code| official(&world, "KUKPBJ", code));
    let expected = stand(&[
        ("UTARA", "ending"),
        ("TIMUR", "missing"),
        ("PUSAT", "missing"),
    ]);
    assert_eq!(gaps(&world, &directorate), expected);
    assert_eq!(gaps(&world, &heads[0]), stand(&[]));
    assert_eq!(gaps(&world, &heads[1]), stand(&[("TIMUR", "missing")]));
    for other in [&verifier, &world.national("VNT"), &world.person()] {
        other
            .get("/api/verifier-gaps")
            .problem(403, "not-an-official");
    }
    // EXP-2: a day later TENGAH joins them, whether or not a timer ran.
    world.host.set_clock("2026-03-27T16:00:00Z");
    let directorate = world.sign_in(&directorate.email);
    assert_eq!(
        gaps(&world, &directorate).get("TENGAH").map(String::as_str),
        Some("ending")
    );
}

#[test]
fn each_gap_is_told_once_to_the_institution_and_in_one_digest_to_the_directorate() {
    let world = World::new();
    let directorate = world.national("VND");
    let head = official(&world, "KUKPBJ", "UTARA");
    for institution in ["BARAT", "TENGAH", "TIMUR", "PUSAT"] {
        world.new_verifier(institution, LATER);
    }
    let verifier = world.new_verifier("UTARA", "2026-05-20");
    let database = world.database();
    run(&world);
    assert_eq!(warnings(&world, "UTARA"), []);

    world.host.set_clock("2026-04-25T01:00:00Z");
    run(&world);
    run(&world);
    let ending = ("ending".to_owned(), 2);
    assert_eq!(warnings(&world, "UTARA"), std::slice::from_ref(&ending));
    for official in [&head, &verifier] {
        assert_eq!(mails(&database, "verifier-gap-found", official), 1);
    }
    assert_eq!(mails(&database, "verifier-gaps-reported", &directorate), 1);

    // Missed until it is over: the VAI is told no more, the head is.
    world.host.set_clock("2026-05-25T01:00:00Z");
    run(&world);
    let missing = ("missing".to_owned(), 1);
    assert_eq!(warnings(&world, "UTARA"), [ending.clone(), missing.clone()]);
    assert_eq!(mails(&database, "verifier-gaps-reported", &directorate), 2);

    // Filled by one who ends soon as well: that is news, and so is a longer one.
    world.new_verifier("UTARA", "2026-06-01");
    run(&world);
    world.new_verifier("UTARA", LATER);
    run(&world);
    run(&world);
    let covered = ("covered".to_owned(), 0);
    assert_eq!(
        warnings(&world, "UTARA"),
        [ending.clone(), missing, ending, covered]
    );
    assert_eq!(mails(&database, "verifier-gaps-reported", &directorate), 3);
    assert_eq!(mails(&database, "verifier-gap-found", &head), 3);
    let unreported = "SELECT count(*) FROM verifier_gap WHERE reported = 0";
    assert_eq!(database.number(unreported), 0);
}

#[test]
fn the_mails_say_which_institution_and_until_when() {
    let mailbox = Mailbox::start();
    let world = World::with(Options::default().variable("smtp_relay", &mailbox.smtp));
    let directorate = world.national("VND");
    let head = official(&world, "KUKPBJ", "TIMUR");
    world.new_verifier("TIMUR", "2026-04-10");
    run(&world);
    let _ = world.drive("deliver-notifications").send().expect(200);
    let letter = mailbox.wait_for(&head.email, 1).remove(0);
    assert_eq!(
        letter.subject,
        "VAI terakhir di instansi Anda segera berakhir"
    );
    let digest = mailbox.wait_for(&directorate.email, 1).remove(0);
    // The other four have none.
    assert_eq!(digest.subject, "5 instansi tanpa VAI atau segera tanpa VAI");
    for letter in [letter, digest] {
        let words = letter.words();
        for shown in [
            "Pemerintah Provinsi Contoh Timur",
            "sampai Jumat, 10 April 2026 pukul 24.00 WIT",
        ] {
            assert!(words.contains(shown), "{shown}\n{words}");
        }
    }
}

#[test]
fn the_last_verifier_is_asked_for_a_successor_and_not_held_back() {
    let world = World::new();
    let first = world.person();
    let access = world.carry_over(&first, "VAI", &world.work_unit("BARAT"), LATER);
    let also = world.carry_over(&first, "VAI", &world.work_unit("BARAT"), LATER);
    let other = world.person();
    let others = world.carry_over(&other, "VAI", &world.work_unit("BARAT"), LATER);
    let ppk = world.carry_over(&other, "PPK", &world.work_unit("BARAT"), LATER);
    let deactivate = |person: &Person, access: &str, body: &Value| {
        person.post(&format!("/api/accesses/{access}/deactivation"), body)
    };
    let plain = json!({ "handover": { "kind": "none-open" } });
    // Somebody else is left, or another access of the same person.
    let _ = deactivate(&other, &others, &plain).expect(200);
    let _ = deactivate(&first, &also, &plain).expect(200);
    let asked = deactivate(&first, &access, &plain).problem(409, "last-verifier");
    let detail = asked["detail"].as_str().unwrap();
    assert!(
        detail.contains("nyatakan bahwa Anda mengetahuinya"),
        "{detail}"
    );
    // For programs: what says so.
    assert_eq!(asked["acknowledge"], "last_verifier_acknowledged");
    assert_eq!(first.status(&access), "Aktif");
    // Other roles are nobody's business here.
    let _ = deactivate(&other, &ppk, &plain).expect(200);
    let mut knowing = plain.clone();
    knowing["last_verifier_acknowledged"] = true.into();
    let _ = deactivate(&first, &access, &knowing).expect(200);
    assert_eq!(first.status(&access), "Tidak Aktif");
    // Nothing is left to ask about.
    deactivate(&first, &access, &plain).problem(409, "not-active");
}
