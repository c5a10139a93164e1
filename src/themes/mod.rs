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
/// use kodebok::{codebook::Codebook, coding, notes, themes};
///
/// let documents = [
///     notes::Document::from_text("bord-1.txt", "- Fem måneders ventetid på DPS\n- Pårørende blir møtt med fordommer"),
///     notes::Document::from_text("bord-2.txt", "- Lang ventetid på DPS"),
/// ];
/// let points = notes::points(&documents);
/// let codings = coding::code(&points, &Codebook::summit_2017());
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
        let texts: Vec<&str> = members.iter().map(|&index| points[index].as_ref()).collect();
        let vectors = features::vectors(&texts);
        let groups = cluster::average_linkage(&texts, &vectors, options.likeness);
        let mut of_code: Vec<Theme> =
            groups.into_iter().map(|group| theme(code, &group, &members, &vectors, points)).collect();
        of_code.sort_by(|a, b| order_of(a, points).cmp(&order_of(b, points)));
        themes.extend(of_code);
    }
    themes
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

fn theme(code: usize, group: &[usize], members: &[usize], vectors: &[features::Vector], points: &[Point<'_>]) -> Theme {
    let total_likeness = |&a: &usize| group.iter().map(|&b| vectors[a].cosine(&vectors[b])).sum::<f32>();
    let text = |at: usize| points[members[at]].as_ref();
    let medoid = group
        .iter()
        .copied()
        .max_by(|a, b| total_likeness(a).total_cmp(&total_likeness(b)).then_with(|| text(*b).cmp(text(*a))))
        .unwrap_or_default();
    let mut order: Vec<usize> = group.to_vec();
    order.sort_by(|&a, &b| {
        let likeness = |at: usize| vectors[medoid].cosine(&vectors[at]);
        (b == medoid).cmp(&(a == medoid)).then(likeness(b).total_cmp(&likeness(a))).then(members[a].cmp(&members[b]))
    });
    let in_theme: Vec<usize> = order.into_iter().map(|at| members[at]).collect();
    let tables = tables(in_theme.iter().map(|&index| &points[index]));
    Theme { code, representative: members[medoid], points: in_theme, tables }
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
        let documents: Vec<Document> =
            texts.iter().enumerate().map(|(at, text)| Document::from_text(format!("bord-{at}.txt"), &format!("- {text}"))).collect();
        let points = points(&documents);
        let coded = Coding { codes: vec![Assigned { code: 0, score: 1.0, evidence: Vec::new() }], scores: vec![1.0] };
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
        let texts = ["Lang ventetid på DPS", "Ventetida på DPS er lang", "Barn må få informasjon", "lang ventetid på dsp"];
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
