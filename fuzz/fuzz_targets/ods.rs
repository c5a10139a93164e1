//! Fuzzes the XML inside `.ods`.
#![no_main]

use kodebok::notes::{outline, read_bytes};
use libfuzzer_sys::fuzz_target;
use std::io::{Cursor, Write};
use zip::write::{SimpleFileOptions, ZipWriter};

fuzz_target!(|data: &[u8]| {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in [("mimetype", &b"application/vnd.oasis.opendocument.spreadsheet"[..]), ("content.xml", data)] {
        if archive.start_file(name, stored).and_then(|()| Ok(archive.write_all(content)?)).is_err() {
            return;
        }
    }
    let Ok(bytes) = archive.finish() else { return };
    for document in read_bytes("a", bytes.get_ref()).into_iter().flatten() {
        let _ = outline(0, &document);
    }
});
