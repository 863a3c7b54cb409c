//! The schema, brought up to date on first use.
//!
//! Engines give us no transaction around it (hosted ones run each statement on
//! its own), so every statement of a migration can be repeated without harm and
//! the row that says "done" is written last. A process that dies half-way leaves
//! work for the next; several that start at once repeat each other's.

use crate::bindings::exports::inaproc::akses::types::Error;
use crate::database::Database;
use crate::failure::Failure;
use spin_sdk::sqlite::Value;
use std::time::Duration;

/// One numbered step of the schema. Steps are never edited once released.
struct Migration {
    number: u32,
    name: &'static str,
    sql: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        name: "record",
        sql: include_str!("../migrations/0001_record.sql"),
    },
    Migration {
        number: 2,
        name: "role-conflicts",
        sql: include_str!("../migrations/0002_role_conflicts.sql"),
    },
    Migration {
        number: 3,
        name: "forms",
        sql: include_str!("../migrations/0003_forms.sql"),
    },
    Migration {
        number: 4,
        name: "sirup",
        sql: include_str!("../migrations/0004_sirup.sql"),
    },
    Migration {
        number: 5,
        name: "meetings",
        sql: include_str!("../migrations/0005_meetings.sql"),
    },
    Migration {
        number: 6,
        name: "platforms",
        sql: include_str!("../migrations/0006_platforms.sql"),
    },
    Migration {
        number: 7,
        name: "duties",
        sql: include_str!("../migrations/0007_duties.sql"),
    },
    Migration {
        number: 8,
        name: "verification",
        sql: include_str!("../migrations/0008_verification.sql"),
    },
    Migration {
        number: 9,
        name: "reminders",
        sql: include_str!("../migrations/0009_reminders.sql"),
    },
    Migration {
        number: 10,
        name: "handover-and-collective",
        sql: include_str!("../migrations/0010_handover_and_collective.sql"),
    },
    Migration {
        number: 11,
        name: "cut-offs",
        sql: include_str!("../migrations/0011_cut_offs.sql"),
    },
    Migration {
        number: 12,
        name: "password-reset",
        sql: include_str!("../migrations/0012_password_reset.sql"),
    },
    Migration {
        number: 13,
        name: "known-accounts",
        sql: include_str!("../migrations/0013_known_accounts.sql"),
    },
    Migration {
        number: 14,
        name: "open-handovers",
        sql: include_str!("../migrations/0014_open_handovers.sql"),
    },
    Migration {
        number: 15,
        name: "open-meetings",
        sql: include_str!("../migrations/0015_open_meetings.sql"),
    },
    Migration {
        number: 16,
        name: "session-ends",
        sql: include_str!("../migrations/0016_session_ends.sql"),
    },
    Migration {
        number: 17,
        name: "attempts",
        sql: include_str!("../migrations/0017_attempts.sql"),
    },
];

/// The schema that this program was written for.
pub(crate) const KNOWN: u32 = MIGRATIONS[MIGRATIONS.len() - 1].number;

/// How often a statement of a migration is tried while another process holds the
/// database. Engines wait by themselves too; this is for those that do not, and
/// for the change of the journal, for which SQLite never waits.
const LOCKED_TRIES_MAX: u32 = 100;
const LOCKED_PAUSE: Duration = Duration::from_millis(50);

/// Applies what is missing.
///
/// # Errors
/// `unknown-schema` for a database that a newer program made, or that is none of
/// ours; then nothing was changed.
pub(crate) fn bring_up_to_date(database: &Database) -> Result<(), Error> {
    let applied = number(database)?;
    if applied > KNOWN {
        return Err(Error::UnknownSchema(format!(
            "the database has schema {applied}, this program knows schemas up to {KNOWN}: \
             run the newer program"
        )));
    }
    let missing: Vec<_> = MIGRATIONS.iter().filter(|m| m.number > applied).collect();
    if missing.is_empty() {
        return Ok(());
    }
    // Readers beside a writer. SQLite keeps the setting in the file; other
    // engines ignore it.
    patiently(database, "PRAGMA journal_mode = WAL", &[])?;
    missing
        .into_iter()
        .try_for_each(|migration| apply(database, migration))
}

/// The number of the schema that the database has; 0 for an empty one.
pub(crate) fn number(database: &Database) -> Result<u32, Error> {
    match database.first(include_str!("../sql/schema_number.sql"), &[]) {
        Ok(Some(mut row)) => row.take(),
        Ok(None) => Ok(0),
        Err(Failure::Missing(_)) => refuse_foreign(database).map(|()| 0),
        Err(failure) => Err(failure.into()),
    }
}

/// A database with tables but without ours belongs to something else.
fn refuse_foreign(database: &Database) -> Result<(), Error> {
    let tables = database.query(include_str!("../sql/schema_tables.sql"), &[])?;
    let tables = crate::database::all(tables, |row| row.take::<String>())?;
    // A process beside this one may have made it a moment ago.
    let began = number_is_readable(database);
    if tables.is_empty() || began {
        return Ok(());
    }
    Err(Error::UnknownSchema(format!(
        "the database is none of ours: it has tables ({}) but no list of migrations; \
         schema {KNOWN} needs an empty database",
        tables.join(", ")
    )))
}

fn number_is_readable(database: &Database) -> bool {
    database
        .first(include_str!("../sql/schema_number.sql"), &[])
        .is_ok()
}

fn apply(database: &Database, migration: &Migration) -> Result<(), Error> {
    for statement in statements(migration.sql) {
        patiently(database, statement, &[])?;
    }
    let done = [migration.number.into(), migration.name.into()];
    patiently(database, include_str!("../sql/schema_applied.sql"), &done)
}

/// Runs a statement, waiting a bounded time for a process that holds the
/// database.
fn patiently(database: &Database, sql: &str, parameters: &[Value]) -> Result<(), Error> {
    let mut tries = 1;
    loop {
        match database.query(sql, parameters) {
            Ok(_) => return Ok(()),
            Err(Failure::Locked(_)) if tries < LOCKED_TRIES_MAX => {
                tries += 1;
                std::thread::sleep(LOCKED_PAUSE);
            }
            Err(failure) => return Err(failure.into()),
        }
    }
}

/// The statements of a script: each ends in a semicolon before an empty line,
/// because the bodies of triggers have semicolons of their own.
fn statements(script: &str) -> impl Iterator<Item = &str> {
    script
        .split_inclusive(";\n\n")
        .map(str::trim)
        .filter(|piece| !is_comment(piece))
}

fn is_comment(piece: &str) -> bool {
    piece
        .lines()
        .all(|line| line.trim().is_empty() || line.starts_with("--"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_end_before_an_empty_line() {
        let script = "-- a\nCREATE TABLE a (b);\n\nCREATE TRIGGER t AFTER INSERT ON a\nBEGIN\n  \
                      DELETE FROM a;\n  DELETE FROM a;\nEND;\n\n-- the end\n";
        let pieces: Vec<_> = statements(script).collect();
        assert_eq!(pieces.len(), 2);
        assert!(pieces[0].ends_with("CREATE TABLE a (b);"));
        assert!(pieces[1].ends_with("END;"));
    }

    #[test]
    fn every_statement_can_be_repeated() {
        for statement in MIGRATIONS.iter().flat_map(|m| statements(m.sql)) {
            let mut lines = statement.lines();
            let code = lines
                .find(|line| !line.is_empty() && !line.starts_with("--"))
                .unwrap();
            let repeats = code.contains("IF NOT EXISTS")
                || code.starts_with("INSERT OR IGNORE")
                || code.starts_with("DROP TRIGGER IF EXISTS")
                || code.starts_with("DELETE FROM");
            assert!(repeats, "{code}");
        }
    }

    #[test]
    fn the_list_of_migrations_comes_first_and_numbers_have_no_gaps() {
        let first = statements(MIGRATIONS[0].sql).next().unwrap();
        assert!(first.contains("CREATE TABLE IF NOT EXISTS migration"));
        assert!(MIGRATIONS.iter().map(|m| m.number).eq(1..=KNOWN));
    }
}
