//! What a format knows of each line of its text: what it is, and where a reader of the file finds it.

use std::fmt;

/// Where in its file a point stands, as a person who opens the file would look for it. All numbers count from 1.
///
/// Displayed in bokmål: `linje 12`, `side 3`, `avsnitt 7`, `Ark1!B12`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Position<'d> {
    /// A line of a text file.
    Line(usize),
    /// A paragraph of an office document, a web page or an e-mail; empty ones are not counted.
    Paragraph(usize),
    /// A page.
    Page(usize),
    /// A cell of a document's table.
    Cell {
        /// Which table of the document.
        table: usize,
        /// Its row.
        row: usize,
        /// Its column.
        column: usize,
    },
    /// A cell of a spreadsheet.
    SheetCell {
        /// The sheet's name; empty where a file has but one without a name.
        sheet: &'d str,
        /// Its row.
        row: usize,
        /// Its column: 1 is A.
        column: usize,
    },
    /// A footnote or endnote.
    Footnote(usize),
    /// A comment in the margin.
    Comment(usize),
    /// The head or foot that every page repeats.
    Margin,
}

impl fmt::Display for Position<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Position::Line(line) => write!(f, "linje {line}"),
            Position::Paragraph(paragraph) => write!(f, "avsnitt {paragraph}"),
            Position::Page(page) => write!(f, "side {page}"),
            Position::Cell { table, row, column } => write!(f, "tabell {table}, rad {row}, kolonne {column}"),
            Position::SheetCell { sheet: "", row, column } => write!(f, "{}{row}", column_letters(column)),
            Position::SheetCell { sheet, row, column } => write!(f, "{sheet}!{}{row}", column_letters(column)),
            Position::Footnote(number) => write!(f, "fotnote {number}"),
            Position::Comment(number) => write!(f, "kommentar {number}"),
            Position::Margin => f.write_str("topptekst"),
        }
    }
}

/// A column, from 1, as spreadsheets name it: A, B ... Z, AA.
pub(crate) fn column_letters(mut column: usize) -> String {
    let mut letters = Vec::new();
    while column > 0 {
        column -= 1;
        letters.push(char::from(b'A' + u8::try_from(column % 26).unwrap_or_default()));
        column /= 26;
    }
    letters.into_iter().rev().collect()
}

/// A [`Position`] that does not borrow: a sheet is its index among the document's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "documents"), expect(dead_code, reason = "only the formats make other positions than lines"))]
pub(super) enum Stand {
    Line(u32),
    Paragraph(u32),
    Page(u32),
    Cell { table: u32, row: u32, column: u32 },
    SheetCell { sheet: u32, row: u32, column: u32 },
    Footnote(u32),
    Comment(u32),
    Margin,
}

/// What a line of a document's text is, where its format says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "documents"), expect(dead_code, reason = "only the formats know more than lines"))]
pub(super) enum BlockKind {
    /// A line of plain text: what it is shows from its own marks and its neighbours.
    Line,
    /// A whole paragraph: its own marks count, its neighbours do not continue it.
    Paragraph,
    /// A heading.
    Heading,
    /// A heading of a table's columns, under which nothing stands alone.
    Caption,
    /// An item of a list, or a cell: one point however many sentences it has.
    Item,
    /// Goes on with the block before.
    More,
    /// A footnote, a comment: prose that is neither heading nor label.
    Note,
    /// A line of the page's head, or a cell beside the point.
    Head,
    /// Set aside: running heads, page numbers, quoted mail.
    Aside,
    /// The table (bord) of what follows.
    Table,
    /// The question of what follows.
    Question,
    /// The heading of what follows, from a cell.
    Section,
    /// Who says the next item.
    Speaker,
    /// A turn that begins with its speaker's label, so many bytes long.
    Turn(u32),
}

/// One line of a document's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub kind: BlockKind,
    pub stand: Stand,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_lettered_as_in_spreadsheets() {
        for (column, letters) in [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (703, "AAA")] {
            assert_eq!(column_letters(column), letters);
        }
        assert_eq!(Position::SheetCell { sheet: "Dag 1", row: 3, column: 2 }.to_string(), "Dag 1!B3");
    }
}
