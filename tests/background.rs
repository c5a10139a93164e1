//! What the themes know beforehand is what the bundled codebook's coded examples, the stems and the synonym table give.
//!
//! `UPDATE=1 cargo test --release --test background` makes the files anew.

use kodebok::codebook::Codebook;
use kodebok::themes::background_files;

const COUNTS: &str = "data/themes/background.tsv";
const MEANINGS: &str = "data/themes/meanings.bin";

#[test]
fn the_background_was_learned_from_these_examples() {
    let codebook = Codebook::summit_2017();
    let texts: Vec<&str> = codebook.examples.iter().map(|example| example.text.as_str()).collect();
    let (counts, meanings) = background_files(&texts);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(COUNTS, counts).unwrap();
        std::fs::write(MEANINGS, meanings).unwrap();
        return;
    }
    let stale = "is stale: UPDATE=1 cargo test --release --test background";
    assert!(counts == std::fs::read_to_string(COUNTS).unwrap(), "{COUNTS} {stale}");
    let held = std::fs::read(MEANINGS).unwrap();
    assert_eq!(meanings.len(), held.len(), "{MEANINGS} {stale}");
    // Another machine's logarithms may differ in the last bit.
    let farthest = meanings.iter().zip(&held).map(|(new, old)| (*new as i8).abs_diff(*old as i8)).max();
    assert!(farthest <= Some(2), "{MEANINGS} {stale}");
}
