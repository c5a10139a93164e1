//! What the themes know beforehand is what the bundled codebook's coded examples, the points written around topics, the stems and
//! the synonym table give.
//!
//! `UPDATE=1 cargo test --release --test background` makes the files anew.

use kodebok::codebook::Codebook;
use kodebok::themes::learned;
use std::collections::HashSet;

const COUNTS: &str = "data/themes/background.tsv";
const MEANINGS: &str = "data/themes/meanings.bin";
const TOPIC_WORDS: &str = "data/themes/topic-words.tsv";
const HEAD: &str = "# How words speak for the topics of topics.tsv, by number from 0: in how many of a topic's points a term or a synonym class (=) stands,
# each point counted by the word's share in it, in hundredths. Made by UPDATE=1 cargo test --release --test background
";

/// The points that were written around topics, topic after topic.
fn topics() -> Vec<(&'static str, &'static str)> {
    let lines = include_str!("../data/themes/topics.tsv").lines();
    lines.filter(|line| !line.starts_with('#')).map(|line| line.split_once('\t').expect("a topic and a text")).collect()
}

#[test]
fn the_background_was_learned_from_these_texts() {
    let codebook = Codebook::summit_2017();
    let texts: Vec<&str> = codebook.examples.iter().map(|example| example.text.as_str()).collect();
    let learned = learned(&texts, &topics());
    let topic_words = format!("{HEAD}{}", learned.topics);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(COUNTS, learned.counts).unwrap();
        std::fs::write(MEANINGS, learned.meanings).unwrap();
        std::fs::write(TOPIC_WORDS, topic_words).unwrap();
        return;
    }
    let stale = "is stale: UPDATE=1 cargo test --release --test background";
    assert!(learned.counts == std::fs::read_to_string(COUNTS).unwrap(), "{COUNTS} {stale}");
    // Another machine's logarithms may differ in the last bit.
    let held = std::fs::read_to_string(TOPIC_WORDS).unwrap();
    assert!(is_nearly(&topic_words, &held), "{TOPIC_WORDS} {stale}");
    let held = std::fs::read(MEANINGS).unwrap();
    assert_eq!(learned.meanings.len(), held.len(), "{MEANINGS} {stale}");
    let farthest = learned.meanings.iter().zip(&held).map(|(new, old)| (*new as i8).abs_diff(*old as i8)).max();
    assert!(farthest <= Some(2), "{MEANINGS} {stale}");
}

/// Whether two tables are the same but for one in their numbers.
fn is_nearly(new: &str, old: &str) -> bool {
    let parts = |text: &str| text.split([' ', ':', '\t', '\n']).map(str::to_owned).collect::<Vec<_>>();
    let (new, old) = (parts(new), parts(old));
    let same = |(new, old): (&String, &String)| match (new.parse::<f32>(), old.parse::<f32>()) {
        (Ok(new), Ok(old)) => (new - old).abs() < 1.1,
        _ => new == old,
    };
    new.len() == old.len() && new.iter().zip(&old).all(same)
}

#[test]
fn topics_stand_together_and_no_point_twice() {
    let points = topics();
    let runs: Vec<&str> = points.chunk_by(|a, b| a.0 == b.0).map(|of_topic| of_topic[0].0).collect();
    assert!(runs.len() >= 100, "{} topics", runs.len());
    assert_eq!(runs.iter().collect::<HashSet<_>>().len(), runs.len(), "a topic in two places");
    assert_eq!(points.iter().map(|(_, text)| text).collect::<HashSet<_>>().len(), points.len(), "a point twice");
}
