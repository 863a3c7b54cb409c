//! A real HTTP server in SiRUP's place: `akses sirup`.

use crate::client::Client;
use crate::program::{Process, program};
use std::process::Command;
use tempfile::TempDir;

/// A stand-in for SiRUP that runs until it is dropped.
pub struct Sirup {
    /// Where it answers, as `sirup_origin` wants it.
    pub origin: String,
    client: Client,
    process: Process,
    _folder: TempDir,
}

impl Sirup {
    /// One that knows these users beside the demo's, each written as
    /// `NAME:PASSWORD:REGISTERED_ON`, with `:ID` after it when that matters.
    pub fn start(users: &[&str]) -> Self {
        Self::start_at("127.0.0.1:0", users)
    }

    /// One at this address.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_at(address: &str, users: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let log = folder.path().join("stderr.log");
        let mut command = Command::new(program());
        command.args(["sirup", "--listen", address]);
        for user in users {
            command.args(["--user", user]);
        }
        let mut process = Process::start(&mut command, &log);
        let origin = process.wait_for("sirup: ");
        let client = Client::new(&origin, &log);
        Self {
            origin,
            client,
            process,
            _folder: folder,
        }
    }

    /// How often somebody was looked up.
    ///
    /// # Panics
    /// When it does not say.
    pub fn questions(&self) -> u64 {
        let answer = self.client.get("/questions").send().expect(200).json();
        answer["questions"].as_u64().expect("a number")
    }

    /// Ends it at once, so that nobody answers at its address.
    pub fn kill(&mut self) {
        self.process.kill();
    }
}
