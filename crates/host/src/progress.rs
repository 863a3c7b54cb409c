//! What the commands say. Answers go to stdout, progress to stderr; a reader that
//! has gone away (`akses doctor | head -1`) ends neither with a panic.

use std::fmt::Display;
use std::io::{self, Write};

/// One line of the command's answer.
pub fn answer(line: impl Display) {
    write_line(io::stdout().lock(), line);
}

/// One line about what is going on.
pub fn note(line: impl Display) {
    write_line(io::stderr().lock(), line);
}

/// An error with its causes, the outermost first.
pub fn failure(error: &anyhow::Error) {
    note(format_args!("error: {error}"));
    for cause in error.chain().skip(1) {
        note(format_args!("  because: {cause}"));
    }
}

/// Rows under a heading, columns aligned.
pub fn table(heading: &[&str], rows: &[Vec<String>]) {
    let heading: Vec<String> = heading.iter().map(|cell| cell.to_string()).collect();
    let widths: Vec<usize> = (0..heading.len())
        .map(|column| {
            let cells = rows.iter().chain([&heading]);
            cells.map(|row| width(row, column)).max().unwrap_or(0)
        })
        .collect();
    for row in [&heading].into_iter().chain(rows) {
        answer(aligned(row, &widths));
    }
}

fn width(row: &[String], column: usize) -> usize {
    row.get(column).map_or(0, |cell| cell.chars().count())
}

fn aligned(row: &[String], widths: &[usize]) -> String {
    let cells = row.iter().zip(widths);
    let line: Vec<String> = cells
        .map(|(cell, &width)| format!("{cell:width$}"))
        .collect();
    format!("  {}", line.join("  ").trim_end())
}

/// Nobody listens any more: the work still gets done.
fn write_line(mut out: impl Write, line: impl Display) {
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aligns_by_characters_and_not_by_bytes() {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let widths = [4, 2];
        assert_eq!(aligned(&row(["é", "x"]), &widths), "  é     x");
        assert_eq!(aligned(&row(["abcd", "y"]), &widths), "  abcd  y");
    }

    #[test]
    fn a_reader_that_has_gone_away_is_no_panic() {
        struct Gone;
        impl Write for Gone {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
        }
        write_line(Gone, "x");
    }
}
