//! What the HTTP operations of Akses share.
//!
//! An operation is a few lines: take the [`Call`], know the [`Call::person`],
//! parse, load, [`decide`](akses_domain::access::decide), append, answer. How a
//! body is bounded, how a refusal becomes `application/problem+json`, how the
//! same request sent twice is one: that is here, once.
//!
//! **Architecture Invariant:** texts for people are made at the edge (here, in
//! `akses-mail`, in an operation); the domain has only words for its states. What
//! operators need goes to the log, never into an answer.

pub mod accesses;
pub mod account;
mod call;
pub mod config;
pub mod conflicts;
pub mod cut_offs;
pub mod draft;
pub mod form;
pub mod handover;
pub mod identity;
mod json;
pub mod log;
pub mod officials;
pub mod operator;
pub mod page;
pub mod password;
pub mod platforms;
mod problem;
pub mod record;
pub mod renewal;
mod reply;
mod serve;
pub mod substitutes;

pub use akses_contract::operation::inaproc::akses as store;
pub use call::Call;
pub use json::{Day, Fields};
pub use problem::{Problem, StoreFault};
pub use reply::Reply;
pub use serve::{JSON_BODY_BYTES_MAX, Response, now, refuse, serve, serve_admitted};
