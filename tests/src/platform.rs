//! Platforms: the data of some, and `akses platform` behind them.

use crate::client::{Answer, Client};
use crate::program::{Process, program};
use crate::world::World;
use serde_json::Value;
use std::process::Command;
use std::sync::Mutex;
use tempfile::TempDir;

/// Platforms that tests share. HITAM admits PPK and PP, KATALOG only PP, PUSAT
/// only what nobody can ask for; TUTUP is closed.
const PLATFORMS: &str = "\
code,name,description,entry_url,audience,active
HITAM,Daftar Hitam,Sanksi bagi penyedia,https://hitam.example/masuk,https://hitam.example,true
KATALOG,Katalog Elektronik,Pembelian,https://katalog.example/masuk,https://katalog.example,true
PUSAT,Ruang Pusat,Untuk verifikator nasional,https://pusat.example/masuk,https://pusat.example,true
TUTUP,Platform Lama,Sudah tutup,https://tutup.example/masuk,https://tutup.example,false
";

const PLATFORM_ROLES: &str = "\
platform,role,admitted
HITAM,PPK,true
HITAM,PP,true
KATALOG,PP,true
PUSAT,VND,true
TUTUP,PPK,true
";

/// The heading of `platform-terms`.
pub const TERMS_HEADING: &str = "platform,kind,version,valid_from,text,url,sha256\n";

impl World {
    /// Brings the platforms, each with the first version of its texts.
    pub fn bring_platforms(&self) {
        self.import("platforms", PLATFORMS);
        self.import("platform-roles", PLATFORM_ROLES);
        let mut rows = TERMS_HEADING.to_owned();
        for platform in ["HITAM", "KATALOG", "PUSAT"] {
            for kind in ["terms", "privacy"] {
                rows.push_str(&format!(
                    "{platform},{kind},1.0,2024-08-01,Teks {kind} {platform},,\n"
                ));
            }
        }
        self.import("platform-terms", &rows);
    }
}

/// A platform that runs until it is dropped.
pub struct DemoPlatform {
    client: Client,
    /// Shared by threads that enter at once.
    _process: Mutex<Process>,
    _folder: TempDir,
}

impl DemoPlatform {
    /// One that stands for HITAM and KATALOG, in this world's time or another.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(world: &World, clock: &str) -> Self {
        Self::start_with(&world.client().base(), &world.client().base(), clock)
    }

    /// One that expects this issuer and takes the keys from that origin.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_with(issuer: &str, keys: &str, clock: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let log = folder.path().join("stderr.log");
        let mut command = Command::new(program());
        command.args(["platform", "--listen", "127.0.0.1:0", "--clock", clock]);
        command.args(["--issuer", issuer, "--keys"]);
        command.arg(format!("{keys}/.well-known/jwks.json"));
        command.args(["--platform", "HITAM=https://hitam.example"]);
        command.args(["--platform", "KATALOG=https://katalog.example"]);
        let mut process = Process::start(&mut command, &log);
        let base = process.wait_for("platform: ");
        Self {
            client: Client::new(&base, &log),
            _process: Mutex::new(process),
            _folder: folder,
        }
    }

    /// Where browsers enter.
    pub fn entry(&self, code: &str) -> String {
        format!("{}/masuk/{code}", self.client.base())
    }

    /// What the browser's form does.
    #[track_caller]
    pub fn enter(&self, code: &str, assertion: &str) -> Answer {
        self.client
            .post(&format!("/masuk/{code}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json")
            .body(format!("assertion={assertion}"))
            .send()
    }

    /// The same without asking for JSON, as a browser gets it.
    #[track_caller]
    pub fn page(&self, code: &str, assertion: &str) -> Answer {
        self.client
            .post(&format!("/masuk/{code}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("assertion={assertion}"))
            .send()
    }

    /// The claims of an entry.
    #[track_caller]
    pub fn entered(&self, code: &str, assertion: &str) -> Value {
        self.enter(code, assertion).expect(200).json()["entered"].clone()
    }

    /// Why an entry was refused.
    #[track_caller]
    pub fn refused(&self, code: &str, assertion: &str) -> String {
        let answer = self.enter(code, assertion).expect(403).json();
        answer["refused"].as_str().expect("a reason").to_owned()
    }
}
