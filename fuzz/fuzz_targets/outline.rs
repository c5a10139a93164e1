//! Fuzzes the way from lines to points.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let document = kodebok::notes::Document::from_text("a.txt", text);
    let _ = kodebok::notes::outline(0, &document);
});
