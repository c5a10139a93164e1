//! Codings to themes: the points that say the same, whatever their words.
//!
//! [`tree`] compares and merges once, [`Tree::themes`] cuts, [`group`] is both at once, and [`profiles`] describes what came out.
//! A theme is not bound to one code: a point's codes are one sign among others that it says the same as another, and the theme
//! has the code that its points have together.

mod background;
mod likeness;
mod pairs;
mod profile;
mod terms;
mod topics;
mod tree;

use crate::coding::Coding;
use crate::notes::Point;
use background::Background;
use likeness::{Spread, Texts};
use pairs::Edge;
use std::cmp::Reverse;
use terms::Reader;
use topics::Topics;
use tree::Merge;

pub use profile::{Draft, Profile, profiles};

#[doc(hidden)]
pub use background::{Learned, learned};

/// A group of points that say the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// The index of its code in the codebook: the most probable outcome over all its points. `None` where that is no code.
    pub code: Option<usize>,
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
    /// The least likeness at which two groups become one. Lower makes fewer and wider themes, higher more and narrower ones.
    pub likeness: f32,
}

impl Default for Options {
    /// 0.2, in the middle of the range in which the sets of `tests/themes.rs` are all near their best; it prints the curves.
    fn default() -> Options {
        Options { likeness: 0.2 }
    }
}

/// Groups points into themes: by code, and within a code by falling support; themes without a code last.
///
/// Every point is in one theme: one that nothing else is like is a theme of its own, and points with the same words are never
/// parted. The same for any order of the points but for their indices.
///
/// `codings` are the codings of `points`, in the same order.
///
/// ```
/// use kodebok::{codebook::Codebook, coding::{self, Coder}, notes, themes};
///
/// let documents = [
///     notes::Document::from_text("bord-1.txt", "- Fem måneders ventetid på DPS\n- Pårørende blir møtt med fordommer"),
///     notes::Document::from_text("bord-2.txt", "- Lang kø på poliklinikken"),
/// ];
/// let points = notes::points(&documents);
/// let codings = coding::code(&points, &Coder::new(&Codebook::summit_2017()));
/// let themes = themes::group(&points, &codings, themes::Options::default());
/// let waiting = themes.iter().find(|theme| theme.points.contains(&0)).unwrap();
/// assert_eq!((waiting.points.len(), waiting.tables), (2, 2));
/// ```
#[must_use]
pub fn group(points: &[Point<'_>], codings: &[Coding], options: Options) -> Vec<Theme> {
    tree(points, codings).themes(points, options)
}

/// Reads the tables that grouping needs (synonyms, meanings, topics), on rayon's current pool. It is else done when they are first asked
/// for: some milliseconds, which a program that is waited for can spend beside other work.
///
/// ```
/// use kodebok::{codebook::Codebook, coding::Coder, themes};
///
/// let codebook = Codebook::summit_2017();
/// let (_coder, ()) = rayon::join(|| Coder::new(&codebook), themes::load);
/// ```
pub fn load() {
    rayon::join(Reader::class_names, || rayon::join(Background::get, Topics::get));
}

/// The tree of all merges of points into themes.
///
/// ```
/// use kodebok::{codebook::Codebook, coding::{self, Coder}, notes, themes};
///
/// let folder = notes::read_folder("data/notes")?;
/// let points = notes::points(&folder.documents);
/// let codings = coding::code(&points, &Coder::new(&Codebook::summit_2017()));
/// let tree = themes::tree(&points, &codings);
/// let fine = tree.themes(&points, themes::Options { likeness: 0.4 });
/// let coarse = tree.themes(&points, themes::Options { likeness: 0.1 });
/// assert!(fine.len() > coarse.len());
/// # Ok::<(), kodebok::Error>(())
/// ```
#[must_use]
pub fn tree(points: &[Point<'_>], codings: &[Coding]) -> Tree {
    Tree::new(points, codings, pairs::edges)
}

/// The tree as [`tree`] makes it, but from comparing every two points: what that is tested and timed against.
#[doc(hidden)]
#[must_use]
pub fn naive_tree(points: &[Point<'_>], codings: &[Coding]) -> Tree {
    Tree::new(points, codings, |texts| pairs::all(texts, usize::MAX))
}

/// All merges of points into ever larger groups, of which a cut makes themes: the cut can be moved without comparing anew.
pub struct Tree {
    /// The points of each distinct text.
    leaves: Vec<Vec<usize>>,
    merges: Vec<Merge>,
    texts: Texts,
    /// For each leaf the sums of its points' outcomes: each code, then none.
    outcomes: Vec<f32>,
    width: usize,
}

impl std::fmt::Debug for Tree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tree").field("leaves", &self.leaves.len()).field("merges", &self.merges.len()).finish()
    }
}

impl Tree {
    fn new(points: &[Point<'_>], codings: &[Coding], edges: impl Fn(&Texts) -> Vec<Edge>) -> Tree {
        let leaves = distinct(points);
        let texts: Vec<&str> = leaves.iter().map(|same| points[same[0]].as_ref()).collect();
        let width = 1 + codings.iter().map(codes_of).max().unwrap_or_default();
        let mut outcomes = vec![0.0; leaves.len() * width];
        for (leaf, row) in leaves.iter().zip(outcomes.chunks_mut(width)) {
            leaf.iter().filter_map(|&point| codings.get(point)).for_each(|coding| add_outcomes(coding, row));
        }
        let shares = leaves.iter().zip(outcomes.chunks(width));
        let shares = shares.flat_map(|(leaf, row)| row.iter().map(|sum| sum / leaf.len() as f32)).collect();
        let texts = Texts::new(&texts, shares, width);
        let merges = tree::merges(leaves.len(), &edges(&texts));
        Tree { leaves, merges, texts, outcomes, width }
    }

    /// The likeness at which groups became one, falling: between two of them all cuts are the same.
    #[must_use]
    pub fn likenesses(&self) -> Vec<f32> {
        let mut all: Vec<f32> = self.merges.iter().map(|merge| merge.likeness).collect();
        all.sort_by(|a, b| b.total_cmp(a));
        all
    }

    /// The themes of a cut. `points` are those that the tree was made of.
    #[must_use]
    pub fn themes(&self, points: &[Point<'_>], options: Options) -> Vec<Theme> {
        let groups = tree::cut(self.leaves.len(), &self.merges, options.likeness);
        let mut spread = Spread::new(self.texts.features);
        let mut themes: Vec<Theme> = groups.iter().map(|group| self.theme(group, points, &mut spread)).collect();
        themes.sort_by_key(|theme| {
            let by_code = (theme.code.is_none(), theme.code);
            let by_support = Reverse((theme.tables, theme.points.len()));
            (by_code, by_support, points[theme.representative].as_ref())
        });
        themes
    }

    /// The theme of a group of leaves. The one that stands for it has the highest sum of likeness to all its points.
    fn theme(&self, group: &[usize], points: &[Point<'_>], spread: &mut Spread) -> Theme {
        let mut sums = vec![0.0; self.width];
        for &leaf in group {
            sums.iter_mut().zip(&self.outcomes[leaf * self.width..]).for_each(|(sum, share)| *sum += share);
        }
        let none = self.width - 1;
        let best = (0..none).rev().max_by(|&a, &b| sums[a].total_cmp(&sums[b])).filter(|&code| sums[code] > sums[none]);
        let order = self.by_likeness(group, spread);
        let in_theme: Vec<usize> = order.into_iter().flat_map(|leaf| self.leaves[leaf].iter().copied()).collect();
        let tables = tables(in_theme.iter().map(|&index| &points[index]));
        Theme { code: best, representative: in_theme[0], points: in_theme, tables }
    }

    /// The text of leaves that is most like all, then the others by falling likeness to it; of equals the first in the alphabet.
    fn by_likeness(&self, group: &[usize], spread: &mut Spread) -> Vec<usize> {
        if group.len() < 2 {
            return group.to_vec();
        }
        let texts: Vec<u32> = group.iter().map(|&leaf| leaf as u32).collect();
        let central = self.texts.centrality(&texts, |text| self.leaves[text as usize].len() as f32, spread);
        let best = (0..texts.len()).rev().max_by(|&a, &b| central[a].total_cmp(&central[b])).unwrap_or_default();
        let medoid = texts[best];
        spread.lay(self.texts.vector(medoid));
        let product = |text: u32| spread.product(self.texts.vector(text));
        let mut order: Vec<(f32, u32)> =
            texts.iter().map(|&text| (self.texts.likeness(medoid, text, product(text)), text)).collect();
        spread.lift(self.texts.vector(medoid));
        order.sort_by(|a, b| (b.1 == medoid).cmp(&(a.1 == medoid)).then(b.0.total_cmp(&a.0)).then(a.1.cmp(&b.1)));
        order.into_iter().map(|(_, text)| text as usize).collect()
    }
}

/// How many codes a coding knows of.
fn codes_of(coding: &Coding) -> usize {
    coding.scores.len().max(coding.primary().map_or(0, |code| code + 1))
}

/// Adds a coding's probabilities to a row, none last; of one without scores, its primary code as certain.
fn add_outcomes(coding: &Coding, row: &mut [f32]) {
    let none = row.len() - 1;
    if coding.scores.iter().sum::<f32>() > 0.0 {
        row.iter_mut().zip(&coding.scores).for_each(|(sum, score)| *sum += score);
        row[none] += coding.none().max(0.0);
    } else {
        row[coding.primary().unwrap_or(none)] += 1.0;
    }
}

/// Points with the same words whatever their case, in the order of the alphabet: they are never parted, and compared once.
fn distinct(points: &[Point<'_>]) -> Vec<Vec<usize>> {
    let mut keyed: Vec<(String, usize)> =
        points.iter().enumerate().map(|(at, point)| (point.text.trim().to_lowercase(), at)).collect();
    keyed.sort_unstable();
    keyed.chunk_by(|a, b| a.0 == b.0).map(|same| same.iter().map(|&(_, at)| at).collect()).collect()
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
    let mut tables: Vec<_> = points.map(table).collect();
    tables.sort_unstable();
    tables.dedup();
    tables.len()
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
