//! Codes points as they come, a line a point, of any number: what is larger than memory too.

use anyhow::{Context, Result, anyhow};
use clap::{Parser, ValueEnum};
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget};
use kodebok::codebook::Codebook;
use kodebok::coding::{Coder, Coding, Run};
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tempfile::NamedTempFile;

/// Codes the points of one file, a line a point, and writes a line of JSON for each: its line, its codes with their
/// probabilities, its text.
#[derive(Parser)]
#[command(
    version,
    after_help = "Worked calls:\n  \
    cargo run --release --example code -- punkter.csv --out resultat/\n  \
    zcat korpus.jsonl.gz | cargo run --release --example code -- - --format jsonl | jq .code\n\
    Memory stays the same however long the file is: some 100 MB, and the longest line.\n\n\
    Exit status: 0 all was coded; 1 some lines could not be read (they are named); 2 nothing could be done."
)]
struct Arguments {
    /// A .txt, .jsonl or .csv file of points; - for standard input. Of .jsonl the field \"text\" is read, of .csv the column
    /// \"text\". Empty points are left out.
    file: PathBuf,
    /// What the file is, whatever its name [default: by its name; txt for standard input].
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// The codebook, a TOML file [default: the bundled one of the 2017 summit].
    #[arg(long, value_name = "FILE")]
    codebook: Option<PathBuf>,
    /// Write points.jsonl there and not to standard output; made if it is not there.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// How many threads to use [default: one a core].
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    threads: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Plain text.
    Txt,
    /// JSON, an object a line.
    Jsonl,
    /// Comma-separated values with a head.
    Csv,
}

/// A point and the line that it begins on, from 1.
struct Point {
    line: u64,
    text: String,
}

impl AsRef<str> for Point {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

/// A point of a .jsonl file; other fields are not looked at.
#[derive(Deserialize)]
struct Object {
    text: String,
}

/// A coded point as it is written.
#[derive(Serialize)]
struct Record<'a> {
    line: u64,
    code: Option<&'a str>,
    codes: Vec<Given<'a>>,
    text: &'a str,
}

#[derive(Serialize)]
struct Given<'a> {
    code: &'a str,
    score: f32,
}

/// What went wrong while points were read.
#[derive(Default)]
struct Trouble {
    /// Lines that are no points.
    wrong: Cell<u64>,
    /// What ended the reading before its time.
    fatal: RefCell<Option<io::Error>>,
}

impl Trouble {
    fn is_wrong(&self, line: u64, reason: impl std::fmt::Display) {
        self.wrong.set(self.wrong.get() + 1);
        if self.wrong.get() <= NAMED {
            eprintln!("code: line {line} is left out: {reason}");
        }
    }
}

/// So many wrong lines are named.
const NAMED: u64 = 20;

/// How often the number of points is shown.
const STEP: u64 = 10_000;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(all_well) => ExitCode::from(u8::from(!all_well)),
        Err(error) => {
            eprintln!("code: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Gives whether every line could be read.
fn run(arguments: &Arguments) -> Result<bool> {
    rayon::ThreadPoolBuilder::new().num_threads(arguments.threads).build_global()?;
    let format = arguments.format.map_or_else(|| format_of(&arguments.file), Ok)?;
    let reader = open(&arguments.file).with_context(|| arguments.file.display().to_string())?;
    let codebook = match &arguments.codebook {
        Some(path) => Codebook::read(path)?,
        None => Codebook::summit_2017(),
    };
    let trouble = Trouble::default();
    let points: Box<dyn Iterator<Item = Point>> = match format {
        Format::Csv => Box::new(of_csv(reader, &trouble)?),
        Format::Txt | Format::Jsonl => Box::new(of_lines(reader, format, &trouble)),
    };
    match &arguments.out {
        Some(out) => write_file(points, &codebook, out).with_context(|| format!("{}: can't be written", out.display())),
        None => write(points, &codebook, BufWriter::new(io::stdout().lock())),
    }?;
    if let Some(error) = trouble.fatal.take() {
        return Err(error).with_context(|| arguments.file.display().to_string());
    }
    if trouble.wrong.get() > NAMED {
        eprintln!("code: {} lines were left out in all", HumanCount(trouble.wrong.get()));
    }
    Ok(trouble.wrong.get() == 0)
}

fn format_of(path: &Path) -> Result<Format> {
    match path.extension().and_then(|extension| extension.to_str()) {
        _ if path == Path::new("-") => Ok(Format::Txt),
        Some("txt") => Ok(Format::Txt),
        Some("jsonl") => Ok(Format::Jsonl),
        Some("csv") => Ok(Format::Csv),
        _ => Err(anyhow!("{}: neither .txt, .jsonl nor .csv; say which with --format", path.display())),
    }
}

fn open(path: &Path) -> io::Result<Box<dyn BufRead>> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    Ok(Box::new(BufReader::with_capacity(1 << 16, File::open(path)?)))
}

/// The points of a text or of lines of JSON; wrong lines are named and passed over.
fn of_lines(mut reader: Box<dyn BufRead>, format: Format, trouble: &Trouble) -> impl Iterator<Item = Point> {
    let (mut line, mut bytes) = (0, Vec::new());
    std::iter::from_fn(move || {
        loop {
            bytes.clear();
            match reader.read_until(b'\n', &mut bytes) {
                Ok(0) => return None,
                Ok(_) => line += 1,
                Err(error) => {
                    trouble.fatal.replace(Some(error));
                    return None;
                }
            }
            match text_of(&bytes, format) {
                Ok(text) if text.is_empty() => {}
                Ok(text) => return Some(Point { line, text }),
                Err(reason) => trouble.is_wrong(line, reason),
            }
        }
    })
}

fn text_of(bytes: &[u8], format: Format) -> Result<String> {
    let text = std::str::from_utf8(bytes)?.trim_start_matches('\u{FEFF}').trim();
    if format == Format::Txt || text.is_empty() {
        return Ok(text.to_owned());
    }
    Ok(serde_json::from_str::<Object>(text)?.text.trim().to_owned())
}

/// The points of a table; wrong rows are named by the line that they begin on and passed over.
fn of_csv(reader: Box<dyn BufRead>, trouble: &Trouble) -> Result<impl Iterator<Item = Point>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(reader);
    let head = reader.headers()?;
    let column = head.iter().position(|name| name.trim_start_matches('\u{FEFF}') == "text");
    let column = column.ok_or_else(|| anyhow!("no column \"text\" in its head"))?;
    let mut records = reader.into_records();
    Ok(std::iter::from_fn(move || {
        loop {
            match records.next()? {
                Ok(record) => {
                    let line = record.position().map_or(0, csv::Position::line);
                    match record.get(column).map(str::trim) {
                        Some("") => {}
                        Some(text) => return Some(Point { line, text: text.to_owned() }),
                        None => trouble.is_wrong(line, "fewer columns than the head"),
                    }
                }
                Err(error) => {
                    let line = error.position().map(csv::Position::line);
                    match error.into_kind() {
                        csv::ErrorKind::Io(error) => {
                            trouble.fatal.replace(Some(error));
                            return None;
                        }
                        kind => trouble.is_wrong(line.unwrap_or_default(), csv_reason(&kind)),
                    }
                }
            }
        }
    }))
}

fn csv_reason(kind: &csv::ErrorKind) -> String {
    match kind {
        csv::ErrorKind::Utf8 { err, .. } => err.to_string(),
        kind => format!("{kind:?}"),
    }
}

/// Writes the file beside its place and moves it there when it is whole.
fn write_file(points: impl Iterator<Item = Point>, codebook: &Codebook, out: &Path) -> Result<()> {
    std::fs::create_dir_all(out)?;
    let mut file = NamedTempFile::new_in(out)?;
    write(points, codebook, BufWriter::new(&mut file))?;
    file.persist(out.join("points.jsonl"))?;
    Ok(())
}

/// Codes points and writes them; that whoever reads has seen enough (`| head`) is no error.
fn write(points: impl Iterator<Item = Point>, codebook: &Codebook, mut to: impl Write) -> Result<()> {
    let coder = Coder::new(codebook);
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let mut run = coder.run();
    for (number, (point, coding)) in (1..).zip(run.stream(points, Run::scores)) {
        let line = serde_json::to_string(&record(&point, &coding, codebook))?;
        match writeln!(to, "{line}") {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            written => written?,
        }
        if number % STEP == 0 {
            bar.set_message(format!("{} points", HumanCount(number)));
            bar.inc(STEP);
        }
    }
    bar.finish_and_clear();
    match to.flush() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

fn record<'a>(point: &'a Point, coding: &Coding, codebook: &'a Codebook) -> Record<'a> {
    let id = |code: usize| codebook.codes[code].id.as_str();
    let codes = coding.codes.iter().map(|given| Given { code: id(given.code), score: given.score }).collect();
    Record { line: point.line, code: coding.primary().map(id), codes, text: &point.text }
}
