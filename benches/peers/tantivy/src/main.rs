//! Codes the lines of a file with the engine, and runs tantivy's analyser over them with a look-up of each stem: MB/s of both, medians of
//! five rounds in turn on one thread.
//!
//! `cargo run --release -- FILE` in this folder.

use kodebok::codebook::Codebook;
use kodebok::coding::Coder;
use std::collections::HashMap;
use std::hint::black_box;
use std::time::Instant;
use tantivy::tokenizer::{Language, LowerCaser, SimpleTokenizer, Stemmer, TextAnalyzer};

const ROUNDS: usize = 5;

fn main() {
    let path = std::env::args().nth(1).expect("a file of points, a line each");
    let text = std::fs::read_to_string(path).expect("the file can be read");
    let points: Vec<&str> = text.lines().collect();
    let codebook = Codebook::summit_2017();
    let coder = Coder::new(&codebook);
    let pool = rayon_of_one();
    let mut analyser = analyser();
    let weights = weights(&codebook, &mut analyser);
    let mut warm = coder.run();
    pool.install(|| warm.primaries(&points));
    let mut rows: [(&str, Vec<f64>); 3] =
        ["engine, forms known", "engine, forms new", "tantivy's analyser and a look-up"].map(|name| (name, Vec::new()));
    for _ in 0..ROUNDS {
        rows[0].1.push(seconds(|| pool.install(|| warm.primaries(&points).len())));
        rows[1].1.push(seconds(|| pool.install(|| coder.run().primaries(&points).len())));
        rows[2].1.push(seconds(|| points.iter().map(|point| looked_up(point, &mut analyser, &weights)).sum()));
    }
    println!("{} points, {:.1} MB\n\n| program | MB/s |\n| --- | --- |", points.len(), text.len() as f64 / 1e6);
    for (name, mut times) in rows {
        times.sort_by(f64::total_cmp);
        println!("| {name} | {:.1} |", text.len() as f64 / 1e6 / times[ROUNDS / 2]);
    }
}

fn rayon_of_one() -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool of one thread")
}

fn analyser() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(LowerCaser)
        .filter(Stemmer::new(Language::Norwegian))
        .build()
}

/// How often each stem is in the examples of each code.
fn weights(codebook: &Codebook, analyser: &mut TextAnalyzer) -> HashMap<String, [u32; 5]> {
    let mut weights: HashMap<String, [u32; 5]> = HashMap::new();
    for example in codebook.examples.iter() {
        let outcome = example.code.unwrap_or(4);
        analyser.token_stream(&example.text).process(&mut |token| {
            weights.entry(token.text.clone()).or_default()[outcome] += 1;
        });
    }
    weights
}

/// The outcome with the highest sum over a point's stems.
fn looked_up(point: &str, analyser: &mut TextAnalyzer, weights: &HashMap<String, [u32; 5]>) -> usize {
    let mut sums = [0; 5];
    analyser.token_stream(point).process(&mut |token| {
        if let Some(weights) = weights.get(&token.text) {
            sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight);
        }
    });
    (0..5).max_by_key(|&outcome| sums[outcome]).unwrap_or_default()
}

fn seconds(work: impl FnOnce() -> usize) -> f64 {
    let begun = Instant::now();
    black_box(work());
    begun.elapsed().as_secs_f64()
}
