//! Sheets as Excel workbooks: one sheet of texts out, the first sheet in.

use super::csv::is_risky;
use super::{Row, WEIGHTS, codebook_of, rows_of};
use crate::codebook::Codebook;
use crate::decisions::COLUMNS;
use crate::error::{Error, ErrorKind, Place, Result};
use crate::exchange::xml::{self, Element};
use crate::exchange::{Carried, exact_text, zip};
use crate::notes::column_letters;
use crate::report::{Language, Report};
use std::borrow::Cow;
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

/// Excel's own bounds. A cell outside of them is a damaged file's.
const MAX_ROWS: usize = 1 << 20;
const MAX_COLUMNS: usize = 1 << 14;

/// The most characters that Excel lets a cell hold.
const MAX_CELL: usize = 32_767;

/// A codebook with its coded examples as the bytes of an `.xlsx` file: what [`super::codebook_to_csv`] writes, as texts, so that
/// nothing is taken for a formula or a date.
///
/// # Errors
///
/// Where there are more rows, or more characters in a cell, than Excel takes.
pub fn codebook_to_xlsx(codebook: &Codebook) -> Result<Vec<u8>> {
    let cell = |(column, text): (usize, String)| {
        let is_number = column == WEIGHTS && text.parse::<f64>().is_ok_and(f64::is_finite);
        if is_number { Cell::Number(text) } else { Cell::Text(text) }
    };
    let rows: Vec<Vec<Cell>> =
        rows_of(codebook).into_iter().map(|row| row.into_iter().enumerate().map(cell).collect()).collect();
    if let Some(text) = rows.iter().flatten().find_map(|cell| cell.text().filter(|text| !fits(text))) {
        let error = Error::new(ErrorKind::Exchange, "a text that is longer than Excel takes");
        return Err(error.on(text).advise("write it as .csv"));
    }
    workbook("kodebok", &rows)
}

/// The file in which a person decides as the bytes of an `.xlsx` file: what [`Report::decisions_csv`] writes. A text that is longer
/// than Excel takes (32,767 UTF-16 units) ends with ` [...]`. [`crate::decisions::read`] reads it back (feature `documents`).
///
/// ```
/// use kodebok::exchange::sheet::decisions_to_xlsx;
/// use kodebok::{codebook::Codebook, coding::{self, Coder}, decisions, notes, report::{Language, Report}, themes};
///
/// let codebook = Codebook::summit_2017();
/// let folder = notes::read_folder("data/notes/bord-01.txt")?;
/// let points = notes::points(&folder.documents);
/// let codings = coding::code(&points, &Coder::new(&codebook));
/// let themes = themes::group(&points, &codings, themes::Options::default());
/// let report = Report::new(&folder, &codebook, &points, &codings, &themes);
/// let workbook = decisions_to_xlsx(&report, Language::Bokmal)?;
/// # #[cfg(feature = "documents")]
/// assert_eq!(decisions::parse(&workbook)?, decisions::parse(&report.decisions_csv(Language::Bokmal))?);
/// # Ok::<(), kodebok::Error>(())
/// ```
///
/// # Errors
///
/// Where there are more rows than Excel takes, 1,048,576 with the headings.
pub fn decisions_to_xlsx(report: &Report<'_>, language: Language) -> Result<Vec<u8>> {
    let is_number = |text: &str| !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    let line = COLUMNS.iter().position(|column| column.name == "line");
    let cell = |(at, text): (usize, String)| {
        if Some(at) == line && is_number(&text) { Cell::Number(text) } else { Cell::Text(text) }
    };
    let rows = report.decisions_rows(language).into_iter();
    let rows: Vec<Vec<Cell>> = rows.map(|row| row.into_iter().enumerate().map(cell).collect()).collect();
    workbook("decisions", &rows)
}

/// A cell of a sheet that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::exchange) enum Cell {
    /// A text, whatever it looks like; of one that is longer than Excel takes, the beginning.
    Text(String),
    /// A number, as it is written in programs.
    Number(String),
}

impl Cell {
    fn text(&self) -> Option<&str> {
        match self {
            Cell::Text(text) => Some(text),
            Cell::Number(_) => None,
        }
    }
}

fn fits(text: &str) -> bool {
    text.len() <= MAX_CELL || text.encode_utf16().count() <= MAX_CELL
}

/// What stands at the end of a text that was cut.
const CUT: &str = " [...]";

/// A text as long as Excel takes: of a longer one the beginning, and a mark that it goes on.
fn fitting(text: &str) -> Cow<'_, str> {
    if fits(text) {
        return text.into();
    }
    let mut units = CUT.len();
    let beginning = text.chars().take_while(|c| {
        units += c.len_utf16();
        units <= MAX_CELL
    });
    (beginning.collect::<String>() + CUT).into()
}

/// A workbook of one sheet, its first row the headings: these stay in sight and can be filtered by. Texts are texts: one that begins
/// with a formula's sign is marked so (`quotePrefix`, Excel's own apostrophe), so that it stays one when a person edits it.
///
/// # Errors
///
/// Where there are more rows or columns than Excel takes.
pub(in crate::exchange) fn workbook(name: &str, rows: &[Vec<Cell>]) -> Result<Vec<u8>> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    if rows.len() > MAX_ROWS || columns > MAX_COLUMNS {
        let error = Error::new(ErrorKind::Exchange, "more rows or columns than Excel takes");
        return Err(error.advise("write it as .csv"));
    }
    let sheet = sheet(rows, columns);
    let book = WORKBOOK.replace("{name}", name);
    let files = [
        ("[Content_Types].xml", CONTENT_TYPES),
        ("_rels/.rels", RELATIONS),
        ("xl/workbook.xml", &book),
        ("xl/_rels/workbook.xml.rels", WORKBOOK_RELATIONS),
        ("xl/styles.xml", STYLES),
        ("xl/worksheets/sheet1.xml", &sheet),
    ];
    zip::pack(files.map(|(name, content)| (name.to_owned(), content.as_bytes())))
}

const CONTENT_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>
"#;
const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>
"#;
const WORKBOOK: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>
"#;
const WORKBOOK_RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>
"#;
/// Styles of cells, by their numbers: 0 a text or number, 1 a text that begins with a formula's sign, 2 a heading.
const STYLES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs></styleSheet>
"#;

/// The widest that a column is made, in characters: longer texts are wrapped.
const WIDEST: usize = 60;

/// Written as it comes: a tree of a hundred thousand points' cells would take gigabytes.
fn sheet(rows: &[Vec<Cell>], columns: usize) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n");
    out += r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0">"#;
    out +=
        r#"<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>"#;
    for column in 0..columns {
        let shown = |row: &Vec<Cell>| match row.get(column) {
            Some(Cell::Text(text) | Cell::Number(text)) => text.chars().take(WIDEST).count(),
            None => 0,
        };
        let width = rows.iter().map(shown).max().unwrap_or_default().max(6) + 2;
        let number = column + 1;
        out += &format!(r#"<col min="{number}" max="{number}" width="{width}" customWidth="1"/>"#);
    }
    out += "</cols><sheetData>\n";
    for (at, row) in rows.iter().enumerate() {
        let number = at + 1;
        out += &format!(r#"<row r="{number}">"#);
        for (column, cell) in row.iter().enumerate() {
            let name = format!("{}{number}", column_letters(column + 1));
            match cell {
                Cell::Number(text) | Cell::Text(text) if text.is_empty() => {}
                Cell::Number(number) => out += &format!(r#"<c r="{name}"><v>{number}</v></c>"#),
                Cell::Text(text) => {
                    let style = if at == 0 { 2 } else { u8::from(is_risky(text)) };
                    let text = xml::escaped(&escaped(&fitting(text)));
                    out += &format!(
                        r#"<c r="{name}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>"#
                    );
                }
            }
        }
        out += "</row>\n";
    }
    out += "</sheetData>";
    if columns > 0 && rows.len() > 1 {
        out += &format!(r#"<autoFilter ref="A1:{}{}"/>"#, column_letters(columns), rows.len());
    }
    out += "</worksheet>\n";
    out
}

/// Excel writes characters as `_x000D_`; a text that holds such signs by itself has its underscore written so. What XML forbids is written
/// so as well.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            '_' if code(&text[at..]).is_some() => out += "_x005F_",
            '\t' | '\n' => out.push(c),
            c if c < ' ' => out += &format!("_x{:04X}_", c as u32),
            c => out.push(c),
        }
    }
    out
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (decoded, length) = code(rest).map_or((c, c.len_utf8()), |decoded| (decoded, 7));
        out.push(decoded);
        rest = &rest[length..];
    }
    out
}

/// The character that `_x000D_` at the beginning of a text stands for.
fn code(text: &str) -> Option<char> {
    let digits = text.get(..7)?.strip_prefix("_x")?.strip_suffix('_')?;
    let is_code = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_code.then(|| u32::from_str_radix(digits, 16).ok()).flatten().and_then(char::from_u32)
}

/// A codebook from the bytes of an `.xlsx` file: its first sheet, with columns as in [`super`].
///
/// # Errors
///
/// Where the bytes are no workbook, the columns are not named, or there is no code: [`ErrorKind::Exchange`] with the row.
pub fn codebook_from_xlsx(bytes: &[u8]) -> Result<Carried<Codebook>> {
    let files =
        zip::unpack(bytes, |name| name.starts_with("xl/") && (name.ends_with(".xml") || name.ends_with(".rels")))?;
    let part = |name: &str| -> Result<Option<Element>> {
        let Some(bytes) = files.get(name) else { return Ok(None) };
        let text = exact_text(bytes).map_err(|error| error.on(name))?;
        xml::parse(&text).map(Some).map_err(|error| error.on(name))
    };
    let path = first_sheet(&part)?;
    let Some(sheet) = part(&path)? else {
        return Err(Error::new(ErrorKind::Exchange, "no Excel workbook: it has no sheet").on(&path));
    };
    let shared = part("xl/sharedStrings.xml")?;
    let shared: Vec<String> = shared.iter().flat_map(|strings| strings.children_named("si")).map(text_of).collect();
    codebook_of(rows(&sheet, &shared)?)
}

/// The path of the workbook's first sheet.
fn first_sheet(part: &impl Fn(&str) -> Result<Option<Element>>) -> Result<String> {
    let usual = || "xl/worksheets/sheet1.xml".to_owned();
    let (Some(book), Some(relations)) = (part("xl/workbook.xml")?, part("xl/_rels/workbook.xml.rels")?) else {
        return Ok(usual());
    };
    let id = book.child("sheets").and_then(|sheets| sheets.child("sheet")).and_then(|sheet| sheet.attribute("id"));
    let target = relations.children.iter().find(|relation| relation.attribute("Id") == id && id.is_some());
    let target = target.and_then(|relation| relation.attribute("Target"));
    Ok(target.map_or_else(usual, |target| match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None => format!("xl/{target}"),
    }))
}

/// The text of an element with runs of it below, without how it is pronounced.
fn text_of(element: &Element) -> String {
    let own = element.children.iter().filter(|child| child.name != "rPh").map(|child| match child.name.as_str() {
        "t" => unescaped(&child.text),
        _ => text_of(child),
    });
    own.collect()
}

fn rows(sheet: &Element, shared: &[String]) -> Result<Vec<Row>> {
    let mut rows: BTreeMap<usize, Row> = BTreeMap::new();
    let mut next_row = 0;
    for row in sheet.children_named("sheetData").flat_map(|data| data.children_named("row")) {
        let given = row.attribute("r").and_then(|at| at.parse::<usize>().ok()).and_then(|at| at.checked_sub(1));
        let at = given.unwrap_or(next_row);
        next_row = at + 1;
        let mut cells = Row::new();
        for cell in row.children_named("c") {
            let column = cell.attribute("r").and_then(column_of).unwrap_or(cells.len());
            if at >= MAX_ROWS || column >= MAX_COLUMNS {
                let error = Error::new(ErrorKind::Exchange, "a cell outside of what Excel takes");
                return Err(error.at(Place::LineColumn(at + 1, column + 1)));
            }
            if cells.len() <= column {
                cells.resize(column + 1, String::new());
            }
            cells[column] = value(cell, shared).nfc().collect();
        }
        rows.insert(at, cells);
    }
    // Rows keep their numbers, for notices; those that hold nothing are not stored in the file.
    let mut dense = Vec::new();
    for (at, cells) in rows {
        dense.resize(at, Row::new());
        dense.push(cells);
    }
    Ok(dense)
}

/// The column of a cell's name, from 0: "AB12" is 27.
fn column_of(name: &str) -> Option<usize> {
    let letters = name.chars().take_while(char::is_ascii_uppercase);
    let number = letters.take(4).fold(0, |number, letter| number * 26 + (letter as usize - 'A' as usize + 1));
    number.checked_sub(1)
}

fn value(cell: &Element, shared: &[String]) -> String {
    match cell.attribute("t") {
        Some("s") => {
            cell.text_of("v").trim().parse().ok().and_then(|at: usize| shared.get(at)).cloned().unwrap_or_default()
        }
        Some("inlineStr") => cell.child("is").map(text_of).unwrap_or_default(),
        _ => unescaped(cell.text_of("v")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_and_formatted_texts_are_read() {
        let sheet = r#"<worksheet><sheetData><row r="2"><c r="A2" t="s"><v>0</v></c><c r="C2" t="s"><v>1</v></c></row>
            <row><c t="inlineStr"><is><r><t>ti</t></r><r><t xml:space="preserve">d </t></r></is></c><c r="C3" t="str"><v>k_x00F8_</v></c></row></sheetData></worksheet>"#;
        let shared = "<sst><si><t>code</t></si><si><r><t>te</t></r><r><t>xt</t></r><rPh><t>x</t></rPh></si></sst>";
        let book = r#"<workbook xmlns:r="r"><sheets><sheet name="a" r:id="r7"/></sheets></workbook>"#;
        let relations = r#"<Relationships><Relationship Id="r7" Target="worksheets/x.xml"/></Relationships>"#;
        let files = [
            ("xl/workbook.xml", book),
            ("xl/_rels/workbook.xml.rels", relations),
            ("xl/sharedStrings.xml", shared),
            ("xl/worksheets/x.xml", sheet),
        ];
        let bytes = zip::pack(files.map(|(name, content)| (name.to_owned(), content.as_bytes()))).unwrap();
        let codebook = codebook_from_xlsx(&bytes).unwrap().value;
        assert_eq!((codebook.codes[0].id.as_str(), codebook.codes[0].cues[0].text.as_str()), ("tid", "kø"));
    }

    #[test]
    fn columns_have_letters() {
        for (column, name) in [(0, "A"), (25, "Z"), (26, "AA"), (27, "AB"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")]
        {
            assert_eq!(column_letters(column + 1), name);
            assert_eq!(column_of(name), Some(column));
        }
    }

    #[test]
    fn long_texts_are_cut_with_a_mark_and_others_are_not() {
        for (name, text, length) in [
            ("as long as may be", "å".repeat(MAX_CELL), MAX_CELL),
            ("one more", "å".repeat(MAX_CELL + 1), MAX_CELL),
            ("pairs of units", "😀".repeat(MAX_CELL), MAX_CELL - 1),
        ] {
            let cut = fitting(&text);
            assert_eq!(cut.encode_utf16().count(), length, "{name}");
            assert_eq!(cut.ends_with(CUT), name != "as long as may be", "{name}");
        }
    }

    #[test]
    fn what_looks_like_a_formula_is_a_text() {
        let text = |text: &str| Cell::Text(text.to_owned());
        let packed =
            workbook("a", &[vec![text("=head")], vec![text("=1+1"), text("å\u{1}\n<b>"), Cell::Number("2".into())]]);
        let files = zip::unpack(&packed.unwrap(), |name| name.ends_with("sheet1.xml")).unwrap();
        let sheet = xml::parse(std::str::from_utf8(&files["xl/worksheets/sheet1.xml"]).unwrap()).unwrap();
        assert_eq!(
            rows(&sheet, &[]).unwrap(),
            [vec!["=head".to_owned()], vec!["=1+1".into(), "å\u{1}\n<b>".into(), "2".into()]]
        );
        let cell = &sheet.child("sheetData").unwrap().children[1].children[0];
        assert_eq!((cell.attribute("s"), cell.attribute("t"), cell.child("f")), (Some("1"), Some("inlineStr"), None));
    }

    #[test]
    fn a_cell_far_away_is_an_error() {
        let sheet = r#"<worksheet><sheetData><row r="4000000000"><c r="ZZZZ4000000000"><v>1</v></c></row></sheetData></worksheet>"#;
        let bytes = zip::pack([("xl/worksheets/sheet1.xml".to_owned(), sheet.as_bytes())]).unwrap();
        let message = codebook_from_xlsx(&bytes).unwrap_err().to_string();
        assert!(message.contains("outside of what Excel takes"), "{message}");
    }
}
