//! Themes against those that the bundled notes were written around.

use kodebok::coding::{Assigned, Coding};
use kodebok::notes::{Point, points, read_folder};
use kodebok::themes::{Options, group};
use std::collections::HashMap;

/// A point's place in the notes, its code and its theme as written; `-` for one that was raised once.
struct Written {
    code: usize,
    theme: String,
}

/// What `tests/themes.tsv` says of the bundled notes' points: file, line, code, theme and first words of each.
fn written(points: &[Point<'_>], paths: &[String]) -> Vec<Option<Written>> {
    let codes = ["holdninger", "kunnskap", "lover", "systemer"];
    let rows: Vec<Vec<&str>> = include_str!("themes.tsv")
        .lines()
        .map(|line| line.split('\t').collect())
        .filter(|row: &Vec<&str>| row.len() == 5)
        .collect();
    let begins: HashMap<(&str, &str), Vec<&Vec<&str>>> = rows.iter().fold(HashMap::new(), |mut map, row| {
        map.entry((row[0], row[1])).or_insert_with(Vec::new).push(row);
        map
    });
    points
        .iter()
        .map(|point| {
            let line = point.line.to_string();
            let rows = begins.get(&(paths[point.document].as_str(), line.as_str()))?;
            let row = rows.iter().find(|row| point.text.starts_with(row[4].trim_end_matches('…').trim()))?;
            let code = codes.iter().position(|code| *code == row[2])?;
            Some(Written { code, theme: row[3].to_owned() })
        })
        .collect()
}

/// B-cubed F1 (Bagga and Baldwin 1998) of two groupings of the same items.
fn b_cubed<A: Eq + std::hash::Hash, B: Eq + std::hash::Hash>(found: &[A], truth: &[B]) -> f64 {
    let overlap = |at: usize| {
        (0..found.len()).filter(|&other| found[at] == found[other] && truth[at] == truth[other]).count() as f64
    };
    let size = |in_group: &dyn Fn(usize) -> bool| (0..found.len()).filter(|&other| in_group(other)).count() as f64;
    let count = found.len() as f64;
    let precision: f64 =
        (0..found.len()).map(|at| overlap(at) / size(&|other| found[at] == found[other])).sum::<f64>() / count;
    let recall: f64 =
        (0..found.len()).map(|at| overlap(at) / size(&|other| truth[at] == truth[other])).sum::<f64>() / count;
    2.0 * precision * recall / (precision + recall)
}

#[test]
fn themes_of_the_bundled_notes() {
    let folder = read_folder("data/notes").unwrap();
    let paths: Vec<String> = folder.documents.iter().map(|document| document.path.clone()).collect();
    let points = points(&folder.documents);
    let written = written(&points, &paths);
    let known: Vec<usize> = (0..points.len()).filter(|&at| written[at].is_some()).collect();
    assert!(known.len() >= 150, "only {} points of tests/themes.tsv were found again", known.len());
    let kept: Vec<Point<'_>> = known.iter().map(|&at| points[at].clone()).collect();
    let truth: Vec<&Written> = known.iter().filter_map(|&at| written[at].as_ref()).collect();
    let codings: Vec<Coding> = truth
        .iter()
        .map(|written| Coding {
            codes: vec![Assigned { code: written.code, score: 1.0, evidence: Vec::new() }],
            scores: vec![0.0; 4],
            ..Coding::default()
        })
        .collect();
    // One raised once is a theme of its own.
    let true_themes: Vec<String> = truth
        .iter()
        .enumerate()
        .map(|(at, written)| if written.theme == "-" { format!("-{at}") } else { written.theme.clone() })
        .collect();
    let score = |likeness: f32| {
        let mut found = vec![0; kept.len()];
        for (number, theme) in group(&kept, &codings, Options { likeness }).iter().enumerate() {
            theme.points.iter().for_each(|&at| found[at] = number);
        }
        b_cubed(&found, &true_themes)
    };
    for step in 2..=14 {
        let likeness = step as f32 * 0.025;
        println!("likeness {likeness:.3}: B-cubed F1 {:.3}", score(likeness));
    }
    let default = score(Options::default().likeness);
    println!("default: {default:.3} on {} points", kept.len());
    assert!(default >= 0.5, "{default}");
}
