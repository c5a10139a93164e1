//! Learning from coded examples: multinomial logistic regression with a Gaussian prior, by L-BFGS.

use rayon::prelude::*;

/// Training points as rows of features.
pub(super) struct Problem {
    /// For each point its features: column and value.
    pub rows: Vec<Vec<(u32, f32)>>,
    /// For each point what its cues say of each outcome; a row of `outcomes` numbers.
    pub cues: Vec<f32>,
    /// How much of that is added to the log-odds, whatever is learned.
    pub cue_share: f32,
    /// For each point the share of each outcome, summing to 1; a row of `outcomes` numbers.
    pub targets: Vec<f32>,
    pub columns: usize,
    pub outcomes: usize,
    /// The prior's precision: how strongly weights are held near 0.
    pub precision: f32,
}

impl Problem {
    /// The same problem with some of its rows.
    pub fn part(&self, keep: impl Fn(usize) -> bool) -> Problem {
        let kept: Vec<usize> = (0..self.rows.len()).filter(|&row| keep(row)).collect();
        let of = |numbers: &[f32]| {
            kept.iter().flat_map(|row| &numbers[row * self.outcomes..][..self.outcomes]).copied().collect()
        };
        Problem {
            rows: kept.iter().map(|&row| self.rows[row].clone()).collect(),
            cues: of(&self.cues),
            targets: of(&self.targets),
            ..*self
        }
    }

    /// The log-odds of each outcome for one row.
    pub fn sums(&self, row: usize, weights: &[f32], biases: &[f32]) -> Vec<f32> {
        let cues = &self.cues[row * self.outcomes..][..self.outcomes];
        let mut sums: Vec<f32> = biases.iter().zip(cues).map(|(bias, cue)| bias + cue * self.cue_share).collect();
        for &(column, value) in &self.rows[row] {
            let weights = &weights[column as usize * self.outcomes..][..self.outcomes];
            sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += value * weight);
        }
        sums
    }
}

/// What was learned.
pub(super) struct Learned {
    /// A row of `outcomes` weights for each column.
    pub weights: Vec<f32>,
    pub biases: Vec<f32>,
}

/// Steps at most. After 40 macro-F1 is 0.01 below that after 80; 150 gain nothing (docs/internals.md).
const STEPS: usize = 100;

/// How many steps back L-BFGS remembers (Liu and Nocedal 1989: 3 to 20 do).
const MEMORY: usize = 8;

/// Sums over parts of this length, so that they are the same for any number of threads.
const PART: usize = 1 << 16;

/// The weights that make the targets most probable, given the prior. The same, to the bit, for any number of threads.
pub(super) fn train(problem: &Problem) -> Learned {
    let objective = Objective::new(problem);
    let mut point = vec![0.0; (problem.columns + 1) * problem.outcomes];
    let (mut loss, mut gradient) = objective.at(&point);
    let mut history: Vec<Step> = Vec::new();
    for _ in 0..STEPS {
        let direction = direction(&gradient, &history);
        let slope = dot(&gradient, &direction);
        let Some((next, next_loss, next_gradient)) = line_search(&objective, &point, &direction, loss, slope) else {
            break;
        };
        let gain = (loss - next_loss) / next_loss.max(1.0);
        history.extend(Step::new(difference(&next, &point), difference(&next_gradient, &gradient)));
        if history.len() > MEMORY {
            history.remove(0);
        }
        (point, loss, gradient) = (next, next_loss, next_gradient);
        if gain < 1e-5 {
            break;
        }
    }
    let biases = point.split_off(problem.columns * problem.outcomes);
    Learned { weights: point, biases }
}

/// The function to be made small, with what evaluating it needs.
struct Objective<'p> {
    problem: &'p Problem,
    /// The same numbers as the problem's rows, by column: row and value.
    by_column: Vec<Vec<(u32, f32)>>,
}

impl<'p> Objective<'p> {
    fn new(problem: &'p Problem) -> Objective<'p> {
        let mut by_column = vec![Vec::new(); problem.columns];
        for (row, features) in problem.rows.iter().enumerate() {
            for &(column, value) in features {
                by_column[column as usize].push((row as u32, value));
            }
        }
        Objective { problem, by_column }
    }

    /// The loss at a point and its gradient: cross-entropy, and half the precision times the squared weights.
    fn at(&self, point: &[f32]) -> (f64, Vec<f32>) {
        let outcomes = self.problem.outcomes;
        let (weights, biases) = point.split_at(self.problem.columns * outcomes);
        let errors: Vec<(Vec<f32>, f64)> = (0..self.problem.rows.len())
            .into_par_iter()
            .with_min_len(64)
            .map(|row| self.error(row, weights, biases))
            .collect();
        let precision = self.problem.precision;
        let mut gradient = vec![0.0; point.len()];
        let (by_weight, by_bias) = gradient.split_at_mut(weights.len());
        by_weight.par_chunks_mut(outcomes).with_min_len(256).zip(&self.by_column).enumerate().for_each(
            |(column, (sums, entries))| {
                sums.copy_from_slice(&weights[column * outcomes..][..outcomes]);
                sums.iter_mut().for_each(|sum| *sum *= precision);
                for &(row, value) in entries {
                    for (sum, error) in sums.iter_mut().zip(&errors[row as usize].0) {
                        *sum += value * error;
                    }
                }
            },
        );
        for (error, _) in &errors {
            by_bias.iter_mut().zip(error).for_each(|(sum, error)| *sum += error);
        }
        let loss =
            errors.iter().map(|(_, loss)| loss).sum::<f64>() + 0.5 * f64::from(precision) * dot(weights, weights);
        (loss, gradient)
    }

    /// Of one row the predicted less the wanted shares, and its cross-entropy.
    fn error(&self, row: usize, weights: &[f32], biases: &[f32]) -> (Vec<f32>, f64) {
        let outcomes = self.problem.outcomes;
        let mut sums = self.problem.sums(row, weights, biases);
        softmax(&mut sums);
        let targets = &self.problem.targets[row * outcomes..][..outcomes];
        let wanted = sums.iter().zip(targets).filter(|(_, target)| **target > 0.0);
        let loss = wanted.map(|(share, target)| -f64::from(*target) * f64::from(share.max(1e-12)).ln()).sum();
        sums.iter_mut().zip(targets).for_each(|(share, target)| *share -= target);
        (sums, loss)
    }
}

/// Log-odds to probabilities (McFadden 1974).
pub(super) fn softmax(sums: &mut [f32]) {
    let top = sums.iter().copied().fold(f32::MIN, f32::max);
    sums.iter_mut().for_each(|sum| *sum = (*sum - top).exp());
    let total: f32 = sums.iter().sum();
    sums.iter_mut().for_each(|sum| *sum /= total);
}

/// One step that was taken: how the point moved, how the gradient changed, and one over their product.
struct Step {
    moved: Vec<f32>,
    changed: Vec<f32>,
    scale: f64,
}

impl Step {
    /// `None` where the gradient did not grow along the step, which says nothing of the curvature.
    fn new(moved: Vec<f32>, changed: Vec<f32>) -> Option<Step> {
        let product = dot(&moved, &changed);
        (product > 1e-10).then(|| Step { moved, changed, scale: 1.0 / product })
    }
}

/// The direction to go against: the gradient times an estimate of the inverse Hessian (Nocedal 1980, the two-loop recursion).
fn direction(gradient: &[f32], history: &[Step]) -> Vec<f32> {
    let mut direction = gradient.to_vec();
    let mut shares = Vec::with_capacity(history.len());
    for step in history.iter().rev() {
        let share = dot(&step.moved, &direction) * step.scale;
        add(&mut direction, &step.changed, -share);
        shares.push(share);
    }
    let scale = match history.last() {
        Some(step) => 1.0 / (step.scale * dot(&step.changed, &step.changed)),
        None => 1.0 / dot(gradient, gradient).sqrt().max(1e-12),
    };
    direction.iter_mut().for_each(|value| *value *= scale as f32);
    for (step, share) in history.iter().zip(shares.iter().rev()) {
        let back = dot(&step.changed, &direction) * step.scale;
        add(&mut direction, &step.moved, share - back);
    }
    direction
}

/// The first of ever shorter steps that lowers the loss enough (Armijo 1966).
fn line_search(
    objective: &Objective<'_>,
    point: &[f32],
    direction: &[f32],
    loss: f64,
    slope: f64,
) -> Option<(Vec<f32>, f64, Vec<f32>)> {
    let mut length = 1.0;
    for _ in 0..20 {
        let mut next = point.to_vec();
        add(&mut next, direction, -length);
        let (next_loss, next_gradient) = objective.at(&next);
        if next_loss <= loss - 1e-4 * length * slope {
            return Some((next, next_loss, next_gradient));
        }
        length *= 0.5;
    }
    None
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    let part = |(a, b): (&[f32], &[f32])| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    let parts: Vec<f64> = a.par_chunks(PART).zip(b.par_chunks(PART)).map(part).collect();
    parts.iter().sum()
}

fn add(to: &mut [f32], from: &[f32], times: f64) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += times as f32 * from);
}

fn difference(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two outcomes; column 0 speaks for the second.
    fn small(precision: f32) -> Problem {
        Problem {
            rows: vec![vec![(0, 1.0)], vec![(0, 1.0)], vec![(0, 1.0)], vec![], vec![(1, 1.0)], vec![]],
            cues: vec![0.0; 12],
            cue_share: 1.0,
            targets: [[0.0, 1.0], [0.0, 1.0], [1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.0, 1.0]].concat(),
            columns: 2,
            outcomes: 2,
            precision,
        }
    }

    #[test]
    fn the_gradient_is_that_of_the_loss() {
        let problem = small(0.3);
        let objective = Objective::new(&problem);
        let point = [0.3, -0.2, 0.1, 0.4, -0.5, 0.2];
        let (_, gradient) = objective.at(&point);
        for at in 0..point.len() {
            let moved = |by: f32| {
                let mut moved = point;
                moved[at] += by;
                objective.at(&moved).0
            };
            let slope = (moved(1e-2) - moved(-1e-2)) / 2e-2;
            assert!((slope - f64::from(gradient[at])).abs() < 1e-3, "{at}: {slope} {}", gradient[at]);
        }
    }

    #[test]
    fn the_optimum_has_no_slope_and_a_stronger_prior_smaller_weights() {
        let weight = |precision: f32| {
            let problem = small(precision);
            let learned = train(&problem);
            let point = [learned.weights.clone(), learned.biases].concat();
            let (_, gradient) = Objective::new(&problem).at(&point);
            assert!(gradient.iter().all(|slope| slope.abs() < 1e-2), "{gradient:?}");
            learned.weights[1] - learned.weights[0]
        };
        assert!(weight(0.1) > weight(1.0) && weight(1.0) > 0.0);
    }
}
