//! Files of other programs: analyses and codebooks go out to them, codebooks and codings come in.
//!
//! | format | module | of |
//! | --- | --- | --- |
//! | `.qdpx`, `.qdc` | [`refi`] | REFI-QDA: NVivo, MAXQDA, ATLAS.ti, QualCoder and others |
//! | `.yml`, `.dic`, `.cat` | [`dictionary`] | dictionaries of quanteda, LIWC and Provalis (WordStat) |
//! | `.csv`, `.xlsx` | [`sheet`] | a codebook as a sheet, a row a cue or example |
//! | `.csv`, `.xlsx`, `.parquet` | [`tables`] | results for R, Python and statistics programs |
//! | `.docx` | [`word`] | the report, to be worked on in a text program |
//!
//! All functions are pure: bytes or text in, values out, or the other way. What a format can't express, and what a file held
//! that is not kept, comes back beside the value as [`Notice`]s, so that nothing is lost in silence. What can't be read at all is
//! an [`crate::Error`] with its place; [`crate::Error::in_file`] adds the file.

pub mod dictionary;
mod draft;
pub mod refi;
pub mod sheet;
pub mod tables;
mod toml;
pub mod word;
mod xml;
mod zip;

use crate::error::{Place, Result};
use std::fmt;
use unicode_normalization::UnicodeNormalization;

pub use self::toml::{examples_jsonl, to_toml};

/// A value that went from one format to another, with what did not go along.
#[derive(Clone, Debug, PartialEq)]
pub struct Carried<T> {
    /// What went along.
    pub value: T,
    /// What did not, or not as it was.
    pub notices: Vec<Notice>,
}

/// Something that did not go along from one format to another, or not as it was.
///
/// Displayed on one line: `3:1: a weight is not kept: lov (2)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Where in the file it stands, if it comes from one.
    pub place: Option<Place>,
    /// What happened.
    pub message: String,
    /// To what.
    pub subject: String,
}

impl Notice {
    fn new(message: impl Into<String>, subject: impl Into<String>) -> Notice {
        Notice { place: None, message: message.into(), subject: subject.into() }
    }

    fn at(mut self, place: Place) -> Notice {
        self.place = Some(place);
        self
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some(Place::LineColumn(line, column)) => write!(f, "{line}:{column}: ")?,
            Some(Place::Byte(offset)) => write!(f, "byte {offset}: ")?,
            None => {}
        }
        write!(f, "{}: {}", self.message, self.subject)
    }
}

/// The text of a file, every code point as it is: positions count them. What is not UTF-8 is read as notes are.
fn exact_text(bytes: &[u8]) -> Result<String> {
    let marked = bytes.strip_prefix(b"\xEF\xBB\xBF");
    match std::str::from_utf8(marked.unwrap_or(bytes)) {
        // Without a mark, zero bytes are UTF-16's.
        Ok(text) if marked.is_some() || !bytes.contains(&0) => Ok(text.to_owned()),
        _ => crate::notes::decode(bytes).map(|(text, _)| text),
    }
}

/// The text of a file in NFC, as codebooks and notes are.
fn composed_text(bytes: &[u8]) -> Result<String> {
    Ok(exact_text(bytes)?.nfc().collect())
}
