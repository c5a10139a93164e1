//! A document: one file of notes as text.

use super::block::{Block, Position, Stand};
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
    /// What the file was, whatever it was called.
    pub format: Format,
    /// What the format knows of each line of `text`; empty where it knows nothing.
    pub(super) blocks: Vec<Block>,
    /// The names of a spreadsheet's sheets.
    pub(super) sheets: Vec<String>,
}

/// The format of a file, as its content shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Plain text.
    Text,
    /// Markdown.
    Markdown,
    /// Office Open XML text (`.docx`).
    Docx,
    /// OpenDocument text (`.odt`).
    Odt,
    /// Rich text (`.rtf`).
    Rtf,
    /// PDF with a text layer.
    Pdf,
    /// A web page.
    Html,
    /// An e-mail.
    Mail,
    /// A table as text (`.csv`, `.tsv`).
    Csv,
    /// Office Open XML spreadsheet (`.xlsx`).
    Xlsx,
    /// OpenDocument spreadsheet (`.ods`).
    Ods,
    /// Subtitles of the web (`.vtt`).
    Vtt,
    /// Subtitles (`.srt`).
    Srt,
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
            Ok((text, encoding)) => Ok(Document::plain(path, text, encoding)),
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
        Document::plain(path.into(), super::encoding::compose(text.to_owned()), Encoding::Utf8)
    }

    pub(super) fn plain(path: String, text: String, encoding: Encoding) -> Document {
        Document { path, text, encoding, format: Format::Text, blocks: Vec::new(), sheets: Vec::new() }
    }

    /// Where in the file a line of [`Document::text`] stands; lines count from 1, as [`super::Point::line`] does.
    ///
    /// ```
    /// use kodebok::notes::{Document, Position};
    ///
    /// let document = Document::from_text("bord-3.txt", "- mer tid");
    /// assert_eq!(document.position(1), Position::Line(1));
    /// ```
    #[must_use]
    pub fn position(&self, line: usize) -> Position<'_> {
        let Some(block) = line.checked_sub(1).and_then(|at| self.blocks.get(at)) else { return Position::Line(line) };
        match block.stand {
            Stand::Line(line) => Position::Line(line as usize),
            Stand::Paragraph(paragraph) => Position::Paragraph(paragraph as usize),
            Stand::Page(page) => Position::Page(page as usize),
            Stand::Cell { table, row, column } => {
                Position::Cell { table: table as usize, row: row as usize, column: column as usize }
            }
            Stand::SheetCell { sheet, row, column } => {
                let sheet = self.sheets.get(sheet as usize).map_or("", String::as_str);
                Position::SheetCell { sheet, row: row as usize, column: column as usize }
            }
            Stand::Footnote(number) => Position::Footnote(number as usize),
            Stand::Comment(number) => Position::Comment(number as usize),
            Stand::Margin => Position::Margin,
        }
    }
}
