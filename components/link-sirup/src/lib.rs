//! `POST /api/sirup-link`: "Hubungkan Akses", with a SiRUP user name and password
//! (SIR-1..4).
//!
//! Attempts are counted before SiRUP is asked, and SiRUP is left alone while it
//! does not answer. `Idempotency-Key` is not read here: linking the same user
//! again is the same success anyway, and a fingerprint of this body, kept with an
//! event, would be something to guess the password by (SIR-3).

mod client;

use akses_domain::ids::AccountId;
use akses_domain::sirup::{
    ATTEMPTS_MAX, BadUserName, COOL_DOWN_MS, Circuit, FAILURES_MAX, FAILURES_WITHIN_MS, REST_MS,
    UserName, circuit, may_link,
};
use akses_domain::time::Instant;
use akses_endpoint::accesses::Named;
use akses_endpoint::store::accounts::{self, Account};
use akses_endpoint::store::attempts::{self, Admission, Bounds, Holder};
use akses_endpoint::store::events::Appended;
use akses_endpoint::store::reference;
use akses_endpoint::store::sirup::{self, LinkedUser};
use akses_endpoint::{Call, Problem, Reply, Response, account, config, serve};
use client::{Password, Unanswered, User, Verdict};
use serde::{Deserialize, Serialize};
use serde_json::json;
use spin_sdk::http::{Method, Request, StatusCode};
use spin_sdk::http_service;

/// Longer passwords are refused before they cost an attempt.
const PASSWORD_BYTES_MAX: usize = 256;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    user_name: String,
    password: Password,
}

/// What the registration form is prefilled with.
#[derive(Serialize)]
struct Linked {
    /// "Username pada Platform Sebelumnya".
    previous_user_name: String,
    /// The name in SiRUP, to see whose user this is.
    full_name: Option<String>,
    /// The role in SiRUP, by its code there.
    role: Option<String>,
    /// The work unit in SiRUP, by its code there.
    work_unit_code: Option<String>,
    /// The same as it is known here, if it is.
    place: Option<Place>,
}

/// A work unit with its institution, as the form names them.
#[derive(Serialize)]
struct Place {
    institution: Institution,
    work_unit: Named,
}

#[derive(Serialize)]
struct Institution {
    id: String,
    name: String,
    /// "Jenis Instansi".
    kind: String,
}

#[http_service]
async fn link_sirup(request: Request) -> Response {
    serve(request, Method::POST, link).await
}

async fn link(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let Body {
        user_name,
        password,
    } = call.json()?;
    let user_name = user_name.parse().map_err(bad_user_name)?;
    check_password(&password)?;
    let account = accounts::by_id(&person.to_string())?.ok_or_else(Problem::not_signed_in)?;
    let attempt = Attempt {
        person,
        user_name,
        now: call.now(),
    };
    let circuit = attempt.circuit()?;
    attempt.count()?;
    match attempt.ask(circuit, &password).await? {
        Verdict::Wrong => Err(wrong()),
        Verdict::Right(user) => {
            // Who knows the password does not guess.
            attempt.forgive()?;
            record(&call, &account, &attempt.user_name, *user)
        }
    }
}

/// One try of one person.
struct Attempt {
    person: AccountId,
    user_name: UserName,
    now: Instant,
}

impl Attempt {
    /// Whether SiRUP is asked now. Says so before anything is written.
    fn circuit(&self) -> Result<Circuit, Problem> {
        let failures = sirup::recent_failures()?;
        let state = failures.map_or(Circuit::Closed, |failures| {
            circuit(
                failures.count,
                Instant::from_ms(failures.retry_at),
                self.now,
            )
        });
        match state {
            Circuit::Open(until) => Err(unavailable(until.ms() - self.now.ms())),
            state => Ok(state),
        }
    }

    /// For whom the attempt counts: the person and the user name (SIR-3).
    fn holders(&self) -> [Holder; 2] {
        [
            Holder::Account(self.person.to_string()),
            Holder::SirupUserName(self.user_name.key()),
        ]
    }

    fn count(&self) -> Result<(), Problem> {
        let bounds = Bounds {
            attempts_max: ATTEMPTS_MAX,
            rest_ms: REST_MS,
        };
        match attempts::count(&self.holders(), self.now.ms(), bounds)? {
            Admission::Admitted => Ok(()),
            Admission::Resting(until) => Err(resting(until - self.now.ms())),
        }
    }

    fn forgive(&self) -> Result<(), Problem> {
        Ok(attempts::forgive(&self.holders())?)
    }

    /// Asks SiRUP, and notes whether it answered. Without an answer the attempt
    /// was none.
    async fn ask(&self, circuit: Circuit, password: &Password) -> Result<Verdict, Problem> {
        let retry_at = self.now.ms() + COOL_DOWN_MS;
        if circuit == Circuit::TrialDue && !sirup::claim_trial(self.now.ms(), retry_at)? {
            self.forgive()?;
            return Err(unavailable(COOL_DOWN_MS));
        }
        let origin = config::variable("sirup_origin");
        match client::verify(&origin, &self.user_name, password).await {
            Ok(verdict) => {
                sirup::note_answer()?;
                Ok(verdict)
            }
            Err(Unanswered(why)) => {
                let now = self.now.ms();
                sirup::note_failure(now, FAILURES_WITHIN_MS, FAILURES_MAX, retry_at)?;
                self.forgive()?;
                Err(unavailable(COOL_DOWN_MS).logged(format!("SiRUP did not answer: {why}")))
            }
        }
    }
}

/// Records the link, unless it is there already (SIR-2).
fn record(call: &Call, account: &Account, typed: &UserName, user: User) -> Result<Reply, Problem> {
    if !may_link(user.registered_on.0) {
        return Err(registered_too_late());
    }
    if is_linked(account, &user)? {
        return reply(user);
    }
    let data = json!({
        "user_id": user.user_id,
        "user_name": user.user_name,
        "user_name_key": typed.key(),
        "registered_on": user.registered_on.0,
    });
    match account::append(call, account, "sirup-linked", &data.to_string(), |_| Ok(()))? {
        Appended::Recorded => reply(user),
        // The same person may have come twice at the same moment.
        Appended::Refused(name) if name == "account-has-sirup" && is_linked(account, &user)? => {
            reply(user)
        }
        Appended::Refused(name) if name == "account-has-sirup" => Err(account_has_another()),
        Appended::Refused(name) if name == "sirup-linked" => Err(already_linked()),
        other => Err(Problem::internal(format!("link with SiRUP: {other:?}"))),
    }
}

/// Whether the account is linked with this very user.
fn is_linked(account: &Account, user: &User) -> Result<bool, Problem> {
    match sirup::linked(&account.id)? {
        None => Ok(false),
        Some(LinkedUser { user_id, .. }) if user_id == user.user_id => Ok(true),
        Some(_) => Err(account_has_another()),
    }
}

fn reply(user: User) -> Result<Reply, Problem> {
    let place = user.work_unit_code.as_deref().map(place).transpose()?;
    Reply::json(&Linked {
        place: place.flatten(),
        previous_user_name: user.user_name,
        full_name: user.full_name,
        role: user.role,
        work_unit_code: user.work_unit_code,
    })
}

/// What SiRUP's code means here; nothing when it means nothing.
fn place(code: &str) -> Result<Option<Place>, Problem> {
    let Some(unit) = reference::work_unit_by_code(code)? else {
        return Ok(None);
    };
    let institution = reference::institution_by_code(&unit.institution_code)?;
    Ok(institution.map(|institution| Place {
        institution: Institution {
            id: institution.id,
            name: institution.name,
            kind: institution.kind,
        },
        work_unit: Named {
            id: unit.id,
            name: unit.name,
        },
    }))
}

fn bad_user_name(bad: BadUserName) -> Problem {
    let detail = match bad {
        BadUserName::Empty => "Isi nama pengguna SiRUP Anda.",
        BadUserName::TooLong => "Nama pengguna ini terlalu panjang; periksa lagi.",
        BadUserName::ControlCharacters => "Berisi huruf yang tidak dapat ditampilkan.",
    };
    Problem::field("user_name", "bad-user-name", detail)
}

fn check_password(password: &Password) -> Result<(), Problem> {
    let detail = match password.bytes() {
        0 => "Isi kata sandi SiRUP Anda.",
        bytes if bytes > PASSWORD_BYTES_MAX => "Kata sandi ini terlalu panjang; periksa lagi.",
        // What no keyboard types is no password, and nothing to bother SiRUP with.
        _ if password.has_control_characters() => {
            "Berisi huruf yang tidak dapat diketik; periksa lagi."
        }
        _ => return Ok(()),
    };
    Err(Problem::field("password", "bad-password", detail))
}

fn wrong() -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "sirup-wrong-credentials",
        "Nama pengguna atau kata sandi SiRUP salah. Periksa keduanya lalu coba lagi, pilih Daftar \
         Akses Baru, atau hubungi Pusat Bantuan.",
    )
}

fn registered_too_late() -> Problem {
    Problem::forbidden(
        "sirup-registered-too-late",
        "Hanya akun yang terdaftar di SiRUP sebelum 1 Agustus 2024 yang dapat dihubungkan. Pilih \
         Daftar Akses Baru.",
    )
}

fn already_linked() -> Problem {
    Problem::conflict(
        "sirup-already-linked",
        "Akses SiRUP ini sudah pernah dihubungkan dengan akun lain. Hubungi Pusat Bantuan.",
    )
}

fn account_has_another() -> Problem {
    Problem::conflict(
        "sirup-account-has-another",
        "Akun Anda sudah terhubung dengan nama pengguna SiRUP yang lain, dan satu akun hanya \
         memiliki satu. Bila itu keliru, hubungi Pusat Bantuan.",
    )
}

fn unavailable(left_ms: i64) -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "sirup-unavailable",
        "SiRUP sedang tidak menjawab. Coba lagi beberapa saat lagi, atau pilih Daftar Akses Baru.",
    )
    .with_header("retry-after", &seconds(left_ms).to_string())
}

fn resting(left_ms: i64) -> Problem {
    let minutes = left_ms.max(0) / 60_000 + 1;
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "sirup-too-many-attempts",
        &format!(
            "Terlalu banyak percobaan menghubungkan SiRUP. Coba lagi dalam {minutes} menit, atau \
             pilih Daftar Akses Baru."
        ),
    )
    .with_header("retry-after", &seconds(left_ms).to_string())
}

/// Whole seconds, rounded up, at least one.
fn seconds(ms: i64) -> i64 {
    ms.max(0) / 1000 + 1
}
