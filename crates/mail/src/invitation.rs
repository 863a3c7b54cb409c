//! The invitation to a meeting as calendars take it (RFC 5545, RFC 5546): each
//! mail about a meeting has the same UID and a higher SEQUENCE, so that a calendar
//! moves the entry it has instead of making another.

use crate::letter::Meeting;
use crate::{Notification, Office, Unsendable, clean};
use akses_domain::time::Instant;
use chrono::{DateTime, Utc};
use icalendar::{Calendar, Component, Event, EventLike, Property};
use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Attachment, Body, SinglePart};

const FILE_NAME: &str = "rapat-verifikasi.ics";

const CONTENT_TYPE: &str = "text/calendar; charset=utf-8; method=REQUEST";

/// The attachment.
pub(crate) fn write(
    notification: &Notification,
    meeting: &Meeting,
    office: &Office,
) -> Result<SinglePart, Unsendable> {
    let content_type = ContentType::parse(CONTENT_TYPE)
        .map_err(|_| Unsendable::BadEvent("its invitation has no type".to_owned()))?;
    // Encoded, so that no relay touches it and nothing typed ends a part.
    let text = text(notification, meeting, office);
    let body = Body::new_with_encoding(text, ContentTransferEncoding::Base64)
        .map_err(|_| Unsendable::BadEvent("its invitation cannot be encoded".to_owned()))?;
    Ok(Attachment::new(FILE_NAME.to_owned()).body(body, content_type))
}

fn text(notification: &Notification, meeting: &Meeting, office: &Office) -> String {
    let unit = clean::line(&notification.work_unit_name);
    let about = format!(
        "Siapkan Surat Tugas. Masuk ke Akses ({}/), buka pengajuan, lalu tekan Gabung Rapat.",
        office.origin
    );
    let mut attendee = Property::new(
        "ATTENDEE",
        format!("mailto:{}", notification.recipient_email),
    );
    attendee.add_parameter("RSVP", "FALSE");
    let event = Event::new()
        .uid(&format!(
            "{}@{}",
            clean::token(&notification.subject),
            office.domain()
        ))
        .sequence(notification.version.saturating_sub(1))
        .timestamp(utc(notification.at))
        .starts(utc(meeting.starts_at))
        .ends(utc(meeting.ends_at))
        .summary(&format!("Rapat verifikasi akses: {unit}"))
        .description(&about)
        .location(&format!("{}/", office.origin))
        .add_property("ORGANIZER", format!("mailto:{}", office.from.email))
        .append_property(attendee)
        .done();
    let mut calendar = Calendar::empty();
    calendar.append_property(Property::new("VERSION", "2.0"));
    calendar.append_property(Property::new("PRODID", "-//INAPROC//Akses//ID"));
    calendar.append_property(Property::new("METHOD", "REQUEST"));
    calendar.push(event);
    calendar.done().to_string()
}

fn utc(at: Instant) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at.ms()).unwrap_or(DateTime::UNIX_EPOCH)
}
