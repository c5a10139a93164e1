//! Fuzzes the finder of personal data.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for found in kodebok::privacy::find(text) {
        let _ = &text[found.span];
    }
    let mut documents = [kodebok::notes::Document::from_text("a.txt", text)];
    kodebok::privacy::pseudonymise(&mut documents);
    let _ = kodebok::notes::outline(0, &documents[0]);
});
