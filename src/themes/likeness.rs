//! How like two texts are: shared words, parts, and synonym classes by rarity; their topics; what their words mean; how they were
//! coded.

use super::background::{Background, DIMENSIONS, Meaning, ONE as QUANTISED, alike};
use super::terms::{Counts, Reader};
use super::topics::{self, Gains, Topics};
use rayon::prelude::*;

/// How much a synonym class counts against a word. 2 and 3.5 gave 0.01 less B-cubed F1.
const CLASS: f32 = 2.5;

/// The shares of words, meaning and topics in the likeness. Topics 0.05 more or less gave 0.01 to 0.02 less, meaning 0.08 more or
/// less 0.005.
const WORDS: f32 = 0.48;
const MEANING: f32 = 0.32;
const TOPICS: f32 = 0.2;

/// How much likeness two texts lose that were coded wholly apart. 0 gave 0.03 less B-cubed F1; 0.6 gave the same.
const CODES: f32 = 0.5;

/// Texts ready to be compared.
pub(super) struct Texts {
    /// A sparse vector for each text, by rising feature number, one after the other: words and classes of the length √[`WORDS`],
    /// topics of the length √[`TOPICS`].
    entries: Vec<(u32, f32)>,
    /// Where each text's vector ends.
    ends: Vec<u32>,
    meanings: Vec<Meaning>,
    /// The square root of each outcome's probability: a row a text.
    outcomes: Vec<f32>,
    width: usize,
    /// One more than the highest feature.
    pub features: usize,
}

impl Texts {
    /// `outcomes`: a row a text, the probabilities of each code and of none.
    pub fn new<T: AsRef<str> + Sync>(texts: &[T], outcomes: Vec<f32>, width: usize) -> Texts {
        let mut reader = Reader::default();
        let counts = reader.counts(texts);
        let words = reader.term_names().len() + Reader::class_names().len();
        let rarities = rarities(&reader, &counts, words);
        let known = known(&reader);
        let (background, topics) = (Background::get(), Topics::get());
        let read: Vec<(Meaning, Vec<(u16, f32)>)> = counts
            .par_iter()
            .map(|counts| {
                let known = || counts.iter().map(|&(feature, _)| &known[feature as usize]);
                let meaning = background.meaning(known().filter_map(|word| Some((word.row?, word.rarity))));
                (meaning, topics.of_text(known().map(|word| (word.rarity, word.gains))))
            })
            .collect();
        let mut entries = Vec::with_capacity(counts.iter().map(Vec::len).sum::<usize>() + counts.len() * topics::MOST);
        let mut ends = Vec::with_capacity(counts.len());
        for (counts, (_, about)) in counts.iter().zip(&read) {
            push_vector(counts, &rarities, &mut entries);
            entries
                .extend(about.iter().map(|&(topic, share)| ((words + topic as usize) as u32, TOPICS.sqrt() * share)));
            ends.push(entries.len() as u32);
        }
        let meanings = read.into_iter().map(|(meaning, _)| meaning).collect();
        let outcomes = outcomes.iter().map(|share| share.sqrt()).collect();
        Texts { entries, ends, meanings, outcomes, width, features: words + topics.len() }
    }

    /// The same texts in another order.
    pub fn reordered(&self, order: &[u32]) -> Texts {
        let mut entries = Vec::with_capacity(self.entries.len());
        let mut ends = Vec::with_capacity(self.ends.len());
        for &text in order {
            entries.extend_from_slice(self.vector(text));
            ends.push(entries.len() as u32);
        }
        Texts {
            entries,
            ends,
            meanings: order.iter().map(|&text| self.meanings[text as usize]).collect(),
            outcomes: order.iter().flat_map(|&text| self.row(text)).copied().collect(),
            ..*self
        }
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// A text's vector.
    pub fn vector(&self, text: u32) -> &[(u32, f32)] {
        let begin = if text == 0 { 0 } else { self.ends[text as usize - 1] };
        &self.entries[begin as usize..self.ends[text as usize] as usize]
    }

    /// The vectors of all texts, one after the other.
    pub fn all_entries(&self) -> &[(u32, f32)] {
        &self.entries
    }

    /// The likeness of two texts, 0 to 1, given the product of their vectors.
    pub fn likeness(&self, a: u32, b: u32, product: f32) -> f32 {
        let same = product + MEANING * alike(&self.meanings[a as usize], &self.meanings[b as usize]);
        let codes = self.row(a).iter().zip(self.row(b)).map(|(a, b)| a * b).sum::<f32>();
        same * (1.0 - CODES * (1.0 - codes).clamp(0.0, 1.0))
    }

    /// For each text of a group how like it is to all of them together, by words and meaning. `times`: how often each occurs.
    pub fn centrality(&self, group: &[u32], times: impl Fn(u32) -> f32, spread: &mut Spread) -> Vec<f32> {
        let mut meaning = [0.0; DIMENSIONS];
        for &text in group {
            let often = times(text);
            spread.add(self.vector(text), often);
            meaning
                .iter_mut()
                .zip(&self.meanings[text as usize])
                .for_each(|(sum, &value)| *sum += f32::from(value) * often);
        }
        let length = meaning.iter().map(|value| value * value).sum::<f32>().sqrt().max(1.0);
        let total: f32 = group.iter().map(|&text| times(text)).sum();
        let of = |&text: &u32| {
            let values = meaning.iter().zip(&self.meanings[text as usize]);
            let alike = values.map(|(sum, &value)| sum * f32::from(value)).sum::<f32>() / (length * QUANTISED);
            spread.product(self.vector(text)) / total + MEANING * alike / total.sqrt()
        };
        let found = group.iter().map(of).collect();
        group.iter().for_each(|&text| spread.lift(self.vector(text)));
        found
    }

    fn row(&self, text: u32) -> &[f32] {
        &self.outcomes[text as usize * self.width..][..self.width]
    }
}

/// A vector laid out so that many can be compared with it.
pub(super) struct Spread {
    weights: Vec<f32>,
}

impl Spread {
    pub fn new(features: usize) -> Spread {
        Spread { weights: vec![0.0; features] }
    }

    pub fn lay(&mut self, vector: &[(u32, f32)]) {
        vector.iter().for_each(|&(feature, weight)| self.weights[feature as usize] = weight);
    }

    /// Adds a vector to what was laid.
    fn add(&mut self, vector: &[(u32, f32)], times: f32) {
        vector.iter().for_each(|&(feature, weight)| self.weights[feature as usize] += weight * times);
    }

    /// Takes away what was laid.
    pub fn lift(&mut self, vector: &[(u32, f32)]) {
        vector.iter().for_each(|&(feature, _)| self.weights[feature as usize] = 0.0);
    }

    /// The product of what was laid and another vector.
    pub fn product(&self, other: &[(u32, f32)]) -> f32 {
        other.iter().map(|&(feature, weight)| self.weights[feature as usize] * weight).sum()
    }
}

/// What is known of a term or a synonym class before any notes are read.
struct Known {
    rarity: f32,
    /// The number of its meaning.
    row: Option<u32>,
    gains: &'static Gains,
}

/// What is known of each term, then of each class.
fn known(reader: &Reader) -> Vec<Known> {
    let (background, topics) = (Background::get(), Topics::get());
    let of =
        |name: &str| Known { rarity: background.rarity(name), row: background.row(name), gains: topics.gains(name) };
    let classes = Reader::class_names().iter().map(|class| of(&format!("={class}")));
    reader.term_names().iter().map(|term| of(term)).chain(classes).collect()
}

/// The squared rarity of each feature (inverse document frequency, Spärck Jones 1972), over the texts and the background
/// together: in few texts, what is common in the field's talk counts little; in many, their own counts decide.
fn rarities(reader: &Reader, counts: &[Counts], features: usize) -> Vec<f32> {
    let background = Background::get();
    let mut holders = vec![0u32; features];
    for &(feature, _) in counts.iter().flatten() {
        holders[feature as usize] += 1;
    }
    let total = (1 + background.texts as usize + counts.len()) as f32;
    let rarity = |holders: u32, before: u32| (total / (1 + holders + before) as f32).ln().max(0.0);
    let words = reader.term_names().iter().zip(&holders);
    let words = words.map(|(term, &holders)| rarity(holders, background.count(term)).powi(2));
    let classes = Reader::class_names().iter().zip(&holders[reader.term_names().len()..]);
    let classes =
        classes.map(|(class, &holders)| CLASS * rarity(holders, background.count(&format!("={class}"))).powi(2));
    words.chain(classes).collect()
}

fn push_vector(counts: &Counts, rarities: &[f32], entries: &mut Vec<(u32, f32)>) {
    let begin = entries.len();
    entries
        .extend(counts.iter().map(|&(feature, count)| (feature, (count as f32).sqrt() * rarities[feature as usize])));
    let length = entries[begin..].iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
    if length > 0.0 {
        entries[begin..].iter_mut().for_each(|(_, weight)| *weight *= WORDS.sqrt() / length);
    }
}
