//! How far coders agree on nominal codes, and how much of that is more than chance.
//!
//! [`Ratings`] hold what each coder said of each unit. Each statistic is a function from them to `Option<f64>`, `None`
//! where it is undefined: agreement that could not have been otherwise says nothing, and is not 1.
//!
//! | statistic | coders | codes missing | agreement by chance |
//! | --- | --- | --- | --- |
//! | [`percent_agreement`] | any number | allowed | not taken out |
//! | [`cohen_kappa`] | two | units that one left out do not count | each coder's own use of the codes |
//! | [`fleiss_kappa`] | any number | the same number a unit | all coders' use of the codes |
//! | [`krippendorff_alpha`] | any number | allowed | all coders' use of the codes, drawn without replacement |
//! | [`gwet_ac1`] | any number | allowed | only on units that are hard to code |
//!
//! [`interval`] puts a bootstrap confidence interval around any of them, and [`Confusion`] shows which codes two coders
//! mix up.
//!
//! ```
//! use kodebok::agreement::{Ratings, interval, krippendorff_alpha};
//!
//! let ratings = Ratings::from_rows([
//!     vec![Some(0), Some(0), Some(0)],
//!     vec![Some(1), Some(1), None],
//!     vec![Some(0), Some(1), Some(1)],
//!     vec![Some(2), Some(2), Some(2)],
//! ]);
//! let alpha = krippendorff_alpha(&ratings).unwrap();
//! let around = interval(&ratings, krippendorff_alpha, 1000, 0.95, 1).unwrap();
//! assert!(around.low < alpha && alpha < around.high);
//! ```
//!
//! # Sources
//!
//! - Cohen, J. (1960). A coefficient of agreement for nominal scales. *Educational and Psychological Measurement*
//!   20(1).
//! - Efron, B. (1979). Bootstrap methods: another look at the jackknife. *The Annals of Statistics* 7(1).
//! - Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. *Psychological Bulletin* 76(5).
//! - Gwet, K. L. (2014). *Handbook of Inter-Rater Reliability*, 4th ed. Advanced Analytics.
//! - Hyndman, R. J. and Fan, Y. (1996). Sample quantiles in statistical packages. *The American Statistician* 50(4).
//! - Krippendorff, K. (2011). *Computing Krippendorff's Alpha-Reliability*. University of Pennsylvania.
//! - Lemire, D. (2019). Fast random integer generation in an interval. *ACM Transactions on Modeling and Computer
//!   Simulation* 29(1).
//! - Opitz, J. and Burst, S. (2019). *Macro F1 and Macro F1*. arXiv:1911.03347.
//! - Steele, G. L., Lea, D. and Flood, C. H. (2014). Fast splittable pseudorandom number generators. *OOPSLA '14*.
//! - van Rijsbergen, C. J. (1979). *Information Retrieval*, 2nd ed. Butterworths.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What each coder said of each unit: one code, by its index, or none.
///
/// The codes are nominal: their indices tell them apart and mean nothing else, so they may have gaps.
#[derive(Clone, Debug)]
pub struct Ratings {
    /// Of each unit a cell a coder, in the coders' order: where its code stands in `codes`. Shared, so that a resample
    /// copies no cells.
    units: Vec<Arc<[Option<usize>]>>,
    /// The codes that occur, ascending. A resample keeps those of the whole: the coders had them all to choose from.
    codes: Arc<[usize]>,
    coders: usize,
}

impl Ratings {
    /// Ratings from rows: a row a unit, in it a cell a coder, always in the same order; `None` where the coder gave no
    /// code.
    ///
    /// The longest row has the number of coders; in a shorter one the last coders gave no code.
    ///
    /// ```
    /// use kodebok::agreement::Ratings;
    ///
    /// let ratings = Ratings::from_rows([vec![Some(4), Some(4), Some(7)], vec![Some(7), None], vec![]]);
    /// assert_eq!((ratings.units(), ratings.coders(), ratings.codes()), (3, 3, &[4, 7][..]));
    /// ```
    #[must_use]
    pub fn from_rows<R: AsRef<[Option<usize>]>>(rows: impl IntoIterator<Item = R>) -> Ratings {
        let mut units: Vec<Arc<[Option<usize>]>> = rows.into_iter().map(|row| row.as_ref().into()).collect();
        let codes: BTreeSet<usize> = units.iter().flat_map(|unit| unit.iter().flatten().copied()).collect();
        let codes: Arc<[usize]> = codes.into_iter().collect();
        let coders = units.iter().map(|unit| unit.len()).max().unwrap_or(0);
        for unit in &mut units {
            *unit = unit.iter().map(|cell| cell.and_then(|code| codes.binary_search(&code).ok())).collect();
        }
        Ratings { units, codes, coders }
    }

    /// Ratings from the codes of two coders, each with a cell a unit in the same order; `None` if one has more units
    /// than the other, as then there is no telling which belong together.
    ///
    /// ```
    /// use kodebok::agreement::Ratings;
    ///
    /// assert!(Ratings::from_coders(&[Some(0), Some(1)], &[Some(0), None]).is_some());
    /// assert!(Ratings::from_coders(&[Some(0), Some(1)], &[Some(0)]).is_none());
    /// ```
    #[must_use]
    pub fn from_coders(first: &[Option<usize>], second: &[Option<usize>]) -> Option<Ratings> {
        let rows = first.iter().zip(second).map(|(&first, &second)| [first, second]);
        (first.len() == second.len()).then(|| Ratings::from_rows(rows))
    }

    /// The ratings of two of the coders, by their places from 0, for what is computed from two; `None` if there is no
    /// such coder.
    ///
    /// ```
    /// use kodebok::agreement::{Ratings, cohen_kappa};
    ///
    /// let three = Ratings::from_rows([[Some(0), Some(1), Some(0)], [Some(1), Some(1), Some(1)]]);
    /// assert_eq!(three.pair(0, 2).and_then(|pair| cohen_kappa(&pair)), Some(1.0));
    /// assert!(three.pair(0, 3).is_none());
    /// ```
    #[must_use]
    pub fn pair(&self, first: usize, second: usize) -> Option<Ratings> {
        let cell = |unit: &[Option<usize>], coder: usize| unit.get(coder).copied().flatten().map(|at| self.codes[at]);
        let rows = self.units.iter().map(|unit| [cell(unit, first), cell(unit, second)]);
        (first.max(second) < self.coders).then(|| Ratings::from_rows(rows))
    }

    /// The number of units, those that nobody coded among them.
    #[must_use]
    pub fn units(&self) -> usize {
        self.units.len()
    }

    /// The number of coders.
    #[must_use]
    pub fn coders(&self) -> usize {
        self.coders
    }

    /// The codes that occur, ascending.
    #[must_use]
    pub fn codes(&self) -> &[usize] {
        &self.codes
    }

    /// The units that at least `least` coders coded.
    fn coded_by(&self, least: usize) -> Vec<Tally> {
        self.units.iter().map(|unit| Tally::of(unit)).filter(|tally| tally.total >= least as f64).collect()
    }

    /// As many units, drawn with replacement.
    fn resample(&self, random: &mut SplitMix64) -> Ratings {
        let units = self.units.iter().map(|_| Arc::clone(&self.units[random.below(self.units.len())])).collect();
        Ratings { units, codes: Arc::clone(&self.codes), coders: self.coders }
    }
}

/// How often each code was given to one unit. Whole numbers held as `f64`, exact and without overflow.
struct Tally {
    counts: Vec<(usize, f64)>,
    total: f64,
}

impl Tally {
    fn of(unit: &[Option<usize>]) -> Tally {
        let mut given: Vec<usize> = unit.iter().flatten().copied().collect();
        given.sort_unstable();
        let counts = given.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as f64)).collect();
        Tally { counts, total: given.len() as f64 }
    }

    /// The ordered pairs of coders that agree.
    fn agreeing_pairs(&self) -> f64 {
        self.counts.iter().map(|&(_, count)| ordered_pairs(count)).sum()
    }
}

fn ordered_pairs(count: f64) -> f64 {
    count * (count - 1.0)
}

/// Percent agreement, as a share: of the pairs of coders who both coded a unit, those who gave it the same code.
///
/// The share is taken within each unit, then the mean over the units: Σᵢ Σₖ rᵢₖ(rᵢₖ − 1) / (rᵢ(rᵢ − 1)) / n, where rᵢₖ
/// of the rᵢ coders of unit i gave it code k (Fleiss 1971); units with fewer than two codes do not count (Gwet 2014).
/// Where every coder coded every unit, it is also the mean over the pairs of coders. From 0 to 1; `None` if no unit has
/// two codes.
///
/// ```
/// use kodebok::agreement::{Ratings, percent_agreement};
///
/// let ratings = Ratings::from_rows([[Some(0), Some(0), Some(1)], [Some(1), Some(1), None], [Some(1), None, None]]);
/// assert_eq!(percent_agreement(&ratings), Some((1.0 / 3.0 + 1.0) / 2.0));
/// ```
#[must_use]
pub fn percent_agreement(ratings: &Ratings) -> Option<f64> {
    mean_agreement(&ratings.coded_by(2))
}

/// Cohen's kappa of two coders, over the units that both coded.
///
/// κ = (pₒ − pₑ) / (1 − pₑ), where pₒ is the share of units on which they agree, and pₑ = Σₖ p₁ₖ p₂ₖ what they would
/// agree on by chance, each giving code k as often as they did (Cohen 1960). At most 1; `None` if there are not two
/// coders, no unit is coded by both, or both gave one and the same code to all.
///
/// ```
/// use kodebok::agreement::{Ratings, cohen_kappa};
///
/// let first = [Some(0), Some(0), Some(1), Some(1)];
/// let second = [Some(0), Some(1), Some(1), Some(1)];
/// assert_eq!(cohen_kappa(&Ratings::from_coders(&first, &second).unwrap()), Some(0.5));
/// assert_eq!(cohen_kappa(&Ratings::from_coders(&[Some(0)], &[Some(0)]).unwrap()), None);
/// ```
#[must_use]
pub fn cohen_kappa(ratings: &Ratings) -> Option<f64> {
    let confusion = Confusion::new(ratings)?;
    let units = confusion.units as f64;
    let by_chance = |margin: &Margin| margin.first as f64 * margin.second as f64;
    beyond_chance(confusion.accuracy()?, confusion.margins.values().map(by_chance).sum::<f64>() / (units * units))
}

/// Fleiss' kappa of any number of coders, where each unit has the same number of codes, not always from the same
/// coders.
///
/// κ = (P̄ − P̄ₑ) / (1 − P̄ₑ), where P̄ is the [`percent_agreement`], and P̄ₑ = Σₖ pₖ² with pₖ the share of code k in
/// all that were given (Fleiss 1971). At most 1; `None` if the number of codes a unit differs (units that nobody coded
/// aside), if it is below two, or if only one code occurs.
///
/// ```
/// use kodebok::agreement::{Ratings, fleiss_kappa};
///
/// let ratings = Ratings::from_rows([[Some(0), Some(0), None], [None, Some(1), Some(1)], [Some(0), None, Some(1)]]);
/// assert!((fleiss_kappa(&ratings).unwrap() - 1.0 / 3.0).abs() < 1e-12);
/// ```
#[must_use]
pub fn fleiss_kappa(ratings: &Ratings) -> Option<f64> {
    let coded = ratings.coded_by(1);
    if coded.windows(2).any(|two| two[0].total != two[1].total) {
        return None;
    }
    let by_chance = mean_shares(&coded, ratings.codes.len()).iter().map(|share| share * share).sum();
    beyond_chance(mean_agreement(&coded)?, by_chance)
}

/// Krippendorff's alpha for nominal data, of any number of coders; codes may be missing.
///
/// α = 1 − Dₒ / Dₑ. For nominal data that is (Aₒ − Aₑ) / (1 − Aₑ): with n the codes given to units that have two or
/// more and nₖ of them code k, Aₒ = Σᵤ Σₖ nᵤₖ(nᵤₖ − 1) / (mᵤ − 1) / n, where nᵤₖ of the mᵤ codes of unit u are k, and
/// Aₑ = Σₖ nₖ(nₖ − 1) / (n(n − 1)) (Krippendorff 2011). At most 1; `None` if no unit has two codes, or only one code
/// occurs in those that have.
///
/// ```
/// use kodebok::agreement::{Ratings, krippendorff_alpha};
///
/// let ratings = Ratings::from_rows([[Some(0), Some(0)], [Some(1), Some(1)], [Some(0), Some(1)], [Some(2), None]]);
/// assert!((krippendorff_alpha(&ratings).unwrap() - 4.0 / 9.0).abs() < 1e-12);
/// ```
#[must_use]
pub fn krippendorff_alpha(ratings: &Ratings) -> Option<f64> {
    let pairable = ratings.coded_by(2);
    let mut of_code = vec![0.0; ratings.codes.len()];
    for &(code, count) in pairable.iter().flat_map(|unit| &unit.counts) {
        of_code[code] += count;
    }
    let codes: f64 = pairable.iter().map(|unit| unit.total).sum();
    let agreeing: f64 = pairable.iter().map(|unit| unit.agreeing_pairs() / (unit.total - 1.0)).sum();
    let by_chance: f64 = of_code.into_iter().map(ordered_pairs).sum();
    beyond_chance(agreeing / codes, by_chance / ordered_pairs(codes))
}

/// Gwet's AC1 of any number of coders; codes may be missing.
///
/// AC1 = (pₐ − pₑ) / (1 − pₑ), where pₐ is the [`percent_agreement`], and pₑ = Σₖ πₖ(1 − πₖ) / (q − 1) with q the
/// number of codes and πₖ the mean over all coded units of the share of their coders who gave code k (Gwet 2014). The
/// codes are those that occur; in an [`interval`], those that occur in all the ratings, however few are in a resample.
/// At most 1; `None` if no unit has two codes, or only one code occurs.
///
/// ```
/// use kodebok::agreement::{Ratings, gwet_ac1};
///
/// let ratings = Ratings::from_rows([[Some(0), Some(0)], [Some(0), Some(0)], [Some(0), Some(1)]]);
/// assert!((gwet_ac1(&ratings).unwrap() - 7.0 / 13.0).abs() < 1e-12);
/// ```
#[must_use]
pub fn gwet_ac1(ratings: &Ratings) -> Option<f64> {
    let codes = ratings.codes.len();
    if codes < 2 {
        return None;
    }
    let coded = ratings.coded_by(1);
    let hard_to_code: f64 = mean_shares(&coded, codes).iter().map(|share| share * (1.0 - share)).sum();
    beyond_chance(mean_agreement(&coded)?, hard_to_code / (codes as f64 - 1.0))
}

/// The mean over the units with two codes or more of the share of their pairs of coders that agree.
fn mean_agreement(units: &[Tally]) -> Option<f64> {
    let paired = units.iter().filter(|unit| unit.total >= 2.0);
    mean(paired.map(|unit| unit.agreeing_pairs() / ordered_pairs(unit.total)))
}

/// Of each code, the mean over the units of its share in what was given to the unit.
fn mean_shares(units: &[Tally], codes: usize) -> Vec<f64> {
    let mut shares = vec![0.0; codes];
    for unit in units {
        for &(code, count) in &unit.counts {
            shares[code] += count / unit.total;
        }
    }
    shares.iter().map(|share| share / units.len() as f64).collect()
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

/// Agreement above that by chance, as a share of what was possible above it; `None` if chance alone brings it all, or
/// is not a number because nothing was coded.
fn beyond_chance(observed: f64, by_chance: f64) -> Option<f64> {
    (by_chance < 1.0).then(|| (observed - by_chance) / (1.0 - by_chance))
}

/// A confidence interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// A bootstrap confidence interval of a statistic, by the percentile method (Efron 1979).
///
/// `samples` times (1,000 or more for a report) as many units as there are get drawn with replacement, each with all
/// its codes, and `statistic` computed; resamples on which it is undefined are left out. The interval spans the middle
/// `level` (0.95, say) of what comes out, with quantiles interpolated (definition 7 of Hyndman and Fan 1996). The draws
/// come from SplitMix64 (Steele et al. 2014) started with `seed`: the same seed gives the same interval on every
/// machine.
///
/// `None` if the statistic is undefined on the ratings or on every resample, `samples` is 0, or `level` is not between
/// 0 and 1.
///
/// ```
/// use kodebok::agreement::{Confusion, Ratings, gwet_ac1, interval};
///
/// let first = [Some(0), Some(0), Some(1), Some(1), Some(2), Some(2), Some(0), Some(1)];
/// let second = [Some(0), Some(0), Some(1), Some(2), Some(2), Some(2), Some(0), Some(0)];
/// let ratings = Ratings::from_coders(&first, &second).unwrap();
/// let around = interval(&ratings, gwet_ac1, 1000, 0.95, 1).unwrap();
/// assert!(0.0 < around.low && around.low < 0.63 && around.high == 1.0);
/// let macro_f1 = |ratings: &Ratings| Confusion::new(ratings)?.macro_f1();
/// assert!(interval(&ratings, macro_f1, 1000, 0.95, 1).is_some());
/// ```
#[must_use]
pub fn interval(
    ratings: &Ratings,
    statistic: impl Fn(&Ratings) -> Option<f64>,
    samples: usize,
    level: f64,
    seed: u64,
) -> Option<Interval> {
    if !(level > 0.0 && level < 1.0) {
        return None;
    }
    statistic(ratings)?;
    let mut random = SplitMix64(seed);
    let mut values: Vec<f64> = (0..samples).filter_map(|_| statistic(&ratings.resample(&mut random))).collect();
    values.sort_unstable_by(f64::total_cmp);
    let tail = (1.0 - level) / 2.0;
    Some(Interval { low: quantile(&values, tail)?, high: quantile(&values, 1.0 - tail)? })
}

/// Definition 7 of Hyndman and Fan (1996), the one of R and NumPy. The values are sorted.
fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let place = share * sorted.len().checked_sub(1)? as f64;
    let below = *sorted.get(place as usize)?;
    let above = sorted.get(place as usize + 1).copied().unwrap_or(below);
    Some(below + (above - below) * place.fract())
}

/// The generator of Steele et al. (2014), mixing as Java's `SplittableRandom` does: whole numbers only, so the same
/// everywhere.
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A whole number below `bound`, by the multiplication of Lemire (2019); its bias, under `bound` / 2⁶⁴, is left in.
    fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }
}

/// Which codes two coders gave to the units that both coded, the first coder being the reference.
///
/// ```
/// use kodebok::agreement::{Confusion, Ratings};
///
/// let reference = [Some(0), Some(0), Some(0), Some(1), Some(1)];
/// let second = [Some(0), Some(0), Some(1), Some(1), None];
/// let confusion = Confusion::new(&Ratings::from_coders(&reference, &second).unwrap()).unwrap();
/// assert_eq!((confusion.units(), confusion.count(0, 1), confusion.accuracy()), (4, 1, Some(0.75)));
/// let scores = confusion.scores(1).unwrap();
/// assert_eq!((scores.precision, scores.recall, scores.f1), (Some(0.5), Some(1.0), 2.0 / 3.0));
/// assert_eq!(confusion.macro_f1(), Some((0.8 + 2.0 / 3.0) / 2.0));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confusion {
    counts: BTreeMap<(usize, usize), usize>,
    margins: BTreeMap<usize, Margin>,
    units: usize,
}

/// How often one code was given: by the first coder, by the second, and by both to the same unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Margin {
    first: usize,
    second: usize,
    both: usize,
}

/// How well the second coder finds one code of the first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scores {
    /// Of the units to which the second coder gave the code, the share to which the reference did; `None` if the second
    /// coder never gave it (van Rijsbergen 1979).
    pub precision: Option<f64>,
    /// Of the units to which the reference gave the code, the share to which the second coder did; `None` if the
    /// reference never gave it (van Rijsbergen 1979).
    pub recall: Option<f64>,
    /// The harmonic mean of precision and recall, 2 both / (first + second); 0 if one of the two is undefined
    /// (van Rijsbergen 1979).
    pub f1: f64,
}

impl Confusion {
    /// The confusion of two coders, the first being the reference; `None` if there are not two.
    #[must_use]
    pub fn new(ratings: &Ratings) -> Option<Confusion> {
        let mut confusion = Confusion { counts: BTreeMap::new(), margins: BTreeMap::new(), units: 0 };
        for unit in &ratings.units {
            if let [Some(first), Some(second)] = unit[..] {
                confusion.add(ratings.codes[first], ratings.codes[second]);
            }
        }
        (ratings.coders == 2).then_some(confusion)
    }

    fn add(&mut self, first: usize, second: usize) {
        self.units += 1;
        *self.counts.entry((first, second)).or_default() += 1;
        self.margins.entry(first).or_default().first += 1;
        self.margins.entry(second).or_default().second += 1;
        self.margins.entry(first).or_default().both += usize::from(first == second);
    }

    /// The number of units that both coded.
    #[must_use]
    pub fn units(&self) -> usize {
        self.units
    }

    /// The codes that either coder gave to a unit that both coded, ascending.
    pub fn codes(&self) -> impl Iterator<Item = usize> {
        self.margins.keys().copied()
    }

    /// The number of units to which the reference gave the code `first`, and the other coder `second`.
    #[must_use]
    pub fn count(&self, first: usize, second: usize) -> usize {
        self.counts.get(&(first, second)).copied().unwrap_or(0)
    }

    /// The share of units on which the two agree: the [`percent_agreement`] of two coders. `None` if no unit is coded
    /// by both.
    #[must_use]
    pub fn accuracy(&self) -> Option<f64> {
        share(self.margins.values().map(|margin| margin.both).sum(), self.units)
    }

    /// Precision, recall and F1 of one code; `None` if it does not occur.
    #[must_use]
    pub fn scores(&self, code: usize) -> Option<Scores> {
        self.margins.get(&code).map(Margin::scores)
    }

    /// The mean of the codes' F1, over those that either coder gave (the "averaged F1" of Opitz and Burst 2019). `None`
    /// if no unit is coded by both.
    #[must_use]
    pub fn macro_f1(&self) -> Option<f64> {
        mean(self.margins.values().map(|margin| margin.scores().f1))
    }
}

impl Margin {
    fn scores(&self) -> Scores {
        Scores {
            precision: share(self.both, self.second),
            recall: share(self.both, self.first),
            f1: share(2 * self.both, self.first + self.second).unwrap_or(0.0),
        }
    }
}

fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Statistic = fn(&Ratings) -> Option<f64>;

    const STATISTICS: [Statistic; 5] = [percent_agreement, cohen_kappa, fleiss_kappa, krippendorff_alpha, gwet_ac1];

    fn accuracy(ratings: &Ratings) -> Option<f64> {
        Confusion::new(ratings)?.accuracy()
    }

    fn macro_f1(ratings: &Ratings) -> Option<f64> {
        Confusion::new(ratings)?.macro_f1()
    }

    /// The ratings of coders who wrote a digit a unit, and a dot where they gave no code.
    fn coders(written: &[&str]) -> Ratings {
        let units = written.iter().map(|coder| coder.len()).max().unwrap_or(0);
        let code = |coder: &&str, unit| coder.chars().nth(unit)?.to_digit(10).map(|digit| digit as usize);
        Ratings::from_rows((0..units).map(|unit| written.iter().map(|coder| code(coder, unit)).collect::<Vec<_>>()))
    }

    /// The ratings of two coders from their confusion matrix.
    fn matrix<const N: usize>(counts: [[usize; N]; N]) -> Ratings {
        let cells =
            counts.iter().enumerate().flat_map(|(first, row)| row.iter().enumerate().map(move |it| (first, it)));
        Ratings::from_rows(
            cells.flat_map(|(first, (second, &count))| std::iter::repeat_n([Some(first), Some(second)], count)),
        )
    }

    /// The ratings from how often each code was given to each unit, a digit a code.
    fn tallies(units: &str) -> Ratings {
        let given = |(code, digit): (usize, char)| vec![Some(code); digit.to_digit(10).unwrap() as usize];
        Ratings::from_rows(
            units.split_whitespace().map(|unit| unit.chars().enumerate().flat_map(given).collect::<Vec<_>>()),
        )
    }

    fn krippendorff_a() -> Ratings {
        coders(&["0100000010", "1110010000"])
    }

    fn krippendorff_b() -> Ratings {
        coders(&["112243335441", "212223335444"])
    }

    fn krippendorff_c() -> Ratings {
        coders(&["123321412...", "1233224125.3", ".3332342251.", "12332441251."])
    }

    fn two_by_two() -> Ratings {
        matrix([[20, 5], [10, 15]])
    }

    fn cohen_1968() -> Ratings {
        matrix([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
    }

    fn paradox() -> Ratings {
        matrix([[118, 5], [2, 0]])
    }

    fn fleiss_1971() -> Ratings {
        tallies(
            "00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031 \
             00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006",
        )
    }

    fn assert_close(name: &str, actual: Option<f64>, expected: Option<f64>) {
        let close = match (actual, expected) {
            (Some(actual), Some(expected)) => (actual - expected).abs() < 1e-12,
            (actual, expected) => actual == expected,
        };
        assert!(close, "{name}: {actual:?}, not {expected:?}");
    }

    #[test]
    fn published_tables_give_their_exact_values() {
        let cases: [(&str, Ratings, [Option<f64>; 5]); 7] = [
            (
                "Krippendorff 2011, A",
                krippendorff_a(),
                [Some(3.0 / 5.0), Some(1.0 / 11.0), Some(1.0 / 21.0), Some(2.0 / 21.0), Some(9.0 / 29.0)],
            ),
            (
                "Krippendorff 2011, B",
                krippendorff_b(),
                [Some(3.0 / 4.0), Some(13.0 / 19.0), Some(19.0 / 28.0), Some(155.0 / 224.0), Some(20.0 / 29.0)],
            ),
            (
                "Krippendorff 2011, C",
                krippendorff_c(),
                [Some(9.0 / 11.0), None, None, Some(113.0 / 152.0), Some(31825.0 / 41041.0)],
            ),
            (
                "two by two",
                two_by_two(),
                [Some(7.0 / 10.0), Some(2.0 / 5.0), Some(13.0 / 33.0), Some(2.0 / 5.0), Some(41.0 / 101.0)],
            ),
            (
                "Cohen 1968",
                cohen_1968(),
                [Some(7.0 / 10.0), Some(29.0 / 59.0), Some(19.0 / 39.0), Some(127.0 / 260.0), Some(163.0 / 283.0)],
            ),
            (
                "the paradox of kappa",
                paradox(),
                [
                    Some(118.0 / 125.0),
                    Some(-4.0 / 171.0),
                    Some(-7.0 / 243.0),
                    Some(-2.0 / 81.0),
                    Some(27799.0 / 29549.0),
                ],
            ),
            (
                "Fleiss 1971",
                fleiss_1971(),
                [Some(5.0 / 9.0), None, Some(5437.0 / 12637.0), Some(5477.0 / 12637.0), Some(23363.0 / 52163.0)],
            ),
        ];
        for (name, ratings, expected) in cases {
            for (statistic, expected) in STATISTICS.iter().zip(expected) {
                assert_close(name, statistic(&ratings), expected);
            }
        }
    }

    #[test]
    fn what_could_not_have_been_otherwise_is_undefined() {
        let cases: [(&str, Ratings, [bool; 5]); 10] = [
            ("no units", coders(&[]), [false; 5]),
            ("units without coders", Ratings::from_rows([[]; 3]), [false; 5]),
            ("nothing coded", coders(&["...", "..."]), [false; 5]),
            ("one coder", coders(&["0120"]), [false; 5]),
            ("no unit coded twice", coders(&["01..", "..01"]), [false; 5]),
            ("one code", coders(&["000", "000"]), [true, false, false, false, false]),
            ("one code on what is coded twice", coders(&["000.", "0001"]), [true, false, false, false, true]),
            ("a code each", coders(&["000", "111"]), [true; 5]),
            ("three coders", coders(&["01", "01", "00"]), [true, false, true, true, true]),
            ("one code missing", coders(&["01.", "011"]), [true, true, false, true, true]),
        ];
        for (name, ratings, defined) in cases {
            assert_eq!(STATISTICS.map(|statistic| statistic(&ratings).is_some()), defined, "{name}");
        }
    }

    #[test]
    fn two_coders_are_compared_where_both_coded() {
        let ratings = coders(&["0011.2", "001.12"]);
        let confusion = Confusion::new(&ratings).unwrap();
        assert_eq!((confusion.units(), confusion.accuracy()), (4, Some(1.0)));
        assert_eq!(cohen_kappa(&ratings), Some(1.0));
        assert!(Confusion::new(&coders(&["01", "01", "01"])).is_none());
        let apart = Confusion::new(&coders(&["0.", ".0"])).unwrap();
        assert_eq!((apart.units(), apart.accuracy(), apart.macro_f1()), (0, None, None));
    }

    #[test]
    fn confusion_counts_and_scores_each_code() {
        let confusion = Confusion::new(&cohen_1968()).unwrap();
        assert_eq!(
            [(0, 2), (2, 0), (1, 1), (0, 7)].map(|(first, second)| confusion.count(first, second)),
            [18, 2, 40, 0]
        );
        assert_eq!(confusion.codes().collect::<Vec<_>>(), [0, 1, 2]);
        let first = confusion.scores(0).unwrap();
        assert_eq!((first.precision, first.recall, first.f1), (Some(0.88), Some(88.0 / 120.0), 0.8));
        assert!(confusion.scores(3).is_none());
    }

    #[test]
    fn macro_f1_is_over_the_codes_of_either_coder() {
        let cases = [
            ("two by two", two_by_two(), 23.0 / 33.0),
            ("Cohen 1968", cohen_1968(), 28.0 / 45.0),
            ("the paradox of kappa", paradox(), 118.0 / 243.0),
            ("a code of the second only", coders(&["000", "001"]), 0.4),
            ("a code of the first only", coders(&["001", "000"]), 0.4),
            ("a code on no unit of both", coders(&["01.", "012"]), 1.0),
        ];
        for (name, ratings, expected) in cases {
            assert_close(name, macro_f1(&ratings), Some(expected));
        }
        let never_given = Confusion::new(&coders(&["001", "000"])).unwrap().scores(1).unwrap();
        assert_eq!((never_given.precision, never_given.recall, never_given.f1), (None, Some(0.0), 0.0));
    }

    #[test]
    fn rows_may_be_short_and_codes_have_gaps() {
        let ratings = Ratings::from_rows([vec![Some(usize::MAX)], vec![Some(3), Some(3), None], vec![]]);
        assert_eq!((ratings.units(), ratings.coders(), ratings.codes()), (3, 3, &[3, usize::MAX][..]));
        let pair = ratings.pair(0, 1).unwrap();
        assert_eq!((pair.units(), pair.coders(), Confusion::new(&pair).unwrap().count(3, 3)), (3, 2, 1));
        assert!(ratings.pair(3, 0).is_none());
    }

    #[test]
    fn the_generator_is_split_mix() {
        // The first numbers of Vigna's splitmix64.c for this seed.
        let mut random = SplitMix64(1_234_567);
        assert_eq!([random.next(), random.next()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    }

    #[test]
    fn quantiles_are_interpolated() {
        let cases: [(&[f64], f64, Option<f64>); 5] = [
            (&[], 0.5, None),
            (&[7.0], 0.025, Some(7.0)),
            (&[1.0, 2.0], 0.25, Some(1.25)),
            (&[1.0, 2.0, 4.0], 0.75, Some(3.0)),
            (&[1.0, 2.0, 4.0], 1.0, Some(4.0)),
        ];
        for (sorted, share, expected) in cases {
            assert_eq!(quantile(sorted, share), expected, "{sorted:?} at {share}");
        }
    }

    #[test]
    fn an_interval_needs_a_level_samples_and_a_value() {
        let cases = [
            ("as it should be", two_by_two(), 100, 0.95, true),
            ("one sample", two_by_two(), 1, 0.95, true),
            ("no samples", two_by_two(), 0, 0.95, false),
            ("level 0", two_by_two(), 100, 0.0, false),
            ("level 1", two_by_two(), 100, 1.0, false),
            ("level in percent", two_by_two(), 100, 95.0, false),
            ("level not a number", two_by_two(), 100, f64::NAN, false),
            ("one code only", coders(&["00", "00"]), 100, 0.95, false),
            ("no units", coders(&[]), 100, 0.95, false),
        ];
        for (name, ratings, samples, level, defined) in cases {
            let around = interval(&ratings, krippendorff_alpha, samples, level, 1);
            assert_eq!(around.is_some(), defined, "{name}");
        }
    }

    #[test]
    fn an_interval_is_the_same_on_every_machine() {
        let around = interval(&krippendorff_c(), krippendorff_alpha, 1000, 0.95, 1).unwrap();
        assert_close("low", Some(around.low), Some(0.412_596_006_144_393_23));
        assert_close("high", Some(around.high), Some(1.0));
    }

    #[test]
    fn a_resample_keeps_the_codes_to_choose_from() {
        let ratings = coders(&["00000001", "00000001"]);
        let around = interval(&ratings, gwet_ac1, 200, 0.95, 1);
        assert_eq!(around, Some(Interval { low: 1.0, high: 1.0 }));
        let mut random = SplitMix64(1);
        let resamples: Vec<Ratings> = (0..20).map(|_| ratings.resample(&mut random)).collect();
        assert!(resamples.iter().any(|resample| krippendorff_alpha(resample).is_none()));
        assert!(resamples.iter().all(|resample| gwet_ac1(resample) == Some(1.0)));
    }

    type Rows = Vec<Vec<Option<usize>>>;

    fn rows() -> impl Strategy<Value = Rows> {
        let row = |coders| prop::collection::vec(prop::option::weighted(0.8, 0..4_usize), coders);
        (0..5_usize).prop_flat_map(move |coders| prop::collection::vec(row(coders), 0..20))
    }

    fn shuffled_rows() -> impl Strategy<Value = (Rows, Rows)> {
        rows().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle()))
    }

    fn assert_same(one: &Ratings, other: &Ratings) {
        for statistic in STATISTICS.into_iter().chain([accuracy as Statistic, macro_f1]) {
            assert_close("changed", statistic(one), statistic(other));
        }
    }

    proptest! {
        #[test]
        fn nothing_is_above_one(rows in rows()) {
            let ratings = Ratings::from_rows(rows);
            for statistic in STATISTICS.into_iter().chain([accuracy as Statistic, macro_f1]) {
                prop_assert!(statistic(&ratings).is_none_or(|value| value <= 1.0));
            }
        }

        #[test]
        fn the_order_of_units_does_not_matter((rows, shuffled) in shuffled_rows()) {
            assert_same(&Ratings::from_rows(rows), &Ratings::from_rows(shuffled));
        }

        #[test]
        fn the_order_of_coders_does_not_matter(rows in rows(), by in 0..5_usize) {
            let turned = rows.iter().map(|row| {
                let (left, right) = row.split_at(by.min(row.len()));
                [right, left].concat()
            });
            assert_same(&Ratings::from_rows(&rows), &Ratings::from_rows(turned));
        }

        #[test]
        fn the_codes_only_tell_apart(rows in rows()) {
            let rename = |cell: &Option<usize>| cell.map(|code| usize::MAX - 7 * code);
            let renamed = rows.iter().map(|row| row.iter().map(rename).collect::<Vec<_>>());
            assert_same(&Ratings::from_rows(&rows), &Ratings::from_rows(renamed));
        }

        #[test]
        fn units_that_nobody_coded_do_not_matter(rows in rows(), blank in 0..4_usize) {
            let blanks = std::iter::repeat_n(vec![], blank);
            assert_same(&Ratings::from_rows(&rows), &Ratings::from_rows(rows.iter().cloned().chain(blanks)));
        }

        #[test]
        fn perfect_agreement_is_one(codes in prop::collection::vec(0..4_usize, 1..20), coders in 2..6_usize) {
            let codes = [0, 1].into_iter().chain(codes);
            let ratings = Ratings::from_rows(codes.map(|code| vec![Some(code); coders]));
            for statistic in [percent_agreement, fleiss_kappa, krippendorff_alpha, gwet_ac1] {
                prop_assert_eq!(statistic(&ratings), Some(1.0));
            }
            let pair = ratings.pair(0, coders - 1).unwrap();
            prop_assert_eq!([cohen_kappa(&pair), accuracy(&pair), macro_f1(&pair)], [Some(1.0); 3]);
        }

        #[test]
        fn alpha_is_kappa_without_small_sample_bias(pairs in prop::collection::vec([0..3_usize, 0..3], 1..20)) {
            let ratings = Ratings::from_rows(pairs.iter().map(|pair| pair.map(Some)));
            let corrected = fleiss_kappa(&ratings).map(|kappa| 1.0 - (1.0 - kappa) * (1.0 - 0.5 / pairs.len() as f64));
            assert_close("alpha", krippendorff_alpha(&ratings), corrected);
            assert_close("accuracy", accuracy(&ratings), percent_agreement(&ratings));
        }

        #[test]
        fn an_interval_repeats_and_does_not_end_before_it_starts(rows in rows(), seed: u64, level in 0.01..0.99) {
            let ratings = Ratings::from_rows(rows);
            let around = interval(&ratings, percent_agreement, 50, level, seed);
            prop_assert_eq!(around, interval(&ratings, percent_agreement, 50, level, seed));
            prop_assert!(around.is_none_or(|it| 0.0 <= it.low && it.low <= it.high && it.high <= 1.0));
        }
    }
}
