//! The sum over a point's words, and what it makes of the point.

use super::cues::CueIndex;
use super::evidence::Explanation;
use super::features::Shape;
use super::memo::{CUE_STEPS, Memo, in_steps};
use super::model::Model;
use super::train::softmax;
use super::{Assigned, Coding, RunnerUp};
use std::fmt;

/// A further code has at least this part of what the primary code's probability leaves. In cross-validation F1 over the codes
/// that coders called defensible is best here (docs/internals.md).
const FURTHER: f32 = 0.4;

/// The least probability of a further code.
const LEAST_FURTHER: f32 = 0.03;

/// What a codebook says of word forms and phrases, ready to be summed.
pub(super) struct Engine {
    pub cues: CueIndex,
    pub model: Model,
    /// What was learned of each shape of a point, as [`Model::add`] adds it.
    shapes: Vec<Vec<i32>>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("outcomes", &self.model.outcomes).finish_non_exhaustive()
    }
}

impl Engine {
    pub fn new(cues: CueIndex, model: Model) -> Engine {
        let sums = |shape: Shape| {
            let mut sums = vec![0; model.outcomes + 1];
            model.add(&shape.features(), &mut sums);
            sums
        };
        let shapes = Shape::all().map(sums).collect();
        Engine { cues, model, shapes }
    }

    /// The primary code of a point, and nothing else.
    pub fn primary(&self, text: &str, memo: &mut Memo) -> Option<usize> {
        self.sum(text, memo);
        let (none, codes) = memo.odds.split_last()?;
        let (best, odds) = codes.iter().enumerate().rev().max_by(|a, b| a.1.total_cmp(b.1))?;
        (odds > none).then_some(best)
    }

    /// The codes of a point and the probability of each, without evidence.
    pub fn scores(&self, text: &str, memo: &mut Memo) -> Coding {
        self.sum(text, memo);
        let mut scores = memo.odds.clone();
        softmax(&mut scores);
        let none = scores.pop().unwrap_or_default();
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
        let primary = order.first().copied().filter(|&best| scores[best] > none);
        let left = primary.map_or(0.0, |primary| 1.0 - scores[primary]);
        let is_given = |code: usize| scores[code] >= LEAST_FURTHER && scores[code] >= FURTHER * left;
        let given = |&code: &usize| primary.is_some_and(|primary| code == primary || is_given(code));
        let codes = order.iter().copied().filter(given);
        let codes = codes.map(|code| Assigned { code, score: scores[code], evidence: Vec::new() }).collect();
        let next = order.get(usize::from(primary.is_some())).copied();
        let code = next.filter(|&next| primary.is_none() || scores[next] >= none);
        let score = code.map_or(none, |code| scores[code]);
        Coding { codes, runner_up: RunnerUp { code, score, why_not: Vec::new() }, scores }
    }

    /// The codes of a point with the words that carried each, and what spoke against the runner-up.
    pub fn code(&self, text: &str, memo: &mut Memo) -> Coding {
        let mut coding = self.scores(text, memo);
        let explanation = Explanation::new(self, text, memo);
        for assigned in &mut coding.codes {
            assigned.evidence = explanation.evidence(assigned.code, assigned.score);
        }
        let none = self.model.outcomes - 1;
        coding.runner_up.why_not =
            explanation.contrast(coding.primary().unwrap_or(none), coding.runner_up.code.unwrap_or(none));
        coding
    }

    /// Adds a point up: its log-odds for each outcome are left in the memo, no code last.
    fn sum(&self, text: &str, memo: &mut Memo) {
        memo.begin();
        let (mut from, mut before) = (0, 0);
        while from < text.len() {
            if from > 0 {
                memo.flush();
            }
            (from, before) = self.sum_window(text, from, before, memo);
        }
        self.sum_whole(text, memo);
        let (squares, cues) = (memo.totals[memo.layout().squares()], memo.layout().cues());
        let learned_step = self.model.scale / Model::length(squares);
        memo.odds.clone_from(&self.model.biases);
        for (odds, learned) in memo.odds.iter_mut().zip(&memo.totals) {
            *odds += *learned as f32 * learned_step;
        }
        for (odds, cue) in memo.odds.iter_mut().zip(&memo.totals[cues]) {
            *odds += *cue as f32 / CUE_STEPS * self.model.cue_share;
        }
        memo.odds.iter_mut().for_each(|odds| *odds /= self.model.temperature);
    }

    /// Adds up a window of a text's words, and says where the next begins and the stem before it.
    ///
    /// First all forms are looked up, then all rows added, then all pairs: each step is short, and the processor has several of
    /// its look-ups under way at once.
    fn sum_window(&self, text: &str, from: usize, before: u32, memo: &mut Memo) -> (usize, u32) {
        let next = memo.look_up(text, from, &self.cues, &self.model);
        memo.add_rows();
        let last = memo.add_pairs(before, &self.model);
        (next, last)
    }

    /// Adds what is a matter of the whole text, its shape, phrases and patterns, to the sums of its last window.
    fn sum_whole(&self, text: &str, memo: &mut Memo) {
        let shape = &self.shapes[Shape::of(text, memo.in_phrases.len()).number()];
        memo.learned_sums().iter_mut().zip(shape).for_each(|(sum, learned)| *sum += learned);
        let (in_phrases, starts, cues) = memo.phrase_sums();
        for &start in starts {
            for found in self.cues.phrases_from(in_phrases, start) {
                cues[found.code] += in_steps(found.weight);
            }
        }
        for (_, code, weight) in self.cues.patterns(text) {
            cues[code] += in_steps(weight);
        }
        memo.flush();
    }
}
