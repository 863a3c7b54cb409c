//! The embedded host of Akses, as a library: the command line tool and the
//! tests start the same runtime.

pub mod compose;
pub mod data;
pub mod mailbox;
pub mod manifest;
pub mod runtime;
