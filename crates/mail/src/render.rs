//! A letter as plain text and as HTML. Both say the same.

use crate::clean::html as escape;
use crate::letter::Letter;
use std::fmt::Write as _;

const NEXT: &str = "Langkah berikutnya";

const CLOSING: &str = "Surel ini dikirim otomatis; jangan dibalas. Akses INAPROC tidak pernah \
    meminta kata sandi Anda lewat surel.";

pub(crate) fn plain(letter: &Letter, origin: &str) -> String {
    let mut text = format!("{}\n\n{}\n\n", letter.greeting, letter.news);
    for (label, value) in &letter.facts {
        put(&mut text, format_args!("{label}: {value}\n"));
    }
    if let Some((label, lines)) = &letter.quote {
        put(&mut text, format_args!("\n{label}:\n"));
        for line in lines {
            put(&mut text, format_args!("> {line}\n"));
        }
    }
    put(&mut text, format_args!("\n{NEXT}:\n"));
    for (number, step) in (1..).zip(&letter.steps) {
        put(&mut text, format_args!("{number}. {step}\n"));
    }
    put(
        &mut text,
        format_args!("\nBuka Akses: {origin}/\n\n-- \n{CLOSING}\n"),
    );
    // Mail has CRLF, inside its parts too.
    text.replace('\n', "\r\n")
}

pub(crate) fn html(letter: &Letter, origin: &str) -> String {
    let mut body = format!(
        "<p>{}</p>\n<p>{}</p>\n",
        escape(&letter.greeting),
        escape(&letter.news)
    );
    body.push_str("<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\">\n");
    for (label, value) in &letter.facts {
        put(
            &mut body,
            format_args!(
                "<tr><td valign=\"top\" style=\"padding:2px 16px 2px 0;color:#444\">{label}</td>\
                 <td style=\"padding:2px 0\"><strong>{}</strong></td></tr>\n",
                escape(value)
            ),
        );
    }
    body.push_str("</table>\n");
    if let Some((label, lines)) = &letter.quote {
        let lines: Vec<_> = lines.iter().map(|line| escape(line)).collect();
        put(
            &mut body,
            format_args!(
                "<p>{label}:</p>\n<blockquote style=\"margin:0;padding:8px 12px;\
                 border-left:4px solid #b3261e;background:#fdf3f2\">{}</blockquote>\n",
                lines.join("<br>\n")
            ),
        );
    }
    put(
        &mut body,
        format_args!("<h2 style=\"font-size:16px\">{NEXT}</h2>\n<ol>\n"),
    );
    for step in &letter.steps {
        put(&mut body, format_args!("<li>{}</li>\n", escape(step)));
    }
    let origin = escape(origin);
    put(
        &mut body,
        format_args!("</ol>\n<p><a href=\"{origin}/\">Buka Akses</a></p>\n"),
    );
    format!(
        "<!DOCTYPE html>\n<html lang=\"id\">\n<head><meta charset=\"utf-8\"><title>{}</title></head>\n\
         <body style=\"font-family:sans-serif;font-size:16px;line-height:1.5;color:#1b1b1b;\
         max-width:640px\">\n{body}<hr>\n<p style=\"font-size:13px;color:#555\">{CLOSING}</p>\n\
         </body>\n</html>\n",
        escape(&letter.subject)
    )
    .replace('\n', "\r\n")
}

fn put(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments)
        .expect("a String takes everything");
}
