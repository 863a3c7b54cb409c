//! One run of the postman.

use crate::retry;
use akses_domain::time::Instant;
use akses_endpoint::{config, now};
use akses_mail::{Message, Notification, Office};
use akses_smtp::{NotSent, REPLY_MS_MAX, Relay, SEND_MS_MAX};
use akses_timer::store::notifications::{self, Delivery, Mail};
use akses_timer::store::types::Error;
use akses_timer::{Budget, Fault};
use serde::Serialize;
use std::net::SocketAddr;
use std::time::Duration;
use uuid::Uuid;

/// Mails that one lease takes. Few, because a killed run keeps them waiting
/// until the lease ends.
const GROUP_MAILS: u32 = 10;

/// How long a lease lasts: the slowest mail, with room for those before it.
const LEASE_MS: i64 = 300_000;

/// No mail is begun when its lease might end under it: another postman would
/// send it as well. Settling may wait for the database too.
const LEASE_LEFT_MS_MIN: i64 = SEND_MS_MAX as i64 + REPLY_MS_MAX as i64;

/// How often a result is offered to a busy store: a mail that went out and is
/// not settled goes out again.
const SETTLE_TRIES_MAX: u32 = 3;

const SETTLE_WAIT_MS: u64 = 250;

#[derive(Serialize, Default)]
pub(crate) struct Outcome {
    /// Mails that the relay took.
    sent: u64,
    /// Mails that will be tried again.
    retried: u64,
    /// Mails that a person has to look at.
    dead: u64,
    /// Mails whose result came after the end of their lease.
    lost: u64,
    /// Whether nothing was left that was due.
    done: bool,
}

/// What a run needs from spin.toml.
struct Settings {
    relay: SocketAddr,
    credentials: Option<(String, String)>,
    office: Office,
}

impl Settings {
    fn read() -> Result<Self, Fault> {
        let office = Office::new(
            &config::variable("mail_from"),
            &config::variable("public_origin"),
        )
        .map_err(Fault::Configuration)?;
        let relay = config::variable("smtp_relay").parse().map_err(|_| {
            Fault::Configuration("smtp_relay is not IP:PORT (there is no DNS here)".to_owned())
        })?;
        let user = config::variable("smtp_user");
        let password = config::variable("smtp_password");
        let credentials = (!user.is_empty()).then_some((user, password));
        Ok(Self {
            relay,
            credentials,
            office,
        })
    }
}

/// Group after group until nothing is due or the time is over.
pub(crate) fn deliver() -> Result<Outcome, Fault> {
    let settings = Settings::read()?;
    let mut round = Round {
        worker: Uuid::now_v7().to_string(),
        budget: Budget::begin(),
        leased_until: Instant::from_ms(0),
        relay: None,
        settings,
        outcome: Outcome::default(),
    };
    let result = round.walk();
    if let Some(relay) = round.relay.take() {
        relay.quit();
    }
    result.map(|()| round.outcome)
}

struct Round {
    /// Whose leases these are: every run has a name of its own.
    worker: String,
    budget: Budget,
    leased_until: Instant,
    relay: Option<Relay>,
    settings: Settings,
    outcome: Outcome,
}

impl Round {
    fn walk(&mut self) -> Result<(), Fault> {
        while self.budget.is_left() {
            let now = now();
            self.leased_until = Instant::from_ms(now.ms() + LEASE_MS);
            let group =
                notifications::lease(&self.worker, now.ms(), self.leased_until.ms(), GROUP_MAILS)?;
            if group.is_empty() {
                self.outcome.done = true;
                return Ok(());
            }
            if !self.carry(group)? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Delivers a group; false when the relay is no use at the moment. What was
    /// leased and not tried is given back, so that nobody waits for the lease.
    fn carry(&mut self, group: Vec<Mail>) -> Result<bool, Fault> {
        let mut mails = group.into_iter();
        while let Some(mail) = mails.next() {
            if !self.may_begin() {
                self.give_back(std::iter::once(mail).chain(mails))?;
                return Ok(false);
            }
            if let Err(broken) = self.try_one(&mail)? {
                self.relay = None;
                for mail in std::iter::once(mail).chain(mails) {
                    self.settle_failed(&mail, broken.clone())?;
                }
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn may_begin(&self) -> bool {
        self.budget.is_left() && self.leased_until.ms() - now().ms() >= LEASE_LEFT_MS_MIN
    }

    /// One mail: written, handed over, settled. The inner error is the relay's
    /// and concerns all mails.
    fn try_one(&mut self, mail: &Mail) -> Result<Result<(), String>, Fault> {
        // A mail that kills its postman each time never comes to be settled.
        if mail.attempts >= retry::TRIES_MAX {
            let why = format!("{} tries ended without a result", mail.attempts);
            self.settle(mail.id, &Delivery::Dead(why))?;
            return Ok(Ok(()));
        }
        let message = match self.write(mail) {
            Ok(message) => message,
            Err(why) => {
                self.settle(mail.id, &Delivery::Dead(why))?;
                return Ok(Ok(()));
            }
        };
        let relay = match self.relay() {
            Ok(relay) => relay,
            Err(broken) => return Ok(Err(broken)),
        };
        match relay.send(&message) {
            Ok(()) => self.settle(mail.id, &Delivery::Sent)?,
            Err(NotSent::Later(why)) => self.settle_failed(mail, why)?,
            Err(NotSent::Never(why)) => self.settle(mail.id, &Delivery::Dead(why))?,
            Err(NotSent::Broken(broken)) => return Ok(Err(broken.to_string())),
        }
        Ok(Ok(()))
    }

    fn write(&self, mail: &Mail) -> Result<Message, String> {
        let zone = mail.zone.parse()?;
        let notification = Notification {
            id: mail.id,
            subject: mail.subject.clone(),
            version: mail.version,
            template: mail.template.clone(),
            recipient_email: mail.recipient_email.clone(),
            recipient_name: mail.recipient_name.clone(),
            event: mail.event.clone(),
            at: Instant::from_ms(mail.at),
            role_name: mail.role_name.clone(),
            work_unit_name: mail.work_unit_name.clone(),
            institution_name: mail.institution_name.clone(),
            zone,
        };
        akses_mail::compose(&notification, &self.settings.office, now())
            .map_err(|unsendable| unsendable.to_string())
    }

    /// The connection of this run, made for its first mail.
    fn relay(&mut self) -> Result<&mut Relay, String> {
        let relay = match self.relay.take() {
            Some(relay) => relay,
            None => {
                let Settings {
                    relay,
                    credentials,
                    office,
                } = &self.settings;
                Relay::connect(*relay, office.domain(), credentials.clone())
                    .map_err(|broken| broken.to_string())?
            }
        };
        Ok(self.relay.insert(relay))
    }

    fn give_back(&mut self, mails: impl Iterator<Item = Mail>) -> Result<(), Fault> {
        for mail in mails {
            let why = "not tried: the run's time was over".to_owned();
            self.settle(mail.id, &Delivery::Retry((now().ms(), why)))?;
        }
        Ok(())
    }

    fn settle_failed(&mut self, mail: &Mail, why: String) -> Result<(), Fault> {
        self.settle(
            mail.id,
            &retry::after(mail.attempts.saturating_add(1), now(), why),
        )
    }

    fn settle(&mut self, id: i64, delivery: &Delivery) -> Result<(), Fault> {
        let mut tries = 1;
        let is_ours = loop {
            match notifications::settle(id, &self.worker, now().ms(), delivery) {
                Err(Error::Unavailable(_)) if tries < SETTLE_TRIES_MAX => {
                    tries += 1;
                    std::thread::sleep(Duration::from_millis(SETTLE_WAIT_MS));
                }
                settled => break settled?,
            }
        };
        let count = match delivery {
            _ if !is_ours => &mut self.outcome.lost,
            Delivery::Sent => &mut self.outcome.sent,
            Delivery::Retry(_) => &mut self.outcome.retried,
            Delivery::Dead(_) => &mut self.outcome.dead,
        };
        *count += 1;
        Ok(())
    }
}
