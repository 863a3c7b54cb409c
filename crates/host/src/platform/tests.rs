//! The verifier against assertions of every kind that it must not take. Those of
//! the service come through real sockets in the end-to-end tests.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use akses_assertion::{Claims as Signed, Key, Keyring};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::keys::Keys;
use super::verify::{Expected, Seen, key_name, verify};
use super::{Claims, Refused, keys};

const NOW_S: i64 = 1_774_595_400;
const ISSUER: &str = "http://127.0.0.1:3000";
const AUDIENCE: &str = "https://daftar-hitam.contoh.example";

fn key(kid: &str, seed: u8) -> Key {
    Key::new(kid, &[seed; 32], 0).unwrap()
}

fn signed() -> Signed {
    Signed {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: "akun".to_owned(),
        name: "Orang Contoh".to_owned(),
        access: "akses".to_owned(),
        role: "PPK".to_owned(),
        institution: "BARAT".to_owned(),
        work_unit: "BARAT-1".to_owned(),
        valid_until: "2027-12-31".to_owned(),
        iat: NOW_S,
        exp: NOW_S + 60,
        jti: "satu".to_owned(),
        nonce: None,
    }
}

/// As a platform that knows the key `a` meets it.
fn admit_at(assertion: &str, now_s: i64) -> Result<Claims, Refused> {
    let ring = Keyring::parse(&key("a", 1).line()).unwrap();
    let published = serde_json::to_vec(&ring.public()).unwrap();
    let known = keys::read(&published).unwrap();
    let kid = key_name(assertion)?;
    let key = known.get(&kid).ok_or(Refused::UnknownKey)?;
    let expected = Expected {
        issuer: ISSUER,
        audience: AUDIENCE,
        now_s,
    };
    verify(assertion, key, &expected)
}

fn admit(assertion: &str) -> Result<Claims, Refused> {
    admit_at(assertion, NOW_S)
}

fn refused_with(change: impl FnOnce(&mut Signed)) -> Option<Refused> {
    let mut claims = signed();
    change(&mut claims);
    admit(&key("a", 1).sign(&claims).unwrap()).err()
}

#[test]
fn pla_3_what_the_service_signs_is_taken() {
    let claims = admit(&key("a", 1).sign(&signed()).unwrap()).unwrap();
    assert_eq!(
        (claims.name.as_str(), claims.role.as_str()),
        ("Orang Contoh", "PPK")
    );
}

#[test]
fn pla_3_each_claim_that_is_wrong_has_its_own_answer() {
    let audience = |claims: &mut Signed| claims.aud = "https://spse.contoh.example".to_owned();
    assert_eq!(refused_with(audience), Some(Refused::WrongAudience));
    let issuer = |claims: &mut Signed| claims.iss = "http://penipu.example".to_owned();
    assert_eq!(refused_with(issuer), Some(Refused::WrongIssuer));
    assert_eq!(refused_with(|c| c.exp = NOW_S), Some(Refused::Expired));
    assert_eq!(
        refused_with(|c| c.exp = NOW_S + 121),
        Some(Refused::Expired)
    );
    let future = |claims: &mut Signed| (claims.iat, claims.exp) = (NOW_S + 6, NOW_S + 66);
    assert_eq!(refused_with(future), Some(Refused::NotYet));
    assert_eq!(refused_with(|c| c.iat = NOW_S + 5), None);
}

#[test]
fn pla_3_an_assertion_ends_with_its_last_second() {
    let assertion = key("a", 1).sign(&signed()).unwrap();
    assert!(admit_at(&assertion, NOW_S + 59).is_ok());
    assert_eq!(admit_at(&assertion, NOW_S + 60), Err(Refused::Expired));
}

#[test]
fn pla_3_foreign_keys_are_refused_under_any_name() {
    let unknown = key("b", 2).sign(&signed()).unwrap();
    assert_eq!(admit(&unknown), Err(Refused::UnknownKey));
    let pretends = key("a", 2).sign(&signed()).unwrap();
    assert_eq!(admit(&pretends), Err(Refused::Forged));
}

#[test]
fn pla_3_no_algorithm_but_ours() {
    let genuine = key("a", 1).sign(&signed()).unwrap();
    let parts: Vec<_> = genuine.split('.').collect();
    // {"alg":"none","kid":"a"}, {"kid":"a"}, and the old trick of a public key taken
    // for a shared secret: {"alg":"HS256","kid":"a"}
    for header in [
        "eyJhbGciOiJub25lIiwia2lkIjoiYSJ9",
        "eyJraWQiOiJhIn0",
        "eyJhbGciOiJIUzI1NiIsImtpZCI6ImEifQ",
    ] {
        for signature in ["", parts[2]] {
            let forged = format!("{header}.{}.{signature}", parts[1]);
            assert!(
                matches!(
                    admit(&forged),
                    Err(Refused::Unreadable | Refused::WrongAlgorithm)
                ),
                "{forged}"
            );
        }
    }
}

#[test]
fn pla_3_what_is_no_assertion_is_refused() {
    for text in ["", ".", "..", "a.b.c", "eyJ9", &"x".repeat(10_000), "ä.ä.ä"] {
        assert!(
            matches!(
                admit(text),
                Err(Refused::Unreadable | Refused::WrongAlgorithm)
            ),
            "{text}"
        );
    }
}

#[test]
fn pla_3_an_assertion_is_used_once_also_at_once() {
    let claims = admit(&key("a", 1).sign(&signed()).unwrap()).unwrap();
    let seen = Seen::default();
    let taken: usize = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..16)
            .map(|_| scope.spawn(|| usize::from(seen.first_time(&claims, NOW_S).is_ok())))
            .collect();
        tries.into_iter().map(|one| one.join().unwrap()).sum()
    });
    assert_eq!(taken, 1);
    let other = Claims {
        jti: "dua".to_owned(),
        ..claims
    };
    assert_eq!(seen.first_time(&other, NOW_S), Ok(()));
}

/// A service that publishes what it holds, and how often it was asked.
struct Published {
    address: String,
    line: Arc<Mutex<String>>,
    asked: Arc<AtomicUsize>,
}

impl Published {
    async fn start(key: &Key) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/keys", listener.local_addr().unwrap());
        let line = Arc::new(Mutex::new(key.line()));
        let asked = Arc::new(AtomicUsize::new(0));
        let (held, count) = (line.clone(), asked.clone());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = [0; 1_024];
                let _ = stream.read(&mut head).await;
                count.fetch_add(1, Ordering::Relaxed);
                let ring = Keyring::parse(&held.lock().unwrap()).unwrap();
                let body = serde_json::to_string(&ring.public()).unwrap();
                let length = body.len();
                let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}");
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self {
            address,
            line,
            asked,
        }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

#[tokio::test]
async fn pla_3_keys_are_kept_and_a_new_one_is_looked_for_when_it_is_met() {
    let service = Published::start(&key("a", 1)).await;
    let keys = Keys::at(&service.address).unwrap();
    for _ in 0..3 {
        assert!(keys.find("a").await.is_ok());
    }
    assert_eq!(service.asked(), 1);
    *service.line.lock().unwrap() = format!("{} {}", key("a", 1).line(), key("b", 2).line());
    // Made-up names do not make it ask at every turn.
    for _ in 0..20 {
        assert_eq!(keys.find("asing").await.err(), Some(Refused::UnknownKey));
    }
    assert!(service.asked() <= 2, "{}", service.asked());
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    assert!(keys.find("b").await.is_ok());
    assert!(keys.find("a").await.is_ok());
}

#[tokio::test]
async fn pla_3_without_the_service_nobody_enters_and_it_is_asked_again() {
    let address = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}/keys", listener.local_addr().unwrap())
    };
    let keys = Keys::at(&address).unwrap();
    assert_eq!(keys.find("a").await.err(), Some(Refused::NoKeys));
    assert!(Keys::at("https://akses.example/keys").is_err());
    assert!(Keys::at("keys").is_err());
}
