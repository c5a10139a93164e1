//! Coding many points: in parallel, in order, and as a stream that is larger than memory.

use super::engine::Engine;
use super::memo::{CAPACITY, Memo};
use super::{Coder, Coding};
use rayon::prelude::*;
use std::io::BufRead;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Points are given to threads in blocks of about this many bytes: little enough that a long point does not stall the rest.
const BLOCK: usize = 1 << 16;

/// A stream is coded in batches of about this many bytes, and of at most [`BATCH_POINTS`] points.
const BATCH: usize = 4 << 20;
const BATCH_POINTS: usize = 1 << 16;

/// Codes points, and keeps what it worked out of word forms from call to call: 60 MB a thread at most.
///
/// Parallel on rayon's current pool; the answers are the same, to the bit, for any number of threads and whatever was coded
/// before.
#[derive(Debug)]
pub struct Run<'c> {
    engine: &'c Engine,
    memos: Vec<Memo>,
}

impl Coder {
    /// A run of coding with this coder.
    ///
    /// ```
    /// use kodebok::{codebook::Codebook, coding::Coder};
    ///
    /// let coder = Coder::new(&Codebook::summit_2017());
    /// let mut run = coder.run();
    /// assert_eq!(run.primaries(&["Lang ventetid", "Lunsj kl. 12"]), [Some(3), None]);
    /// assert_eq!(run.primaries(&["Lang ventetid på DPS"]), [Some(3)]);
    /// ```
    #[must_use]
    pub fn run(&self) -> Run<'_> {
        Run { engine: &self.engine, memos: Vec::new() }
    }
}

impl Run<'_> {
    /// A coding for each point, with evidence, in the points' order.
    pub fn code<P: AsRef<str> + Sync>(&mut self, points: &[P]) -> Vec<Coding> {
        self.each(points, Engine::code)
    }

    /// A coding for each point without its evidence: the codes and their probabilities. Twice as fast or more.
    pub fn scores<P: AsRef<str> + Sync>(&mut self, points: &[P]) -> Vec<Coding> {
        self.each(points, Engine::scores)
    }

    /// The primary code of each point, and nothing else: the fastest way.
    pub fn primaries<P: AsRef<str> + Sync>(&mut self, points: &[P]) -> Vec<Option<usize>> {
        self.each(points, Engine::primary)
    }

    /// Codes points as they come, of any number: pairs of a point and what `each` ([`Run::code`], [`Run::scores`] or
    /// [`Run::primaries`]) makes of it, in order.
    ///
    /// Points are taken in batches, so that memory is bounded by some megabytes and the longest point. Whoever takes from the
    /// iterator sees how far it is, and may stop.
    ///
    /// ```
    /// use kodebok::{codebook::Codebook, coding::{Coder, Run}};
    ///
    /// let coder = Coder::new(&Codebook::summit_2017());
    /// let points = (1..).map(|number| format!("Vi venta {number} dagar på time"));
    /// let mut run = coder.run();
    /// let coded = run.stream(points, Run::primaries).take(1000).filter(|(_, code)| *code == Some(3)).count();
    /// assert!(coded > 900);
    /// ```
    pub fn stream<P, T>(
        &mut self,
        points: impl IntoIterator<Item = P>,
        each: impl Fn(&mut Self, &[P]) -> Vec<T>,
    ) -> impl Iterator<Item = (P, T)>
    where
        P: AsRef<str> + Sync,
    {
        let mut points = points.into_iter();
        std::iter::from_fn(move || {
            let batch = batch(&mut points);
            let coded = each(self, &batch);
            (!batch.is_empty()).then(|| batch.into_iter().zip(coded))
        })
        .flatten()
    }

    /// Codes the lines of a reader, a line a point, in order; empty lines are left out. Memory is bounded as for [`Run::stream`].
    ///
    /// ```
    /// use kodebok::{codebook::Codebook, coding::{Coder, Run}};
    ///
    /// let coder = Coder::new(&Codebook::summit_2017());
    /// let text = "Lang ventetid\n\nSkam og skyld i familien\n";
    /// let mut run = coder.run();
    /// let coded: Vec<_> = run.lines(text.as_bytes(), Run::primaries).collect::<Result<_, _>>()?;
    /// assert_eq!(coded, [("Lang ventetid".to_owned(), Some(3)), ("Skam og skyld i familien".to_owned(), Some(0))]);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What the reader fails with, or a line that is no UTF-8; it is the last thing that comes.
    pub fn lines<T>(
        &mut self,
        reader: impl BufRead,
        each: impl Fn(&mut Self, &[String]) -> Vec<T>,
    ) -> impl Iterator<Item = std::io::Result<(String, T)>> {
        let mut lines = reader.lines();
        let (mut coded, mut error, mut ended) = (Vec::new().into_iter(), None, false);
        std::iter::from_fn(move || {
            loop {
                if let Some(next) = coded.next() {
                    return Some(Ok(next));
                }
                if ended {
                    return error.take().map(Err);
                }
                let mut whole = lines.by_ref().map_while(|line| line.map_err(|reason| error = Some(reason)).ok());
                let points = batch(&mut whole.by_ref().filter(|line| !line.trim().is_empty()));
                ended = points.is_empty() || error.is_some();
                let answers = each(self, &points);
                coded = points.into_iter().zip(answers).collect::<Vec<_>>().into_iter();
            }
        })
    }

    /// What the engine makes of each point: threads take block after block, each with a memo of its own.
    fn each<P: AsRef<str> + Sync, T: Send>(
        &mut self,
        points: &[P],
        make: impl Fn(&Engine, &str, &mut Memo) -> T + Sync,
    ) -> Vec<T> {
        let blocks = blocks(points);
        let threads = rayon::current_num_threads().min(blocks.len());
        let outcomes = self.engine.model.outcomes;
        self.memos.resize_with(self.memos.len().max(threads), || Memo::new(outcomes, CAPACITY));
        let (engine, next) = (self.engine, AtomicUsize::new(0));
        let blocks_of_thread = |memo: &mut Memo| {
            let mut made = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(block) = blocks.get(number) else { return made };
                let answers = points[block.clone()].iter().map(|point| make(engine, point.as_ref(), memo));
                made.push((number, answers.collect::<Vec<T>>()));
            }
        };
        let mut made: Vec<(usize, Vec<T>)> =
            self.memos[..threads].par_iter_mut().flat_map_iter(blocks_of_thread).collect();
        made.sort_by_key(|(number, _)| *number);
        made.into_iter().flat_map(|(_, made)| made).collect()
    }
}

/// The next points of a stream: of some megabytes together.
fn batch<P: AsRef<str>>(points: &mut impl Iterator<Item = P>) -> Vec<P> {
    let mut batch = Vec::new();
    let mut bytes = 0;
    while bytes < BATCH && batch.len() < BATCH_POINTS {
        let Some(point) = points.next() else { break };
        bytes += point.as_ref().len();
        batch.push(point);
    }
    batch
}

/// Cuts points into blocks of about [`BLOCK`] bytes.
fn blocks<P: AsRef<str>>(points: &[P]) -> Vec<Range<usize>> {
    let mut blocks = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (index, point) in points.iter().enumerate() {
        bytes += point.as_ref().len();
        if bytes >= BLOCK || index + 1 == points.len() {
            blocks.push(start..index + 1);
            (start, bytes) = (index + 1, 0);
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codebook::Codebook;

    fn coder() -> Coder {
        Coder::new(&Codebook::parse("[[code]]\nid = \"a\"\n[[code.cues]]\nweight = 3\nstems = [\"kurs\"]").unwrap())
    }

    #[test]
    fn blocks_cover_all_points() {
        let long = "a".repeat(BLOCK);
        for points in [vec![], vec![""], vec!["a", &long, "", "b", &long, &long, "c"]] {
            let covered: Vec<usize> = blocks(&points).into_iter().flatten().collect();
            assert_eq!(covered, (0..points.len()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_stream_is_coded_like_a_list_whatever_its_batches() {
        let points: Vec<String> =
            (0..3 * BATCH_POINTS / 2).map(|at| format!("{} {at}", ["kurs", "lunsj"][at % 2])).collect();
        let coder = coder();
        let streamed: Vec<(&String, Option<usize>)> = coder.run().stream(&points, Run::primaries).collect();
        let listed = coder.run().primaries(&points);
        assert!(streamed.iter().map(|(point, code)| (*point, *code)).eq(points.iter().zip(listed)));
    }

    #[test]
    fn lines_end_with_what_the_reader_fails_with() {
        let coder = coder();
        let mut run = coder.run();
        let found: Vec<_> = run.lines(&b"kurs\n\nlunsj\n\xFF\nkurs\n"[..], Run::primaries).collect();
        assert_eq!(found.len(), 3);
        assert_eq!(found[0].as_ref().unwrap(), &("kurs".to_owned(), Some(0)));
        assert_eq!(found[1].as_ref().unwrap(), &("lunsj".to_owned(), None));
        assert!(found[2].is_err());
    }
}
