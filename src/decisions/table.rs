//! The file of decisions as a table: what Excel and LibreOffice make of it, and back.

use super::Row;
use crate::error::{Error, ErrorKind, Result};
use crate::notes::decode;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::LazyLock;

/// A column: its name inside, then as it is headed in bokmål, nynorsk and English.
pub(crate) struct Column {
    pub name: &'static str,
    pub headings: [&'static str; 3],
}

/// The columns, in order.
pub(crate) static COLUMNS: LazyLock<Vec<Column>> = LazyLock::new(|| {
    let lines = include_str!("../../data/report/decisions.tsv").lines().filter(|line| !line.starts_with('#'));
    let column = |line: &'static str| {
        let mut fields = line.split('\t');
        let name = fields.next()?;
        Some(Column { name, headings: [fields.next()?, fields.next()?, fields.next()?] })
    };
    lines.filter_map(column).collect()
});

/// What a spreadsheet would take for the beginning of a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A cell that no spreadsheet takes for a formula: one that begins like one has an apostrophe before it.
pub(crate) fn plain(cell: &str) -> String {
    if cell.starts_with(FORMULA) { format!("'{cell}") } else { cell.to_owned() }
}

/// A cell as it was before [`plain`].
fn meant(cell: &str) -> &str {
    let cell = cell.trim();
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA)).unwrap_or(cell)
}

/// Reads a file of decisions, as [`parse`] does.
///
/// # Errors
///
/// As [`parse`], with the file's name; and where the file can't be read.
pub fn read(path: impl AsRef<Path>) -> Result<Vec<Row>> {
    let path = path.as_ref();
    let bytes = std::fs::read(path).map_err(|error| Error::io(path, &error))?;
    parse(&bytes).map_err(|error| error.in_file(path))
}

/// The rows of a file of decisions: CSV with semicolons, commas or tabs, in UTF-8 with or without a byte order mark, Windows-1252 or
/// UTF-16, with LF or CRLF, headed in bokmål, nynorsk or English; or the first sheet of a workbook (`.xlsx`, `.ods`; feature
/// `documents`), whatever the file is called. Columns may have been moved, and others may stand among them.
///
/// ```
/// let rows = kodebok::decisions::parse("id;tekst;din kode\r\nab12;Lang kø;systemer\r\n".as_bytes())?;
/// assert_eq!((rows[0].id.as_str(), rows[0].own_code.as_str()), ("ab12", "systemer"));
/// # Ok::<(), kodebok::Error>(())
/// ```
///
/// # Errors
///
/// Where the bytes are neither text nor a workbook, or the first row does not head an `id` and at least one column for decisions.
pub fn parse(bytes: &[u8]) -> Result<Vec<Row>> {
    #[cfg(feature = "documents")]
    if let Some(cells) = crate::notes::first_sheet(bytes)? {
        return of_sheet(&cells);
    }
    let (text, _) = decode(bytes)?;
    // Excel may say so in a line of its own.
    let text = text.strip_prefix("sep=").and_then(|rest| rest.split_once('\n')).map_or(text.as_str(), |(_, rest)| rest);
    let header = text.lines().next().unwrap_or_default();
    let mut reader = csv::ReaderBuilder::new().delimiter(separator(header)).flexible(true).from_reader(text.as_bytes());
    let broken = |error: csv::Error| Error::new(ErrorKind::Format, format!("not a table: {error}"));
    let places = places(reader.headers().map_err(broken)?.iter().enumerate(), header)?;
    let mut rows = Vec::new();
    for (at, record) in reader.records().enumerate() {
        let record = record.map_err(broken)?;
        rows.push(row(at + 2, &places, |at| record.get(at)));
    }
    Ok(rows)
}

/// What separates the columns of CSV, by its first line: of comma, semicolon and tab the one that it has most of.
pub(crate) fn separator(first: &str) -> u8 {
    let count = |separator: u8| first.bytes().filter(|&byte| byte == separator).count();
    [b'\t', b';', b','].into_iter().max_by_key(|&separator| count(separator)).unwrap_or(b',')
}

/// The rows of a sheet; what stands in no headed column costs nothing, however far out it stands.
#[cfg(feature = "documents")]
fn of_sheet(cells: &[crate::notes::SheetCell]) -> Result<Vec<Row>> {
    let mut lines = cells.chunk_by(|a, b| a.row == b.row);
    let head = lines.next().unwrap_or_default();
    let shown = head.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join(";");
    let places = places(head.iter().map(|cell| (cell.column, cell.text.as_str())), &shown)?;
    let cell = |line: &'_ [crate::notes::SheetCell], column| line.iter().position(|cell| cell.column == column);
    Ok(lines.map(|line| row(line[0].row, &places, |at| cell(line, at).map(|at| line[at].text.as_str()))).collect())
}

/// Where the columns stand, by their inside names.
fn places<'h>(headings: impl Iterator<Item = (usize, &'h str)>, header: &str) -> Result<HashMap<&'static str, usize>> {
    let places: HashMap<&str, usize> = headings.filter_map(|(at, heading)| Some((column_of(heading)?, at))).collect();
    let has_own = ["own_code", "own_theme", "wording", "note"].iter().any(|name| places.contains_key(name));
    if places.contains_key("id") && has_own {
        return Ok(places);
    }
    Err(Error::new(ErrorKind::Format, "not a file of decisions")
        .on(header)
        .advise("its first row must have the headings that decisions.csv was written with"))
}

fn row<'c>(number: usize, places: &HashMap<&str, usize>, text_at: impl Fn(usize) -> Option<&'c str>) -> Row {
    let cell = |name: &str| {
        places.get(name).and_then(|&at| text_at(at)).map(|cell| meant(cell).to_owned()).unwrap_or_default()
    };
    Row {
        row: number,
        is_theme: cell("kind").to_lowercase().starts_with("tem") || cell("kind").to_lowercase().starts_with("them"),
        id: cell("id"),
        file: cell("file"),
        line: cell("line").parse().unwrap_or_default(),
        table: cell("table"),
        text: cell("text"),
        theme: cell("theme"),
        own_code: cell("own_code"),
        own_theme: cell("own_theme"),
        wording: cell("wording"),
        note: cell("note"),
    }
}

/// The decided rows of a file that another file's rows do not hold: what would be lost if that took its place. Rows are the same when
/// they are of the same point or theme and say the same.
///
/// ```
/// use kodebok::decisions::{lost, parse};
///
/// let filled_in = parse("id;din kode\nab;lover\ncd;\n".as_bytes())?;
/// let blank = parse("id;din kode\nab;\ncd;\n".as_bytes())?;
/// assert_eq!(lost(&filled_in, &blank).len(), 1);
/// assert!(lost(&blank, &filled_in).is_empty() && lost(&filled_in, &filled_in).is_empty());
/// # Ok::<(), kodebok::Error>(())
/// ```
#[must_use]
pub fn lost<'r>(old: &'r [Row], new: &[Row]) -> Vec<&'r Row> {
    let new: HashSet<_> = new.iter().map(said).collect();
    old.iter().filter(|row| row.is_decided() && !new.contains(&said(row))).collect()
}

fn said(row: &Row) -> (bool, &str, [&str; 4]) {
    (row.is_theme, &row.id, [&row.own_code, &row.own_theme, &row.wording, &row.note])
}

/// The inside name of a column by its heading in any language.
fn column_of(heading: &str) -> Option<&'static str> {
    let heading = meant(heading).trim_start_matches('\u{feff}').to_lowercase();
    COLUMNS.iter().find(|column| column.headings.contains(&heading.as_str())).map(|column| column.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn habits_of_spreadsheets() {
        let text = "type;id;fil;linje;bord;tekst;kode;tema;din kode;ditt tema;din formulering;ditt notat\r\n\
                    poeng;ab;bord-1.txt;3;1;\"Kø; \"\"lang\"\"\r\nkø\";systemer;systemer-1;lover;;'=sant;på øya\r\n";
        let expected = Row {
            row: 2,
            id: "ab".to_owned(),
            file: "bord-1.txt".to_owned(),
            line: 3,
            table: "1".to_owned(),
            text: "Kø; \"lang\"\r\nkø".to_owned(),
            theme: "systemer-1".to_owned(),
            own_code: "lover".to_owned(),
            wording: "=sant".to_owned(),
            note: "på øya".to_owned(),
            ..Row::default()
        };
        let windows = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
        for (name, bytes) in [
            ("UTF-8", text.as_bytes().to_vec()),
            ("with a byte order mark", [b"\xef\xbb\xbf", text.as_bytes()].concat()),
            ("Windows-1252", windows),
            ("with a line for the separator", [b"sep=;\r\n", text.as_bytes()].concat()),
            (
                "columns that are none of ours",
                text.replace("type;", "type;x;").replace("poeng;", "poeng;y;").into_bytes(),
            ),
        ] {
            let mut rows = parse(&bytes).unwrap();
            rows[0].row = 2;
            assert_eq!(rows, std::slice::from_ref(&expected), "{name}");
        }
        assert!(parse(b"a;b\n1;2\n").unwrap_err().to_string().contains("not a file of decisions"));
    }

    #[test]
    fn formulas_are_neutralised_and_back() {
        for cell in ["=1+1", "+47", "-", "@a", "plain", "'quoted'", "æ"] {
            assert!(!plain(cell).starts_with(FORMULA));
            assert_eq!(meant(&plain(cell)), cell);
        }
    }
}
