//! The engine against an honest baseline, on one generated text.

mod corpus;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kodebok::codebook::{Codebook, CueKind};
use kodebok::coding::{self, Coder};
use rust_stemmers::{Algorithm, Stemmer};
use std::collections::HashMap;
use std::hint::black_box;
use unicode_segmentation::UnicodeSegmentation;

/// Bytes of generated text: enough for Zipf's law to show, little enough for a quick run.
const BYTES: usize = 4 << 20;

/// The plain way to do it: for each word unicode-segmentation, lower case, stem, one look-up; the code with the highest sum.
/// It knows stems alone (no compounds, phrases or patterns), which only makes it faster.
struct Naive {
    stemmer: Stemmer,
    stems: HashMap<String, Vec<(usize, f32)>>,
    codes: usize,
}

impl Naive {
    fn new(codebook: &Codebook) -> Naive {
        let stemmer = Stemmer::create(Algorithm::Norwegian);
        let mut stems: HashMap<String, Vec<(usize, f32)>> = HashMap::new();
        for (code, entry) in codebook.codes.iter().enumerate() {
            for cue in entry.cues.iter().filter(|cue| cue.kind == CueKind::Stem) {
                let stem = stemmer.stem(&cue.text.to_lowercase()).into_owned();
                stems.entry(stem).or_default().push((code, cue.weight));
            }
        }
        Naive { stemmer, stems, codes: codebook.codes.len() }
    }

    fn code(&self, text: &str) -> Option<usize> {
        let mut sums = vec![0.0; self.codes];
        for word in text.unicode_words() {
            let lower = word.to_lowercase();
            for &(code, weight) in self.stems.get(self.stemmer.stem(&lower).as_ref()).into_iter().flatten() {
                sums[code] += weight;
            }
        }
        let best = (0..self.codes).max_by(|&a, &b| sums[a].total_cmp(&sums[b]))?;
        (sums[best] >= 2.0).then_some(best)
    }
}

fn coding_group(criterion: &mut Criterion) {
    let codebook = Codebook::summit_2017();
    let points = corpus::points(BYTES, 1);
    let bytes: usize = points.iter().map(String::len).sum();
    let naive = Naive::new(&codebook);
    let coder = Coder::new(&codebook);

    let mut group = criterion.benchmark_group("coding");
    group.sample_size(10);
    group.throughput(Throughput::ElementsAndBytes { elements: points.len() as u64, bytes: bytes as u64 });
    group.bench_function("naive", |bencher| {
        bencher.iter(|| points.iter().filter_map(|point| naive.code(black_box(point))).count());
    });
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool of threads");
        group.bench_function(format!("engine/{threads}"), |bencher| {
            bencher.iter(|| pool.install(|| coding::code(black_box(&points), &coder)));
        });
    }
    group.finish();
}

criterion_group!(benches, coding_group);
criterion_main!(benches);
