//! A document: one file of notes as text.

use crate::error::Result;

/// One file of notes as text, with where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The file's path from the folder that was read, with `/` between its parts.
    pub path: String,
    /// The text, in Unicode's composed form (NFC), its line ends as they were. Spans of points are bytes of this text.
    pub text: String,
    /// How the bytes were read.
    pub encoding: Encoding,
}

/// How a file's bytes were read as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-8 that had been read as Windows-1252 and written as UTF-8 again ("bÃ¸r"); mended.
    Utf8Twice,
    /// UTF-16, little end first.
    Utf16Le,
    /// UTF-16, big end first.
    Utf16Be,
    /// Windows-1252, of which Latin-1 is a part.
    Windows1252,
    /// Mac OS Roman.
    MacRoman,
}

impl Document {
    /// A document from the bytes of a plain-text file.
    ///
    /// ```
    /// use kodebok::notes::{Document, Encoding};
    ///
    /// let document = Document::from_bytes("bord-3.txt", b"- p\xe5r\xf8rende b\xf8r h\xf8res")?;
    /// assert_eq!(document.text, "- pårørende bør høres");
    /// assert_eq!(document.encoding, Encoding::Windows1252);
    /// # Ok::<(), kodebok::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Where the bytes are not text in an encoding that is read here: the file, the byte, and what to do.
    pub fn from_bytes(path: impl Into<String>, bytes: &[u8]) -> Result<Document> {
        let path = path.into();
        match super::decode(bytes) {
            Ok((text, encoding)) => Ok(Document { path, text, encoding }),
            Err(error) => Err(error.in_file(path)),
        }
    }

    /// A document from text that is at hand already.
    ///
    /// ```
    /// use kodebok::notes::{Document, points};
    ///
    /// let document = Document::from_text("bord-3.txt", "- mer tid\n- flere folk");
    /// let points = points(std::slice::from_ref(&document));
    /// assert_eq!(points.len(), 2);
    /// assert_eq!(points[1].table, Some("3"));
    /// ```
    #[must_use]
    pub fn from_text(path: impl Into<String>, text: &str) -> Document {
        Document { path: path.into(), text: super::encoding::compose(text.to_owned()), encoding: Encoding::Utf8 }
    }
}
