//! `akses mailbox`: a real SMTP server, and what it received.

use crate::client::Client;
use crate::program::{Process, program};
use serde::Deserialize;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Mails come within a tick of the postman, and ticks are ten seconds apart.
const MAIL_MS_MAX: u64 = 60_000;

const POLL_MS: u64 = 50;

/// A letter as the mailbox shows it.
#[derive(Debug, Clone, Deserialize)]
pub struct Letter {
    /// Whom the server was told to deliver to.
    pub to: Vec<String>,
    /// The sender.
    pub from: String,
    /// The subject, decoded.
    pub subject: String,
    /// The same with every try.
    pub message_id: String,
    /// The plain text part.
    pub text: Option<String>,
    /// The HTML part.
    pub html: Option<String>,
}

impl Letter {
    /// Subject, plain text and HTML in one, with every white space a blank: mails
    /// break lines where they like.
    pub fn words(&self) -> String {
        let parts = [
            Some(self.subject.clone()),
            self.text.clone(),
            self.html.clone(),
        ];
        let all = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        all.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// A mailbox that runs until it is dropped.
pub struct Mailbox {
    /// Where it takes letters, as `smtp_relay` wants it.
    pub smtp: String,
    client: Client,
    process: Process,
    _folder: TempDir,
}

impl Mailbox {
    /// One that takes every letter.
    pub fn start() -> Self {
        Self::start_with("127.0.0.1:0", &[])
    }

    /// One at this address, with these options of `akses mailbox`.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_with(smtp: &str, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let log: PathBuf = folder.path().join("stderr.log");
        let mut command = Command::new(program());
        command.args([
            "mailbox",
            "--listen-http",
            "127.0.0.1:0",
            "--listen-smtp",
            smtp,
        ]);
        command.args(options);
        let mut process = Process::start(&mut command, &log);
        let smtp = process.wait_for("smtp: ");
        let http = process.wait_for("http: ");
        let client = Client::new(&format!("http://{http}"), &log);
        Self {
            smtp,
            client,
            process,
            _folder: folder,
        }
    }

    /// An address where no mail server is, yet.
    ///
    /// # Panics
    /// When the machine has no port left.
    pub fn free_address() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener
            .local_addr()
            .expect("a bound socket has an address")
            .to_string()
    }

    /// Everything it holds, in the order of arrival.
    pub fn letters(&self) -> Vec<Letter> {
        let answer = self.client.get("/messages").send().expect(200);
        serde_json::from_slice(&answer.body).expect("a list of letters")
    }

    /// What came for this address.
    pub fn letters_to(&self, address: &str) -> Vec<Letter> {
        let mut letters = self.letters();
        letters.retain(|letter| letter.to.iter().any(|to| to.eq_ignore_ascii_case(address)));
        letters
    }

    /// Waits until this many letters came for the address.
    ///
    /// # Panics
    /// When they do not come, or more of them.
    #[track_caller]
    pub fn wait_for(&self, address: &str, count: usize) -> Vec<Letter> {
        let deadline = Instant::now() + Duration::from_millis(MAIL_MS_MAX);
        loop {
            let letters = self.letters_to(address);
            if letters.len() >= count {
                assert_eq!(letters.len(), count, "{letters:#?}");
                return letters;
            }
            assert!(
                Instant::now() < deadline,
                "{count} letters to {address}: {letters:#?}"
            );
            thread::sleep(Duration::from_millis(POLL_MS));
        }
    }

    /// Ends it at once, so that nobody answers at its address.
    pub fn kill(&mut self) {
        self.process.kill();
    }
}
