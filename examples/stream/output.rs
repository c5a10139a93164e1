//! Points coded, counted and written.

use super::input::{Part, Point, Reading, Source};
use anyhow::Result;
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget};
use kodebok::codebook::Codebook;
use kodebok::coding::{Coder, Coding, Run};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::io::{self, Write};

/// How often the number of points is shown.
const STEP: u64 = 10_000;

/// A coded point as it is written: with its line, or in a shard with the byte that its line begins at.
#[derive(Deserialize, Serialize)]
pub struct Record<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The source's name, where there are several, and in a shard.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<u64>,
    /// The line, counted from the first of the shard's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nth: Option<u64>,
    #[serde(borrow)]
    pub code: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub codes: Vec<Given<'a>>,
    #[serde(borrow)]
    pub text: Cow<'a, str>,
}

#[derive(Deserialize, Serialize)]
pub struct Given<'a> {
    #[serde(borrow)]
    pub code: Cow<'a, str>,
    pub score: f32,
}

/// How a record says where its point is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// By the source's line.
    Line,
    /// By the source's byte, since a shard does not know what is before it.
    Byte,
}

impl<'a> Record<'a> {
    fn new(point: &'a Point, coding: &Coding, codebook: &'a Codebook, sources: &'a [Source], place: Place) -> Self {
        let id = |code: usize| Cow::Borrowed(codebook.codes[code].id.as_str());
        let in_shard = place == Place::Byte;
        Record {
            line: (!in_shard).then_some(point.line),
            file: (in_shard || sources.len() > 1).then(|| Cow::Borrowed(&*sources[point.source].name)),
            at: in_shard.then_some(point.at),
            nth: in_shard.then_some(point.line),
            code: coding.primary().map(id),
            codes: coding.codes.iter().map(|given| Given { code: id(given.code), score: given.score }).collect(),
            text: Cow::Borrowed(&point.text),
        }
    }
}

/// Where records go.
pub trait Records {
    /// Gives whether more are wanted.
    fn write(&mut self, point: &Point, coding: &Coding, codebook: &Codebook) -> Result<bool>;

    fn finish(&mut self) -> Result<()>;
}

/// Lines of JSON; that whoever reads them has seen enough (`| head`) is no error.
pub struct Jsonl<'s, W: Write> {
    to: W,
    place: Place,
    sources: &'s [Source],
}

impl<'s, W: Write> Jsonl<'s, W> {
    pub fn new(to: W, place: Place, sources: &'s [Source]) -> Self {
        Jsonl { to, place, sources }
    }
}

impl<W: Write> Records for Jsonl<'_, W> {
    fn write(&mut self, point: &Point, coding: &Coding, codebook: &Codebook) -> Result<bool> {
        let line = serde_json::to_string(&Record::new(point, coding, codebook, self.sources, self.place))?;
        match writeln!(self.to, "{line}") {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
            written => Ok(written.map(|()| true)?),
        }
    }

    fn finish(&mut self) -> Result<()> {
        match self.to.flush() {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
            _ => Ok(()),
        }
    }
}

/// How many points of a source have a code.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub struct Count {
    pub points: u64,
    pub uncoded: u64,
    /// By the codebook's order: points with this primary code, and points with it at all.
    pub primary: Vec<u64>,
    pub given: Vec<u64>,
}

impl Count {
    pub fn new(codes: usize) -> Self {
        Count { primary: vec![0; codes], given: vec![0; codes], ..Count::default() }
    }

    fn add(&mut self, coding: &Coding) {
        self.points += 1;
        match coding.primary() {
            Some(code) => self.primary[code] += 1,
            None => self.uncoded += 1,
        }
        for given in &coding.codes {
            self.given[given.code] += 1;
        }
    }

    pub fn join(&mut self, other: &Count) {
        self.points += other.points;
        self.uncoded += other.uncoded;
        for (sum, more) in self.primary.iter_mut().zip(&other.primary).chain(self.given.iter_mut().zip(&other.given)) {
            *sum += more;
        }
    }
}

/// Codes the points of parts, writes them, and gives a count for each source.
pub fn code(reading: &Reading, parts: Vec<Part>, codebook: &Codebook, records: &mut dyn Records) -> Result<Vec<Count>> {
    let coder = Coder::new(codebook);
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let mut counts = vec![Count::new(codebook.codes.len()); reading.sources.len()];
    let mut run = coder.run();
    for (number, (point, coding)) in (1..).zip(run.stream(reading.points(parts), Run::scores)) {
        counts[point.source].add(&coding);
        if !records.write(&point, &coding, codebook)? {
            return Ok(counts);
        }
        if number % STEP == 0 {
            bar.set_message(format!("{} points", HumanCount(number)));
            bar.inc(STEP);
        }
    }
    bar.finish_and_clear();
    records.finish()?;
    Ok(counts)
}
