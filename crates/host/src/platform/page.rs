//! What a browser meets: `/` says what this is, `POST /masuk/CODE` takes the form
//! with the assertion. Programs that ask for JSON get the same as JSON.

use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderMap};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use maud::{Markup, html};
use serde_json::json;
use tokio::time::timeout;

use super::{Claims, Place, Platform, Refused};
use crate::mailbox::page::{Answer, document, empty, is_local_name, page, plain, respond};

/// How long it may take to send the form.
const BODY_READ_MS: u64 = 10_000;
/// A form with one assertion has under 2,000 bytes.
const FORM_BYTES_MAX: usize = 16 * 1024;

/// What a browser or a program gets.
pub(super) async fn answer(request: Request<Incoming>, platform: &Platform) -> Answer {
    if !is_local_name(request.headers()) {
        return plain(
            StatusCode::MISDIRECTED_REQUEST,
            "Buka platform demo lewat alamat 127.0.0.1.",
        );
    }
    let path = request.uri().path().to_owned();
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if path == "/" {
        return if reads {
            page(StatusCode::OK, front_page(platform))
        } else {
            empty(StatusCode::METHOD_NOT_ALLOWED)
        };
    }
    let code = path.strip_prefix("/masuk/").unwrap_or_default();
    let Some(place) = platform.place(code) else {
        return plain(
            StatusCode::NOT_FOUND,
            "Tidak ada platform demo di alamat ini.",
        );
    };
    if request.method() != Method::POST {
        return empty(StatusCode::METHOD_NOT_ALLOWED);
    }
    let as_json = wants_json(request.headers());
    let outcome = match assertion(request).await {
        Some(assertion) => platform.admit(place, &assertion).await,
        None => Err(Refused::Unreadable),
    };
    if let Err(refused) = &outcome {
        tracing::info!(platform = place.code, ?refused, "nobody entered");
    }
    if as_json {
        entry_json(place, &outcome)
    } else {
        entry_page(place, &outcome)
    }
}

/// The field of the form, if it comes whole and in time.
async fn assertion(request: Request<Incoming>) -> Option<String> {
    let body = Limited::new(request.into_body(), FORM_BYTES_MAX).collect();
    let body = timeout(Duration::from_millis(BODY_READ_MS), body).await;
    let body = body.ok()?.ok()?.to_bytes();
    let mut fields = form_urlencoded::parse(&body);
    let field = fields.find(|(name, _)| name == "assertion")?;
    Some(field.1.into_owned())
}

fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT);
    accept
        .and_then(|value| value.to_str().ok())
        .is_some_and(|text| text.contains("application/json"))
}

fn status(outcome: &Result<Claims, Refused>) -> StatusCode {
    match outcome {
        Ok(_) => StatusCode::OK,
        Err(Refused::NoKeys | Refused::Busy) => StatusCode::SERVICE_UNAVAILABLE,
        Err(_) => StatusCode::FORBIDDEN,
    }
}

fn entry_json(place: &Place, outcome: &Result<Claims, Refused>) -> Answer {
    let body = match outcome {
        Ok(claims) => json!({ "platform": place.code, "entered": claims }),
        Err(refused) => {
            json!({ "platform": place.code, "refused": refused, "detail": refused.text() })
        }
    };
    let body = Bytes::from(body.to_string());
    respond(status(outcome), "application/json", body)
}

fn front_page(platform: &Platform) -> Markup {
    let body = html! {
        header { h1 { "Platform demo" } }
        p.hint {
            "Halaman ini berpura-pura menjadi platform pengadaan. Masuklah dari layanan Akses di "
            a href=(platform.issuer) { (platform.issuer) } "."
        }
        table {
            thead { tr { th { "Platform" } th { "Audience" } } }
            tbody {
                @for place in &platform.places {
                    tr { td { (place.code) } td { (place.audience) } }
                }
            }
        }
    };
    document("Platform demo", html! {}, body)
}

fn entry_page(place: &Place, outcome: &Result<Claims, Refused>) -> Answer {
    let title = format!("{} (demo)", place.code);
    let body = match outcome {
        Ok(claims) => html! {
            h1 { "Selamat datang di " (place.code) }
            dl {
                dt { "Nama" } dd { (claims.name) }
                dt { "Peran" } dd { (claims.role) }
                dt { "Instansi" } dd { (claims.institution) }
                dt { "Satuan kerja" } dd { (claims.work_unit) }
                dt { "Akses berlaku sampai" } dd { (claims.valid_until) }
                dt { "Akun" } dd { (claims.sub) }
                dt { "Akses" } dd { (claims.access) }
                dt { "Surat masuk" } dd { (claims.jti) }
                @if let Some(nonce) = &claims.nonce {
                    dt { "Nonce" } dd { (nonce) }
                }
            }
        },
        Err(refused) => html! {
            h1 { "Tidak dapat masuk ke " (place.code) }
            p { (refused.text()) }
        },
    };
    page(status(outcome), document(&title, html! {}, body))
}
