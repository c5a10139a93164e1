//! Codebooks as sheets: any bytes are an error or a codebook that can be written.
#![no_main]

use kodebok::exchange::sheet::{self, Separator};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for codebook in [sheet::codebook_from_csv(bytes), sheet::codebook_from_xlsx(bytes)].into_iter().flatten() {
        let csv = sheet::codebook_to_csv(&codebook.value, Separator::Semicolon);
        let again = sheet::codebook_from_csv(csv.as_bytes()).expect("what is written can be read");
        assert_eq!(again.value.codes.len(), codebook.value.codes.len());
        let _ = sheet::codebook_to_xlsx(&codebook.value);
    }
});
