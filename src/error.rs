//! The one error type: what went wrong, in which file, where in it, on what text, and what to do.
//!
//! Only the edges of the library can fail: reading a folder, a codebook or a file of settings. Everything between returns
//! plain values.

use std::fmt;
use std::path::{Path, PathBuf};

/// The result of whatever can fail in this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong, and where.
///
/// Displayed on one line as `FILE:LINE:COLUMN: what is wrong: the offending text (what to do)`, each part only where it is
/// known.
///
/// ```
/// use kodebok::codebook::Codebook;
///
/// let error = Codebook::parse("[[code]]\nid = \"a\"\nwieght = 2\n").unwrap_err().in_file("my.toml");
/// assert!(error.to_string().starts_with("my.toml:3:1: unknown field `wieght`"));
/// ```
#[derive(Debug)]
pub struct Error(Box<Parts>);

#[derive(Debug)]
struct Parts {
    kind: ErrorKind,
    path: Option<PathBuf>,
    place: Option<Place>,
    message: String,
    offending: Option<String>,
    advice: Option<String>,
}

/// The kind of an [`Error`], for callers that act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The file system said no: not there, no permission, a loop of links.
    Io,
    /// The bytes are not text in any encoding that is read here.
    Encoding,
    /// The text is not a codebook.
    Codebook,
    /// The file is of a format that is not read here.
    Format,
    /// The file is not what other programs exchange under its format: damaged, cut off or too large.
    Exchange,
    /// The file is of a format that is read here, and broken.
    Damaged,
    /// The file is larger, or unpacks to more, than is read.
    Limit,
    /// The pages are pictures without text: they need OCR first.
    Scan,
}

/// A place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// A line and a column, both from 1; columns count Unicode code points.
    LineColumn(usize, usize),
    /// A byte offset, from 0.
    Byte(usize),
}

impl Place {
    /// The place of a byte offset in a text.
    ///
    /// `offset` counts bytes of UTF-8 from 0; past the end, or inside a character, it is taken back to the nearest boundary.
    ///
    /// ```
    /// use kodebok::Place;
    ///
    /// assert_eq!(Place::in_text("på\nmøte", 7), Place::LineColumn(2, 3));
    /// ```
    #[must_use]
    pub fn in_text(text: &str, offset: usize) -> Place {
        let before = &text[..text.floor_char_boundary(offset)];
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        Place::LineColumn(line, before[start..].chars().count() + 1)
    }
}

impl Error {
    /// An error of a kind, with what is wrong.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error(Box::new(Parts { kind, path: None, place: None, message: message.into(), offending: None, advice: None }))
    }

    /// An error of the file system on `path`.
    pub(crate) fn io(path: &Path, cause: &std::io::Error) -> Error {
        Error::new(ErrorKind::Io, cause.to_string()).in_file(path)
    }

    /// The same error, with the file in which it arose.
    #[must_use]
    pub fn in_file(mut self, path: impl Into<PathBuf>) -> Error {
        self.0.path = Some(path.into());
        self
    }

    /// The same error, of a file attached to the one that is read.
    #[cfg(feature = "documents")]
    pub(crate) fn in_attachment(mut self, name: &str) -> Error {
        self.0.message = format!("attached {name}: {}", self.0.message);
        self
    }

    pub(crate) fn at(mut self, place: Place) -> Error {
        self.0.place = Some(place);
        self
    }

    /// Adds the offending text; of a long one its first 80 code points.
    pub(crate) fn on(mut self, offending: &str) -> Error {
        let shown: String = offending.chars().take(80).collect();
        self.0.offending = Some(if shown.len() < offending.len() { shown + " ..." } else { shown });
        self
    }

    pub(crate) fn advise(mut self, advice: impl Into<String>) -> Error {
        self.0.advice = Some(advice.into());
        self
    }

    /// The kind of error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The file in which it arose, where one is known.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }

    /// The place in the file, where one is known.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        self.0.place
    }

    /// The text that could not be read, where there is one; at most 80 code points of it.
    #[must_use]
    pub fn offending(&self) -> Option<&str> {
        self.0.offending.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.0.path {
            // A line end in a file's name must not look like the end of the message.
            let shown = path.display().to_string();
            let plain: String = shown.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect();
            write!(f, "{plain}:")?;
        }
        match self.0.place {
            Some(Place::LineColumn(line, column)) => write!(f, "{line}:{column}: ")?,
            Some(Place::Byte(offset)) => write!(f, "byte {offset}: ")?,
            None if self.0.path.is_some() => f.write_str(" ")?,
            None => {}
        }
        f.write_str(&self.0.message)?;
        if let Some(offending) = &self.0.offending {
            write!(f, ": {offending}")?;
        }
        if let Some(advice) = &self.0.advice {
            write!(f, " ({advice})")?;
        }
        Ok(())
    }
}

// What the system said stands in the message; as a source too it would be shown twice.
impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_said_is_said_once() {
        let cause = std::io::Error::from(std::io::ErrorKind::NotFound);
        let error = anyhow::Error::from(Error::io(Path::new("a.toml"), &cause));
        assert_eq!(format!("{error:#}"), format!("a.toml: {cause}"));
    }

    #[test]
    fn shows_only_the_parts_that_are_known() {
        let bare = Error::new(ErrorKind::Codebook, "a code twice");
        assert_eq!(bare.to_string(), "a code twice");
        let full = Error::new(ErrorKind::Codebook, "a code twice")
            .in_file("k.toml")
            .at(Place::LineColumn(3, 6))
            .on("id = \"a\"")
            .advise("rename one");
        assert_eq!(full.to_string(), "k.toml:3:6: a code twice: id = \"a\" (rename one)");
    }

    #[test]
    fn long_offending_text_is_cut_at_a_character() {
        let error = Error::new(ErrorKind::Encoding, "odd").on(&"å".repeat(100));
        assert_eq!(error.offending().map(|text| text.chars().count()), Some(84));
    }
}
