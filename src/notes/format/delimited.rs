//! `.csv` and `.tsv`: a row a point.

use super::super::document::{Columns, Document, Format};
use super::columns;
use super::sheet::{Cell, Sheet, points};
use super::{damaged, limit};
use crate::error::{Error, ErrorKind, Result};

const DELIMITERS: [u8; 4] = [b';', b'\t', b',', b'|'];

/// Whether a text that is not named .csv begins with a row of headings.
pub(super) fn looks_like(head: &str) -> bool {
    let Some(first) = head.lines().next() else { return false };
    DELIMITERS.iter().any(|&delimiter| {
        let cells: Vec<String> = first.split(char::from(delimiter)).map(unquoted).collect();
        cells.len() >= 2 && columns::recognise(&cells).is_some()
    })
}

fn unquoted(cell: &str) -> String {
    cell.trim().trim_matches('"').to_owned()
}

/// The document in a table as text.
pub(super) fn read(path: &str, bytes: &[u8], columns: &Columns) -> Result<Document> {
    let (text, encoding) = super::super::decode(bytes)?;
    let delimiter = delimiter(&text);
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut cells = Vec::new();
    for (row, record) in reader.records().enumerate() {
        let record = record.map_err(|error| damaged("a table that can't be read").on(&error.to_string()))?;
        for (column, text) in record.iter().enumerate().filter(|(_, text)| !text.trim().is_empty()) {
            cells.push(Cell { row: row + 1, column: column + 1, text: text.to_owned() });
        }
        if cells.len() > limit::LINES {
            return Err(Error::new(ErrorKind::Limit, "it has too many cells").advise("divide it"));
        }
    }
    let mut document = points(path, Format::Csv, vec![Sheet { name: String::new(), cells }], columns)?;
    document.encoding = encoding;
    Ok(document)
}

/// The delimiter that parts the first lines into the same number of cells, two or more; the semicolon where none does, as
/// Norwegian spreadsheets write it.
fn delimiter(text: &str) -> u8 {
    let first: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(20).collect();
    let cells = |delimiter: u8| -> (usize, usize) {
        let counts: Vec<usize> = first
            .iter()
            .map(|line| {
                let mut is_quoted = false;
                let is_cut = |byte: &u8| {
                    is_quoted ^= *byte == b'"';
                    *byte == delimiter && !is_quoted
                };
                line.bytes().filter(is_cut).count()
            })
            .collect();
        let usual = counts.first().copied().unwrap_or(0);
        (counts.iter().filter(|&&count| count == usual && count > 0).count(), usual)
    };
    DELIMITERS
        .into_iter()
        .rev()
        .max_by_key(|&delimiter| cells(delimiter))
        .filter(|&best| cells(best).0 > 0)
        .unwrap_or(b';')
}

#[cfg(test)]
mod tests {
    use super::super::super::points as points_of;
    use super::*;

    #[test]
    fn delimiters_and_quotes() {
        for (name, bytes) in [
            ("semicolons", "bord;punkt\n3;\"mer tid; og ro\"\n3;flere, mange\n"),
            ("commas", "bord,punkt\n3,mer tid; og ro\n3,\"flere, mange\"\n"),
            ("tabs", "bord\tpunkt\n3\tmer tid; og ro\n3\tflere, mange\n"),
        ] {
            let document = [read("a.csv", bytes.as_bytes(), &Columns::default()).unwrap()];
            let found: Vec<_> = points_of(&document).into_iter().map(|p| (p.table, p.text)).collect();
            assert_eq!(found, [(Some("3"), "mer tid; og ro".into()), (Some("3"), "flere, mange".into())], "{name}");
        }
    }

    #[test]
    fn only_rows_of_headings_make_a_table_of_a_text() {
        assert!(looks_like("Bord;Spørsmål;Punkt\n"));
        assert!(!looks_like("Vi var enige, alle sammen; det er bra\n"));
        assert!(!looks_like("Punkt for punkt, side om side\n"));
    }
}
