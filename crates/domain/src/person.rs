//! Numbers and addresses that name people and units (REG-8), parsed once at
//! the edge.
//!
//! They are personal data (ALL-2): `Debug` shows them masked, so that a log
//! line or a failed assertion cannot leak one; `Display` and serde give the
//! whole text to those who asked for it; `masked()` is for lists.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::str::FromStr;

/// Digits of a NIP and of an NI PPPK.
const NIP_DIGITS: usize = 18;

/// Digits of the shortest NRP.
const NRP_DIGITS_MIN: usize = 5;

/// Digits of the longest NRP.
const NRP_DIGITS_MAX: usize = 20;

/// Digits of an NPWP before 2024.
const NPWP_OLD_DIGITS: usize = 15;

/// Digits of an NPWP since then.
const NPWP_DIGITS: usize = 16;

/// The longest text in which a number is looked for; separators fit in.
const NUMBER_CHARS_MAX: usize = 40;

/// How many characters of a masked number stay readable at its end, unless
/// that is more than half of it.
const MASKED_TAIL_CHARS: usize = 3;

/// What stands for what a list must not show; always as long, so that it does
/// not tell a length.
const MASK: &str = "•••";

/// What kind of user an account is ("Tipe Profil"): a supplier who registers as
/// a non-supplier fills in another form (REG-2) and is verified in a meeting
/// (MTG-1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Non Penyedia.
    #[default]
    NonSupplier,
    /// Penyedia.
    Supplier,
}

impl Profile {
    /// Whether it is what accounts are unless they say otherwise.
    pub fn is_non_supplier(&self) -> bool {
        *self == Self::NonSupplier
    }
}

/// Why a text is no number of its kind. Never holds the text itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadNumber {
    /// There is nothing.
    Empty,
    /// It holds something besides digits and separators.
    NotDigits,
    /// It has too few or too many digits.
    WrongLength,
}

impl fmt::Display for BadNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "no digits",
            Self::NotDigits => "something besides digits and separators",
            Self::WrongLength => "wrong number of digits",
        })
    }
}

impl std::error::Error for BadNumber {}

/// The ASCII digits of a text, without the separators that people write:
/// `.`, `-` and spaces, the no-break space of a pasted document among them.
fn digits(text: &str) -> Result<String, BadNumber> {
    if text.chars().count() > NUMBER_CHARS_MAX {
        return Err(BadNumber::WrongLength);
    }
    let is_separator = |c: char| matches!(c, '.' | '-' | ' ' | '\u{a0}');
    let digits: String = text.trim().chars().filter(|&c| !is_separator(c)).collect();
    match digits {
        digits if digits.is_empty() => Err(BadNumber::Empty),
        digits if digits.bytes().all(|b| b.is_ascii_digit()) => Ok(digits),
        _ => Err(BadNumber::NotDigits),
    }
}

fn masked_tail(digits: &str) -> String {
    let shown = MASKED_TAIL_CHARS.min(digits.len() / 2);
    format!("{MASK}{}", &digits[digits.len() - shown..])
}

/// Implements what every type here has in common: serde as a string through
/// [`FromStr`], and a [`fmt::Debug`] that leaks nothing.
macro_rules! personal_text {
    ($name:ident) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.masked())
            }
        }

        serde_as_text!($name);
    };
}

macro_rules! serde_as_text {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = <Self as FromStr>::Err;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }
    };
}

// ---------------------------------------------------------------------------

/// Which of the numbers that the state gives its people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ServiceNumberKind {
    /// NIP of a PNS, or NI PPPK: 18 digits.
    Nip,
    /// NRP of TNI or Polri: 5 to 20 digits.
    Nrp,
}

/// NIP, NI PPPK or NRP: its digits.
///
/// A NIP is written as birth date (8), month of appointment (6), sex (1) and
/// serial (3). **Decided:** only the number of digits is checked. An NI PPPK
/// has the frequency of the contract where a NIP has the month (REG-8); a birth
/// date that was corrected or never known stays wrong in a NIP for life; and
/// whoever is refused wrongly here is locked out of their work with nobody
/// at hand to help. Whether the number is this person's, the verifier sees in
/// the decree.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ServiceNumber(String);

personal_text!(ServiceNumber);

impl ServiceNumber {
    /// Reads a number of a kind that the person named. Prefer this to
    /// [`str::parse`]: a NIP with a digit missing would pass as an NRP there.
    ///
    /// # Errors
    /// [`BadNumber`] when it is none of that kind.
    pub fn parse_as(kind: ServiceNumberKind, text: &str) -> Result<Self, BadNumber> {
        let digits = digits(text)?;
        let fits = match kind {
            ServiceNumberKind::Nip => digits.len() == NIP_DIGITS,
            ServiceNumberKind::Nrp => (NRP_DIGITS_MIN..=NRP_DIGITS_MAX).contains(&digits.len()),
        };
        if fits {
            Ok(Self(digits))
        } else {
            Err(BadNumber::WrongLength)
        }
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last digits only, for lists (ALL-2). The front of a NIP is a birth
    /// date.
    pub fn masked(&self) -> String {
        masked_tail(&self.0)
    }
}

impl FromStr for ServiceNumber {
    type Err = BadNumber;

    /// Any of the kinds. As an NRP may have 18 digits too, the NRP's bounds
    /// cover a NIP.
    fn from_str(text: &str) -> Result<Self, BadNumber> {
        Self::parse_as(ServiceNumberKind::Nrp, text)
    }
}

impl fmt::Display for ServiceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

// ---------------------------------------------------------------------------

/// A taxpayer number in its 16-digit form. One of 15 digits gets a zero in
/// front, as the tax office did it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Npwp(String);

personal_text!(Npwp);

impl Npwp {
    /// The 16 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last digits only, for lists (ALL-2).
    pub fn masked(&self) -> String {
        masked_tail(&self.0)
    }
}

impl FromStr for Npwp {
    type Err = BadNumber;

    fn from_str(text: &str) -> Result<Self, BadNumber> {
        let digits = digits(text)?;
        match digits.len() {
            NPWP_DIGITS => Ok(Self(digits)),
            NPWP_OLD_DIGITS => Ok(Self(format!("0{digits}"))),
            _ => Err(BadNumber::WrongLength),
        }
    }
}

impl fmt::Display for Npwp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

// ---------------------------------------------------------------------------

/// The text is no golongan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAGolongan;

impl fmt::Display for NotAGolongan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("none of I/a to IV/e, I to XVII, or the TNI/Polri families")
    }
}

impl std::error::Error for NotAGolongan {}

/// Golongan of the PNS, lowest first.
const PNS: [&str; 17] = [
    "I/a", "I/b", "I/c", "I/d", "II/a", "II/b", "II/c", "II/d", "III/a", "III/b", "III/c", "III/d",
    "IV/a", "IV/b", "IV/c", "IV/d", "IV/e",
];

/// Golongan of the PPPK, lowest first.
const PPPK: [&str; 17] = [
    "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV",
    "XVI", "XVII",
];

/// Families of ranks of TNI and Polri, lowest first.
const TNI_POLRI: [&str; 5] = [
    "Tamtama",
    "Bintara",
    "Perwira Pertama",
    "Perwira Menengah",
    "Perwira Tinggi",
];

/// Which service a golongan belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GolonganFamily {
    /// Pegawai Negeri Sipil.
    Pns,
    /// Pegawai Pemerintah dengan Perjanjian Kerja.
    Pppk,
    /// TNI and Polri.
    TniPolri,
}

/// A golongan: one of a closed list, in its usual spelling. Not personal by
/// itself, so it is shown as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(into = "String")]
pub struct Golongan {
    family: GolonganFamily,
    name: &'static str,
}

serde_as_text!(Golongan);

/// By hand, because what serde derives for a `&'static str` reads only texts that
/// live for ever.
impl<'de> Deserialize<'de> for Golongan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl Golongan {
    /// All of them, for a form to offer.
    pub fn all() -> impl Iterator<Item = Self> {
        [
            (GolonganFamily::Pns, PNS.as_slice()),
            (GolonganFamily::Pppk, PPPK.as_slice()),
            (GolonganFamily::TniPolri, TNI_POLRI.as_slice()),
        ]
        .into_iter()
        .flat_map(|(family, names)| names.iter().map(move |name| Self { family, name }))
    }

    /// The service it belongs to.
    pub const fn family(self) -> GolonganFamily {
        self.family
    }

    /// Its usual spelling.
    pub const fn as_str(self) -> &'static str {
        self.name
    }
}

impl FromStr for Golongan {
    type Err = NotAGolongan;

    fn from_str(text: &str) -> Result<Self, NotAGolongan> {
        let text = text.trim();
        Self::all()
            .find(|golongan| golongan.name.eq_ignore_ascii_case(text))
            .ok_or(NotAGolongan)
    }
}

impl fmt::Display for Golongan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

// ---------------------------------------------------------------------------

/// The longest address that SMTP carries (RFC 5321, 4.5.3.1.3 without `<>`).
const EMAIL_BYTES_MAX: usize = 254;

/// The longest part before the `@` (RFC 5321, 4.5.3.1.1).
const EMAIL_LOCAL_BYTES_MAX: usize = 64;

/// The longest name between two dots of a domain (RFC 1035).
const DOMAIN_LABEL_BYTES_MAX: usize = 63;

/// Why a text is no e-mail address. Never holds the text itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadEmail {
    /// There is nothing.
    Empty,
    /// It is longer than mail servers carry.
    TooLong,
    /// It is not of the form `name@domain.tld`.
    Malformed,
}

impl fmt::Display for BadEmail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "no address",
            Self::TooLong => "address too long",
            Self::Malformed => "not of the form name@domain.tld",
        })
    }
}

impl std::error::Error for BadEmail {}

/// An e-mail address as it was typed. Two are equal when they differ at most in
/// the case of the domain: what stands before the `@` is the other server's
/// business.
///
/// The check is syntactic and on the strict side of RFC 5321: no quoted names,
/// no address literals, ASCII only, at least one dot in the domain. Only the
/// arrival of a mail proves more.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

personal_text!(EmailAddress);

impl EmailAddress {
    /// As typed: where mails go.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which two addresses are compared.
    pub fn comparable(&self) -> String {
        let (name, domain) = self.parts();
        format!("{name}@{}", domain.to_ascii_lowercase())
    }

    /// The first letter and the domain, for lists (ALL-2).
    pub fn masked(&self) -> String {
        let (name, domain) = self.parts();
        format!("{}{MASK}@{domain}", &name[..1])
    }

    fn parts(&self) -> (&str, &str) {
        self.0.rsplit_once('@').expect("parsed addresses have an @")
    }
}

impl PartialEq for EmailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.comparable() == other.comparable()
    }
}

impl Eq for EmailAddress {}

impl std::hash::Hash for EmailAddress {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.comparable().hash(state);
    }
}

impl FromStr for EmailAddress {
    type Err = BadEmail;

    fn from_str(text: &str) -> Result<Self, BadEmail> {
        let text = text.trim();
        if text.is_empty() {
            return Err(BadEmail::Empty);
        }
        if text.len() > EMAIL_BYTES_MAX {
            return Err(BadEmail::TooLong);
        }
        let (name, domain) = text.rsplit_once('@').ok_or(BadEmail::Malformed)?;
        if name.len() > EMAIL_LOCAL_BYTES_MAX {
            return Err(BadEmail::TooLong);
        }
        if is_local_part(name) && is_domain(domain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadEmail::Malformed)
        }
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A dot-atom of RFC 5322. Line ends, spaces and brackets are no atoms, so an
/// address cannot smuggle anything into a mail's head.
fn is_local_part(name: &str) -> bool {
    let is_atom_byte = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    name.split('.')
        .all(|atom| !atom.is_empty() && atom.bytes().all(is_atom_byte))
}

fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=DOMAIN_LABEL_BYTES_MAX).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let top_is_a_name = domain
        .rsplit_once('.')
        .is_some_and(|(_, top)| top.bytes().any(|b| b.is_ascii_alphabetic()));
    top_is_a_name && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests;
