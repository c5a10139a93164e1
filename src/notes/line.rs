//! The lines of a document, with their places.

/// A line of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'d> {
    /// Its number, from 1.
    pub number: usize,
    /// The byte at which `body` begins.
    pub start: usize,
    /// The line without the white space around it; empty for a blank line.
    pub body: &'d str,
    /// How far `body` is indented, in characters.
    pub indent: usize,
}

impl Line<'_> {
    pub fn end(&self) -> usize {
        self.start + self.body.len()
    }

    pub fn is_blank(&self) -> bool {
        self.body.is_empty()
    }
}

/// The lines of a text; a line ends at `\n`, `\r\n` or a lone `\r`.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut found = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let end = text[start..].find(['\n', '\r']).map_or(text.len(), |len| start + len);
        let raw = &text[start..end];
        let body = raw.trim_matches(char::is_whitespace);
        let lead = raw.len() - raw.trim_start_matches(char::is_whitespace).len();
        let indent = raw[..lead].chars().count();
        // A blank line's trimmed start is its end; its place is not used.
        found.push(Line { number: found.len() + 1, start: start + lead, body, indent });
        start = if text[end..].starts_with("\r\n") { end + 2 } else { end + 1 };
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_numbers() {
        let text = "a\r\n  bø \rc\n\n\tø";
        let found: Vec<_> = lines(text).iter().map(|line| (line.number, line.start, line.body, line.indent)).collect();
        assert_eq!(found, [(1, 0, "a", 0), (2, 5, "bø", 2), (3, 10, "c", 0), (4, 12, "", 0), (5, 14, "ø", 1)]);
        for line in lines(text) {
            assert_eq!(&text[line.start..line.end()], line.body);
        }
    }
}
