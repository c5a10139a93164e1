//! Files to points: whole files, standard input, or the points that begin in a range of a file's bytes.

use anyhow::{Context, Result, anyhow};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// So many wrong lines are named.
pub const NAMED: u64 = 20;

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Plain text.
    Txt,
    /// JSON, an object a line.
    Jsonl,
    /// Comma-separated values with a head.
    Csv,
}

/// A file of points, or standard input.
pub struct Source {
    pub path: PathBuf,
    pub name: String,
    pub format: Format,
}

impl Source {
    pub fn new(path: &Path, format: Option<Format>) -> Result<Self> {
        let format = format.map_or_else(|| format_of(path), Ok)?;
        Ok(Source { path: path.to_owned(), name: path.display().to_string(), format })
    }

    fn is_standard_input(&self) -> bool {
        self.path == Path::new("-")
    }

    /// The source from a byte on.
    fn open(&self, from: u64) -> io::Result<Box<dyn BufRead>> {
        if self.is_standard_input() {
            return Ok(Box::new(io::stdin().lock()));
        }
        let mut file = File::open(&self.path)?;
        if from > 0 {
            file.seek(SeekFrom::Start(from))?;
        }
        Ok(Box::new(BufReader::with_capacity(1 << 16, file)))
    }
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

/// What is to be read of a source: the points whose lines begin in these bytes, or all.
pub struct Part {
    pub source: usize,
    pub bytes: Option<Range<u64>>,
}

/// A point and where it begins.
pub struct Point {
    pub source: usize,
    /// From 1; of a part of a source its lines alone are counted, but of .csv those before it too.
    pub line: u64,
    /// The byte of the source that its line begins at.
    pub at: u64,
    pub text: String,
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

/// What was read of a source.
#[derive(Clone, Copy, Default)]
pub struct Tally {
    /// All lines, empty ones too; not counted of .csv, whose points know their lines.
    pub lines: u64,
    /// Lines that are no points.
    pub wrong: u64,
}

/// Sources being read, and what went wrong with them.
pub struct Reading<'s> {
    pub sources: &'s [Source],
    pub tallies: Vec<Cell<Tally>>,
    /// What ended the reading before its time.
    fatal: RefCell<Option<anyhow::Error>>,
}

impl<'s> Reading<'s> {
    pub fn new(sources: &'s [Source]) -> Self {
        let tallies = sources.iter().map(|_| Cell::default()).collect();
        Reading { sources, tallies, fatal: RefCell::default() }
    }

    /// The points of parts, one part after the other. What ends them early is for [`Reading::finish`] to tell.
    pub fn points(&self, parts: Vec<Part>) -> impl Iterator<Item = Point> {
        parts
            .into_iter()
            .map_while(|part| {
                if self.fatal.borrow().is_some() {
                    return None;
                }
                let source = part.source;
                self.part(part).map_err(|error| self.is_fatal(source, error)).ok()
            })
            .flatten()
    }

    /// Fails with what ended the reading before its time.
    pub fn finish(&self) -> Result<()> {
        match &*self.fatal.borrow() {
            Some(error) => Err(anyhow!("{error:#}")),
            None => Ok(()),
        }
    }

    /// How many lines were no points.
    pub fn wrong(&self) -> u64 {
        self.tallies.iter().map(|tally| tally.get().wrong).sum()
    }

    fn part(&self, part: Part) -> Result<Box<dyn Iterator<Item = Point> + '_>> {
        match self.sources[part.source].format {
            Format::Csv => Ok(Box::new(self.rows(part)?)),
            Format::Txt | Format::Jsonl => Ok(Box::new(self.lines(part)?)),
        }
    }

    /// The points of a text or of lines of JSON; wrong lines are named and passed over.
    fn lines(&self, part: Part) -> Result<impl Iterator<Item = Point>> {
        let source = part.source;
        let (mut reader, mut at) = self.first_line(&part)?;
        let (mut line, mut bytes) = (0, Vec::new());
        Ok(std::iter::from_fn(move || {
            while part.bytes.as_ref().is_none_or(|bytes| at < bytes.end) {
                bytes.clear();
                match reader.read_until(b'\n', &mut bytes) {
                    Ok(0) => {
                        self.ends_at(&part, at);
                        break;
                    }
                    Ok(_) => line += 1,
                    Err(error) => {
                        self.is_fatal(source, error.into());
                        break;
                    }
                }
                self.tally(source, |tally| tally.lines += 1);
                let begun = at;
                at += bytes.len() as u64;
                match text_of(&bytes, self.sources[source].format) {
                    Ok(text) if text.is_empty() => {}
                    Ok(text) => return Some(Point { source, line, at: begun, text }),
                    Err(reason) => self.is_wrong(&part, line, begun, reason),
                }
            }
            None
        }))
    }

    /// A part's first line and the byte that it begins at: a line that began before the part is another's.
    fn first_line(&self, part: &Part) -> Result<(Box<dyn BufRead>, u64)> {
        let source = &self.sources[part.source];
        let Some(before) = part.bytes.as_ref().and_then(|bytes| bytes.start.checked_sub(1)) else {
            return Ok((source.open(0)?, 0));
        };
        let mut reader = source.open(before)?;
        let passed = reader.skip_until(b'\n')?;
        Ok((reader, before + passed as u64))
    }

    /// The points of a table; wrong rows are named by the line that they begin on and passed over. A line may begin inside a
    /// quoted text, which shows only to who has read what is before it, so that a part is read from the file's beginning.
    fn rows(&self, part: Part) -> Result<impl Iterator<Item = Point>> {
        let source = part.source;
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(self.sources[source].open(0)?);
        let head = reader.headers()?;
        let column = head.iter().position(|name| name.trim_start_matches('\u{FEFF}') == "text");
        let column = column.ok_or_else(|| anyhow!("no column \"text\" in its head"))?;
        Ok(std::iter::from_fn(move || {
            loop {
                let (line, at) = (reader.position().line(), reader.position().byte());
                if part.bytes.as_ref().is_some_and(|bytes| at >= bytes.end) {
                    return None;
                }
                let mut record = csv::StringRecord::new();
                let read = reader.read_record(&mut record);
                let elsewhere = part.bytes.as_ref().is_some_and(|bytes| at < bytes.start);
                match read {
                    Ok(false) => {
                        self.ends_at(&part, at);
                        return None;
                    }
                    Ok(true) if elsewhere => {}
                    Ok(true) => match record.get(column).map(str::trim) {
                        Some("") => {}
                        Some(text) => return Some(Point { source, line, at, text: text.to_owned() }),
                        None => self.is_wrong(&part, line, at, "fewer columns than the head"),
                    },
                    Err(error) => match error.into_kind() {
                        csv::ErrorKind::Io(error) => {
                            self.is_fatal(source, error.into());
                            return None;
                        }
                        _ if elsewhere => {}
                        kind => self.is_wrong(&part, line, at, csv_reason(&kind)),
                    },
                }
            }
        }))
    }

    /// A source that ends before its part does was changed while it was read.
    fn ends_at(&self, part: &Part, at: u64) {
        if let Some(bytes) = part.bytes.as_ref().filter(|bytes| at < bytes.end) {
            self.is_fatal(part.source, anyhow!("ends at byte {at}, though it reached to byte {} before", bytes.end));
        }
    }

    fn is_fatal(&self, source: usize, error: anyhow::Error) {
        let error = Err::<(), _>(error).with_context(|| self.sources[source].name.clone());
        self.fatal.replace(error.err());
    }

    fn is_wrong(&self, part: &Part, line: u64, at: u64, reason: impl std::fmt::Display) {
        self.tally(part.source, |tally| tally.wrong += 1);
        if self.wrong() > NAMED {
            return;
        }
        let of = match &self.sources[part.source].name {
            name if self.sources.len() > 1 || part.bytes.is_some() => format!("{name}: "),
            _ => String::new(),
        };
        match part.bytes {
            None => eprintln!("{of}line {line} is left out: {reason}"),
            Some(_) => eprintln!("{of}the line at byte {at} is left out: {reason}"),
        }
    }

    fn tally(&self, source: usize, change: impl FnOnce(&mut Tally)) {
        let mut tally = self.tallies[source].get();
        change(&mut tally);
        self.tallies[source].set(tally);
    }
}

fn text_of(bytes: &[u8], format: Format) -> Result<String> {
    let text = std::str::from_utf8(bytes)?.trim_start_matches('\u{FEFF}').trim();
    if format == Format::Txt || text.is_empty() {
        return Ok(text.to_owned());
    }
    Ok(serde_json::from_str::<Object>(text)?.text.trim().to_owned())
}

fn csv_reason(kind: &csv::ErrorKind) -> String {
    match kind {
        csv::ErrorKind::Utf8 { err, .. } => err.to_string(),
        kind => format!("{kind:?}"),
    }
}
