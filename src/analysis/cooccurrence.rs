//! What occurs together: codes of a point or a table, words of a point.

use std::collections::{BTreeMap, BTreeSet};

/// Two things with how often they occur, together and by themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair<T> {
    /// The first, by its order.
    pub one: T,
    /// The other.
    pub other: T,
    /// In how many units both are.
    pub both: usize,
    /// In how many units the first is.
    pub of_one: usize,
    /// In how many units the other is.
    pub of_other: usize,
    /// How many units there are.
    pub units: usize,
}

impl<T> Pair<T> {
    /// The share of the units with either that have both, 0 to 1 (Jaccard 1901).
    #[must_use]
    pub fn jaccard(&self) -> f64 {
        self.both as f64 / (self.of_one + self.of_other - self.both) as f64
    }

    /// Twice the units with both by the sum of those with each, 0 to 1 (Dice 1945).
    #[must_use]
    pub fn dice(&self) -> f64 {
        2.0 * self.both as f64 / (self.of_one + self.of_other) as f64
    }

    /// Normalised pointwise mutual information (Bouma 2009): 1 where neither is without the other, 0 where they are together as
    /// often as by chance, towards -1 where they avoid each other. 0 where both are in every unit, which says nothing.
    #[must_use]
    pub fn npmi(&self) -> f64 {
        let share = |count: usize| count as f64 / self.units as f64;
        let both = share(self.both);
        if both >= 1.0 {
            return 0.0;
        }
        (both / (share(self.of_one) * share(self.of_other))).ln() / -both.ln()
    }
}

/// The pairs that are together in a unit or more, by falling frequency, of equals by their order. Something that a unit holds twice
/// counts once in it.
///
/// The number of pairs grows with the square of what a unit holds: take points as the units of words, not whole documents.
///
/// ```
/// use kodebok::analysis::cooccurrence;
///
/// let pairs = cooccurrence([vec!["tid", "ro"], vec!["tid", "ro", "folk"], vec!["folk"], vec!["tid"]]);
/// let pair = &pairs[0];
/// assert_eq!((pair.one, pair.other, pair.both, pair.of_one, pair.of_other), ("ro", "tid", 2, 2, 3));
/// assert!((pair.jaccard() - 2.0 / 3.0).abs() < 1e-9);
/// ```
#[must_use]
pub fn cooccurrence<T: Ord + Clone, U: IntoIterator<Item = T>>(units: impl IntoIterator<Item = U>) -> Vec<Pair<T>> {
    let mut single: BTreeMap<T, usize> = BTreeMap::new();
    let mut both: BTreeMap<(T, T), usize> = BTreeMap::new();
    let mut count = 0;
    for unit in units {
        count += 1;
        let held: Vec<T> = unit.into_iter().collect::<BTreeSet<T>>().into_iter().collect();
        for (at, one) in held.iter().enumerate() {
            *single.entry(one.clone()).or_default() += 1;
            for other in &held[at + 1..] {
                *both.entry((one.clone(), other.clone())).or_default() += 1;
            }
        }
    }
    let mut pairs: Vec<Pair<T>> = both
        .into_iter()
        .map(|((one, other), both)| {
            let (of_one, of_other) = (single[&one], single[&other]);
            Pair { one, other, both, of_one, of_other, units: count }
        })
        .collect();
    // Stable, so that equals stay in their order.
    pairs.sort_by_key(|pair| std::cmp::Reverse(pair.both));
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pair(both: usize, of_one: usize, of_other: usize, units: usize) -> Pair<&'static str> {
        Pair { one: "a", other: "b", both, of_one, of_other, units }
    }

    #[test]
    fn measures_by_hand() {
        for (name, pair, [jaccard, dice, npmi]) in [
            ("always together", pair(2, 2, 2, 8), [1.0, 1.0, 1.0]),
            ("as by chance", pair(1, 2, 4, 8), [0.2, 1.0 / 3.0, 0.0]),
            // ln(1/8 / (1/2 * 1/2)) / -ln(1/8) = ln(1/2) / ln(8)
            ("apart more than by chance", pair(1, 4, 4, 8), [1.0 / 7.0, 0.25, -1.0 / 3.0]),
            ("everywhere", pair(8, 8, 8, 8), [1.0, 1.0, 0.0]),
        ] {
            for (found, expected) in [(pair.jaccard(), jaccard), (pair.dice(), dice), (pair.npmi(), npmi)] {
                assert!((found - expected).abs() < 1e-9, "{name}: {found} and {expected}");
            }
        }
    }

    proptest! {
        #[test]
        fn as_counted_unit_by_unit(units in proptest::collection::vec(proptest::collection::vec(0..6_u8, 0..5), 0..12)) {
            let pairs = cooccurrence(units.clone());
            let holds = |unit: &[u8], item: u8| unit.contains(&item);
            let mut expected = 0;
            for one in 0..6 {
                for other in one + 1..6 {
                    let both = units.iter().filter(|unit| holds(unit, one) && holds(unit, other)).count();
                    let found = pairs.iter().find(|pair| (pair.one, pair.other) == (one, other));
                    prop_assert_eq!(found.map_or(0, |pair| pair.both), both);
                    if let Some(pair) = found {
                        expected += 1;
                        prop_assert_eq!(pair.of_one, units.iter().filter(|unit| holds(unit, one)).count());
                        prop_assert_eq!(pair.of_other, units.iter().filter(|unit| holds(unit, other)).count());
                        prop_assert!((0.0..=1.0).contains(&pair.jaccard()) && pair.jaccard() <= pair.dice());
                        prop_assert!((-1.0..=1.0 + 1e-9).contains(&pair.npmi()));
                    }
                }
            }
            prop_assert_eq!(pairs.len(), expected);
        }
    }
}
