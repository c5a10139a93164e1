//! What a person should look at first.

use super::Coding;

/// The points that a person should look at first, ranked: their numbers, the least sure of the coder's answers first.
///
/// Ranked by the margin between the most probable outcome and the next (margin sampling, Scheffer, Decomain and Wrobel 2001);
/// equal ones in the points' order. In cross-validation the first fifth holds half of the coder's errors
/// (docs/internals.md).
///
/// ```
/// use kodebok::{codebook::Codebook, coding::{self, Coder}};
///
/// let points = ["Lang ventetid på DPS", "Loven om håp", "Taushetsplikten stopper oss"];
/// let codings = coding::code(&points, &Coder::new(&Codebook::summit_2017()));
/// let first = coding::review(&codings);
/// assert_eq!(points[first[0]], "Loven om håp");
/// ```
#[must_use]
pub fn review(codings: &[Coding]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..codings.len()).collect();
    order.sort_by(|&a, &b| codings[a].margin().total_cmp(&codings[b].margin()));
    order
}
