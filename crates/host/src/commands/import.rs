//! `akses import`: CSV files into a running service, over its guarded route.
//! The demo's data takes the same way.
//!
//! Files go in the order in which they refer to each other, in bounded chunks.
//! The service checks a chunk whole before it records the first row of it, and
//! knows what it already has: an import that broke off is simply run again.

mod client;
mod table;

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use chrono::{FixedOffset, NaiveDate, Offset, Utc};
use clap::Args;

use crate::progress;
use client::{Client, Outcome, RowError, Tally};
use table::Table;

/// One kind of data, a CSV file each.
struct Kind {
    /// The file's name without its ending, and the last part of the route.
    name: &'static str,
    columns: &'static [&'static str],
    /// Rows of one request. The service hashes each account's password, which is
    /// slow on purpose, so fewer of those fit into the time of one request.
    rows_max: usize,
}

/// In the order in which they refer to each other.
const KINDS: [Kind; 13] = [
    Kind {
        name: "roles",
        columns: &[
            "code",
            "name",
            "authority",
            "verified_by",
            "decree",
            "registrable",
            "duty",
        ],
        rows_max: 500,
    },
    Kind {
        name: "role-conflicts",
        columns: &[
            "code",
            "role",
            "other_role",
            "scope",
            "source",
            "valid_from",
            "valid_until",
        ],
        rows_max: 500,
    },
    Kind {
        name: "institutions",
        columns: &["code", "name", "kind", "zone"],
        rows_max: 500,
    },
    Kind {
        name: "work-units",
        columns: &["code", "institution", "name", "address"],
        rows_max: 500,
    },
    Kind {
        name: "form-fields",
        columns: &[
            "profile",
            "role",
            "field",
            "position",
            "label",
            "help",
            "kind",
            "need",
            "source",
            "chars_max",
        ],
        rows_max: 500,
    },
    Kind {
        name: "accounts",
        columns: &["email", "name", "password", "nip", "profile"],
        rows_max: 20,
    },
    Kind {
        name: "accesses",
        columns: &["email", "role", "work_unit", "valid_until"],
        rows_max: 500,
    },
    Kind {
        name: "holidays",
        columns: &["date", "name", "kind", "source"],
        rows_max: 500,
    },
    Kind {
        name: "office-hours",
        columns: &["institution", "weekday", "from", "until", "source"],
        rows_max: 500,
    },
    Kind {
        name: "meeting-rooms",
        columns: &["institution", "rooms"],
        rows_max: 500,
    },
    Kind {
        name: "platforms",
        columns: &[
            "code",
            "name",
            "description",
            "entry_url",
            "audience",
            "active",
        ],
        rows_max: 500,
    },
    Kind {
        name: "platform-roles",
        columns: &["platform", "role", "admitted"],
        rows_max: 500,
    },
    Kind {
        name: "platform-terms",
        columns: &[
            "platform",
            "kind",
            "version",
            "valid_from",
            "text",
            "url",
            "sha256",
        ],
        rows_max: 500,
    },
];

/// The column that may hold `+DAYS` instead of a date.
const DATE_COLUMN: &str = "valid_until";
/// Days counted from today are counted in Indonesia, not in Greenwich.
const WIB_OFFSET_S: i32 = 7 * 3600;
/// One CSV file; it is read into memory whole.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Row errors shown per file; more of them say the same.
const ERRORS_SHOWN_MAX: usize = 50;

/// Options of `akses import`.
#[derive(Args)]
pub struct ImportArgs {
    /// The running service
    #[arg(long, value_name = "http://HOST:PORT")]
    to: String,
    /// The service's operator_token; better given in the environment, where other
    /// users of the machine do not see it
    #[arg(
        long,
        value_name = "TOKEN",
        env = "AKSES_OPERATOR_TOKEN",
        hide_env_values = true
    )]
    token: String,
    /// The folder with roles.csv, role-conflicts.csv, institutions.csv,
    /// work-units.csv, form-fields.csv, accounts.csv, accesses.csv, holidays.csv,
    /// meeting-rooms.csv, platforms.csv, platform-roles.csv and platform-terms.csv,
    /// or some of them
    folder: PathBuf,
}

/// A CSV file's text and the name to report its errors under.
pub struct Source {
    /// `roles`, `institutions`, ...
    pub kind: &'static str,
    /// Shown before the line number.
    pub name: String,
    /// The whole file.
    pub text: String,
}

/// Runs `akses import`.
pub async fn run(args: &ImportArgs) -> anyhow::Result<()> {
    let sources = read_folder(&args.folder)?;
    let mut client = Client::connect(&args.to, &args.token).await?;
    warn_of_plain_text(&args.to);
    let today = Utc::now().with_timezone(&indonesian_west()).date_naive();
    import(&mut client, sources, today, progress::answer).await
}

/// The demo's way in: the same files, the same route, quieter.
pub async fn import_into(
    service: &str,
    token: &str,
    sources: Vec<Source>,
    today: NaiveDate,
) -> anyhow::Result<()> {
    let mut client = Client::connect(service, token).await?;
    import(&mut client, sources, today, progress::note).await
}

/// The zone in which `+DAYS` are counted.
pub fn indonesian_west() -> FixedOffset {
    FixedOffset::east_opt(WIB_OFFSET_S).unwrap_or_else(|| Utc.fix())
}

/// The token and the passwords travel as they are; beyond this machine that
/// needs a tunnel.
fn warn_of_plain_text(service: &str) {
    let host = service.parse::<http::Uri>().ok();
    let host = host.as_ref().and_then(|uri| uri.host()).unwrap_or_default();
    let bare = host.trim_matches(['[', ']']);
    let address = bare.parse::<IpAddr>();
    if host != "localhost" && !address.is_ok_and(|address| address.is_loopback()) {
        progress::note(
            "warning: passwords and the token travel unencrypted; use this only inside a \
             trusted network, or through a tunnel to 127.0.0.1",
        );
    }
}

fn read_folder(folder: &Path) -> anyhow::Result<Vec<Source>> {
    let mut sources = Vec::new();
    for kind in &KINDS {
        let path = folder.join(kind.name).with_extension("csv");
        if path.exists() {
            sources.push(read_file(kind.name, &path)?);
        }
    }
    if sources.is_empty() {
        let names: Vec<_> = KINDS.iter().map(|kind| kind.name).collect();
        bail!(
            "{} has none of the files {}.csv",
            folder.display(),
            names.join(".csv, ")
        );
    }
    Ok(sources)
}

fn read_file(kind: &'static str, path: &Path) -> anyhow::Result<Source> {
    let name = path.display().to_string();
    let bytes = std::fs::metadata(path)
        .with_context(|| format!("cannot read {name}"))?
        .len();
    if bytes > FILE_BYTES_MAX {
        bail!("{name} has {bytes} bytes; split it into files of at most {FILE_BYTES_MAX}");
    }
    let text = std::fs::read(path).with_context(|| format!("cannot read {name}"))?;
    let text = String::from_utf8(text)
        .map_err(|_| anyhow::anyhow!("{name} is not UTF-8; save it as \"CSV UTF-8\""))?;
    Ok(Source { kind, name, text })
}

/// Everything is read and checked before the first row is sent.
async fn import(
    client: &mut Client,
    sources: Vec<Source>,
    today: NaiveDate,
    say: impl Fn(String),
) -> anyhow::Result<()> {
    let mut tables = Vec::new();
    for source in &sources {
        let kind = KINDS.iter().find(|kind| kind.name == source.kind);
        let kind = kind.with_context(|| format!("unknown kind of data {:?}", source.kind))?;
        let mut table = Table::parse(&source.name, &source.text, kind.columns)?;
        table.resolve_days(DATE_COLUMN, today)?;
        tables.push((kind, table));
    }
    for (kind, table) in &tables {
        let (tally, errors) = send(client, kind, table).await?;
        say(format!(
            "{}: {} new, {} changed, {} unchanged",
            kind.name, tally.added, tally.changed, tally.unchanged
        ));
        if !errors.is_empty() {
            report(table, &errors);
            let extent = if tally == Tally::default() {
                "nothing"
            } else {
                "not all"
            };
            bail!(
                "{extent} of {} was taken because of the rows above, and nothing after it was \
                 sent; correct them and run the import again",
                table.name
            );
        }
    }
    Ok(())
}

/// All chunks of a file are tried, so that one run shows all its errors.
async fn send(
    client: &mut Client,
    kind: &Kind,
    table: &Table,
) -> anyhow::Result<(Tally, Vec<RowError>)> {
    let mut total = Tally::default();
    let mut all_errors = Vec::new();
    for chunk in table.chunks(kind.rows_max) {
        let sent = client.send(kind.name, chunk.text.clone()).await;
        let outcome = sent.with_context(|| format!("importing {} broke off", table.name))?;
        match outcome {
            Outcome::Taken(tally) => total += tally,
            Outcome::Refused(errors) => {
                let in_the_file = errors.into_iter().map(|mut error| {
                    error.line = chunk.file_line(error.line);
                    error
                });
                all_errors.extend(in_the_file);
            }
        }
    }
    Ok((total, all_errors))
}

fn report(table: &Table, errors: &[RowError]) {
    for error in errors.iter().take(ERRORS_SHOWN_MAX) {
        progress::note(format_args!(
            "{}:{}: {}: {}",
            table.name, error.line, error.field, error.detail
        ));
    }
    if errors.len() > ERRORS_SHOWN_MAX {
        let more = errors.len() - ERRORS_SHOWN_MAX;
        progress::note(format_args!("... and {more} more"));
    }
}

#[cfg(test)]
mod tests;
