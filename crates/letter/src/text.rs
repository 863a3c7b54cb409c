//! How wide a text is, and where its lines break.

/// One of the two fonts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Font {
    Plain,
    Bold,
}

/// Widths of Helvetica from the space to the tilde, in thousandths of the size
/// (Adobe Font Metrics).
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// Of any other letter: wide enough for all but a few.
const OTHER_WIDTH: u16 = 667;

/// Bold letters are wider by at most this much, in hundredths.
const BOLD_PERCENT: f32 = 1.12;

impl Font {
    /// Its name in a page's resources.
    pub(crate) const fn name(self) -> &'static [u8] {
        match self {
            Self::Plain => b"P",
            Self::Bold => b"B",
        }
    }

    /// How wide encoded text is at a size, in points; bold text at most.
    pub(crate) fn width(self, text: &[u8], size: f32) -> f32 {
        let of = |byte: &u8| {
            let index = usize::from(byte.saturating_sub(b' '));
            f32::from(*WIDTHS.get(index).unwrap_or(&OTHER_WIDTH))
        };
        let width = text.iter().map(of).sum::<f32>() * size / 1000.0;
        match self {
            Self::Plain => width,
            Self::Bold => width * BOLD_PERCENT,
        }
    }
}

/// A letter in WinAnsiEncoding.
pub(crate) fn encode(letter: char) -> Option<u8> {
    match letter {
        ' '..='~' => u8::try_from(letter).ok(),
        '\u{a0}'..='\u{ff}' => u8::try_from(u32::from(letter)).ok(),
        '€' => Some(0x80),
        '…' => Some(0x85),
        '‘' => Some(0x91),
        '’' => Some(0x92),
        '“' => Some(0x93),
        '”' => Some(0x94),
        '•' => Some(0x95),
        '–' => Some(0x96),
        '—' => Some(0x97),
        _ => None,
    }
}

fn encoded(text: &str) -> Vec<u8> {
    text.chars().map(|c| encode(c).unwrap_or(b'?')).collect()
}

/// The lines of one paragraph, encoded; an empty one is an empty line. A word that
/// is wider than a line is cut.
pub(crate) fn wrap(text: &str, font: Font, size: f32, width: f32) -> Vec<Vec<u8>> {
    let fits = |line: &[u8]| font.width(line, size) <= width;
    let mut lines = Vec::new();
    let mut line: Vec<u8> = Vec::new();
    for word in text.split_whitespace().map(encoded) {
        let glue: &[u8] = if line.is_empty() { b"" } else { b" " };
        if fits(&[&line, glue, &word].concat()) {
            line.extend_from_slice(glue);
            line.extend_from_slice(&word);
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for byte in word {
            if !fits(&[&line[..], &[byte]].concat()) {
                lines.push(std::mem::take(&mut line));
            }
            line.push(byte);
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_keep_all_of_them() {
        let text = "Sehubungan dengan surat permohonan reset password akun PPK ".repeat(10);
        let lines = wrap(&text, Font::Plain, 11.0, 451.0);
        assert!(lines.len() > 5);
        assert!(
            lines
                .iter()
                .all(|line| Font::Plain.width(line, 11.0) <= 451.0)
        );
        assert_eq!(lines.join(&b' '), text.trim().as_bytes());
    }

    #[test]
    fn a_word_wider_than_a_line_is_cut() {
        let word = "W".repeat(300);
        let lines = wrap(&word, Font::Bold, 11.0, 100.0);
        assert!(
            lines
                .iter()
                .all(|line| Font::Bold.width(line, 11.0) <= 100.0)
        );
        assert_eq!(lines.concat(), word.as_bytes());
        assert_eq!(wrap("", Font::Plain, 11.0, 100.0), [Vec::<u8>::new()]);
    }
}
