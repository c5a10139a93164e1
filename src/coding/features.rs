//! What the learned part of the coder sees: hashed features of word forms, of two stems in a row, and of a point's shape.
//!
//! All of it but the last two is a matter of the form alone, so that a form is worked out once.

use crate::norwegian::{lower_case, stem};

/// Features are hashed into this many buckets (Weinberger et al. 2009). 2^18 cost 0.03 of macro-F1, 2^20 gained
/// 0.001 (docs/internals.md).
pub(super) const BUCKETS: usize = 1 << 19;

/// The lengths of character n-grams, in characters, a word's edges included.
const LENGTHS: std::ops::RangeInclusive<usize> = 3..=6;

/// How much a stem or a pair of stems counts against an n-gram.
const STEM: f32 = 2.0;

/// The kinds of features, mixed into their hashes so that a stem and an n-gram with the same letters differ.
#[derive(Clone, Copy)]
enum Kind {
    Form = 1,
    Stem,
    Gram,
    Pair,
    Length,
    Edges,
}

/// A feature: its bucket and how much it counts.
pub(super) type Feature = (u32, f32);

/// The features of one word form.
pub(super) struct FormFeatures {
    pub features: Vec<Feature>,
    /// The stem's number, for [`pair`].
    pub stem: u64,
}

/// The features of a word form: itself, its stem, and the character n-grams in it.
pub(super) fn of_form(form: &str) -> FormFeatures {
    let lower: String = lower_case(form).chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let stem = hash(Kind::Stem, stem(&lower).as_bytes());
    let marked = format!(" {lower} ");
    let ends: Vec<usize> = marked.char_indices().map(|(at, _)| at).chain([marked.len()]).collect();
    let grams = LENGTHS.flat_map(|length| ends.windows(length + 1)).map(|span| &marked[span[0]..span[span.len() - 1]]);
    let mut features = vec![(bucket(hash(Kind::Form, lower.as_bytes())), 1.0), (bucket(stem), STEM)];
    features.extend(grams.map(|gram| (bucket(hash(Kind::Gram, gram.as_bytes())), 1.0)));
    FormFeatures { features, stem }
}

/// The feature of two stems in a row; 0 stands before the first word.
pub(super) fn pair(before: u64, stem: u64) -> Feature {
    (bucket(before.rotate_left(21) ^ stem.wrapping_add(Kind::Pair as u64)), STEM)
}

/// What a point's shape says: how many words it has, how it begins and ends. Small talk and headings are short.
pub(super) fn of_shape(text: &str, words: usize) -> [Feature; 2] {
    let length = [3, 6, 10, 16, 25].iter().filter(|&&limit| words > limit).count() as u8;
    let end = text.trim_end().bytes().next_back().filter(|end| matches!(end, b'.' | b'?' | b'!')).unwrap_or_default();
    let begins_low = text.chars().next().is_some_and(char::is_lowercase);
    [(bucket(hash(Kind::Length, &[length])), STEM), (bucket(hash(Kind::Edges, &[end, u8::from(begins_low)])), STEM)]
}

/// FNV-1a (Fowler, Noll and Vo 1991): checked-in weights rest on it, so it must never change with a dependency.
fn hash(kind: Kind, bytes: &[u8]) -> u64 {
    let begin = 0xcbf2_9ce4_8422_2325 ^ kind as u64;
    bytes.iter().fold(begin.wrapping_mul(PRIME), |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME))
}

const PRIME: u64 = 0x0100_0000_01b3;

/// The bucket of a hash, its bits mixed once more (the finaliser of SplitMix64, Steele et al. 2014).
fn bucket(hash: u64) -> u32 {
    let mixed = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 31)) as usize % BUCKETS) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_has_its_n_grams() {
        // " mor " has 3 + 2 + 1 n-grams of 3 to 5 characters; the form and its stem come on top.
        assert_eq!(of_form("mor").features.len(), 8);
        assert_eq!(of_form("å").features.len(), 3);
        assert_eq!(of_form("Mor").features, of_form("mor").features);
    }

    #[test]
    fn buckets_never_change() {
        // The checked-in weights hold these numbers.
        assert_eq!(bucket(hash(Kind::Stem, b"lov")), EXPECTED_LOV);
    }

    const EXPECTED_LOV: u32 = 137_757;
}
