//! `/internal/timers/seal-record`, `GET /api/seals/latest` and `akses audit`:
//! ALL-1, for somebody who does not trust the server.

use akses_tests::crowd::at_once;
use akses_tests::program::{program, project};
use akses_tests::world::{LATER, World};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn seal(world: &World) -> u64 {
    let outcome = world.drive("seal-record").send().expect(200).json();
    assert_eq!(outcome["done"], true, "{outcome}");
    outcome["sealed"].as_u64().unwrap()
}

fn newest(world: &World) -> Value {
    world
        .client()
        .get("/api/seals/latest")
        .send()
        .expect(200)
        .json()
}

/// Checks a copy of the database against a seal that was kept.
fn audit(database: &Path, kept: &Path) -> Output {
    let mut command = Command::new(program());
    command.current_dir(project()).arg("audit");
    command
        .arg("--database")
        .arg(database)
        .arg("--seal")
        .arg(kept);
    command.output().unwrap()
}

#[test]
fn all_1_a_seal_is_made_of_what_happened_and_of_nothing_else() {
    let world = World::new();
    world
        .client()
        .get("/api/seals/latest")
        .send()
        .problem(404, "not-found");
    let person = world.person();
    assert!(seal(&world) > 0);
    let first = newest(&world);
    assert_eq!(first["number"], 1);
    assert_eq!(seal(&world), 0, "nothing happened but the seal itself");
    assert_eq!(newest(&world), first);
    person.register("PPK", &world.work_unit("BARAT"), LATER);
    at_once(4, |_| world.drive("seal-record").send().expect(200).json());
    let second = newest(&world);
    assert_eq!(second["number"], 2);
    assert_ne!(second["hash"], first["hash"]);
    let text = second.to_string();
    for personal in [&person.email, &person.name, &person.account] {
        assert!(!text.contains(personal.as_str()), "{text}");
    }
    let seals = "SELECT count(*) FROM event WHERE kind = 'record-sealed'";
    assert_eq!(world.database().number(seals), 2);
}

#[test]
fn all_1_who_kept_a_seal_finds_what_was_changed() {
    let world = World::new();
    let person = world.person();
    let access = person.register("PPK", &world.work_unit("BARAT"), LATER);
    world.verifier("BARAT").approve(&access.request());
    seal(&world);
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("seal.json");
    fs::write(&kept, newest(&world).to_string()).unwrap();
    world.host.stop();
    let original = world.database().file();
    let whole = audit(&original, &kept);
    assert!(
        whole.status.success(),
        "{}",
        String::from_utf8_lossy(&whole.stderr)
    );

    let approval = format!("subject = '{}' AND version = 2", access.id());
    for (what, forgery) in [
        (
            "an edit",
            format!("UPDATE event SET data = replace(data, '2027', '2037') WHERE {approval}"),
        ),
        (
            "another actor",
            format!("UPDATE event SET actor = 'orang lain' WHERE {approval}"),
        ),
        (
            "another time",
            format!("UPDATE event SET at = at + 1 WHERE {approval}"),
        ),
        ("a removal", format!("DELETE FROM event WHERE {approval}")),
        (
            "a cut tail",
            format!("DELETE FROM event WHERE seq >= (SELECT seq FROM event WHERE {approval})"),
        ),
        (
            "another order",
            format!("UPDATE event SET seq = seq + 1000 WHERE {approval}"),
        ),
    ] {
        let copy = folder.path().join("forged.db");
        fs::copy(&original, &copy).unwrap();
        let connection = rusqlite::Connection::open(&copy).unwrap();
        // Whoever has the file can do this.
        connection
            .execute_batch(
                "DROP TRIGGER event_is_never_changed; DROP TRIGGER event_is_never_removed",
            )
            .unwrap();
        assert!(connection.execute(&forgery, []).unwrap() > 0, "{what}");
        drop(connection);
        let found = audit(&copy, &kept);
        assert!(
            !found.status.success(),
            "{what}: {}",
            String::from_utf8_lossy(&found.stdout)
        );
    }
}
