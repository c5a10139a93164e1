//! A document: one file of notes as text.

use super::block::{Block, BlockKind, Position, Stand};
use super::source::Given;
use crate::error::Result;
use serde::Serialize;
use std::ops::Range;

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
    /// What was said of the file beforehand.
    pub given: Given,
    /// What the format knows of each line of `text`; empty where it knows nothing.
    pub(super) blocks: Vec<Block>,
    /// The names of a spreadsheet's sheets.
    pub(super) sheets: Vec<String>,
}

/// The headings of the columns of spreadsheets and tables, where they are none of those that are known: "Hva ble notert".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// The column of points.
    pub point: Option<String>,
    /// The column of tables.
    pub table: Option<String>,
    /// The column of questions.
    pub question: Option<String>,
    /// The column of speakers.
    pub speaker: Option<String>,
}

/// The format of a file, as its content shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
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
        Document {
            path,
            text,
            encoding,
            format: Format::Text,
            given: Given::default(),
            blocks: Vec::new(),
            sheets: Vec::new(),
        }
    }

    /// The byte after each line's end.
    pub(crate) fn line_ends(&self) -> impl Iterator<Item = usize> {
        self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1)
    }

    /// Replaces spans of the text, in order and apart; what the format knows of each line holds as long as their line ends stay.
    pub(crate) fn replace(&mut self, replacements: &[(Range<usize>, String)]) {
        let mut text = String::with_capacity(self.text.len());
        let mut last = 0;
        for (span, replacement) in replacements {
            self.move_label(span, replacement.len());
            text.push_str(&self.text[last..span.start]);
            text.push_str(replacement);
            last = span.end;
        }
        text.push_str(&self.text[last..]);
        self.text = text;
    }

    /// A turn's label that a replacement stands in grows or shrinks with it.
    fn move_label(&mut self, span: &Range<usize>, len: usize) {
        let Some(BlockKind::Turn(label)) =
            self.blocks.get_mut(line_of(&self.text, span.start)).map(|block| &mut block.kind)
        else {
            return;
        };
        let start = self.text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        if span.end <= start + *label as usize {
            let changed = (*label as usize + len).saturating_sub(span.len());
            *label = u32::try_from(changed).unwrap_or(*label);
        }
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

/// The index of the line that holds a byte.
fn line_of(text: &str, byte: usize) -> usize {
    text.as_bytes()[..byte].iter().filter(|&&byte| byte == b'\n').count()
}
