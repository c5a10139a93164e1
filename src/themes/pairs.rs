//! Which texts are compared: all of them where they are few, else those that share what few share.

use super::likeness::{Spread, Texts};
use rayon::prelude::*;

/// Up to this many pairs, all are compared (2,000 texts). Above, each text has its share of them as candidates.
const PAIRS: usize = 2_000_000;

/// Least candidates a text has, however many texts there are.
const CANDIDATES: usize = 24;

/// Least of its likest pairs that a text keeps, and one in how many of its candidates. On sets of 200 points B-cubed F1 was 0.003
/// lower with 20 than with all, 0.006 with 10.
const KEPT: usize = 16;
const KEPT_OF: usize = 12;

/// Pairs less like than this are taken for not alike at all. It gives the same B-cubed F1 as 0; 0.1 gave 0.01 less.
const FAINT: f32 = 0.08;

/// One in an [`Edge`]'s likeness. Sums of whole numbers are the same in whatever order they are made.
pub(super) const ONE: f32 = (1 << 24) as f32;

/// Two texts, the first before the second, and their likeness in parts of [`ONE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Edge {
    pub a: u32,
    pub b: u32,
    pub likeness: u32,
}

/// The pairs of texts that are alike, in order.
pub(super) fn edges(texts: &Texts) -> Vec<Edge> {
    let count = texts.len();
    if count * count.saturating_sub(1) / 2 <= PAIRS {
        return all(texts, count);
    }
    let wanted = (2 * PAIRS / count).max(CANDIDATES);
    let kept = (wanted / KEPT_OF).max(KEPT);
    let index = Index::new(texts);
    let found: Vec<Vec<Edge>> = (0..count as u32)
        .into_par_iter()
        .map_init(
            || (Comparer::new(&index.texts, kept), vec![u32::MAX; count], Vec::new()),
            |(comparer, seen, candidates), place| {
                index.candidates(place, wanted, seen, candidates);
                comparer.likest(place, candidates.iter().copied())
            },
        )
        .collect();
    let by_text = |edge: Edge| {
        let (a, b) = (index.order[edge.a as usize], index.order[edge.b as usize]);
        Edge { a: a.min(b), b: a.max(b), ..edge }
    };
    united(found.into_iter().flatten().map(by_text).collect())
}

/// The likest pairs of every text, from comparing all.
pub(super) fn all(texts: &Texts, kept: usize) -> Vec<Edge> {
    let count = texts.len() as u32;
    let found: Vec<Vec<Edge>> = (0..count)
        .into_par_iter()
        .map_init(
            || Comparer::new(texts, kept),
            |comparer, at| comparer.likest(at, (0..count).filter(|&other| other != at)),
        )
        .collect();
    united(found.into_iter().flatten().collect())
}

/// Compares texts, one with many; its vectors serve all comparisons.
struct Comparer<'t> {
    texts: &'t Texts,
    /// How many of a text's pairs are kept.
    kept: usize,
    spread: Spread,
    edges: Vec<Edge>,
}

impl Comparer<'_> {
    fn new(texts: &Texts, kept: usize) -> Comparer<'_> {
        Comparer { texts, kept, spread: Spread::new(texts.features), edges: Vec::new() }
    }

    /// The likest of a text's pairs with others.
    fn likest(&mut self, at: u32, others: impl Iterator<Item = u32>) -> Vec<Edge> {
        let Comparer { texts, spread, edges, .. } = self;
        spread.lay(texts.vector(at));
        edges.clear();
        edges.extend(others.filter_map(|other| {
            let likeness = texts.likeness(at.min(other), at.max(other), spread.product(texts.vector(other)));
            let edge = Edge { a: at.min(other), b: at.max(other), likeness: (likeness * ONE) as u32 };
            (likeness >= FAINT).then_some(edge)
        }));
        spread.lift(texts.vector(at));
        if edges.len() > self.kept {
            edges.select_nth_unstable_by_key(self.kept, |edge| (std::cmp::Reverse(edge.likeness), edge.a, edge.b));
            edges.truncate(self.kept);
        }
        edges.clone()
    }
}

fn united(mut edges: Vec<Edge>) -> Vec<Edge> {
    // Two texts are as like from either side: what is left of the same pair is the same.
    edges.par_sort_unstable_by_key(|edge| u64::from(edge.a) << 32 | u64::from(edge.b));
    edges.dedup();
    edges
}

/// For each feature the texts that have it.
struct Index {
    /// The texts in an order in which those that share their rarest features stand beside each other: of a long list, neighbours
    /// share more than the list's own feature, and what is compared lies together in memory.
    texts: Texts,
    /// Which text stands at a place.
    order: Vec<u32>,
    /// Where a feature's places begin in `places`; one more at the end.
    begins: Vec<u32>,
    /// Places of the texts that have a feature, rising.
    places: Vec<u32>,
}

impl Index {
    fn new(texts: &Texts) -> Index {
        let mut begins = vec![0u32; texts.features + 1];
        for &(feature, _) in texts.all_entries() {
            begins[feature as usize + 1] += 1;
        }
        for at in 1..begins.len() {
            begins[at] += begins[at - 1];
        }
        let mut order: Vec<u32> = (0..texts.len() as u32).collect();
        let signatures: Vec<Signature> = order.par_iter().map(|&text| signature(texts.vector(text), &begins)).collect();
        order.par_sort_unstable_by_key(|&text| (signatures[text as usize], text));
        let texts = texts.reordered(&order);
        let mut next = begins.clone();
        let mut places = vec![0; texts.all_entries().len()];
        for place in 0..texts.len() as u32 {
            for &(feature, _) in texts.vector(place) {
                places[next[feature as usize] as usize] = place;
                next[feature as usize] += 1;
            }
        }
        Index { texts, order, begins, places }
    }

    /// Places of texts that share features with the one at a place, its rarest features first, `wanted` of them at most. `seen`
    /// holds for each place the last one that had it as a candidate.
    fn candidates(&self, place: u32, wanted: usize, seen: &mut [u32], candidates: &mut Vec<u32>) {
        candidates.clear();
        seen[place as usize] = place;
        let mut lists: Vec<(u32, u32)> =
            self.texts.vector(place).iter().map(|&(feature, _)| (holders(&self.begins, feature), feature)).collect();
        lists.sort_unstable();
        for (_, feature) in lists {
            let left = wanted - candidates.len();
            if left == 0 {
                break;
            }
            let list = &self.places[self.begins[feature as usize] as usize..self.begins[feature as usize + 1] as usize];
            let near = if list.len() <= left {
                list
            } else {
                let own = list.partition_point(|&other| other < place);
                let begin = own.saturating_sub(left / 2).min(list.len() - left);
                &list[begin..begin + left]
            };
            for &other in near {
                if seen[other as usize] != place {
                    seen[other as usize] = place;
                    candidates.push(other);
                }
            }
        }
    }
}

/// A text's rarest shared features, each with how many texts have it.
type Signature = [(u32, u32); 4];

fn signature(vector: &[(u32, f32)], begins: &[u32]) -> Signature {
    let shared = vector.iter().map(|&(feature, _)| (holders(begins, feature), feature)).filter(|&(count, _)| count > 1);
    let mut rarest: Vec<(u32, u32)> = shared.collect();
    rarest.sort_unstable();
    std::array::from_fn(|at| rarest.get(at).copied().unwrap_or_default())
}

fn holders(begins: &[u32], feature: u32) -> u32 {
    begins[feature as usize + 1] - begins[feature as usize]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codebook::Codebook;
    use std::collections::HashSet;

    /// The likest text of nearly every text is among its candidates.
    #[test]
    fn the_likest_are_found() {
        let codebook = Codebook::summit_2017();
        let examples: Vec<&str> = codebook.examples.iter().step_by(8).map(|example| example.text.as_str()).collect();
        let texts = Texts::new(&examples, vec![1.0; examples.len()], 1);
        let found: HashSet<Edge> = edges(&texts).into_iter().collect();
        let likest = all(&texts, 1);
        let share = likest.iter().filter(|edge| found.contains(edge)).count() as f64 / likest.len() as f64;
        assert!(share >= 0.95, "{share} of {}", likest.len());
    }
}
