//! The way to a new password (PWD-3): a code that only the person has, the number
//! that stands for it, and the link that opening a message makes.
//!
//! Nobody keeps a code or a link: a number is the hash of its code, and of a link the
//! store has the hash.

use akses_domain::ids::AccountId;
use akses_domain::reset::{LINK_MINUTES, PICKUP_CHARS};
use akses_domain::time::{Instant, Zone};
use akses_endpoint::accesses::{Moment, zone};
use akses_endpoint::identity::sha256_hex;
use akses_endpoint::store::events::Appended;
use akses_endpoint::store::{accounts, messages, resets};
use akses_endpoint::{Call, Problem, account, config, password};
use serde::Serialize;
use serde_json::json;

/// Hex digits of a code and of a link's token: 256 random bits.
pub const SECRET_CHARS: usize = 64;

/// The number under which the message of this code is picked up.
pub fn pickup_number(code: &str) -> String {
    let mut number = sha256_hex(format!("akses-pickup\n{code}").as_bytes());
    number.truncate(PICKUP_CHARS);
    number
}

/// Whether a text can be a code or a token at all.
pub fn is_secret(text: &str) -> bool {
    is_hex(text, SECRET_CHARS)
}

/// Whether a text can be a pickup number at all.
pub fn is_pickup(text: &str) -> bool {
    is_hex(text, PICKUP_CHARS)
}

fn is_hex(text: &str, chars: usize) -> bool {
    text.len() == chars && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// What opens the way to a new password; only its owner ever gets it.
#[derive(Serialize)]
pub struct Link {
    /// For `POST /api/password`.
    pub token: String,
    /// The token behind `#`, so that it reaches no server's log.
    pub url: String,
    /// Until when.
    pub expires: Moment,
}

/// Makes the one link of a right; those before it are void. Its opening is
/// recorded, the link is not.
///
/// # Errors
/// 409 when the right is over or used.
pub fn open(call: &Call, ticket: &str, owner: &str, zone: Zone) -> Result<Link, Problem> {
    let account = accounts::by_id(owner)?.ok_or_else(spent)?;
    let owner: AccountId = account
        .id
        .parse()
        .map_err(|_| Problem::internal("an account's id is none"))?;
    let token = password::random_token()?;
    let now = call.now().ms();
    let latest = now + LINK_MINUTES * 60_000;
    let hash = sha256_hex(token.as_bytes());
    let expires_at = resets::open_link(ticket, &owner.to_string(), &hash, now, latest)?;
    let expires_at = expires_at.ok_or_else(spent)?;
    let data = json!({ "ticket": ticket }).to_string();
    let anyway = |_: &accounts::Account| Ok(());
    match account::append(call, &account, "reset-link-opened", &data, anyway)? {
        Appended::Recorded => {}
        other => return Err(Problem::internal(format!("reset-link-opened: {other:?}"))),
    }
    let origin = config::variable("public_origin");
    Ok(Link {
        url: format!("{}/kata-sandi-baru#{token}", origin.trim_end_matches('/')),
        token,
        expires: Moment::new(Instant::from_ms(expires_at), zone),
    })
}

/// One answer for a link that never was, is over, or was used: whoever guesses
/// learns nothing.
pub fn spent() -> Problem {
    Problem::conflict(
        "link-not-valid",
        "Tautan ini tidak berlaku: sudah dipakai, sudah lewat waktunya, atau digantikan yang \
         baru. Buka lagi pesan di kotak pesan Anda; bila hak itu sudah habis, minta permohonan \
         reset baru kepada Satuan Kerja.",
    )
}

/// A message as its owner reads it.
#[derive(Debug, Serialize)]
pub struct MessageView {
    /// The message.
    pub id: String,
    /// `password-reset` or `reset-letter`.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub body: String,
    /// The ticket.
    pub ticket: String,
    /// The signed letter, for `GET /api/documents/:id`.
    pub letter: Option<String>,
    /// When it came.
    pub created: Moment,
    /// Until when it opens something.
    pub expires: Option<Moment>,
    /// Whether its owner opened it.
    pub read: bool,
}

impl MessageView {
    /// As it is now.
    ///
    /// # Errors
    /// An internal problem when the store holds what the domain does not know.
    pub fn new(row: &messages::Message) -> Result<Self, Problem> {
        let zone = zone(&row.zone)?;
        let moment = |ms: i64| Moment::new(Instant::from_ms(ms), zone);
        let expires = row.expires_at.map(moment);
        let unit = &row.work_unit_name;
        let (subject, body) = if row.kind == "password-reset" {
            let until = expires.as_ref().map(|m| m.text.clone()).unwrap_or_default();
            (
                "Buat kata sandi baru".to_owned(),
                format!(
                    "Reset password akun Anda pada {unit} sudah disetujui. Buka pesan ini untuk \
                     mendapat tautan, lalu buat kata sandi baru paling lambat {until}. Tautan \
                     hanya untuk Anda; jangan berikan kepada siapa pun, juga tidak kepada petugas."
                ),
            )
        } else {
            (
                "Surat Pemberitahuan Reset Password".to_owned(),
                format!(
                    "Surat Pemberitahuan tentang reset password pada {unit} sudah ditandatangani \
                     dan dapat dibaca."
                ),
            )
        };
        Ok(Self {
            id: row.id.clone(),
            kind: row.kind.clone(),
            subject,
            body,
            ticket: row.ticket.clone(),
            letter: row.letter.clone().filter(|_| row.kind == "reset-letter"),
            created: moment(row.created_at),
            expires,
            read: row.read_at.is_some(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pwd_3_a_number_does_not_tell_its_code() {
        let code = "ab".repeat(32);
        let number = pickup_number(&code);
        assert!(is_secret(&code) && is_pickup(&number));
        assert!(!code.contains(&number));
        assert_eq!(number, pickup_number(&code));
        assert_ne!(number, pickup_number(&"ac".repeat(32)));
        // Not the hash under which a session or a link is kept.
        assert!(!sha256_hex(code.as_bytes()).starts_with(&number));
        for other in ["", "AB", &"AB".repeat(32), &"ab".repeat(33)] {
            assert!(!is_secret(other), "{other}");
        }
    }
}
