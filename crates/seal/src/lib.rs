//! ALL-1: the record can be verified by somebody who does not trust the server.
//!
//! Every event is one line of JSON, made by the same SQL for the timer that
//! seals and for the auditor who checks. Lines are chained by SHA-256: each
//! link is the hash of the one before and of the line. From time to time the
//! last link is recorded as a *seal*, itself an event and so part of the next
//! one, and shown to everybody at `/api/seals/latest`. Whoever keeps a seal can
//! later tell whether anything up to it was edited, removed, put in another
//! order, or cut off.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// The kind of event that a seal is.
pub const SEAL_KIND: &str = "record-sealed";

/// The subject whose events are the seals; their versions number them.
pub const SEAL_SUBJECT: &str = "00000000-0000-7000-8000-5ea15ea15ea1";

/// One event as the line that is hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its place in the record.
    pub seq: i64,
    /// The event as a JSON array with all its columns.
    pub json: String,
}

/// The last link of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link([u8; 32]);

impl Link {
    /// Before the first event.
    pub const START: Self = Self([0; 32]);

    /// The link that follows with this line.
    #[must_use]
    pub fn then(self, line: &Line) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(self.0);
        hasher.update(line.json.as_bytes());
        Self(hasher.finalize().into())
    }

    /// From its hex form; none when it is not one.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if text.len() != 2 * bytes.len() || !text.is_ascii() {
            return None;
        }
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What a seal says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// The last event that it covers.
    pub through_seq: i64,
    /// How many events it covers, from the first of the record on.
    pub events: u64,
    /// The last link, in hex.
    pub hash: String,
}

/// Why a record is not what its seals say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// Something up to this seal was edited, removed, added or reordered.
    Differs {
        /// The number of the seal.
        seal: u64,
    },
    /// The record ends before what this seal covers.
    CutOff {
        /// The number of the seal.
        seal: u64,
    },
    /// A seal that is known from elsewhere is not in the record.
    Missing {
        /// The number of the seal.
        seal: u64,
    },
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Differs { seal } => write!(
                f,
                "the record differs from seal {seal}: something before it was edited, removed, added or reordered"
            ),
            Self::CutOff { seal } => {
                write!(
                    f,
                    "the record ends before what seal {seal} covers: its tail was cut off"
                )
            }
            Self::Missing { seal } => {
                write!(
                    f,
                    "seal {seal} is known from elsewhere, but the record does not have it"
                )
            }
        }
    }
}

/// Checks a record against seals while its lines go by once, in order.
#[derive(Debug)]
pub struct Audit {
    expected: Vec<(u64, Seal)>,
    next: usize,
    link: Link,
    events: u64,
}

impl Audit {
    /// Against these seals, by number: those of the record itself, and those
    /// that somebody kept.
    pub fn new(mut expected: Vec<(u64, Seal)>) -> Self {
        expected.sort_by_key(|(number, seal)| (seal.through_seq, *number));
        Self {
            expected,
            next: 0,
            link: Link::START,
            events: 0,
        }
    }

    /// One more line.
    ///
    /// # Errors
    /// [`Broken`] as soon as a seal is passed that does not fit.
    pub fn line(&mut self, line: &Line) -> Result<(), Broken> {
        self.settle_before(line.seq)?;
        self.link = self.link.then(line);
        self.events += 1;
        Ok(())
    }

    /// The end of the record: how many events it has and its last link.
    ///
    /// # Errors
    /// [`Broken`] when a seal covers more than there was.
    pub fn finish(mut self, last_seq: i64) -> Result<(u64, Link), Broken> {
        if let Some((seal, _)) = self.expected.iter().find(|(_, s)| s.through_seq > last_seq) {
            return Err(Broken::CutOff { seal: *seal });
        }
        self.settle_before(i64::MAX)?;
        Ok((self.events, self.link))
    }

    /// Compares with every seal that ends before this place.
    fn settle_before(&mut self, seq: i64) -> Result<(), Broken> {
        while let Some((number, seal)) = self.expected.get(self.next) {
            if seal.through_seq >= seq {
                break;
            }
            if seal.events != self.events || seal.hash != self.link.to_string() {
                return Err(Broken::Differs { seal: *number });
            }
            self.next += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Vec<Line> {
        (1..=20)
            .map(|seq| Line {
                seq,
                json: format!("[{seq},\"event\"]"),
            })
            .collect()
    }

    fn seal_at(lines: &[Line], count: usize) -> Seal {
        let link = lines[..count]
            .iter()
            .fold(Link::START, |link, line| link.then(line));
        Seal {
            through_seq: lines[count - 1].seq,
            events: count as u64,
            hash: link.to_string(),
        }
    }

    fn check(lines: &[Line], seals: Vec<(u64, Seal)>) -> Result<(u64, Link), Broken> {
        let mut audit = Audit::new(seals);
        for line in lines {
            audit.line(line)?;
        }
        audit.finish(lines.last().map_or(0, |line| line.seq))
    }

    #[test]
    fn all_1_an_untouched_record_fits_its_seals() {
        let lines = record();
        let seals = vec![(1, seal_at(&lines, 5)), (2, seal_at(&lines, 20))];
        assert_eq!(check(&lines, seals).map(|(events, _)| events), Ok(20));
    }

    #[test]
    fn all_1_edits_removals_additions_and_reorderings_are_found() {
        let lines = record();
        let seals = || vec![(1, seal_at(&lines, 10)), (2, seal_at(&lines, 20))];
        let tampered = |change: &dyn Fn(&mut Vec<Line>)| {
            let mut copy = lines.clone();
            change(&mut copy);
            check(&copy, seals())
        };
        for (name, outcome) in [
            ("edit", tampered(&|l| l[3].json.push(' '))),
            ("remove", tampered(&|l| drop(l.remove(3)))),
            ("add", tampered(&|l| l.insert(3, l[3].clone()))),
            (
                "reorder",
                tampered(&|l| {
                    let (a, b) = (l[3].json.clone(), l[4].json.clone());
                    l[3].json = b;
                    l[4].json = a;
                }),
            ),
        ] {
            assert_eq!(outcome, Err(Broken::Differs { seal: 1 }), "{name}");
        }
        let late = tampered(&|l| l[15].json.push(' '));
        assert_eq!(late, Err(Broken::Differs { seal: 2 }));
    }

    #[test]
    fn all_1_a_cut_tail_is_found_by_whoever_kept_a_seal() {
        let lines = record();
        let kept = vec![(2, seal_at(&lines, 20))];
        assert_eq!(check(&lines[..15], kept), Err(Broken::CutOff { seal: 2 }));
    }

    #[test]
    fn a_link_has_a_hex_form() {
        let link = Link::START.then(&record()[0]);
        assert_eq!(Link::from_hex(&link.to_string()), Some(link));
        for text in ["", "xyz", &"g".repeat(64), &"é".repeat(32)] {
            assert_eq!(Link::from_hex(text), None, "{text}");
        }
    }
}
