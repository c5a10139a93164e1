//! What two points are compared by: character n-grams inside their words, weighted by how few points have them.

use crate::norwegian::{lower_case, stem, word_list, words};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasher, Hash};
use std::sync::LazyLock;

static STOP_WORDS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| word_list(include_str!("../../data/norwegian/stop-words.txt")).collect());

/// The lengths of n-grams, in characters. Inside words, 3 to 5 found twice as many nearest neighbours as stems did.
const LENGTHS: std::ops::RangeInclusive<usize> = 3..=5;

/// A point's features as a sparse vector of length 1, by rising feature number; of length 0 for a point without content.
#[derive(Clone, Debug, Default)]
pub(super) struct Vector {
    pub entries: Vec<(u64, f32)>,
}

impl Vector {
    /// The sum of vectors, each times its weight. No vector of length 1, but as good to compare others by.
    pub fn sum<'v>(weighted: impl Iterator<Item = (&'v Vector, f32)>) -> Vector {
        let mut sums: BTreeMap<u64, f32> = BTreeMap::new();
        for (vector, weight) in weighted {
            for &(feature, value) in &vector.entries {
                *sums.entry(feature).or_default() += value * weight;
            }
        }
        Vector { entries: sums.into_iter().collect() }
    }

    /// The cosine of the angle between two vectors of length 1, 0 to 1.
    pub fn cosine(&self, other: &Vector) -> f32 {
        let (mut a, mut b) = (self.entries.iter().peekable(), other.entries.iter().peekable());
        let mut sum = 0.0;
        while let (Some(&&(left, x)), Some(&&(right, y))) = (a.peek(), b.peek()) {
            if left == right {
                sum += x * y;
            }
            if left <= right {
                a.next();
            }
            if right <= left {
                b.next();
            }
        }
        sum
    }
}

/// The vectors of texts: TF-IDF (Spärck Jones 1972) with the square root of the count, over these texts alone.
pub(super) fn vectors(texts: &[&str]) -> Vec<Vector> {
    let counts: Vec<HashMap<u64, u32>> = texts.iter().map(|text| counts(text)).collect();
    let mut holders: HashMap<u64, u32> = HashMap::new();
    for feature in counts.iter().flat_map(HashMap::keys) {
        *holders.entry(*feature).or_default() += 1;
    }
    counts.iter().map(|counts| vector(counts, &holders, texts.len())).collect()
}

fn vector(counts: &HashMap<u64, u32>, holders: &HashMap<u64, u32>, total: usize) -> Vector {
    let rarity = |feature: u64| ((1 + total) as f32 / (1 + holders[&feature]) as f32).ln() + 1.0;
    let mut entries: Vec<(u64, f32)> =
        counts.iter().map(|(&feature, &count)| (feature, (count as f32).sqrt() * rarity(feature))).collect();
    entries.sort_unstable_by_key(|&(feature, _)| feature);
    let length = entries.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
    entries.iter_mut().for_each(|(_, weight)| *weight /= length);
    Vector { entries }
}

/// The n-grams of a text's content words, each word with its edges marked and counted whole as well, by its stem.
fn counts(text: &str) -> HashMap<u64, u32> {
    let mut forms: HashMap<&str, u32> = HashMap::new();
    for word in words(text) {
        *forms.entry(word.text).or_default() += 1;
    }
    let mut counts = HashMap::new();
    for (form, times) in forms {
        let lower = lower_case(form);
        if !STOP_WORDS.contains(lower.as_ref()) {
            for feature in features_of(&lower) {
                *counts.entry(feature).or_default() += times;
            }
        }
    }
    counts
}

/// The features of one word form in lower case.
fn features_of(lower: &str) -> Vec<u64> {
    let marked: Vec<char> = std::iter::once(' ').chain(lower.chars()).chain([' ']).collect();
    let grams = LENGTHS.flat_map(|length| marked.windows(length)).map(|gram| number(&gram));
    grams.chain([number(&(stem(lower), "stem"))]).collect()
}

/// A feature's number: its hash, the same in every run.
fn number(feature: &impl Hash) -> u64 {
    foldhash::fast::FixedState::default().hash_one(feature)
}
