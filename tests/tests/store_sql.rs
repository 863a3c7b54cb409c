//! The store's statements, as they lie in its `sql/`, on the schema that its
//! migrations make: that they prepare, that they use the index they were written
//! for, and what they answer.

use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::types::Value;
use rusqlite::{Batch, Connection, Params, Row, params};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

const WIB_MIDNIGHT_MS: i64 = 1_755_882_000_000; // 2025-08-23T00:00+07:00
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
const HOUR_MS: i64 = 60 * 60 * 1_000;

fn store() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../components/store")
}

fn files(folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(store().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

fn sql(name: &str) -> String {
    fs::read_to_string(store().join("sql").join(name)).unwrap()
}

/// Cut where the store cuts: a semicolon before an empty line.
fn migrations() -> Vec<String> {
    let scripts = files("migrations")
        .into_iter()
        .map(|file| fs::read_to_string(file).unwrap());
    let pieces = scripts.flat_map(|script| {
        script
            .split_inclusive(";\n\n")
            .map(|piece| piece.trim().to_owned())
            .collect::<Vec<_>>()
    });
    pieces.filter(|piece| piece.ends_with(';')).collect()
}

fn empty() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .pragma_update(None, "foreign_keys", true)
        .unwrap();
    connection
}

fn migrated() -> Connection {
    let connection = empty();
    for statement in migrations() {
        connection.execute_batch(&statement).unwrap();
    }
    connection
}

fn schema(connection: &Connection) -> Vec<String> {
    rows(
        connection,
        "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1",
        [],
        |row| row.get(0).unwrap(),
    )
}

fn rows<T>(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
    read: impl Fn(&Row<'_>) -> T,
) -> Vec<T> {
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map(parameters, |row| Ok(read(row)));
    rows.unwrap().map(Result::unwrap).collect()
}

fn texts(connection: &Connection, sql: &str, parameters: impl Params) -> Vec<String> {
    rows(connection, sql, parameters, |row| row.get(0).unwrap())
}

fn number(connection: &Connection, sql: &str) -> i64 {
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

/// Runs the store's append; whether it recorded the event, or how the engine
/// refused it.
fn try_append(
    connection: &Connection,
    subject: &str,
    version: u32,
    kind: &str,
    data: serde_json::Value,
    at: i64,
    key: Option<&str>,
) -> Result<bool, String> {
    let parameters = params![
        subject,
        version,
        kind,
        data.to_string(),
        "somebody",
        at,
        "127.0.0.1",
        "",
        None::<String>,
        key,
        key.map(|_| "fingerprint"),
    ];
    let mut statement = connection.prepare_cached(&sql("event_append.sql")).unwrap();
    let mut rows = statement.query(parameters).unwrap();
    let row = rows.next().map_err(|error| error.to_string())?;
    Ok(row.is_some())
}

#[track_caller]
fn append(
    connection: &Connection,
    subject: &str,
    version: u32,
    kind: &str,
    data: serde_json::Value,
    at: i64,
) {
    assert_eq!(
        try_append(connection, subject, version, kind, data, at, None),
        Ok(true)
    );
}

fn record_institution(connection: &Connection, id: &str, name: &str) {
    let data = json!({ "code": id, "name": name, "kind": "Kota", "zone": "WIB" });
    append(connection, id, 1, "institution-recorded", data, 0);
}

fn record_work_unit(connection: &Connection, id: &str, institution: &str, name: &str) {
    let data = json!({ "code": id, "name": name, "institution": institution });
    append(connection, id, 1, "work-unit-recorded", data, 0);
}

fn record_account(connection: &Connection, id: &str) {
    let data = json!({ "email": format!("{id}@contoh.example"), "name": id, "password_hash": "x" });
    append(connection, id, 1, "account-recorded", data, 0);
}

fn subject(account: &str, institution: &str, verified_by: &str) -> serde_json::Value {
    json!({
        "account": account, "role": "PPK", "work_unit": "unit", "institution": institution,
        "zone": "WIB", "verified_by": verified_by,
    })
}

/// A registration of `account`, whose request is due at `deadline_at`.
fn register(
    connection: &Connection,
    account: &str,
    institution: &str,
    verified_by: &str,
    deadline_at: i64,
) {
    let mut data = subject(account, institution, verified_by);
    data["form"] = json!({});
    data["request"] = json!({
        "id": format!("request-{account}"), "deadline_at": deadline_at,
        "valid_until": "2026-12-31", "document": "decree",
    });
    append(
        connection,
        &format!("access-{account}"),
        1,
        "access-requested",
        data,
        0,
    );
}

fn carry_over(connection: &Connection, account: &str, valid_until: &str) {
    let mut data = subject(account, "institution", "institution");
    data["valid_until"] = json!(valid_until);
    append(
        connection,
        &format!("access-{account}"),
        1,
        "access-carried-over",
        data,
        0,
    );
}

// Migrations ------------------------------------------------------------------

#[test]
fn migrations_may_be_killed_after_any_statement_and_run_again() {
    let expected = schema(&migrated());
    let statements = migrations();
    assert!(statements.len() > 20, "{} statements", statements.len());
    for killed_after in 0..=statements.len() {
        let connection = empty();
        for statement in statements[..killed_after].iter().chain(&statements) {
            connection.execute_batch(statement).unwrap();
        }
        assert_eq!(schema(&connection), expected, "killed after {killed_after}");
    }
}

#[test]
fn a_number_is_read_and_written_once() {
    let connection = migrated();
    assert_eq!(number(&connection, &sql("schema_number.sql")), 0);
    for name in ["first", "again"] {
        connection
            .execute(&sql("schema_applied.sql"), params![1, name])
            .unwrap();
    }
    assert_eq!(number(&connection, &sql("schema_number.sql")), 1);
    assert_eq!(
        texts(&connection, "SELECT name FROM migration", []),
        ["first"]
    );
}

#[test]
fn tables_of_engines_are_not_taken_for_somebody_elses() {
    let connection = empty();
    connection
        .execute_batch("CREATE TABLE libsql_x (a); CREATE TABLE _litestream_seq (a)")
        .unwrap();
    assert!(texts(&connection, &sql("schema_tables.sql"), []).is_empty());
    connection.execute_batch("CREATE TABLE orders (a)").unwrap();
    assert_eq!(
        texts(&connection, &sql("schema_tables.sql"), []),
        ["orders"]
    );
}

// Statements ------------------------------------------------------------------

/// Engines run the first statement of a text and ignore the rest.
#[test]
fn every_file_is_one_statement_that_prepares() {
    let connection = migrated();
    for file in files("sql") {
        let text = fs::read_to_string(&file).unwrap();
        let mut batch = Batch::new(&connection, &text);
        let mut statements = 0;
        while let Some(statement) = batch
            .next()
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
        {
            statement.column_count();
            statements += 1;
        }
        assert_eq!(statements, 1, "{}", file.display());
    }
}

fn plan(connection: &Connection, name: &str) -> String {
    let explain = format!("EXPLAIN QUERY PLAN {}", sql(name));
    let mut statement = connection.prepare(&explain).unwrap();
    for parameter in 1..=statement.parameter_count() {
        statement
            .raw_bind_parameter(parameter, Value::Null)
            .unwrap();
    }
    let mut rows = statement.raw_query();
    let mut details = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        details.push(row.get::<_, String>("detail").unwrap());
    }
    details.join("\n")
}

#[test]
fn statements_use_the_indexes_they_were_written_for() {
    let connection = migrated();
    let expected: &[(&str, &[&str])] = &[
        (
            "event_append.sql",
            &[
                "sqlite_autoindex_event_1 (subject=? AND version=?)",
                "event_idempotency (actor=? AND idempotency_key=?)",
            ],
        ),
        (
            "event_by_key.sql",
            &["event_idempotency (actor=? AND idempotency_key=?)"],
        ),
        (
            "event_by_version.sql",
            &["sqlite_autoindex_event_1 (subject=? AND version=?)"],
        ),
        (
            "event_history.sql",
            &["sqlite_autoindex_event_1 (subject=?)"],
        ),
        (
            "expiry_by_end.sql",
            &[
                "access_due (zone=? AND ends_at<?)",
                "access_waiting (zone=? AND ends_at<?)",
            ],
        ),
        (
            "expiry_by_place.sql",
            &["access USING INTEGER PRIMARY KEY (rowid>?)"],
        ),
        (
            "expiry_due_count.sql",
            &["COVERING INDEX access_due (zone=? AND ends_at<?)"],
        ),
        (
            "access_of_account.sql",
            &["access_of_account (account=? AND id<?)"],
        ),
        (
            "access_find.sql",
            &["access_once (account=? AND role=? AND work_unit=?)"],
        ),
        (
            "access_authorities.sql",
            &["access_once (account=? AND role=?)"],
        ),
        (
            "request_waiting_institution.sql",
            &["request_waiting (verified_by=? AND institution=? AND (deadline_at,id)>(?,?))"],
        ),
        (
            "request_waiting_national.sql",
            &["request_waiting_national ((deadline_at,id)>(?,?))"],
        ),
        (
            "document_concerns.sql",
            &["request_of_document (document=?)"],
        ),
        ("institution_list.sql", &["institution_by_name"]),
        (
            "platform_terms_in_force.sql",
            &[
                "COVERING INDEX platform_terms_in_force (platform=? AND kind=? AND valid_from<?)",
                "sqlite_autoindex_terms_acceptance_1 (account=? AND terms=?)",
            ],
        ),
        (
            "platform_terms_find.sql",
            &["sqlite_autoindex_platform_terms_2 (platform=? AND kind=? AND label=?)"],
        ),
        (
            "platform_role_of_platform.sql",
            &["sqlite_autoindex_platform_role_2 (platform=?)"],
        ),
        (
            "work_unit_list.sql",
            &["work_unit_of_institution (institution=?)"],
        ),
        ("notification_lease.sql", &["notification_due (due_at<?)"]),
    ];
    for (name, indexes) in expected {
        let plan = plan(&connection, name);
        for index in *indexes {
            assert!(plan.contains(index), "{name} does not use {index}:\n{plan}");
        }
    }
}

/// Pages in the order of an index stop where the page ends.
#[test]
fn queues_and_lists_are_not_sorted() {
    let connection = migrated();
    for name in [
        "event_history.sql",
        "access_of_account.sql",
        "request_waiting_institution.sql",
        "request_waiting_national.sql",
        "institution_list.sql",
        "work_unit_list.sql",
        "notification_lease.sql",
        "seal_lines.sql",
    ] {
        let plan = plan(&connection, name);
        assert!(!plan.contains("TEMP B-TREE"), "{name}:\n{plan}");
    }
}

/// Nothing reads a whole table of people's data, however a statement is changed.
#[test]
fn no_statement_scans_a_table_that_grows() {
    let connection = migrated();
    for file in files("sql") {
        let name = file.file_name().unwrap().to_str().unwrap();
        let plan = plan(&connection, name);
        let scans: Vec<_> = plan
            .lines()
            .filter_map(|line| line.strip_prefix("SCAN "))
            .filter(|scan| !scan.contains("CONSTANT ROW") && !scan.ends_with("VALUES CLAUSE"))
            .filter(|scan| !scan.contains("VIRTUAL TABLE INDEX"))
            .map(|scan| scan.split(' ').next().unwrap())
            .collect();
        // Lists of values, and pages of small reference data in index order.
        let fine = [
            "f",
            "in_force",
            "due",
            "i",
            "role",
            "platform",
            "sqlite_schema",
            "(subquery-",
        ];
        for table in scans {
            assert!(
                fine.iter().any(|name| table.starts_with(name)),
                "{name} scans {table}:\n{plan}"
            );
        }
    }
}

// What they answer --------------------------------------------------------------

#[test]
fn reg_5_a_key_is_used_once() {
    let connection = migrated();
    let send = |subject: &str, key: &str| {
        let data = json!({ "email": format!("{subject}@contoh.example"), "name": "A", "password_hash": "x" });
        try_append(
            &connection,
            subject,
            1,
            "account-recorded",
            data,
            0,
            Some(key),
        )
    };
    assert_eq!(send("a", "key-1"), Ok(true));
    assert_eq!(send("b", "key-1"), Ok(false));
    assert_eq!(send("b", "key-2"), Ok(true));
    let found: Vec<(String, String)> = rows(
        &connection,
        &sql("event_by_key.sql"),
        params!["somebody", "key-1"],
        |row| (row.get("subject").unwrap(), row.get("fingerprint").unwrap()),
    );
    assert_eq!(found, [("a".to_owned(), "fingerprint".to_owned())]);
    // Events without a key never meet.
    for subject in ["c", "d"] {
        record_account(&connection, subject);
    }
}

#[test]
fn constraints_across_subjects_have_names() {
    let connection = migrated();
    record_account(&connection, "a");
    record_institution(&connection, "i", "Kota I");
    record_work_unit(&connection, "w", "i", "Dinas W");
    let refused = |kind: &str, data| {
        let refusal = try_append(&connection, "other", 1, kind, data, 0, None);
        refusal.expect_err("the constraint did not hold")
    };
    let account = json!({ "email": "A@Contoh.Example", "name": "B", "password_hash": "x" });
    assert_eq!(refused("account-recorded", account), "akses:email-exists");
    let institution = json!({ "code": "i", "name": "X", "kind": "Kota", "zone": "WIT" });
    assert_eq!(
        refused("institution-recorded", institution),
        "akses:code-exists"
    );
    let work_unit = json!({ "code": "w", "name": "X", "institution": "i" });
    assert_eq!(
        refused("work-unit-recorded", work_unit),
        "akses:code-exists"
    );
    assert_eq!(number(&connection, "SELECT count(*) FROM event"), 3);
    // The same subject may be recorded again.
    let renamed = json!({ "code": "w", "name": "Dinas Baru", "institution": "i" });
    append(&connection, "w", 2, "work-unit-recorded", renamed, 0);
    assert_eq!(
        texts(&connection, "SELECT name FROM work_unit", []),
        ["Dinas Baru"]
    );
}

/// The ids of a queue read page by page.
fn queue(
    connection: &Connection,
    name: &str,
    institution: Option<&str>,
    limit: u32,
) -> Vec<String> {
    let mut after = (i64::MIN, String::new());
    let mut ids = Vec::new();
    loop {
        let mut parameters: Vec<Value> = Vec::new();
        parameters.extend(institution.map(|id| Value::from(id.to_owned())));
        parameters.extend([
            Value::from(after.0),
            Value::from(after.1.clone()),
            Value::from("verifier".to_owned()),
            Value::from(limit),
        ]);
        let page: Vec<(i64, String)> = rows(
            connection,
            &sql(name),
            rusqlite::params_from_iter(parameters),
            |row| (row.get("deadline_at").unwrap(), row.get("id").unwrap()),
        );
        let Some(last) = page.last() else {
            return ids;
        };
        after = last.clone();
        ids.extend(page.into_iter().map(|(_, id)| id));
    }
}

#[test]
fn ver_3_queues_go_by_deadline_in_pages_without_gaps() {
    let connection = migrated();
    for (account, deadline_at) in [
        ("e", 5),
        ("d", 5),
        ("a", 9),
        ("b", 7),
        ("c", 7),
        ("verifier", 1),
    ] {
        register(
            &connection,
            account,
            "institution",
            "institution",
            deadline_at,
        );
    }
    register(&connection, "n", "institution", "national", 3);
    register(&connection, "o", "other", "institution", 2);
    let expected = [
        "request-d",
        "request-e",
        "request-b",
        "request-c",
        "request-a",
    ];
    for limit in 1..=6 {
        let name = "request_waiting_institution.sql";
        assert_eq!(
            queue(&connection, name, Some("institution"), limit),
            expected
        );
        let name = "request_waiting_national.sql";
        assert_eq!(queue(&connection, name, None, limit), ["request-n"]);
    }
    // Decided requests leave the queue.
    let decided =
        json!({ "request": "request-b", "decided_as": "vai", "reason": "SK tidak terbaca" });
    append(&connection, "access-b", 2, "request-rejected", decided, 10);
    let left = queue(
        &connection,
        "request_waiting_institution.sql",
        Some("institution"),
        10,
    );
    assert_eq!(left, ["request-d", "request-e", "request-c", "request-a"]);
}

fn found(connection: &Connection, institution: &str, query: &str) -> Vec<String> {
    let parameters = params![institution, None::<String>, 10, query];
    rows(
        connection,
        &sql("work_unit_search.sql"),
        parameters,
        |row| row.get("name").unwrap(),
    )
}

#[test]
fn a_search_finds_beginnings_of_words_in_one_institution() {
    let connection = migrated();
    record_institution(&connection, "aa-1", "Kota Satu");
    record_institution(&connection, "bb-2", "Kota Dua");
    record_work_unit(&connection, "u1", "aa-1", "Dinas Pendidikan");
    record_work_unit(&connection, "u2", "aa-1", "Dinas Perhubungan");
    record_work_unit(&connection, "u3", "bb-2", "Dinas Pendidikan");
    let search = |words: &str| {
        found(
            &connection,
            "aa-1",
            &format!("scope : \"aa1\" AND {{name code}} : ({words})"),
        )
    };
    assert_eq!(
        search("\"din\"*"),
        ["Dinas Pendidikan", "Dinas Perhubungan"]
    );
    assert_eq!(search("\"DIN\"* AND \"pend\"*"), ["Dinas Pendidikan"]);
    assert_eq!(search("\"u2\"*"), ["Dinas Perhubungan"]);
    assert!(search("\"idikan\"*").is_empty());
    // The scope itself is no word of a name.
    assert!(search("\"aa1\"*").is_empty());
    // A new name replaces the old one in the index.
    let renamed = json!({ "code": "u1", "name": "Badan Riset", "institution": "aa-1" });
    append(&connection, "u1", 2, "work-unit-recorded", renamed, 0);
    assert_eq!(search("\"ris\"*"), ["Badan Riset"]);
    assert_eq!(search("\"din\"*"), ["Dinas Perhubungan"]);
}

#[test]
fn lists_go_by_name_in_pages_without_gaps() {
    let connection = migrated();
    for (id, name) in [
        ("i1", "Kota C"),
        ("i2", "Kota A"),
        ("i3", "Kota B"),
        ("i4", "Kota A"),
    ] {
        record_institution(&connection, id, name);
    }
    let page = |after: Option<&str>, limit: u32| {
        let parameters = params![None::<String>, after, limit];
        texts(&connection, &sql("institution_list.sql"), parameters)
    };
    assert_eq!(page(None, 10), ["i2", "i4", "i3", "i1"]);
    assert_eq!(page(Some("i2"), 2), ["i4", "i3"]);
    assert_eq!(page(Some("i1"), 2), Vec::<String>::new());
}

// The outbox ------------------------------------------------------------------

fn outbox(mails: usize) -> Connection {
    let connection = migrated();
    for number in 0..mails {
        let account = format!("a{number}");
        record_account(&connection, &account);
        let deadline_at = 9;
        register(
            &connection,
            &account,
            "institution",
            "institution",
            deadline_at,
        );
    }
    connection
}

fn lease(connection: &Connection, worker: &str, now: i64, until: i64, limit: u32) -> Vec<i64> {
    let parameters = params![worker, now, until, limit];
    let mut ids = rows(
        connection,
        &sql("notification_lease.sql"),
        parameters,
        |row| row.get(0).unwrap(),
    );
    ids.sort_unstable();
    ids
}

fn settle(
    connection: &Connection,
    id: i64,
    worker: &str,
    state: &str,
    due_at: Option<i64>,
) -> bool {
    let parameters = params![id, worker, state, due_at, None::<String>, 50];
    !rows(
        connection,
        &sql("notification_settle.sql"),
        parameters,
        |_| (),
    )
    .is_empty()
}

#[test]
fn a_leased_mail_is_nobody_elses_until_the_lease_ends() {
    let connection = outbox(5);
    let first = lease(&connection, "one", 10, 100, 3);
    let second = lease(&connection, "two", 10, 100, 3);
    assert_eq!((first.len(), second.len()), (3, 2));
    assert!(first.iter().all(|id| !second.contains(id)));
    assert!(lease(&connection, "three", 99, 200, 3).is_empty());
    assert_eq!(lease(&connection, "three", 100, 200, 10).len(), 5);
    // Whoever lost the lease cannot settle any more.
    assert!(!settle(&connection, first[0], "one", "sent", None));
    assert!(settle(&connection, first[0], "three", "sent", None));
    assert!(!settle(&connection, first[0], "three", "sent", None));
}

#[test]
fn tries_are_counted_with_the_lease_and_retries_wait() {
    let connection = outbox(1);
    let attempts = |id: i64| {
        let list = format!("[{id}]");
        rows(&connection, &sql("notification_mail.sql"), [list], |row| {
            row.get::<_, i64>("attempts_before").unwrap()
        })
    };
    let id = lease(&connection, "one", 10, 20, 1)[0];
    assert_eq!(attempts(id), [0]);
    // Killed before it settled: the try counts.
    assert_eq!(lease(&connection, "two", 20, 30, 1), [id]);
    assert_eq!(attempts(id), [1]);
    assert!(settle(&connection, id, "two", "queued", Some(500)));
    assert!(lease(&connection, "three", 499, 600, 1).is_empty());
    assert_eq!(lease(&connection, "three", 500, 600, 1), [id]);
    assert_eq!(attempts(id), [2]);
    assert!(settle(&connection, id, "three", "dead", None));
    assert!(lease(&connection, "four", 9_999, 10_000, 1).is_empty());
    let dead = "SELECT count(*) FROM notification WHERE state = 'dead' AND settled_at = 50";
    assert_eq!(number(&connection, dead), 1);
}

#[test]
fn a_mail_without_a_recipient_comes_back_to_become_a_dead_letter() {
    let connection = migrated();
    register(&connection, "nobody", "institution", "institution", 9);
    let id = lease(&connection, "one", 10, 20, 1)[0];
    let emails: Vec<String> = rows(
        &connection,
        &sql("notification_mail.sql"),
        [format!("[{id}]")],
        |row| row.get("recipient_email").unwrap(),
    );
    assert_eq!(emails, [""]);
}

// The sweep -------------------------------------------------------------------

fn due(connection: &Connection, now: i64, limit: u32) -> i64 {
    let (wita, wit) = (WIB_MIDNIGHT_MS - HOUR_MS, WIB_MIDNIGHT_MS - 2 * HOUR_MS);
    let parameters = params![now, WIB_MIDNIGHT_MS, wita, wit, limit];
    connection
        .query_row(&sql("expiry_due_count.sql"), parameters, |row| row.get(0))
        .unwrap()
}

fn accesses_that_end() -> Connection {
    let connection = migrated();
    for number in 0..40 {
        carry_over(
            &connection,
            &format!("{number:02}"),
            &format!("2025-08-{:02}", 1 + number % 30),
        );
    }
    connection
}

/// Everything that a sweep leaves, without the order in which it came.
fn left(connection: &Connection) -> Vec<String> {
    let sql = "SELECT json_array(e.subject, e.version, e.kind, e.data, e.institution, a.standing,
                                 a.version, (SELECT count(*) FROM notification AS n
                                             WHERE n.event = e.seq AND n.recipient = a.account))
               FROM event AS e JOIN access AS a ON a.id = e.subject
               ORDER BY e.subject, e.version";
    texts(connection, sql, [])
}

#[test]
fn exp_3_a_sweep_by_place_records_what_a_sweep_by_end_records() {
    let (wita, wit) = (WIB_MIDNIGHT_MS - HOUR_MS, WIB_MIDNIGHT_MS - 2 * HOUR_MS);
    let now = WIB_MIDNIGHT_MS + DAY_MS;
    let (by_end, by_place) = (accesses_that_end(), accesses_that_end());
    let expected = due(&by_end, now, 1_000);
    assert!((20..40).contains(&expected), "{expected} of 40 are due");
    assert_eq!(due(&by_end, now, 7), 7, "counted no further than asked");

    let parameters = params![now, WIB_MIDNIGHT_MS, wita, wit, 1_000];
    by_end
        .execute(&sql("expiry_by_end.sql"), parameters)
        .unwrap();
    let mut place = 0;
    let mut batches = 0;
    loop {
        let parameters = params![now, WIB_MIDNIGHT_MS, wita, wit, 5, place];
        let expired = by_place
            .execute(&sql("expiry_by_place.sql"), parameters)
            .unwrap();
        batches += 1;
        if expired < 5 {
            break;
        }
        let last = by_place.last_insert_rowid();
        let reached = by_place.query_row(&sql("expiry_place.sql"), [last], |row| row.get(0));
        let reached: i64 = reached.unwrap();
        assert!(reached > place, "each batch goes on behind the one before");
        place = reached;
    }
    assert!(batches > 4);
    assert_eq!(left(&by_place), left(&by_end));
    for connection in [&by_end, &by_place] {
        assert_eq!(due(connection, now, 1_000), 0);
        let expired = "SELECT count(*) FROM event WHERE kind = 'access-expired'";
        assert_eq!(number(connection, expired), expected);
    }
}

#[test]
fn exp_4_before_the_cut_off_nothing_is_due() {
    let connection = accesses_that_end();
    assert_eq!(due(&connection, WIB_MIDNIGHT_MS - 1, 1_000), 0);
    // Days 1 to 22 once, days 1 to 10 a second time.
    assert_eq!(due(&connection, WIB_MIDNIGHT_MS, 1_000), 32);
}
