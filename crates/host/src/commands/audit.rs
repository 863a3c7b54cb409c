//! `akses audit`: checks the record against its seals, and against seals that
//! somebody kept (ALL-1). It needs the database file and nothing of the server.

use std::path::PathBuf;

use akses_seal::{Audit, Broken, Line, SEAL_SUBJECT, Seal};
use anyhow::{Context, Result, bail};
use clap::Args;
use rusqlite::{Connection, OpenFlags};
use serde::Deserialize;

use super::{project_root, state_dir};
use akses::runtime::SQLITE_FILE;

/// The text that the seal timer uses: an auditor hashes the same lines.
const LINES_SQL: &str = include_str!("../../../../components/store/sql/seal_lines.sql");

/// How many lines are read at once.
const BATCH_LINES: i64 = 10_000;

/// Check the record against its seals
#[derive(Args)]
pub struct AuditArgs {
    /// The folder with the database; .akses in the project's folder by default
    #[arg(long)]
    state_dir: Option<PathBuf>,
    /// A database file, instead of the one in the state folder
    #[arg(long, conflicts_with = "state_dir")]
    database: Option<PathBuf>,
    /// A file with a seal as /api/seals/latest answered it earlier; may be repeated
    #[arg(long = "seal", value_name = "FILE")]
    kept: Vec<PathBuf>,
}

/// A seal as the service shows it. The hash says everything that the record's own seal
/// of that number says.
#[derive(Deserialize)]
struct KeptSeal {
    number: u64,
    hash: String,
}

impl KeptSeal {
    fn is_among(&self, own: &[(u64, Seal)]) -> bool {
        let is_this =
            |(number, seal): &(u64, Seal)| *number == self.number && seal.hash == self.hash;
        own.iter().any(is_this)
    }
}

/// Runs the command.
pub fn run(args: &AuditArgs) -> Result<()> {
    let database = match &args.database {
        Some(file) => file.clone(),
        None => state_dir(args.state_dir.as_deref(), &project_root(None)?)?.join(SQLITE_FILE),
    };
    let connection = Connection::open_with_flags(&database, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .with_context(|| format!("cannot read {}", database.display()))?;
    let own = own_seals(&connection)?;
    let kept = args
        .kept
        .iter()
        .map(kept_seal)
        .collect::<Result<Vec<_>>>()?;
    match check(&connection, own, &kept)? {
        Ok(summary) => {
            println!("{summary}");
            Ok(())
        }
        Err(broken) => bail!("{broken}"),
    }
}

fn check(
    connection: &Connection,
    own: Vec<(u64, Seal)>,
    kept: &[KeptSeal],
) -> Result<Result<String, Broken>> {
    if let Some(seal) = kept.iter().find(|seal| !seal.is_among(&own)) {
        return Ok(Err(Broken::Missing { seal: seal.number }));
    }
    let seals = own.len();
    let mut audit = Audit::new(own);
    let mut last_seq = 0;
    let mut statement = connection.prepare(LINES_SQL)?;
    loop {
        let lines = statement
            .query_map((last_seq, BATCH_LINES), |row| {
                Ok(Line {
                    seq: row.get(0)?,
                    json: row.get(1)?,
                })
            })?
            .collect::<Result<Vec<_>, _>>()?;
        let Some(last) = lines.last() else { break };
        last_seq = last.seq;
        for line in &lines {
            if let Err(broken) = audit.line(line) {
                return Ok(Err(broken));
            }
        }
    }
    Ok(audit.finish(last_seq).map(|(events, link)| {
        format!("{events} events, {seals} seals, all in order; last link {link}")
    }))
}

/// The seals in the record itself, by their numbers.
fn own_seals(connection: &Connection) -> Result<Vec<(u64, Seal)>> {
    let sql = "SELECT version, data FROM event WHERE subject = ?1 ORDER BY version";
    let mut statement = connection
        .prepare(sql)
        .context("this is no database of Akses")?;
    let rows = statement.query_map([SEAL_SUBJECT], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
    })?;
    rows.map(|row| {
        let (number, data) = row?;
        let seal =
            serde_json::from_str(&data).with_context(|| format!("seal {number} cannot be read"))?;
        Ok((u64::try_from(number)?, seal))
    })
    .collect()
}

fn kept_seal(file: &PathBuf) -> Result<KeptSeal> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_str(&text)
        .with_context(|| format!("{} is no answer of /api/seals/latest", file.display()))
}
