//! Fuzzes web pages.
#![no_main]

use kodebok::notes::{outline, read_bytes};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let bytes = [&b"<html>"[..], data].concat();
    for document in read_bytes("a", &bytes).into_iter().flatten() {
        let _ = outline(0, &document);
    }
});
