//! How well the coder agrees with people: cross-validation over coded examples, with intervals.

use anyhow::{Context, Result, bail};
use clap::{Parser, ValueEnum};
use kodebok::agreement::{Confusion, Interval, Ratings, cohen_kappa, interval};
use kodebok::codebook::{Codebook, Example, examples_from_jsonl};
use kodebok::coding::{self, Coder, Coding};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::ExitCode;

/// Tests the coder on coded examples that it has not seen.
///
/// Without FILE: cross-validation over the codebook's own examples, in folds of whole groups (who wrote them) or at random.
/// With FILE: the coder learns from the codebook's examples and is held against the codes in FILE.
#[derive(Parser)]
#[command(
    version,
    after_help = "A worked call:\n  \
    cargo run --release --example evaluate -- --folds 5\n\
    prints macro-F1, kappa, how often the code is the primary or a defensible one, and the calibration error, by genre.\n\n\
    A CSV file has the headings text and code (and also, codes parted by spaces); JSON lines have the same fields."
)]
struct Arguments {
    /// Coded points: JSON lines, or CSV with the headings text and code.
    files: Vec<PathBuf>,
    /// The codebook, a TOML file [default: the bundled one of the 2017 summit].
    #[arg(long, value_name = "FILE")]
    codebook: Option<PathBuf>,
    /// How many folds.
    #[arg(long, default_value_t = 5)]
    folds: usize,
    /// What is left out together.
    #[arg(long, value_enum, default_value_t = By::Group)]
    by: By,
    /// Only this share of the examples, of those that are learned from: for the learning curve.
    #[arg(long, default_value_t = 1.0)]
    share: f64,
    /// One JSON object instead of a table.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum By {
    /// Whole groups: no writer is both learned from and tested on.
    Group,
    /// Every so many examples, whoever wrote them.
    Random,
}

/// An example with what the coder made of it.
struct Tested<'e> {
    example: &'e Example,
    coding: Coding,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("evaluate: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let codebook = match &arguments.codebook {
        Some(path) => Codebook::read(path)?,
        None => Codebook::summit_2017(),
    };
    let mut own = Vec::new();
    for file in &arguments.files {
        own.extend(read(file, &codebook)?);
    }
    let tested = if own.is_empty() {
        cross_validated(&codebook, arguments)?
    } else {
        let coder = Coder::new(&codebook);
        test(&own.iter().collect::<Vec<_>>(), &coder)
    };
    let mut rows: BTreeMap<&str, Vec<&Tested<'_>>> = BTreeMap::new();
    for one in &tested {
        rows.entry(if one.example.genre.is_empty() { "-" } else { &one.example.genre }).or_default().push(one);
    }
    let all: Vec<&Tested<'_>> = tested.iter().collect();
    let rows: Vec<Row> =
        rows.iter().map(|(genre, tested)| row(genre, tested, &codebook)).chain([row("all", &all, &codebook)]).collect();
    if arguments.json {
        println!("{}", serde_json::to_string(&rows)?);
    } else {
        print_table(&rows);
        print_review(&all);
    }
    Ok(())
}

fn read(file: &PathBuf, codebook: &Codebook) -> Result<Vec<Example>> {
    let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
    let (text, _) = kodebok::notes::decode(&bytes).map_err(|error| error.in_file(file))?;
    let ids: Vec<&str> = codebook.codes.iter().map(|code| code.id.as_str()).collect();
    let lines = if file.extension().is_some_and(|extension| extension == "csv") { jsonl_of_csv(&text)? } else { text };
    Ok(examples_from_jsonl(&lines, &ids).map_err(|error| error.in_file(file))?)
}

fn jsonl_of_csv(text: &str) -> Result<String> {
    let first = text.lines().next().unwrap_or_default();
    let separator = if first.matches(';').count() > first.matches(',').count() { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).from_reader(text.as_bytes());
    let headings = reader.headers()?.clone();
    let column = |name: &str| headings.iter().position(|heading| heading.eq_ignore_ascii_case(name));
    let (Some(words), Some(code)) = (column("text"), column("code")) else {
        bail!("line 1: no columns named text and code (found {})", headings.iter().collect::<Vec<_>>().join(", "));
    };
    let mut lines = String::new();
    for record in reader.records() {
        let record = record?;
        let cell = |at: usize| record.get(at).unwrap_or_default();
        let also: Vec<&str> = column("also").map(|at| cell(at).split_whitespace().collect()).unwrap_or_default();
        lines += &serde_json::json!({ "text": cell(words), "code": cell(code), "also": also }).to_string();
        lines.push('\n');
    }
    Ok(lines)
}

fn cross_validated<'c>(codebook: &'c Codebook, arguments: &Arguments) -> Result<Vec<Tested<'c>>> {
    let examples = &codebook.examples;
    let groups: BTreeSet<&str> = examples.iter().map(|example| example.group.as_str()).collect();
    let folds = if arguments.by == By::Group { arguments.folds.min(groups.len()) } else { arguments.folds };
    if folds < 2 {
        bail!("the codebook's examples are too few, or of one group: --by random divides them all the same");
    }
    let number: BTreeMap<&str, usize> = groups.iter().enumerate().map(|(at, group)| (*group, at)).collect();
    let fold_of = |at: usize| match arguments.by {
        By::Group => number[examples[at].group.as_str()] % folds,
        By::Random => at % folds,
    };
    let mut tested = Vec::new();
    for fold in 0..folds {
        let learned: Vec<Example> =
            (0..examples.len()).filter(|&at| fold_of(at) != fold).map(|at| examples[at].clone()).collect();
        let kept = (learned.len() as f64 * arguments.share) as usize;
        let every = learned.len().max(1) as f64 / kept.max(1) as f64;
        let learned: Vec<_> = (0..kept).map(|at| learned[(at as f64 * every) as usize].clone()).collect();
        let mut without = codebook.clone();
        without.examples = learned.into();
        without.hash.clear();
        let left: Vec<&Example> =
            (0..examples.len()).filter(|&at| fold_of(at) == fold).map(|at| &examples[at]).collect();
        tested.extend(test(&left, &Coder::new(&without)));
    }
    Ok(tested)
}

fn test<'e>(examples: &[&'e Example], coder: &Coder) -> Vec<Tested<'e>> {
    let texts: Vec<&str> = examples.iter().map(|example| example.text.as_str()).collect();
    let codings = coding::code(&texts, coder);
    examples.iter().zip(codings).map(|(example, coding)| Tested { example, coding }).collect()
}

/// The figures of some examples.
#[derive(serde::Serialize)]
struct Row {
    genre: String,
    points: usize,
    macro_f1: f64,
    low: f64,
    high: f64,
    kappa: Option<f64>,
    defensible: f64,
    further_f1: f64,
    calibration_error: f64,
}

fn row(genre: &str, tested: &[&Tested<'_>], codebook: &Codebook) -> Row {
    let none = codebook.codes.len();
    let people: Vec<Option<usize>> = tested.iter().map(|one| Some(one.example.code.unwrap_or(none))).collect();
    let machine: Vec<Option<usize>> = tested.iter().map(|one| Some(one.coding.primary().unwrap_or(none))).collect();
    let ratings = Ratings::from_coders(&people, &machine).expect("as many codings as examples");
    let f1 = |ratings: &Ratings| Confusion::new(ratings).and_then(|confusion| confusion.macro_f1());
    let Interval { low, high, .. } = interval(&ratings, f1, 200, 0.95, 1).unwrap_or(Interval { low: 0.0, high: 1.0 });
    let defensible = tested.iter().filter(|one| is_defensible(one)).count() as f64 / tested.len() as f64;
    Row {
        genre: genre.to_owned(),
        points: tested.len(),
        macro_f1: f1(&ratings).unwrap_or_default(),
        low,
        high,
        kappa: cohen_kappa(&ratings),
        defensible,
        further_f1: further_f1(tested),
        calibration_error: calibration_error(tested),
    }
}

fn is_right(one: &Tested<'_>) -> bool {
    one.coding.primary() == one.example.code
}

fn is_defensible(one: &Tested<'_>) -> bool {
    is_right(one) || one.coding.primary().is_some_and(|code| one.example.also.contains(&code))
}

/// F1 over the pairs of a point and a further code.
fn further_f1(tested: &[&Tested<'_>]) -> f64 {
    let (mut both, mut found, mut wanted) = (0.0, 0.0, 0.0);
    for one in tested {
        for assigned in one.coding.codes.iter().skip(1) {
            found += 1.0;
            both += f64::from(one.example.also.contains(&assigned.code));
        }
        wanted += one.example.also.len() as f64;
    }
    2.0 * both / (found + wanted)
}

/// The probability of the outcome that was chosen.
fn sureness(coding: &Coding) -> f64 {
    let none = 1.0 - coding.scores.iter().sum::<f32>();
    f64::from(coding.codes.first().map_or(none, |assigned| assigned.score))
}

/// The expected calibration error in ten bins (Guo et al. 2017).
fn calibration_error(tested: &[&Tested<'_>]) -> f64 {
    let mut bins = [(0.0, 0.0); 10];
    for one in tested {
        let sureness = sureness(&one.coding);
        let bin = &mut bins[((sureness * 10.0) as usize).min(9)];
        bin.0 += sureness;
        bin.1 += f64::from(is_right(one));
    }
    bins.iter().map(|(sure, right)| (sure - right).abs()).sum::<f64>() / tested.len() as f64
}

fn print_table(rows: &[Row]) {
    println!(
        "{:<12} {:>6} {:>9} {:>15} {:>6} {:>10} {:>10} {:>11}",
        "genre", "points", "macro-F1", "95%", "kappa", "defensible", "further F1", "calibration"
    );
    for row in rows {
        let interval = format!("{:.3}-{:.3}", row.low, row.high);
        let kappa = row.kappa.map_or("-".to_owned(), |kappa| format!("{kappa:.3}"));
        println!(
            "{:<12} {:>6} {:>9.3} {:>15} {:>6} {:>10.3} {:>10.3} {:>11.3}",
            row.genre, row.points, row.macro_f1, interval, kappa, row.defensible, row.further_f1, row.calibration_error
        );
    }
}

/// What share of the errors a person finds who looks at the fifth of the points with the least margin.
fn print_review(tested: &[&Tested<'_>]) {
    let mut order: Vec<&&Tested<'_>> = tested.iter().collect();
    order.sort_by(|a, b| a.coding.margin().total_cmp(&b.coding.margin()));
    let errors = tested.iter().filter(|one| !is_right(one)).count();
    let caught = order.iter().take(tested.len() / 5).filter(|one| !is_right(one)).count();
    println!(
        "\nthe fifth with the least margin holds {caught} of {errors} errors ({:.0} %)",
        100.0 * caught as f64 / errors.max(1) as f64
    );
}
