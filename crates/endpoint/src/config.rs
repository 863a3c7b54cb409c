//! Configuration: variables of spin.toml, read synchronously because timers
//! read them too.

use crate::problem::Problem;
use akses_domain::time::CutOff;
use spin_sdk::experimental::wasi::config::store;

/// The value of a variable; empty when it is not set or not granted.
pub fn variable(name: &str) -> String {
    store::get(name).ok().flatten().unwrap_or_default()
}

/// Since when past-due accesses expire by themselves (EXP-4).
///
/// # Errors
/// An internal problem when `cut_off_date` is no date.
pub fn cut_off() -> Result<CutOff, Problem> {
    let text = variable("cut_off_date");
    text.parse()
        .map(|last_day| CutOff { last_day })
        .map_err(|_| Problem::internal(format!("variable cut_off_date is no date: `{text}`")))
}

/// Whether people reach this service over TLS, so that cookies can be Secure.
pub fn is_https() -> bool {
    variable("public_origin").starts_with("https://")
}
