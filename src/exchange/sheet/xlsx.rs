//! Sheets as Excel workbooks: one sheet of texts out, the first sheet in.

use super::{Row, WEIGHTS, codebook_of, rows_of};
use crate::codebook::Codebook;
use crate::error::{Error, ErrorKind, Place, Result};
use crate::exchange::xml::{self, Element};
use crate::exchange::{Carried, exact_text, zip};
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
    let rows = rows_of(codebook);
    let too_large = |message: &str| Error::new(ErrorKind::Exchange, message);
    if rows.len() > MAX_ROWS {
        return Err(too_large("more rows than Excel takes").advise("write it as .csv"));
    }
    if let Some(cell) = rows.iter().flatten().find(|cell| cell.encode_utf16().count() > MAX_CELL) {
        return Err(too_large("a text that is longer than Excel takes").on(cell).advise("write it as .csv"));
    }
    let sheet = xml::render(&sheet(&rows));
    let files = [
        ("[Content_Types].xml", CONTENT_TYPES),
        ("_rels/.rels", RELATIONS),
        ("xl/workbook.xml", WORKBOOK),
        ("xl/_rels/workbook.xml.rels", WORKBOOK_RELATIONS),
        ("xl/worksheets/sheet1.xml", sheet.as_str()),
    ];
    zip::pack(files.map(|(name, content)| (name.to_owned(), content.as_bytes())))
}

const CONTENT_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>
"#;
const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>
"#;
const WORKBOOK: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="kodebok" sheetId="1" r:id="rId1"/></sheets></workbook>
"#;
const WORKBOOK_RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>
"#;

fn sheet(rows: &[Row]) -> Element {
    let rows = rows.iter().enumerate().map(|(at, row)| {
        let cells = row.iter().enumerate().filter(|(_, cell)| !cell.is_empty());
        let cells = cells.map(|(column, text)| {
            let letter = char::from(b'A' + u8::try_from(column).unwrap_or_default());
            let name = format!("{letter}{}", at + 1);
            if text.parse::<f64>().is_ok_and(f64::is_finite) && column == WEIGHTS {
                return Element::new("c").with("r", name).holding_text("v", text);
            }
            let text = Element { text: escaped(text), ..Element::new("t").with("xml:space", "preserve") };
            Element::new("c").with("r", name).with("t", "inlineStr").holding(Element::new("is").holding(text))
        });
        Element { children: cells.collect(), ..Element::new("row").with("r", (at + 1).to_string()) }
    });
    let data = Element { children: rows.collect(), ..Element::new("sheetData") };
    let namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    Element::new("worksheet").with("xmlns", namespace).holding(data)
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
    fn a_cell_far_away_is_an_error() {
        let sheet = r#"<worksheet><sheetData><row r="4000000000"><c r="ZZZZ4000000000"><v>1</v></c></row></sheetData></worksheet>"#;
        let bytes = zip::pack([("xl/worksheets/sheet1.xml".to_owned(), sheet.as_bytes())]).unwrap();
        let message = codebook_from_xlsx(&bytes).unwrap_err().to_string();
        assert!(message.contains("outside of what Excel takes"), "{message}");
    }
}
