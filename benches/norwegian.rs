//! Words per second of the language's parts. Each part is asked once for every word form, as the engine does.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kodebok::norwegian::{stem, words};
use std::collections::BTreeSet;
use std::hint::black_box;

/// The distinct word forms of the summit's recommendations and the sample notes.
fn forms() -> Vec<String> {
    let notes = include_str!("../data/notes/bord-01.txt");
    let recommendations = include_str!("../data/summit-2017/recommendations.txt");
    let forms: BTreeSet<&str> = [notes, recommendations].into_iter().flat_map(words).map(|word| word.text).collect();
    forms.into_iter().map(str::to_owned).collect()
}

fn norwegian(criterion: &mut Criterion) {
    let forms = forms();
    let mut group = criterion.benchmark_group("norwegian");
    group.throughput(Throughput::Elements(forms.len() as u64));
    group.bench_function("stem", |bench| {
        bench.iter(|| forms.iter().map(|form| black_box(stem(form)).len()).sum::<usize>())
    });
    group.finish();
}

criterion_group!(benches, norwegian);
criterion_main!(benches);
