//! The sum over a point's words, and the memo that works out each word form once.

use super::cues::CueIndex;
use super::{Assigned, Coding, Evidence};
use crate::codebook::Codebook;
use crate::norwegian::words;
use foldhash::fast::FixedState;
use std::collections::HashMap;
use std::ops::Range;

/// The log-odds of no code, against which codes must win: one cue of weight 2 does, one of weight 1 does not.
const NONE: f32 = 1.5;

/// The least probability at which a further code is given.
const FURTHER: f32 = 0.2;

/// What a codebook says of word forms and phrases, ready to be summed.
pub(super) struct Engine {
    codes: usize,
    cues: CueIndex,
}

/// Word forms that were worked out already. One a thread: it is filled while points are coded.
#[derive(Default)]
pub(super) struct Memo {
    forms: HashMap<Box<str>, Form, FixedState>,
    /// The scores of all forms, a row of one weight a code for each.
    weights: Vec<f32>,
}

#[derive(Clone, Copy)]
struct Form {
    /// Where its row in `weights` begins; `None` for a form that says nothing, as most do.
    row: Option<u32>,
    /// Its number among the words of phrases.
    phrase_word: Option<u32>,
}

/// Something that a text's words said of a code.
struct Said {
    span: Range<usize>,
    code: usize,
    weight: f32,
}

impl Engine {
    pub fn new(codebook: &Codebook) -> Engine {
        Engine { codes: codebook.codes.len(), cues: CueIndex::new(codebook) }
    }

    /// Codes one point.
    pub fn code(&self, text: &str, memo: &mut Memo) -> Coding {
        let said = self.said(text, memo);
        let mut sums = vec![0.0; self.codes];
        for Said { code, weight, .. } in &said {
            sums[*code] += weight;
        }
        let scores = probabilities(&sums);
        let none = 1.0 - scores.iter().sum::<f32>();
        let mut order: Vec<usize> = (0..self.codes).filter(|&code| scores[code] >= FURTHER).collect();
        order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
        if order.first().is_none_or(|&best| scores[best] <= none) {
            order.clear();
        }
        let codes = order.into_iter().map(|code| assigned(code, scores[code], &said)).collect();
        Coding { codes, scores }
    }

    /// All that the words of a text say, in the order of the text.
    fn said(&self, text: &str, memo: &mut Memo) -> Vec<Said> {
        let mut said = Vec::new();
        let mut spans = Vec::new();
        let mut numbers = Vec::new();
        for word in words(text) {
            let span = word.start..word.end();
            let form = memo.form(word.text, &self.cues);
            if let Some(row) = form.row {
                let weights = &memo.weights[row as usize..][..self.codes];
                let spoken = weights.iter().enumerate().filter(|(_, weight)| **weight != 0.0);
                said.extend(spoken.map(|(code, &weight)| Said { span: span.clone(), code, weight }));
            }
            numbers.push(form.phrase_word);
            spans.push(span);
        }
        for start in 0..numbers.len() {
            for (phrase, len) in self.cues.phrases_at(&numbers[start..]) {
                let span = spans[start].start..spans[start + len - 1].end;
                said.push(Said { span, code: phrase.code, weight: phrase.weight });
            }
        }
        said.extend(self.cues.patterns_in(text).map(|(span, code, weight)| Said { span, code, weight }));
        said.sort_by_key(|said| (said.span.start, said.span.end));
        said
    }
}

impl Memo {
    fn form(&mut self, form: &str, cues: &CueIndex) -> Form {
        if let Some(known) = self.forms.get(form) {
            return *known;
        }
        let (weights, phrase_word) = cues.form(form);
        let row = weights.iter().any(|&weight| weight != 0.0).then_some(self.weights.len() as u32);
        if row.is_some() {
            self.weights.extend(weights);
        }
        let new = Form { row, phrase_word };
        self.forms.insert(form.into(), new);
        new
    }
}

/// The probability of each code from its sum: the multinomial logit (McFadden 1974), with no code as one of the outcomes.
fn probabilities(sums: &[f32]) -> Vec<f32> {
    let top = sums.iter().copied().fold(NONE, f32::max);
    let odds: Vec<f32> = sums.iter().map(|sum| (sum - top).exp()).collect();
    let total = odds.iter().sum::<f32>() + (NONE - top).exp();
    odds.into_iter().map(|odds| odds / total).collect()
}

/// A code with the words that spoke for it, their weights scaled to sum to the score.
fn assigned(code: usize, score: f32, said: &[Said]) -> Assigned {
    let spoke_for = || said.iter().filter(|said| said.code == code && said.weight > 0.0);
    let total: f32 = spoke_for().map(|said| said.weight).sum();
    let evidence =
        spoke_for().map(|said| Evidence { span: said.span.clone(), weight: score * said.weight / total }).collect();
    Assigned { code, score, evidence }
}
