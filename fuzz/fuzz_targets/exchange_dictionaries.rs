//! Dictionaries of other programs: any bytes are an error or a dictionary that can be written.
#![no_main]

use kodebok::exchange::dictionary::Dictionary;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let read = [Dictionary::from_quanteda, Dictionary::from_liwc, Dictionary::from_provalis];
    for dictionary in read.into_iter().filter_map(|read| read(bytes).ok()) {
        let _ = (dictionary.value.to_quanteda(), dictionary.value.to_liwc(), dictionary.value.to_provalis());
        if let Ok(codebook) = dictionary.value.codebook("fuzz") {
            let _ = Dictionary::of_codebook(&codebook.value);
        }
    }
});
