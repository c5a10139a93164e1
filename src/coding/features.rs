//! What the learned part of the coder sees: hashed features of word forms, of two stems in a row, and of a point's shape.
//!
//! All of it but the last two is a matter of the form alone, so that a form is worked out once.

use std::borrow::Cow;

/// Features of forms and shapes are hashed into this many buckets (Weinberger et al. 2009). 2^18 cost 0.03 of macro-F1, 2^20
/// gained 0.001 (docs/internals.md).
const FORM_BUCKETS: usize = 1 << 19;

/// Pairs of stems have buckets of their own behind those, so many that a pair which was not learned of is rarely taken for one
/// that was, and so few that the processor has their bits at hand: of 2^19, some 60,000 are known.
const PAIR_BUCKETS: usize = 1 << 19;

/// All buckets.
pub(super) const BUCKETS: usize = FORM_BUCKETS + PAIR_BUCKETS;

/// The lengths of character n-grams, in characters, a word's edges included.
const LENGTHS: std::ops::RangeInclusive<usize> = 3..=6;

/// How much a stem, a pair of stems or a shape counts against an n-gram.
const STEM: u8 = 2;

/// The kinds of features, mixed into their hashes so that a stem and an n-gram with the same letters differ.
#[derive(Clone, Copy)]
enum Kind {
    Form = 1,
    Stem,
    Gram,
    Length,
    Edges,
}

/// A feature: its bucket and how much it counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Feature {
    pub bucket: u32,
    pub count: u8,
}

/// Adds the features of a word form in lower case, given its stem: itself, its stem, and the character n-grams in it. All
/// digits are one. Gives the stem's number, for [`pair`]; it is never 0.
pub(super) fn add_form(lower: &str, stem: &str, features: &mut Vec<Feature>) -> u32 {
    let lower = with_one_digit(lower);
    let stem = hash(Kind::Stem, with_one_digit(stem).as_bytes());
    features.extend([of_hash(hash(Kind::Form, lower.as_bytes()), 1), of_hash(stem, STEM)]);
    add_grams(&lower, features);
    (stem >> 32) as u32 | 1
}

/// Adds the n-grams of a form, the shorter first, a space at either edge. Hashing goes on from each to the next longer one with
/// the same beginning.
fn add_grams(lower: &str, features: &mut Vec<Feature>) {
    let marked = [" ", lower, " "].concat();
    let bytes = marked.as_bytes();
    let begins = |at: usize| marked.is_char_boundary(at);
    let starts = || (0..bytes.len()).filter(|&at| begins(at));
    let count = starts().count();
    let mut first = [0; *LENGTHS.end() + 1];
    let mut behind = features.len();
    for length in LENGTHS {
        first[length] = behind;
        behind += (count + 1).saturating_sub(length);
    }
    features.resize(behind, Feature::default());
    for (number, start) in starts().enumerate() {
        let (mut hash, mut length) = (hash(Kind::Gram, &[]), 0);
        for at in start..bytes.len() {
            hash = hash_on(hash, &bytes[at..=at]);
            length += usize::from(begins(at + 1));
            if LENGTHS.contains(&length) && begins(at + 1) {
                features[first[length] + number] = of_hash(hash, 1);
                if length == *LENGTHS.end() {
                    break;
                }
            }
        }
    }
}

fn with_one_digit(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_digit()) {
        Cow::Owned(text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// The feature of two stems in a row; 0 stands before the first word.
#[inline]
pub(super) fn pair(before: u32, stem: u32) -> Feature {
    let bucket = mixed(u64::from(before) << 32 | u64::from(stem)) as usize % PAIR_BUCKETS;
    Feature { bucket: (FORM_BUCKETS + bucket) as u32, count: STEM }
}

/// A point's shape: how many words it has, how it begins and ends. Small talk and headings are short.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    length: u8,
    end: u8,
    begins_low: bool,
}

/// More words than this make a point one class longer.
const LIMITS: [usize; 5] = [3, 6, 10, 16, 25];

/// The ends of a point that count; 0 is any other.
const ENDS: [u8; 4] = [0, b'.', b'?', b'!'];

impl Shape {
    pub fn of(text: &str, words: usize) -> Shape {
        let length = LIMITS.iter().map(|&limit| u8::from(words > limit)).sum();
        let last = text.trim_end().bytes().next_back().unwrap_or_default();
        let end = ENDS.iter().position(|&end| end == last).unwrap_or_default() as u8;
        Shape { length, end, begins_low: text.chars().next().is_some_and(char::is_lowercase) }
    }

    /// All shapes, by their numbers.
    pub fn all() -> impl Iterator<Item = Shape> {
        let ends = |length| (0..ENDS.len() as u8).map(move |end| (length, end));
        let both = (0..=LIMITS.len() as u8).flat_map(ends);
        both.flat_map(|(length, end)| [false, true].map(|begins_low| Shape { length, end, begins_low }))
    }

    pub fn number(self) -> usize {
        (usize::from(self.length) * ENDS.len() + usize::from(self.end)) * 2 + usize::from(self.begins_low)
    }

    /// What it says.
    pub fn features(self) -> [Feature; 2] {
        let edges = [ENDS[usize::from(self.end)], u8::from(self.begins_low)];
        [of_hash(hash(Kind::Length, &[self.length]), STEM), of_hash(hash(Kind::Edges, &edges), STEM)]
    }
}

fn of_hash(hash: u64, count: u8) -> Feature {
    Feature { bucket: (mixed(hash) as usize % FORM_BUCKETS) as u32, count }
}

/// FNV-1a (Fowler, Noll and Vo 1991): checked-in weights rest on it, so it must never change with a dependency.
fn hash(kind: Kind, bytes: &[u8]) -> u64 {
    let begin = 0xcbf2_9ce4_8422_2325 ^ kind as u64;
    hash_on(begin.wrapping_mul(PRIME), bytes)
}

/// The hash of what was hashed so far and further bytes.
fn hash_on(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME))
}

const PRIME: u64 = 0x0100_0000_01b3;

/// A number's bits mixed (the finaliser of SplitMix64, Steele et al. 2014).
#[inline]
fn mixed(number: u64) -> u64 {
    let mixed = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_form(lower: &str, stem: &str) -> Vec<Feature> {
        let mut features = Vec::new();
        add_form(lower, stem, &mut features);
        features
    }

    #[test]
    fn a_form_has_its_n_grams() {
        // " mor " has 3 + 2 + 1 n-grams of 3 to 5 characters; the form and its stem come on top.
        assert_eq!(of_form("mor", "mor").len(), 8);
        assert_eq!(of_form("å", "å").len(), 3);
        assert_eq!(of_form("17", "17"), of_form("20", "20"));
    }

    #[test]
    fn grams_stand_by_length_and_then_by_place() {
        let grams = [" øm", "ømt", "mt0", "t0 ", " ømt", "ømt0", "mt0 ", " ømt0", "ømt0 ", " ømt0 "];
        let expected = grams.map(|gram| of_hash(hash(Kind::Gram, gram.as_bytes()), 1));
        assert_eq!(of_form("ømt1", "ømt")[2..], expected);
    }

    #[test]
    fn shapes_are_numbered_in_order() {
        assert!(Shape::all().map(Shape::number).eq(0..48));
        let numbers = ["", "to ord", "To ord. ", "å!", "et ord og et til og enda et?"]
            .map(|text| Shape::of(text, text.split_whitespace().count()).number());
        assert_eq!(numbers, [0, 1, 2, 7, 21]);
    }

    #[test]
    fn buckets_never_change() {
        // The checked-in weights hold these numbers.
        assert_eq!(of_hash(hash(Kind::Stem, b"lov"), STEM), Feature { bucket: 137_757, count: STEM });
        assert_eq!(pair(0, 1).bucket, 722_405);
    }
}
