//! Codings to themes: within each code, the points that say the same.

mod cluster;
mod features;

use crate::coding::Coding;
use crate::notes::Point;
use std::collections::{BTreeMap, HashSet};

/// A group of points of one code that say the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// The index of the code in the codebook.
    pub code: usize,
    /// The point that stands for the theme: the one most like the others. An index of the points.
    pub representative: usize,
    /// All its points, the representative first, then by falling likeness to it. Indices of the points.
    pub points: Vec<usize>,
    /// At how many tables it was raised. Points without a table count by their document.
    pub tables: usize,
}

/// How points are grouped.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// The least mean likeness, 0 to 1, at which two groups become one. Lower makes fewer and wider themes.
    pub likeness: f32,
}

impl Default for Options {
    /// 0.12: B-cubed F1 0.66 on the bundled notes (`tests/themes.rs` prints the curve). A little above its top, since what
    /// says different things is better kept apart: a reader joins two themes more easily than they part one.
    fn default() -> Options {
        Options { likeness: 0.12 }
    }
}

/// Groups coded points into themes: by code, and within a code by falling support.
///
/// Uncoded points are in none; a point that nothing else is like is a theme of its own; points with the same words are never
/// parted. The same for any order of the points but for their indices.
///
/// `codings` are the codings of `points`, in the same order.
///
/// ```
/// use kodebok::{codebook::Codebook, coding::{self, Coder}, notes, themes};
///
/// let documents = [
///     notes::Document::from_text("bord-1.txt", "- Fem måneders ventetid på DPS\n- Pårørende blir møtt med fordommer"),
///     notes::Document::from_text("bord-2.txt", "- Lang ventetid på DPS"),
/// ];
/// let points = notes::points(&documents);
/// let codings = coding::code(&points, &Coder::new(&Codebook::summit_2017()));
/// let themes = themes::group(&points, &codings, themes::Options::default());
/// let waiting = themes.iter().find(|theme| theme.points.contains(&0)).unwrap();
/// assert_eq!((waiting.points.len(), waiting.tables), (2, 2));
/// ```
#[must_use]
pub fn group(points: &[Point<'_>], codings: &[Coding], options: Options) -> Vec<Theme> {
    let mut by_code: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, coding) in codings.iter().enumerate().take(points.len()) {
        if let Some(code) = coding.primary() {
            by_code.entry(code).or_default().push(index);
        }
    }
    let mut themes = Vec::new();
    for (code, members) in by_code {
        let distinct = distinct(&members, points);
        let texts: Vec<&str> = distinct.iter().map(|same| points[same[0]].as_ref()).collect();
        let weights: Vec<f32> = distinct.iter().map(|same| same.len() as f32).collect();
        let vectors = features::vectors(&texts);
        let groups = cluster::average_linkage(&texts, &weights, &vectors, options.likeness);
        let mut of_code: Vec<Theme> =
            groups.into_iter().map(|group| theme(code, &group, &distinct, &vectors, points)).collect();
        of_code.sort_by(|a, b| order_of(a, points).cmp(&order_of(b, points)));
        themes.extend(of_code);
    }
    themes
}

/// Points with the same words whatever their case, in the order of the alphabet: they are never parted, and compared once.
fn distinct(members: &[usize], points: &[Point<'_>]) -> Vec<Vec<usize>> {
    let mut same: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for &index in members {
        same.entry(points[index].text.trim().to_lowercase()).or_default().push(index);
    }
    same.into_values().collect()
}

/// At how many tables points were raised; a document whose table isn't known counts as one.
///
/// ```
/// use kodebok::{notes, themes};
///
/// let documents = [notes::Document::from_text("bord-1.txt", "- a\n- b"), notes::Document::from_text("x.txt", "- c")];
/// let points = notes::points(&documents);
/// assert_eq!(themes::tables(points.iter()), 2);
/// ```
pub fn tables<'p, 'd: 'p>(points: impl Iterator<Item = &'p Point<'d>>) -> usize {
    let table = |point: &Point<'d>| point.table.map_or((None, Some(point.document)), |table| (Some(table), None));
    points.map(table).collect::<HashSet<_>>().len()
}

/// A theme of a group of distinct texts. The one that stands for it has the highest sum of likeness to all its points, which
/// is its likeness to the sum of their vectors.
fn theme(
    code: usize,
    group: &[usize],
    distinct: &[Vec<usize>],
    vectors: &[features::Vector],
    points: &[Point<'_>],
) -> Theme {
    let sum = features::Vector::sum(group.iter().map(|&at| (&vectors[at], distinct[at].len() as f32)));
    let to_all: Vec<(usize, f32)> = group.iter().map(|&at| (at, vectors[at].cosine(&sum))).collect();
    // Distinct texts are in the order of the alphabet: of equals the first stands for the theme.
    let medoid = to_all.iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map_or(group[0], |found| found.0);
    let mut order: Vec<(usize, f32)> = group.iter().map(|&at| (at, vectors[medoid].cosine(&vectors[at]))).collect();
    order.sort_by(|a, b| (b.0 == medoid).cmp(&(a.0 == medoid)).then(b.1.total_cmp(&a.1)).then(a.0.cmp(&b.0)));
    let in_theme: Vec<usize> = order.into_iter().flat_map(|(at, _)| distinct[at].iter().copied()).collect();
    let tables = tables(in_theme.iter().map(|&index| &points[index]));
    Theme { code, representative: in_theme[0], points: in_theme, tables }
}

/// By falling support, then by the words: no order of files can change it.
fn order_of<'p>(theme: &Theme, points: &'p [Point<'_>]) -> (std::cmp::Reverse<(usize, usize)>, &'p str) {
    (std::cmp::Reverse((theme.tables, theme.points.len())), points[theme.representative].as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coding::Assigned;
    use crate::notes::{Document, points};
    use proptest::prelude::*;

    /// The themes of texts that all have one code, as sets of texts.
    fn grouped(texts: &[String]) -> Vec<Vec<String>> {
        let documents: Vec<Document> = texts
            .iter()
            .enumerate()
            .map(|(at, text)| Document::from_text(format!("bord-{at}.txt"), &format!("- {text}")))
            .collect();
        let points = points(&documents);
        let coded = Coding {
            codes: vec![Assigned { code: 0, score: 1.0, evidence: Vec::new() }],
            scores: vec![1.0],
            ..Coding::default()
        };
        let codings = vec![coded; points.len()];
        let mut themes: Vec<Vec<String>> = group(&points, &codings, Options::default())
            .into_iter()
            .map(|theme| {
                let mut texts: Vec<String> = theme.points.iter().map(|&at| points[at].text.to_string()).collect();
                texts.sort();
                texts
            })
            .collect();
        themes.sort();
        themes
    }

    #[test]
    fn the_same_said_differently_meets() {
        let texts =
            ["Lang ventetid på DPS", "Ventetida på DPS er lang", "Barn må få informasjon", "lang ventetid på dsp"];
        let themes = grouped(&texts.map(str::to_owned));
        assert_eq!(themes.iter().map(Vec::len).collect::<Vec<_>>(), [1, 3], "{themes:?}");
    }

    proptest! {
        #[test]
        fn a_partition_whatever_the_order(
            texts in proptest::collection::vec("(lang|ventetid|på|DPS|barn|informasjon|mor|taushetsplikt| ){1,6}", 0..12)
                .prop_map(|texts| texts.into_iter().filter(|text| !text.trim().is_empty()).collect::<Vec<_>>()),
        ) {
            let themes = grouped(&texts);
            let mut reversed = texts.clone();
            reversed.reverse();
            prop_assert_eq!(&themes, &grouped(&reversed));
            prop_assert_eq!(themes.iter().map(Vec::len).sum::<usize>(), texts.len());
            for text in &texts {
                let holding = themes.iter().filter(|theme| theme.iter().any(|member| member == text.trim())).count();
                prop_assert_eq!(holding, 1, "identical texts were parted: {}", text);
            }
        }
    }
}
