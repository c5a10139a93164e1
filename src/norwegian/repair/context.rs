//! What stands beside what: classes of words, and how much more often one follows another than chance has it.

use super::vocabulary;
use crate::norwegian::lexicon::{self, PartOfSpeech};
use foldhash::{HashMap, HashMapExt};
use std::sync::LazyLock;

/// Pairs of classes are mixed with chance: this share of the probability comes from the words alone.
const CHANCE: f32 = 0.1;
/// How many sightings by chance are added to those counted.
const SMOOTHING: f32 = 10.0;
/// How much of what a pair of classes says counts, as each word's two neighbours say in part the same.
const WEIGHT: f32 = 0.8;

/// Whether å is lost between two words that stand apart: it costs less to have it there than not.
pub(super) fn wants_mark(before: Class, after: Class) -> bool {
    let mark = class("å");
    cost(before, mark) + cost(mark, after) < cost(before, after)
}

/// The class of a sentence's edge.
pub(super) const EDGE: Class = Class(0);

/// A class of words: a usual word is its own, any other shares that of its parts of speech.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Class(u16);

struct Table {
    names: HashMap<&'static str, u16>,
    /// How often a class stands left of, or right of, anything.
    left: Vec<f32>,
    right: Vec<f32>,
    pairs: HashMap<(u16, u16), f32>,
    total: f32,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table =
        Table { names: HashMap::new(), left: vec![0.0], right: vec![0.0], pairs: HashMap::new(), total: 0.0 };
    table.names.insert("^", 0);
    for line in include_str!("../../../data/norwegian/contexts.tsv").lines().filter(|line| !line.starts_with('#')) {
        let mut cells = line.split('\t');
        let (Some(left), Some(right), Some(count)) = (cells.next(), cells.next(), cells.next()) else { continue };
        let count: f32 = count.parse().expect("the embedded table holds counts");
        let pair = (table.intern(left), table.intern(right));
        table.left[usize::from(pair.0)] += count;
        table.right[usize::from(pair.1)] += count;
        table.pairs.insert(pair, count);
        table.total += count;
    }
    table
});

impl Table {
    fn intern(&mut self, name: &'static str) -> u16 {
        let next = u16::try_from(self.left.len()).expect("some hundred classes");
        let id = *self.names.entry(name).or_insert(next);
        if id == next {
            self.left.push(0.0);
            self.right.push(0.0);
        }
        id
    }
}

/// The class of a form in lower case.
pub(super) fn class(form: &str) -> Class {
    let table = &*TABLE;
    let named = table.names.get(form).or_else(|| table.names.get(part_class(form).as_str()));
    Class(named.copied().unwrap_or_else(|| table.names.get("?").copied().unwrap_or_default()))
}

/// What it costs that a class follows another, less what it would cost by chance; below zero where they go together.
pub(super) fn cost(before: Class, after: Class) -> f32 {
    let table = &*TABLE;
    let (before, after) = (before.0, after.0);
    let chance = (table.right[usize::from(after)] + 1.0) / (table.total + 1.0);
    let seen = table.pairs.get(&(before, after)).copied().unwrap_or_default();
    let follows = (seen + SMOOTHING * chance) / (table.left[usize::from(before)] + SMOOTHING);
    -WEIGHT * (CHANCE + (1.0 - CHANCE) * follows / chance).ln()
}

/// The parts of speech that a form can have, as capital letters: I an infinitive, V another form of a verb.
fn part_class(form: &str) -> String {
    if form.starts_with(|c: char| c.is_ascii_digit()) {
        return "#".to_owned();
    }
    let mut letters: Vec<char> = lexicon::edits(form)
        .map(|(base, edit)| match edit.part {
            PartOfSpeech::Verb if edit.lemma(base) == form => 'I',
            PartOfSpeech::Verb => 'V',
            PartOfSpeech::Noun => 'N',
            PartOfSpeech::Adjective => 'A',
            PartOfSpeech::ProperNoun => 'P',
            _ => 'X',
        })
        .collect();
    letters.sort_unstable();
    letters.dedup();
    match letters.is_empty() {
        true if vocabulary::is_usual(form) => "U".to_owned(),
        true => "?".to_owned(),
        false => letters.into_iter().collect(),
    }
}

/// Counts the texts that are ours into `data/norwegian/frequencies.tsv` and `contexts.tsv`.
#[cfg(test)]
mod generate {
    use super::super::pieces::{Gap, pieces};
    use super::part_class;
    use std::collections::{BTreeMap, HashMap};
    use std::fmt::Write as _;

    /// A form that is seen this often is a class of its own.
    const OWN_CLASS: usize = 40;

    fn texts() -> Vec<(String, bool)> {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/data/codebooks/summit-2017.examples.jsonl");
        let text = std::fs::read_to_string(file).expect("the coded examples can be read");
        let lines: Vec<&str> = text.lines().collect();
        let mut texts: Vec<(String, bool)> = lines
            .iter()
            .filter_map(|line| {
                let point: serde_json::Value = serde_json::from_str(line).expect("a line is a point");
                let careful = !matches!(point["genre"].as_str(), Some("hasty" | "transcript"));
                careful.then(|| (point["text"].as_str().expect("a point has a text").to_owned(), point["lang"] == "nn"))
            })
            .collect();
        texts.sort_unstable();
        texts.dedup();
        texts
    }

    fn frequencies(texts: &[(String, bool)]) -> String {
        let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for (text, nynorsk) in texts {
            for piece in pieces(text).iter().filter(|piece| piece.text.chars().all(char::is_alphabetic) && !piece.fixed)
            {
                let count = counts.entry(piece.text.to_lowercase()).or_default();
                count.0 += 1;
                count.1 += usize::from(*nynorsk);
            }
        }
        let mut table = "# Word forms, in lower case, with how often the points of this project have them (twice at least; without the genres\n\
            # hasty and transcript), and how often of that in nynorsk. Made by `UPDATE=1 cargo test --lib repair::context::generate`; written for this project.\n"
            .to_owned();
        for (form, (count, nynorsk)) in counts.iter().filter(|(_, count)| count.0 > 1) {
            let _ = writeln!(table, "{form}\t{count}\t{nynorsk}");
        }
        table
    }

    fn contexts(texts: &[(String, bool)], frequencies: &str) -> String {
        let own: HashMap<&str, usize> = frequencies
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .map(|(form, count)| {
                (form, count.split('\t').next().and_then(|count| count.parse().ok()).unwrap_or_default())
            })
            .filter(|(_, count)| *count >= OWN_CLASS)
            .collect();
        let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
        for (text, _) in texts {
            let mut before = "^".to_owned();
            for piece in pieces(text) {
                let form = piece.text.to_lowercase();
                let class = if own.contains_key(form.as_str()) { form } else { part_class(&form) };
                if matches!(piece.before, Gap::Break | Gap::Comma) {
                    *counts.entry((before, "^".to_owned())).or_default() += 1;
                    before = "^".to_owned();
                }
                *counts.entry((before, class.clone())).or_default() += 1;
                before = class;
            }
            *counts.entry((before, "^".to_owned())).or_default() += 1;
        }
        let mut table = "# How often a class of words follows another in the points of this project (twice at least). A usual word is its own class,\n\
            # others have their parts of speech in capitals; ^ is a sentence's edge, # a number. Made as frequencies.tsv is.\n"
            .to_owned();
        for ((left, right), count) in counts.iter().filter(|(_, count)| **count > 1) {
            let _ = writeln!(table, "{left}\t{right}\t{count}");
        }
        table
    }

    /// Compares by default, writes with `UPDATE=1`.
    fn hold(name: &str, table: &str) {
        let path = format!("{}/data/norwegian/{name}", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, table).expect("the table can be written");
        }
        assert!(std::fs::read_to_string(&path).expect("the table is there") == table, "{name} is stale");
    }

    #[test]
    fn tables_of_counted_words_are_fresh() {
        let texts = texts();
        let frequencies = frequencies(&texts);
        hold("contexts.tsv", &contexts(&texts, &frequencies));
        hold("frequencies.tsv", &frequencies);
    }
}
