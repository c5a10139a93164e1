//! The text of a document while a format is read: its paragraphs, items, headings and tables, each a line with its place.

use super::super::block::{Block, BlockKind, Stand};
use super::super::document::{Document, Encoding, Format};
use super::super::encoding::compose;
use super::super::source::Given;
use super::{grid, limit};
use crate::error::{Error, ErrorKind, Result};

/// A line to be: what it is, its text and its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Draft {
    pub kind: BlockKind,
    pub text: String,
    pub stand: Stand,
}

/// A row of a table; whether its document calls it a heading.
#[derive(Default)]
pub(super) struct Row {
    pub is_heading: bool,
    pub cells: Vec<Vec<Draft>>,
}

/// A table that is not closed yet.
struct Table {
    number: u32,
    rows: Vec<Row>,
}

/// The lines of a document in the making.
#[derive(Default)]
pub(super) struct Body {
    drafts: Vec<Draft>,
    tables: Vec<Table>,
    /// Where lines go while a footnote or comment is read, and its place.
    note: Option<Stand>,
    paragraphs: u32,
    table_count: u32,
    bytes: usize,
    lines: usize,
}

impl Body {
    /// Adds a line in the flow of the text. Blank ones are left out.
    pub fn add(&mut self, kind: BlockKind, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        if self.note.is_none() && !matches!(kind, BlockKind::More) {
            self.paragraphs += 1;
        }
        let stand = self.stand();
        let kind = if self.note.is_some() && kind == BlockKind::Paragraph { BlockKind::Note } else { kind };
        self.add_at(kind, text, stand);
    }

    /// Adds a line at a place of its own.
    pub fn add_at(&mut self, kind: BlockKind, text: &str, stand: Stand) {
        let text = clean(text);
        // Past the limits nothing is kept, and `finish` refuses the document.
        self.bytes = self.bytes.saturating_add(text.len() + 1);
        self.lines += 1;
        if text.is_empty() || self.is_too_long() {
            return;
        }
        let draft = Draft { kind, text, stand };
        let cell = self.tables.last_mut().and_then(|table| table.rows.last_mut()?.cells.last_mut());
        match cell {
            Some(cell) if self.note.is_none() => cell.push(draft),
            _ => self.drafts.push(draft),
        }
    }

    /// Adds a line of plain text as it is, a blank one too, since blank lines part what stands around them.
    pub fn add_raw(&mut self, kind: BlockKind, text: &str, stand: Stand) {
        let text: String = text.chars().map(|c| if c.is_control() && c != '\t' { ' ' } else { c }).collect();
        self.bytes = self.bytes.saturating_add(text.len() + 1);
        self.lines += 1;
        if !self.is_too_long() {
            self.drafts.push(Draft { kind, text: compose(text), stand });
        }
    }

    fn is_too_long(&self) -> bool {
        self.bytes > limit::TEXT || self.lines > limit::LINES
    }

    fn stand(&self) -> Stand {
        if let Some(stand) = self.note {
            return stand;
        }
        match self.tables.last() {
            Some(table) => {
                let cells = table.rows.last().map_or(0, |row| row.cells.len());
                Stand::Cell { table: table.number, row: number(table.rows.len()), column: number(cells) }
            }
            None => Stand::Paragraph(self.paragraphs),
        }
    }

    /// Begins (`Some`) or ends a footnote or comment.
    pub fn set_note(&mut self, note: Option<Stand>) {
        self.note = note;
    }

    pub fn open_table(&mut self) {
        self.table_count += 1;
        self.tables.push(Table { number: self.table_count, rows: Vec::new() });
    }

    pub fn open_row(&mut self) {
        if let Some(table) = self.tables.last_mut() {
            table.rows.push(Row::default());
        }
    }

    pub fn open_cell(&mut self) {
        if let Some(row) = self.tables.last_mut().and_then(|table| table.rows.last_mut()) {
            row.cells.push(Vec::new());
        }
    }

    /// Says that the row that is open is a heading.
    pub fn head_row(&mut self) {
        if let Some(row) = self.tables.last_mut().and_then(|table| table.rows.last_mut()) {
            row.is_heading = true;
        }
    }

    pub fn close_table(&mut self) {
        let Some(table) = self.tables.pop() else { return };
        let drafts = grid::drafts(table.rows);
        match self.tables.last_mut().and_then(|outer| outer.rows.last_mut()?.cells.last_mut()) {
            Some(cell) => cell.extend(drafts),
            None => self.drafts.extend(drafts),
        }
    }

    /// The document.
    ///
    /// # Errors
    ///
    /// Where its text is longer than a document may be.
    pub fn finish(mut self, path: &str, format: Format) -> Result<Document> {
        while !self.tables.is_empty() {
            self.close_table();
        }
        let too_long = self.is_too_long();
        document(path, format, self.drafts, Vec::new(), too_long)
    }
}

/// A document from its lines.
pub(super) fn document(
    path: &str,
    format: Format,
    drafts: Vec<Draft>,
    sheets: Vec<String>,
    too_long: bool,
) -> Result<Document> {
    let bytes: usize = drafts.iter().map(|draft| draft.text.len() + 1).sum();
    if too_long || bytes > limit::TEXT || drafts.len() > limit::LINES {
        let message =
            format!("its text is longer than {} MB or {} million lines", limit::TEXT >> 20, limit::LINES / 1_000_000);
        return Err(Error::new(ErrorKind::Limit, message).advise("divide it"));
    }
    let mut text = String::with_capacity(bytes);
    let mut blocks = Vec::with_capacity(drafts.len());
    for draft in drafts {
        text.push_str(&draft.text);
        text.push('\n');
        blocks.push(Block { kind: draft.kind, stand: draft.stand });
    }
    let given = Given::default();
    Ok(Document { path: path.to_owned(), text, encoding: Encoding::Utf8, format, given, blocks, sheets })
}

/// A text as one line: composed, without control characters and soft hyphens, its white space single (tabs stay).
pub(super) fn clean(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            '\u{AD}' | '\u{200B}' | '\u{FEFF}' | '\u{200E}' | '\u{200F}' => {}
            '\t' => {
                line.truncate(line.trim_end_matches(' ').len());
                line.push('\t');
            }
            c if c.is_whitespace() || c.is_control() => {
                if !line.ends_with([' ', '\t']) {
                    line.push(' ');
                }
            }
            c => line.push(c),
        }
    }
    line.truncate(line.trim_end().len());
    compose(line)
}

/// A count as places keep it.
pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_one_clean_line() {
        for (text, line) in [
            ("  mer\n tid ", "mer tid"),
            ("Bord 3 \t Dag 1", "Bord 3\tDag 1"),
            ("på\u{AD}rørende\u{0}", "pårørende"),
            ("a\u{30A}", "å"),
        ] {
            assert_eq!(clean(text), line);
        }
    }
}
