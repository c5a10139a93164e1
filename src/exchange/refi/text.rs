//! Positions in texts: code points, whatever a line ends with.

use std::ops::Range;

/// Where each code point of a text stands, in bytes, and where the text ends.
pub(super) struct CodePoints(Vec<usize>);

impl CodePoints {
    pub fn of(text: &str) -> CodePoints {
        CodePoints(text.char_indices().map(|(at, _)| at).chain([text.len()]).collect())
    }

    /// How many code points the text has.
    pub fn count(&self) -> i64 {
        self.0.len() as i64 - 1
    }

    /// A range of code points in bytes; `None` where it is reversed or outside of the text.
    pub fn bytes(&self, start: i64, end: i64) -> Option<Range<usize>> {
        let byte = |at: i64| usize::try_from(at).ok().and_then(|at| self.0.get(at)).copied();
        (start <= end).then_some(byte(start)?..byte(end)?)
    }

    /// The code point that begins at a byte.
    pub fn at_byte(&self, byte: usize) -> i64 {
        self.0.partition_point(|&at| at < byte) as i64
    }
}

/// A text whose lines end with U+000A alone, and where its code points stood.
pub(super) struct Unified {
    pub text: String,
    /// Positions, in code points of the text as it was, of the carriage returns that were taken out.
    dropped: Vec<i64>,
}

impl Unified {
    pub fn of(text: &str) -> Unified {
        let mut unified = String::with_capacity(text.len());
        let mut dropped = Vec::new();
        let mut characters = text.chars().enumerate().peekable();
        while let Some((at, c)) = characters.next() {
            match c {
                '\r' if characters.peek().is_some_and(|&(_, next)| next == '\n') => dropped.push(at as i64),
                '\r' => unified.push('\n'),
                c => unified.push(c),
            }
        }
        Unified { text: unified, dropped }
    }

    /// A position in the text as it was, in this one.
    pub fn position(&self, before: i64) -> i64 {
        before - self.dropped.partition_point(|&at| at < before) as i64
    }
}

/// The text with a carriage return before each line end, and where its positions move.
pub(super) struct Parted {
    pub text: String,
    /// Positions of the line ends, in code points of the text as it was.
    ends: Vec<i64>,
}

impl Parted {
    pub fn of(text: &str) -> Parted {
        let ends = text.chars().enumerate().filter(|&(_, c)| c == '\n').map(|(at, _)| at as i64).collect();
        Parted { text: text.replace('\n', "\r\n"), ends }
    }

    /// A position in the text as it was, in this one.
    pub fn position(&self, before: i64) -> i64 {
        before + self.ends.partition_point(|&at| at < before) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ranges_outside_are_none() {
        let points = CodePoints::of("å😀b");
        assert_eq!(points.bytes(1, 2), Some(2..6));
        assert_eq!(points.bytes(0, 3), Some(0..7));
        for (start, end) in [(-1, 1), (2, 1), (0, 4), (4, 4), (i64::MIN, i64::MAX)] {
            assert_eq!(points.bytes(start, end), None, "{start}..{end}");
        }
    }

    proptest! {
        #[test]
        fn a_position_stays_at_its_character(text in "[aå😀\r\n]{0,20}") {
            let unified = Unified::of(&text);
            prop_assert!(!unified.text.contains('\r'));
            let after: Vec<char> = unified.text.chars().collect();
            for (at, c) in text.chars().enumerate().filter(|&(_, c)| c != '\r') {
                prop_assert_eq!(after[unified.position(at as i64) as usize], c);
            }
            prop_assert_eq!(unified.position(text.chars().count() as i64), after.len() as i64);
            let parted = Parted::of(&unified.text);
            let again = Unified::of(&parted.text);
            prop_assert_eq!(&again.text, &unified.text);
            for at in 0..=after.len() as i64 {
                prop_assert_eq!(again.position(parted.position(at)), at);
            }
        }
    }
}
