//! Groups from likeness: the tree of all merges, and the cut through it.

use super::pairs::{Edge, ONE};
use std::array::from_fn;
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::sync::LazyLock;

/// From this size on a group's size earns it nothing more. Without a bound one group swallows all where there are thousands of
/// texts: on the sets of `tests/themes` among 2,000 other points, 0.28 B-cubed F1 instead of 0.57.
const LARGE: u32 = 8;

/// Two branches that became one. Leaves are numbered from 0, the merges after them in their order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Merge {
    pub left: u32,
    pub right: u32,
    /// How like the two were, at most what the merges in them were: a cut above takes them apart.
    pub likeness: f32,
}

/// What two groups are compared by: the mean likeness over all their pairs, times the fourth root of their sizes. Without the root
/// (average linkage) B-cubed F1 was 0.015 lower, with the third or fifth root the same.
fn linkage(sum: u64, a: u32, b: u32) -> f64 {
    sum as f64 / (f64::from(ONE) * f64::from(a) * f64::from(b)) * BONUSES[a.min(LARGE) as usize][b.min(LARGE) as usize]
}

/// The fourth root of the product of two sizes, worked out once.
static BONUSES: LazyLock<[[f64; LARGE as usize + 1]; LARGE as usize + 1]> =
    LazyLock::new(|| from_fn(|a| from_fn(|b| ((a * b) as f64).sqrt().sqrt())));

/// Merges groups, the two that are likest first, as long as any two are alike.
///
/// Average linkage (Sokal and Michener 1958) with a bonus for size; pairs that have no edge count as 0. Ties go to the groups
/// whose first leaves come first. Each group keeps its likeness to others in a list that is brought up to date when it is needed;
/// the younger of two groups always has seen the older, so the heap needs one entry a group.
pub(super) fn merges(leaves: usize, edges: &[Edge]) -> Vec<Merge> {
    let mut forest = Forest::new(leaves, edges);
    let mut heap: BinaryHeap<Candidate> = (0..leaves as u32).filter_map(|group| forest.best(group)).collect();
    let mut merges = Vec::new();
    while let Some(candidate) = heap.pop() {
        if forest.parent[candidate.group as usize].is_some() {
            continue;
        }
        if forest.parent[candidate.other as usize].is_some() {
            heap.extend(forest.best(candidate.group));
            continue;
        }
        merges.push(forest.merge(candidate));
        heap.extend(forest.best(forest.groups.len() as u32 - 1));
    }
    merges
}

/// The best partner that a group has seen.
struct Candidate {
    linkage: f64,
    /// The first leaves of the two, the lower first.
    firsts: (u32, u32),
    group: u32,
    other: u32,
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Candidate) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Candidate {}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Candidate) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Candidate {
    fn cmp(&self, other: &Candidate) -> Ordering {
        self.linkage.total_cmp(&other.linkage).then_with(|| other.firsts.cmp(&self.firsts))
    }
}

/// What others ask of a group.
#[derive(Clone, Copy)]
struct Group {
    size: u32,
    /// Its first leaf.
    first: u32,
}

/// What is known of each group, leaves first; what is asked most often lies together.
struct Forest {
    groups: Vec<Group>,
    /// The group that one has become part of.
    parent: Vec<Option<u32>>,
    /// Likeness of the merge that made a group.
    likeness: Vec<f32>,
    /// Other groups as they once were, with the sum of likeness to them.
    sums: Vec<Vec<(u32, u64)>>,
}

impl Forest {
    fn new(leaves: usize, edges: &[Edge]) -> Forest {
        let mut partners = vec![0; leaves];
        for edge in edges {
            partners[edge.a as usize] += 1;
            partners[edge.b as usize] += 1;
        }
        let mut sums: Vec<Vec<(u32, u64)>> = partners.into_iter().map(Vec::with_capacity).collect();
        for edge in edges {
            sums[edge.a as usize].push((edge.b, edge.likeness.into()));
            sums[edge.b as usize].push((edge.a, edge.likeness.into()));
        }
        Forest {
            groups: (0..leaves as u32).map(|first| Group { size: 1, first }).collect(),
            parent: vec![None; leaves],
            likeness: vec![f32::INFINITY; leaves],
            sums,
        }
    }

    /// The group that one is part of by now; the way there is made shorter (Tarjan 1975).
    fn now(&mut self, mut group: u32) -> u32 {
        while let Some(parent) = self.parent[group as usize] {
            if let Some(above) = self.parent[parent as usize] {
                self.parent[group as usize] = Some(above);
            }
            group = parent;
        }
        group
    }

    /// The likest partner of a group.
    fn best(&mut self, group: u32) -> Option<Candidate> {
        let mut sums = std::mem::take(&mut self.sums[group as usize]);
        for (other, _) in &mut sums {
            *other = self.now(*other);
        }
        sums.retain(|&(other, _)| other != group);
        sums.sort_unstable_by_key(|&(other, _)| other);
        sums.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                earlier.1 += later.1;
            }
            same
        });
        let own = self.groups[group as usize];
        let best = sums
            .iter()
            .map(|&(other, sum)| {
                let Group { size, first } = self.groups[other as usize];
                let firsts = (own.first.min(first), own.first.max(first));
                Candidate { linkage: linkage(sum, own.size, size), firsts, group, other }
            })
            .max();
        self.sums[group as usize] = sums;
        best
    }

    fn merge(&mut self, candidate: Candidate) -> Merge {
        let (a, b) = (candidate.group as usize, candidate.other as usize);
        let [left, right] = if self.groups[a].first < self.groups[b].first { [a, b] } else { [b, a] };
        let likeness = (candidate.linkage as f32).min(self.likeness[a]).min(self.likeness[b]);
        let [mut fewer, mut sums] = [left, right].map(|group| std::mem::take(&mut self.sums[group]));
        if fewer.len() > sums.len() {
            std::mem::swap(&mut fewer, &mut sums);
        }
        sums.append(&mut fewer);
        let new = self.groups.len() as u32;
        self.parent[a] = Some(new);
        self.parent[b] = Some(new);
        self.parent.push(None);
        self.groups.push(Group { size: self.groups[a].size + self.groups[b].size, first: self.groups[left].first });
        self.likeness.push(likeness);
        self.sums.push(sums);
        Merge { left: left as u32, right: right as u32, likeness }
    }
}

/// The groups of leaves that a cut leaves: merges of at least this likeness are kept. By their first leaves.
pub(super) fn cut(leaves: usize, merges: &[Merge], likeness: f32) -> Vec<Vec<usize>> {
    let mut groups: Vec<Option<Vec<usize>>> = (0..leaves).map(|leaf| Some(vec![leaf])).collect();
    for merge in merges {
        let joined = (merge.likeness >= likeness).then(|| {
            let mut left = groups[merge.left as usize].take().unwrap_or_default();
            left.append(&mut groups[merge.right as usize].take().unwrap_or_default());
            left
        });
        groups.push(joined);
    }
    let mut kept: Vec<Vec<usize>> = groups.into_iter().flatten().collect();
    kept.iter_mut().for_each(|group| group.sort_unstable());
    kept.sort_unstable();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::cmp::Reverse;
    use std::collections::HashMap;

    /// Two groups, how like they are, and which come first.
    type Found = (f64, Reverse<(u32, u32)>, usize, usize);

    /// The same as [`merges`], by comparing every two groups anew at each step: the naive way that it is tested and timed against.
    fn naive_merges(leaves: usize, edges: &[Edge]) -> Vec<Merge> {
        let sums: HashMap<(u32, u32), u64> =
            edges.iter().map(|edge| ((edge.a, edge.b), edge.likeness.into())).collect();
        let sum = |a: &[u32], b: &[u32]| -> u64 {
            let pairs = a.iter().flat_map(|&a| b.iter().map(move |&b| (a.min(b), a.max(b))));
            pairs.filter_map(|pair| sums.get(&pair)).sum()
        };
        let mut groups: Vec<(u32, Vec<u32>, f32)> =
            (0..leaves as u32).map(|leaf| (leaf, vec![leaf], f32::INFINITY)).collect();
        let mut merges = Vec::new();
        loop {
            let mut best: Option<Found> = None;
            for b in 0..groups.len() {
                for a in 0..b {
                    let total = sum(&groups[a].1, &groups[b].1);
                    let linkage = linkage(total, groups[a].1.len() as u32, groups[b].1.len() as u32);
                    let firsts = (groups[a].1[0].min(groups[b].1[0]), groups[a].1[0].max(groups[b].1[0]));
                    let found = (linkage, Reverse(firsts), a, b);
                    if total > 0 && best.is_none_or(|best| (best.0, best.1) < (found.0, found.1)) {
                        best = Some(found);
                    }
                }
            }
            let Some((linkage, _, a, b)) = best else {
                return merges;
            };
            let (second, first) = (groups.swap_remove(b), groups.swap_remove(a));
            let [left, right] = if first.1[0] < second.1[0] { [first, second] } else { [second, first] };
            let likeness = (linkage as f32).min(left.2).min(right.2);
            let number = (leaves + merges.len()) as u32;
            merges.push(Merge { left: left.0, right: right.0, likeness });
            groups.push((number, [left.1, right.1].concat(), likeness));
        }
    }

    fn edges() -> impl Strategy<Value = (usize, Vec<Edge>)> {
        (2usize..24).prop_flat_map(|leaves| {
            let pair = (0..leaves as u32, 0..leaves as u32, 1u32..40);
            (Just(leaves), proptest::collection::vec(pair, 0..80)).prop_map(|(leaves, pairs)| {
                let mut edges: Vec<Edge> = pairs
                    .into_iter()
                    .filter(|(a, b, _)| a != b)
                    // Few levels, so that there are many ties.
                    .map(|(a, b, level)| Edge { a: a.min(b), b: a.max(b), likeness: level << 18 })
                    .collect();
                edges.sort_unstable();
                edges.dedup_by_key(|edge| (edge.a, edge.b));
                (leaves, edges)
            })
        })
    }

    proptest! {
        #[test]
        fn the_same_as_the_naive_way((leaves, edges) in edges()) {
            prop_assert_eq!(merges(leaves, &edges), naive_merges(leaves, &edges));
        }

        #[test]
        fn a_higher_cut_only_parts((leaves, edges) in edges(), low in 0.0f32..1.0, high in 0.0f32..1.0) {
            let merges = merges(leaves, &edges);
            let (low, high) = (low.min(high), low.max(high));
            let coarse = cut(leaves, &merges, low);
            for group in cut(leaves, &merges, high) {
                prop_assert!(coarse.iter().any(|wide| group.iter().all(|leaf| wide.contains(leaf))));
            }
            prop_assert_eq!(coarse.iter().map(Vec::len).sum::<usize>(), leaves);
        }
    }

    #[test]
    fn size_earns_a_group_no_more_than_its_bound() {
        assert!(linkage(64, 8, 8) > linkage(1, 1, 1));
        assert_eq!(linkage(64 * 64, 64, 64), linkage(64, 8, 8));
    }
}
