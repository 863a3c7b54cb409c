//! Small PDFs that every viewer opens.

use std::fmt::Write as _;

/// A decree of one page that says `text`.
pub fn decree(text: &str) -> Vec<u8> {
    build(text, 0)
}

/// A decree of exactly so many bytes.
///
/// # Panics
/// When it cannot be that small.
pub fn decree_of(bytes: usize) -> Vec<u8> {
    decree_of_saying(bytes, "")
}

/// A decree of exactly so many bytes that says `text`.
///
/// # Panics
/// When it cannot be that small.
pub fn decree_of_saying(bytes: usize, text: &str) -> Vec<u8> {
    let mut padding = bytes
        .checked_sub(build(text, 0).len())
        .expect("a PDF has some bytes");
    // The numbers in it have more digits when it grows.
    for _ in 0..8 {
        let pdf = build(text, padding);
        match pdf.len().cmp(&bytes) {
            std::cmp::Ordering::Equal => return pdf,
            std::cmp::Ordering::Less => padding += bytes - pdf.len(),
            std::cmp::Ordering::Greater => padding -= pdf.len() - bytes,
        }
    }
    panic!("no PDF has exactly {bytes} bytes")
}

fn build(text: &str, padding: usize) -> Vec<u8> {
    let content = format!(
        "BT /F1 12 Tf 72 720 Td ({text}) Tj ET\n{}",
        " ".repeat(padding)
    );
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!(
            "<< /Length {} >>\nstream\n{content}\nendstream",
            content.len()
        ),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut pdf = "%PDF-1.4\n".to_owned();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (index, object) in objects.iter().enumerate() {
        // Writing into a String cannot fail.
        let _ = writeln!(table, "{:010} 00000 n ", pdf.len());
        let _ = write!(pdf, "{} 0 obj\n{object}\nendobj\n", index + 1);
    }
    let start = pdf.len();
    let size = objects.len() + 1;
    let _ = write!(
        pdf,
        "{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    );
    pdf.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_exact() {
        for bytes in [1_000, 1_001, 9_999, 10_000, 99_999, 2_097_152, 2_097_153] {
            assert_eq!(decree_of(bytes).len(), bytes);
        }
    }

    #[test]
    fn the_table_points_at_the_objects() {
        let pdf = String::from_utf8(decree("Surat Keputusan")).unwrap();
        let entries = pdf.lines().filter(|line| line.ends_with(" 00000 n "));
        for (index, entry) in entries.enumerate() {
            let offset: usize = entry[..10].parse().unwrap();
            assert!(
                pdf[offset..].starts_with(&format!("{} 0 obj", index + 1)),
                "{entry}"
            );
        }
    }
}
