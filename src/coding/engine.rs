//! The sum over a point's words, and the memo that works out each word form once.

use super::cues::CueIndex;
use super::features;
use super::model::Model;
use super::train::softmax;
use super::{Assigned, Coding, Evidence};
use crate::norwegian::words;
use foldhash::fast::FixedState;
use std::collections::HashMap;
use std::ops::Range;

/// The least probability at which a further code is given. In cross-validation F1 over the codes that coders called defensible
/// is 0.20 here and 0.23 at 0.06: low either way, so codes are given sparingly.
const FURTHER: f32 = 0.15;

/// Words that carried less than this part of what the strongest did are left out of the evidence.
const FAINT: f32 = 0.1;

/// What a codebook says of word forms and phrases, ready to be summed.
pub(super) struct Engine {
    pub cues: CueIndex,
    pub model: Model,
}

/// Word forms that were worked out already. One a thread: it is filled while points are coded.
#[derive(Default)]
pub(super) struct Memo {
    forms: HashMap<Box<str>, Form, FixedState>,
    /// A row a form: what was learned, a number for each outcome, then the cues' weights, a number for each code.
    rows: Vec<f32>,
}

#[derive(Clone, Copy)]
struct Form {
    /// Where its row begins.
    row: usize,
    /// The squared size of its features.
    squares: f32,
    stem: u64,
    /// Its number among the words of phrases.
    phrase_word: Option<u32>,
}

/// A text's words and their sums.
struct Reading {
    words: Vec<(Range<usize>, Form)>,
    /// What each pair of a word and the one before it adds; a row of numbers a word.
    pairs: Vec<f32>,
    /// Phrases and patterns: where, code and weight.
    phrases: Vec<(Range<usize>, usize, f32)>,
    /// The learned sums, a number for each outcome, and the cues', a number for each code.
    learned: Vec<f32>,
    cues: Vec<f32>,
    /// One over the length of the text's features; 1 where nothing was learned.
    scale: f32,
}

impl Engine {
    /// Codes one point.
    pub fn code(&self, text: &str, memo: &mut Memo) -> Coding {
        let reading = self.read(text, memo);
        let mut scores = self.probabilities(&reading);
        let none = scores.pop().unwrap_or_default();
        let mut order: Vec<usize> = (0..scores.len()).filter(|&code| scores[code] >= FURTHER).collect();
        order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
        if scores.iter().all(|&score| score <= none) {
            order.clear();
        }
        let codes = order
            .into_iter()
            .map(|code| Assigned {
                code,
                score: scores[code],
                evidence: self.evidence(code, scores[code], &reading, memo),
            })
            .collect();
        Coding { codes, scores }
    }

    fn read(&self, text: &str, memo: &mut Memo) -> Reading {
        let (outcomes, codes) = (self.model.outcomes, self.model.outcomes - 1);
        let mut reading = Reading {
            words: Vec::new(),
            pairs: Vec::new(),
            phrases: Vec::new(),
            learned: vec![0.0; outcomes],
            cues: vec![0.0; codes],
            scale: 1.0,
        };
        let (mut squares, mut before) = (0.0, 0);
        for word in words(text) {
            let form = memo.form(word.text, self);
            let (learned, cues) = memo.rows[form.row..][..outcomes + codes].split_at(outcomes);
            add(&mut reading.learned, learned);
            add(&mut reading.cues, cues);
            let at = reading.pairs.len();
            reading.pairs.resize(at + outcomes, 0.0);
            squares += form.squares + self.model.add(&[features::pair(before, form.stem)], &mut reading.pairs[at..]);
            add(&mut reading.learned, &reading.pairs[at..]);
            before = form.stem;
            reading.words.push((word.start..word.end(), form));
        }
        squares += self.model.add(&features::of_shape(text, reading.words.len()), &mut reading.learned);
        if squares > 0.0 {
            reading.scale = 1.0 / squares.sqrt();
        }
        let numbers: Vec<Option<u32>> = reading.words.iter().map(|(_, form)| form.phrase_word).collect();
        let spans: Vec<Range<usize>> = reading.words.iter().map(|(span, _)| span.clone()).collect();
        reading.phrases = self.cues.phrases_and_patterns(text, &spans, &numbers);
        for (_, code, weight) in &reading.phrases {
            reading.cues[*code] += weight;
        }
        reading
    }

    /// The probability of each outcome, no code last.
    fn probabilities(&self, reading: &Reading) -> Vec<f32> {
        let mut sums = self.model.biases.clone();
        for (sum, learned) in sums.iter_mut().zip(&reading.learned) {
            *sum += learned * reading.scale;
        }
        for (sum, cue) in sums.iter_mut().zip(&reading.cues) {
            *sum += cue * self.model.cue_share;
        }
        sums.iter_mut().for_each(|sum| *sum /= self.model.temperature);
        softmax(&mut sums);
        sums
    }

    /// The words that carried a code, their weights scaled to sum to the score.
    ///
    /// What a word carried is what it adds to the code above what it adds to the outcomes on average; of a pair each word has
    /// half.
    fn evidence(&self, code: usize, score: f32, reading: &Reading, memo: &Memo) -> Vec<Evidence> {
        let outcomes = self.model.outcomes;
        let above_mean = |row: &[f32]| row[code] - row.iter().sum::<f32>() / outcomes as f32;
        let mut carried: Vec<(Range<usize>, f32)> = Vec::with_capacity(reading.words.len());
        for (at, (span, form)) in reading.words.iter().enumerate() {
            let (learned, cues) = memo.rows[form.row..][..2 * outcomes - 1].split_at(outcomes);
            let pair = above_mean(&reading.pairs[at * outcomes..][..outcomes]) * reading.scale / 2.0;
            if let Some((_, before)) = carried.last_mut() {
                *before += pair;
            }
            let own = above_mean(learned) * reading.scale + cues[code] * self.model.cue_share;
            carried.push((span.clone(), own + pair));
        }
        let phrases = reading.phrases.iter().filter(|(_, of, _)| *of == code);
        carried.extend(phrases.map(|(span, _, weight)| (span.clone(), weight * self.model.cue_share)));
        let strongest = carried.iter().map(|(_, weight)| *weight).fold(0.0, f32::max);
        carried.retain(|(_, weight)| *weight > strongest * FAINT);
        carried.sort_by_key(|(span, _)| (span.start, span.end));
        let total: f32 = carried.iter().map(|(_, weight)| weight).sum();
        carried.into_iter().map(|(span, weight)| Evidence { span, weight: score * weight / total }).collect()
    }
}

impl Memo {
    fn form(&mut self, form: &str, engine: &Engine) -> Form {
        if let Some(known) = self.forms.get(form) {
            return *known;
        }
        let row = self.rows.len();
        self.rows.resize(row + engine.model.outcomes, 0.0);
        let described = features::of_form(form);
        let squares = engine.model.add(&described.features, &mut self.rows[row..]);
        let (weights, phrase_word) = engine.cues.form(form);
        self.rows.extend(weights);
        let new = Form { row, squares, stem: described.stem, phrase_word };
        self.forms.insert(form.into(), new);
        new
    }
}

fn add(to: &mut [f32], from: &[f32]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
}
