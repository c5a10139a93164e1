//! How much cues count, and how sure the coder may say it is: what comes true on examples that it has not seen.

use super::train::{self, Problem};

/// Examples are divided into this many folds to be seen as unseen.
pub(super) const FOLDS: usize = 4;

/// From this many examples on one fold is enough, and the share of cues is not sought: a second training does.
const MANY: usize = 2_000;

/// The temperatures that are tried.
const COLDEST: f32 = 0.1;
const WARMEST: f32 = 3.0;

/// How much cues may count beside what is learned: the fewer the examples, the more.
const CUE_SHARES: [f32; 4] = [0.25, 0.5, 1.0, 2.0];

/// What is found on examples left out of training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Calibration {
    /// How much a cue's weight counts beside what was learned.
    pub cue_share: f32,
    /// What log-odds are divided by.
    pub temperature: f32,
}

/// The share of cues and the temperature with which what people coded is most probable on examples left out of training
/// (temperature scaling, Guo et al. 2017).
///
/// Of many examples only the temperature is sought, at the problem's own share of cues. `folds` and `primaries`: for each of
/// the problem's rows its fold, below [`FOLDS`], and the outcome that was coded.
pub(super) fn calibrate(problem: &mut Problem, folds: &[usize], primaries: &[usize]) -> Calibration {
    let few = problem.rows.len() < MANY;
    let own = [problem.cue_share];
    let tried = (if few { &CUE_SHARES[..] } else { &own[..] }).iter().map(|&cue_share| {
        problem.cue_share = cue_share;
        let unseen = unseen(problem, folds, if few { FOLDS } else { 1 }, primaries);
        let temperature = of_least_loss(&unseen);
        (loss(&unseen, temperature), Calibration { cue_share, temperature })
    });
    let best = tried.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, calibration)| calibration);
    best.unwrap_or(Calibration { cue_share: own[0], temperature: 1.0 })
}

/// The log-odds of each outcome, and the outcome that was coded, for the rows of the first `tested` folds, each learned from the
/// other folds.
fn unseen(problem: &Problem, folds: &[usize], tested: usize, primaries: &[usize]) -> Vec<(Vec<f32>, usize)> {
    let of_fold = |fold: usize| {
        let learned = train::train(&problem.part(|row| folds[row] != fold));
        let left = (0..problem.rows.len()).filter(move |&row| folds[row] == fold);
        left.map(move |row| (problem.sums(row, &learned.weights, &learned.biases), primaries[row])).collect::<Vec<_>>()
    };
    (0..tested).flat_map(of_fold).collect()
}

/// The temperature with the least loss, by golden-section search (Kiefer 1953): the loss has one valley.
fn of_least_loss(unseen: &[(Vec<f32>, usize)]) -> f32 {
    const GOLDEN: f32 = 0.618_034;
    let (mut low, mut high) = (COLDEST.ln(), WARMEST.ln());
    while high - low > 0.01 {
        let (left, right) = (high - GOLDEN * (high - low), low + GOLDEN * (high - low));
        if loss(unseen, left.exp()) < loss(unseen, right.exp()) { high = right } else { low = left }
    }
    if unseen.is_empty() { 1.0 } else { ((low + high) / 2.0).exp() }
}

/// The cross-entropy of what was coded at a temperature.
fn loss(unseen: &[(Vec<f32>, usize)], temperature: f32) -> f64 {
    let surprise = |(sums, primary): &(Vec<f32>, usize)| {
        let mut shares: Vec<f32> = sums.iter().map(|sum| sum / temperature).collect();
        train::softmax(&mut shares);
        -f64::from(shares[*primary].max(1e-12)).ln()
    };
    unseen.iter().map(surprise).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cautious_odds_are_sharpened_and_bold_ones_softened() {
        // Log-odds of 1 that are right 9 times of 10: they should be ln 9, so the temperature is 1 / ln 9.
        let cautious: Vec<_> = (0..10).map(|at| (vec![1.0, 0.0], usize::from(at == 0))).collect();
        assert!((of_least_loss(&cautious) - 1.0 / 9.0_f32.ln()).abs() < 0.02);
        let bold: Vec<_> = (0..10).map(|at| (vec![5.0, 0.0], usize::from(at < 3))).collect();
        let wanted = 5.0 / (7.0_f32 / 3.0).ln();
        assert!((of_least_loss(&bold) - wanted.min(WARMEST)).abs() < 0.1);
    }
}
