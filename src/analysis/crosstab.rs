//! Cross tables: how often each two values occur together, and whether that is more than chance.

use std::collections::BTreeMap;

/// How often each value of one kind occurs with each of another: codes by table, by question, by who spoke.
///
/// ```
/// use kodebok::analysis::CrossTable;
///
/// let table = CrossTable::of([("lover", 1), ("tid", 1), ("tid", 2), ("tid", 2)]);
/// assert_eq!((table.rows(), table.columns()), (&["lover", "tid"][..], &[1, 2][..]));
/// assert_eq!(table.counts(), [[1, 0], [1, 2]]);
/// assert_eq!((table.row_totals(), table.column_totals(), table.total()), (vec![1, 3], vec![2, 2], 4));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrossTable<R, C> {
    rows: Vec<R>,
    columns: Vec<C>,
    counts: Vec<Vec<usize>>,
}

/// Whether the rows and columns of a [`CrossTable`] have to do with each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChiSquare {
    /// Pearson's χ² (1900).
    pub statistic: f64,
    /// Its degrees of freedom.
    pub degrees: usize,
    /// How probable a χ² as large is where they don't, if what is counted is independent of each other.
    pub p: f64,
    /// Cramér's V (1946), 0 to 1: how much they have to do with each other, whatever the number of counts.
    pub cramers_v: f64,
    /// The share of the cells of which fewer than 5 are expected: with more than a fifth of them `p` says little (Cochran 1954).
    pub low_expected: f64,
}

impl<R: Ord, C: Ord> CrossTable<R, C> {
    /// The table of pairs of values; rows and columns by their order.
    #[must_use]
    pub fn of(pairs: impl IntoIterator<Item = (R, C)>) -> CrossTable<R, C> {
        let mut cells: Vec<(R, C)> = pairs.into_iter().collect();
        let mut columns: BTreeMap<C, Vec<usize>> = BTreeMap::new();
        let mut rows: Vec<R> = Vec::new();
        cells.sort_by(|a, b| a.0.cmp(&b.0));
        // Of each column the rows of its cells: columns are known only when all were seen.
        for (row, column) in cells {
            if rows.last() != Some(&row) {
                rows.push(row);
            }
            columns.entry(column).or_default().push(rows.len() - 1);
        }
        let mut counts = vec![vec![0; columns.len()]; rows.len()];
        for (at, in_rows) in columns.values().enumerate() {
            in_rows.iter().for_each(|&row| counts[row][at] += 1);
        }
        CrossTable { rows, columns: columns.into_keys().collect(), counts }
    }
}

impl<R, C> CrossTable<R, C> {
    /// The values of the rows.
    #[must_use]
    pub fn rows(&self) -> &[R] {
        &self.rows
    }

    /// The values of the columns.
    #[must_use]
    pub fn columns(&self) -> &[C] {
        &self.columns
    }

    /// The counts, row by row.
    #[must_use]
    pub fn counts(&self) -> &[Vec<usize>] {
        &self.counts
    }

    /// The sum of each row.
    #[must_use]
    pub fn row_totals(&self) -> Vec<usize> {
        self.counts.iter().map(|row| row.iter().sum()).collect()
    }

    /// The sum of each column.
    #[must_use]
    pub fn column_totals(&self) -> Vec<usize> {
        (0..self.columns.len()).map(|column| self.counts.iter().map(|row| row[column]).sum()).collect()
    }

    /// The sum of all.
    #[must_use]
    pub fn total(&self) -> usize {
        self.counts.iter().flatten().sum()
    }

    /// For each cell how far it is from what its row and column let expect, in standard deviations (adjusted standardised residuals,
    /// Haberman 1973): beyond 2 or 3 it stands out. 0 where a row or column is the whole table.
    #[must_use]
    pub fn residuals(&self) -> Vec<Vec<f64>> {
        let (rows, columns, total) = (self.row_totals(), self.column_totals(), self.total() as f64);
        let residual = |count: usize, row: usize, column: usize| {
            let expected = row as f64 * column as f64 / total;
            let variance = expected * (1.0 - row as f64 / total) * (1.0 - column as f64 / total);
            if variance > 0.0 { (count as f64 - expected) / variance.sqrt() } else { 0.0 }
        };
        let of_row = |(counts, &row): (&Vec<usize>, &usize)| {
            counts.iter().zip(&columns).map(|(&count, &column)| residual(count, row, column)).collect()
        };
        self.counts.iter().zip(&rows).map(of_row).collect()
    }

    /// Whether rows and columns have to do with each other; `None` where there are fewer than two of either.
    #[must_use]
    pub fn chi_square(&self) -> Option<ChiSquare> {
        let smaller = self.rows.len().min(self.columns.len());
        if smaller < 2 {
            return None;
        }
        let (rows, columns, total) = (self.row_totals(), self.column_totals(), self.total() as f64);
        let (mut statistic, mut low) = (0.0, 0);
        for (counts, &row) in self.counts.iter().zip(&rows) {
            for (&count, &column) in counts.iter().zip(&columns) {
                let expected = row as f64 * column as f64 / total;
                statistic += (count as f64 - expected).powi(2) / expected;
                low += usize::from(expected < 5.0);
            }
        }
        let degrees = (rows.len() - 1) * (columns.len() - 1);
        Some(ChiSquare {
            statistic,
            degrees,
            p: upper_tail(statistic, degrees),
            cramers_v: (statistic / (total * (smaller - 1) as f64)).sqrt(),
            low_expected: low as f64 / (rows.len() * columns.len()) as f64,
        })
    }
}

/// How probable a χ² of at least `x` is: the regularised upper incomplete gamma function of half the degrees and half of `x`, by its
/// series below the mean and its continued fraction above (DLMF 8.11.4 and 8.9.2, the latter by Lentz's method).
fn upper_tail(x: f64, degrees: usize) -> f64 {
    let (a, x) = (degrees as f64 / 2.0, x / 2.0);
    if x <= 0.0 {
        return 1.0;
    }
    let front = (a * x.ln() - x - ln_gamma_of_half(degrees)).exp();
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
        while term > sum * f64::EPSILON {
            n += 1.0;
            term *= x / n;
            sum += term;
        }
        return (1.0 - front * sum).clamp(0.0, 1.0);
    }
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (f64::MAX, 1.0 / b);
    let mut fraction = d;
    // Steps needed grow with the root of the degrees; a thousand suffice for a hundred thousand of them.
    for step in 1..1_000 {
        let an = -f64::from(step) * (f64::from(step) - a);
        b += 2.0;
        d = 1.0 / (an * d + b);
        c = b + an / c;
        fraction *= c * d;
        if (c * d - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    (front * fraction).clamp(0.0, 1.0)
}

/// The natural logarithm of Γ(n/2), from Γ(1/2) or Γ(1) by steps.
fn ln_gamma_of_half(n: usize) -> f64 {
    let first = if n % 2 == 1 { std::f64::consts::PI.sqrt().ln() } else { 0.0 };
    let steps = (if n % 2 == 1 { 1 } else { 2 }..n).step_by(2);
    first + steps.map(|half| (half as f64 / 2.0).ln()).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn table(counts: &[&[usize]]) -> CrossTable<usize, usize> {
        let cells = counts.iter().enumerate().flat_map(|(row, counts)| {
            counts.iter().enumerate().flat_map(move |(column, &count)| vec![(row, column); count])
        });
        CrossTable::of(cells)
    }

    /// Agresti (2007), An Introduction to Categorical Data Analysis, 2nd ed., tables 2.5 and 2.6: gender by party.
    #[test]
    fn a_published_table() {
        let table = table(&[&[762, 327, 468], &[484, 239, 477]]);
        let found = table.chi_square().unwrap();
        assert!((found.statistic - 30.1).abs() < 0.05 && found.degrees == 2, "{found:?}");
        assert!(found.p < 0.001 && (found.cramers_v - (30.07 / 2757.0_f64).sqrt()).abs() < 1e-3, "{found:?}");
        let residuals = table.residuals();
        for (column, expected) in [4.50, 0.70, -5.32].into_iter().enumerate() {
            assert!((residuals[0][column] - expected).abs() < 0.005, "{residuals:?}");
            assert!((residuals[1][column] + expected).abs() < 0.005, "{residuals:?}");
        }
    }

    /// Critical values as every table of the distribution has them.
    #[test]
    fn tails() {
        for (x, degrees, p) in [
            (3.841, 1, 0.05),
            (6.635, 1, 0.01),
            (0.016, 1, 0.90),
            (5.991, 2, 0.05),
            (18.307, 10, 0.05),
            (4.865, 10, 0.90),
            (124.342, 100, 0.05),
            (0.0, 3, 1.0),
        ] {
            assert!((upper_tail(x, degrees) - p).abs() < 0.001, "{x} {degrees}: {}", upper_tail(x, degrees));
        }
        assert!(upper_tail(1e6, 5) < 1e-300);
    }

    #[test]
    fn one_row_says_nothing() {
        assert_eq!(table(&[&[3, 4]]).chi_square(), None);
        assert_eq!(table(&[&[3, 4]]).residuals(), [[0.0, 0.0]]);
        assert_eq!(table(&[]).chi_square(), None);
        assert_eq!(
            table(&[&[5, 5], &[5, 5]]).chi_square().map(|it| (it.statistic, it.p, it.low_expected)),
            Some((0.0, 1.0, 0.0))
        );
    }

    proptest! {
        #[test]
        fn as_counted_cell_by_cell(pairs in proptest::collection::vec((0..5_u8, 0..4_u8), 0..40)) {
            let table = CrossTable::of(pairs.clone());
            for (row, counts) in table.rows().iter().zip(table.counts()) {
                for (column, &count) in table.columns().iter().zip(counts) {
                    prop_assert_eq!(count, pairs.iter().filter(|pair| **pair == (*row, *column)).count());
                }
            }
            prop_assert_eq!(table.total(), pairs.len());
            prop_assert!(table.rows().is_sorted() && table.columns().is_sorted());
            prop_assert!(table.row_totals().into_iter().chain(table.column_totals()).all(|total| total > 0));
            if let Some(found) = table.chi_square() {
                prop_assert!((0.0..=1.0).contains(&found.p) && (0.0..=1.0 + 1e-9).contains(&found.cramers_v));
            }
        }
    }
}
