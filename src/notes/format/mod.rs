//! Formats: bytes to documents, one file a format. What a file is shows from its content; its name only decides where several
//! formats could be meant.

mod archive;
mod body;
mod columns;
mod delimited;
mod docx;
mod grid;
mod html;
mod limit;
mod mail;
mod markdown;
mod odt;
mod paragraph;
mod pdf;
mod rtf;
mod sheet;
mod subtitles;
mod xml;

use super::document::{Columns, Document, Format};
use crate::error::{Error, ErrorKind, Result};
use std::panic::{AssertUnwindSafe, catch_unwind};

pub(crate) use sheet::Cell as SheetCell;

/// The documents in a file's bytes: one, and those attached to an e-mail.
///
/// A parser that fails on damaged input gives an error as all else does: a panic inside one is caught, so that a folder's other
/// files are read.
pub(super) fn read(path: &str, bytes: &[u8], columns: &Columns) -> Vec<Result<Document>> {
    let reading = || match detect(path, bytes) {
        Ok(format) => read_as(format, path, bytes, columns),
        Err(error) => vec![Err(error)],
    };
    catch_unwind(AssertUnwindSafe(reading)).unwrap_or_else(|_| vec![Err(damaged("so broken that its reader gave up"))])
}

/// The cells of a workbook's first sheet that has any, row by row; `None` where the bytes are no workbook (`.xlsx`, `.ods`).
///
/// # Errors
///
/// Where they are one that can't be read.
pub(crate) fn first_sheet(bytes: &[u8]) -> Result<Option<Vec<SheetCell>>> {
    let sheets = match by_signature(bytes)? {
        Some(Format::Xlsx) => sheet::xlsx_sheets(bytes)?,
        Some(Format::Ods) => sheet::ods_sheets(bytes)?,
        _ => return Ok(None),
    };
    let cells = sheets.into_iter().map(|sheet| sheet.cells);
    Ok(Some(cells.into_iter().find(|cells| !cells.is_empty()).unwrap_or_default()))
}

/// A file of a known format that can't be read.
fn damaged(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Damaged, message).advise("open it in the program that wrote it and save it anew")
}

fn read_as(format: Format, path: &str, bytes: &[u8], columns: &Columns) -> Vec<Result<Document>> {
    let one = match format {
        Format::Mail => return mail::read(path, bytes, columns),
        Format::Pdf => return pdf::read(path, bytes),
        Format::Docx => docx::read(path, bytes),
        Format::Odt => odt::read(path, bytes),
        Format::Rtf => rtf::read(path, bytes),
        Format::Html => html::read(path, bytes),
        Format::Xlsx => sheet::xlsx(path, bytes, columns),
        Format::Ods => sheet::ods(path, bytes, columns),
        Format::Csv => delimited::read(path, bytes, columns),
        Format::Vtt | Format::Srt => subtitles::read(path, bytes, format),
        Format::Markdown => markdown::read(path, bytes),
        Format::Text => plain(path, bytes),
    };
    vec![one]
}

fn plain(path: &str, bytes: &[u8]) -> Result<Document> {
    let (text, encoding) = super::decode(bytes)?;
    Ok(Document::plain(path.to_owned(), text, encoding))
}

/// What bytes are.
fn detect(path: &str, bytes: &[u8]) -> Result<Format> {
    if let Some(format) = by_signature(bytes)? {
        return Ok(format);
    }
    let extension = path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(_, last)| last.to_lowercase());
    let head = head_as_text(bytes);
    if head.starts_with("WEBVTT") {
        return Ok(Format::Vtt);
    }
    if subtitles::looks_like_srt(&head) {
        return Ok(Format::Srt);
    }
    if html::looks_like(&head) {
        return Ok(Format::Html);
    }
    if mail::looks_like(&head) {
        return Ok(Format::Mail);
    }
    Ok(match extension.as_deref() {
        Some("csv" | "tsv" | "tab") => Format::Csv,
        _ if delimited::looks_like(&head) => Format::Csv,
        Some("md" | "markdown") => Format::Markdown,
        _ => Format::Text,
    })
}

/// The first kilobytes as text good enough to look for marks in.
fn head_as_text(bytes: &[u8]) -> String {
    let head = &bytes[..bytes.len().min(4096)];
    let text: String = match head {
        [0xFF, 0xFE, rest @ ..] => encoding_rs::UTF_16LE.decode_without_bom_handling(rest).0.into_owned(),
        [0xFE, 0xFF, rest @ ..] => encoding_rs::UTF_16BE.decode_without_bom_handling(rest).0.into_owned(),
        _ => String::from_utf8_lossy(head).into_owned(),
    };
    text.trim_start_matches('\u{FEFF}').trim_start().to_owned()
}

/// The formats that begin with bytes of their own; of those that are not read, what to do.
fn by_signature(bytes: &[u8]) -> Result<Option<Format>> {
    let not_read = |what: &str, advice: &str| Err(Error::new(ErrorKind::Format, what).advise(advice));
    let blank = bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    match &bytes[blank..] {
        [b'P', b'K', 3 | 5 | 7, ..] => archive::format(&bytes[blank..]).map(Some),
        rest if rest.starts_with(b"%PDF-") => Ok(Some(Format::Pdf)),
        rest if rest.starts_with(b"{\\rtf") => Ok(Some(Format::Rtf)),
        rest if rest.starts_with(b"\xD0\xCF\x11\xE0") => {
            not_read("a file of an old Office program, or one with a password", "save it as .docx or .xlsx")
        }
        rest if PICTURES.iter().any(|mark| rest.starts_with(mark)) => {
            Err(Error::new(ErrorKind::Scan, "a picture").advise("run OCR on it first"))
        }
        rest if ARCHIVES.iter().any(|mark| rest.starts_with(mark)) => not_read("an archive", "unpack it first"),
        rest if rest.get(4..8) == Some(b"ftyp") || SOUNDS.iter().any(|mark| rest.starts_with(mark)) => {
            not_read("a recording", "have it transcribed first")
        }
        _ => Ok(None),
    }
}

const PICTURES: [&[u8]; 6] = [b"\x89PNG", b"\xFF\xD8\xFF", b"GIF8", b"II*\0", b"MM\0*", b"\0\0\0\x0cjP  "];
const ARCHIVES: [&[u8]; 5] = [b"Rar!", b"7z\xBC\xAF", b"\x1F\x8B", b"BZh", b"\xFD7zXZ"];
const SOUNDS: [&[u8]; 4] = [b"RIFF", b"ID3", b"OggS", b"fLaC"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_decides() {
        for (path, bytes, expected) in [
            ("a.docx", &b"- mer tid\n"[..], Format::Text),
            ("a.txt", b"%PDF-1.4", Format::Pdf),
            ("a.txt", b"{\\rtf1 mer tid}", Format::Rtf),
            ("a", b"\xEF\xBB\xBFWEBVTT\n\n", Format::Vtt),
            ("a.txt", b"1\n00:00:01,000 --> 00:00:02,000\nmer tid\n", Format::Srt),
            ("a.doc", b"<html><body>mer tid", Format::Html),
            ("a", b"From: a@b.no\nTo: c@d.no\nSubject: Bord 3\nMIME-Version: 1.0\n\nmer tid", Format::Mail),
            ("a.txt", b"bord;punkt\n3;mer tid\n", Format::Csv),
            ("a.csv", b"3;mer tid\n", Format::Csv),
            ("a.md", b"- mer tid\n", Format::Markdown),
            ("a.txt", b"Fra: Kari\nTil: Ola\n- mer tid\n", Format::Text),
        ] {
            assert_eq!(detect(path, bytes).unwrap(), expected, "{path}");
        }
    }

    #[test]
    fn what_is_not_read_is_said_with_what_to_do() {
        for (bytes, message) in [
            (&b"\xD0\xCF\x11\xE0old"[..], "a file of an old Office program, or one with a password (save it as"),
            (b"\x89PNG\r\n", "a picture (run OCR on it first)"),
            (b"PK\x03\x04", "so broken"),
            (b"Rar!\x1a", "an archive (unpack it first)"),
        ] {
            let error = read("a.docx", bytes, &Columns::default()).remove(0).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }
    }
}
