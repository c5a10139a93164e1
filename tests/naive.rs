//! That the baseline of the benches does the engine's work: it gives the same codes.

#[path = "../benches/corpus/mod.rs"]
mod corpus;
#[path = "../benches/naive/mod.rs"]
mod naive;

use kodebok::codebook::Codebook;
use kodebok::coding::Coder;

#[test]
fn the_plain_way_gives_the_codes_of_the_engine() {
    let codebook = Codebook::summit_2017();
    let naive = naive::Naive::new(&codebook);
    let mut points = corpus::points(1 << 18, 3);
    points.extend(include_str!("../data/notes/bord-01.txt").lines().map(str::to_owned));
    points.extend(codebook.examples.iter().step_by(20).map(|example| example.text.clone()));
    let coded = Coder::new(&codebook).run().primaries(&points);
    assert!(coded.iter().flatten().count() > points.len() / 3);
    for (point, code) in points.iter().zip(coded) {
        assert_eq!(naive.code(point), code, "{point}");
    }
}
