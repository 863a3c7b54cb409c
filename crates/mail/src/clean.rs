//! What people typed, made harmless for where it is shown.

/// Names are at most this long in a mail.
const LINE_CHARS_MAX: usize = 200;

/// Longer texts, reasons above all.
const TEXT_CHARS_MAX: usize = 2_000;

/// One line: control characters become spaces, runs of space one.
pub(crate) fn line(text: &str) -> String {
    let visible: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let joined = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    joined
        .chars()
        .filter(|c| !is_deceptive(*c))
        .take(LINE_CHARS_MAX)
        .collect()
}

/// The lines of a longer text, without empty ones.
pub(crate) fn lines(text: &str) -> Vec<String> {
    let bounded: String = text.chars().take(TEXT_CHARS_MAX).collect();
    bounded
        .split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'])
        .map(wide_line)
        .filter(|line| !line.is_empty())
        .collect()
}

fn wide_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(|c| !is_deceptive(*c))
        .collect::<String>()
        .trim()
        .to_owned()
}

/// Letters, digits and hyphens only: what a Message-ID is made of.
pub(crate) fn token(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(64)
        .collect()
}

/// For HTML text and attribute values.
pub(crate) fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Characters that change the order in which others are read, or hide.
const fn is_deceptive(c: char) -> bool {
    matches!(c,
        '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line() {
        for (typed, shown) in [
            ("Demo PPK", "Demo PPK"),
            (
                "Demo\r\nBcc: korban@contoh.example",
                "Demo Bcc: korban@contoh.example",
            ),
            ("\u{0}\u{7}\t  ", ""),
            ("a\u{202E}lp.exe", "alp.exe"),
        ] {
            assert_eq!(line(typed), shown);
        }
        assert_eq!(line(&"é".repeat(1_000)).chars().count(), LINE_CHARS_MAX);
    }

    #[test]
    fn lines_stay_lines() {
        assert_eq!(
            lines("satu\r\n\r\n  dua\u{2028}tiga\u{b}empat"),
            ["satu", "dua", "tiga empat"]
        );
    }
}
