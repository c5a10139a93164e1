//! What was learned from coded examples, as a table of small weights, and where it comes from.

use super::calibrate::{self, Calibration, FOLDS};
use super::cues::CueIndex;
use super::features::{self, BUCKETS, Feature, Shape};
use super::table::Table;
use super::train::{self, Problem};
use crate::codebook::{Codebook, Example};
use crate::norwegian::{lower_case, stem, words};
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap};

/// The weights learned from the bundled codebook's examples; `tests/weights.rs` makes the file and says when it is stale.
static BUNDLED: &[u8] = include_bytes!("../../data/codebooks/summit-2017.weights");

/// The log-odds of no code where nothing was learned: one cue of weight 2 wins against it, one of weight 1 does not.
const NONE: f32 = 1.5;

/// How much a cue's weight counts beside what was learned from many examples. Cross-validation over 21,552: 0.25 gave macro-F1 0.811, 0.4 gave 0.806.
const CUE_SHARE: f32 = 0.25;

/// How strongly learned weights are held near 0; from cross-validation by author (docs/internals.md).
const PRECISION: f32 = 0.06;

/// What share of a point the codes have that its coder called defensible beside the primary one.
const ALSO: f32 = 0.2;

/// From this many examples on, features that only one of them has are left out: macro-F1 stays (0.870 and 0.870 on the first
/// set), training takes two thirds of the time. Of 180 examples they are worth 0.06 of macro-F1.
const MANY: usize = 2_000;

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
    pub scale: f32,
    /// For each bucket that was learned of a weight for each outcome, then how rare the feature is, in a byte each.
    table: Table,
}

/// What squared sizes are counted in, as a power of two of the squared step of rarity: those of a thousand words fit 32 bits.
const SQUARES_SHIFT: u32 = 6;

impl Model {
    /// So many features are added at once: the sums of so many weights, of a count of 2 at most, fit in 16 bits.
    pub const TOGETHER: usize = 128;

    /// The model of a codebook: the bundled weights where they were learned from this very codebook, else learned now; from
    /// the cues alone where there are no examples.
    pub fn of(codebook: &Codebook, cues: &CueIndex) -> Model {
        let outcomes = codebook.codes.len() + 1;
        if codebook.examples.are_none() {
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
        Model { outcomes, biases, cue_share: 1.0, temperature: 1.0, scale: 0.0, table: Table::empty(BUCKETS) }
    }

    /// Learns from examples. The same, to the bit, for any number of threads.
    pub fn learn(outcomes: usize, examples: &[Example], cues: &CueIndex) -> Model {
        let raw: Vec<Vec<Feature>> = examples.par_iter().map(|example| features_of(&example.text)).collect();
        let rarities = rarities(&raw, if examples.len() < MANY { 1 } else { 2 });
        let (column_of, columns) = columns(&rarities);
        let rows = raw.par_iter().map(|features| row(features, &rarities, &column_of)).collect();
        let cues = examples.par_iter().flat_map_iter(|example| cue_sums(&example.text, cues, outcomes)).collect();
        let targets = examples.iter().flat_map(|example| shares(example, outcomes)).collect();
        let mut problem =
            Problem { rows, cues, cue_share: CUE_SHARE, targets, columns, outcomes, precision: PRECISION };
        let primaries: Vec<usize> = examples.iter().map(|example| example.code.unwrap_or(outcomes - 1)).collect();
        let Calibration { cue_share, temperature } = calibrate::calibrate(&mut problem, &folds(examples), &primaries);
        problem.cue_share = cue_share;
        let learned = train::train(&problem);
        let (table, scale) = in_bytes(&learned.weights, outcomes, &rarities, &column_of);
        Model { outcomes, biases: learned.biases, cue_share, temperature, scale, table }
    }

    /// Adds what features say: to the first numbers of `sums` the weights for each outcome, in steps of [`Model::scale`], and to
    /// the last one their squared sizes, which [`Model::length`] reads.
    pub fn add(&self, features: &[Feature], sums: &mut [i32]) {
        if self.outcomes < size_of::<u64>() {
            features.chunks(Model::TOGETHER).for_each(|features| self.add_narrow(features, sums));
        } else {
            self.add_wide(features, sums);
        }
    }

    /// [`Model::add`] for rows that one number holds, with all their bytes added at once.
    #[inline]
    fn add_narrow(&self, features: &[Feature], sums: &mut [i32]) {
        let (mut lanes, mut squares) = (Lanes::default(), 0);
        for &Feature { bucket, count } in features {
            let (is_known, row) = self.table.number(bucket as usize);
            if is_known {
                lanes.add(row, count);
                squares += squared_size(count, (row >> (8 * self.outcomes)) as u8);
            }
        }
        self.add_sums(&lanes, squares, sums);
    }

    #[inline]
    fn add_sums(&self, lanes: &Lanes, squares: i32, sums: &mut [i32]) {
        let (weights, rest) = sums.split_at_mut(self.outcomes);
        weights.iter_mut().zip(lanes.sums()).for_each(|(sum, lane)| *sum += lane);
        rest.iter_mut().for_each(|sum| *sum += squares);
    }

    fn add_wide(&self, features: &[Feature], sums: &mut [i32]) {
        let Some((squares, sums)) = sums.split_last_mut() else { return };
        for &Feature { bucket, count } in features {
            let Some((rarity, weights)) = self.table.row(bucket as usize).and_then(<[u8]>::split_last) else {
                continue;
            };
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum += i32::from(count) * i32::from(*weight as i8);
            }
            *squares += squared_size(count, *rarity);
        }
    }

    /// Adds, as [`Model::add`] does, what is said by the pairs of stems in a row, given the stem before them; gives the last of
    /// them.
    #[inline]
    pub fn add_pairs(&self, before: u32, stems: impl ExactSizeIterator<Item = u32>, sums: &mut [i32]) -> u32 {
        debug_assert!(stems.len() <= Model::TOGETHER);
        let mut before = before;
        let pairs = stems.map(|stem| features::pair(std::mem::replace(&mut before, stem), stem));
        if self.outcomes >= size_of::<u64>() {
            pairs.for_each(|pair| self.add_wide(&[pair], sums));
            return before;
        }
        let (mut lanes, mut squares) = (Lanes::default(), 0);
        for Feature { bucket, count } in pairs {
            // Half of the pairs are known, and which can't be foreseen: a row of nothing is added instead of jumping.
            let (is_known, row) = self.table.number(bucket as usize);
            let row = if is_known { row } else { 0 };
            lanes.add(row, count);
            squares += squared_size(count, (row >> (8 * self.outcomes)) as u8);
        }
        self.add_sums(&lanes, squares, sums);
        before
    }

    /// The length of a feature vector from the sum of squared sizes that [`Model::add`] counted; 1 where there are none.
    pub fn length(squares: i64) -> f32 {
        if squares == 0 { 1.0 } else { ((squares << SQUARES_SHIFT) as f32).sqrt() * RARITY_STEP }
    }

    /// The file of weights: a mark, the hash of the codebook that they were learned from, the numbers, little end first.
    pub fn to_bytes(&self, hash: &str) -> Vec<u8> {
        let mut bytes = MARK.to_vec();
        bytes.extend(hash.as_bytes());
        bytes.extend((self.outcomes as u32).to_le_bytes());
        for value in [self.scale, self.cue_share, self.temperature].iter().chain(&self.biases) {
            bytes.extend(value.to_le_bytes());
        }
        self.table.write(&mut bytes);
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
        let table = Table::read(outcomes + 1, BUCKETS, rest)?;
        Some((std::str::from_utf8(hash).ok()?, Model { outcomes, biases, cue_share, temperature, scale, table }))
    }
}

#[inline]
fn squared_size(count: u8, rarity: u8) -> i32 {
    let size = i32::from(count) * i32::from(rarity);
    (size * size) >> SQUARES_SHIFT
}

/// Sums of the eight bytes of numbers, each a signed weight: two times four sums of 16 bits. Weights are made positive by
/// adding 128, which is taken off at the end.
#[derive(Default)]
struct Lanes {
    /// The sums of the first, third, fifth and seventh bytes.
    even: u64,
    odd: u64,
    count: u64,
}

impl Lanes {
    const EVEN: u64 = 0x00FF_00FF_00FF_00FF;

    #[inline]
    fn add(&mut self, row: u64, count: u8) {
        let (row, count) = (row ^ u64::from_ne_bytes([128; 8]), u64::from(count));
        self.even += (row & Self::EVEN) * count;
        self.odd += (row >> 8 & Self::EVEN) * count;
        self.count += count;
    }

    fn sums(&self) -> [i32; 8] {
        std::array::from_fn(|byte| {
            let lanes = if byte % 2 == 0 { self.even } else { self.odd };
            (lanes >> (byte / 2 * 16) & 0xFFFF) as i32 - 128 * self.count as i32
        })
    }
}

const MARK: &[u8; 8] = b"KODEBOK3";

/// Learned weights, with the rarity that goes with them, as bytes a bucket; and the value of a weight of 1.
fn in_bytes(weights: &[f32], outcomes: usize, rarities: &[u8], column_of: &[u32]) -> (Table, f32) {
    let values = |bucket: usize| {
        let own = &weights[column_of[bucket] as usize * outcomes..][..outcomes];
        own.iter().map(move |weight| weight * f32::from(rarities[bucket]) * RARITY_STEP)
    };
    let known = (0..rarities.len()).filter(|&bucket| rarities[bucket] > 0);
    let top = known.flat_map(values).fold(f32::MIN_POSITIVE, |top, value| top.max(value.abs()));
    let scale = top / 127.0;
    let row = |bucket: usize| {
        let in_steps = values(bucket).map(|value| (value / scale).round() as i8 as u8);
        in_steps.chain([rarities[bucket]]).collect()
    };
    let rows = (0..rarities.len()).map(|bucket| (rarities[bucket] > 0).then(|| row(bucket)));
    (Table::new(outcomes + 1, rows), scale)
}

/// All features of a text: of its forms, of its stems in pairs, and of its shape.
fn features_of(text: &str) -> Vec<Feature> {
    let mut found = Vec::new();
    let (mut before, mut count) = (0, 0);
    for word in words(text) {
        let lower = lower_case(word.text);
        let stem = features::add_form(&lower, &stem(&lower), &mut found);
        found.push(features::pair(before, stem));
        before = stem;
        count += 1;
    }
    found.extend(Shape::of(text, count).features());
    found
}

/// How rare each bucket's features are: the logarithm of one over the share of texts that have them (Spärck Jones 1972), over
/// 6 so that most lie between 0 and 1, in hundredths; 0, which leaves them out, where fewer than `least` texts have them.
fn rarities(texts: &[Vec<Feature>], least: u32) -> Vec<u8> {
    let mut holders = vec![0_u32; BUCKETS];
    let mut last = vec![u32::MAX; BUCKETS];
    for (text, features) in texts.iter().enumerate() {
        for &Feature { bucket, .. } in features {
            if std::mem::replace(&mut last[bucket as usize], text as u32) != text as u32 {
                holders[bucket as usize] += 1;
            }
        }
    }
    let rarity = |holders: u32| (texts.len() as f32 / (1 + holders) as f32).ln().max(RARITY_STEP) / 6.0;
    let in_steps = |holders: u32| (rarity(holders) / RARITY_STEP).round().max(1.0) as u8;
    holders.into_iter().map(|holders| if holders < least { 0 } else { in_steps(holders) }).collect()
}

/// The buckets that count, numbered in order; `u32::MAX` for the others.
fn columns(rarities: &[u8]) -> (Vec<u32>, usize) {
    let mut count = 0;
    let number = |rarity: &u8| {
        count += u32::from(*rarity > 0);
        if *rarity > 0 { count - 1 } else { u32::MAX }
    };
    let column_of = rarities.iter().map(number).collect();
    (column_of, count as usize)
}

/// A text's row: each column once, weighted by rarity, the whole of length about 1.
fn row(features: &[Feature], rarities: &[u8], column_of: &[u32]) -> Vec<(u32, f32)> {
    let size =
        |feature: &Feature| f32::from(feature.count) * f32::from(rarities[feature.bucket as usize]) * RARITY_STEP;
    let length = features.iter().map(|feature| size(feature) * size(feature)).sum::<f32>().sqrt().max(1e-6);
    let counting = features.iter().filter(|feature| rarities[feature.bucket as usize] > 0);
    let mut row: Vec<(u32, f32)> =
        counting.map(|feature| (column_of[feature.bucket as usize], size(feature) / length)).collect();
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
fn cue_sums(text: &str, cues: &CueIndex, outcomes: usize) -> Vec<f32> {
    let mut sums = cues.sums(text);
    sums.resize(outcomes, 0.0);
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

/// Divides examples into folds: whole groups of writers where there are enough of them, else one after the other.
fn folds(examples: &[Example]) -> Vec<usize> {
    let groups: BTreeSet<&str> = examples.iter().map(|example| example.group.as_str()).collect();
    if groups.len() < FOLDS {
        return (0..examples.len()).map(|at| at % FOLDS).collect();
    }
    let number: HashMap<&str, usize> = groups.into_iter().enumerate().map(|(at, group)| (group, at)).collect();
    examples.iter().map(|example| number[example.group.as_str()] % FOLDS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(text: &str, code: Option<usize>) -> Example {
        Example { text: text.into(), code, also: Vec::new(), group: String::new(), genre: String::new(), line: 1 }
    }

    #[test]
    fn rows_are_added_at_once_as_one_by_one() {
        let rows = (0..BUCKETS).map(|bucket| {
            let byte = |at: usize| (bucket * 31 + at * 97).wrapping_mul(2_654_435_761) as u8;
            (bucket % 3 > 0).then(|| (0..6).map(byte).collect())
        });
        let model = Model { outcomes: 5, table: Table::new(6, rows), ..Model::of_cues(5) };
        let count = |at: usize| if at.is_multiple_of(3) { 1 } else { 2 };
        let features: Vec<Feature> =
            (0..1000).map(|at| Feature { bucket: at * 1048 + at % 7, count: count(at as usize) }).collect();
        for features in [&features[..0], &features[..1], &features[..Model::TOGETHER], &features] {
            let (mut at_once, mut one_by_one) = ([7; 6], [7; 6]);
            model.add(features, &mut at_once);
            model.add_wide(features, &mut one_by_one);
            assert_eq!(at_once, one_by_one);
        }
    }

    #[test]
    fn weights_come_back_from_their_file() {
        let codebook = Codebook::parse("[[code]]\nid = \"a\"").unwrap();
        let examples = [example("lang ventetid", Some(0)), example("god kaffe", None)];
        let model = Model::learn(2, &examples, &CueIndex::new(&codebook));
        let bytes: &'static [u8] = Box::leak(model.to_bytes(&codebook.hash).into_boxed_slice());
        let (hash, back) = Model::from_bytes(bytes).unwrap();
        assert_eq!((hash, &back.biases, back.scale), (codebook.hash.as_str(), &model.biases, model.scale));
        let features = features_of("lang god ventetid");
        let sums = |model: &Model| {
            let mut sums = [0; 3];
            model.add(&features, &mut sums);
            sums
        };
        assert_eq!(sums(&back), sums(&model));
        assert!(Model::from_bytes(&bytes[..bytes.len() - 1]).is_none());
    }
}
