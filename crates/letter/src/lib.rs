//! Official letters as PDF: letterhead, number, date, addressee, text, signatory
//! (PWD-1, steps 9 to 11).
//!
//! The font is Helvetica, which every reader brings; a letter is text in one column
//! on as many A4 pages as it needs. The same letter gives the same bytes, so its
//! hash can be compared.
//!
//! **Architecture Invariant:** pure. What people typed becomes glyphs and never
//! operators: the writer escapes it.

mod text;

use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};
use text::{Font, encode, wrap};

/// A letter.
#[derive(Debug, Clone)]
pub struct Letter<'a> {
    /// The letterhead, line by line.
    pub head: &'a [&'a str],
    /// "Nomor".
    pub number: &'a str,
    /// As people read it.
    pub date: &'a str,
    /// "Hal".
    pub subject: &'a str,
    /// "Yth.", line by line.
    pub to: &'a [&'a str],
    /// Paragraphs, each on lines of its own.
    pub body: &'a str,
    /// What the signatory is.
    pub signer_title: &'a str,
    /// Who signs.
    pub signer: &'a str,
    /// How it was signed, at the foot.
    pub note: &'a str,
}

/// A4 in points.
const PAGE: (f32, f32) = (595.0, 842.0);

/// On all four sides, in points.
const MARGIN: f32 = 72.0;

/// From one line to the next, in sizes of the font.
const LEADING: f32 = 1.35;

const SIZE: f32 = 11.0;

const SMALL: f32 = 8.5;

/// Pages of one letter: far more than a text within its bound fills.
const PAGES_MAX: usize = 50;

impl Letter<'_> {
    /// As the bytes of a PDF.
    pub fn pdf(&self) -> Vec<u8> {
        let mut sheet = Sheet::new();
        for (index, line) in self.head.iter().enumerate() {
            let size = if index == 0 { 14.0 } else { SIZE };
            sheet.centred(line, Font::Bold, size);
        }
        sheet.rule();
        sheet.paragraph(&format!("Nomor : {}", self.number), Font::Plain, SIZE);
        sheet.paragraph(&format!("Tanggal : {}", self.date), Font::Plain, SIZE);
        sheet.paragraph(&format!("Hal : {}", self.subject), Font::Plain, SIZE);
        sheet.gap();
        sheet.paragraph("Yth.", Font::Plain, SIZE);
        for line in self.to {
            sheet.paragraph(line, Font::Plain, SIZE);
        }
        sheet.gap();
        for paragraph in self.body.lines() {
            sheet.paragraph(paragraph, Font::Plain, SIZE);
        }
        sheet.gap();
        sheet.paragraph(self.signer_title, Font::Plain, SIZE);
        sheet.gap();
        sheet.paragraph(self.signer, Font::Bold, SIZE);
        sheet.gap();
        sheet.paragraph(self.note, Font::Plain, SMALL);
        finish(self.subject, sheet.end())
    }
}

/// The page that is being written, and those before it.
struct Sheet {
    pages: Vec<Content>,
    page: Content,
    y: f32,
}

impl Sheet {
    fn new() -> Self {
        Self {
            pages: Vec::new(),
            page: Content::new(),
            y: PAGE.1 - MARGIN,
        }
    }

    fn paragraph(&mut self, text: &str, font: Font, size: f32) {
        for line in wrap(text, font, size, PAGE.0 - 2.0 * MARGIN) {
            self.line(&line, MARGIN, font, size);
        }
    }

    fn centred(&mut self, text: &str, font: Font, size: f32) {
        for line in wrap(text, font, size, PAGE.0 - 2.0 * MARGIN) {
            let x = (PAGE.0 - font.width(&line, size)) / 2.0;
            self.line(&line, x, font, size);
        }
    }

    fn line(&mut self, text: &[u8], x: f32, font: Font, size: f32) {
        self.advance(size * LEADING);
        self.page.begin_text();
        self.page.set_font(Name(font.name()), size);
        self.page.next_line(x, self.y);
        self.page.show(Str(text));
        self.page.end_text();
    }

    fn gap(&mut self) {
        self.advance(SIZE * LEADING);
    }

    fn rule(&mut self) {
        self.advance(SIZE);
        self.page.set_line_width(1.0);
        self.page.move_to(MARGIN, self.y);
        self.page.line_to(PAGE.0 - MARGIN, self.y);
        self.page.stroke();
        self.gap();
    }

    fn advance(&mut self, points: f32) {
        self.y -= points;
        if self.y < MARGIN && self.pages.len() + 1 < PAGES_MAX {
            self.pages
                .push(std::mem::replace(&mut self.page, Content::new()));
            self.y = PAGE.1 - MARGIN - points;
        }
    }

    fn end(mut self) -> Vec<Content> {
        self.pages.push(self.page);
        self.pages
    }
}

const CATALOG: i32 = 1;
const TREE: i32 = 2;
const INFO: i32 = 3;
const PLAIN: i32 = 4;
const BOLD: i32 = 5;
/// Pages and their contents take turns from here.
const FIRST_PAGE: i32 = 6;

fn finish(title: &str, contents: Vec<Content>) -> Vec<u8> {
    let mut pdf = Pdf::new();
    let tree = Ref::new(TREE);
    pdf.catalog(Ref::new(CATALOG)).pages(tree);
    pdf.document_info(Ref::new(INFO)).title(TextStr(title));
    for (id, base) in [(PLAIN, &b"Helvetica"[..]), (BOLD, b"Helvetica-Bold")] {
        pdf.type1_font(Ref::new(id))
            .base_font(Name(base))
            .encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    let ids = (FIRST_PAGE..).step_by(2).map(Ref::new);
    let kids: Vec<_> = ids.take(contents.len()).collect();
    pdf.pages(tree)
        .count(i32::try_from(kids.len()).unwrap_or(i32::MAX))
        .kids(kids.iter().copied());
    for (id, content) in kids.into_iter().zip(contents) {
        let stream = id.next();
        let mut page = pdf.page(id);
        page.media_box(Rect::new(0.0, 0.0, PAGE.0, PAGE.1))
            .parent(tree)
            .contents(stream);
        page.resources()
            .fonts()
            .pair(Name(Font::Plain.name()), Ref::new(PLAIN))
            .pair(Name(Font::Bold.name()), Ref::new(BOLD));
        page.finish();
        pdf.stream(stream, &content.finish());
    }
    pdf.finish()
}

/// What of a text can be printed: letters that the font lacks become `?`.
pub fn printable(text: &str) -> bool {
    text.lines()
        .all(|line| line.chars().all(|c| encode(c).is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter<'a>(body: &'a str, signer: &'a str) -> Letter<'a> {
        Letter {
            head: &["PEMERINTAH KOTA CONTOH", "Unit Kerja Pengadaan Barang/Jasa"],
            number: "S-12/UKPBJ/2026",
            date: "30 Maret 2026",
            subject: "Pemberitahuan Reset Password",
            to: &["Kepala Satuan Kerja Contoh", "di tempat"],
            body,
            signer_title: "Kepala UKPBJ",
            signer,
            note: "Ditandatangani secara elektronik.",
        }
    }

    #[test]
    fn a_letter_is_a_sound_pdf_and_always_the_same_one() {
        let pdf = letter("Dengan hormat.\n\nSudah selesai.", "Orang Contoh").pdf();
        assert_eq!(akses_decree::check(&pdf), Ok(()));
        assert_eq!(
            pdf,
            letter("Dengan hormat.\n\nSudah selesai.", "Orang Contoh").pdf()
        );
        let found = |text: &str| pdf.windows(text.len()).any(|part| part == text.as_bytes());
        assert!(found("S-12/UKPBJ/2026") && found("Dengan hormat.") && found("Orang Contoh"));
        assert!(found("/Count 1"));
    }

    #[test]
    fn a_long_letter_has_more_pages_and_loses_nothing() {
        let body = (0..200)
            .map(|n| format!("Baris nomor {n} selesai."))
            .collect::<Vec<_>>()
            .join("\n");
        let pdf = letter(&body, "Orang Contoh").pdf();
        assert_eq!(akses_decree::check(&pdf), Ok(()));
        let found = |text: &str| pdf.windows(text.len()).any(|part| part == text.as_bytes());
        assert!(found("Baris nomor 199 selesai.") && !found("/Count 1\n"));
    }

    #[test]
    fn what_people_typed_stays_text() {
        let hostile = ") Tj ET Q /X Do (\\\r\n%%EOF\nendstream endobj";
        let pdf = letter(hostile, "O'Brien (Ny.) \u{1F600} \u{9}").pdf();
        assert_eq!(akses_decree::check(&pdf), Ok(()));
        assert!(!printable("\u{1F600}") && printable("Café – “ya”\nbaris"));
    }
}
