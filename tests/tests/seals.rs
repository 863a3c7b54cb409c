//! `/internal/timers/seal-record`, `GET /api/seals/latest` and `akses audit`:
//! ALL-1, for somebody who does not trust the server.

use akses_tests::crowd::at_once;
use akses_tests::program::{program, project};
use akses_tests::world::{LATER, World};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

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

/// Keeps it in a file.
fn keep_newest(world: &World, folder: &TempDir) -> PathBuf {
    let kept = folder.path().join("seal.json");
    fs::write(&kept, newest(world).to_string()).unwrap();
    kept
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
fn all_1_each_run_makes_a_seal_that_tells_strangers_nothing() {
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
    assert_eq!(seal(&world), 1, "nothing happened but the seal itself");
    let second = newest(&world);
    person.register("PPK", &world.work_unit("BARAT"), LATER);
    assert!(seal(&world) > 1);
    let third = newest(&world);
    // Whether anything happened cannot be seen.
    for (seal, number) in [(&first, 1), (&second, 2), (&third, 3)] {
        let hash = &seal["hash"];
        assert_eq!(seal, &json!({ "number": number, "hash": hash }));
    }
    assert_ne!(first["hash"], second["hash"]);
    assert_ne!(second["hash"], third["hash"]);
}

#[test]
fn all_1_runs_at_once_seal_each_event_once() {
    let world = World::new();
    world
        .person()
        .register("PPK", &world.work_unit("BARAT"), LATER);
    at_once(4, |_| world.drive("seal-record").send().expect(200).json());
    let covered =
        "SELECT count(*), max(data ->> 'through_seq') FROM event WHERE kind = 'record-sealed'";
    let (seals, through): (i64, i64) = world
        .database()
        .read()
        .query_row(covered, [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    assert!((1..=4).contains(&seals), "{seals}");
    let before = "SELECT max(seq) FROM event WHERE kind <> 'record-sealed'";
    assert!(through >= world.database().number(before));
    let folder = tempfile::tempdir().unwrap();
    let kept = keep_newest(&world, &folder);
    world.host.stop();
    let audited = audit(&world.database().file(), &kept);
    assert!(audited.status.success(), "{audited:?}");
}

#[test]
fn all_1_who_kept_a_seal_finds_what_was_changed() {
    let world = World::new();
    let person = world.person();
    let access = person.register("PPK", &world.work_unit("BARAT"), LATER);
    world.verifier("BARAT").approve(&access.request());
    seal(&world);
    let folder = tempfile::tempdir().unwrap();
    let kept = keep_newest(&world, &folder);
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
