//! A database as the store makes it, and the store's statements on it.

use akses_domain::access::{AccessEvent, Recorded};
use akses_domain::cut_off::{Plan, Scope};
use akses_domain::ids::{AccessId, AccountId, InstitutionId, WorkUnitId};
use akses_domain::time::{CutOff, Date, Instant, Zone};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension, Result, params};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use uuid::Uuid;

/// All statements of a test stay prepared: an append compiles every trigger.
const CACHED_STATEMENTS: usize = 32;

const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// The text of one of the store's statements.
pub fn statement(name: &str) -> String {
    let path = store().join("sql").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn store() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../components/store")
}

/// The statements of the migrations in their order: each ends in a semicolon
/// before an empty line.
pub fn migrations() -> Vec<String> {
    let mut files: Vec<_> = fs::read_dir(store().join("migrations"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    let scripts = files.iter().map(|file| fs::read_to_string(file).unwrap());
    scripts
        .flat_map(|script| {
            let pieces = script.split(";\n\n").map(str::trim).map(str::to_owned);
            pieces.collect::<Vec<_>>()
        })
        .filter(|piece| !piece.lines().all(|line| line.starts_with("--")))
        .collect()
}

/// A folder for the databases of one test, gone with it.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("record-{}-{number}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// The database in it, opened once more.
    pub fn open(&self) -> Book {
        let connection = Connection::open(self.0.join("akses.db")).unwrap();
        connection
            .pragma_update(None, "journal_mode", "wal")
            .unwrap();
        Book::on(connection)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// One connection to a migrated database.
pub struct Book {
    pub connection: Connection,
    append: String,
    by_end: String,
    by_place: String,
    place: String,
    due_count: String,
    history: String,
}

/// The two ways of the store's sweep: few by their end dates, very many in the
/// order in which they are stored.
#[derive(Debug, Clone, Copy)]
pub enum Order {
    ByEnd,
    ByPlace,
}

/// What an event's row holds besides the event.
pub struct Row {
    pub seq: i64,
    pub subject: String,
    pub institution: Option<String>,
    pub recorded: Recorded,
}

impl Book {
    pub fn in_memory() -> Self {
        Self::on(Connection::open_in_memory().unwrap())
    }

    fn on(connection: Connection) -> Self {
        connection.busy_timeout(BUSY_TIMEOUT).unwrap();
        connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
        // Plans do not look at parameters: else the sweep, and with it every
        // trigger, is compiled anew each time, which is most of a test's time.
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
            .unwrap();
        connection
            .pragma_update(None, "foreign_keys", true)
            .unwrap();
        for statement in migrations() {
            connection
                .execute_batch(&statement)
                .unwrap_or_else(|error| panic!("{statement}\n{error}"));
        }
        Self {
            connection,
            append: statement("event_append.sql"),
            by_end: statement("expiry_by_end.sql"),
            by_place: statement("expiry_by_place.sql"),
            place: statement("expiry_place.sql"),
            due_count: statement("expiry_due_count.sql"),
            history: statement("event_history.sql"),
        }
    }

    /// Appends as the store does: the row's number, or none when the version is
    /// taken.
    pub fn append(
        &self,
        subject: AccessId,
        institution: InstitutionId,
        recorded: &Recorded,
    ) -> Result<Option<i64>> {
        let (kind, data) = recorded.event.to_parts();
        let institution = institution.to_string();
        self.insert(
            &subject.to_string(),
            recorded.version,
            (&kind, &data),
            (&recorded.actor, recorded.at),
            Some(&institution),
        )
    }

    fn insert(
        &self,
        subject: &str,
        version: u32,
        (kind, data): (&str, &str),
        (actor, at): (&str, Instant),
        institution: Option<&str>,
    ) -> Result<Option<i64>> {
        let mut append = self.connection.prepare_cached(&self.append)?;
        let (origin, request_id) = ("test", "test");
        let none = None::<&str>;
        let parameters = params![
            subject,
            version,
            kind,
            data,
            actor,
            at.ms(),
            origin,
            request_id,
            institution,
            none,
            none,
        ];
        append.query_row(parameters, |row| row.get(0)).optional()
    }

    /// Makes a work unit, and its institution, known without an address.
    pub fn know(&self, work_unit: WorkUnitId, institution: InstitutionId, zone: Zone) {
        let (work_unit, institution) = (work_unit.to_string(), institution.to_string());
        let about_institution = serde_json::json!({
            "code": institution, "name": "Kota Contoh", "kind": "Kota", "zone": zone,
        });
        let about_unit = serde_json::json!({
            "code": work_unit, "name": "Dinas Contoh", "institution": institution,
        });
        for (subject, kind, data) in [
            (&institution, "institution-recorded", about_institution),
            (&work_unit, "work-unit-recorded", about_unit),
        ] {
            let by = ("operator:import", Instant::from_ms(0));
            let data = data.to_string();
            self.insert(subject, 1, (kind, &data), by, Some(&institution))
                .unwrap();
        }
    }

    /// Plans the cut-off of a letter with this number (EXP-4): for the nation, or for
    /// one institution that is known.
    pub fn plan(&self, number: usize, last_day: Date, institution: Option<InstitutionId>) -> Uuid {
        let scope = match institution {
            None => Scope::Everyone,
            Some(institution) => Scope::Institutions {
                institutions: vec![institution],
                codes: vec![institution.to_string()],
            },
        };
        let plan = Plan {
            letter_number: format!("surat-{number}"),
            letter_date: last_day,
            last_day,
            scope,
        };
        let id = Uuid::from_u128((9 << 64) | number as u128);
        let data = serde_json::to_string(&plan).unwrap();
        self.about_cut_off(id, 1, "cut-off-planned", &data).unwrap();
        id
    }

    /// Any event of a letter.
    pub fn about_cut_off(&self, id: Uuid, version: u32, kind: &str, data: &str) -> Result<()> {
        let by = ("test", Instant::from_ms(0));
        let seq = self.insert(&id.to_string(), version, (kind, data), by, None)?;
        assert!(seq.is_some(), "the version is free");
        Ok(())
    }

    /// One batch by end dates: how many it wrote.
    pub fn sweep(&self, now: Instant, cut_off: CutOff, limit: u32) -> Result<usize> {
        let [wib, wita, wit] = in_force_from(cut_off);
        self.connection
            .prepare_cached(&self.by_end)?
            .execute(params![now.ms(), wib, wita, wit, limit])
    }

    /// Sweeps until nothing is left: by place once through the table, then in
    /// either order by end dates.
    pub fn sweep_all(&self, order: Order, now: Instant, cut_off: CutOff, limit: u32) -> usize {
        let mut total = match order {
            Order::ByEnd => 0,
            Order::ByPlace => self.sweep_by_place(now, cut_off, limit),
        };
        loop {
            let swept = self.sweep(now, cut_off, limit).unwrap();
            assert!(swept <= limit as usize);
            total += swept;
            if swept < limit as usize {
                return total;
            }
        }
    }

    fn sweep_by_place(&self, now: Instant, cut_off: CutOff, limit: u32) -> usize {
        let [wib, wita, wit] = in_force_from(cut_off);
        let (mut total, mut place) = (0, 0_i64);
        loop {
            let swept = self
                .connection
                .prepare_cached(&self.by_place)
                .unwrap()
                .execute(params![now.ms(), wib, wita, wit, limit, place])
                .unwrap();
            assert!(swept <= limit as usize);
            total += swept;
            if swept < limit as usize {
                return total;
            }
            let last = self.connection.last_insert_rowid();
            let mut select = self.connection.prepare_cached(&self.place).unwrap();
            place = select.query_row([last], |row| row.get(0)).unwrap();
        }
    }

    /// How many active accesses are due, counted no further than `limit`.
    pub fn due(&self, now: Instant, cut_off: CutOff, limit: u32) -> u32 {
        let [wib, wita, wit] = in_force_from(cut_off);
        self.connection
            .prepare_cached(&self.due_count)
            .unwrap()
            .query_row(params![now.ms(), wib, wita, wit, limit], |row| row.get(0))
            .unwrap()
    }

    /// The events of accesses after a row, oldest first.
    pub fn events_after(&self, seq: i64) -> Vec<Row> {
        let mut select = self
            .connection
            .prepare_cached(
                "SELECT seq, subject, institution, version, actor, at, kind, data FROM event
                 WHERE seq > ?1 AND kind NOT LIKE '%-recorded' ORDER BY seq",
            )
            .unwrap();
        let rows = select.query_map([seq], |row| {
            let (kind, data): (String, String) = (row.get(6)?, row.get(7)?);
            Ok(Row {
                seq: row.get(0)?,
                subject: row.get(1)?,
                institution: row.get(2)?,
                recorded: Recorded {
                    version: row.get(3)?,
                    actor: row.get(4)?,
                    at: Instant::from_ms(row.get(5)?),
                    event: AccessEvent::from_parts(&kind, &data).unwrap(),
                },
            })
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    /// The history of an access, by the store's own statement.
    pub fn history(&self, access: AccessId) -> Vec<Recorded> {
        let mut select = self.connection.prepare_cached(&self.history).unwrap();
        let rows = select.query_map(params![access.to_string(), 10_000], |row| {
            let (kind, data): (String, String) = (row.get("kind")?, row.get("data")?);
            Ok(Recorded {
                version: row.get("version")?,
                actor: row.get("actor")?,
                at: Instant::from_ms(row.get("at")?),
                event: AccessEvent::from_parts(&kind, &data).unwrap(),
            })
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    pub fn last_seq(&self) -> i64 {
        self.number("SELECT coalesce(max(seq), 0) FROM event")
    }

    /// The one number that a query answers.
    pub fn number(&self, sql: &str) -> i64 {
        self.connection
            .query_row(sql, [], |row| row.get(0))
            .unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Everything that people are told and shown, to see that nothing changed.
    pub fn fingerprint(&self) -> Vec<i64> {
        ["event", "access", "request", "notification"]
            .iter()
            .flat_map(|table| {
                let rows = self.number(&format!("SELECT count(*) FROM {table}"));
                let versions = match *table {
                    "access" => self.number("SELECT coalesce(sum(version), 0) FROM access"),
                    _ => 0,
                };
                [rows, versions]
            })
            .collect()
    }
}

fn in_force_from(cut_off: CutOff) -> [i64; 3] {
    Zone::ALL.map(|zone| cut_off.in_force_from(zone).ms())
}

/// The subject of a carried-over access.
pub fn carried_over(
    account: AccountId,
    work_unit: WorkUnitId,
    institution: InstitutionId,
    zone: Zone,
    valid_until: akses_domain::time::Date,
) -> AccessEvent {
    AccessEvent::AccessCarriedOver {
        subject: akses_domain::access::Subject {
            account,
            role: "PPK".to_owned(),
            work_unit,
            institution,
            zone,
            verified_by: akses_domain::reference::VerifiedBy::Institution,
        },
        valid_until,
    }
}
