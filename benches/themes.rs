//! Themes from ten thousand to a million points, and the naive way (every two points compared) up to ten thousand.
//!
//! On one thread. A million points are left out unless asked for, `KODEBOK_BENCH_POINTS=1000000 cargo bench --bench themes`: ten
//! samples of them take minutes.

mod asked;
mod corpus;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use kodebok::coding::Coding;
use kodebok::notes::{Point, Position};
use kodebok::themes::{Options, group, naive_tree};
use std::hint::black_box;
use std::time::Duration;

/// The most points where `KODEBOK_BENCH_POINTS` says nothing else.
const POINTS: usize = 100_000;

/// More bytes than a generated point has.
const BYTES: usize = 190;

fn texts(count: usize) -> Vec<String> {
    let mut texts = corpus::points(count * BYTES, 1);
    assert!(texts.len() >= count, "too few points: {}", texts.len());
    texts.truncate(count);
    texts
}

/// A point of a text: what reading and mending a document costs is no part of this.
fn point(text: &str) -> Point<'_> {
    Point {
        document: 0,
        line: 1,
        span: 0..text.len(),
        text: text.into(),
        mended: None,
        table: None,
        question: None,
        section: None,
        speaker: None,
        turn: None,
        position: Position::Line(1),
    }
}

/// Outcomes of four codes, as varied as a coder's.
fn codings(count: usize) -> Vec<Coding> {
    let scores = |at: usize| (0..4).map(|code| if at % 4 == code { 0.7 } else { 0.05 }).collect();
    (0..count).map(|at| Coding { scores: scores(at), ..Coding::default() }).collect()
}

fn themes(criterion: &mut Criterion) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool of one thread");
    let mut benches = criterion.benchmark_group("themes");
    benches.sample_size(10).measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(500));
    let most = asked::number("KODEBOK_BENCH_POINTS", POINTS);
    for count in [1_000, 10_000, 100_000, 1_000_000].into_iter().filter(|&count| count <= most) {
        let texts = texts(count);
        let points: Vec<Point<'_>> = texts.iter().map(|text| point(text)).collect();
        let codings = codings(count);
        benches.throughput(Throughput::Elements(count as u64));
        benches.bench_function(BenchmarkId::new("group", count), |bencher| {
            bencher.iter(|| pool.install(|| group(black_box(&points), &codings, Options::default()).len()));
        });
        if count <= 10_000 {
            benches.bench_function(BenchmarkId::new("naive", count), |bencher| {
                bencher.iter(|| pool.install(|| naive_tree(black_box(&points), &codings).likenesses().len()));
            });
        }
    }
    benches.finish();
}

criterion_group!(benches, themes);
criterion_main!(benches);
