//! What the end-to-end tests share: the real program on a state folder of its
//! own, a real mail server, people who do things, and a look into the database.
//!
//! The tests in `tests/` mirror the routes of spin.toml; their names say the
//! rule they hold the service to.

pub mod browser;
pub mod client;
pub mod contract;
pub mod crowd;
pub mod database;
pub mod host;
pub mod mailbox;
pub mod pages;
pub mod pdf;
pub mod platform;
pub mod program;
pub mod random;
pub mod reset;
pub mod sirup;
pub mod torture;
pub mod world;
