//! The SMTP side of the mailbox. The crate `mailin` speaks the protocol; this
//! module owns the sockets, the bounds and the misfortunes a test may ask for.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use mailin::{Action, AuthMechanism, Handler, Response, Session, SessionBuilder, response};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

use super::letters::Letters;
use crate::stand_in::next_client;

/// Bytes of one letter, as a mail server of today would take.
const MESSAGE_BYTES_MAX: usize = 10 * 1024 * 1024;
/// Bytes of one line; RFC 5321 asks for 1,000, real senders write longer ones.
const LINE_BYTES_MAX: u64 = 64 * 1024;
/// People one letter may go to (RFC 5321, 4.5.3.1.8).
const RECIPIENTS_MAX: usize = 100;
/// Conversations at a time; further ones wait their turn.
const SESSIONS_MAX: usize = 64;
/// How long a silent sender is waited for.
const IDLE_MS: u64 = 60_000;

const SERVER_NAME: &str = "akses-mailbox";

/// Ways in which real mail servers behave badly, for tests of the sender.
#[derive(Clone, Debug, Default)]
pub struct Misfortunes {
    /// User name and password without which nothing is taken.
    pub require_auth: Option<(String, String)>,
    /// So many letters are answered 451 (try again later) before any is kept.
    pub fail_first: u32,
    /// A letter is kept at once but acknowledged only after this long: a sender
    /// that gives up in between must not deliver it as a second letter.
    pub delay: Duration,
    /// These recipients are answered 550 (no such mailbox).
    pub reject: Vec<String>,
}

/// Serves until `stop` changes.
pub(super) async fn serve(
    listener: TcpListener,
    letters: Letters,
    misfortunes: Misfortunes,
    mut stop: watch::Receiver<bool>,
) {
    let server = Arc::new(Server {
        letters,
        failures_left: AtomicU32::new(misfortunes.fail_first),
        misfortunes,
    });
    let sessions = Arc::new(Semaphore::new(SESSIONS_MAX));
    loop {
        let Some((stream, peer)) = next_client(&listener, &mut stop).await else {
            return;
        };
        let Ok(permit) = sessions.clone().acquire_owned().await else {
            return;
        };
        let server = server.clone();
        let mut stop = stop.clone();
        tokio::spawn(async move {
            tokio::select! {
                // A sender that breaks off is the sender's business.
                _ = converse(stream, peer, server) => {}
                _ = stop.changed() => {}
            }
            drop(permit);
        });
    }
}

struct Server {
    letters: Letters,
    misfortunes: Misfortunes,
    failures_left: AtomicU32,
}

impl Server {
    /// True for the first `fail_first` letters, whichever sessions they come in.
    fn fails_now(&self) -> bool {
        let one_less = |left: u32| left.checked_sub(1);
        self.failures_left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less)
            .is_ok()
    }

    fn rejects(&self, recipient: &str) -> bool {
        let mut rejected = self.misfortunes.reject.iter();
        rejected.any(|address| address.eq_ignore_ascii_case(recipient))
    }

    fn session(self: &Arc<Self>, peer: IpAddr, auth: bool) -> Session<Delivery> {
        let mut builder = SessionBuilder::new(SERVER_NAME);
        if auth {
            builder.enable_auth(AuthMechanism::Plain);
            builder.enable_auth(AuthMechanism::Login);
            // Only ever on loopback: a guest component cannot speak TLS.
            builder.insecure_enable_plaintext_auth();
        }
        builder.build(peer, Delivery::new(self.clone()))
    }
}

async fn converse(
    mut stream: TcpStream,
    peer: SocketAddr,
    server: Arc<Server>,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (reader, mut writer) = stream.split();
    let mut reader = BufReader::new(reader);
    let auth = server.misfortunes.require_auth.is_some();
    let mut session = server.session(peer.ip(), auth);
    writer.write_all(&session.greeting().buffer()?).await?;

    let mut in_data = false;
    let mut line = Vec::new();
    loop {
        line.clear();
        let mut bounded = (&mut reader).take(LINE_BYTES_MAX);
        let read = bounded.read_until(b'\n', &mut line);
        let Ok(read) = timeout(Duration::from_millis(IDLE_MS), read).await else {
            return writer.write_all(b"421 Too slow, goodbye\r\n").await;
        };
        if read? == 0 {
            return Ok(());
        }
        if !line.ends_with(b"\n") && line.len() as u64 == LINE_BYTES_MAX {
            return writer.write_all(b"500 Line too long\r\n").await;
        }
        let answer = session.process(&line);
        if in_data && answer.action != Action::NoReply {
            in_data = false;
            tokio::time::sleep(server.misfortunes.delay).await;
            if answer.is_error {
                // `mailin` would go on reading the letter after it refused it;
                // the sender has moved on, so the conversation starts afresh.
                session = server.session(peer.ip(), false);
                session.process(b"EHLO again\r\n");
            }
        }
        // The only 354 there is: "send the letter".
        in_data = in_data || answer.code == response::START_DATA.code;
        if answer.action != Action::NoReply {
            writer.write_all(&answer.buffer()?).await?;
        }
        if answer.action == Action::Close {
            return Ok(());
        }
    }
}

/// One sender's letter on its way in.
struct Delivery {
    server: Arc<Server>,
    from: String,
    to: Vec<String>,
    raw: Vec<u8>,
    too_long: bool,
}

impl Delivery {
    fn new(server: Arc<Server>) -> Self {
        Delivery {
            server,
            from: String::new(),
            to: Vec::new(),
            raw: Vec::new(),
            too_long: false,
        }
    }

    fn check_credentials(&self, user: &str, password: &str) -> Response {
        let required = self.server.misfortunes.require_auth.as_ref();
        match required {
            Some((name, secret)) if name == user && secret == password => response::AUTH_OK,
            _ => response::INVALID_CREDENTIALS,
        }
    }
}

impl Handler for Delivery {
    fn mail(&mut self, _ip: IpAddr, _domain: &str, from: &str) -> Response {
        self.from = from.to_owned();
        self.to.clear();
        response::OK
    }

    fn rcpt(&mut self, to: &str) -> Response {
        if self.server.rejects(to) {
            return response::NO_MAILBOX;
        }
        if self.to.len() == RECIPIENTS_MAX {
            return Response::custom(452, "Too many recipients".to_owned());
        }
        self.to.push(to.to_owned());
        response::OK
    }

    fn data_start(&mut self, _: &str, _: &str, _: bool, _: &[String]) -> Response {
        self.raw.clear();
        self.too_long = false;
        response::OK
    }

    fn data(&mut self, line: &[u8]) -> std::io::Result<()> {
        // Refusing happens at the end; until then the rest is read and dropped.
        self.too_long |= self.raw.len() + line.len() > MESSAGE_BYTES_MAX;
        if !self.too_long {
            self.raw.extend_from_slice(line);
        }
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        if self.too_long {
            return response::NO_STORAGE;
        }
        if self.server.fails_now() {
            return Response::custom(451, "Try again later, as asked".to_owned());
        }
        let to = std::mem::take(&mut self.to);
        let raw = std::mem::take(&mut self.raw);
        match self.server.letters.add(&self.from, to, raw) {
            Ok(()) => response::OK,
            Err(error) => {
                tracing::error!(%error, "the mailbox could not keep a letter");
                response::INTERNAL_ERROR
            }
        }
    }

    fn auth_plain(&mut self, _authorization: &str, user: &str, password: &str) -> Response {
        self.check_credentials(user, password)
    }

    fn auth_login(&mut self, user: &str, password: &str) -> Response {
        self.check_credentials(user, password)
    }
}
