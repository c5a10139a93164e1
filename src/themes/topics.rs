//! Which of the field's topics a text is about.
//!
//! Two points can say the same without one word in common. What tells then is that other people used those words of the same topic:
//! `data/themes/topics.tsv` holds points that were written around topics, each said in as many ways as possible. From them naive
//! Bayes (Maron 1961) learns how each word speaks for each topic; `data/themes/topic-words.tsv` is what it learned.

use foldhash::fast::FixedState;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::ops::Range;
use std::sync::LazyLock;

/// Topics that a text is about, at most. Mean B-cubed F1 of `dev` and the bundled notes was 0.01 lower with 4 and with all, the same
/// with 16.
pub(super) const MOST: usize = 8;

/// What every word is given in every topic (Lidstone 1920). 0.02 gave 0.01 less.
const PRIOR: f32 = 0.1;

/// How sharply topics are told apart: a text's words speak together, not each for itself. 2.5 gave 0.01 less, 4 0.03.
const SHARPNESS: f32 = 1.5;

/// Words of fewer points than this are left out: of a word that was met once nothing is known.
const SELDOM: usize = 2;

/// A count of 1 in the file.
const ONE: f32 = 100.0;

static TOPICS: LazyLock<Topics> = LazyLock::new(|| Topics::parse(include_str!("../../data/themes/topic-words.tsv")));

/// How a word speaks for topics: their numbers, and what it adds to the log-odds of each. Topics that it was not met in are left out.
pub(super) type Gains = [(u16, f32)];

pub(super) struct Topics {
    words: HashMap<&'static str, Range<u32>, FixedState>,
    gains: Vec<(u16, f32)>,
    /// For each topic, what a word that it has not adds to its log-odds.
    unmet: Vec<f32>,
}

impl Topics {
    /// The embedded ones.
    pub fn get() -> &'static Topics {
        &TOPICS
    }

    fn parse(table: &'static str) -> Topics {
        let mut topics = Topics { words: HashMap::default(), gains: Vec::new(), unmet: Vec::new() };
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let Some((word, counts)) = line.split_once('\t') else { continue };
            let begin = topics.gains.len() as u32;
            for count in counts.split(' ') {
                if let Some((topic, count)) = count.split_once(':')
                    && let (Ok(topic), Ok(count)) = (topic.parse::<u16>(), count.parse::<u16>())
                {
                    let count = f32::from(count) / ONE;
                    topics.unmet.resize(topics.unmet.len().max(topic as usize + 1), 0.0);
                    topics.unmet[topic as usize] += count;
                    topics.gains.push((topic, ((count + PRIOR) / PRIOR).ln()));
                }
            }
            topics.words.insert(word, begin..topics.gains.len() as u32);
        }
        let words = topics.words.len() as f32;
        topics.unmet.iter_mut().for_each(|size| *size = -(*size + PRIOR * words).ln());
        topics
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.unmet.len()
    }

    /// How a term or (with a `=` before it) a synonym class speaks for topics; for none where it is not known.
    pub fn gains(&self, word: &str) -> &Gains {
        self.words.get(word).map_or(&[], |gains| &self.gains[gains.start as usize..gains.end as usize])
    }

    /// The topics of a text, by rising number, as a vector of length 1: each by its probability. `words` are the text's, each with its
    /// rarity; none where no topic has any of them.
    pub fn of_text<'g>(&self, words: impl Iterator<Item = (f32, &'g Gains)>) -> Vec<(u16, f32)> {
        let mut sums = vec![0.0; self.len()];
        let (mut squares, mut known) = (0.0, 0.0);
        for (rarity, gains) in words {
            squares += rarity * rarity;
            if !gains.is_empty() {
                known += rarity;
            }
            gains.iter().for_each(|&(topic, gain)| sums[topic as usize] += rarity * gain);
        }
        if known == 0.0 {
            return Vec::new();
        }
        sums.iter_mut().zip(&self.unmet).for_each(|(sum, unmet)| *sum += known * unmet);
        let length: f32 = f32::sqrt(squares);
        let mut found = highest(&sums);
        let most = found[0].1;
        found.iter_mut().for_each(|(_, sum)| *sum = (SHARPNESS * (*sum - most) / length).exp());
        found.sort_unstable_by_key(|&(topic, _)| topic);
        let length = found.iter().map(|(_, share)| share * share).sum::<f32>().sqrt();
        found.iter_mut().for_each(|(_, share)| *share /= length);
        found
    }
}

/// The highest of sums by their topics, falling, [`MOST`] at most; of equal ones the first.
fn highest(sums: &[f32]) -> Vec<(u16, f32)> {
    let mut highest: Vec<(u16, f32)> = Vec::with_capacity(MOST + 1);
    for (topic, &sum) in (0..).zip(sums) {
        if highest.len() < MOST || highest[MOST - 1].1 < sum {
            highest.insert(highest.partition_point(|&(_, higher)| higher >= sum), (topic, sum));
            highest.truncate(MOST);
        }
    }
    highest
}

/// What is learned of points, each with its topic's number and its words with their rarities: the file's lines.
pub(super) fn learned<'p>(points: impl Iterator<Item = (usize, &'p [(String, f32)])>) -> String {
    let mut words: BTreeMap<&str, (usize, BTreeMap<usize, f32>)> = BTreeMap::new();
    for (topic, point) in points {
        let length = point.iter().map(|(_, rarity)| rarity * rarity).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        for (word, rarity) in point {
            let (points, counts) = words.entry(word).or_default();
            *points += 1;
            *counts.entry(topic).or_default() += rarity / length;
        }
    }
    let mut lines = String::new();
    for (word, (_, counts)) in words.iter().filter(|(_, (points, _))| *points >= SELDOM) {
        let counts: Vec<String> = counts.iter().map(|(topic, count)| format!("{topic}:{:.0}", count * ONE)).collect();
        let _ = writeln!(lines, "{word}\t{}", counts.join(" "));
    }
    lines
}
