//! Lines that belong together as one text, with the way back from the text to the document.

use super::line::Line;
use std::borrow::Cow;
use std::ops::Range;

/// The text of one or more lines, and where in the document each of its pieces stands.
pub(super) struct Joined<'d> {
    text: Cow<'d, str>,
    /// (byte of `text`, byte of the document) at which each line's piece begins, in order.
    starts: Vec<(usize, usize)>,
}

impl<'d> Joined<'d> {
    /// Joins lines by a space; a word that a hyphen parts at a line's end is mended. `skip` bytes of the first line (its
    /// mark) are left out.
    pub fn new(lines: &[Line<'d>], skip: usize) -> Joined<'d> {
        let Some((first, rest)) = lines.split_first() else {
            return Joined { text: Cow::Borrowed(""), starts: Vec::new() };
        };
        let mut starts = vec![(0, first.start + skip)];
        if rest.is_empty() {
            return Joined { text: Cow::Borrowed(&first.body[skip..]), starts };
        }
        let mut text = first.body[skip..].to_owned();
        for line in rest {
            end_line(&mut text, line.body);
            starts.push((text.len(), line.start));
            text.push_str(line.body);
        }
        Joined { text: Cow::Owned(text), starts }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// A part of the text: borrowed from the document where it stands in one piece there.
    pub fn part(&self, span: Range<usize>) -> Cow<'d, str> {
        match &self.text {
            Cow::Borrowed(text) => Cow::Borrowed(&text[span]),
            Cow::Owned(text) => Cow::Owned(text[span].to_owned()),
        }
    }

    /// Where a part of the text stands in the document, in bytes.
    pub fn in_document(&self, span: &Range<usize>) -> Range<usize> {
        // A hyphen that was dropped stands between two pieces: the range covers it, since it runs from the first piece to
        // the last.
        let start = self.byte_in_document(span.start);
        let last = span.end.saturating_sub(1).max(span.start);
        let (piece, begins) = self.piece(last);
        start..begins + (span.end - piece)
    }

    fn byte_in_document(&self, at: usize) -> usize {
        let (piece, begins) = self.piece(at);
        begins + (at - piece)
    }

    fn piece(&self, at: usize) -> (usize, usize) {
        let next = self.starts.partition_point(|&(text, _)| text <= at);
        self.starts[next.saturating_sub(1)]
    }
}

/// Adds a line to a text, a word that a hyphen parts mended.
#[cfg(feature = "documents")]
pub(super) fn append(text: &mut String, next: &str) {
    end_line(text, next);
    text.push_str(next);
}

/// Makes a text ready for its next line: a space, or a word's hyphen taken off.
fn end_line(text: &mut String, next: &str) {
    match line_end(text, next) {
        LineEnd::Space if text.is_empty() => {}
        LineEnd::Space => text.push(' '),
        LineEnd::Drop(bytes) => text.truncate(text.len() - bytes),
        LineEnd::Keep => {}
    }
}

enum LineEnd {
    Space,
    /// Take this many bytes (a hyphen) off the text and join without a space.
    Drop(usize),
    /// Join without a space and keep the hyphen.
    Keep,
}

/// How a text goes on with the next line.
///
/// A hyphen at a line's end parts a word when letters stand on both sides and the next line goes on in lower case, except
/// before "og" and "eller" ("familie- og nettverk"); after capitals or digits ("NAV-kontor") it belongs to the word.
fn line_end(text: &str, next: &str) -> LineEnd {
    if let Some(before) = text.strip_suffix('\u{AD}') {
        return LineEnd::Drop(text.len() - before.len());
    }
    let Some(before) = text.strip_suffix(['-', '\u{2010}', '¬']) else { return LineEnd::Space };
    let hyphen = text.len() - before.len();
    let first_word = next.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let goes_on = next.starts_with(char::is_lowercase) && !matches!(first_word, "og" | "eller" | "samt" | "til");
    match before.chars().next_back() {
        Some(c) if c.is_lowercase() && goes_on => LineEnd::Drop(hyphen),
        Some(c) if c.is_alphanumeric() && goes_on => LineEnd::Keep,
        _ => LineEnd::Space,
    }
}

#[cfg(test)]
mod tests {
    use super::super::line::lines;
    use super::*;

    #[test]
    fn joins_and_finds_back() {
        for (source, expected) in [
            ("- mer tid", "mer tid"),
            ("- mer\n  tid", "mer tid"),
            ("- pårørende-\narbeid nå", "pårørendearbeid nå"),
            ("- familie-\nog nettverk", "familie- og nettverk"),
            ("- NAV-\nkontoret", "NAV-kontoret"),
            ("- på\u{AD}\nrørende", "pårørende"),
        ] {
            let joined = Joined::new(&lines(source), 2);
            assert_eq!(joined.text(), expected);
            assert_eq!(joined.in_document(&(0..expected.len())), 2..source.len(), "{source}");
            let last = expected.rfind(' ').map_or(0, |at| at + 1);
            let span = joined.in_document(&(last..expected.len()));
            assert!(source[span].ends_with(expected.chars().next_back().unwrap()));
        }
    }
}
