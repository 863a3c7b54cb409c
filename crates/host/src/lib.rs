//! The embedded host of Akses, as a library for its command line tool.

pub mod compose;
pub mod data;
pub mod mailbox;
pub mod manifest;
pub mod platform;
pub mod runtime;
pub mod sirup;
mod stand_in;
