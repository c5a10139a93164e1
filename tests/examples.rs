//! The bundled coded examples: none twice, none nearly twice, none that the summit published.

use kodebok::codebook::Codebook;
use std::collections::{BTreeSet, HashMap};

/// The first five letters of a text's words: near enough to stems, and independent of the stemmer.
fn beginnings(text: &str) -> BTreeSet<String> {
    kodebok::norwegian::words(text).map(|word| word.text.to_lowercase().chars().take(5).collect()).collect()
}

/// The share of words that two texts have in common (Jaccard 1901).
fn jaccard(a: &BTreeSet<String>, b: &BTreeSet<String>) -> f64 {
    let both = a.intersection(b).count();
    both as f64 / (a.len() + b.len() - both) as f64
}

#[test]
fn no_two_are_nearly_the_same() {
    const LIMIT: f64 = 0.62;
    let examples = Codebook::summit_2017().examples;
    let sets: Vec<BTreeSet<String>> = examples.iter().map(|example| beginnings(&example.text)).collect();
    let mut holders: HashMap<&str, usize> = HashMap::new();
    sets.iter().flatten().for_each(|word| *holders.entry(word).or_default() += 1);
    // Two sets above the limit share one of the rarest words of each: all but 62% of them, and one more.
    let mut by_word: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, set) in sets.iter().enumerate() {
        let mut rarest: Vec<&str> = set.iter().map(String::as_str).collect();
        rarest.sort_by_key(|word| (holders[word], *word));
        rarest.truncate(set.len() - (set.len() as f64 * LIMIT).ceil() as usize + 1);
        for word in rarest {
            for &other in by_word.get(word).into_iter().flatten() {
                let likeness = jaccard(set, &sets[other]);
                let is_short = set.len() < 3 && sets[other].len() < 3;
                assert!(
                    likeness < LIMIT || (is_short && likeness < 1.0),
                    "lines {} and {} share {likeness:.2} of their words: {}",
                    examples[other].line,
                    examples[at].line,
                    examples[at].text
                );
            }
            by_word.entry(word).or_default().push(at);
        }
    }
}

#[test]
fn none_is_a_sentence_of_the_summit() {
    let text = include_str!("../data/summit-2017/recommendations.txt");
    let document = kodebok::notes::Document::from_text("summit.txt", text);
    let sentences: Vec<BTreeSet<String>> =
        kodebok::notes::outline(0, &document).points.iter().map(|point| beginnings(&point.text)).collect();
    for example in Codebook::summit_2017().examples.iter() {
        let words = beginnings(&example.text);
        let nearest = sentences.iter().map(|sentence| jaccard(sentence, &words)).fold(0.0, f64::max);
        assert!(nearest < 0.5, "line {}: {}", example.line, example.text);
    }
}

#[test]
fn they_are_what_their_readme_says() {
    let examples = Codebook::summit_2017().examples;
    let uncoded = examples.iter().filter(|example| example.code.is_none()).count();
    assert!(examples.len() >= 5_000 && uncoded * 100 >= examples.len() * 12);
    for genre in ["notes", "hasty", "minutes", "document", "transcript"] {
        assert!(examples.iter().filter(|example| example.genre == genre).count() >= 500, "{genre}");
    }
}
