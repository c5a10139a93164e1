//! Themes against those that notes were written around: the bundled notes, and sets in `tests/themes/`.
//!
//! `cargo test --release --test themes -- --nocapture` prints the curves.

use kodebok::codebook::Codebook;
use kodebok::coding::{self, Coder, Coding};
use kodebok::notes::{Document, Point, points, read_folder};
use kodebok::themes::{Options, Tree, naive_tree, tree};
use std::collections::HashMap;

/// The themes of the bundled notes' points by `tests/themes.tsv`: file, line, code, theme and first words of each.
fn written(points: &[Point<'_>], paths: &[String]) -> Vec<Option<String>> {
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
            Some(row[3].to_owned())
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

/// Points with their codings by the bundled codebook and the themes that they were written around.
struct Set {
    name: &'static str,
    documents: Vec<Document>,
    /// Which of the documents' points are of the set, and their themes; each that stands alone has one of its own.
    known: Vec<(usize, String)>,
}

impl Set {
    /// A set of `tests/themes/`: theme and text on each line.
    fn of_table(name: &'static str, table: &str) -> Set {
        let rows: Vec<(&str, &str)> =
            table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t')).collect();
        let text: String = rows.iter().map(|(_, text)| format!("- {text}\n")).collect();
        let themes = rows.iter().map(|(theme, _)| (*theme).to_owned()).enumerate().collect();
        Set { name, documents: vec![Document::from_text("bord-1.txt", &text)], known: alone_apart(themes) }
    }

    fn bundled() -> Set {
        let folder = read_folder("data/notes").unwrap();
        let paths: Vec<String> = folder.documents.iter().map(|document| document.path.clone()).collect();
        let written = written(&points(&folder.documents), &paths);
        let known: Vec<(usize, String)> =
            written.into_iter().enumerate().filter_map(|(at, theme)| Some((at, theme?))).collect();
        assert!(known.len() >= 150, "only {} points of tests/themes.tsv were found again", known.len());
        Set { name: "bundled", documents: folder.documents, known: alone_apart(known) }
    }

    /// Half of a set: every other theme, and every other that stands alone.
    fn half(&self, name: &'static str, odd: bool) -> Set {
        let mut themes: Vec<&String> = self.known.iter().map(|(_, theme)| theme).collect();
        themes.sort();
        themes.dedup();
        let is_kept = |theme: &String| (themes.binary_search(&theme).unwrap() % 2 == 1) == odd;
        let known = self.known.iter().filter(|(_, theme)| is_kept(theme)).cloned().collect();
        Set { name, documents: self.documents.clone(), known }
    }

    /// B-cubed F1 at each likeness.
    fn scores(&self, coder: &Coder, likenesses: &[f32]) -> Vec<f64> {
        let all = points(&self.documents);
        let kept: Vec<Point<'_>> = self.known.iter().map(|&(at, _)| all[at].clone()).collect();
        let truth: Vec<&String> = self.known.iter().map(|(_, theme)| theme).collect();
        let codings: Vec<Coding> = coding::code(&kept, coder);
        let tree = tree(&kept, &codings);
        likenesses.iter().map(|&likeness| score(&tree, &kept, &truth, likeness)).collect()
    }
}

fn alone_apart(known: Vec<(usize, String)>) -> Vec<(usize, String)> {
    let name = |at: usize, theme: String| if theme == "-" { format!("-{at}") } else { theme };
    known.into_iter().map(|(at, theme)| (at, name(at, theme))).collect()
}

fn score(tree: &Tree, points: &[Point<'_>], truth: &[&String], likeness: f32) -> f64 {
    let mut found = vec![usize::MAX; points.len()];
    for (number, theme) in tree.themes(points, Options { likeness }).iter().enumerate() {
        theme.points.iter().for_each(|&at| found[at] = number);
    }
    assert!(found.iter().all(|&theme| theme != usize::MAX), "a point in no theme");
    b_cubed(&found, truth)
}

/// The default cut is near the best of every set, and each set is grouped far better than TF-IDF or n-grams could (0.38 and 0.41 on
/// `dev` at the thresholds that suit it best, 0.65 and 0.66 on the bundled notes).
#[test]
fn themes_of_several_sets() {
    let dev = Set::of_table("dev", include_str!("themes/dev.tsv"));
    let bundled = Set::bundled();
    let halves = [
        dev.half("dev, one half", false),
        dev.half("dev, other half", true),
        bundled.half("bundled, one half", false),
        bundled.half("bundled, other half", true),
    ];
    let coder = Coder::new(&Codebook::summit_2017());
    let mut likenesses: Vec<f32> = (5..=18).map(|step| step as f32 * 0.02).collect();
    likenesses.push(Options::default().likeness);
    println!("{:20} {}", "likeness", likenesses.iter().map(|at| format!("{at:6.2}")).collect::<String>());
    for (set, least) in [&dev, &bundled].into_iter().chain(&halves).zip([0.72, 0.82, 0.72, 0.78, 0.88, 0.82]) {
        let scores = set.scores(&coder, &likenesses);
        println!("{:20} {}", set.name, scores.iter().map(|score| format!("{score:6.3}")).collect::<String>());
        let default = scores[scores.len() - 1];
        let best = scores.iter().copied().fold(0.0, f64::max);
        assert!(default >= least && default >= best - 0.06, "{}: {default}, at best {best}", set.name);
    }
}

/// Nothing was tuned to this set.
#[test]
#[ignore = "a figure to report, not to work towards"]
fn themes_of_the_set_held_back() {
    let set = Set::of_table("held back", include_str!("themes/heldback.tsv"));
    let score = set.scores(&Coder::new(&Codebook::summit_2017()), &[Options::default().likeness])[0];
    println!("held back: B-cubed F1 {score:.3}");
    assert!(score >= 0.62, "{score}");
}

/// Among thousands of other points, where not every two are compared, themes come out as well as where all are.
#[test]
fn candidates_serve_as_well_as_all_pairs() {
    let codebook = Codebook::summit_2017();
    let set = Set::of_table("dev", include_str!("themes/dev.tsv"));
    let others = codebook.examples.iter().step_by(9).map(|example| format!("- {}\n", example.text.replace('\n', " ")));
    let text = format!("{}\n{}", set.documents[0].text, others.collect::<String>());
    let document = Document::from_text("bord-1.txt", &text);
    let all = points(std::slice::from_ref(&document));
    let codings = coding::code(&all, &Coder::new(&codebook));
    let truth: Vec<&String> = set.known.iter().map(|(_, theme)| theme).collect();
    let score_of = |tree: Tree| {
        let mut found = vec![0; all.len()];
        for (number, theme) in tree.themes(&all, Options::default()).iter().enumerate() {
            theme.points.iter().for_each(|&at| found[at] = number);
        }
        b_cubed(&found[..truth.len()], &truth)
    };
    let (candidates, naive) = (score_of(tree(&all, &codings)), score_of(naive_tree(&all, &codings)));
    println!("dev among {} points: B-cubed F1 {candidates:.3} from candidates, {naive:.3} from all pairs", all.len());
    assert!(candidates >= 0.62 && candidates >= naive - 0.04, "{candidates} against {naive}");
}
