//! What was learned from coded examples, as a table of small weights, and where it comes from.

use super::cues::CueIndex;
use super::features::{self, BUCKETS, Feature};
use super::train::{self, Problem};
use crate::codebook::{Codebook, Example};
use crate::norwegian::words;
use rayon::prelude::*;
use std::borrow::Cow;

/// The weights learned from the bundled codebook's examples; `tests/weights.rs` makes the file and says when it is stale.
static BUNDLED: &[u8] = include_bytes!("../../data/codebooks/summit-2017.weights");

/// The log-odds of no code where nothing was learned: one cue of weight 2 wins against it, one of weight 1 does not.
const NONE: f32 = 1.5;

/// How much a cue's weight counts beside what was learned. Cross-validation: 0.25 gave macro-F1 0.811, 0.4 gave 0.806.
const CUE_SHARE: f32 = 0.25;

/// How strongly learned weights are held near 0; from cross-validation by author (docs/internals.md).
const PRECISION: f32 = 0.06;

/// What share of a point the codes have that its coder called defensible beside the primary one.
const ALSO: f32 = 0.2;

/// Learned probabilities are too cautious, since the targets of training are divided among codes: log-odds are divided by
/// this. The calibration error in cross-validation is then 0.013; it was 0.09 at 1, and other values were not tried.
const TEMPERATURE: f32 = 0.75;

/// Rarities are kept in hundredths.
const RARITY_STEP: f32 = 0.01;

/// What the coder learned: for each outcome (the codes in order, then no code) a bias and a weight a feature.
pub(super) struct Model {
    pub outcomes: usize,
    pub biases: Vec<f32>,
    /// How much cues count.
    pub cue_share: f32,
    pub temperature: f32,
    /// The value of a weight of 1 in the table.
    scale: f32,
    /// A row a bucket: a weight for each outcome, then how rare the feature is, in a byte each. Empty where nothing was learned.
    table: Cow<'static, [u8]>,
}

impl Model {
    /// The model of a codebook: the bundled weights where they were learned from this very codebook, else learned now; from
    /// the cues alone where there are no examples.
    pub fn of(codebook: &Codebook, cues: &CueIndex) -> Model {
        let outcomes = codebook.codes.len() + 1;
        if codebook.examples.is_empty() {
            return Model::of_cues(outcomes);
        }
        match Model::from_bytes(BUNDLED) {
            Some((hash, model)) if hash == codebook.hash => model,
            _ => Model::learn(outcomes, &codebook.examples, cues),
        }
    }

    fn of_cues(outcomes: usize) -> Model {
        let mut biases = vec![0.0; outcomes];
        biases[outcomes - 1] = NONE;
        Model { outcomes, biases, cue_share: 1.0, temperature: 1.0, scale: 0.0, table: Cow::Borrowed(&[]) }
    }

    /// Learns from examples. The same, to the bit, for any number of threads.
    pub fn learn(outcomes: usize, examples: &[Example], cues: &CueIndex) -> Model {
        let raw: Vec<Vec<Feature>> = examples.par_iter().map(|example| features_of(&example.text)).collect();
        let rarities = rarities(&raw);
        let (column_of, columns) = columns(&raw);
        let rows = raw.par_iter().map(|features| row(features, &rarities, &column_of)).collect();
        let offsets = examples.par_iter().flat_map_iter(|example| cue_offsets(&example.text, cues, outcomes)).collect();
        let targets = examples.iter().flat_map(|example| shares(example, outcomes)).collect();
        let learned = train::train(&Problem { rows, offsets, targets, columns, outcomes, precision: PRECISION });
        let mut values = vec![0.0; BUCKETS * outcomes];
        for (bucket, column) in column_of.iter().enumerate().filter(|(_, column)| **column != u32::MAX) {
            for outcome in 0..outcomes {
                values[bucket * outcomes + outcome] =
                    learned.weights[*column as usize * outcomes + outcome] * f32::from(rarities[bucket]) * RARITY_STEP;
            }
        }
        let scale = values.iter().fold(0.0_f32, |top, value| top.max(value.abs())) / 127.0;
        let mut table = Vec::with_capacity(BUCKETS * (outcomes + 1));
        for (values, rarity) in values.chunks(outcomes).zip(&rarities) {
            table.extend(values.iter().map(|value| (value / scale.max(f32::MIN_POSITIVE)).round() as i8 as u8));
            table.push(*rarity);
        }
        let table = Cow::Owned(table);
        Model { outcomes, biases: learned.biases, cue_share: CUE_SHARE, temperature: TEMPERATURE, scale, table }
    }

    /// Adds what features say, a number for each outcome, and gives the sum of their squared sizes.
    pub fn add(&self, features: &[Feature], sums: &mut [f32]) -> f32 {
        let mut squares = 0.0;
        if self.table.is_empty() {
            return squares;
        }
        for &(bucket, count) in features {
            let row = &self.table[bucket as usize * (self.outcomes + 1)..][..self.outcomes + 1];
            for (sum, weight) in sums.iter_mut().zip(row) {
                *sum += count * self.scale * f32::from(*weight as i8);
            }
            let size = count * f32::from(row[self.outcomes]) * RARITY_STEP;
            squares += size * size;
        }
        squares
    }

    /// The file of weights: a mark, the hash of the codebook that they were learned from, the numbers, little end first.
    pub fn to_bytes(&self, hash: &str) -> Vec<u8> {
        let mut bytes = MARK.to_vec();
        bytes.extend(hash.as_bytes());
        bytes.extend((self.outcomes as u32).to_le_bytes());
        for value in [self.scale, self.cue_share, self.temperature].iter().chain(&self.biases) {
            bytes.extend(value.to_le_bytes());
        }
        bytes.extend(self.table.iter());
        bytes
    }

    /// The hash and the model of a file of weights; `None` where it is none.
    fn from_bytes(bytes: &'static [u8]) -> Option<(&'static str, Model)> {
        let rest = bytes.strip_prefix(MARK)?;
        let (hash, rest) = rest.split_at_checked(64)?;
        let (outcomes, mut rest) = rest.split_first_chunk::<4>()?;
        let outcomes = u32::from_le_bytes(*outcomes) as usize;
        let mut values = Vec::with_capacity(outcomes + 3);
        for _ in 0..outcomes + 3 {
            let (value, after) = rest.split_first_chunk::<4>()?;
            values.push(f32::from_le_bytes(*value));
            rest = after;
        }
        let biases = values.split_off(3);
        let [scale, cue_share, temperature] = values[..] else { return None };
        let model = Model { outcomes, biases, cue_share, temperature, scale, table: Cow::Borrowed(rest) };
        (rest.len() == BUCKETS * (outcomes + 1)).then_some((std::str::from_utf8(hash).ok()?, model))
    }
}

const MARK: &[u8; 8] = b"KODEBOK1";

/// All features of a text: of its forms, of its stems in pairs, and of its shape.
fn features_of(text: &str) -> Vec<Feature> {
    let mut found = Vec::new();
    let (mut before, mut count) = (0, 0);
    for word in words(text) {
        let form = features::of_form(word.text);
        found.extend(form.features);
        found.push(features::pair(before, form.stem));
        before = form.stem;
        count += 1;
    }
    found.extend(features::of_shape(text, count));
    found
}

/// How rare each bucket's features are: the logarithm of one over the share of texts that have them (Spärck Jones 1972), over
/// 6 so that most lie between 0 and 1, in hundredths.
fn rarities(texts: &[Vec<Feature>]) -> Vec<u8> {
    let mut holders = vec![0_u32; BUCKETS];
    let mut last = vec![u32::MAX; BUCKETS];
    for (text, features) in texts.iter().enumerate() {
        for &(bucket, _) in features {
            if std::mem::replace(&mut last[bucket as usize], text as u32) != text as u32 {
                holders[bucket as usize] += 1;
            }
        }
    }
    let rarity = |holders: &u32| (texts.len() as f32 / (1 + holders) as f32).ln().max(0.0) / 6.0;
    holders.iter().map(|holders| (rarity(holders) / RARITY_STEP).round() as u8).collect()
}

/// The buckets that occur, numbered in order; `u32::MAX` for the others.
fn columns(texts: &[Vec<Feature>]) -> (Vec<u32>, usize) {
    let mut column_of = vec![u32::MAX; BUCKETS];
    for &(bucket, _) in texts.iter().flatten() {
        column_of[bucket as usize] = 0;
    }
    let mut count = 0;
    for column in column_of.iter_mut().filter(|column| **column == 0) {
        *column = count;
        count += 1;
    }
    (column_of, count as usize)
}

/// A text's row: each column once, weighted by rarity, the whole of length about 1.
fn row(features: &[Feature], rarities: &[u8], column_of: &[u32]) -> Vec<(u32, f32)> {
    let size = |&(bucket, count): &Feature| count * f32::from(rarities[bucket as usize]) * RARITY_STEP;
    let length = features.iter().map(|feature| size(feature) * size(feature)).sum::<f32>().sqrt().max(1e-6);
    let mut row: Vec<(u32, f32)> =
        features.iter().map(|feature| (column_of[feature.0 as usize], size(feature) / length)).collect();
    row.sort_unstable_by_key(|&(column, _)| column);
    row.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    row
}

/// What a text's cues say, a number for each outcome.
fn cue_offsets(text: &str, cues: &CueIndex, outcomes: usize) -> Vec<f32> {
    let mut sums = cues.sums(text);
    sums.resize(outcomes, 0.0);
    sums.iter_mut().for_each(|sum| *sum *= CUE_SHARE);
    sums
}

/// The share of each outcome in an example: the primary code's, less what the defensible ones have together.
fn shares(example: &Example, outcomes: usize) -> Vec<f32> {
    let mut shares = vec![0.0; outcomes];
    shares[example.code.unwrap_or(outcomes - 1)] = 1.0;
    if !example.also.is_empty() {
        shares[example.code.unwrap_or(outcomes - 1)] -= ALSO;
        example.also.iter().for_each(|&code| shares[code] += ALSO / example.also.len() as f32);
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(text: &str, code: Option<usize>) -> Example {
        Example { text: text.into(), code, also: Vec::new(), group: String::new(), genre: String::new(), line: 1 }
    }

    #[test]
    fn weights_come_back_from_their_file() {
        let codebook = Codebook::parse("[[code]]\nid = \"a\"").unwrap();
        let examples = [example("lang ventetid", Some(0)), example("god kaffe", None)];
        let model = Model::learn(2, &examples, &CueIndex::new(&codebook));
        let bytes: &'static [u8] = Box::leak(model.to_bytes(&codebook.hash).into_boxed_slice());
        let (hash, back) = Model::from_bytes(bytes).unwrap();
        assert_eq!((hash, &back.biases, back.scale), (codebook.hash.as_str(), &model.biases, model.scale));
        assert_eq!(back.table, model.table);
        assert!(Model::from_bytes(&bytes[..bytes.len() - 1]).is_none());
    }
}
