//! Groups from likeness: average linkage over the pairs that share something.

use super::features::Vector;
use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap};

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
    /// The likest first; of equals the one whose texts come first.
    fn cmp(&self, other: &Merge) -> Ordering {
        self.likeness.total_cmp(&other.likeness).then_with(|| (other.a, other.b).cmp(&(self.a, self.b)))
    }
}

/// Groups texts by average linkage (Sokal and Michener 1958): the two groups with the highest mean likeness of their pairs
/// become one, until none reaches `least`. Pairs that share no feature count as 0.
///
/// `weights`: at how many points each text stands. Gives groups of indices.
pub(super) fn average_linkage(texts: &[&str], weights: &[f32], vectors: &[Vector], least: f32) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = (0..texts.len()).map(|at| vec![at]).collect();
    let mut sizes = weights.to_vec();
    // For each group its likeness to others: the sum over all pairs of points.
    let mut sums: Vec<HashMap<usize, f32>> = vec![HashMap::new(); groups.len()];
    let mut heap = BinaryHeap::new();
    for (a, b) in candidates(vectors) {
        let sum = likeness(texts, vectors, a, b) * (sizes[a] * sizes[b]);
        sums[a].insert(b, sum);
        sums[b].insert(a, sum);
        heap.push(Merge { likeness: sum / (sizes[a] * sizes[b]), a, b });
    }
    while let Some(Merge { likeness, a, b }) = heap.pop() {
        if likeness < least {
            break;
        }
        // An entry from before one of the two grew has another mean than they have now.
        if sums[a].get(&b).is_none_or(|&sum| sum / (sizes[a] * sizes[b]) != likeness) {
            continue;
        }
        let taken = std::mem::take(&mut groups[b]);
        groups[a].extend(taken);
        sizes[a] += sizes[b];
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
            heap.push(Merge { likeness: sum / (sizes[a] * sizes[other]), a: a.min(other), b: a.max(other) });
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// Pairs of texts (a < b) that share a feature that is not common.
fn candidates(vectors: &[Vector]) -> Vec<(usize, usize)> {
    let mut holders: HashMap<u64, Vec<usize>> = HashMap::new();
    for (at, vector) in vectors.iter().enumerate() {
        for &(feature, _) in &vector.entries {
            holders.entry(feature).or_default().push(at);
        }
    }
    let mut pairs = Vec::new();
    let mut seen = vec![usize::MAX; vectors.len()];
    for (b, vector) in vectors.iter().enumerate() {
        let shared = vector.entries.iter().map(|(feature, _)| &holders[feature]).filter(|group| group.len() <= COMMON);
        for &a in shared.flat_map(|group| group.iter().take_while(|&&a| a < b)) {
            if seen[a] != b {
                seen[a] = b;
                pairs.push((a, b));
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
