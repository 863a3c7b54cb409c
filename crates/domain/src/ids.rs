//! Opaque names. Each kind of thing has a type of its own, so that an access
//! never passes for an account.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// The text is no UUID in its hyphenated form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a UUID in hyphenated form")
    }
}

impl std::error::Error for NotAnId {}

/// The length of a hyphenated UUID; other spellings are refused so that one
/// thing has one name.
const HYPHENATED_CHARS: usize = 36;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Names a new thing. The caller brings the UUIDv7, because making
            /// one takes a clock and randomness.
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                if text.len() != HYPHENATED_CHARS {
                    return Err(NotAnId);
                }
                Uuid::try_parse(text).map(Self).map_err(|_| NotAnId)
            }
        }
    };
}

id!(
    /// One person's central account.
    AccountId
);
id!(
    /// One role of one account at one work unit.
    AccessId
);
id!(
    /// One application: a registration or a reactivation.
    RequestId
);
id!(
    /// A ministry, an agency, a region.
    InstitutionId
);
id!(
    /// A unit inside an institution.
    WorkUnitId
);
id!(
    /// An absence of a verifier, with its substitute.
    SubstitutionId
);
id!(
    /// An uploaded decree.
    DocumentId
);
id!(
    /// A letter that cuts past-due accesses off.
    CutOffId
);
id!(
    /// One run of the password-reset procedure.
    TicketId
);
id!(
    /// One message in a person's box.
    MessageId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let text = "0199a0b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b";
        assert_eq!(text.parse::<AccessId>().unwrap().to_string(), text);
        for other in [
            "",
            "0199a0b27c3d7e4f8a5b6c7d8e9f0a1b",
            "{0199a0b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b}",
            "0199a0b2-7c3d-7e4f-8a5b-6c7d8e9f0a1",
            "../../../../../../../../../etc/passwd",
        ] {
            assert_eq!(other.parse::<AccessId>(), Err(NotAnId), "{other}");
        }
    }
}
