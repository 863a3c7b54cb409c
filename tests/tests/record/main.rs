//! The record: SQL and Rust agree about every access, on the store's own
//! migrations and statements.

mod agreement;
mod book;
mod constraints;
#[path = "../../../crates/domain/tests/histories/mod.rs"]
mod histories;
mod sweep;
