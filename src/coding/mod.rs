//! Points to codings: which codes a point has, how sure that is, and the words that carried it.
//!
//! A point's code is decided by a sum over its words, and what a word adds depends on its form alone. So each form is worked
//! out once, kept, and from then on only looked up and added; what each word added is the
//! evidence.

mod calibrate;
mod check;
mod cues;
mod engine;
mod evidence;
mod features;
mod memo;
mod model;
mod review;
mod run;
mod table;
mod train;

use crate::codebook::Codebook;
use std::ops::Range;

pub use check::{CodebookFile, FileLine, Finding, FindingKind, check};
pub use review::review;
pub use run::Run;

/// What a point was coded as.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coding {
    /// The codes of the point, the surest first; the first is its primary code. Empty for an uncoded point.
    pub codes: Vec<Assigned>,
    /// The probability of each code, by the codebook's order; what they lack to 1 is the probability of no code.
    pub scores: Vec<f32>,
    /// What came second.
    pub runner_up: RunnerUp,
}

/// The outcome that came second, and why it did not come first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunnerUp {
    /// The index of the code; `None` for no code. Of an uncoded point it is the nearest code.
    pub code: Option<usize>,
    /// Its probability, 0 to 1.
    pub score: f32,
    /// What words add to the log-odds (natural logarithm) of the outcome that won, above this one; below 0 for words that
    /// spoke for this one. In the order of the text; empty where evidence was not asked for.
    pub why_not: Vec<Evidence>,
}

/// A code that a point has.
#[derive(Clone, Debug, PartialEq)]
pub struct Assigned {
    /// The index of the code in the codebook.
    pub code: usize,
    /// Its probability, 0 to 1.
    pub score: f32,
    /// What carried it, in the order of the text; the weights sum to the score. Empty where evidence was not asked for.
    pub evidence: Vec<Evidence>,
}

/// Words that spoke for a code.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// Where they stand in the point's text: bytes, end exclusive.
    pub span: Range<usize>,
    /// Their share of the code's score.
    pub weight: f32,
}

impl Coding {
    /// The index of the primary code; `None` for an uncoded point.
    #[must_use]
    pub fn primary(&self) -> Option<usize> {
        self.codes.first().map(|assigned| assigned.code)
    }

    /// How far the best outcome is ahead of the next, 0 to 1; no code is an outcome too. Small for a point that a person
    /// should look at.
    ///
    /// ```
    /// use kodebok::{codebook::Codebook, coding::{self, Coder}};
    ///
    /// let coder = Coder::new(&Codebook::summit_2017());
    /// let codings = coding::code(&["Fem måneders ventetid på DPS"], &coder);
    /// assert!(codings[0].margin() > 0.3);
    /// ```
    #[must_use]
    pub fn margin(&self) -> f32 {
        let mut outcomes: Vec<f32> = self.scores.iter().copied().chain([self.none()]).collect();
        outcomes.sort_by(|a, b| b.total_cmp(a));
        outcomes[0] - outcomes.get(1).copied().unwrap_or_default()
    }

    /// The probability of no code.
    pub(crate) fn none(&self) -> f32 {
        1.0 - self.scores.iter().sum::<f32>()
    }
}

/// A coder made of a codebook: its cues, and what was learned from its coded examples. It stands beside the people who code.
#[derive(Debug)]
pub struct Coder {
    engine: engine::Engine,
}

impl Coder {
    /// A coder that knows a codebook's cues, and has learned from its examples.
    ///
    /// For the bundled codebook the learned weights are at hand; for another they are learned now (24,588 examples take some
    /// 12 s on two cores). A codebook without examples is coded by its cues alone.
    ///
    /// ```
    /// use kodebok::{codebook::Codebook, coding::{self, Coder}};
    ///
    /// let codebook = Codebook::parse("[[code]]\nid = \"haap\"\n[[code]]\nid = \"mening\"")?;
    /// let coder = Coder::new(&codebook.with_examples(concat!(
    ///     "{\"text\": \"Jeg tror at det går bra til slutt\", \"code\": \"haap\"}\n",
    ///     "{\"text\": \"Det fins en vei ut av dette\", \"code\": \"haap\"}\n",
    ///     "{\"text\": \"Jobben gjør at jeg står opp\", \"code\": \"mening\"}\n",
    ///     "{\"text\": \"Noen trenger meg på jobben\", \"code\": \"mening\"}\n",
    /// ))?);
    /// assert_eq!(coding::code(&["noen på jobben trenger meg"], &coder)[0].primary(), Some(1));
    /// # Ok::<(), kodebok::Error>(())
    /// ```
    #[must_use]
    pub fn new(codebook: &Codebook) -> Coder {
        let cues = cues::CueIndex::new(codebook);
        let model = model::Model::of(codebook, &cues);
        Coder { engine: engine::Engine::new(cues, model) }
    }

    /// The learned weights of a codebook as the bytes of a file, learned anew whatever is at hand. What makes the bundled
    /// file (`tests/weights.rs`).
    #[doc(hidden)]
    #[must_use]
    pub fn weights_file(codebook: &Codebook) -> Vec<u8> {
        let cues = cues::CueIndex::new(codebook);
        model::Model::learn(codebook.codes.len() + 1, &codebook.examples, &cues).to_bytes(&codebook.hash)
    }
}

/// Codes points: a coding for each point, in the points' order.
///
/// Parallel over the points on rayon's current pool; the answer is the same, to the bit, for any number of threads.
///
/// ```
/// use kodebok::{codebook::Codebook, coding::{self, Coder}};
///
/// let codebook = Codebook::summit_2017();
/// let points = ["Foreldre blir møtt med fordommer", "Lunsj kl. 12"];
/// let codings = coding::code(&points, &Coder::new(&codebook));
///
/// assert_eq!(codings[0].primary(), codebook.index_of("holdninger"));
/// let evidence: Vec<_> = codings[0].codes[0].evidence.iter().map(|found| &points[0][found.span.clone()]).collect();
/// assert!(evidence.contains(&"fordommer"));
/// assert_eq!(codings[1].primary(), None);
/// ```
#[must_use]
pub fn code<P: AsRef<str> + Sync>(points: &[P], coder: &Coder) -> Vec<Coding> {
    coder.run().code(points)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn small() -> Codebook {
        Codebook::parse(
            "[[code]]\nid = \"a\"\n[[code.cues]]\nweight = 3\nstems = [\"fordom\"]\nphrases = [\"tidlig * hjelp\"]\n\
             [[code]]\nid = \"b\"\n[[code.cues]]\nweight = 3\nbeginnings = [\"taushets\"]\nendings = [\"plikt\"]\npatterns = [\"§ ?\\\\d+\"]\n\
             [[code.cues]]\nagainst = true\nweight = 5\nphrases = [\"ikke taushetsplikt\"]\n",
        )
        .unwrap()
    }

    #[test]
    fn every_kind_of_cue() {
        let coder = Coder::new(&small());
        for (text, primary, evidence) in [
            ("Fordom her", Some(0), &["Fordom"][..]),
            ("tidlig og god hjelp, tidlig", Some(0), &["tidlig og god hjelp"]),
            ("tidlig og mye mer god hjelp", None, &[]),
            ("taushetsplikten", Some(1), &["taushetsplikten"]),
            ("meldeplikt", Some(1), &["meldeplikt"]),
            ("se § 10", Some(1), &["§ 10"]),
            ("ikke taushetsplikt", None, &[]),
            ("noe annet", None, &[]),
        ] {
            let coding = &code(&[text], &coder)[0];
            assert_eq!(coding.primary(), primary, "{text}");
            let found: Vec<&str> =
                coding.codes.iter().flat_map(|code| &code.evidence).map(|found| &text[found.span.clone()]).collect();
            assert_eq!(found, evidence, "{text}");
        }
    }

    #[test]
    fn evidence_sums_to_the_score() {
        for assigned in code(&["taushetsplikt § 3 fordom meldeplikt"], &Coder::new(&small())).remove(0).codes {
            let sum: f32 = assigned.evidence.iter().map(|evidence| evidence.weight).sum();
            assert!((sum - assigned.score).abs() < 1e-6);
        }
    }

    #[test]
    fn why_not_says_what_spoke_for_either() {
        let coding = code(&["fordom, fordom og taushetsplikt"], &Coder::new(&small())).remove(0);
        assert_eq!((coding.primary(), coding.runner_up.code), (Some(0), Some(1)));
        let why: Vec<(usize, bool)> =
            coding.runner_up.why_not.iter().map(|why| (why.span.start, why.weight > 0.0)).collect();
        assert_eq!(why, [(0, true), (8, true), (18, false)]);
        let uncoded = code(&["noe § ikke"], &Coder::new(&small())).remove(0);
        assert_eq!((uncoded.primary(), uncoded.runner_up.code.is_some()), (None, true));
    }

    #[test]
    fn a_run_that_forgets_codes_like_one_that_keeps() {
        let coder = Coder::new(&Codebook::summit_2017());
        let points: Vec<&str> = include_str!("../../data/notes/bord-01.txt").lines().collect();
        let mut forgetful = memo::Memo::new(5, 3);
        let coded: Vec<Coding> = points.iter().map(|point| coder.engine.code(point, &mut forgetful)).collect();
        assert_eq!(coded, code(&points, &coder));
        assert_eq!(coder.run().primaries(&points), coded.iter().map(Coding::primary).collect::<Vec<_>>());
        for (lean, full) in coder.run().scores(&points).iter().zip(&coded) {
            assert_eq!((&lean.scores, lean.primary()), (&full.scores, full.primary()));
        }
    }

    proptest! {
        #[test]
        fn the_same_for_any_number_of_threads(texts in proptest::collection::vec("(fordom|tidlig|hjelp|taushetsplikt|§ 3|\\PC){0,6}", 0..20)) {
            let coder = Coder::new(&small());
            let coded = |threads| {
                rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| code(&texts, &coder))
            };
            let one = coded(1);
            prop_assert_eq!(&one, &coded(2));
            prop_assert_eq!(&one, &coded(8));
            for (text, coding) in texts.iter().zip(&one) {
                for evidence in coding.codes.iter().flat_map(|code| &code.evidence) {
                    prop_assert!(text.get(evidence.span.clone()).is_some());
                }
            }
        }
    }
}
