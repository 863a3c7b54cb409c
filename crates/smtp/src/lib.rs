//! Hands mails to an SMTP relay, many over one connection.
//!
//! Every refusal is sorted by what to do about it: try this mail again later,
//! never again, or give up the connection. Texts of the relay are kept for
//! operators, without the addresses in them.
//!
//! A connection blocks its caller, because a timer's run is synchronous; every
//! reply has a deadline, so a relay that says nothing cannot keep a run for ever.

use lettre::Message;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::commands::{Auth, Data, Ehlo, Mail, Quit, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter, ServerInfo};
use lettre::transport::smtp::response::{Response, Severity};
use std::fmt::{self, Display};
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// How long the relay has to take a connection, and for the reply to a command.
pub const REPLY_MS_MAX: u64 = 10_000;

/// How long it has for its reply to the mail itself. Much longer: who hangs up
/// while the relay is at work sends the same mail twice (RFC 5321, 4.5.3.2).
pub const ACCEPT_MS_MAX: u64 = 120_000;

/// The longest that [`Relay::send`] can take: MAIL, RCPT, DATA and RSET, and
/// the mail itself.
pub const SEND_MS_MAX: u64 = 4 * REPLY_MS_MAX + ACCEPT_MS_MAX;

/// All lines of one reply.
const REPLY_BYTES_MAX: usize = 16 * 1024;

/// What is kept of a reply for operators.
const REASON_CHARS_MAX: usize = 200;

/// Challenges of one AUTH; LOGIN has two.
const CHALLENGES_MAX: usize = 4;

/// A connection that cannot be used any more, or never could.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken(pub String);

impl Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Broken {}

/// Why a mail was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotSent {
    /// The relay asks to try this mail again later. The connection is fine.
    Later(String),
    /// The relay will never take this mail. The connection is fine.
    Never(String),
    /// The connection is broken or the relay refuses us, not the mail.
    Broken(Broken),
}

impl From<Broken> for NotSent {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

/// One connection to a relay.
pub struct Relay {
    stream: TcpStream,
    /// What came after the last reply that was read.
    ahead: Vec<u8>,
    /// How long it has for the reply to a command.
    reply_time: Duration,
    takes_utf8_addresses: bool,
}

impl Relay {
    /// Connects, greets as `domain`, and signs in where credentials are given.
    ///
    /// # Errors
    /// [`Broken`] when the relay cannot be used.
    pub fn connect(
        address: SocketAddr,
        domain: &str,
        credentials: Option<(String, String)>,
    ) -> Result<Self, Broken> {
        let reply_time = Duration::from_millis(REPLY_MS_MAX);
        Self::connect_within(address, domain, credentials, reply_time)
    }

    /// As [`Relay::connect`], with another time for the reply to a command.
    ///
    /// # Errors
    /// [`Broken`] when the relay cannot be used.
    pub fn connect_within(
        address: SocketAddr,
        domain: &str,
        credentials: Option<(String, String)>,
        reply_time: Duration,
    ) -> Result<Self, Broken> {
        let stream = TcpStream::connect_timeout(&address, reply_time)
            .map_err(|error| Broken(format!("no connection to the relay: {error}")))?;
        let mut relay = Self {
            stream,
            ahead: Vec::new(),
            reply_time,
            takes_utf8_addresses: false,
        };
        let greeting = relay.reply(relay.reply_time)?;
        relay.expect(&greeting, "the greeting")?;
        let hello = relay.ask(Ehlo::new(ClientId::Domain(domain.to_owned())))?;
        relay.expect(&hello, "EHLO")?;
        let server = ServerInfo::from_response(&hello)
            .map_err(|_| Broken("the relay's reply to EHLO makes no sense".to_owned()))?;
        relay.takes_utf8_addresses = server.supports_feature(Extension::SmtpUtfEight);
        if let Some(credentials) = credentials {
            relay.sign_in(&server, &Credentials::from(credentials))?;
        }
        Ok(relay)
    }

    /// Hands over one mail; when this is done, the relay answers for it.
    ///
    /// # Errors
    /// [`NotSent`] says what to do about it.
    pub fn send(&mut self, message: &Message) -> Result<(), NotSent> {
        let envelope = message.envelope();
        let mut parameters = Vec::new();
        let mut addresses = envelope.from().into_iter().chain(envelope.to());
        if addresses.any(|address| !address.to_string().is_ascii()) {
            if !self.takes_utf8_addresses {
                return Err(NotSent::Never("the relay takes no such address".to_owned()));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        // A refused sender is our mistake and no mail's: none may die of it.
        let begun = self.ask(Mail::new(envelope.from().cloned(), parameters))?;
        self.expect(&begun, "the sender")?;
        for recipient in envelope.to() {
            let taken = self.ask(Rcpt::new(recipient.clone(), Vec::new()))?;
            self.accept(&taken, "the recipient")?;
        }
        let ready = self.ask(Data)?;
        self.accept(&ready, "DATA")?;
        self.write(&dot_stuffed(&message.formatted()))?;
        let taken = self.reply(Duration::from_millis(ACCEPT_MS_MAX))?;
        self.accept(&taken, "the mail")
    }

    /// Says goodbye. Nothing depends on the answer.
    pub fn quit(mut self) {
        let _ = self.ask(Quit);
    }

    fn sign_in(&mut self, server: &ServerInfo, credentials: &Credentials) -> Result<(), Broken> {
        let mechanism = server
            .get_auth_mechanism(DEFAULT_MECHANISMS)
            .ok_or_else(|| Broken("the relay offers neither AUTH PLAIN nor LOGIN".to_owned()))?;
        let no_sense = |_| Broken("the relay's AUTH dialogue makes no sense".to_owned());
        let mut reply =
            self.ask(Auth::new(mechanism, credentials.clone(), None).map_err(no_sense)?)?;
        for _ in 0..CHALLENGES_MAX {
            if !reply.has_code(334) {
                break;
            }
            let answer = Auth::new_from_response(mechanism, credentials.clone(), &reply);
            reply = self.ask(answer.map_err(no_sense)?)?;
        }
        match reply.has_code(235) {
            true => Ok(()),
            // Only the code: some relays repeat what they were told.
            false => Err(Broken(format!(
                "the relay refused the sign-in: {}",
                reply.code()
            ))),
        }
    }

    /// Anything but success is a trouble of the connection.
    fn expect(&self, reply: &Response, what: &str) -> Result<(), Broken> {
        match reply.is_positive() {
            true => Ok(()),
            false => Err(Broken(reason(what, reply))),
        }
    }

    /// Anything but success is a trouble of this mail, unless the relay is
    /// about to close (421).
    fn accept(&mut self, reply: &Response, what: &str) -> Result<(), NotSent> {
        if reply.is_positive() {
            return Ok(());
        }
        let reason = reason(what, reply);
        if reply.has_code(421) {
            return Err(Broken(reason).into());
        }
        let cleared = self.ask(Rset)?;
        self.expect(&cleared, "RSET")?;
        match reply.code().severity {
            Severity::PermanentNegativeCompletion => Err(NotSent::Never(reason)),
            _ => Err(NotSent::Later(reason)),
        }
    }

    fn ask(&mut self, command: impl Display) -> Result<Response, Broken> {
        self.write(command.to_string().as_bytes())?;
        self.reply(self.reply_time)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        self.stream
            .set_write_timeout(Some(self.reply_time))
            .and_then(|()| self.stream.write_all(bytes))
            .map_err(|error| broken(&error))
    }

    /// One whole reply: lines up to one without a hyphen after its code.
    fn reply(&mut self, within: Duration) -> Result<Response, Broken> {
        let deadline = Instant::now() + within;
        let mut text = String::new();
        loop {
            let line = self.line(deadline)?;
            text.push_str(&line);
            if line.as_bytes().get(3) != Some(&b'-') {
                return text
                    .parse()
                    .map_err(|_| Broken("the relay's reply makes no sense".to_owned()));
            }
            if text.len() > REPLY_BYTES_MAX {
                return Err(Broken("the relay's reply has no end".to_owned()));
            }
        }
    }

    fn line(&mut self, deadline: Instant) -> Result<String, Broken> {
        loop {
            if let Some(end) = self.ahead.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.ahead.drain(..=end).collect();
                return Ok(String::from_utf8_lossy(&line).into_owned());
            }
            if self.ahead.len() > REPLY_BYTES_MAX {
                return Err(Broken("the relay's reply has no end".to_owned()));
            }
            self.read(deadline)?;
        }
    }

    /// Waits for more bytes, but not beyond the deadline: each read has only
    /// what is left, so that single bytes now and then do not prolong it.
    fn read(&mut self, deadline: Instant) -> Result<(), Broken> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(broken(&ErrorKind::TimedOut.into()));
        }
        let mut buffer = [0; 1024];
        let read = self
            .stream
            .set_read_timeout(Some(left))
            .and_then(|()| self.stream.read(&mut buffer))
            .map_err(|error| broken(&error))?;
        if read == 0 {
            return Err(Broken("the relay hung up".to_owned()));
        }
        self.ahead.extend_from_slice(&buffer[..read]);
        Ok(())
    }
}

fn broken(error: &std::io::Error) -> Broken {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => {
            Broken("the relay did not answer in time".to_owned())
        }
        _ => Broken(format!("the connection to the relay broke: {error}")),
    }
}

/// What the relay said, without addresses: replies repeat the recipient.
fn reason(what: &str, reply: &Response) -> String {
    let said = reply.message().collect::<Vec<_>>().join(" ");
    let nameless: Vec<_> = said
        .split_whitespace()
        .map(|word| if word.contains('@') { "<...>" } else { word })
        .collect();
    let text = format!(
        "the relay refused {what}: {} {}",
        reply.code(),
        nameless.join(" ")
    );
    text.chars()
        .filter(|c| !c.is_control())
        .take(REASON_CHARS_MAX)
        .collect()
}

/// The mail with its end: a dot alone on a line. Lines of the mail that begin
/// with a dot get another one (RFC 5321, 4.5.2).
fn dot_stuffed(mail: &[u8]) -> Vec<u8> {
    let mut stuffed = Vec::with_capacity(mail.len() + 64);
    for line in mail.split_inclusive(|byte| *byte == b'\n') {
        if line.first() == Some(&b'.') {
            stuffed.push(b'.');
        }
        stuffed.extend_from_slice(line);
    }
    if !stuffed.ends_with(b"\r\n") {
        stuffed.extend_from_slice(b"\r\n");
    }
    stuffed.extend_from_slice(b".\r\n");
    stuffed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_in_a_mail_does_not_end_it() {
        for (mail, expected) in [
            ("a\r\n", "a\r\n.\r\n"),
            ("a", "a\r\n.\r\n"),
            (".\r\n", "..\r\n.\r\n"),
            ("a\r\n.\r\n..b\r\nc.\r\n", "a\r\n..\r\n...b\r\nc.\r\n.\r\n"),
        ] {
            assert_eq!(
                dot_stuffed(mail.as_bytes()),
                expected.as_bytes(),
                "{mail:?}"
            );
        }
    }

    #[test]
    fn reasons_name_nobody() {
        let reply: Response =
            "550-5.1.1 <ppk.demo@contoh.example>: no such\r\n550 5.1.1 user ppk@contoh.example\r\n"
                .parse()
                .unwrap();
        assert_eq!(
            reason("the recipient", &reply),
            "the relay refused the recipient: 550 5.1.1 <...> no such 5.1.1 user <...>"
        );
    }
}
