//! The few tokens of a PDF file that stand outside its objects.

/// Reads tokens from the front of some bytes.
#[derive(Clone, Copy)]
pub(crate) struct Lexer<'a> {
    rest: &'a [u8],
}

impl<'a> Lexer<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What is left, after white space and comments.
    pub(crate) fn rest(mut self) -> &'a [u8] {
        self.skip_space();
        self.rest
    }

    /// A keyword. Longer words that begin with it count too: writers leave out
    /// the space before a delimiter.
    pub(crate) fn keyword(&mut self, word: &[u8]) -> Option<()> {
        self.skip_space();
        self.rest = self.rest.strip_prefix(word)?;
        Some(())
    }

    /// An unsigned integer.
    pub(crate) fn number(&mut self) -> Option<u32> {
        self.skip_space();
        let digits = self
            .rest
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let (number, rest) = self.rest.split_at(digits);
        self.rest = rest;
        std::str::from_utf8(number).ok()?.parse().ok()
    }

    /// The head of an indirect object, `12 0 obj`; its number.
    pub(crate) fn object_head(&mut self) -> Option<u32> {
        let number = self.number()?;
        self.number()?;
        self.keyword(b"obj")?;
        Some(number)
    }

    /// The end of the line that the keyword `stream` stands on; what follows is
    /// data and may begin with what looks like space.
    pub(crate) fn stream_data(&mut self) -> Option<&'a [u8]> {
        self.keyword(b"stream")?;
        let line_end = [b"\r\n".as_slice(), b"\n", b"\r"];
        line_end
            .into_iter()
            .find_map(|end| self.rest.strip_prefix(end))
    }

    fn skip_space(&mut self) {
        loop {
            self.rest = trim_space_start(self.rest);
            if self.rest.first() != Some(&b'%') {
                return;
            }
            let line = self
                .rest
                .iter()
                .position(|byte| matches!(byte, b'\r' | b'\n'));
            self.rest = &self.rest[line.unwrap_or(self.rest.len())..];
        }
    }
}

/// White space as PDF defines it.
pub(crate) const fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

pub(crate) fn trim_space_start(bytes: &[u8]) -> &[u8] {
    let spaces = bytes.iter().take_while(|byte| is_space(**byte)).count();
    &bytes[spaces..]
}
