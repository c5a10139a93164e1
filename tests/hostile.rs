//! Files that are made to harm: each is refused by name within its limit, and the rest of the folder is read.
#![cfg(feature = "documents")]

use kodebok::ErrorKind;
use kodebok::notes::{Source, read_bytes, read_folder};
use std::io::{Cursor, Write};
use zip::write::{SimpleFileOptions, ZipWriter};

/// An archive with one part, packed.
fn packed(name: &str, content: &[u8]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    archive.start_file(name, options).unwrap();
    archive.write_all(content).unwrap();
    archive.finish().unwrap().into_inner()
}

fn error(bytes: &[u8]) -> (ErrorKind, String) {
    let error = read_bytes("a", bytes).remove(0).unwrap_err();
    (error.kind(), error.to_string())
}

#[test]
fn bombs_and_depths() {
    let text =
        |inner: &str| format!("<w:document><w:body><w:p><w:r><w:t>{inner}</w:t></w:r></w:p></w:body></w:document>");
    let billion = format!("<!DOCTYPE a [<!ENTITY a \"{}\">]>{}", "ha".repeat(1000), text(&"&a;".repeat(100_000)));
    let read = read_bytes("a", &packed("word/document.xml", billion.as_bytes())).remove(0).unwrap();
    assert!(read.text.is_empty(), "entities of a document are not expanded");
    for (name, bytes, kind, message) in [
        ("zip bomb", packed("word/document.xml", &vec![b' '; 100 << 20]), ErrorKind::Limit, "unpacks to more than"),
        ("deep xml", packed("word/document.xml", "<a>".repeat(100_000).as_bytes()), ErrorKind::Limit, "256 deep"),
        ("deep rtf", [&b"{\\rtf1"[..], &[b'{'; 100_000]].concat(), ErrorKind::Limit, "256 deep"),
        ("no archive", b"PK\x03\x04".repeat(1000), ErrorKind::Damaged, "can't be unpacked"),
        ("no pdf", [&b"%PDF-1.7\n"[..], &b"[".repeat(200_000)].concat(), ErrorKind::Damaged, "PDF"),
    ] {
        let (found, said) = error(&bytes);
        assert!(found == kind && said.contains(message), "{name}: {said}");
    }
    // HTML is read forgivingly to any depth.
    assert!(read_bytes("a.html", "<div><b><ul><li>".repeat(100_000).as_bytes())[0].is_ok());
}

#[test]
fn a_pdf_whose_pages_run_in_a_circle() {
    let pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R 3 0 R]/Count 2/Parent 2 0 R>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/Contents 3 0 R/Resources<</XObject<</F 4 0 R>>>>>>endobj\n4 0 obj<</Subtype/Form/Length 4/Resources<</XObject<</F 4 0 R>>>>>>stream\n/F Do\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF";
    assert!(read_bytes("a.pdf", pdf)[0].is_err());
}

#[cfg(unix)]
#[test]
fn a_folder_of_traps_is_read_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("ute.txt"), "- utenfor\n").unwrap();
    std::os::unix::fs::symlink(outside.path().join("ute.txt"), folder.path().join("lenke.txt")).unwrap();
    std::fs::File::create(folder.path().join("stor.txt")).unwrap().set_len(1 << 30).unwrap();
    std::fs::write(folder.path().join("rart\nnavn \u{202E}.docx"), "PK\x03\x04").unwrap();
    std::fs::write(folder.path().join("bord-1.txt"), "- mer tid\n").unwrap();
    let read = read_folder(folder.path()).unwrap();
    assert_eq!(read.documents.len(), 1);
    let said: Vec<String> = read.problems.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(said[0].contains("lenke.txt: a link: links are not followed"), "{said:?}");
    assert!(said[1].contains("navn") && !said[1].contains('\n'), "{said:?}");
    assert!(said[2].contains("stor.txt: larger than 128 MB"), "{said:?}");
    let followed = read_folder(Source { follow_links: true, ..folder.path().into() }).unwrap();
    assert_eq!(followed.documents.len(), 2);
}
