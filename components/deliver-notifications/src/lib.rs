//! The postman: hands due mails of the outbox to the SMTP relay, over one
//! connection per run.
//!
//! A mail is settled as soon as the relay took it, before the next one is
//! begun. Whoever kills a run can therefore double at most the one mail under
//! way, and both copies have the same Message-ID.

mod retry;
mod run;

use akses_timer::two_doors;

const NAME: &str = "deliver-notifications";

two_doors!(NAME, |_| run::deliver());
