//! How much is lost when the points were scanned: `cargo test --release --test damaged -- --ignored --nocapture`.

mod scanner;

use kodebok::agreement::{Confusion, Ratings};
use kodebok::codebook::{Codebook, Example};
use kodebok::coding::{Coder, Run};
use kodebok::norwegian::repair::repair;
use rand::SeedableRng;
use rand::rngs::SmallRng;
use scanner::Scanner;

/// Points in one scanned document.
const PAGE: usize = 60;

/// Macro-F1 of the coder on texts that people coded, no code being an outcome too.
fn macro_f1(texts: &[String], coded: &[Example], run: &mut Run<'_>) -> f64 {
    let outcome = |code: Option<usize>| Some(code.unwrap_or(usize::MAX));
    let people: Vec<_> = coded.iter().map(|example| outcome(example.code)).collect();
    let machine: Vec<_> = run.primaries(texts).into_iter().map(outcome).collect();
    let ratings = Ratings::from_coders(&people, &machine).unwrap();
    Confusion::new(&ratings).unwrap().macro_f1().unwrap()
}

/// The first set of coded points, with a coder that has not seen it: whole, and as scanned and mended in documents.
#[test]
#[ignore = "learns from 23,000 examples"]
fn scanned_points_are_coded_nearly_as_well() {
    let mut codebook = Codebook::summit_2017();
    let (first, others): (Vec<Example>, Vec<Example>) =
        codebook.examples.drain(..).partition(|example| example.group == "first");
    codebook.examples = others.into();
    codebook.hash.clear();
    let coder = Coder::new(&codebook);
    let mut run = coder.run();
    let texts: Vec<String> = first.iter().map(|example| example.text.replace('\n', " ")).collect();
    let whole = macro_f1(&texts, &first, &mut run);
    for (name, make) in [("one way", Scanner::new as fn(&mut SmallRng) -> Scanner), ("several ways", Scanner::mixed)] {
        let scanned = |(page, texts): (usize, &[String])| {
            let random = &mut SmallRng::seed_from_u64(page as u64);
            make(random).scan(&texts.join("\n"), random)
        };
        let pages: Vec<String> = texts.chunks(PAGE).enumerate().map(scanned).collect();
        let lines =
            |pages: &[String]| pages.iter().flat_map(|page| page.split('\n')).map(str::to_owned).collect::<Vec<_>>();
        let mended: Vec<String> = pages.iter().map(|page| repair(page).text.into_owned()).collect();
        let (raw, mended) = (macro_f1(&lines(&pages), &first, &mut run), macro_f1(&lines(&mended), &first, &mut run));
        println!("macro-F1 {whole:.3}; letters misread in {name}: {raw:.3} as scanned, {mended:.3} mended");
        assert!(whole - mended <= 0.02, "{name}");
    }
}
