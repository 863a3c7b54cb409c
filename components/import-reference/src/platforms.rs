//! Platforms, the roles that they admit, and the versions of their terms
//! (PLA-1, PLA-2).

use crate::RowFault;
use crate::kinds::{Change, Kind, next, one_of, require, wrong};
use akses_domain::time::{Date, Zone};
use akses_endpoint::identity::sha256_hex;
use akses_endpoint::store::{platforms, reference};
use serde::Deserialize;
use serde_json::json;
use spin_sdk::http::Uri;

/// What an assertion may travel over: TLS, or nothing further than this machine.
const LOCAL_HOSTS: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

/// SHA-256 in hex.
const SHA256_CHARS: usize = 64;

#[derive(Deserialize)]
pub(crate) struct Platform {
    code: String,
    name: String,
    description: String,
    entry_url: String,
    audience: String,
    active: bool,
}

impl Kind for Platform {
    fn change(self) -> Result<Change, RowFault> {
        require("name", &self.name)?;
        require("description", &self.description)?;
        require("audience", &self.audience)?;
        is_code(&self.code)?;
        if !is_address(&self.entry_url) {
            return Err(wrong(
                "entry_url",
                "Isi dengan alamat https:// yang lengkap (http:// hanya untuk 127.0.0.1).",
            ));
        }
        let existing = platforms::by_code(&self.code)?;
        let same = existing.as_ref().is_some_and(|platform| {
            platform.name == self.name
                && platform.description == self.description
                && platform.entry_url == self.entry_url
                && platform.audience == self.audience
                && platform.active == self.active
        });
        if same {
            return Ok(Change::Nothing);
        }
        let (subject, version) = next(existing.map(|platform| (platform.id, platform.version)));
        let data = json!({
            "code": self.code, "name": self.name, "description": self.description,
            "entry_url": self.entry_url, "audience": self.audience, "active": self.active,
        });
        Ok(Change::Record {
            subject,
            version,
            kind: "platform-recorded",
            data,
            institution: None,
        })
    }
}

/// A code stands in addresses as it is.
fn is_code(code: &str) -> Result<(), RowFault> {
    require("code", code)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if code.chars().all(plain) {
        return Ok(());
    }
    Err(wrong(
        "code",
        "Kode hanya berisi huruf, angka, dan tanda hubung.",
    ))
}

fn is_address(text: &str) -> bool {
    let Ok(uri) = text.parse::<Uri>() else {
        return false;
    };
    let (Some(host), Some(authority)) = (uri.host(), uri.authority()) else {
        return false;
    };
    let safe = match uri.scheme_str() {
        Some("https") => true,
        Some("http") => LOCAL_HOSTS.contains(&host),
        _ => false,
    };
    safe && !host.is_empty() && !authority.as_str().contains('@') && !text.contains('#')
}

#[derive(Deserialize)]
pub(crate) struct PlatformRole {
    platform: String,
    role: String,
    admitted: bool,
}

impl Kind for PlatformRole {
    fn change(self) -> Result<Change, RowFault> {
        let platform = platform(&self.platform)?;
        reference::role_by_code(&self.role)?
            .ok_or_else(|| wrong("role", "Kode peran ini tidak dikenal."))?;
        let existing = platforms::admissions_of(&platform)?
            .into_iter()
            .find(|admission| admission.role == self.role);
        if existing
            .as_ref()
            .is_some_and(|admission| admission.admitted == self.admitted)
        {
            return Ok(Change::Nothing);
        }
        let (subject, version) = next(existing.map(|it| (it.id, it.version)));
        Ok(Change::Record {
            subject,
            version,
            kind: "platform-role-recorded",
            data: json!({ "platform": platform, "role": self.role, "admitted": self.admitted }),
            institution: None,
        })
    }
}

#[derive(Deserialize)]
pub(crate) struct PlatformTerms {
    platform: String,
    kind: String,
    version: String,
    valid_from: String,
    text: Option<String>,
    url: Option<String>,
    sha256: Option<String>,
}

impl Kind for PlatformTerms {
    /// What was published is never changed: people agreed to it.
    fn change(self) -> Result<Change, RowFault> {
        let platform = platform(&self.platform)?;
        one_of("kind", &self.kind, &["terms", "privacy"])?;
        require("version", &self.version)?;
        let valid_from = self.valid_from()?;
        let sha256 = self.digest()?;
        let existing = platforms::terms_by_label(&platform, &self.kind, &self.version)?;
        if let Some(existing) = existing {
            let same = existing.sha256 == sha256
                && existing.url == self.url
                && existing.valid_from == valid_from;
            return if same {
                Ok(Change::Nothing)
            } else {
                Err(wrong(
                    "version",
                    "Versi yang sudah terbit tidak dapat diubah; terbitkan versi baru.",
                ))
            };
        }
        let (subject, version) = next(None);
        let data = json!({
            "platform": platform, "kind": self.kind, "label": self.version, "text": self.text,
            "url": self.url, "sha256": sha256, "valid_from": valid_from,
        });
        Ok(Change::Record {
            subject,
            version,
            kind: "platform-terms-recorded",
            data,
            institution: None,
        })
    }
}

impl PlatformTerms {
    /// The first moment of that day in WIB, the zone of the national capital.
    fn valid_from(&self) -> Result<i64, RowFault> {
        let day: Date = self
            .valid_from
            .parse()
            .map_err(|_| wrong("valid_from", "Bukan tanggal."))?;
        let before = day
            .pred_opt()
            .ok_or_else(|| wrong("valid_from", "Tanggal ini terlalu jauh."))?;
        Ok(Zone::Wib.end_of(before).ms())
    }

    /// What people agree to, as a number that no later change of a page can meet.
    fn digest(&self) -> Result<String, RowFault> {
        let given = self.sha256.as_deref();
        match (&self.text, &self.url) {
            (Some(text), None) => {
                let digest = sha256_hex(text.as_bytes());
                if given.is_some_and(|given| given != digest) {
                    return Err(wrong("sha256", "Bukan SHA-256 dari teks ini."));
                }
                Ok(digest)
            }
            (None, Some(url)) => {
                if !is_address(url) {
                    return Err(wrong("url", "Isi dengan alamat https:// yang lengkap."));
                }
                let is_hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
                given
                    .filter(|given| given.len() == SHA256_CHARS && given.chars().all(is_hex))
                    .map(str::to_owned)
                    .ok_or_else(|| {
                        wrong(
                            "sha256",
                            "Isi dengan SHA-256 teksnya (64 angka heksadesimal).",
                        )
                    })
            }
            _ => Err(wrong("text", "Isi salah satu: teks, atau alamatnya.")),
        }
    }
}

fn platform(code: &str) -> Result<String, RowFault> {
    platforms::by_code(code)?
        .map(|platform| platform.id)
        .ok_or_else(|| wrong("platform", "Kode platform ini tidak dikenal."))
}
