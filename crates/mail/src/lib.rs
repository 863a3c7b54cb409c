//! The mails of Akses (ALL-3): what happened, what to do next, and by when, in
//! plain Indonesian, as plain text with an HTML alternative that says the same.
//!
//! Names and reasons were typed by people and are hostile until proven
//! otherwise: they cannot add a header, end a part, or become markup. There are
//! no images and no tracking; the only link is the service's own address.
//!
//! **Architecture Invariant:** pure; nothing here asks for the time or the
//! network, and the same notification gives the same mail.

mod clean;
mod invitation;
mod letter;
mod render;

use akses_domain::time::{Instant, Zone};
use lettre::message::header::{
    ContentTransferEncoding, ContentType, HeaderName, HeaderValue, MessageId,
};
use lettre::message::{Body, Mailbox, MultiPart, SinglePart};
use std::fmt;
use std::time::{Duration, UNIX_EPOCH};

pub use lettre::Message;

/// What the outbox knows about a mail that is due.
#[derive(Debug, Clone)]
pub struct Notification {
    /// The outbox row; makes the Message-ID unique.
    pub id: i64,
    /// The subject of the event.
    pub subject: String,
    /// The version of that event.
    pub version: u32,
    /// Which text.
    pub template: String,
    /// Where to.
    pub recipient_email: String,
    /// To whom.
    pub recipient_name: String,
    /// The event's data, as JSON.
    pub event: String,
    /// When the event happened.
    pub at: Instant,
    /// The role as people know it.
    pub role_name: String,
    /// The work unit.
    pub work_unit_name: String,
    /// Its institution.
    pub institution_name: String,
    /// The institution's zone, in which all dates are written.
    pub zone: Zone,
}

/// Who sends.
#[derive(Debug, Clone)]
pub struct Office {
    /// The sender, from the variable `mail_from`.
    from: Mailbox,
    /// The address people reach the service at, without a slash at its end.
    origin: String,
}

/// Why there is no such mail. Trying again does not help. The text is for
/// operators and names no person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsendable {
    /// No text of that name.
    UnknownTemplate(String),
    /// The event's data is not what the text needs.
    BadEvent(String),
    /// The recipient has no usable address.
    BadRecipient,
}

impl fmt::Display for Unsendable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownTemplate(name) => write!(f, "there is no mail text `{name}`"),
            Self::BadEvent(why) => write!(f, "the event does not fit the mail text: {why}"),
            Self::BadRecipient => f.write_str("the recipient has no usable address"),
        }
    }
}

impl std::error::Error for Unsendable {}

impl Office {
    /// From the variables `mail_from` and `public_origin`.
    ///
    /// # Errors
    /// What is wrong with them, for operators.
    pub fn new(mail_from: &str, public_origin: &str) -> Result<Self, String> {
        let from: Mailbox = mail_from
            .parse()
            .map_err(|error| format!("mail_from is no address: {error}"))?;
        let origin = public_origin.trim_end_matches('/');
        let host = origin
            .strip_prefix("https://")
            .or_else(|| origin.strip_prefix("http://"));
        let is_plain = |host: &str| {
            !host.is_empty()
                && host
                    .chars()
                    .all(|c| c.is_ascii_graphic() && !"<>\"'&/".contains(c))
        };
        if !host.is_some_and(is_plain) {
            return Err("public_origin is not http(s)://HOST".to_owned());
        }
        Ok(Self {
            from,
            origin: origin.to_owned(),
        })
    }

    /// The sender's domain: how we greet a relay.
    pub fn domain(&self) -> &str {
        self.from.email.domain()
    }
}

/// Writes the mail about a notification, dated `now`.
///
/// # Errors
/// [`Unsendable`] when no mail can be made of it, now or later.
pub fn compose(
    notification: &Notification,
    office: &Office,
    now: Instant,
) -> Result<Message, Unsendable> {
    let letter = letter::write(notification)?;
    let plain = render::plain(&letter, &office.origin);
    let html = render::html(&letter, &office.origin);
    let fixed = |name, value: &str| {
        HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
    };
    Message::builder()
        .from(office.from.clone())
        .to(recipient(notification)?)
        .subject(letter.subject)
        .date(UNIX_EPOCH + Duration::from_millis(now.ms().try_into().unwrap_or_default()))
        .header(MessageId::from(message_id(notification, office)))
        // RFC 3834: no out-of-office answers, please. Exchange asks for its own.
        .raw_header(fixed("Auto-Submitted", "auto-generated"))
        .raw_header(fixed("X-Auto-Response-Suppress", "All"))
        .raw_header(fixed("Content-Language", "id"))
        .multipart(content(notification, office, plain, html)?)
        .map_err(|_| Unsendable::BadRecipient)
}

/// The text twice, and an invitation for the calendar when the mail has one.
fn content(
    notification: &Notification,
    office: &Office,
    plain: String,
    html: String,
) -> Result<MultiPart, Unsendable> {
    let text = MultiPart::alternative()
        .boundary(boundary(notification))
        .singlepart(part(ContentType::TEXT_PLAIN, plain)?)
        .singlepart(part(ContentType::TEXT_HTML, html)?);
    let Some(meeting) = letter::invitation(notification)? else {
        return Ok(text);
    };
    let invitation = invitation::write(notification, &meeting, office)?;
    Ok(MultiPart::mixed()
        .boundary(format!("{}_mixed", boundary(notification)))
        .multipart(text)
        .singlepart(invitation))
}

fn recipient(notification: &Notification) -> Result<Mailbox, Unsendable> {
    let address = notification
        .recipient_email
        .parse()
        .map_err(|_| Unsendable::BadRecipient)?;
    let name = clean::line(&notification.recipient_name);
    Ok(Mailbox::new(
        Some(name).filter(|name| !name.is_empty()),
        address,
    ))
}

/// The same with every try, so that a mail which arrives twice is one to
/// whoever sorts it.
fn message_id(notification: &Notification, office: &Office) -> String {
    let Notification { version, id, .. } = notification;
    let subject = clean::token(&notification.subject);
    format!("<{subject}.{version}.{id}@{}>", office.from.email.domain())
}

/// `=_` occurs in no quoted-printable text (RFC 2045, 6.7), so nothing that
/// somebody typed can end a part.
fn boundary(notification: &Notification) -> String {
    format!("=_akses_{}_{}", notification.id, notification.version)
}

fn part(content_type: ContentType, text: String) -> Result<SinglePart, Unsendable> {
    let body = Body::new_with_encoding(text, ContentTransferEncoding::QuotedPrintable)
        .map_err(|_| Unsendable::BadEvent("its text cannot be encoded".to_owned()))?;
    Ok(SinglePart::builder().header(content_type).body(body))
}
