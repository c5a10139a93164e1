//! Why: what each word of a point adds to each outcome.

use super::Evidence;
use super::engine::Engine;
use super::features::{self, Feature};
use super::memo::{CUE_STEPS, Form, Memo};
use super::model::Model;
use std::ops::Range;

/// Words that carried less than this part of what the strongest did are left out.
const FAINT: f32 = 0.1;

/// A point taken apart.
pub(super) struct Explanation {
    parts: Vec<Part>,
    temperature: f32,
}

/// What one place of a point adds.
struct Part {
    /// Bytes of the text.
    span: Range<usize>,
    /// The log-odds for each outcome, no code last.
    says: Vec<f32>,
}

impl Explanation {
    /// Takes apart the text that the memo was last filled with.
    pub fn new(engine: &Engine, text: &str, memo: &mut Memo) -> Explanation {
        let learned_step = engine.model.scale / Model::length(memo.totals[memo.layout().squares()]);
        let mut words = words(engine, text, learned_step, memo);
        let cue = |span: Range<usize>, code: usize, weight: f32| {
            let mut says = vec![0.0; engine.model.outcomes];
            says[code] = weight * engine.model.cue_share;
            Part { span, says }
        };
        let phrases = engine.cues.phrases(&memo.in_phrases).map(|found| {
            let (first, last) = (&words[found.words.start], &words[found.words.end - 1]);
            cue(first.span.start..last.span.end, found.code, found.weight)
        });
        let patterns = engine.cues.patterns(text).map(|(span, code, weight)| cue(span, code, weight));
        let beyond_words: Vec<Part> = phrases.chain(patterns).collect();
        words.extend(beyond_words);
        words.sort_by_key(|part| (part.span.start, part.span.end));
        Explanation { parts: words, temperature: engine.model.temperature }
    }

    /// The words that carried a code, their weights scaled to sum to its score: what a word carried is what it adds to the code
    /// above what it adds to the outcomes on average.
    pub fn evidence(&self, code: usize, score: f32) -> Vec<Evidence> {
        let above_mean = |part: &Part| part.says[code] - part.says.iter().sum::<f32>() / part.says.len() as f32;
        let mut carried = self.weighed(above_mean);
        carried.retain(|evidence| evidence.weight > 0.0);
        let total: f32 = carried.iter().map(|evidence| evidence.weight).sum();
        carried.iter_mut().for_each(|evidence| evidence.weight *= score / total);
        carried
    }

    /// What words add to one outcome's log-odds above another's; below 0 where they spoke for the other.
    pub fn contrast(&self, outcome: usize, other: usize) -> Vec<Evidence> {
        self.weighed(|part| (part.says[outcome] - part.says[other]) / self.temperature)
    }

    /// The parts with a weight each, without the faint ones.
    fn weighed(&self, weight: impl Fn(&Part) -> f32) -> Vec<Evidence> {
        let weights: Vec<f32> = self.parts.iter().map(weight).collect();
        let strongest = weights.iter().fold(0.0, |strongest: f32, weight| strongest.max(weight.abs()));
        let parts = self.parts.iter().zip(weights).filter(|(_, weight)| weight.abs() > strongest * FAINT);
        parts.map(|(part, weight)| Evidence { span: part.span.clone(), weight }).collect()
    }
}

/// The words of a text, each with what it adds; of a pair each word has half.
fn words(engine: &Engine, text: &str, learned_step: f32, memo: &mut Memo) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    memo.begin();
    let (mut from, mut before) = (0, 0);
    while from < text.len() {
        from = memo.look_up(text, from, &engine.cues, &engine.model);
        for (span, form) in memo.words() {
            let mut says = own(engine, form, learned_step, memo);
            let pair = of_pair(engine, features::pair(before, form.stem), learned_step);
            for (at, half) in pair.into_iter().enumerate() {
                says[at] += half / 2.0;
                if let Some(last) = parts.last_mut() {
                    last.says[at] += half / 2.0;
                }
            }
            before = form.stem;
            parts.push(Part { span, says });
        }
    }
    parts
}

/// What a form says by itself, for each outcome.
fn own(engine: &Engine, form: Form, learned_step: f32, memo: &Memo) -> Vec<f32> {
    let (row, cues) = (memo.row(form), memo.layout().cues());
    let mut says: Vec<f32> =
        row[..engine.model.outcomes].iter().map(|&learned| learned as f32 * learned_step).collect();
    for (says, &cue) in says.iter_mut().zip(&row[cues]) {
        *says += cue as f32 / CUE_STEPS * engine.model.cue_share;
    }
    says
}

/// What a pair of stems says, for each outcome.
fn of_pair(engine: &Engine, pair: Feature, learned_step: f32) -> Vec<f32> {
    let mut sums = vec![0; engine.model.outcomes + 1];
    engine.model.add(&[pair], &mut sums);
    sums.iter().take(engine.model.outcomes).map(|&sum| sum as f32 * learned_step).collect()
}
