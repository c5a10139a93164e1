//! Groups from likeness: average linkage over the pairs that share something.

use super::features::Vector;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap, HashMap};

/// Up to this many characters two texts are also compared letter by letter: in short ones a typing error is a large part.
const SHORT: usize = 60;

/// Features that more points than this hold propose no pairs; with the rest they still count in a pair's likeness. Keeps the
/// count of candidate pairs near-linear.
const COMMON: usize = 400;

/// Two groups that could become one.
struct Merge {
    likeness: f32,
    a: usize,
    b: usize,
}

impl PartialEq for Merge {
    fn eq(&self, other: &Merge) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Merge {}

impl PartialOrd for Merge {
    fn partial_cmp(&self, other: &Merge) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Merge {
    /// The likest first; of equals the one whose texts come first in the alphabet.
    fn cmp(&self, other: &Merge) -> Ordering {
        self.likeness.total_cmp(&other.likeness).then_with(|| (other.a, other.b).cmp(&(self.a, self.b)))
    }
}

/// Groups texts by average linkage (Sokal and Michener 1958): the two groups with the highest mean likeness of their pairs
/// become one, until none reaches `least`. Pairs that share no feature count as 0.
///
/// Gives groups of indices. Texts with the same words are one from the start.
pub(super) fn average_linkage(texts: &[&str], vectors: &[Vector], least: f32) -> Vec<Vec<usize>> {
    let mut groups = identical(texts);
    let firsts: Vec<usize> = groups.iter().map(|group| group[0]).collect();
    // For each group its likeness to others: the sum over all pairs of points.
    let mut sums: Vec<HashMap<usize, f32>> = vec![HashMap::new(); groups.len()];
    let mut heap = BinaryHeap::new();
    for (a, b) in candidates(&firsts, vectors) {
        let likeness = likeness(texts, vectors, firsts[a], firsts[b]);
        let sum = likeness * (groups[a].len() * groups[b].len()) as f32;
        sums[a].insert(b, sum);
        sums[b].insert(a, sum);
        heap.push(Merge { likeness: mean(&groups, a, b, sum), a, b });
    }
    while let Some(Merge { likeness, a, b }) = heap.pop() {
        if likeness < least {
            break;
        }
        // An entry from before one of the two grew has another mean than they have now.
        if sums[a].get(&b).is_none_or(|&sum| mean(&groups, a, b, sum) != likeness) {
            continue;
        }
        let taken = std::mem::take(&mut groups[b]);
        groups[a].extend(taken);
        sums[a].remove(&b);
        let mut lost: Vec<(usize, f32)> = std::mem::take(&mut sums[b]).into_iter().collect();
        lost.sort_unstable_by_key(|&(other, _)| other);
        for (other, sum) in lost {
            sums[other].remove(&b);
            if other != a {
                *sums[a].entry(other).or_default() += sum;
            }
        }
        let mut others: Vec<(usize, f32)> = sums[a].iter().map(|(&other, &sum)| (other, sum)).collect();
        others.sort_unstable_by_key(|&(other, _)| other);
        for (other, sum) in others {
            sums[other].insert(a, sum);
            heap.push(Merge { likeness: mean(&groups, a, other, sum), a: a.min(other), b: a.max(other) });
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// The mean likeness of the pairs between two groups.
fn mean(groups: &[Vec<usize>], a: usize, b: usize, sum: f32) -> f32 {
    sum / (groups[a].len() * groups[b].len()) as f32
}

/// Texts with the same words, in the order of the alphabet.
fn identical(texts: &[&str]) -> Vec<Vec<usize>> {
    let mut same: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, text) in texts.iter().enumerate() {
        same.entry(text.trim().to_lowercase()).or_default().push(index);
    }
    same.into_values().collect()
}

/// Pairs of groups (a < b) whose first texts share a feature that is not common.
fn candidates(firsts: &[usize], vectors: &[Vector]) -> Vec<(usize, usize)> {
    let mut holders: HashMap<u64, Vec<usize>> = HashMap::new();
    for (group, &first) in firsts.iter().enumerate() {
        for &(feature, _) in &vectors[first].entries {
            holders.entry(feature).or_default().push(group);
        }
    }
    let mut pairs = Vec::new();
    let mut seen = vec![usize::MAX; firsts.len()];
    for (b, &first) in firsts.iter().enumerate() {
        for (feature, _) in &vectors[first].entries {
            let group = &holders[feature];
            if group.len() > COMMON {
                continue;
            }
            for &a in group.iter().take_while(|&&a| a < b) {
                if seen[a] != b {
                    seen[a] = b;
                    pairs.push((a, b));
                }
            }
        }
    }
    pairs
}

fn likeness(texts: &[&str], vectors: &[Vector], a: usize, b: usize) -> f32 {
    let by_features = vectors[a].cosine(&vectors[b]);
    let is_short = |text: &str| text.len() <= SHORT;
    if !is_short(texts[a]) || !is_short(texts[b]) {
        return by_features;
    }
    let by_letters = strsim::normalized_damerau_levenshtein(&texts[a].to_lowercase(), &texts[b].to_lowercase()) as f32;
    // Below four fifths, texts of this length have letters in common by chance.
    if by_letters >= 0.8 { by_features.max(by_letters) } else { by_features }
}
