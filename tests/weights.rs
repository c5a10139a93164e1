//! The bundled codebook's learned weights are those of its cues and examples as they stand.
//!
//! `UPDATE=1 cargo test --release --test weights` learns them anew and writes the file.

use kodebok::codebook::Codebook;
use kodebok::coding::Coder;

const FILE: &str = "data/codebooks/summit-2017.weights";

#[test]
fn the_weights_were_learned_from_this_codebook() {
    let codebook = Codebook::summit_2017();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(FILE, Coder::weights_file(&codebook)).unwrap();
        return;
    }
    // The first bytes after the file's mark are the hash of what the weights were learned from.
    let file = std::fs::read(FILE).unwrap();
    let hash = std::str::from_utf8(&file[8..72]).unwrap();
    assert_eq!(hash, codebook.hash, "{FILE} is stale: UPDATE=1 cargo test --release --test weights");
}
