//! The plain way to code, to measure the engine against: the whole model, worked out for every word as if it were the first.
//!
//! It gives the codes that the engine gives (`tests/naive.rs`) by the work that anyone would write down first: words by
//! unicode-segmentation, lower case and the library's stem for each, hash maps for cues, n-grams and pairs, phrases by trying
//! those that begin with a stem. Nothing is kept from word to word, and nothing is done that the model does not ask for.

use kodebok::codebook::{Codebook, CueKind};
use kodebok::norwegian;
use regex::{Regex, RegexBuilder};
use std::collections::HashMap;
use unicode_segmentation::UnicodeSegmentation;

/// The file of weights that the engine reads; the layout is that of `src/coding/model.rs`.
static WEIGHTS: &[u8] = include_bytes!("../../data/codebooks/summit-2017.weights");

/// What cues say: code and weight, in parts of 1,024.
type Says = Vec<(usize, i64)>;

/// The steps of a phrase behind its first word (`None` for a gap), code and weight.
type Phrase = (Vec<Option<String>>, usize, i64);

/// The plain way to code with the bundled codebook.
pub struct Naive {
    words: HashMap<String, Says>,
    stems: HashMap<String, Says>,
    beginnings: HashMap<String, Says>,
    endings: HashMap<String, Says>,
    /// By the stem of the first word.
    phrases: HashMap<String, Vec<Phrase>>,
    patterns: Vec<(Regex, usize, i64)>,
    codes: usize,
    scale: f32,
    cue_share: f32,
    temperature: f32,
    biases: Vec<f32>,
    /// What was learned of a feature: weights, rarity last.
    learned: HashMap<u64, Vec<u8>>,
}

const BUCKETS: u64 = 1 << 19;

impl Naive {
    pub fn new(codebook: &Codebook) -> Naive {
        let mut numbers = WEIGHTS[8 + 64..].chunks(4).map(|bytes| bytes.try_into().expect("four bytes"));
        let outcomes = u32::from_le_bytes(numbers.next().expect("a number of outcomes")) as usize;
        let values: Vec<f32> = numbers.take(3 + outcomes).map(f32::from_le_bytes).collect();
        let table = &WEIGHTS[8 + 64 + 4 * (4 + outcomes)..];
        let (bits, rows) = table.split_at(2 * BUCKETS as usize / 8);
        let known = (0..2 * BUCKETS).filter(|bucket| bits[*bucket as usize / 8] >> (bucket % 8) & 1 == 1);
        let mut naive = Naive {
            words: HashMap::new(),
            stems: HashMap::new(),
            beginnings: HashMap::new(),
            endings: HashMap::new(),
            phrases: HashMap::new(),
            patterns: Vec::new(),
            codes: codebook.codes.len(),
            scale: values[0],
            cue_share: values[1],
            temperature: values[2],
            biases: values[3..].to_vec(),
            learned: known.zip(rows.chunks(outcomes + 1).map(Vec::from)).collect(),
        };
        for (code, entry) in codebook.codes.iter().enumerate() {
            entry.cues.iter().for_each(|cue| naive.insert(cue.kind, &cue.text, code, in_steps(cue.weight)));
        }
        naive
    }

    fn insert(&mut self, kind: CueKind, text: &str, code: usize, weight: i64) {
        let says = (code, weight);
        match kind {
            CueKind::Word => self.words.entry(text.to_lowercase()).or_default().push(says),
            CueKind::Stem => self.stems.entry(norwegian::stem(text)).or_default().push(says),
            CueKind::Beginning => self.beginnings.entry(text.to_lowercase()).or_default().push(says),
            CueKind::Ending => self.endings.entry(norwegian::stem(text)).or_default().push(says),
            CueKind::Phrase => {
                let mut steps = text.split_whitespace().flat_map(|part| match part {
                    "*" => vec![None],
                    words => words.unicode_words().map(|word| Some(norwegian::stem(word))).collect(),
                });
                if let Some(first) = steps.next().flatten() {
                    self.phrases.entry(first).or_default().push((steps.collect(), code, weight));
                }
            }
            CueKind::Pattern => {
                let regex = RegexBuilder::new(text).case_insensitive(true).build();
                self.patterns.extend(regex.map(|regex| (regex, code, weight)));
            }
        }
    }

    /// The primary code of a point.
    pub fn code(&self, text: &str) -> Option<usize> {
        let mut learned = vec![0; self.biases.len() + 1];
        let mut cues = vec![0; self.codes];
        let mut stems: Vec<String> = Vec::new();
        for word in text.unicode_words() {
            let lower = word.to_lowercase();
            let stem = norwegian::stem(&lower);
            self.add_cues(&lower, &stem, &mut cues);
            self.add_form(&lower, &stem, &mut learned);
            let before = stems.last().map_or(0, |stem| stem_number(stem));
            self.add(BUCKETS + mixed(before << 32 | stem_number(&stem)) % BUCKETS, 2, &mut learned);
            stems.push(stem);
        }
        for (bucket, count) in shape(text, stems.len()) {
            self.add(bucket, count, &mut learned);
        }
        for (at, stem) in stems.iter().enumerate() {
            for (steps, code, weight) in self.phrases.get(stem).into_iter().flatten() {
                cues[*code] += if follows(steps, &stems[at + 1..]) { *weight } else { 0 };
            }
        }
        for (regex, code, weight) in &self.patterns {
            cues[*code] += if regex.is_match(text) { *weight } else { 0 };
        }
        self.decided(&learned, &cues)
    }

    /// Adds what cues say of a word: for each code the strongest.
    fn add_cues(&self, lower: &str, stem: &str, sums: &mut [i64]) {
        let mut strongest = vec![0_i64; sums.len()];
        let beginnings = (1..lower.len()).filter_map(|len| self.beginnings.get(lower.get(..len)?));
        let endings = (1..stem.len()).filter_map(|from| self.endings.get(stem.get(from..)?));
        let whole = self.words.get(lower).into_iter().chain(self.stems.get(stem));
        for &(code, weight) in whole.chain(beginnings).chain(endings).flatten() {
            if weight.abs() > strongest[code].abs() {
                strongest[code] = weight;
            }
        }
        sums.iter_mut().zip(strongest).for_each(|(sum, weight)| *sum += weight);
    }

    /// Adds what was learned of a word: of itself, its stem and its n-grams.
    fn add_form(&self, lower: &str, stem: &str, sums: &mut [i64]) {
        let lower = with_one_digit(lower);
        self.add(bucket(hash(1, lower.as_bytes())), 1, sums);
        self.add(bucket(hash(2, with_one_digit(stem).as_bytes())), 2, sums);
        let marked = format!(" {lower} ");
        let edges: Vec<usize> = marked.char_indices().map(|(at, _)| at).chain([marked.len()]).collect();
        for length in 3..=6 {
            for gram in edges.windows(length + 1) {
                self.add(bucket(hash(3, &marked.as_bytes()[gram[0]..gram[length]])), 1, sums);
            }
        }
    }

    fn add(&self, bucket: u64, count: i64, sums: &mut [i64]) {
        let Some((rarity, weights)) = self.learned.get(&bucket).and_then(|row| row.split_last()) else { return };
        let (squares, sums) = sums.split_last_mut().expect("a sum of squares");
        sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += count * i64::from(*weight as i8));
        *squares += (count * i64::from(*rarity)).pow(2) >> 6;
    }

    fn decided(&self, learned: &[i64], cues: &[i64]) -> Option<usize> {
        let (squares, learned) = learned.split_last()?;
        let length = if *squares == 0 { 1.0 } else { ((squares << 6) as f32).sqrt() * 0.01 };
        let step = self.scale / length;
        let mut odds: Vec<f32> = self.biases.iter().zip(learned).map(|(bias, sum)| bias + *sum as f32 * step).collect();
        for (odds, cue) in odds.iter_mut().zip(cues) {
            *odds += *cue as f32 / 1024.0 * self.cue_share;
        }
        odds.iter_mut().for_each(|odds| *odds /= self.temperature);
        let (none, codes) = odds.split_last()?;
        let best = (0..codes.len()).rev().max_by(|&a, &b| codes[a].total_cmp(&codes[b]))?;
        (codes[best] > *none).then_some(best)
    }
}

fn in_steps(weight: f32) -> i64 {
    (weight.clamp(-100.0, 100.0) * 1024.0).round() as i64
}

/// Whether the steps of a phrase match at the beginning of `stems`; a gap stands for three at most.
fn follows(steps: &[Option<String>], stems: &[String]) -> bool {
    match steps.split_first() {
        None => true,
        Some((Some(step), rest)) => stems.first() == Some(step) && follows(rest, &stems[1..]),
        Some((None, rest)) => (0..=stems.len().min(3)).any(|gap| follows(rest, &stems[gap..])),
    }
}

/// The features of a point's shape: its length, and how it ends and begins.
fn shape(text: &str, words: usize) -> [(u64, i64); 2] {
    let length = [3, 6, 10, 16, 25].iter().filter(|limit| words > **limit).count() as u8;
    let last = text.trim_end().bytes().next_back().filter(|last| b".?!".contains(last)).unwrap_or_default();
    let begins_low = text.chars().next().is_some_and(char::is_lowercase);
    [(bucket(hash(4, &[length])), 2), (bucket(hash(5, &[last, u8::from(begins_low)])), 2)]
}

fn stem_number(stem: &str) -> u64 {
    hash(2, with_one_digit(stem).as_bytes()) >> 32 | 1
}

fn with_one_digit(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect()
}

fn bucket(hash: u64) -> u64 {
    mixed(hash) % BUCKETS
}

/// FNV-1a, with the kind of the feature first.
fn hash(kind: u64, bytes: &[u8]) -> u64 {
    const PRIME: u64 = 0x0100_0000_01b3;
    let begin = (0xcbf2_9ce4_8422_2325 ^ kind).wrapping_mul(PRIME);
    bytes.iter().fold(begin, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME))
}

/// The finaliser of SplitMix64.
fn mixed(number: u64) -> u64 {
    let mixed = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
