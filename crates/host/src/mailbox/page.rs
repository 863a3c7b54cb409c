//! The mailbox's page ("Kotak surat demo") and its JSON.
//!
//! Letters are strangers' content: everything is escaped by the template, the HTML
//! part is shown in a sandboxed frame without scripts, and the page itself loads
//! nothing. Only addresses by number or `localhost` are answered, so that a web
//! site cannot read the mailbox through a name it points at this machine.

use std::net::IpAddr;

use bytes::Bytes;
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::Full;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::letters::{Letter, Letters, MESSAGES_MAX};

/// The list shows new letters by itself this often.
const REFRESH_S: u32 = 5;

/// Styles are inline because mails carry theirs inline, and a `srcdoc` frame
/// lives under the page's own policy. Nothing else is allowed in or out.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; \
    img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const STYLE: &str = "
    body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1.5rem; color: #1b1f24; background: #fff }
    h1 { font-size: 1.4rem; margin: 0 } header { display: flex; gap: 1rem; align-items: center; justify-content: space-between }
    p.hint { color: #57606a; margin: .25rem 0 1.5rem } a { color: #0b57a4 }
    table { width: 100%; border-collapse: collapse } th, td { text-align: left; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid #d8dee4; vertical-align: top }
    td { overflow-wrap: anywhere } th { font-weight: 600; white-space: nowrap }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem } dt { color: #57606a } dd { margin: 0; overflow-wrap: anywhere }
    pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f6f8fa; padding: 1rem; border-radius: 6px }
    iframe { width: 100%; height: 36rem; border: 1px solid #d8dee4; border-radius: 6px; background: #fff }
    button { font: inherit; padding: .35rem .9rem } h2 { font-size: 1.05rem; margin-top: 1.5rem }
";

pub(crate) type Answer = Response<Full<Bytes>>;

/// What a browser or a program gets.
pub(super) fn answer<B>(request: &Request<B>, letters: &Letters) -> Answer {
    let (method, path) = (request.method(), request.uri().path());
    let headers = request.headers();
    if !is_local_name(headers) {
        return plain(
            StatusCode::MISDIRECTED_REQUEST,
            "Buka kotak surat lewat alamat 127.0.0.1.",
        );
    }
    let changes = *method != Method::GET && *method != Method::HEAD;
    if changes && comes_from_elsewhere(headers) {
        return plain(StatusCode::FORBIDDEN, "Permintaan dari situs lain ditolak.");
    }
    match (method.as_str(), path) {
        ("GET" | "HEAD", "/") => page(StatusCode::OK, list_page(letters)),
        ("GET" | "HEAD", "/messages") => json(letters),
        ("DELETE", "/messages") => {
            letters.clear();
            empty(StatusCode::NO_CONTENT)
        }
        ("POST", "/kosongkan") => {
            letters.clear();
            let mut answer = empty(StatusCode::SEE_OTHER);
            set(&mut answer, header::LOCATION, "/");
            answer
        }
        ("GET" | "HEAD", _) => one_letter(path, letters).unwrap_or_else(not_found),
        (_, "/" | "/messages" | "/kosongkan") => empty(StatusCode::METHOD_NOT_ALLOWED),
        _ => not_found(),
    }
}

/// `/surat/7` is the page of a letter, `/surat/7.eml` the letter as it came.
fn one_letter(path: &str, letters: &Letters) -> Option<Answer> {
    let name = path.strip_prefix("/surat/")?;
    if let Some(id) = name.strip_suffix(".eml") {
        let letter = letters.get(id.parse().ok()?)?;
        let raw = Bytes::copy_from_slice(&letter.raw);
        // As text, so that a browser shows it and never takes it for a page.
        return Some(respond(StatusCode::OK, "text/plain; charset=utf-8", raw));
    }
    let letter = letters.get(name.parse().ok()?)?;
    Some(page(StatusCode::OK, letter_page(&letter)))
}

/// The `Host` header names this machine and not a name that merely leads here.
pub(crate) fn is_local_name(headers: &HeaderMap) -> bool {
    let Some(host) = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
    else {
        return false;
    };
    let Ok(authority) = host.parse::<http::uri::Authority>() else {
        return false;
    };
    let name = authority.host().trim_matches(['[', ']']);
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok()
}

/// Browsers tell where a request was made; other clients need not.
fn comes_from_elsewhere(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-site")
        .is_some_and(|site| site != "same-origin" && site != "none")
}

fn list_page(letters: &Letters) -> Markup {
    let mut newest_first = letters.all();
    newest_first.reverse();
    let count = newest_first.len();
    let refresh = html! { meta http-equiv="refresh" content=(REFRESH_S); };
    let body = html! {
        header {
            h1 { "Kotak surat demo" }
            @if count > 0 {
                form method="post" action="/kosongkan" { button { "Kosongkan" } }
            }
        }
        p.hint {
            (count) " surat. Surat di sini tidak dikirim ke siapa pun; hanya "
            (MESSAGES_MAX) " surat terbaru yang disimpan. Halaman ini diperbarui setiap "
            (REFRESH_S) " detik."
        }
        @if count == 0 {
            p { "Belum ada surat. Lakukan sesuatu di aplikasi, misalnya mengajukan akses, lalu kembali ke sini." }
        } @else {
            table {
                thead { tr { th { "Kepada" } th { "Perihal" } th { "Tanggal" } } }
                tbody {
                    @for letter in &newest_first {
                        tr {
                            td { (letter.to.join(", ")) }
                            td { a href={ "/surat/" (letter.id) } { (subject(letter)) } }
                            td { (letter.date.as_deref().unwrap_or("-")) }
                        }
                    }
                }
            }
        }
    };
    document("Kotak surat demo", refresh, body)
}

fn letter_page(letter: &Letter) -> Markup {
    let body = html! {
        p { a href="/" { "← Kotak surat demo" } }
        h1 { (subject(letter)) }
        dl {
            dt { "Dari" } dd { (letter.from) }
            dt { "Kepada" } dd { (letter.to.join(", ")) }
            dt { "Tanggal" } dd { (letter.date.as_deref().unwrap_or("-")) }
            dt { "Message-ID" } dd { (letter.message_id) }
            @for attachment in &letter.attachments {
                dt { "Lampiran" }
                dd { (attachment.name) " (" (attachment.content_type) ", " (attachment.bytes) " bita)" }
            }
            dt { "Sumber" } dd { a href={ "/surat/" (letter.id) ".eml" } { "surat apa adanya" } }
        }
        @if let Some(part) = &letter.html {
            h2 { "Tampilan HTML" }
            // Links open in a tab of their own; scripts, forms and same-origin stay off.
            iframe title="Isi surat (HTML)" referrerpolicy="no-referrer"
                sandbox="allow-popups allow-popups-to-escape-sandbox"
                srcdoc={ "<base target=\"_blank\">" (part) } {}
        }
        h2 { "Tampilan teks" }
        @match &letter.text {
            Some(text) => pre { (text) },
            None => p { "Surat ini tidak mempunyai bagian teks." },
        }
    };
    document(subject(letter), html! {}, body)
}

fn subject(letter: &Letter) -> &str {
    if letter.subject.is_empty() {
        "(tanpa perihal)"
    } else {
        &letter.subject
    }
}

pub(crate) fn document(title: &str, head: Markup, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="id" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                (head)
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { (body) }
        }
    }
}

fn json(letters: &Letters) -> Answer {
    let all = letters.all();
    let list: Vec<&Letter> = all.iter().map(AsRef::as_ref).collect();
    match serde_json::to_vec(&list) {
        Ok(body) => respond(StatusCode::OK, "application/json", body.into()),
        Err(_) => empty(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

pub(crate) fn page(status: StatusCode, markup: Markup) -> Answer {
    let body = Bytes::from(markup.into_string());
    respond(status, "text/html; charset=utf-8", body)
}

fn not_found() -> Answer {
    let body = html! {
        h1 { "Tidak ditemukan" }
        p { "Surat itu tidak ada atau sudah dihapus. " a href="/" { "Kembali ke kotak surat" } "." }
    };
    let markup = document("Tidak ditemukan", html! {}, body);
    page(StatusCode::NOT_FOUND, markup)
}

pub(crate) fn plain(status: StatusCode, text: &'static str) -> Answer {
    respond(
        status,
        "text/plain; charset=utf-8",
        Bytes::from_static(text.as_bytes()),
    )
}

pub(crate) fn empty(status: StatusCode) -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = status;
    harden(&mut answer);
    answer
}

pub(crate) fn respond(status: StatusCode, content_type: &'static str, body: Bytes) -> Answer {
    let mut answer = Response::new(Full::new(body));
    *answer.status_mut() = status;
    set(&mut answer, header::CONTENT_TYPE, content_type);
    harden(&mut answer);
    answer
}

fn harden(answer: &mut Answer) {
    set(
        answer,
        header::CONTENT_SECURITY_POLICY,
        CONTENT_SECURITY_POLICY,
    );
    set(answer, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(answer, header::REFERRER_POLICY, "no-referrer");
    set(answer, header::CACHE_CONTROL, "no-store");
}

fn set(answer: &mut Answer, name: HeaderName, value: &'static str) {
    answer
        .headers_mut()
        .insert(name, HeaderValue::from_static(value));
}
