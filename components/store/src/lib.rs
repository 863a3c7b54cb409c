//! The store: the only component with SQL, and the one through which documents
//! and sessions reach key-value storage.
//!
//! One module per interface of the contract. Statements lie in `sql/`, one file
//! each, so that tests prepare and benchmarks run the very same text.
//!
//! Functions over SQL are synchronous: that is several times faster than the
//! asynchronous form, and a timer's export may not wait for an asynchronous one.

mod accesses;
mod accounts;
mod attempts;
mod calendar;
mod collective;
mod conflicts;
mod continuity;
mod cut_offs;
mod database;
mod deadlines;
mod digest;
mod documents;
mod drafts;
mod duties;
mod events;
mod expiry;
mod failure;
mod forms;
mod handovers;
mod health;
mod key_value;
mod meetings;
mod messages;
mod notifications;
mod platforms;
mod reference;
mod reminders;
mod requests;
mod resets;
mod row;
mod schema;
mod seals;
mod search;
mod sessions;
mod sirup;
mod substitutes;
mod wave;

mod bindings {
    #![allow(missing_docs)] // The documentation is in the WIT.
    spin_sdk::wit_bindgen::generate!({
        world: "store",
        path: "../../wit",
        runtime_path: "::spin_sdk::wit_bindgen::rt",
        generate_all,
    });
}

/// The exports of the contract are implemented on this.
struct Store;

bindings::export!(Store with_types_in bindings);

/// The longest page of any list; a caller that asks for more gets no more.
const PAGE_ROWS_MAX: u32 = 1_000;

/// A page's length as a parameter of a statement.
fn page(limit: u32) -> spin_sdk::sqlite::Value {
    limit.min(PAGE_ROWS_MAX).into()
}
