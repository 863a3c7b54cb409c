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

/// Killed after any of its statements, while an older program goes on.
#[test]
fn exp_6_open_handovers_are_right_wherever_their_migration_was_cut_off() {
    let statements = migrations();
    let about = |statement: &String| statement.contains("handover_open ");
    let first = statements.iter().position(about).unwrap();
    let behind = statements.iter().rposition(about).unwrap() + 1;
    assert_eq!(
        behind - first,
        6,
        "a table, four triggers, and what was there"
    );
    for cut in first..=behind {
        let connection = empty();
        for statement in &statements[..cut] {
            connection.execute_batch(statement).unwrap();
        }
        let then = |access: &str, version, kind, data| {
            append(
                &connection,
                &format!("access-{access}"),
                version,
                kind,
                data,
                5,
            );
        };
        for account in ["left", "named", "begun-anew", "given-up", "active"] {
            record_account(&connection, account);
            carry_over(&connection, account, "2026-03-01");
        }
        for account in ["left", "named", "begun-anew"] {
            then(account, 2, "access-expired", json!({ "account": account }));
        }
        let named = json!({ "handover": { "kind": "none-open" }, "named_as": "owner" });
        then("named", 3, "handover-named", named);
        let request = json!({
            "id": "again", "deadline_at": 9, "valid_until": "2026-12-31", "document": "decree",
        });
        let asked = json!({ "request": request, "verified_by": "institution" });
        then("begun-anew", 3, "reactivation-requested", asked);
        let approved = json!({
            "request": "again", "decided_as": "vai", "valid_until": "2026-12-31",
        });
        then("begun-anew", 4, "request-approved", approved);
        let nothing_open = json!({ "handover": { "kind": "none-open" } });
        then("given-up", 2, "access-deactivated", nothing_open);

        for statement in &statements {
            connection.execute_batch(statement).unwrap();
        }
        let open = texts(&connection, "SELECT access FROM handover_open", []);
        assert_eq!(open, ["access-left"], "cut off before statement {cut}");
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
            &["a USING INTEGER PRIMARY KEY (rowid>?)"],
        ),
        (
            "expiry_due_count.sql",
            &["COVERING INDEX access_due (zone=? AND ends_at<?)"],
        ),
        (
            "access_of_account.sql",
            &["access_of_account (account=? AND id<?)"],
        ),
        ("access_held_roles.sql", &["access_once (account=?)"]),
        (
            "access_find.sql",
            &["access_once (account=? AND role=? AND work_unit=?)"],
        ),
        (
            "access_authorities.sql",
            &[
                "access_once (account=? AND role=?)",
                "substitution_of_substitute (substitute=?)",
            ],
        ),
        (
            "duty_of_account.sql",
            &["access_once (account=? AND role=?)"],
        ),
        (
            "duty_holders.sql",
            &[
                "role_of_duty (duty=?)",
                "access_of_role (role=? AND institution=?)",
            ],
        ),
        ("collective_find.sql", &["c USING PRIMARY KEY (id=?)"]),
        (
            "collective_rows.sql",
            &["r USING PRIMARY KEY (collective=?)"],
        ),
        (
            "collective_author_of.sql",
            &["sqlite_autoindex_collective_row_1 (request=?)"],
        ),
        (
            "duty_holders_everywhere.sql",
            &["role_of_duty (duty=?)", "access_of_role (role=?)"],
        ),
        (
            "deadline_due.sql",
            &["COVERING INDEX verification_watch_due (next_at<?)"],
        ),
        (
            "substitution_of_account.sql",
            &[
                "substitution_of_absent (absent=?)",
                "substitution_of_substitute (substitute=?)",
            ],
        ),
        (
            "substitute_standing_in.sql",
            &["substitution_of_institution (institution=? AND ends_at>?)"],
        ),
        ("substitute_belongs.sql", &["access_of_account (account=?)"]),
        (
            "continuity_page.sql",
            &["access_of_role (role=? AND institution=?)"],
        ),
        (
            "continuity_of.sql",
            &["access_of_role (role=? AND institution=?)"],
        ),
        ("continuity_unreported.sql", &["verifier_gap_unreported"]),
        (
            "reminder_send.sql",
            &[
                "access_due (zone=? AND ends_at>? AND ends_at<?)",
                "sqlite_autoindex_event_1 (subject=? AND version=?)",
            ],
        ),
        ("reminder_place.sql", &["e USING INTEGER PRIMARY KEY"]),
        ("reminder_reached.sql", &["PRIMARY KEY (zone=? AND days=?)"]),
        (
            "wave_of_institution.sql",
            &["access_of_role (role=? AND institution=?)"],
        ),
        (
            "wave_of_zone.sql",
            &["COVERING INDEX access_due (zone=? AND ends_at>? AND ends_at<?)"],
        ),
        ("appeal_people.sql", &["PRIMARY KEY (campaign=?)"]),
        (
            "handover_candidates.sql",
            &["access_of_work_unit (work_unit=?)"],
        ),
        (
            "handover_open_unit.sql",
            &["access_of_work_unit (work_unit=?)", "h USING PRIMARY KEY"],
        ),
        (
            "handover_open_institution.sql",
            &["o USING PRIMARY KEY (institution=? AND access>?)"],
        ),
        (
            "handover_stretch.sql",
            &["event USING INTEGER PRIMARY KEY (rowid>?)"],
        ),
        (
            "handover_ends.sql",
            &[
                "e USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
                "sqlite_autoindex_event_1 (subject=? AND version>?)",
            ],
        ),
        (
            "duty_holders_of_unit.sql",
            &[
                "role_of_duty (duty=?)",
                "access_of_work_unit (work_unit=? AND role=?)",
            ],
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
        (
            "conflict_clashes.sql",
            &[
                "c USING PRIMARY KEY (role=?)",
                "access_once (account=? AND role=?)",
            ],
        ),
        ("conflict_by_code.sql", &["role_conflict_by_code (code=?)"]),
        (
            "holiday_list.sql",
            &["sqlite_autoindex_holiday_2 (date>? AND date<?)"],
        ),
        (
            "office_hours_list.sql",
            &["sqlite_autoindex_office_hours_2 (institution=?)"],
        ),
        (
            "reset_open.sql",
            &["reset_ticket_open (institution=? AND (step_at,id)>(?,?))"],
        ),
        (
            "reset_courses.sql",
            &["reset_ticket_requested (institution=? AND requested_at>? AND requested_at<?)"],
        ),
        (
            "reset_officer_of_account.sql",
            &["access_of_account (account=?)"],
        ),
        (
            "reset_foreign_access.sql",
            &["access_of_account (account=?)"],
        ),
        (
            "reset_ticket_of_document.sql",
            &[
                "reset_ticket_of_document (document=?)",
                "reset_ticket_of_letter (letter=?)",
            ],
        ),
        (
            "reset_right_by_pickup.sql",
            &["reset_right_by_pickup (pickup=?)"],
        ),
        (
            "reset_right_by_link.sql",
            &["reset_right_by_link (link_sha256=?)"],
        ),
        (
            "message_of_account.sql",
            &["message_of_account (account=? AND (created_at,id)<(?,?))"],
        ),
        (
            "meeting_by_request.sql",
            &["sqlite_autoindex_meeting_1 (request=?)"],
        ),
        (
            "meeting_rooms.sql",
            &["sqlite_autoindex_meeting_rooms_1 (institution=?)"],
        ),
        (
            "meeting_taken.sql",
            &["meeting_slot (desk=? AND starts_at>? AND starts_at<?)"],
        ),
        (
            "meeting_ahead.sql",
            &[
                "sqlite_autoindex_meeting_1 (request=?)",
                "meeting_waiting (desk=? AND starts_at>?",
            ],
        ),
        (
            "meeting_waiting.sql",
            &["meeting_waiting (desk=? AND starts_at>?)"],
        ),
        ("meeting_of_desk.sql", &["meeting_of_desk (desk=? AND"]),
        (
            "meeting_unscheduled.sql",
            &["meeting_unscheduled ((submitted_at,request)>(?,?))"],
        ),
        ("meeting_over.sql", &["meeting_over (ends_at<?)"]),
        (
            "meeting_left_waiting.sql",
            &["meeting_left_waiting (day_ends_at<?)"],
        ),
        ("meeting_lapsed.sql", &["meeting_lapsed (closes_at<?)"]),
        (
            "notification_mail.sql",
            &["sqlite_autoindex_meeting_1 (request=?)"],
        ),
        ("institution_list.sql", &["institution_by_name"]),
        (
            "cut_off_due.sql",
            &[
                "access_due (zone=? AND ends_at<?)",
                "access_waiting (zone=? AND ends_at<?)",
            ],
        ),
        (
            "cut_off_ended.sql",
            &[
                "w USING PRIMARY KEY (cut_off=?)",
                "n USING PRIMARY KEY (cut_off=?)",
            ],
        ),
        (
            "cut_off_last_day.sql",
            &["cut_off_place USING PRIMARY KEY (institution=?)"],
        ),
        (
            "cut_off_of_institution.sql",
            &[
                "p USING PRIMARY KEY (institution=?)",
                "sqlite_autoindex_cut_off_1 (id=?)",
            ],
        ),
        (
            "cut_off_list.sql",
            &["cut_off USING INTEGER PRIMARY KEY (rowid<?)"],
        ),
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
        (
            "form_fields.sql",
            &["sqlite_autoindex_form_field_2 (profile=? AND role=?)"],
        ),
        (
            "form_field_find.sql",
            &["sqlite_autoindex_form_field_2 (profile=? AND role=? AND field=?)"],
        ),
        ("draft_list.sql", &["sqlite_autoindex_draft_1 (account=?)"]),
        (
            "draft_find.sql",
            &["sqlite_autoindex_draft_1 (account=? AND role=?)"],
        ),
        (
            "draft_create.sql",
            &["COVERING INDEX sqlite_autoindex_draft_1 (account=?)"],
        ),
        (
            "draft_replace.sql",
            &["sqlite_autoindex_draft_1 (account=? AND role=?)"],
        ),
        (
            "draft_discard.sql",
            &["sqlite_autoindex_draft_1 (account=? AND role=?)"],
        ),
        (
            "draft_rejected.sql",
            &[
                "access_of_account (account=?)",
                "sqlite_autoindex_event_1 (subject=? AND version=?)",
            ],
        ),
        (
            "sirup_linked_user.sql",
            &["sqlite_autoindex_sirup_link_1 (account=?)"],
        ),
        ("attempt_count.sql", &["PRIMARY KEY (holder=?)"]),
        ("attempt_rest.sql", &["PRIMARY KEY (holder=?)"]),
        ("attempt_forgive.sql", &["PRIMARY KEY (holder=?)"]),
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
        "handover_open_institution.sql",
        "holiday_list.sql",
        "reset_open.sql",
        "message_of_account.sql",
        "meeting_taken.sql",
        "meeting_waiting.sql",
        "meeting_of_desk.sql",
        "meeting_unscheduled.sql",
        "meeting_over.sql",
        "meeting_left_waiting.sql",
        "meeting_lapsed.sql",
        "reminder_send.sql",
        "wave_of_zone.sql",
        "institution_list.sql",
        "cut_off_list.sql",
        "work_unit_list.sql",
        "notification_lease.sql",
        "seal_lines.sql",
        "draft_list.sql",
        "draft_rejected.sql",
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
            "who",
            "f",
            "in_force",
            "due",
            "i",
            "role",
            "holder",
            "platform",
            "sqlite_schema",
            "(subquery-",
            // What roles are called on for: a row for each.
            "duties",
            // Institutions with a gap that was not reported yet: a partial index.
            "gap",
            // The procedure's eleven rows.
            "reset_step",
            // Forms: a few dozen rows.
            "form_field",
            // Letters that cut off: a row for the nation and the institutions they name.
            "cut_off_place",
            "moment",
            "counted",
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

// SiRUP -----------------------------------------------------------------------

fn link(connection: &Connection, account: &str, user_id: &str, key: &str) -> Result<bool, String> {
    let version: u32 = connection
        .query_row(
            "SELECT version + 1 FROM account WHERE id = ?1",
            [account],
            |row| row.get(0),
        )
        .unwrap();
    let data = json!({ "user_id": user_id, "user_name": key, "user_name_key": key });
    try_append(connection, account, version, "sirup-linked", data, 0, None)
}

#[test]
fn sir_2_a_sirup_user_has_one_account_and_an_account_one_sirup_user() {
    let connection = migrated();
    for account in ["a", "b"] {
        record_account(&connection, account);
    }
    assert_eq!(link(&connection, "a", "1", "satu"), Ok(true));
    let refused = |text: &str| Err(text.to_owned());
    for (account, user_id, key, refusal) in [
        ("b", "1", "satu", "akses:sirup-linked"),
        ("b", "1", "lain", "akses:sirup-linked"),
        ("b", "2", "satu", "akses:sirup-linked"),
        ("a", "1", "satu", "akses:account-has-sirup"),
        ("a", "2", "dua", "akses:account-has-sirup"),
    ] {
        let answer = link(&connection, account, user_id, key);
        assert_eq!(answer, refused(refusal), "{account} {user_id} {key}");
    }
    assert_eq!(link(&connection, "b", "2", "dua"), Ok(true));
    let linked = "SELECT group_concat(account || user_id || user_name) FROM sirup_link";
    assert_eq!(texts(&connection, linked, []), ["a1satu,b2dua"]);
}

const REST_MS: i64 = 900_000;

fn attempt(connection: &Connection, account: &str, name: &str, now: i64) -> bool {
    let parameters = params![holders(account, name), now, 3, REST_MS];
    let counted = texts(connection, &sql("attempt_count.sql"), parameters);
    assert!(counted.is_empty() || counted.len() == 2, "{counted:?}");
    !counted.is_empty()
}

fn rest(connection: &Connection, account: &str, name: &str, now: i64) -> Option<i64> {
    let parameters = params![holders(account, name), now, 3];
    let answer = connection.query_row(&sql("attempt_rest.sql"), parameters, |row| row.get(0));
    answer.unwrap()
}

fn holders(account: &str, name: &str) -> String {
    json!([account, name]).to_string()
}

#[test]
fn sir_3_attempts_are_counted_for_both_or_for_neither() {
    let connection = migrated();
    for now in [0, 10, 20] {
        assert!(attempt(&connection, "account", "name", now));
    }
    assert!(!attempt(&connection, "account", "name", 30));
    assert!(!attempt(&connection, "account", "another", 30));
    assert!(!attempt(&connection, "another", "name", 30));
    assert!(attempt(&connection, "another", "another", 30));
    assert_eq!(
        rest(&connection, "account", "another", 30),
        Some(20 + REST_MS)
    );
    assert_eq!(rest(&connection, "another", "another", 30), None);
    // One was no guess.
    connection
        .execute(&sql("attempt_forgive.sql"), [holders("account", "name")])
        .unwrap();
    assert!(attempt(&connection, "account", "name", 40));
    assert!(!attempt(&connection, "account", "name", 40 + REST_MS - 1));
    // After the rest all of them are there again.
    for _ in 0..3 {
        assert!(attempt(&connection, "account", "name", 40 + REST_MS));
    }
    assert!(!attempt(&connection, "account", "name", 40 + REST_MS));
}

#[test]
fn each_new_attempt_takes_away_some_that_count_for_nothing() {
    let connection = migrated();
    let count = |holder: &str, now: i64| {
        let parameters = params![json!([holder]).to_string(), now, 3, REST_MS];
        texts(&connection, &sql("attempt_count.sql"), parameters)
    };
    let left = "SELECT holder FROM attempt ORDER BY ends_at";
    for number in 0..12 {
        let _ = count(&format!("a{number}"), number);
    }
    assert_eq!(texts(&connection, left, []).len(), 12);
    // All of those rests are over; the ten oldest go.
    let _ = count("b", 11 + REST_MS);
    assert_eq!(texts(&connection, left, []), ["a10", "a11", "b"]);
    // Who is there already takes nobody away, and begins anew after a rest.
    let _ = count("a10", 12 + REST_MS);
    assert_eq!(texts(&connection, left, []), ["a11", "b", "a10"]);
    let attempts = "SELECT attempts FROM attempt WHERE holder = 'a10'";
    assert_eq!(connection.query_row(attempts, [], |row| row.get(0)), Ok(1));
    let _ = count("c", 13 + REST_MS);
    assert_eq!(texts(&connection, left, []), ["b", "a10", "c"]);
    // Of two at once the one who is new takes the other away, who begins anew.
    assert!(attempt(&connection, "d", "b", 20 + 2 * REST_MS));
    let both = "SELECT holder || attempts FROM attempt ORDER BY holder";
    assert_eq!(texts(&connection, both, []), ["b1", "d1"]);
}
#[test]
fn sir_4_failures_in_a_row_are_counted_and_one_may_try_after_them() {
    let connection = migrated();
    let fail = |now: i64, retry_at: i64| {
        let parameters = params![now, 60, 3, retry_at];
        connection
            .execute(&sql("sirup_failed.sql"), parameters)
            .unwrap();
        let read = |row: &Row<'_>| (row.get(0).unwrap(), row.get(1).unwrap());
        let found: Vec<(i64, i64)> = rows(&connection, &sql("sirup_failures.sql"), [], read);
        found[0]
    };
    let claim = |now: i64, retry_at: i64| {
        let claimed = rows(
            &connection,
            &sql("sirup_trial.sql"),
            [now, retry_at],
            |_| (),
        );
        !claimed.is_empty()
    };
    assert!(!claim(0, 0), "nothing to try");
    assert_eq!(fail(0, 30), (1, 30));
    assert_eq!(fail(60, 90), (1, 90), "too far apart");
    assert_eq!(fail(119, 149), (2, 149));
    assert_eq!(fail(120, 150), (3, 150));
    assert_eq!(fail(500, 530), (4, 530), "only an answer ends it now");
    assert!(!claim(529, 559));
    assert!(claim(530, 560));
    assert!(!claim(530, 560), "somebody else was quicker");
    connection.execute(&sql("sirup_answered.sql"), []).unwrap();
    assert!(rows(&connection, &sql("sirup_failures.sql"), [], |_| ()).is_empty());
    assert_eq!(fail(600, 630), (1, 630));
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

// Forms and drafts --------------------------------------------------------------

fn form(connection: &Connection, profile: &str, role: &str) -> Vec<(String, String)> {
    rows(
        connection,
        &sql("form_fields.sql"),
        params![profile, role, 100],
        |row| (row.get("field").unwrap(), row.get("label").unwrap()),
    )
}

fn record_field(connection: &Connection, id: &str, version: u32, data: serde_json::Value) {
    let mut row = json!({
        "profile": "non-supplier", "role": "*", "field": "division", "position": 75,
        "label": "Divisi", "help": "", "kind": "text", "need": "optional", "source": null,
        "chars_max": 200,
    });
    for (name, value) in data.as_object().unwrap() {
        row[name] = value.clone();
    }
    append(connection, id, version, "form-field-recorded", row, 0);
}

#[test]
fn reg_2_the_roles_own_rows_stand_in_place_of_those_for_all() {
    let connection = migrated();
    let names = |role: &str| -> Vec<String> {
        let form = form(&connection, "non-supplier", role);
        form.into_iter().map(|(field, _)| field).collect()
    };
    let common = [
        "role",
        "previous_user_name",
        "institution_kind",
        "institution",
        "work_unit",
        "valid_until",
        "address",
        "document",
    ];
    assert_eq!(names("PERAN-BARU"), common);
    assert_eq!(names("PA"), common);
    let decree = |role: &str| form(&connection, "non-supplier", role).pop().unwrap().1;
    assert_eq!(decree("PA"), "Unggah Surat Tanda Jabatan sebagai PA");
    assert_eq!(decree("PPK"), "Unggah Surat Keputusan/Surat Tugas");
    // A field for all, which one role does not ask for.
    record_field(&connection, "f1", 1, json!({}));
    record_field(
        &connection,
        "f2",
        1,
        json!({ "role": "PPK", "need": "not-asked" }),
    );
    assert!(names("PA").contains(&"division".to_owned()));
    assert_eq!(names("PPK"), common);
    // Two imports of one row at once: one subject.
    let again = json!({
        "profile": "non-supplier", "role": "*", "field": "division", "position": 1, "label": "x",
        "help": "", "kind": "text", "need": "optional", "source": null, "chars_max": 1,
    });
    let refused = try_append(&connection, "f3", 1, "form-field-recorded", again, 0, None);
    assert_eq!(refused, Err("akses:code-exists".to_owned()));
}

#[test]
fn a_migration_that_runs_again_leaves_imported_forms_alone() {
    let connection = migrated();
    let standard = "019b0000-0000-7000-8000-000000000006";
    let changed = json!({ "field": "valid_until", "kind": "date", "label": "Berlaku Hingga",
                          "need": "required", "chars_max": null });
    record_field(&connection, standard, 1, changed);
    for statement in migrations() {
        connection.execute_batch(&statement).unwrap();
    }
    let label = "SELECT label FROM form_field WHERE role = '*' AND field = 'valid_until'
                 AND profile = 'non-supplier'";
    assert_eq!(texts(&connection, label, []), ["Berlaku Hingga"]);
}

fn save(connection: &Connection, role: &str, revision: &str, replaces: Option<&str>) -> bool {
    let name = match replaces {
        Some(_) => "draft_replace.sql",
        None => "draft_create.sql",
    };
    let condition = replaces.map_or(Value::from(2), |revision| Value::from(revision.to_owned()));
    let parameters = params!["somebody", role, "{}", revision, 0, condition];
    !rows(connection, &sql(name), parameters, |_| ()).is_empty()
}

#[test]
fn a_draft_is_written_over_only_by_who_read_it_and_drafts_are_bounded() {
    let connection = migrated();
    assert!(save(&connection, "PPK", "r1", None));
    assert!(!save(&connection, "PPK", "r2", None));
    assert!(!save(&connection, "PPK", "r2", Some("r0")));
    assert!(save(&connection, "PPK", "r2", Some("r1")));
    assert!(!save(&connection, "PA", "r1", Some("r1")), "there is none");
    assert!(save(&connection, "PA", "r3", None));
    assert!(!save(&connection, "KPA", "r4", None), "two are enough here");
    let discard = |revision: &str| {
        let parameters = params!["somebody", "PPK", revision];
        rows(&connection, &sql("draft_discard.sql"), parameters, |_| ()).len()
    };
    assert_eq!((discard("r1"), discard("r2"), discard("r2")), (0, 1, 0));
}

#[test]
fn reg_5_what_is_sent_is_no_draft_any_more() {
    let connection = migrated();
    let draft = "INSERT INTO draft VALUES (?1, ?2, '{}', 'r', 0)";
    for (account, role) in [("a", "PPK"), ("a", "PA"), ("b", "PPK")] {
        connection.execute(draft, params![account, role]).unwrap();
    }
    register(&connection, "a", "institution", "institution", 1);
    let left = "SELECT account || ' ' || role FROM draft ORDER BY 1";
    assert_eq!(texts(&connection, left, []), ["a PA", "b PPK"]);
}

// Meetings --------------------------------------------------------------------

/// A supplier's registration, whose meeting has no time yet.
fn register_supplier(connection: &Connection, account: &str) {
    let mut data = subject(account, "institution", "institution");
    data["form"] = json!({ "profile": "supplier" });
    data["request"] = json!({
        "id": format!("request-{account}"), "deadline_at": 9,
        "valid_until": "2026-12-31", "document": "decree",
    });
    let access = format!("access-{account}");
    append(connection, &access, 1, "access-requested", data, 0);
}

fn slot(starts_at: i64, place: i64) -> serde_json::Value {
    json!({
        "access": "a", "starts_at": starts_at, "ends_at": starts_at + 30,
        "day_ends_at": 1_000, "place": place, "closes_at": 5_000,
    })
}

fn try_meeting(
    connection: &Connection,
    account: &str,
    version: u32,
    kind: &str,
    data: serde_json::Value,
) -> Result<bool, String> {
    let request = format!("request-{account}");
    try_append(connection, &request, version, kind, data, 1, None)
}

fn meeting_state(connection: &Connection, account: &str) -> String {
    let sql = "SELECT state || ' ' || holds FROM meeting WHERE request = ?1";
    texts(connection, sql, [format!("request-{account}")]).join(",")
}

#[test]
fn mtg_1_a_slot_is_one_persons_and_free_again_when_they_leave_it() {
    let connection = migrated();
    for account in ["a", "b", "c"] {
        register_supplier(&connection, account);
    }
    register(&connection, "d", "institution", "institution", 9);
    assert_eq!(meeting_state(&connection, "a"), "unscheduled 0");
    assert_eq!(
        meeting_state(&connection, "d"),
        "",
        "only suppliers have one"
    );
    let book = |account, version, kind, at, place| {
        try_meeting(&connection, account, version, kind, slot(at, place))
    };
    let taken = Err("akses:slot-taken".to_owned());
    assert_eq!(book("a", 1, "meeting-scheduled", 100, 1), Ok(true));
    assert_eq!(book("b", 1, "meeting-scheduled", 100, 1), taken);
    assert_eq!(book("b", 1, "meeting-scheduled", 100, 2), Ok(true));
    assert_eq!(book("c", 1, "meeting-scheduled", 200, 1), Ok(true));
    assert_eq!(book("c", 2, "meeting-moved", 100, 1), taken);
    assert_eq!(book("a", 2, "meeting-moved", 300, 1), Ok(true));
    assert_eq!(book("c", 2, "meeting-moved", 100, 1), Ok(true));
    let over = Err("akses:meeting-over".to_owned());
    assert_eq!(book("d", 1, "meeting-scheduled", 400, 1), over);
    // A decision frees the slot and ends the meeting.
    let decided = json!({ "request": "request-c", "decided_as": "vai", "reason": "x" });
    append(&connection, "access-c", 2, "request-rejected", decided, 10);
    assert_eq!(meeting_state(&connection, "c"), "closed 0");
    assert_eq!(book("c", 3, "meeting-moved", 500, 1), over);
    assert_eq!(book("a", 3, "meeting-moved", 100, 1), Ok(true));
}

#[test]
fn mtg_3_only_a_call_opens_the_way_to_an_approval() {
    let connection = migrated();
    register_supplier(&connection, "a");
    let approval = json!({
        "request": "request-a", "decided_as": "vai", "valid_until": "2026-12-31",
    });
    let approve = || {
        try_append(
            &connection,
            "access-a",
            2,
            "request-approved",
            approval.clone(),
            9,
            None,
        )
    };
    let not_held = Err("akses:meeting-not-held".to_owned());
    let steps = [
        ("meeting-scheduled", slot(100, 1), "scheduled 1"),
        ("meeting-joined", json!({}), "waiting 1"),
        ("meeting-called", json!({ "room": "akses-1" }), "called 1"),
    ];
    for (index, (kind, data, state)) in steps.into_iter().enumerate() {
        assert_eq!(approve(), not_held, "before {kind}");
        let version = u32::try_from(index).unwrap() + 1;
        assert_eq!(try_meeting(&connection, "a", version, kind, data), Ok(true));
        assert_eq!(meeting_state(&connection, "a"), state);
    }
    assert_eq!(approve(), Ok(true));
    assert_eq!(meeting_state(&connection, "a"), "closed 0");
}

#[test]
fn mtg_3_the_queue_goes_by_slot_within_the_day() {
    let connection = migrated();
    for (account, at, place) in [("a", 300, 1), ("b", 100, 2), ("c", 100, 1), ("old", 10, 1)] {
        register_supplier(&connection, account);
        record_account(&connection, account);
        let booked = try_meeting(
            &connection,
            account,
            1,
            "meeting-scheduled",
            slot(at, place),
        );
        assert_eq!(booked, Ok(true));
        let joined = try_meeting(&connection, account, 2, "meeting-joined", json!({}));
        assert_eq!(joined, Ok(true));
    }
    let waiting = sql("meeting_waiting.sql");
    let order = texts(&connection, &waiting, params!["institution", 50, 10]);
    assert_eq!(order, ["request-c", "request-b", "request-a"]);
    let ahead = |account: &str| -> i64 {
        let parameters = params![format!("request-{account}"), 50];
        let ahead = connection.query_row(&sql("meeting_ahead.sql"), parameters, |row| row.get(0));
        ahead.unwrap()
    };
    assert_eq!(["c", "b", "a"].map(ahead), [0, 1, 2]);
}
