//! The rules of Akses: who may use the procurement platforms, and until when.
//!
//! Everything here is pure: no I/O, no clock, no storage. A command meets the
//! state it applies to and the moment it arrives at, and becomes events or a
//! refusal ([`access::decide`]); events make the next state
//! ([`access::Access::evolve`]). The triggers in the store's migrations fold the
//! same events in SQL, and a property test holds the two together.
//!
//! **Architecture Invariant:** this crate never learns of HTTP, SQL or WIT.

pub mod access;
pub mod authority;
pub mod calendar;
pub mod conflict;
pub mod continuity;
pub mod cut_off;
pub mod deadline;
pub mod duty;
pub mod ending;
pub mod escalation;
pub mod form;
pub mod handover;
pub mod ids;
pub mod meeting;
pub mod person;
pub mod platform;
pub mod reference;
pub mod reset;
pub mod sirup;
pub mod substitution;
pub mod time;
pub mod why;
pub mod words;
