//! `/health`, and which databases the service takes.

use akses_tests::crowd::at_once;
use akses_tests::host::{Folder, Host, Options};
use akses_tests::program::{Process, project};
use akses_tests::world::{PASSWORD, World};
use rusqlite::Connection;
use std::fs;
use std::sync::Arc;

fn schema(connection: &Connection) -> Vec<(String, Option<String>)> {
    let mut select = connection
        .prepare("SELECT name, sql FROM sqlite_schema ORDER BY type, name")
        .unwrap();
    let rows = select
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    rows.map(Result::unwrap).collect()
}

/// The schema that this program knows.
fn known() -> i64 {
    let folder = project().join("components/store/migrations");
    i64::try_from(fs::read_dir(folder).unwrap().count()).unwrap()
}

fn migrated() -> (Arc<Folder>, Host) {
    let folder = Folder::new();
    let host = Host::start_on(folder.clone(), Options::default());
    let _ = host.client().get("/health").send().expect(200);
    host.stop();
    (folder, host)
}

#[test]
fn a_new_folder_gets_the_schema_and_health_says_its_number() {
    let host = Host::start(Options::default());
    let health = host.client().get("/health").send().expect(200);
    assert_eq!(
        health.json(),
        serde_json::json!({ "status": "ok", "schema": known() })
    );
    assert_eq!(health.text("cache-control"), "no-store");
    assert_eq!(
        host.database().number("SELECT max(number) FROM migration"),
        known()
    );
    assert_eq!(
        host.database().text("PRAGMA journal_mode").as_deref(),
        Some("wal")
    );
    host.stop();
    host.database().is_sound();
    host.start_again();
    let _ = host.client().get("/health").send().expect(200);
}

#[test]
fn many_who_come_first_at_once_make_one_schema() {
    let host = Host::start(Options::default());
    for answer in at_once(16, |_| host.client().get("/health").send()) {
        let _ = answer.expect(200);
    }
    assert_eq!(
        host.database().number("SELECT count(*) FROM migration"),
        known()
    );
    host.stop();
    host.database().is_sound();
}

#[test]
fn a_migration_that_was_killed_half_way_is_completed() {
    let (folder, host) = migrated();
    let whole = schema(&folder.database().read());
    let made: Vec<_> = {
        let connection = folder.database().read();
        let mut select = connection
            .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE '%\\_search\\_%' ESCAPE '\\' ORDER BY rowid")
            .unwrap();
        select
            .query_map([], |row| row.get::<_, String>(0))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    };
    for done in [1, 2, made.len() / 2, made.len()] {
        let half = Folder::new();
        let connection = half.database().write();
        for statement in &made[..done] {
            connection.execute_batch(statement).unwrap();
        }
        drop(connection);
        let host = Host::start_on(half.clone(), Options::default());
        let _ = host.client().get("/health").send().expect(200);
        assert_eq!(
            schema(&half.database().read()),
            whole,
            "after {done} statements"
        );
        assert_eq!(
            half.database().number("SELECT max(number) FROM migration"),
            known()
        );
    }
    drop(host);
}

/// The service does not serve from this database, says why to operators only,
/// and changes nothing in it.
#[track_caller]
fn is_refused(folder: &Arc<Folder>, operators_read: &[&str]) {
    let before = schema(&folder.database().read());
    let rows = folder
        .database()
        .number("SELECT count(*) FROM sqlite_schema");
    let host = Host::start_on(folder.clone(), Options::default());
    host.client()
        .get("/health")
        .send()
        .problem(503, "not-healthy");
    let body = serde_json::json!({ "email": "a@contoh.example", "password": PASSWORD });
    let answer = host.client().post("/api/sign-in").json(&body).send();
    answer.problem(500, "internal");
    let shown = String::from_utf8(answer.body.clone()).unwrap();
    let sweep = host.client().post("/internal/timers/expire-accesses");
    sweep
        .bearer(akses_tests::host::OPERATOR_TOKEN)
        .send()
        .problem(500, "internal");
    let logged = host.logged();
    for words in operators_read {
        assert!(logged.contains(words), "{words}: {logged}");
        assert!(!shown.contains(words), "{words}: {shown}");
    }
    host.stop();
    assert_eq!(schema(&folder.database().read()), before);
    assert_eq!(
        folder
            .database()
            .number("SELECT count(*) FROM sqlite_schema"),
        rows
    );
}

#[test]
fn a_database_of_a_newer_program_is_refused_and_left_alone() {
    let (folder, _) = migrated();
    let newer = known() + 41;
    let insert = "INSERT INTO migration (number, name, applied_at) VALUES (?1, 'tomorrow', 0)";
    folder.database().write().execute(insert, [newer]).unwrap();
    let numbers = [format!("schema {newer}"), format!("up to {}", known())];
    is_refused(&folder, &[&numbers[0], &numbers[1]]);
    assert_eq!(
        folder
            .database()
            .number("SELECT max(number) FROM migration"),
        newer
    );
}

#[test]
fn a_database_of_something_else_is_refused_and_left_alone() {
    let folder = Folder::new();
    let connection = folder.database().write();
    connection
        .execute_batch("CREATE TABLE resep (nama TEXT); INSERT INTO resep VALUES ('soto')")
        .unwrap();
    drop(connection);
    is_refused(&folder, &["none of ours", "resep"]);
    assert_eq!(
        folder.database().text("SELECT nama FROM resep").as_deref(),
        Some("soto")
    );
}

#[test]
fn a_file_that_is_no_database_is_a_clear_error() {
    let folder = Folder::new();
    fs::create_dir_all(folder.state()).unwrap();
    fs::write(
        folder.database().file(),
        "ini bukan basis data, hanya teks biasa\n".repeat(200),
    )
    .unwrap();
    let host = Host::new_on(folder.clone(), Options::default());
    let mut process = Process::start(&mut host.command(), &folder.log());
    assert!(!process.wait().success());
    let said = process.log_tail();
    assert!(
        said.contains("akses.db") && said.contains("not a database"),
        "{said}"
    );
    let kept = fs::read_to_string(folder.database().file()).unwrap();
    assert!(kept.starts_with("ini bukan basis data"));
}

#[test]
fn a_second_process_on_the_same_folder_is_told_who_has_it() {
    let world = World::new();
    let log = world.host.folder.log();
    let mut second = Process::start(&mut world.host.command(), &log);
    assert!(!second.wait().success());
    let said = second.log_tail();
    assert!(said.contains("in use by another akses (process "), "{said}");
    assert!(said.contains("--state-dir"), "{said}");
    // The first one is not disturbed, and its end frees the folder, kill -9 or not.
    let _ = world.client().get("/health").send().expect(200);
    world.host.kill();
    world.host.start_again();
    let _ = world.client().get("/health").send().expect(200);
}
