//! Which words one text has more of than another.

/// How much more often something occurs in one corpus than in another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Keyness {
    /// The log-likelihood ratio G², as a test of whether the two frequencies differ: 3.84 and more has p < 0.05, 6.63 p < 0.01,
    /// 10.83 p < 0.001. Negative where the first corpus has less of it.
    pub log_likelihood: f64,
    /// The effect size: the binary logarithm of the ratio of the relative frequencies (Hardie 2014). 1 is twice as often, -1 half as
    /// often. A count of 0 is taken for a half.
    pub log_ratio: f64,
}

/// The keyness of something that occurs `count` times in a corpus of `size`, against `other` times in one of `other_size`.
///
/// Log-likelihood as Dunning (1993) has it, over the two cells that Rayson and Garside (2000) take. 0 where a corpus is empty.
///
/// ```
/// use kodebok::analysis::keyness;
///
/// let found = keyness(20, 1_000, 20, 10_000);
/// assert!((found.log_likelihood - 44.28).abs() < 0.01);
/// assert!((found.log_ratio - 3.32).abs() < 0.01);
/// assert!(keyness(0, 1_000, 20, 10_000).log_likelihood < 0.0);
/// ```
#[must_use]
pub fn keyness(count: usize, size: usize, other: usize, other_size: usize) -> Keyness {
    let [a, b, c, d] = [count, other, size, other_size].map(|number| number as f64);
    if size == 0 || other_size == 0 {
        return Keyness { log_likelihood: 0.0, log_ratio: 0.0 };
    }
    let expected = |size: f64| size * (a + b) / (c + d);
    let part = |observed: f64, expected: f64| if observed > 0.0 { observed * (observed / expected).ln() } else { 0.0 };
    let likelihood = (2.0 * (part(a, expected(c)) + part(b, expected(d)))).max(0.0);
    let sign = if a * d < b * c { -1.0 } else { 1.0 };
    let or_half = |count: f64| if count > 0.0 { count } else { 0.5 };
    let log_ratio = if a + b > 0.0 { ((or_half(a) / c) / (or_half(b) / d)).log2() } else { 0.0 };
    Keyness { log_likelihood: sign * likelihood, log_ratio }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        for (name, [count, size, other, other_size], likelihood, ratio) in [
            ("the same share", [5, 100, 50, 1_000], 0.0, 0.0),
            ("only in the first", [10, 100, 0, 100], 13.86, 4.32),
            ("only in the second", [0, 100, 10, 100], -13.86, -4.32),
            ("nowhere", [0, 100, 0, 100], 0.0, 0.0),
            ("an empty corpus", [0, 0, 10, 100], 0.0, 0.0),
        ] {
            let found = keyness(count, size, other, other_size);
            assert!((found.log_likelihood - likelihood).abs() < 0.01, "{name}: {found:?}");
            assert!((found.log_ratio - ratio).abs() < 0.01, "{name}: {found:?}");
        }
    }
}
