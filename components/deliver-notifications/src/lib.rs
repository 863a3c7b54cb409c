//! The postman: hands due mails of the outbox to the SMTP relay, over one
//! connection per run.
//!
//! A mail is settled as soon as the relay took it, before the next one is
//! begun. Whoever kills a run can therefore double at most the one mail under
//! way, and both copies have the same Message-ID.

mod retry;
mod run;

use akses_contract::timer::fermyon::spin_cron::cron_types::{Error, Metadata};
use akses_contract::timer::{Guest, export};
use akses_endpoint::Response;
use akses_timer::{drive, tick};
use spin_sdk::http::Request;
use spin_sdk::http_service;

const NAME: &str = "deliver-notifications";

struct Postman;

export!(Postman with_types_in akses_contract::timer);

impl Guest for Postman {
    fn handle_cron_event(_: Metadata) -> Result<(), Error> {
        tick(NAME, |_| run::deliver())
    }
}

#[http_service]
async fn serve(request: Request) -> Response {
    drive(NAME, request, |_| run::deliver()).await
}
