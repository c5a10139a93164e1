//! Where words stand, found 64 bytes at a time: exactly as Unicode's word boundaries (UAX #29) give them.
//!
//! A run of Latin letters and digits between other characters is a word. Each byte of a block becomes a bit ("part of a
//! word", "may join words"), and runs of bits become spans. What runs of bits can't decide (`14.15`, `bl.a.`, `it’s`, an
//! emoji, another script) is left to unicode-segmentation, for the piece between white space in which it stands.

use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;
use wide::u8x16;

/// Bytes that become the bits of one number.
const BLOCK: usize = 64;

/// Bytes that are looked at together, so that a long text needs no more memory than a short one.
const WINDOW: usize = 32 * BLOCK;

/// The lead byte of the Latin letters from À to ÿ in UTF-8, æ, ø and å among them.
const LATIN: u8 = 0xC3;

/// Finds words window by window, in memory that it keeps.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scanner {
    /// The spans of the last window's words: bytes of the text, end exclusive.
    pub spans: Vec<(usize, usize)>,
    blocks: Vec<Block>,
}

/// A block's bits: the lowest is the first byte's.
#[derive(Clone, Copy, Debug)]
struct Block {
    /// Part of a run of Latin letters and digits.
    word: u64,
    /// May join the words on both sides.
    joiner: u64,
    /// Runs don't decide here.
    hard: u64,
}

impl Scanner {
    /// Finds the words of the next window, which begins at `from`, and says where the one after it begins: at the text's end
    /// when all of it was seen. No word is cut.
    pub fn window(&mut self, text: &str, from: usize) -> usize {
        self.spans.clear();
        let to = window_end(text.as_bytes(), from);
        if to - from > WINDOW {
            self.words_of_piece(text, from..to);
            return to;
        }
        let any_hard = self.read_blocks(&text.as_bytes()[from..to]);
        let mut done = from;
        if any_hard {
            done = self.words_up_to_last_hard(text, from..to);
        }
        self.words_of_runs(from, done - from..to - from);
        to
    }

    /// Reads a window's bytes into blocks; whether there is anything that runs don't decide.
    fn read_blocks(&mut self, bytes: &[u8]) -> bool {
        self.blocks.clear();
        let (mut latin_before, mut any_hard) = (0, 0);
        for (number, chunk) in bytes.chunks(BLOCK).enumerate() {
            let classes = match chunk.try_into() {
                Ok(block) => Classes::of(block),
                Err(_) => {
                    let mut block = [0; BLOCK];
                    block[..chunk.len()].copy_from_slice(chunk);
                    Classes::of(&block)
                }
            };
            let after_latin = classes.latin << 1 | latin_before;
            latin_before = classes.latin >> (BLOCK - 1);
            let letter = classes.latin | after_latin;
            let others = classes.high & !letter;
            let mut hard = classes.underscore | classes.sign & after_latin;
            if others != 0 {
                hard |= undecided(bytes, number * BLOCK, others);
            }
            any_hard |= hard;
            self.blocks.push(Block { word: classes.ascii | letter, joiner: classes.joiner, hard });
        }
        any_hard |= self.mark_joiners();
        any_hard != 0
    }

    /// Marks what joins two words as hard, and gives the marks of all blocks together.
    fn mark_joiners(&mut self) -> u64 {
        let (mut before, mut any) = (0, 0);
        for number in 0..self.blocks.len() {
            let Block { word, joiner, .. } = self.blocks[number];
            let after = self.blocks.get(number + 1).map_or(0, |next| next.word << (BLOCK - 1));
            let joins = joiner & (word << 1 | before) & (word >> 1 | after);
            self.blocks[number].hard |= joins;
            any |= joins;
            before = word >> (BLOCK - 1);
        }
        any
    }

    /// The words of a window up to the end of its last piece that runs don't decide, which is returned.
    fn words_up_to_last_hard(&mut self, text: &str, window: Range<usize>) -> usize {
        let mut done = window.start;
        for number in 0..self.blocks.len() {
            let mut hard = self.blocks[number].hard;
            while hard != 0 {
                let at = window.start + number * BLOCK + hard.trailing_zeros() as usize;
                hard &= hard - 1;
                if at < done {
                    continue;
                }
                let piece = piece(text.as_bytes(), &window, at);
                let piece = piece.start.max(done)..piece.end;
                self.words_of_runs(window.start, done - window.start..piece.start - window.start);
                done = piece.end;
                self.words_of_piece(text, piece);
            }
        }
        done
    }

    fn words_of_piece(&mut self, text: &str, piece: Range<usize>) {
        let words = text[piece.clone()].unicode_word_indices();
        self.spans.extend(words.map(|(start, word)| (piece.start + start, piece.start + start + word.len())));
    }

    /// The runs of word bits within `range`, bytes from the window's beginning; a run that goes on behind it is cut there.
    fn words_of_runs(&mut self, window: usize, range: Range<usize>) {
        let mut open = None;
        let mut before = 0;
        for number in range.start / BLOCK..range.end.div_ceil(BLOCK) {
            let base = number * BLOCK;
            let from = range.start.saturating_sub(base);
            let mut word = self.blocks[number].word & (u64::MAX << from);
            if range.end < base + BLOCK {
                word &= !(u64::MAX << (range.end - base));
            }
            let mut changes = word ^ (word << 1 | before);
            before = word >> (BLOCK - 1);
            let mut next = || {
                let at = window + base + changes.trailing_zeros() as usize;
                let is_there = changes != 0;
                changes &= changes.wrapping_sub(1);
                is_there.then_some(at)
            };
            // Beginnings and ends take turns.
            while let Some(start) = open.take().or_else(&mut next) {
                let Some(end) = next() else {
                    open = Some(start);
                    break;
                };
                self.spans.push((start, end));
            }
        }
        if let Some(start) = open {
            self.spans.push((start, window + range.end));
        }
    }
}

/// Where a window ends: before white space, so that no word is cut; later than wanted where there is none.
fn window_end(bytes: &[u8], from: usize) -> usize {
    let limit = from + WINDOW;
    if bytes.len() <= limit {
        return bytes.len();
    }
    let begins_space = |at: &usize| is_space(bytes[*at]) && !is_space(bytes[*at - 1]);
    let before = (from + 1..=limit).rev().find(begins_space);
    before.or_else(|| (limit..bytes.len()).find(begins_space)).unwrap_or(bytes.len())
}

/// The piece of a window between white space around a byte, with all the space before it: a mark that combines with what is
/// before it belongs to that.
fn piece(bytes: &[u8], window: &Range<usize>, at: usize) -> Range<usize> {
    let space = (window.start..at).rev().find(|&at| is_space(bytes[at]));
    let start = space.and_then(|space| (window.start..space).rev().find(|&at| !is_space(bytes[at])));
    let start = start.map_or(window.start, |before| before + 1);
    let end = (at..window.end).find(|&at| is_space(bytes[at])).unwrap_or(window.end);
    start..end
}

fn is_space(byte: u8) -> bool {
    byte <= b' '
}

/// What the bytes of a block are, a bit a byte.
struct Classes {
    /// ASCII letters and digits.
    ascii: u64,
    /// Beyond ASCII.
    high: u64,
    /// The first byte of a Latin letter from À to ÿ, or of × or ÷.
    latin: u64,
    /// The second byte of × or ÷, and of other characters.
    sign: u64,
    joiner: u64,
    underscore: u64,
}

impl Classes {
    #[inline]
    fn of(block: &[u8; BLOCK]) -> Classes {
        let mut classes = Classes { ascii: 0, high: 0, latin: 0, sign: 0, joiner: 0, underscore: 0 };
        for quarter in 0..4 {
            let mut part = [0; 16];
            part.copy_from_slice(&block[quarter * 16..][..16]);
            let bytes = u8x16::new(part);
            let is = |byte: u8| bytes.simd_eq(u8x16::splat(byte));
            let within = |bytes: u8x16, first: u8, last: u8| {
                let from_first = bytes - u8x16::splat(first);
                from_first.min(u8x16::splat(last - first)).simd_eq(from_first)
            };
            let bits = |lanes: u8x16| u64::from(lanes.to_bitmask()) << (quarter * 16);
            let letter = within(bytes | u8x16::splat(0x20), b'a', b'z');
            classes.ascii |= bits(letter | within(bytes, b'0', b'9'));
            // A bit mask takes each byte's highest bit.
            classes.high |= bits(bytes);
            classes.latin |= bits(is(LATIN));
            classes.sign |= bits(is(0x97) | is(0xB7));
            // , and . differ in one bit, and so do : and ;.
            let joiner = (bytes | u8x16::splat(2)).simd_eq(u8x16::splat(b'.'));
            let joiner = joiner | (bytes | u8x16::splat(1)).simd_eq(u8x16::splat(b';'));
            classes.joiner |= bits(joiner | is(b'\''));
            classes.underscore |= bits(is(b'_'));
        }
        classes
    }
}

/// Of the bytes beyond ASCII in a block that are no Latin letters, those that runs don't decide. `base` is where the block begins.
fn undecided(bytes: &[u8], base: usize, mut others: u64) -> u64 {
    let mut hard = 0;
    while others != 0 {
        let bit = others.trailing_zeros();
        others &= others - 1;
        let at = base + bit as usize;
        let is_lead = bytes[at] >= 0xC0;
        if is_lead && !parts_words(&bytes[at..]) {
            hard |= 1 << bit;
        }
    }
    hard
}

/// Whether the character at the beginning, beyond ASCII, parts words and does nothing else, as a space does: quotation marks,
/// dashes, bullets, arrows. Only such as are common in notes: the others are left to unicode-segmentation.
fn parts_words(bytes: &[u8]) -> bool {
    match bytes {
        // No-break space to ¿, but for letters, digits, the soft hyphen and the middle dot.
        [0xC2, second, ..] => {
            matches!(second, 0xA0..=0xA9 | 0xAB | 0xAC | 0xAE..=0xB1 | 0xB4 | 0xB6 | 0xBB | 0xBF)
        }
        // Dashes, double and low quotation marks, daggers and bullets, the ellipsis.
        [0xE2, 0x80, third, ..] => matches!(third, 0x90..=0x97 | 0x9A | 0x9C..=0x9F | 0xA0..=0xA3 | 0xA6 | 0xB9 | 0xBA),
        // The euro sign; arrows; squares and circles as bullets; check marks and ballot crosses.
        [0xE2, 0x82, 0xAC, ..] | [0xE2, 0x86, 0x90..=0x94, ..] | [0xE2, 0x87, 0x92, ..] => true,
        [0xE2, 0x96, 0xA0 | 0xA1 | 0xAA, ..] | [0xE2, 0x97, 0x8B | 0x8F | 0xA6, ..] => true,
        [0xE2, 0x9C, 0x93 | 0x97, ..] | [0xE2, 0x9E, 0xA2 | 0xA4, ..] => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scanned(text: &str) -> Vec<(usize, &str)> {
        let mut scanner = Scanner::default();
        let (mut found, mut from) = (Vec::new(), 0);
        while from < text.len() {
            from = scanner.window(text, from);
            found.extend(scanner.spans.iter().map(|&(start, end)| (start, &text[start..end])));
        }
        found
    }

    fn same_as_unicode(text: &str) {
        assert_eq!(scanned(text), text.unicode_word_indices().collect::<Vec<_>>(), "{text:?}");
    }

    #[test]
    fn what_parts_words_parts_any_two() {
        for c in ('\u{80}'..='\u{FFFF}').filter(|c| parts_words(c.to_string().as_bytes())) {
            for text in [
                format!("a{c}b"),
                format!("1{c}2"),
                format!("{c}"),
                format!("å{c}{c}ø {c}\u{301}e"),
                format!("a{c}\u{200D}b"),
            ] {
                same_as_unicode(&text);
            }
        }
    }

    #[test]
    fn every_character_between_letters_and_digits() {
        for c in '\0'..='\u{2FFF}' {
            same_as_unicode(&format!("a{c}b 1{c}2 æ{c} {c}å a{c}1{c}"));
        }
    }

    #[test]
    fn windows_of_any_length() {
        for length in [1, 15, 63, 64, 65, WINDOW - 1, WINDOW, WINDOW + 1, 3 * WINDOW] {
            same_as_unicode(&"å".repeat(length));
            same_as_unicode(&"a b.c ".repeat(length));
            same_as_unicode(&" ".repeat(length));
            same_as_unicode(&format!("{}14.15 x", "a ".repeat(length)));
        }
    }

    proptest! {
        #[test]
        fn any_text(text in "\\PC{0,200}") {
            same_as_unicode(&text);
        }

        #[test]
        fn text_with_traps(text in "([a-zA-ZæøåÆØÅéü0-9]{0,9}|[ .,:;'_\t\n-]|[\u{301}\u{200D}\u{AD}\u{2019}«»–…→×÷½\u{A0}']|\\PC){0,150}") {
            same_as_unicode(&text);
        }
    }
}
