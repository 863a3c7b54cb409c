//! `akses up`: builds what changed, runs the service, and with `--demo` brings
//! mail, a stand-in for SiRUP, example data and people to sign in as.
//!
//! On stdout, `control: URL`, `mailbox: URL`, `platform: URL`, `sirup: URL` and then
//! `ready: URL` are for programs; everything else there is for people.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::Arc;
use std::time::Duration;

use akses::mailbox::{Mailbox, MailboxOptions, Misfortunes};
use akses::manifest::Manifest;
use akses::platform::{DemoPlatform, PlatformOptions};
use akses::runtime::{self, Running, RuntimeOptions, code_dir};
use akses::sirup::{Sirup, SirupOptions};
use anyhow::{Context, bail};
use chrono::{DateTime, NaiveDate, Utc};
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::timeout;

use super::import::indonesian_west;
use super::platform::KEYS_PATH;
use super::{MANIFEST_NAME, build, demo, key, project_root, sirup, state_dir};
use crate::progress;

/// Requests under way get this long to end.
const STOP_MS: u64 = 30_000;
/// What a program exits with when it is interrupted a second time.
const INTERRUPTED_EXIT_CODE: i32 = 130;
/// Random bytes of the demo's operator token.
const TOKEN_BYTES: usize = 32;

/// Spin reads variables from the environment under these names; so does `up`, and
/// secrets stay out of the list of processes.
const VARIABLE_PREFIX: &str = "SPIN_VARIABLE_";
const SMTP_RELAY: &str = "smtp_relay";
const OPERATOR_TOKEN: &str = "operator_token";
const PUBLIC_ORIGIN: &str = "public_origin";
const SIRUP_ORIGIN: &str = "sirup_origin";
const SIGNING_KEYS: &str = "signing_keys";

/// Options of `akses up`.
#[derive(Args)]
pub struct UpArgs {
    /// Bring example data, demo accounts, a mailbox, and stand-ins for SiRUP and platforms
    #[arg(long)]
    demo: bool,
    /// Where to serve; port 0 picks a free one
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
    /// Where data lives [default: .akses beside spin.toml]
    #[arg(long, value_name = "FOLDER")]
    state_dir: Option<PathBuf>,
    /// Where compiled code is kept; several services may share it
    /// [default: target/akses-code beside spin.toml]
    #[arg(long, value_name = "FOLDER")]
    cache_dir: Option<PathBuf>,
    /// Let the service's time start here, such as 2026-03-27T07:10:00Z; the control
    /// address then moves it
    #[arg(long, value_name = "RFC 3339", value_parser = instant)]
    clock: Option<DateTime<Utc>>,
    /// A variable of spin.toml, NAME=VALUE; may be repeated. SPIN_VARIABLE_NAME in
    /// the environment does the same
    #[arg(long = "variable", value_name = "NAME=VALUE", value_parser = assignment)]
    variables: Vec<(String, String)>,
    /// The manifest to run [default: spin.toml here or above]
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// Run the components as they are
    #[arg(long)]
    no_build: bool,
    /// Where the demo shows its mails [default: the port after --listen, if free]
    #[arg(long, value_name = "IP:PORT", requires = "demo")]
    mailbox: Option<SocketAddr>,
    /// Where the demo's platforms are entered [default: two ports after --listen, if
    /// free]
    #[arg(long, value_name = "IP:PORT", requires = "demo")]
    platform: Option<SocketAddr>,
}

/// A moment on the command line.
pub fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    let parsed = DateTime::parse_from_rfc3339(text);
    parsed
        .map(|instant| instant.to_utc())
        .map_err(|_| "write it as 2026-03-27T07:10:00Z".to_owned())
}

fn assignment(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=');
    let (name, value) = pair.ok_or("write it as NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Runs `akses up` until it is interrupted.
pub async fn run(args: UpArgs) -> anyhow::Result<()> {
    let root = project_root(args.manifest.as_deref())?;
    // Before the build, which may take minutes: what stops us anyway.
    let place = hold_place(args.listen)?;
    let manifest_path = args
        .manifest
        .clone()
        .unwrap_or_else(|| root.join(MANIFEST_NAME));
    let manifest = Manifest::load(&manifest_path)?;
    let state_dir = state_dir(args.state_dir.as_deref(), &root)?;
    if !args.no_build {
        let root = root.clone();
        tokio::task::spawn_blocking(move || build::build(&root)).await??;
    }

    let mut service = Service::prepare(&args, &manifest, manifest_path, state_dir, place)?;
    tokio::select! {
        started = service.start() => started?,
        stopped = until_stopped() => return stopped,
    }
    until_stopped().await?;
    progress::note("stopping");
    // Whoever asks twice does not want to wait.
    tokio::spawn(async {
        if until_stopped().await.is_ok() {
            process::exit(INTERRUPTED_EXIT_CODE);
        }
    });
    service.stop().await
}

/// Ends when the program is asked to stop, by Ctrl-C or by a supervisor.
pub async fn until_stopped() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Takes the address to serve at, so that it has a real port (mails and cookies
/// name it) and nobody else takes it during the build.
fn hold_place(wanted: SocketAddr) -> anyhow::Result<TcpListener> {
    match TcpListener::bind(wanted) {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => bail!(
            "{wanted} is taken by another program; type\n  \
             cargo akses up --listen {}\nor --listen {} for any free port",
            SocketAddr::new(wanted.ip(), wanted.port().wrapping_add(1).max(1024)),
            SocketAddr::new(wanted.ip(), 0),
        ),
        Err(error) => Err(error).with_context(|| format!("cannot serve at {wanted}")),
    }
}

/// The service with what stands around it.
struct Service {
    /// What to start and the address held for it; gone once it is started.
    waiting: Option<(RuntimeOptions, TcpListener)>,
    state_dir: PathBuf,
    demo: Option<Demo>,
    mailbox: Option<Mailbox>,
    sirup: Option<Sirup>,
    platform: Option<DemoPlatform>,
    running: Option<Running>,
}

/// What the demo needs to know.
struct Demo {
    mailbox: Option<MailboxOptions>,
    sirup: Option<SirupOptions>,
    /// The page's port was not chosen by the user and may be another.
    any_page_port: bool,
    platform: SocketAddr,
    any_platform_port: bool,
    token: String,
    today: NaiveDate,
}

impl Service {
    fn prepare(
        args: &UpArgs,
        manifest: &Manifest,
        manifest_path: PathBuf,
        state_dir: PathBuf,
        place: TcpListener,
    ) -> anyhow::Result<Self> {
        let address = place.local_addr()?;
        let environment = std::env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            Some((name, value.into_string().ok()?))
        });
        let mut variables = Variables::collect(manifest, environment, &args.variables);
        variables.offer(PUBLIC_ORIGIN, || Ok(format!("http://{address}")))?;
        variables.offer(SIGNING_KEYS, || key::of_state_dir(&state_dir))?;
        let demo = if args.demo {
            Some(Demo::prepare(args, &mut variables, &state_dir, address)?)
        } else {
            None
        };
        let options = RuntimeOptions {
            manifest: manifest_path,
            cache_dir: cache_dir(args, manifest),
            state_dir: state_dir.clone(),
            listen: address,
            clock: args.clock,
            variables: variables.values,
        };
        Ok(Service {
            waiting: Some((options, place)),
            state_dir,
            demo,
            mailbox: None,
            sirup: None,
            platform: None,
            running: None,
        })
    }

    async fn start(&mut self) -> anyhow::Result<()> {
        let (mut options, place) = self.waiting.take().context("started twice")?;
        if let Some(demo) = &self.demo {
            self.mailbox = demo.open_mailbox().await?;
            if let Some(options) = demo.sirup.clone() {
                self.sirup = Some(Sirup::start(options).await?);
            }
        }
        if let Some(mailbox) = &self.mailbox {
            let relay = mailbox.smtp.to_string();
            options.variables.insert(SMTP_RELAY.to_owned(), relay);
        }
        if let Some(sirup) = &self.sirup {
            let origin = format!("http://{}", sirup.address);
            options.variables.insert(SIRUP_ORIGIN.to_owned(), origin);
        }
        let issuer = options.variables.get(PUBLIC_ORIGIN).cloned();
        // The runtime binds it anew as the first thing it does.
        drop(place);
        let running = self.running.insert(runtime::start(options).await?);
        let service = format!("http://{}", running.address);
        if let Some(control) = running.control {
            progress::answer(format_args!("control: http://{control}"));
        }
        if let Some(mailbox) = &self.mailbox {
            progress::answer(format_args!("mailbox: http://{}", mailbox.http));
        }
        if let Some(demo) = &self.demo {
            let issuer = issuer.unwrap_or_else(|| service.clone());
            let opened = demo.open_platform(&service, issuer, running).await?;
            let platform = self.platform.insert(opened).http;
            progress::answer(format_args!("platform: http://{platform}"));
            let (token, today) = (&demo.token, demo.today);
            demo::import_once(&service, token, &self.state_dir, today, platform).await?;
            demo::print_people();
        }
        if let Some(stand_in) = &self.sirup {
            sirup::print_people();
            progress::answer(format_args!("sirup: http://{}", stand_in.address));
        }
        progress::answer(format_args!("ready: {service}"));
        Ok(())
    }

    async fn stop(self) -> anyhow::Result<()> {
        if let Some(running) = self.running {
            timeout(Duration::from_millis(STOP_MS), running.stop())
                .await
                .context("requests under way did not end in time")??;
        }
        if let Some(platform) = self.platform {
            platform.stop().await;
        }
        // Last, so that mail on its way still arrives.
        if let Some(mailbox) = self.mailbox {
            mailbox.stop().await;
        }
        if let Some(sirup) = self.sirup {
            sirup.stop().await;
        }
        Ok(())
    }
}

fn cache_dir(args: &UpArgs, manifest: &Manifest) -> PathBuf {
    let cache_dir = args.cache_dir.clone();
    let cache_dir = cache_dir.unwrap_or_else(|| code_dir(&manifest.root));
    if !cache_dir.is_dir() {
        progress::note("compiling the components for this machine, once: a minute or two");
    }
    cache_dir
}

impl Demo {
    fn prepare(
        args: &UpArgs,
        variables: &mut Variables,
        state_dir: &Path,
        address: SocketAddr,
    ) -> anyhow::Result<Self> {
        if !address.ip().is_loopback() {
            progress::note(format_args!(
                "warning: other machines can reach {address}, and the demo accounts have a public password"
            ));
        }
        let mailbox = (!variables.values.contains_key(SMTP_RELAY)).then(|| MailboxOptions {
            listen_smtp: SocketAddr::from(([127, 0, 0, 1], 0)),
            listen_http: args.mailbox.unwrap_or_else(|| page_address(args.listen)),
            folder: Some(state_dir.join("mailbox")),
            misfortunes: Misfortunes::default(),
        });
        let sirup = (!variables.values.contains_key(SIRUP_ORIGIN)).then(|| SirupOptions {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            users: Vec::new(),
            mood: None,
        });
        variables.offer(OPERATOR_TOKEN, random_token)?;
        let token = variables.values.get(OPERATOR_TOKEN);
        let now = args.clock.unwrap_or_else(Utc::now);
        Ok(Demo {
            mailbox,
            sirup,
            any_page_port: args.mailbox.is_none(),
            platform: args
                .platform
                .unwrap_or_else(|| page_address(page_address(args.listen))),
            any_platform_port: args.platform.is_none(),
            token: token.cloned().unwrap_or_default(),
            today: now.with_timezone(&indonesian_west()).date_naive(),
        })
    }

    async fn open_mailbox(&self) -> anyhow::Result<Option<Mailbox>> {
        let Some(mut options) = self.mailbox.clone() else {
            return Ok(None);
        };
        if self.any_page_port && TcpListener::bind(options.listen_http).is_err() {
            options.listen_http.set_port(0);
        }
        Mailbox::start(options).await.map(Some)
    }

    /// Platforms that live in the service's time and know it by its keys only.
    async fn open_platform(
        &self,
        service: &str,
        issuer: String,
        running: &Running,
    ) -> anyhow::Result<DemoPlatform> {
        let mut listen = self.platform;
        if self.any_platform_port && TcpListener::bind(listen).is_err() {
            listen.set_port(0);
        }
        let options = PlatformOptions {
            listen,
            issuer,
            keys: format!("{service}{KEYS_PATH}"),
            places: demo::platforms()?,
        };
        DemoPlatform::start(options, Arc::new(running.clock())).await
    }
}

/// Beside the service, and never further away than this machine.
fn page_address(service: SocketAddr) -> SocketAddr {
    let port = match service.port() {
        0 => 0,
        port => port.checked_add(1).unwrap_or(0),
    };
    SocketAddr::from(([127, 0, 0, 1], port))
}

fn random_token() -> anyhow::Result<String> {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes).context("the machine gave no random numbers")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The values for the manifest's variables.
struct Variables {
    declared: Vec<String>,
    values: BTreeMap<String, String>,
}

impl Variables {
    /// The environment first, then the command line, which therefore wins. Names
    /// on the command line that the manifest does not know are left for the
    /// runtime to refuse; the environment may be meant for something else.
    fn collect(
        manifest: &Manifest,
        environment: impl Iterator<Item = (String, String)>,
        command_line: &[(String, String)],
    ) -> Self {
        let declared: Vec<String> = manifest.variables.keys().cloned().collect();
        let mut values: BTreeMap<String, String> = environment
            .filter_map(|(name, value)| {
                let name = name.strip_prefix(VARIABLE_PREFIX)?.to_ascii_lowercase();
                declared.contains(&name).then_some((name, value))
            })
            .collect();
        values.extend(command_line.iter().cloned());
        Variables { declared, values }
    }

    /// Gives a declared variable a value that nobody gave.
    fn offer(
        &mut self,
        name: &str,
        value: impl FnOnce() -> anyhow::Result<String>,
    ) -> anyhow::Result<()> {
        let is_wanted = self.declared.iter().any(|declared| declared == name);
        if is_wanted && !self.values.contains_key(name) {
            self.values.insert(name.to_owned(), value()?);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "spin_manifest_version = 2\n\
        [application]\nname = \"uji\"\n\
        [variables]\nsmtp_relay = { default = \"127.0.0.1:25\" }\noperator_token = { default = \"\" }\n";

    fn variables(environment: &[(&str, &str)], command_line: &[(&str, &str)]) -> Variables {
        let owned = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            let pairs = pairs.iter();
            pairs
                .map(|(name, value)| (name.to_string(), value.to_string()))
                .collect()
        };
        let manifest = Manifest::parse(MANIFEST, Path::new(".")).unwrap();
        let environment = owned(environment).into_iter();
        Variables::collect(&manifest, environment, &owned(command_line))
    }

    #[test]
    fn the_command_line_wins_over_the_environment() {
        let environment = [
            ("SPIN_VARIABLE_SMTP_RELAY", "10.0.0.1:25"),
            ("SPIN_VARIABLE_OPERATOR_TOKEN", "dari-lingkungan"),
            ("SPIN_VARIABLE_OTHER_APP", "x"),
            ("HOME", "/"),
        ];
        let command_line = [("operator_token", "dari-perintah"), ("typo", "y")];
        let values = variables(&environment, &command_line).values;
        assert_eq!(values["smtp_relay"], "10.0.0.1:25");
        assert_eq!(values["operator_token"], "dari-perintah");
        // The runtime refuses it by name.
        assert_eq!(values["typo"], "y");
        assert_eq!(values.len(), 3);
    }

    #[test]
    fn offers_fill_only_declared_gaps() {
        let mut variables = variables(&[], &[("smtp_relay", "1.2.3.4:25")]);
        for name in ["smtp_relay", "operator_token", "public_origin"] {
            variables.offer(name, || Ok("baru".to_owned())).unwrap();
        }
        assert_eq!(variables.values["smtp_relay"], "1.2.3.4:25");
        assert_eq!(variables.values["operator_token"], "baru");
        assert!(!variables.values.contains_key("public_origin"));
    }

    #[test]
    fn a_taken_port_says_what_to_type() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let error = hold_place(taken.local_addr().unwrap()).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("cargo akses up --listen 127.0.0.1:")
        );
    }

    #[test]
    fn the_mailbox_page_stands_beside_the_service_on_this_machine() {
        let page = |service: &str| page_address(service.parse().unwrap()).to_string();
        assert_eq!(page("127.0.0.1:3000"), "127.0.0.1:3001");
        assert_eq!(page("0.0.0.0:80"), "127.0.0.1:81");
        assert_eq!(page("127.0.0.1:0"), "127.0.0.1:0");
        assert_eq!(page("127.0.0.1:65535"), "127.0.0.1:0");
    }

    #[test]
    fn reads_instants_and_assignments() {
        let parsed = instant("2026-03-27T14:10:00+07:00").unwrap();
        assert_eq!(parsed.to_rfc3339(), "2026-03-27T07:10:00+00:00");
        assert!(instant("2026-03-27").is_err());
        assert_eq!(
            assignment("a=b=c").unwrap(),
            ("a".to_owned(), "b=c".to_owned())
        );
        assert!(assignment("a").is_err());
    }

    #[test]
    fn tokens_are_long_and_differ() {
        let (one, two) = (random_token().unwrap(), random_token().unwrap());
        assert_eq!(one.len(), 2 * TOKEN_BYTES);
        assert_ne!(one, two);
    }
}
