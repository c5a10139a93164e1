//! Fuzzes codebooks.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = kodebok::codebook::Codebook::parse(text);
});
