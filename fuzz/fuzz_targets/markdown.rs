//! Fuzzes Markdown.
#![no_main]

use kodebok::notes::{outline, read_bytes};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let bytes = data.to_vec();
    for document in read_bytes("a.md", &bytes).into_iter().flatten() {
        let _ = outline(0, &document);
    }
});
