//! Sheets as CSV.

use super::{Row, WEIGHTS, codebook_of, rows_of};
use crate::codebook::Codebook;
use crate::decisions::separator;
use crate::error::{Error, ErrorKind, Place, Result};
use crate::exchange::{Carried, composed_text};

/// What stands between the cells of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Separator {
    /// A comma, as most programs read it.
    #[default]
    Comma,
    /// A semicolon, with decimal commas and a byte order mark before all: as Excel reads it where the decimal sign is a comma. There it
    /// takes `2.5` for the second of May.
    Semicolon,
}

/// A codebook with its coded examples as CSV in UTF-8: all of it, so that [`codebook_from_csv`] reads it back as it was.
///
/// Cells that a spreadsheet would take for a formula get an apostrophe before them, which is taken off again in reading.
///
/// ```
/// use kodebok::codebook::Codebook;
/// use kodebok::exchange::sheet::{Separator, codebook_from_csv, codebook_to_csv};
///
/// let csv = codebook_to_csv(&Codebook::summit_2017(), Separator::Comma);
/// assert!(csv.starts_with("code,kind,text,weight,also,group,genre\n,id,summit-2017,"));
/// ```
#[must_use]
pub fn codebook_to_csv(codebook: &Codebook, separator: Separator) -> String {
    let mut rows = rows_of(codebook);
    match separator {
        Separator::Comma => written(rows, b','),
        Separator::Semicolon => {
            rows.iter_mut().for_each(|row| row[WEIGHTS] = row[WEIGHTS].replace('.', ","));
            format!("\u{FEFF}{}", written(rows, b';'))
        }
    }
}

/// Rows as CSV.
pub(in crate::exchange) fn written(rows: impl IntoIterator<Item = Row>, delimiter: u8) -> String {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    for row in rows {
        writer
            .write_record(row.iter().map(|cell| guarded(cell)))
            .expect("a vector takes all, and rows are of one length");
    }
    let bytes = writer.into_inner().expect("a vector takes all");
    String::from_utf8(bytes).expect("the cells are UTF-8, and so is what parts them")
}

/// A cell that no spreadsheet takes for a formula: an apostrophe before one that begins like one.
fn guarded(cell: &str) -> String {
    if is_risky(cell) { format!("'{cell}") } else { cell.to_owned() }
}

/// Whether a cell begins with a formula's sign, apostrophes before it aside, which makes guarding and taking it off each other's opposite.
/// Numbers are none.
pub(super) fn is_risky(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
        && cell.replace(',', ".").parse::<f64>().is_err()
}

fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_risky(rest) => rest,
        _ => cell,
    }
}

/// A codebook from the bytes of a CSV file, in any encoding that notes are read in. What stands between the cells is seen from the first
/// line: semicolon, tab or comma.
///
/// # Errors
///
/// Where the bytes are no text, the columns are not named, or there is no code: [`ErrorKind::Exchange`] with the row.
pub fn codebook_from_csv(bytes: &[u8]) -> Result<Carried<Codebook>> {
    codebook_of(rows(&composed_text(bytes)?)?)
}

fn rows(text: &str) -> Result<Vec<Row>> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator(first))
        .from_reader(text.as_bytes());
    let mut rows: Vec<Row> = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(1, |at| usize::try_from(at.line()).unwrap_or(1));
            Error::new(ErrorKind::Exchange, format!("no CSV, {error}")).at(Place::LineColumn(line, 1))
        })?;
        rows.push(record.iter().map(|cell| unguarded(cell).to_owned()).collect());
    }
    Ok(rows)
}
