//! Bokmål and nynorsk told apart, point by point (`tests/norwegian/languages.tsv`).

use kodebok::norwegian::{Language, language};

#[test]
fn points_have_their_language() {
    let points: Vec<(&str, &str)> = include_str!("norwegian/languages.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
        .collect();
    let told: Vec<(&str, &str, Language)> =
        points.iter().map(|(expected, text)| (*expected, *text, language(text))).collect();
    let decided: Vec<_> = told.iter().filter(|(_, _, found)| *found != Language::Undecided).collect();
    let wrong: Vec<_> =
        decided.iter().filter(|(expected, _, found)| (*expected == "nn") != (*found == Language::Nynorsk)).collect();
    let undecided: Vec<_> = told.iter().filter(|(_, _, found)| *found == Language::Undecided).collect();
    println!(
        "{} points, {} decided, {} of them wrong: {wrong:?}; undecided: {undecided:?}",
        points.len(),
        decided.len(),
        wrong.len()
    );
    assert!(decided.len() * 10 >= points.len() * 9, "at least 90% decided");
    assert!(wrong.len() * 50 <= decided.len(), "at least 98% of those right");
}
