//! REG-4: what is accepted as a decree, and what is refused with which reason.

use akses_decree::{DECODED_BYTES_MAX, DECREE_BYTES_MAX, NotADecree, check};
use miniz_oxide::deflate::compress_to_vec_zlib;
use proptest::prelude::*;
use std::fmt::Write as _;
use std::sync::LazyLock;

const HEADER: &str = "%PDF-1.7\n%\u{e2}\u{e3}\u{cf}\u{d3}\n";

/// Writes a PDF object by object and remembers where each begins.
struct Writer {
    bytes: Vec<u8>,
    offsets: Vec<(u32, usize)>,
}

impl Writer {
    fn new() -> Self {
        Self {
            bytes: HEADER.as_bytes().to_vec(),
            offsets: Vec::new(),
        }
    }

    fn object(&mut self, number: u32, body: &str) -> &mut Self {
        self.offsets.push((number, self.bytes.len()));
        self.bytes
            .extend(format!("{number} 0 obj\n{body}\nendobj\n").bytes());
        self
    }

    fn stream(&mut self, number: u32, entries: &str, data: &[u8]) -> &mut Self {
        self.offsets.push((number, self.bytes.len()));
        let head = format!(
            "{number} 0 obj\n<< /Length {} {entries} >>\nstream\n",
            data.len()
        );
        self.bytes.extend(head.bytes());
        self.bytes.extend(data);
        self.bytes.extend(b"\nendstream\nendobj\n");
        self
    }

    /// The classic table, with a subsection for each object.
    fn table(&mut self, trailer: &str) -> &mut Self {
        let start = self.bytes.len();
        let mut table = "xref\n0 1\n0000000000 65535 f \n".to_owned();
        for (number, offset) in self.offsets.drain(..) {
            write!(table, "{number} 1\n{offset:010} 00000 n \n").unwrap();
        }
        self.bytes
            .extend(format!("{table}trailer\n<< {trailer} >>\n").bytes());
        self.foot(start)
    }

    fn foot(&mut self, start: usize) -> &mut Self {
        self.bytes
            .extend(format!("startxref\n{start}\n%%EOF\n").bytes());
        self
    }

    fn done(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }
}

/// A page tree of two levels over `pages` pages that say something.
fn body(writer: &mut Writer, pages: u32) {
    let kids = (0..pages).fold(String::new(), |kids, page| {
        kids + &format!("{} 0 R ", 10 + page)
    });
    writer
        .object(1, "<< /Type /Catalog /Pages 2 0 R >>")
        .object(2, "<< /Type /Pages /Kids [3 0 R] /Count 3 >>")
        .object(
            3,
            &format!("<< /Type /Pages /Parent 2 0 R /Kids [{kids}] /Count {pages} >>"),
        );
    for page in 0..pages {
        let content = 1000 + page;
        writer
            .object(
                10 + page,
                &format!(
                    "<< /Type /Page /Parent 3 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R >>"
                ),
            )
            .stream(content, "", format!("BT (Surat Keputusan {page}) Tj ET").as_bytes());
    }
}

fn classic() -> Vec<u8> {
    let mut writer = Writer::new();
    body(&mut writer, 3);
    writer.table("/Size 2000 /Root 1 0 R").done()
}

/// The catalog and the page tree in an object stream, and a cross-reference
/// stream with PNG prediction: what office programs write today.
fn packed() -> Vec<u8> {
    let objects = [
        (1, "<< /Type /Catalog /Pages 2 0 R >>"),
        (2, "<< /Type /Pages /Kids 7 0 R /Count 1 >>"),
        (
            3,
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents [4 0 R] >>",
        ),
        (7, "[3 0 R]"),
    ];
    let (mut numbers, mut text) = (String::new(), String::new());
    for (number, object) in objects {
        write!(numbers, "{number} {} ", text.len()).unwrap();
        writeln!(text, "{object}").unwrap();
    }
    let first = numbers.len();
    let container = compress_to_vec_zlib(format!("{numbers}{text}").as_bytes(), 6);
    let mut writer = Writer::new();
    writer.stream(4, "", b"BT (Surat Tugas) Tj ET").stream(
        5,
        &format!("/Type /ObjStm /N 4 /First {first} /Filter /FlateDecode"),
        &container,
    );
    let start = writer.bytes.len();
    let offset = |number| writer.offsets.iter().find(|(n, _)| *n == number).unwrap().1;
    let rows = [
        [0, 0, 255],
        [2, 5, 0],
        [2, 5, 1],
        [2, 5, 2],
        [1, offset(4), 0],
        [1, offset(5), 0],
        [1, start, 0],
        [2, 5, 3],
    ];
    let table = compress_to_vec_zlib(&predict_up(&rows), 6);
    let entries = "/Type /XRef /Size 8 /W [1 2 1] /Root 1 0 R /Filter /FlateDecode \
                   /DecodeParms << /Predictor 12 /Columns 4 >>";
    writer.stream(6, entries, &table).foot(start).done()
}

/// Rows of widths 1, 2 and 1 with PNG's "up" prediction.
fn predict_up(rows: &[[usize; 3]]) -> Vec<u8> {
    let mut above = [0_u8; 4];
    let mut predicted = Vec::new();
    for [kind, a, b] in rows {
        let [.., high, low] = a.to_be_bytes();
        let row = [*kind as u8, high, low, *b as u8];
        predicted.push(2);
        predicted.extend(
            row.iter()
                .zip(above)
                .map(|(byte, above)| byte.wrapping_sub(above)),
        );
        above = row;
    }
    predicted
}

/// A file saved on top of itself, as a digital signature does it.
fn updated() -> Vec<u8> {
    let first = classic();
    let previous = find_last(&first, b"xref\n0 1");
    let mut writer = Writer {
        bytes: first,
        offsets: Vec::new(),
    };
    writer
        .object(1, "<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R >>")
        .object(5, "<< /Fields [] /SigFlags 3 >>")
        .table(&format!("/Size 2000 /Root 1 0 R /Prev {previous}"))
        .done()
}

/// A linearized file: the first page and its own cross-reference section lead,
/// with an end marker of their own.
fn linearized() -> Vec<u8> {
    let build = |length: usize, main: usize| {
        let mut writer = Writer::new();
        writer.object(
            9,
            &format!("<< /Linearized 1 /L {length:08} /O 10 /N 2 /T {main:08} >>"),
        );
        let hole = writer.bytes.len();
        let first_section = format!(
            "xref\n1 1\n@@@@@@@@@@ 00000 n \n10 1\n########## 00000 n \ntrailer\n<< /Size 2000 /Root 1 0 R /Prev {main:08} >>\nstartxref\n0\n%%EOF\n"
        );
        writer.bytes.extend(first_section.bytes());
        let catalog = writer.bytes.len();
        writer.object(1, "<< /Type /Catalog /Pages 2 0 R >>");
        let page = writer.bytes.len();
        writer
            .object(10, "<< /Type /Page /Parent 2 0 R >>")
            .offsets
            .clear();
        for (mark, offset) in [(b"@@@@@@@@@@", catalog), (b"##########", page)] {
            let at = find_last(&writer.bytes, mark);
            writer.bytes[at..at + 10].copy_from_slice(format!("{offset:010}").as_bytes());
        }
        writer
            .object(2, "<< /Type /Pages /Kids [10 0 R 11 0 R] /Count 2 >>")
            .object(11, "<< /Type /Page /Parent 2 0 R >>");
        let main = writer.bytes.len();
        writer.table("/Size 2000");
        let foot = find_last(&writer.bytes, b"startxref");
        writer.bytes.truncate(foot);
        (writer.foot(hole).done(), main)
    };
    let (sized, main) = build(0, 0);
    build(sized.len(), main).0
}

fn find_last(bytes: &[u8], needle: &[u8]) -> usize {
    bytes
        .windows(needle.len())
        .rposition(|window| window == needle)
        .unwrap()
}

fn replaced(file: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len(), "offsets must stay");
    let at = find_last(file, from);
    [&file[..at], to, &file[at + from.len()..]].concat()
}

/// As [`classic`], with a stream that makes the file exactly that long.
fn of_size(size: usize) -> Vec<u8> {
    let build = |filler: usize| {
        let mut writer = Writer::new();
        body(&mut writer, 1);
        writer.stream(99, "", &vec![b'x'; filler]);
        writer.table("/Size 2000 /Root 1 0 R").done()
    };
    // Seven digits of length and offset either way, so the size moves by one.
    let guess = size - 10_000;
    build(guess + (size - build(guess).len()))
}

fn samples() -> &'static [(&'static str, Vec<u8>); 4] {
    static SAMPLES: LazyLock<[(&str, Vec<u8>); 4]> = LazyLock::new(|| {
        [
            ("classic", classic()),
            ("packed", packed()),
            ("updated", updated()),
            ("linearized", linearized()),
        ]
    });
    &SAMPLES
}

#[test]
fn complete_files_are_accepted() {
    for (name, file) in samples() {
        assert_eq!(check(file), Ok(()), "{name}");
    }
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    for (name, file) in samples() {
        let complete = file.trim_ascii_end().len();
        // The update of a file can be cut off without a trace: what is left is
        // the file as it was before.
        let earlier = (*name == "updated").then(|| classic().len());
        for length in 1..complete {
            let verdict = check(&file[..length]);
            let unseen = earlier.is_some_and(|e| (e - 1..=e).contains(&length));
            // A few bytes of an update are still no object.
            let begun = earlier.is_some_and(|e| (e..e + 8).contains(&length));
            if unseen || begun {
                continue;
            }
            let expected = if length < 8 {
                NotADecree::NotAPdf
            } else {
                NotADecree::Damaged
            };
            assert_eq!(
                verdict,
                Err(expected),
                "{name} cut to {length} of {complete} bytes"
            );
        }
    }
}

#[test]
fn a_large_file_cut_at_every_tenth_is_refused() {
    let file = of_size(DECREE_BYTES_MAX);
    for tenth in 1..10 {
        let verdict = check(&file[..file.len() / 10 * tenth]);
        assert_eq!(verdict, Err(NotADecree::Damaged), "{tenth}0 %");
    }
}

#[test]
fn a_file_with_a_hole_is_refused() {
    for (name, file) in samples() {
        let half = file.len() / 2;
        let with_hole = [&file[..half], &file[half + 20..]].concat();
        assert_eq!(check(&with_hole), Err(NotADecree::Damaged), "{name}");
    }
}

#[test]
fn the_size_is_bounded_to_the_byte() {
    let exact = of_size(DECREE_BYTES_MAX);
    assert_eq!(exact.len(), DECREE_BYTES_MAX);
    assert_eq!(check(&exact), Ok(()));
    assert_eq!(
        check(&of_size(DECREE_BYTES_MAX + 1)),
        Err(NotADecree::TooLarge)
    );
    assert_eq!(check(&[]), Err(NotADecree::Empty));
}

#[test]
fn other_contents_are_no_pdf() {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";
    let polyglot = [b"<script>alert(1)</script><!--\n".as_slice(), &classic()].concat();
    let script = [b"#!/bin/sh\n".as_slice(), &classic()].concat();
    for (name, content) in [
        ("PNG", png.as_slice()),
        ("JPEG", b"\xff\xd8\xff\xe0\0\x10JFIF\0"),
        ("Word", b"PK\x03\x04\x14\0\x06\0"),
        ("HTML that is also a PDF", &polyglot),
        ("a script that is also a PDF", &script),
        ("spaces", b"    \n  "),
        ("zeros", &[0; 4096]),
        ("a header of no version", b"%PDF-x"),
        ("the word", b"%PDF"),
    ] {
        assert_eq!(check(content), Err(NotADecree::NotAPdf), "{name}");
    }
}

#[test]
fn a_header_alone_is_damaged() {
    for content in [
        "%PDF-1.4",
        "%PDF-1.4\n%%EOF",
        "%PDF-1.4\nstartxref\n0\n%%EOF\n",
    ] {
        assert_eq!(
            check(content.as_bytes()),
            Err(NotADecree::Damaged),
            "{content}"
        );
    }
}

#[test]
fn a_byte_order_mark_or_empty_lines_before_the_header_are_forgiven() {
    for before in [b"\xEF\xBB\xBF".as_slice(), b"\r\n\r\n"] {
        assert_eq!(check(&[before, &classic()].concat()), Ok(()));
    }
}

#[test]
fn what_mail_programs_append_is_forgiven_but_not_a_begun_update() {
    let file = classic();
    assert_eq!(
        check(&[file.as_slice(), b"\r\n--boundary--\r\n"].concat()),
        Ok(())
    );
    assert_eq!(check(&[file.as_slice(), &[0; 512]].concat()), Ok(()));
    let begun = [file.as_slice(), b"5 0 obj\n<< /Fields"].concat();
    assert_eq!(check(&begun), Err(NotADecree::Damaged));
    assert_eq!(
        check(&[file.as_slice(), &[0; 4096]].concat()),
        Err(NotADecree::Damaged)
    );
}

#[test]
fn encrypted_files_are_refused_as_such() {
    let mut writer = Writer::new();
    body(&mut writer, 1);
    let file = writer
        .table("/Size 2000 /Root 1 0 R /Encrypt 50 0 R")
        .done();
    assert_eq!(check(&file), Err(NotADecree::Encrypted));
}

#[test]
fn a_file_without_a_readable_page_is_damaged() {
    let file = classic();
    for (name, broken) in [
        (
            "no kids",
            replaced(&file, b"/Kids [3 0 R]", b"/Kids [     ]"),
        ),
        (
            "no page tree",
            replaced(&file, b"/Pages 2 0 R", b"/Pagez 2 0 R"),
        ),
        (
            "a page tree of its own",
            replaced(&file, b"/Kids [3 0 R]", b"/Kids [2 0 R]"),
        ),
        (
            "a content elsewhere",
            replaced(&file, b"1002 0 obj", b"1003 0 obj"),
        ),
        (
            "a page that is no dictionary",
            replaced(&file, b"<< /Type /Page ", b"(< /Type /Page "),
        ),
        (
            "no catalog",
            replaced(&file, b"/Root 1 0 R", b"/Boot 1 0 R"),
        ),
    ] {
        assert_eq!(check(&broken), Err(NotADecree::Damaged), "{name}");
    }
}

/// An object stream that inflates to a thousand times its size.
#[test]
fn a_bomb_is_refused_before_it_goes_off() {
    let zeros = vec![b' '; DECODED_BYTES_MAX + 1];
    let bomb = compress_to_vec_zlib(&zeros, 1);
    let file = replaced_container(&bomb);
    assert!(file.len() < DECREE_BYTES_MAX);
    assert_eq!(check(&file), Err(NotADecree::Damaged));
}

/// As [`packed`], with other content in the object stream.
fn replaced_container(content: &[u8]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.stream(
        5,
        "/Type /ObjStm /N 4 /First 20 /Filter /FlateDecode",
        content,
    );
    let start = writer.bytes.len();
    let rows = [
        [0, 0, 255],
        [2, 5, 0],
        [2, 5, 1],
        [2, 5, 2],
        [0, 0, 0],
        [1, HEADER.len(), 0],
    ];
    let table = compress_to_vec_zlib(&predict_up(&rows), 6);
    let entries = "/Type /XRef /Size 6 /W [1 2 1] /Root 1 0 R /Filter /FlateDecode \
                   /DecodeParms << /Predictor 12 /Columns 4 >>";
    writer.stream(6, entries, &table).foot(start).done()
}

/// Inputs that make careless readers count to four thousand million, recurse
/// for ever or read the same bytes over and over.
#[test]
fn hostile_files_are_judged_quickly() {
    let began = std::time::Instant::now();
    for (name, file) in hostile() {
        assert!(check(&file).is_err(), "{name}");
    }
    let took = began.elapsed();
    assert!(took.as_secs() < 5, "took {took:?}");
}

fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    let footed = |body: &[u8], start: usize| {
        let mut writer = Writer::new();
        writer.bytes.extend(body);
        writer.foot(start).done()
    };
    let at = HEADER.len();
    let fill = |unit: &str| unit.repeat(2_000_000 / unit.len());
    let deep = format!("xref\n0 0\ntrailer\n{}", fill("<</A"));
    let loop_back = format!("xref\n0 0\ntrailer\n<< /Root 1 0 R /Prev {at} >>\n");
    let zero_width =
        "6 0 obj\n<< /Length 0 /W [0 0 0] /Size 4294967295 /Root 1 0 R >>\nstream\n\nendstream";
    vec![
        ("a table of 4294967295", footed(b"xref\n0 4294967295\n", at)),
        (
            "a table past the last number",
            footed(b"xref\n4294967295 2\n", at),
        ),
        ("a loop", footed(loop_back.as_bytes(), at)),
        ("entries of no width", footed(zero_width.as_bytes(), at)),
        ("nested dictionaries", footed(deep.as_bytes(), at)),
        ("unclosed objects", many_objects("<< /Kids [")),
        ("unclosed strings", many_objects("(")),
        ("pages within pages", many_objects("<< /Kids [3 0 R] /X <<")),
        ("many objects at one place", many_at_one_place()),
        ("long comment", footed(fill("%").as_bytes(), at)),
    ]
}

/// Thousands of pages in an object stream, all of them at the same place and with
/// megabytes behind it.
fn many_at_one_place() -> Vec<u8> {
    const PAGES: usize = 20_000;
    let mut numbers = String::new();
    let mut kids = String::new();
    for number in 8..8 + PAGES {
        write!(kids, "{number} 0 R ").unwrap();
    }
    let objects = format!(
        "<< /Type /Catalog /Pages 2 0 R >>\n<< /Type /Pages /Kids [{kids}] /Count {PAGES} >>\n"
    );
    let second = objects.find('\n').unwrap() + 1;
    write!(numbers, "1 0 2 {second} ").unwrap();
    for number in 8..8 + PAGES {
        write!(numbers, "{number} {} ", objects.len()).unwrap();
    }
    let first = numbers.len();
    let page = format!("<< /Type /Page >>{}", " ".repeat(12_000_000));
    let content = compress_to_vec_zlib(format!("{numbers}{objects}{page}").as_bytes(), 6);
    let count = PAGES + 2;
    let mut writer = Writer::new();
    writer.stream(
        5,
        &format!("/Type /ObjStm /N {count} /First {first} /Filter /FlateDecode"),
        &content,
    );
    let start = writer.bytes.len();
    let mut rows = Vec::new();
    let mut row = |kind: u8, field: usize, index: usize| {
        rows.push(kind);
        rows.extend(u32::try_from(field).unwrap().to_be_bytes());
        rows.extend(u16::try_from(index).unwrap().to_be_bytes());
    };
    row(0, 0, 0);
    row(2, 5, 0);
    row(2, 5, 1);
    row(0, 0, 0);
    row(0, 0, 0);
    row(1, HEADER.len(), 0);
    row(1, start, 0);
    row(0, 0, 0);
    for index in 0..PAGES {
        row(2, 5, index + 2);
    }
    let table = compress_to_vec_zlib(&rows, 6);
    let size = 8 + PAGES;
    let entries = format!("/Type /XRef /Size {size} /W [1 4 2] /Root 1 0 R /Filter /FlateDecode");
    let file = writer.stream(6, &entries, &table).foot(start).done();
    assert!(file.len() < DECREE_BYTES_MAX);
    file
}

/// As many objects as fit, none of which ends.
fn many_objects(unit: &str) -> Vec<u8> {
    let mut writer = Writer::new();
    let mut number = 1;
    while writer.bytes.len() < 1_000_000 {
        let body = if number == 1 {
            "<< /Pages 2 0 R >>"
        } else {
            unit
        };
        let offset = writer.bytes.len();
        writer.offsets.push((number, offset));
        writer
            .bytes
            .extend(format!("{number} 0 obj {body} ").bytes());
        number += 1;
    }
    writer.table("/Root 1 0 R").done()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever happens to a file on its way, the verdict comes without a panic,
    /// which would end the whole component.
    #[test]
    fn damaged_files_never_panic(
        sample in 0_usize..4,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..24),
        moved in any::<prop::sample::Index>(),
    ) {
        let mut file = samples()[sample].1.clone();
        for (at, byte) in edits {
            let at = at.index(file.len());
            file[at] = byte;
        }
        let _ = check(&file);
        let (head, tail) = file.split_at(moved.index(file.len()));
        let _ = check(&[tail, head].concat());
        let _ = check(&[head, tail, head].concat());
    }

    /// Digits decide offsets, lengths and counts: other digits hurt most.
    #[test]
    fn other_numbers_never_panic(
        sample in 0_usize..4,
        edits in prop::collection::vec((any::<prop::sample::Index>(), b'0'..=b'9'), 1..12),
    ) {
        let mut file = samples()[sample].1.clone();
        let digits: Vec<usize> = (0..file.len()).filter(|at| file[*at].is_ascii_digit()).collect();
        for (at, digit) in edits {
            file[digits[at.index(digits.len())]] = digit;
        }
        let _ = check(&file);
    }

    #[test]
    fn noise_is_refused(content in prop::collection::vec(any::<u8>(), 0..4096)) {
        prop_assert!(check(&content).is_err());
        prop_assert!(check(&[b"%PDF-1.7\n".as_slice(), &content].concat()).is_err());
    }
}
