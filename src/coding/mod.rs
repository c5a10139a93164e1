//! Points to codings: which codes a point has, how sure that is, and the words that carried it.
//!
//! A point's code is decided by a sum over its words, and what a word adds depends on its form alone. So each form is worked
//! out once, kept, and from then on only looked up and added; what each word added is the
//! evidence.

mod check;
mod cues;
mod engine;
mod features;
mod model;
mod train;

use crate::codebook::Codebook;
use rayon::prelude::*;
use std::ops::Range;

pub use check::{CodebookFile, FileLine, Finding, FindingKind, check};

/// What a point was coded as.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coding {
    /// The codes of the point, the surest first; the first is its primary code. Empty for an uncoded point.
    pub codes: Vec<Assigned>,
    /// The probability of each code, by the codebook's order; what they lack to 1 is the probability of no code.
    pub scores: Vec<f32>,
}

/// A code that a point has.
#[derive(Clone, Debug, PartialEq)]
pub struct Assigned {
    /// The index of the code in the codebook.
    pub code: usize,
    /// Its probability, 0 to 1.
    pub score: f32,
    /// What carried it, in the order of the text; the weights sum to the score.
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
        let none = 1.0 - self.scores.iter().sum::<f32>();
        let mut outcomes: Vec<f32> = self.scores.iter().copied().chain([none]).collect();
        outcomes.sort_by(|a, b| b.total_cmp(a));
        outcomes[0] - outcomes.get(1).copied().unwrap_or_default()
    }
}

/// A coder made of a codebook: its cues, and what was learned from its coded examples. It stands beside the people who code.
pub struct Coder {
    engine: engine::Engine,
}

impl std::fmt::Debug for Coder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Coder").field("outcomes", &self.engine.model.outcomes).finish_non_exhaustive()
    }
}

impl Coder {
    /// A coder that knows a codebook's cues, and has learned from its examples.
    ///
    /// For the bundled codebook the learned weights are at hand; for another they are learned now (21,552 examples take some
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
        Coder { engine: engine::Engine { cues, model } }
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
    let runs = runs_by_bytes(points, rayon::current_num_threads());
    let coded: Vec<Vec<Coding>> = runs
        .into_par_iter()
        .map(|run| {
            let mut memo = engine::Memo::default();
            points[run].iter().map(|point| coder.engine.code(point.as_ref(), &mut memo)).collect()
        })
        .collect();
    coded.into_iter().flatten().collect()
}

/// Cuts points into runs of about equal length in bytes, so that one long document does not stall the rest.
fn runs_by_bytes<P: AsRef<str>>(points: &[P], count: usize) -> Vec<Range<usize>> {
    let total: usize = points.iter().map(|point| point.as_ref().len()).sum();
    let share = total / count.max(1) + 1;
    let mut runs = Vec::with_capacity(count);
    let (mut start, mut bytes) = (0, 0);
    for (index, point) in points.iter().enumerate() {
        bytes += point.as_ref().len();
        if bytes >= share {
            runs.push(start..index + 1);
            (start, bytes) = (index + 1, 0);
        }
    }
    runs.push(start..points.len());
    runs
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
    fn runs_cover_all_points() {
        let points = ["a", "", "bbbbbbbbbb", "c", "d"];
        for count in 0..7 {
            let covered: Vec<usize> = runs_by_bytes(&points, count).into_iter().flatten().collect();
            assert_eq!(covered, [0, 1, 2, 3, 4]);
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
