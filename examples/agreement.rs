//! How far coders agree, from a table: a row a unit, a column a coder, in each cell a code, empty where there is none.
//!
//! ```text
//! cargo run --release --example agreement -- codes.csv
//! ```

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, ensure};
use clap::Parser;
use kodebok::agreement::{self, Confusion, Interval, Ratings};
use serde_json::{Map, Value, json};

/// Computes how far coders agree, with bootstrap confidence intervals.
#[derive(Parser)]
struct Arguments {
    /// Tables in CSV (UTF-8, separator , or ;): the first row has the coders' names, each further row the codes of a unit
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Print a JSON object a file, each on a line of its own, instead of tables
    #[arg(long)]
    json: bool,
    /// Resamples for each interval
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..))]
    samples: u32,
    /// Confidence level of the intervals, between 0 and 1
    #[arg(long, default_value_t = 0.95, value_parser = level)]
    level: f64,
    /// Seed of the resamples: the same seed gives the same intervals
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn level(text: &str) -> Result<f64, String> {
    let level = text.parse().unwrap_or(f64::NAN);
    if 0.0 < level && level < 1.0 { Ok(level) } else { Err("give a number between 0 and 1, such as 0.95".into()) }
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    for file in &arguments.files {
        let table = Table::read(file)?;
        let results = results(&table.ratings, arguments);
        let shown = if arguments.json { json_line(&table, &results) } else { text(&table, &results, arguments.level) };
        std::io::stdout().write_all(shown.as_bytes()).context("cannot write to standard output")?;
    }
    Ok(())
}

/// A file of codes: the ratings have each code as its index in `codes`.
struct Table {
    file: PathBuf,
    coders: Vec<String>,
    codes: Vec<String>,
    ratings: Ratings,
}

impl Table {
    fn read(file: &Path) -> Result<Table> {
        let name = file.display();
        let bytes = std::fs::read(file).with_context(|| format!("{name}: cannot be read (check the path)"))?;
        let mut rows = cells(&bytes).map_err(|(row, problem)| anyhow!("{name}:{row}: {problem}"))?;
        ensure!(
            rows.len() > 1,
            "{name}:1: there are no rows of codes (put the coders' names first, then a row a unit)"
        );
        let coders = rows.remove(0);
        let codes: BTreeSet<&String> = rows.iter().flatten().filter(|cell| !cell.is_empty()).collect();
        let codes: Vec<String> = codes.into_iter().cloned().collect();
        let code = |cell: &String| codes.binary_search(cell).ok();
        let ratings = Ratings::from_rows(rows.iter().map(|row| row.iter().map(code).collect::<Vec<_>>()));
        Ok(Table { file: file.to_owned(), coders, codes, ratings })
    }
}

/// A row, as the line on which it starts, from 1, and what is wrong there.
type Problem = (u64, String);

/// The trimmed cells of all rows, the headings first; every row has a cell a heading.
fn cells(bytes: &[u8]) -> Result<Vec<Vec<String>>, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let row = 1 + bytes[..error.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count() as u64;
        (row, "this row is not in UTF-8 (save the table as CSV UTF-8)".to_owned())
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator(text.trim_start()))
        .from_reader(text.as_bytes());
    let mut rows: Vec<Vec<String>> = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| (1, format!("{error} (save the table as CSV again)")))?;
        check(&record, rows.first()).map_err(|problem| (row_of(&record, text.as_bytes()), problem))?;
        rows.push(record.iter().map(|cell| cell.trim().to_owned()).collect());
    }
    Ok(rows)
}

/// The line on which a row starts. The reader's own count is taken before the ends of line that it skips.
fn row_of(record: &csv::StringRecord, text: &[u8]) -> u64 {
    let (before, rest) = text.split_at(record.position().map_or(0, |at| at.byte() as usize).min(text.len()));
    let skipped = rest.iter().take_while(|byte| b"\r\n".contains(byte));
    1 + before.iter().chain(skipped).filter(|&&byte| byte == b'\n').count() as u64
}

/// The one of , and ; that is found more often in the headings, quoted parts aside.
fn separator(text: &str) -> u8 {
    let headings = text.split('"').step_by(2).flat_map(str::chars).take_while(|&char| char != '\n');
    let (commas, semicolons) = headings.fold((0, 0), |(commas, semicolons), char| {
        (commas + usize::from(char == ','), semicolons + usize::from(char == ';'))
    });
    if semicolons > commas { b';' } else { b',' }
}

fn check(record: &csv::StringRecord, headings: Option<&Vec<String>>) -> Result<(), String> {
    if let Some(cell) = record.iter().find(|cell| cell.contains(['\n', '\r'])) {
        let start = cell.lines().next().unwrap_or_default();
        return Err(format!("a quoted cell runs over the end of the row: {start} (close the quote, or double it)"));
    }
    match headings {
        None if record.len() < 2 => Err("there is only one column (separate the coders with , or ;)".into()),
        None => match record.iter().position(|heading| heading.trim().is_empty()) {
            Some(at) => Err(format!("column {} has no heading (name its coder, or remove the column)", at + 1)),
            None => Ok(()),
        },
        Some(headings) if record.len() != headings.len() => Err(format!(
            "this row has {} cells, but there are {} headings (leave a cell empty where a code is missing, and put quotes \
             around a code with the separator in it)",
            record.len(),
            headings.len()
        )),
        Some(_) => Ok(()),
    }
}

/// A statistic's name, its key in JSON, and its value and interval where it is defined.
struct Outcome {
    name: &'static str,
    key: &'static str,
    value: Option<(f64, Option<Interval>)>,
}

fn results(ratings: &Ratings, arguments: &Arguments) -> Vec<Outcome> {
    type Statistic = fn(&Ratings) -> Option<f64>;
    let statistics: [(&str, &str, Statistic); 7] = [
        ("Percent agreement", "percent_agreement", agreement::percent_agreement),
        ("Cohen's kappa", "cohen_kappa", agreement::cohen_kappa),
        ("Fleiss' kappa", "fleiss_kappa", agreement::fleiss_kappa),
        ("Krippendorff's alpha", "krippendorff_alpha", agreement::krippendorff_alpha),
        ("Gwet's AC1", "gwet_ac1", agreement::gwet_ac1),
        ("Accuracy", "accuracy", |ratings| Confusion::new(ratings)?.accuracy()),
        ("Macro-F1", "macro_f1", |ratings| Confusion::new(ratings)?.macro_f1()),
    ];
    let interval = |statistic: Statistic| {
        agreement::interval(ratings, statistic, arguments.samples as usize, arguments.level, arguments.seed)
    };
    let outcome = |(name, key, statistic): (_, _, Statistic)| {
        let value = statistic(ratings).map(|value| (value, interval(statistic)));
        Outcome { name, key, value }
    };
    statistics.map(outcome).into()
}

fn json_line(table: &Table, results: &[Outcome]) -> String {
    let statistics: Map<String, Value> = results.iter().map(|it| (it.key.to_owned(), json_outcome(it))).collect();
    let object = json!({
        "file": table.file.to_string_lossy(),
        "units": table.ratings.units(),
        "coders": table.coders,
        "codes": table.codes,
        "statistics": statistics,
        "confusion": Confusion::new(&table.ratings).map(|confusion| json_confusion(table, &confusion)),
    });
    format!("{object}\n")
}

fn json_outcome(outcome: &Outcome) -> Value {
    outcome.value.map_or(Value::Null, |(value, interval)| {
        json!({ "value": value, "low": interval.map(|it| it.low), "high": interval.map(|it| it.high) })
    })
}

fn json_confusion(table: &Table, confusion: &Confusion) -> Value {
    let codes = 0..table.codes.len();
    let counts: Vec<Vec<usize>> =
        codes.clone().map(|first| codes.clone().map(|second| confusion.count(first, second)).collect()).collect();
    let scores: Map<String, Value> = confusion
        .codes()
        .filter_map(|code| {
            let scores = confusion.scores(code)?;
            let shown = json!({ "precision": scores.precision, "recall": scores.recall, "f1": scores.f1 });
            Some((table.codes[code].clone(), shown))
        })
        .collect();
    json!({ "units": confusion.units(), "counts": counts, "scores": scores })
}

fn text(table: &Table, results: &[Outcome], level: f64) -> String {
    let (units, coders, codes) = (table.ratings.units(), table.coders.len(), table.codes.len());
    let mut text = format!("{} (units: {units}, coders: {coders}, codes: {codes})\n\n", table.file.display());
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{:<20} {:>9}   Interval, level {level}", "Statistic", "Value");
    for Outcome { name, value, .. } in results {
        let _ = match value {
            Some((value, Some(it))) => writeln!(text, "{name:<20} {value:>9.4}   {:.4} to {:.4}", it.low, it.high),
            Some((value, None)) => writeln!(text, "{name:<20} {value:>9.4}   -"),
            None => writeln!(text, "{name:<20} {:>9}   -", "undefined"),
        };
    }
    text.push('\n');
    text + &Confusion::new(&table.ratings).map_or(String::new(), |confusion| text_confusion(table, &confusion))
}

fn text_confusion(table: &Table, confusion: &Confusion) -> String {
    let (reference, second) = (&table.coders[0], &table.coders[1]);
    let mut text =
        format!("{second}, with {reference} as the reference (units coded by both: {})\n\n", confusion.units());
    let width = table.codes.iter().map(|code| code.chars().count()).max().unwrap_or(0).max("Code".len());
    let _ = writeln!(text, "{:<width$} {:>9} {:>9} {:>9}", "Code", "Precision", "Recall", "F1");
    for (code, scores) in confusion.codes().filter_map(|code| Some((code, confusion.scores(code)?))) {
        let [precision, recall] = [scores.precision, scores.recall].map(shown);
        let _ = writeln!(text, "{:<width$} {precision:>9} {recall:>9} {:>9.4}", table.codes[code], scores.f1);
    }
    text.push('\n');
    text
}

fn shown(value: Option<f64>) -> String {
    value.map_or("undefined".into(), |value| format!("{value:.4}"))
}
