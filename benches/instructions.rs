//! Codes a fixed text once cold and so many times more, for a count of its instructions (`.ci/instructions`).
//!
//! `cargo bench --bench instructions` alone does nothing: `instructions cold` and `instructions warm` do, below callgrind.

mod corpus;

use kodebok::codebook::Codebook;
use kodebok::coding::{Coder, Run};
use std::hint::black_box;

/// Bytes of text: enough that no one point counts, and few enough for callgrind, which takes fifty times as long.
const BYTES: usize = 1 << 20;

fn main() {
    let Some(kind) = std::env::args().nth(1).filter(|kind| ["cold", "warm"].contains(&&**kind)) else { return };
    let points = corpus::points(BYTES, 1);
    let coder = Coder::new(&Codebook::summit_2017());
    // Below callgrind each thread is counted for itself: so all is done in the one of a pool.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool of one thread");
    let coded = pool.install(|| {
        let mut run = coder.run();
        // What is read when it is first needed, the lexicon's tables among it, is no part of the count.
        run.primaries(&["Foreldre blir møtt med fordommer av helsepersonellet", "Vi ventar framleis på svar"]);
        if kind == "warm" {
            run.primaries(&points);
        }
        counted(&mut run, &points)
    });
    println!("{kind}: {coded} points with a code, in {} bytes", points.iter().map(String::len).sum::<usize>());
}

/// What callgrind counts.
#[inline(never)]
fn counted(run: &mut Run<'_>, points: &[String]) -> usize {
    run.primaries(black_box(points)).into_iter().flatten().count()
}
