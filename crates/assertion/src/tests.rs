use super::*;
use ed25519_compact::{PublicKey, Signature};
use serde_json::Value;
use std::sync::Arc;

const NOW_S: i64 = 1_774_595_400;

fn key(kid: &str, seed: u8, not_before_s: i64) -> Key {
    Key::new(kid, &[seed; 32], not_before_s * 1_000).unwrap()
}

fn claims() -> Claims {
    Claims {
        iss: "https://akses.example".to_owned(),
        aud: "https://daftar-hitam.example".to_owned(),
        sub: "0199a0b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b".to_owned(),
        name: "Orang Contoh".to_owned(),
        access: "0199a0b2-7c3d-7e4f-8a5b-6c7d8e9f0a1c".to_owned(),
        role: "PPK".to_owned(),
        institution: "BARAT".to_owned(),
        work_unit: "BARAT-1".to_owned(),
        valid_until: "2027-12-31".to_owned(),
        iat: NOW_S,
        exp: NOW_S + LIFETIME_S,
        jti: "0199a0b2-7c3d-7e4f-8a5b-6c7d8e9f0a1d".to_owned(),
        nonce: None,
    }
}

/// Opened by hand with what is published; the demo platform of the host does the
/// same with somebody else's library.
fn open(token: &str, ring: &Keyring) -> Option<Claims> {
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let header: Value = serde_json::from_slice(&decode(header)?).ok()?;
    assert_eq!(
        (&header["alg"], &header["typ"]),
        (&"EdDSA".into(), &"JWT".into())
    );
    let key = ring
        .public()
        .keys
        .into_iter()
        .find(|key| header["kid"] == key.kid)?;
    let key = PublicKey::from_slice(&decode(&key.x)?).ok()?;
    let signature = Signature::from_slice(&decode(signature)?).ok()?;
    key.verify(signed.as_bytes(), &signature).ok()?;
    serde_json::from_slice(&decode(claims)?).ok()
}

fn ring(keys: &[Key]) -> Keyring {
    let lines: Vec<_> = keys.iter().map(Key::line).collect();
    Keyring::parse(&lines.join("\n")).unwrap()
}

#[test]
fn pla_3_what_is_signed_is_read_with_what_is_published() {
    let ring = ring(&[key("a", 1, 0)]);
    let mut claims = claims();
    let token = ring
        .signing_at(NOW_S * 1_000)
        .unwrap()
        .sign(&claims)
        .unwrap();
    assert_eq!(open(&token, &ring), Some(claims.clone()));
    claims.nonce = Some("n-0.S6_Wz~".to_owned());
    let token = ring
        .signing_at(NOW_S * 1_000)
        .unwrap()
        .sign(&claims)
        .unwrap();
    assert_eq!(open(&token, &ring), Some(claims));
}

#[test]
fn pla_3_a_changed_letter_breaks_it() {
    let ring = ring(&[key("a", 1, 0)]);
    let token = ring.signing_at(0).unwrap().sign(&claims()).unwrap();
    let body = token.find('.').unwrap() + 1;
    for place in (body..token.rfind('.').unwrap()).step_by(7) {
        let mut forged = token.clone().into_bytes();
        forged[place] = if forged[place] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(forged).unwrap();
        assert_eq!(open(&forged, &ring), None, "{place}");
    }
}

#[test]
fn pla_3_a_key_of_the_same_name_is_not_the_same_key() {
    let token = key("a", 2, 0).sign(&claims()).unwrap();
    assert_eq!(open(&token, &ring(&[key("a", 1, 0)])), None);
    assert!(open(&token, &ring(&[key("a", 2, 0)])).is_some());
}

#[test]
fn pla_3_the_newest_key_whose_moment_has_come_signs_and_all_are_published() {
    let ring = ring(&[key("old", 1, 100), key("new", 2, 200), key("next", 3, 300)]);
    for (now_s, kid) in [
        (99, None),
        (100, Some("old")),
        (199, Some("old")),
        (200, Some("new")),
        (299, Some("new")),
        (300, Some("next")),
    ] {
        let signing = ring.signing_at(now_s * 1_000).map(Key::kid);
        assert_eq!(signing, kid, "{now_s}");
    }
    let published: Vec<_> = ring.public().keys.into_iter().map(|key| key.kid).collect();
    assert_eq!(published, ["old", "new", "next"]);
    // What the old one signed is good as long as it is published.
    let token = ring.signing_at(150_000).unwrap().sign(&claims()).unwrap();
    assert!(open(&token, &ring).is_some());
}

#[test]
fn what_is_published_is_not_the_secret() {
    let key = key("a", 1, 0);
    let published = serde_json::to_string(&ring(std::slice::from_ref(&key)).public()).unwrap();
    let secret = key.line().split(':').nth(1).unwrap().to_owned();
    assert!(!published.contains(&secret));
    assert!(!format!("{key:?}").contains(&secret));
    assert!(!published.contains("\"d\""));
}

#[test]
fn wrong_keys_are_named_and_not_shown() {
    let good = key("a", 1, 0).line();
    let seed = good.split(':').nth(1).unwrap().to_owned();
    for (text, says) in [
        (format!("a:{seed}"), "third part"),
        (format!("a:{seed}:besok"), "third part"),
        (
            format!("a:{}:2026-01-01T00:00:00Z", &seed[1..]),
            "second part",
        ),
        (format!("a b:{seed}:2026-01-01T00:00:00Z"), "second part"),
        (format!("ä:{seed}:2026-01-01T00:00:00Z"), "name"),
        (format!(":{seed}:2026-01-01T00:00:00Z"), "name"),
        (format!("{good} {good}"), "twice"),
        ("rahasia".to_owned(), "second part"),
        (
            format!("a:{}:2026-01-01T00:00:00Z", "A".repeat(43)),
            "zeros",
        ),
    ] {
        let error = Keyring::parse(&text).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
        assert!(!error.contains(&seed[1..]), "{error}");
    }
    assert!(Keyring::parse(" \n ").unwrap().is_empty());
    let many: Vec<_> = (1..=17)
        .map(|n| key(&format!("k{n}"), n, 0).line())
        .collect();
    assert!(Keyring::parse(&many.join(",")).is_err());
}

#[test]
fn a_nonce_stands_in_an_address_as_it_is() {
    for good in ["a", "0-._~Z", &"n".repeat(128)] {
        assert!(is_nonce(good), "{good}");
    }
    for bad in ["", " ", "a b", "\"", "é", "a/b", &"n".repeat(129)] {
        assert!(!is_nonce(bad), "{bad}");
    }
}

/// RFC 8037, appendix A: the same seed has to give the same key for ever.
#[test]
fn pla_3_a_seed_gives_the_key_and_the_signature_of_the_standard() {
    let line = "kid:nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A:2026-03-27T00:00:00Z";
    let ring = Keyring::parse(line).unwrap();
    let key = ring.signing_at(i64::MAX).unwrap();
    assert_eq!(
        ring.public().keys[0].x,
        "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    );
    let signed = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    assert_eq!(
        encode(key.signature(signed)),
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    );
    assert_eq!(key.line(), line);
}

#[test]
fn keys_are_kept_while_their_text_is_the_same_and_no_longer() {
    let line = |kid| key(kid, 1, 0).line();
    let mut kept = KeptKeys::new();
    let first = kept.of(line("a")).unwrap();
    assert!(Arc::ptr_eq(&first, &kept.of(line("a")).unwrap()));
    let other = kept.of(line("b")).unwrap();
    assert_eq!(other.signing_at(0).unwrap().kid(), "b");
    assert!(kept.of("b:no seed:never".to_owned()).is_err());
    assert_eq!(Arc::strong_count(&other), 1, "the keys before stay");
    assert!(kept.of(String::new()).unwrap().is_empty());
}
