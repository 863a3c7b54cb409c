//! Passwords and tokens.

use crate::problem::Problem;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

/// What a token is made of; it is shown as twice as many hex digits.
const TOKEN_BYTES: usize = 32;

/// What a new hash costs, of the settings that OWASP's Password Storage Cheat Sheet
/// calls equal the one with the least memory: a crowd that signs in holds one such
/// block for each person who waits for a commit.
const HASH_KIB: u32 = 7 * 1024;
const HASH_PASSES: u32 = 5;
const HASH_LANES: u32 = 1;

/// The hash of a password nobody has, with the parameters of all others.
const NOBODYS_HASH: &str = "$argon2id$v=19$m=7168,t=5,p=1$c2FsdHNhbHRzYWx0c2FsdA$\
     KqgRzqW2dBKN1cbyPMSKvHV6m9zIb5Xg3Gm1F2tB0V8";

/// Whether the password is the one of that hash.
///
/// # Errors
/// An internal problem when the hash is none.
pub fn is_right(password: &str, hash: &str) -> Result<bool, Problem> {
    let hash = PasswordHash::new(hash)
        .map_err(|error| Problem::internal(format!("a password hash is none: {error}")))?;
    match Argon2::default().verify_password(password.as_bytes(), &hash) {
        Ok(()) => Ok(true),
        Err(Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(Problem::internal(format!("argon2: {error}"))),
    }
}

/// Argon2id with a random salt, in PHC form: it says what it cost, so what was hashed
/// at another price stays right.
///
/// # Errors
/// An internal problem when the host has no randomness.
pub fn hash(password: &str) -> Result<String, Problem> {
    let price = Params::new(HASH_KIB, HASH_PASSES, HASH_LANES, None).expect("within its bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, price)
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| Problem::internal(format!("argon2: {error}")))
}

/// Takes as long as [`is_right`], so that the time does not tell whether an
/// account exists.
pub fn waste_time(password: &str) {
    // Whether it matches does not matter.
    let _ = is_right(password, NOBODYS_HASH);
}

/// 256 random bits in hex.
///
/// # Errors
/// An internal problem when the host has no randomness.
pub fn random_token() -> Result<String, Problem> {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| Problem::internal(error.to_string()))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_right_for_its_own_hash_only() {
        let one = hash("akses-demo-2026").unwrap();
        assert!(is_right("akses-demo-2026", &one).unwrap());
        assert!(!is_right("akses-demo-2027", &one).unwrap());
        assert_ne!(one, hash("akses-demo-2026").unwrap(), "salts differ");
    }

    #[test]
    fn a_hash_of_another_price_stays_right() {
        let cheap = Params::new(64, 1, 1, None).unwrap();
        let hash = Argon2::new(Algorithm::Argon2id, Version::V0x13, cheap)
            .hash_password(b"akses-demo-2026")
            .unwrap()
            .to_string();
        assert!(is_right("akses-demo-2026", &hash).unwrap());
        assert!(!is_right("akses-demo-2027", &hash).unwrap());
    }

    #[test]
    fn nobodys_hash_costs_what_all_others_cost() {
        assert!(!is_right("anything", NOBODYS_HASH).unwrap());
        let price = |hash: &str| hash.split('$').take(4).collect::<Vec<_>>().join("$");
        assert_eq!(price(NOBODYS_HASH), price(&hash("anything").unwrap()));
    }

    #[test]
    fn tokens_do_not_repeat() {
        assert_eq!(random_token().unwrap().len(), 2 * TOKEN_BYTES);
        assert_ne!(random_token().unwrap(), random_token().unwrap());
    }
}
