//! The engine against an honest baseline, and its parts against their floors, on one generated text.
//!
//! `KODEBOK_BENCH_MB=200 cargo bench --bench coding` takes more of it than the 16 MB of the default; a name behind `--` takes
//! only the benches of that name:
//!
//! - `scan`: bytes read and validated, a table-driven scan with one hash a word, `unicode_words`, the library's words.
//! - `coding`: the naive way with the whole model (`naive/mod.rs`), and with cues alone; cues alone with one hash map; the engine
//!   on one thread and two, warm and cold, and its modes.
//! - `cues`: codebooks of 100, 1,000 and 10,000 cues that the text does not have: time grows with matches alone.
//! - `lengths`: the same text in points of one sentence, ten and a hundred.
//! - `start`: what is paid once.
//!
//! `scale` and `instructions` are benches of their own.

mod asked;
mod corpus;
mod naive;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use kodebok::codebook::{Codebook, CueKind};
use kodebok::coding::{Coder, Run};
use kodebok::norwegian;
use rust_stemmers::{Algorithm, Stemmer};
use std::collections::HashMap;
use std::hint::black_box;
use unicode_segmentation::UnicodeSegmentation;

/// Megabytes of generated text where `KODEBOK_BENCH_MB` says nothing else.
const MEGABYTES: usize = 16;

/// The plain way without what was learned: for each word unicode-segmentation, lower case, Snowball's stem, a look-up for the
/// word, the stem, and each length of beginning and ending; phrases by trying each that begins with the stem. That is far less
/// work than [`naive::Naive`] does, and what the engine was first measured against.
struct CuesAlone {
    stemmer: Stemmer,
    words: HashMap<String, Vec<(usize, f32)>>,
    stems: HashMap<String, Vec<(usize, f32)>>,
    beginnings: HashMap<String, Vec<(usize, f32)>>,
    endings: HashMap<String, Vec<(usize, f32)>>,
    phrases: HashMap<String, Vec<(Vec<String>, usize, f32)>>,
    codes: usize,
}

impl CuesAlone {
    fn new(codebook: &Codebook) -> CuesAlone {
        let mut naive = CuesAlone {
            stemmer: Stemmer::create(Algorithm::Norwegian),
            words: HashMap::new(),
            stems: HashMap::new(),
            beginnings: HashMap::new(),
            endings: HashMap::new(),
            phrases: HashMap::new(),
            codes: codebook.codes.len(),
        };
        for (code, entry) in codebook.codes.iter().enumerate() {
            for cue in &entry.cues {
                let (lower, says) = (cue.text.to_lowercase(), (code, cue.weight));
                let stem = naive.stem(&lower);
                match cue.kind {
                    CueKind::Word => naive.words.entry(lower).or_default().push(says),
                    CueKind::Stem => naive.stems.entry(stem).or_default().push(says),
                    CueKind::Beginning => naive.beginnings.entry(lower).or_default().push(says),
                    CueKind::Ending => naive.endings.entry(stem).or_default().push(says),
                    CueKind::Phrase => {
                        let stems: Vec<String> = lower.unicode_words().map(|word| naive.stem(word)).collect();
                        if let Some(first) = stems.first() {
                            naive.phrases.entry(first.clone()).or_default().push((stems.clone(), code, cue.weight));
                        }
                    }
                    CueKind::Pattern => {}
                }
            }
        }
        naive
    }

    fn stem(&self, lower: &str) -> String {
        self.stemmer.stem(lower).into_owned()
    }

    fn code(&self, text: &str) -> Option<usize> {
        let mut sums = vec![0.0; self.codes];
        let mut stems = Vec::new();
        for word in text.unicode_words() {
            let lower = word.to_lowercase();
            let stem = self.stem(&lower);
            self.add(&lower, &stem, &mut sums);
            stems.push(stem);
        }
        for start in 0..stems.len() {
            for (phrase, code, weight) in self.phrases.get(&stems[start]).into_iter().flatten() {
                if stems[start..].starts_with(phrase) {
                    sums[*code] += weight;
                }
            }
        }
        decided(&sums)
    }

    /// Adds what a word says, given in lower case and with its stem.
    fn add(&self, lower: &str, stem: &str, sums: &mut [f32]) {
        let beginnings = (3..lower.len()).filter_map(|len| self.beginnings.get(lower.get(..len)?));
        let endings = (1..stem.len()).filter_map(|from| self.endings.get(stem.get(from..)?));
        let whole = self.words.get(lower).into_iter().chain(self.stems.get(stem));
        for &(code, weight) in whole.chain(beginnings).chain(endings).flatten() {
            sums[code] += weight;
        }
    }
}

fn decided(sums: &[f32]) -> Option<usize> {
    let best = (0..sums.len()).max_by(|&a, &b| sums[a].total_cmp(&sums[b]))?;
    (sums[best] >= 2.0).then_some(best)
}

/// Cues alone with one hash map from a form to what it says, phrases left out.
struct Remembering<'n> {
    naive: &'n CuesAlone,
    forms: HashMap<String, Vec<f32>>,
}

impl Remembering<'_> {
    fn code(&mut self, text: &str) -> Option<usize> {
        let mut sums = vec![0.0; self.naive.codes];
        for word in text.unicode_words() {
            if !self.forms.contains_key(word) {
                let mut says = vec![0.0; self.naive.codes];
                let lower = word.to_lowercase();
                self.naive.add(&lower, &self.naive.stem(&lower), &mut says);
                self.forms.insert(word.to_owned(), says);
            }
            sums.iter_mut().zip(&self.forms[word]).for_each(|(sum, weight)| *sum += weight);
        }
        decided(&sums)
    }
}

fn points() -> Vec<String> {
    corpus::points(asked::number("KODEBOK_BENCH_MB", MEGABYTES) << 20, 1)
}

fn group<'c>(criterion: &'c mut Criterion, name: &str, points: &[String]) -> BenchmarkGroup<'c, WallTime> {
    let bytes: usize = points.iter().map(String::len).sum();
    let mut group = criterion.benchmark_group(name);
    group.sample_size(10);
    group.throughput(Throughput::ElementsAndBytes { elements: points.len() as u64, bytes: bytes as u64 });
    group
}

fn scan(criterion: &mut Criterion) {
    let points = points();
    let mut group = group(criterion, "scan", &points);
    group.bench_function("bytes", |bencher| {
        bencher.iter(|| points.iter().filter(|point| std::str::from_utf8(black_box(point.as_bytes())).is_ok()).count());
    });
    group.bench_function("table", |bencher| {
        bencher.iter(|| points.iter().map(|point| table_scan(black_box(point.as_bytes()))).fold(0, u64::wrapping_add));
    });
    group.bench_function("unicode_words", |bencher| {
        bencher.iter(|| points.iter().map(|point| black_box(point).unicode_words().count()).sum::<usize>());
    });
    group.bench_function("words", |bencher| {
        bencher.iter(|| points.iter().map(|point| norwegian::words(black_box(point)).count()).sum::<usize>());
    });
    group.finish();
}

/// The floor that is aimed at: a byte at a time, one hash a word, nothing looked up.
fn table_scan(bytes: &[u8]) -> u64 {
    let (mut all, mut word) = (0, 0);
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || byte >= 0x80 {
            word = (word ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        } else if word != 0 {
            all ^= word;
            word = 0;
        }
    }
    all ^ word
}

fn coding(criterion: &mut Criterion) {
    let codebook = Codebook::summit_2017();
    let points = points();
    let (naive, cues_alone) = (naive::Naive::new(&codebook), CuesAlone::new(&codebook));
    let coder = Coder::new(&codebook);
    let mut group = group(criterion, "coding", &points);
    group.bench_function("naive", |bencher| {
        bencher.iter(|| points.iter().filter_map(|point| naive.code(black_box(point))).count());
    });
    group.bench_function("naive/cues", |bencher| {
        bencher.iter(|| points.iter().filter_map(|point| cues_alone.code(black_box(point))).count());
    });
    let mut remembering = Remembering { naive: &cues_alone, forms: HashMap::new() };
    group.bench_function("naive/cues/memo", |bencher| {
        bencher.iter(|| points.iter().filter_map(|point| remembering.code(black_box(point))).count());
    });
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool of threads");
        let mut run = coder.run();
        group.bench_function(format!("engine/{threads}"), |bencher| {
            bencher.iter(|| pool.install(|| run.primaries(black_box(&points))));
        });
        group.bench_function(format!("engine/{threads}/cold"), |bencher| {
            bencher.iter(|| pool.install(|| coder.run().primaries(black_box(&points))));
        });
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool of threads");
    let mut run = coder.run();
    group.bench_function("engine/1/scores", |bencher| {
        bencher.iter(|| pool.install(|| run.scores(black_box(&points))));
    });
    group.bench_function("engine/1/evidence", |bencher| {
        bencher.iter(|| pool.install(|| run.code(black_box(&points))));
    });
    group.finish();
}

fn cues(criterion: &mut Criterion) {
    let points = points();
    let mut group = group(criterion, "cues", &points);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool of threads");
    for count in [100, 1_000, 10_000] {
        let coder = Coder::new(&codebook_of(count));
        let mut run = coder.run();
        group.bench_function(count.to_string(), |bencher| {
            bencher.iter(|| pool.install(|| run.primaries(black_box(&points))));
        });
    }
    group.finish();
}

/// A codebook of so many made-up cues for four codes: of ten six are stems, two beginnings, two phrases.
fn codebook_of(count: usize) -> Codebook {
    let word = |number: usize| -> String {
        let syllables = ["xa", "qe", "wi", "zo", "xu", "qy", "wa", "ze", "xi", "qo"];
        number.to_string().bytes().map(|digit| syllables[usize::from(digit - b'0')]).collect()
    };
    let list = |words: Vec<String>| format!("[{}]", words.join(", "));
    let mut toml = String::new();
    for code in 0..4 {
        let of_code = || (0..count).filter(move |number| number / 10 % 4 == code);
        let cues = |digits: std::ops::Range<usize>, text: &dyn Fn(usize) -> String| {
            list(
                of_code()
                    .filter(|number| digits.contains(&(number % 10)))
                    .map(|n| format!("\"{}\"", text(n)))
                    .collect(),
            )
        };
        toml += &format!(
            "[[code]]\nid = \"kode-{code}\"\n[[code.cues]]\nweight = 2\nstems = {}\nbeginnings = {}\nphrases = {}\n",
            cues(0..6, &word),
            cues(6..8, &word),
            cues(8..10, &|number| format!("{} {}", word(number), word(number + 1))),
        );
    }
    Codebook::parse(&toml).expect("a codebook of made-up cues")
}

fn lengths(criterion: &mut Criterion) {
    let sentences = points();
    let coder = Coder::new(&Codebook::summit_2017());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool of threads");
    for together in [1, 10, 100] {
        let points: Vec<String> = sentences.chunks(together).map(|sentences| sentences.join(" ")).collect();
        let mut group = group(criterion, "lengths", &points);
        let mut run = coder.run();
        group.bench_function(together.to_string(), |bencher| {
            bencher.iter(|| pool.install(|| run.primaries(black_box(&points))));
        });
        group.finish();
    }
}

fn start(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("start");
    group.bench_function("codebook", |bencher| bencher.iter(Codebook::summit_2017));
    let codebook = Codebook::summit_2017();
    group.bench_function("coder", |bencher| bencher.iter(|| Coder::new(black_box(&codebook))));
    let coder = Coder::new(&codebook);
    group.bench_function("first_point", |bencher| {
        bencher.iter(|| coder.run().stream([black_box("Lang ventetid på DPS")], Run::code).count());
    });
    group.finish();
}

criterion_group!(benches, scan, coding, cues, lengths, start);
criterion_main!(benches);
