//! Words per second of what happens once a word form. The forms are those of the sample notes, in order of first sight.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kodebok::norwegian::repair::repair;
use kodebok::norwegian::{compound, words};
use std::collections::HashSet;
use std::hint::black_box;

const TEXTS: [&str; 4] = [
    include_str!("../data/summit-2017/recommendations.txt"),
    include_str!("../data/notes/bord-01.txt"),
    include_str!("../data/notes/bord-03.txt"),
    include_str!("../data/notes/bord-04.txt"),
];

fn forms() -> Vec<&'static str> {
    let mut seen = HashSet::new();
    TEXTS.into_iter().flat_map(words).map(|word| word.text).filter(|form| seen.insert(*form)).collect()
}

fn compounds(criterion: &mut Criterion) {
    let forms = forms();
    let mut group = criterion.benchmark_group("norwegian");
    group.throughput(Throughput::Elements(forms.len() as u64));
    group.bench_function("compound", |bencher| {
        bencher.iter(|| forms.iter().filter(|form| compound(black_box(form)).is_some()).count());
    });
    group.finish();
}

fn repairs(criterion: &mut Criterion) {
    let scanned = include_str!("../data/summit-2017/recommendations-ocr.txt");
    let mut group = criterion.benchmark_group("norwegian");
    group.throughput(Throughput::Elements(words(scanned).count() as u64));
    group.bench_function("repair", |bencher| bencher.iter(|| repair(black_box(scanned)).changes.len()));
    group.finish();
}

criterion_group!(benches, compounds, repairs);
criterion_main!(benches);
