//! What is known of words before any notes are read: how common they are in the field's talk, and which are used alike.
//!
//! Both were learned from the bundled codebook's coded examples and from points that were written around topics
//! (`tests/background.rs` makes the files). Of words that are used alike a latent semantic analysis (Deerwester et al. 1990) knows:
//! terms are the rows of a matrix that, multiplied by itself, comes closest to how terms occur together.

use super::terms::Reader;
use super::topics;
use foldhash::fast::FixedState;
use std::collections::HashMap;
use std::fmt::Write;
use std::sync::LazyLock;

/// Numbers of a meaning. B-cubed F1 over all sets was 0.02 lower with 50 and the same with 150 and 200.
pub(super) const DIMENSIONS: usize = 96;

/// Terms in fewer examples than this have no meaning: too little is known of them. 3 and 6 gave the same.
const SELDOM: u32 = 4;

/// How much all points of a topic count together as one text, beside 1 for each by itself. 1 to 10 gave the same.
const TOPIC: f64 = 3.0;

/// Steps of subspace iteration. After 30 the subspace of the largest values moves no longer.
const STEPS: usize = 30;

/// A value of 1 in the file.
pub(super) const ONE: f32 = 127.0;

static BACKGROUND: LazyLock<Background> = LazyLock::new(|| {
    Background::parse(
        include_str!("../../data/themes/background.tsv"),
        include_bytes!("../../data/themes/meanings.bin"),
    )
});

/// A text's meaning: a direction, quantised.
pub(super) type Meaning = [i8; DIMENSIONS];

pub(super) struct Background {
    /// How many texts the counts are of.
    pub texts: u32,
    /// Terms and the names of synonym classes (with a `=` before them), with how many texts have them.
    counts: HashMap<&'static str, (u32, u32), FixedState>,
    /// The mean of all meanings, then a row for each term, in the order of the counts.
    rows: &'static [u8],
}

impl Background {
    /// The embedded one.
    pub fn get() -> &'static Background {
        &BACKGROUND
    }

    fn parse(counts: &'static str, rows: &'static [u8]) -> Background {
        let mut background = Background { texts: 0, counts: HashMap::default(), rows };
        for line in counts.lines().filter(|line| !line.starts_with('#')) {
            if let Some((term, count)) = line.split_once('\t')
                && let Ok(count) = count.parse()
            {
                match term {
                    "" => background.texts = count,
                    _ => {
                        let row = background.counts.len() as u32;
                        background.counts.insert(term, (row, count));
                    }
                }
            }
        }
        background
    }

    /// In how many of the background's texts a term is; 0 for a seldom one.
    pub fn count(&self, term: &str) -> u32 {
        self.counts.get(term).map_or(0, |&(_, count)| count)
    }

    /// The number of a term that has a meaning.
    pub fn row(&self, term: &str) -> Option<u32> {
        self.counts.get(term).map(|&(row, _)| row).filter(|&row| (row as usize + 2) * DIMENSIONS <= self.rows.len())
    }

    /// The meaning of a text: the sum of its terms', each weighted by rarity, less what all texts share (Arora et al. 2017).
    /// All zeros where none of its terms is known. `rows` holds each term once, with its count.
    pub fn meaning(&self, rows: impl Iterator<Item = (u32, f32)>) -> Meaning {
        let mut sum = [0.0; DIMENSIONS];
        for (row, rarity) in rows {
            add(&mut sum, self.values(row as usize + 1), rarity);
        }
        if to_unit(&mut sum) {
            add(&mut sum, self.values(0), -1.0 / ONE);
            to_unit(&mut sum);
        }
        // Rounded to the nearest: `round` is a call for every number.
        sum.map(|value| (value * ONE + 0.5f32.copysign(value)) as i8)
    }

    fn values(&self, row: usize) -> &'static [u8] {
        &self.rows[row * DIMENSIONS..][..DIMENSIONS]
    }

    /// ln of how seldom a term is in the background.
    pub fn rarity(&self, term: &str) -> f32 {
        (self.texts as f32 / self.count(term).max(1) as f32).ln()
    }
}

/// The cosine of two meanings, 0 where they point apart.
pub(super) fn alike(a: &Meaning, b: &Meaning) -> f32 {
    let dot: i32 = a.iter().zip(b).map(|(&a, &b)| i32::from(i16::from(a) * i16::from(b))).sum();
    (dot as f32 / (ONE * ONE)).max(0.0)
}

fn add(sum: &mut [f32; DIMENSIONS], row: &[u8], times: f32) {
    for (sum, &value) in sum.iter_mut().zip(row) {
        *sum += f32::from(value as i8) * times;
    }
}

fn to_unit(values: &mut [f32]) -> bool {
    let length = values.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length > 0.0 {
        values.iter_mut().for_each(|value| *value /= length);
    }
    length > 0.0
}

/// What is learned beforehand: the contents of the files in `data/themes/`.
#[doc(hidden)]
#[derive(Debug)]
pub struct Learned {
    /// `background.tsv`: the counts of terms and synonym classes.
    pub counts: String,
    /// `meanings.bin`: the meanings of the terms.
    pub meanings: Vec<u8>,
    /// `topic-words.tsv`: how words speak for topics.
    pub topics: String,
}

/// Learns from texts, and from points that were written around topics: each its topic and its text, topic after topic.
#[doc(hidden)]
#[must_use]
pub fn learned(texts: &[&str], topics: &[(&str, &str)]) -> Learned {
    let mut reader = Reader::default();
    let all = texts.iter().chain(topics.iter().map(|(_, text)| text));
    let read: Vec<(Vec<u32>, Vec<u32>)> = all.map(|text| reader.terms_and_classes(text)).collect();
    let terms = counted(read.iter().map(|(terms, _)| terms), |term| reader.term(term));
    let classes = counted(read.iter().map(|(_, classes)| classes), |class| format!("={}", reader.class(class)));
    let mut counts = format!(
        "# How many of the bundled codebook's coded examples and of the points of topics.tsv have a term or a synonym class (=); on the\n\
         # line without a term, how many texts there are. Made by UPDATE=1 cargo test --release --test background\n\t{}\n",
        read.len()
    );
    for (name, count, _) in terms.iter().chain(&classes) {
        let _ = writeln!(counts, "{name}\t{count}");
    }
    let numbers: HashMap<u32, usize> = terms.iter().enumerate().map(|(row, &(_, _, term))| (term, row)).collect();
    let rarities: Vec<f64> = terms.iter().map(|&(_, count, _)| (read.len() as f64 / f64::from(count)).ln()).collect();
    let known = |terms: &[u32]| terms.iter().filter_map(|term| numbers.get(term).copied()).collect();
    let mut documents: Vec<Document> = read.iter().map(|(terms, _)| Document::of_text(known(terms))).collect();
    let points = &read[texts.len()..];
    for of_topic in topics.iter().zip(points).collect::<Vec<_>>().chunk_by(|a, b| a.0.0 == b.0.0) {
        let mut terms: Vec<u32> = of_topic.iter().flat_map(|(_, (terms, _))| terms).copied().collect();
        terms.sort_unstable();
        terms.dedup();
        documents.push(Document { terms: known(&terms), weight: TOPIC });
    }
    let rarity: HashMap<&str, f32> = (terms.iter().chain(&classes))
        .map(|(name, count, _)| (name.as_str(), (read.len() as f32 / *count as f32).ln()))
        .collect();
    let unknown = (read.len() as f32).ln();
    let words: Vec<Vec<(String, f32)>> = points
        .iter()
        .map(|(terms, classes)| {
            let terms = terms.iter().map(|&term| reader.term(term));
            let names = terms.chain(classes.iter().map(|&class| format!("={}", reader.class(class))));
            names
                .map(|name| (rarity.get(name.as_str()).copied().unwrap_or(unknown), name))
                .map(|(a, b)| (b, a))
                .collect()
        })
        .collect();
    let numbered =
        topics.chunk_by(|a, b| a.0 == b.0).enumerate().flat_map(|(number, of)| of.iter().map(move |_| number));
    Learned {
        counts,
        meanings: meanings(&documents, &rarities),
        topics: topics::learned(numbered.zip(words.iter().map(Vec::as_slice))),
    }
}

/// The distinct terms of a text that have a meaning, and how much it counts.
struct Document {
    terms: Vec<usize>,
    weight: f64,
}

impl Document {
    fn of_text(terms: Vec<usize>) -> Document {
        let weight = 1.0 / (terms.len().max(1) as f64).sqrt();
        Document { terms, weight }
    }
}

/// The terms that are not seldom, by their names, with how many texts have them and their numbers.
fn counted<'t>(texts: impl Iterator<Item = &'t Vec<u32>>, name: impl Fn(u32) -> String) -> Vec<(String, u32, u32)> {
    let mut counts: HashMap<u32, u32> = HashMap::new();
    texts.flatten().for_each(|&term| *counts.entry(term).or_default() += 1);
    let frequent = counts.into_iter().filter(|&(_, count)| count >= SELDOM);
    let mut named: Vec<_> = frequent.map(|(term, count)| (name(term), count, term)).collect();
    named.sort();
    named
}

/// The rows of a matrix W for which W Wᵀ is the best approximation of Mᵀ M, with M the texts' terms, weighted by rarity; found by
/// subspace iteration (Halko et al. 2011). The mean of the texts' meanings comes first.
fn meanings(documents: &[Document], rarities: &[f64]) -> Vec<u8> {
    let times = |space: &[[f64; DIMENSIONS]], document: &Document| {
        let mut sum = [0.0; DIMENSIONS];
        for &term in &document.terms {
            let row = sum.iter_mut().zip(&space[term]);
            row.for_each(|(sum, value)| *sum += value * rarities[term] * document.weight);
        }
        sum
    };
    let mut space: Vec<[f64; DIMENSIONS]> = (0..rarities.len()).map(start).collect();
    orthogonalise(&mut space);
    for _ in 0..STEPS {
        let mut next = vec![[0.0; DIMENSIONS]; space.len()];
        for document in documents {
            let image = times(&space, document);
            for &term in &document.terms {
                let row = next[term].iter_mut().zip(&image);
                row.for_each(|(next, value)| *next += value * rarities[term] * document.weight);
            }
        }
        space = next;
        orthogonalise(&mut space);
    }
    let images: Vec<[f64; DIMENSIONS]> = documents.iter().map(|document| times(&space, document)).collect();
    let root = cholesky(&images);
    let mut rows: Vec<Vec<f32>> = space.iter().map(|row| stretched(row, &root)).collect();
    rows.iter_mut().for_each(|row| _ = to_unit(row));
    let mut mean = vec![0.0f32; DIMENSIONS];
    for document in documents {
        let mut sum = vec![0.0f32; DIMENSIONS];
        for &term in &document.terms {
            sum.iter_mut().zip(&rows[term]).for_each(|(sum, value)| *sum += value * rarities[term] as f32);
        }
        to_unit(&mut sum);
        mean.iter_mut().zip(sum).for_each(|(mean, value)| *mean += value / documents.len() as f32);
    }
    let all = std::iter::once(&mean).chain(&rows).flatten();
    all.map(|value| (value * ONE).round() as i8 as u8).collect()
}

/// A row to begin from: any numbers, the same every time (SplitMix64, Steele et al. 2014).
fn start(row: usize) -> [f64; DIMENSIONS] {
    std::array::from_fn(|column| {
        let mut mixed = ((row * DIMENSIONS + column) as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) as f64 / u64::MAX as f64 - 0.5
    })
}

/// Makes the columns orthogonal and of length 1 (modified Gram-Schmidt).
fn orthogonalise(space: &mut [[f64; DIMENSIONS]]) {
    for column in 0..DIMENSIONS {
        let length = space.iter().map(|row| row[column] * row[column]).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
        space.iter_mut().for_each(|row| row[column] /= length);
        let mut shares = [0.0; DIMENSIONS];
        for row in space.iter() {
            (column + 1..DIMENSIONS).for_each(|other| shares[other] += row[column] * row[other]);
        }
        for row in space.iter_mut() {
            let own = row[column];
            (column + 1..DIMENSIONS).for_each(|other| row[other] -= shares[other] * own);
        }
    }
}

/// The lower triangle L with L Lᵀ = Aᵀ A.
fn cholesky(rows: &[[f64; DIMENSIONS]]) -> Vec<[f64; DIMENSIONS]> {
    let mut root = vec![[0.0; DIMENSIONS]; DIMENSIONS];
    for i in 0..DIMENSIONS {
        for j in 0..=i {
            let product: f64 = rows.iter().map(|row| row[i] * row[j]).sum();
            let known: f64 = (0..j).map(|k| root[i][k] * root[j][k]).sum();
            root[i][j] =
                if i == j { (product - known).max(f64::MIN_POSITIVE).sqrt() } else { (product - known) / root[j][j] };
        }
    }
    root
}

/// A row of V L.
fn stretched(row: &[f64; DIMENSIONS], root: &[[f64; DIMENSIONS]]) -> Vec<f32> {
    (0..DIMENSIONS).map(|column| (0..DIMENSIONS).map(|k| row[k] * root[k][column]).sum::<f64>() as f32).collect()
}
