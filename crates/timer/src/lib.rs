//! What timers share.
//!
//! A timer has two doors, the cron trigger and a guarded HTTP route, and one
//! run behind both. A run works in small steps, each complete by itself, and
//! ends early when its time is over: whoever kills it half-way, or runs two at
//! once, loses and doubles nothing.

use akses_contract::timer::fermyon::spin_cron::cron_types;
use akses_domain::time::Instant;
use akses_endpoint::store::events::Stamp;
use akses_endpoint::{
    Call, JSON_BODY_BYTES_MAX, Problem, Reply, StoreFault, operator, serve_admitted,
};
use serde::Serialize;
use serde_json::{Value, json};
use spin_sdk::http::{Method, Request};
use std::fmt;
use std::time::Duration;

pub use akses_contract::timer as contract;
pub use akses_contract::timer::inaproc::akses as store;
pub use akses_endpoint::Response;

/// No new step begins after this. Hosts give a request 30 s, and a step may
/// wait 5 s for the database.
pub const RUN_MS_MAX: u64 = 20_000;

/// Why a run ended before its work was done. For operators only.
#[derive(Debug)]
pub enum Fault {
    /// The store could not do its part.
    Store(store::types::Error),
    /// A variable of spin.toml is missing or no good.
    Configuration(String),
    /// What the timer shares with operations ended with a problem.
    Problem(Problem),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use store::types::Error;
        match self {
            Self::Store(Error::Unavailable(text)) => write!(f, "the store is unavailable: {text}"),
            Self::Store(Error::Full(text)) => write!(f, "the store is full: {text}"),
            Self::Store(Error::UnknownSchema(text)) => write!(f, "the schema is unknown: {text}"),
            Self::Store(Error::Corrupt(text)) => write!(f, "a stored value is corrupt: {text}"),
            Self::Configuration(text) => write!(f, "the configuration is wrong: {text}"),
            Self::Problem(problem) => {
                write!(f, "{}: {}", problem.kind(), problem.inside().unwrap_or("-"))
            }
        }
    }
}

impl From<store::types::Error> for Fault {
    fn from(error: store::types::Error) -> Self {
        Self::Store(error)
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        use store::types::Error;
        match fault {
            Fault::Store(Error::Unavailable(text)) => StoreFault::Unavailable(text).into(),
            Fault::Store(Error::Full(text)) => StoreFault::Full(text).into(),
            Fault::Problem(problem) => problem,
            fault => Self::internal(fault.to_string()),
        }
    }
}

/// How long this run may begin new steps.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    began: std::time::Instant,
}

impl Budget {
    /// Begins now.
    pub fn begin() -> Self {
        Self {
            began: std::time::Instant::now(),
        }
    }

    /// Whether a new step may begin.
    pub fn is_left(&self) -> bool {
        !self.left().is_zero()
    }

    /// Whether more than half of it is left: what only looks for work stops there,
    /// so that some of it is done.
    pub fn half_is_left(&self) -> bool {
        self.left() > Duration::from_millis(RUN_MS_MAX / 2)
    }

    /// What is left of it.
    pub fn left(&self) -> Duration {
        Duration::from_millis(RUN_MS_MAX).saturating_sub(self.began.elapsed())
    }
}

/// Both doors of a timer before one run of it. Who uses it depends on `spin-sdk`.
#[macro_export]
macro_rules! two_doors {
    ($name:expr, $run:expr) => {
        struct Doors;

        $crate::contract::export!(Doors with_types_in $crate::contract);

        impl $crate::contract::Guest for Doors {
            fn handle_cron_event(
                _: $crate::contract::fermyon::spin_cron::cron_types::Metadata,
            ) -> Result<(), $crate::contract::fermyon::spin_cron::cron_types::Error> {
                $crate::tick($name, $run)
            }
        }

        #[spin_sdk::http_service]
        async fn serve(request: spin_sdk::http::Request) -> $crate::Response {
            $crate::drive($name, request, $run).await
        }
    };
}

/// The cron trigger's door: one run, one line in the log.
///
/// # Errors
/// What the trigger logs.
pub fn tick<T: Serialize>(
    timer: &str,
    run: impl FnOnce(Instant) -> Result<T, Fault>,
) -> Result<(), cron_types::Error> {
    match run(akses_endpoint::now()) {
        Ok(outcome) => {
            log(timer, &json!(outcome));
            Ok(())
        }
        Err(fault) => Err(cron_types::Error::Other(fault.to_string())),
    }
}

/// The operator's door: POST with the operator's token, answers what was done.
pub async fn drive<T: Serialize>(
    timer: &str,
    request: Request,
    run: impl FnOnce(Instant) -> Result<T, Fault>,
) -> Response {
    let once = async |call: Call| {
        let outcome = run(call.now())?;
        log(timer, &json!(outcome));
        Reply::json(&outcome)
    };
    serve_admitted(
        request,
        Method::POST,
        JSON_BODY_BYTES_MAX,
        operator::admit,
        once,
    )
    .await
}

/// Who does it, in the record: the timer, by the clock, on nobody's request.
pub fn stamp(timer: &str, now: Instant) -> Stamp {
    Stamp {
        actor: format!("timer:{timer}"),
        at: now.ms(),
        origin: "timer".to_owned(),
        request_id: String::new(),
        idempotency: None,
    }
}

/// One JSON line for operators. Runs that found nothing to do are silent.
fn log(timer: &str, outcome: &Value) {
    let did_something = |value: &Value| value.as_u64().is_some_and(|count| count > 0);
    if outcome
        .as_object()
        .is_some_and(|members| members.values().any(did_something))
    {
        akses_endpoint::log::line(&json!({ "level": "INFO", "timer": timer, "outcome": outcome }));
    }
}
