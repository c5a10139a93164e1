//! The zip archives that office documents are: which format one is, and its parts within limits.

use super::super::document::Format;
use super::{damaged, limit};
use crate::error::{Error, ErrorKind, Result};
use std::io::{Cursor, Read};
use zip::ZipArchive;
use zip::result::ZipError;

/// An archive whose parts are read within limits.
pub(super) struct Parts<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
    unpacked: u64,
}

impl<'b> Parts<'b> {
    /// # Errors
    ///
    /// Where the bytes are no whole zip archive.
    pub fn open(bytes: &'b [u8]) -> Result<Parts<'b>> {
        let archive = ZipArchive::new(Cursor::new(bytes))
            .map_err(|error| damaged("so broken that it can't be unpacked, or cut short").on(&error.to_string()))?;
        Ok(Parts { archive, unpacked: 0 })
    }

    pub fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    /// The names of the parts that begin so, in order.
    pub fn names(&self, prefix: &str) -> Vec<String> {
        let mut names: Vec<String> = self
            .archive
            .file_names()
            .filter_map(|name| name.ok().map(std::borrow::Cow::into_owned))
            .filter(|name| name.starts_with(prefix))
            .collect();
        names.sort();
        names
    }

    /// A part, unpacked; `None` where there is none of that name.
    ///
    /// # Errors
    ///
    /// Where it is broken, has a password or unpacks to more than is read.
    pub fn bytes(&mut self, name: &str) -> Result<Option<Vec<u8>>> {
        let file = match self.archive.by_name(name) {
            Ok(file) => file,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(damaged(format!("its part {name} can't be unpacked")).on(&error.to_string())),
        };
        if file.encrypted() {
            return Err(Error::new(ErrorKind::Format, "has a password").advise("save it without one"));
        }
        let ratio = (file.compressed_size().saturating_mul(limit::RATIO)).max(limit::SMALL);
        let most = ratio.min(limit::PART).min(limit::ARCHIVE.saturating_sub(self.unpacked));
        let mut bytes = Vec::new();
        file.take(most + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| damaged(format!("its part {name} is broken")).on(&error.to_string()))?;
        if bytes.len() as u64 > most {
            let message = format!(
                "its part {name} unpacks to more than {} MB or {} times its size",
                limit::PART >> 20,
                limit::RATIO
            );
            return Err(Error::new(ErrorKind::Limit, message).advise("is it a real document?"));
        }
        self.unpacked += bytes.len() as u64;
        Ok(Some(bytes))
    }

    /// A part as text.
    ///
    /// # Errors
    ///
    /// As [`Parts::bytes`], and where the part is not text.
    pub fn text(&mut self, name: &str) -> Result<Option<String>> {
        let Some(bytes) = self.bytes(name)? else { return Ok(None) };
        match super::super::decode(&bytes) {
            Ok((text, _)) => Ok(Some(text)),
            Err(error) => Err(damaged(format!("its part {name} is not text")).on(&error.to_string())),
        }
    }
}

/// Which format an archive is.
pub(super) fn format(bytes: &[u8]) -> Result<Format> {
    let mut parts = Parts::open(bytes)?;
    if let Some(mime) = parts.bytes("mimetype")? {
        match mime.trim_ascii() {
            b"application/vnd.oasis.opendocument.text" | b"application/vnd.oasis.opendocument.text-template" => {
                return Ok(Format::Odt);
            }
            b"application/vnd.oasis.opendocument.spreadsheet" => return Ok(Format::Ods),
            _ => {}
        }
    }
    if parts.has("word/document.xml") || !parts.names("word/document").is_empty() {
        return Ok(Format::Docx);
    }
    if parts.has("xl/workbook.xml") {
        return Ok(Format::Xlsx);
    }
    let (what, advice) = if parts.has("ppt/presentation.xml") {
        ("a presentation", "save its notes as .docx or .pdf")
    } else {
        ("an archive", "unpack it first")
    };
    Err(Error::new(ErrorKind::Format, what).advise(advice))
}
