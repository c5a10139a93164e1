//! Spreadsheets: `.xlsx` and `.ods`. Only cells that are there are read, so that a stray cell at a sheet's far corner costs
//! nothing.

use super::super::block::{BlockKind, Stand};
use super::super::document::{Columns, Document, Format};
use super::archive::Parts;
use super::body::{Draft, clean, document, number};
use super::columns::{self, Column};
use super::xml::{Node, walk, walk_without};
use super::{damaged, limit};
use crate::error::Result;
use std::collections::HashMap;

/// Elements of an `.ods` file that are not text of its cells.
const ODS_SKIPPED: [&str; 3] = ["office:annotation", "table:shapes", "table:tracked-changes"];

/// Headings are looked for in so many of a sheet's first rows.
const HEADING_ROWS: usize = 15;

/// A cell with text. Rows and columns count from 1.
pub(crate) struct Cell {
    pub row: usize,
    pub column: usize,
    pub text: String,
}

/// A sheet's cells, row by row.
pub(super) struct Sheet {
    pub name: String,
    pub cells: Vec<Cell>,
}

/// The document in an `.xlsx` file.
pub(super) fn xlsx(path: &str, bytes: &[u8], columns: &Columns) -> Result<Document> {
    points(path, Format::Xlsx, xlsx_sheets(bytes)?, columns)
}

/// The sheets of an `.xlsx` file, hidden ones left out.
pub(super) fn xlsx_sheets(bytes: &[u8]) -> Result<Vec<Sheet>> {
    let mut parts = Parts::open(bytes)?;
    let strings = match parts.text("xl/sharedStrings.xml")? {
        Some(xml) => shared_strings(&xml)?,
        None => Vec::new(),
    };
    let workbook = parts.text("xl/workbook.xml")?.unwrap_or_default();
    let relations = parts.text("xl/_rels/workbook.xml.rels")?.unwrap_or_default();
    let mut sheets = Vec::new();
    for (name, target) in sheet_parts(&workbook, &relations)? {
        let Some(xml) = parts.text(&target)? else { return Err(damaged(format!("its sheet {name} is not there"))) };
        sheets.push(Sheet { name, cells: xlsx_cells(&xml, &strings)? });
    }
    Ok(sheets)
}

/// The sheets in their order: name and part. Hidden ones are left out.
fn sheet_parts(workbook: &str, relations: &str) -> Result<Vec<(String, String)>> {
    let mut targets = HashMap::new();
    if !relations.is_empty() {
        walk(relations, |node| {
            if let Node::Open(element) = node
                && element.name() == "Relationship"
                && let (Some(id), Some(target)) = (element.attribute("Id"), element.attribute("Target"))
            {
                let from_root = target.strip_prefix('/').map(str::to_owned);
                targets.insert(id, from_root.unwrap_or_else(|| format!("xl/{target}")));
            }
            Ok(())
        })?;
    }
    let mut sheets = Vec::new();
    walk(workbook, |node| {
        if let Node::Open(element) = node
            && element.name().rsplit(':').next() == Some("sheet")
            && element.attribute("state").is_none_or(|state| state == "visible")
        {
            let name = element.attribute("name").unwrap_or_default();
            let id = element.attribute("r:id").unwrap_or_default();
            let part = targets.get(&id).cloned();
            sheets.push((name, part.unwrap_or_else(|| format!("xl/worksheets/sheet{}.xml", sheets.len() + 1))));
        }
        Ok(())
    })?;
    Ok(sheets)
}

/// The strings that cells refer to, without the readings that East Asian text carries.
fn shared_strings(xml: &str) -> Result<Vec<String>> {
    let mut strings = Vec::new();
    let mut text = String::new();
    let mut in_text = false;
    let mut in_reading = false;
    walk(xml, |node| {
        match node {
            Node::Open(element) => match element.name() {
                "si" => text.clear(),
                "t" => in_text = true,
                "rPh" => in_reading = true,
                _ => {}
            },
            Node::Close("t") => in_text = false,
            Node::Close("rPh") => in_reading = false,
            Node::Close("si") => strings.push(std::mem::take(&mut text)),
            Node::Text(found) if in_text && !in_reading => text.push_str(&found),
            _ => {}
        }
        Ok(())
    })?;
    Ok(strings)
}

fn xlsx_cells(xml: &str, strings: &[String]) -> Result<Vec<Cell>> {
    let mut cells = Vec::new();
    let (mut row, mut column) = (0, 0);
    let (mut kind, mut text, mut in_value) = (String::new(), String::new(), false);
    walk(xml, |node| {
        match node {
            Node::Open(element) => match element.name() {
                "row" => {
                    row = element.attribute("r").and_then(|at| at.parse().ok()).unwrap_or(row + 1);
                    column = 0;
                }
                "c" => {
                    column += 1;
                    if let Some((named_column, named_row)) = element.attribute("r").as_deref().and_then(reference) {
                        (column, row) = (named_column, named_row);
                    }
                    kind = element.attribute("t").unwrap_or_default();
                    text.clear();
                }
                "v" | "t" => in_value = true,
                _ => {}
            },
            Node::Close("v" | "t") => in_value = false,
            Node::Close("c") => {
                let shared = || text.trim().parse::<usize>().ok().and_then(|at| strings.get(at)).cloned();
                let text = if kind == "s" { shared().unwrap_or_default() } else { plain_number(&text) };
                push(&mut cells, row, column, text);
            }
            Node::Text(found) if in_value => text.push_str(&found),
            _ => {}
        }
        Ok(())
    })?;
    Ok(cells)
}

fn push(cells: &mut Vec<Cell>, row: usize, column: usize, text: String) {
    if !text.trim().is_empty() {
        cells.push(Cell { row, column, text });
    }
}

/// A whole number without the decimals that some programs write: "3.0" is table 3.
fn plain_number(text: &str) -> String {
    match text.strip_suffix(".0") {
        Some(whole) if whole.bytes().all(|byte| byte.is_ascii_digit()) => whole.to_owned(),
        _ => text.to_owned(),
    }
}

/// Column and row of a reference such as "B12".
fn reference(text: &str) -> Option<(usize, usize)> {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let column = text[..letters].bytes().try_fold(0_usize, |column, letter| {
        column.checked_mul(26)?.checked_add(usize::from(letter.to_ascii_uppercase() - b'A') + 1)
    })?;
    let row = text[letters..].parse().ok()?;
    (letters > 0 && letters <= 3).then_some((column, row))
}

/// The document in an `.ods` file.
pub(super) fn ods(path: &str, bytes: &[u8], named: &Columns) -> Result<Document> {
    points(path, Format::Ods, ods_sheets(bytes)?, named)
}

/// The sheets of an `.ods` file.
pub(super) fn ods_sheets(bytes: &[u8]) -> Result<Vec<Sheet>> {
    let mut parts = Parts::open(bytes)?;
    let Some(xml) = parts.text("content.xml")? else { return Err(damaged("it has no sheets")) };
    let mut sheets: Vec<Sheet> = Vec::new();
    let (mut row, mut column, mut rows, mut columns) = (0_usize, 0_usize, 1, 1);
    let (mut text, mut paragraphs) = (String::new(), 0);
    walk_without(&xml, &ODS_SKIPPED, |node| {
        match node {
            Node::Open(element) => match element.name() {
                "table:table" => {
                    let name = element.attribute("table:name").unwrap_or_default();
                    sheets.push(Sheet { name, cells: Vec::new() });
                    row = 0;
                    rows = 1;
                }
                "table:table-row" => {
                    row = row.saturating_add(rows);
                    rows = element.count("table:number-rows-repeated");
                    column = 0;
                    columns = 1;
                }
                "table:table-cell" | "table:covered-table-cell" => {
                    column = column.saturating_add(columns);
                    columns = element.count("table:number-columns-repeated");
                    text.clear();
                    paragraphs = 0;
                }
                "text:p" => {
                    paragraphs += 1;
                    if paragraphs > 1 {
                        text.push('\n');
                    }
                }
                "text:s" | "text:tab" | "text:line-break" => text.push(' '),
                _ => {}
            },
            Node::Close("table:table-cell") => {
                if let Some(sheet) = sheets.last_mut() {
                    push(&mut sheet.cells, row, column, std::mem::take(&mut text));
                }
            }
            Node::Text(found) if paragraphs > 0 => text.push_str(&found),
            _ => {}
        }
        Ok(())
    })?;
    Ok(sheets)
}

/// Sheets as lines: a row a point, by the columns' headings where there are any.
pub(super) fn points(path: &str, format: Format, sheets: Vec<Sheet>, named: &Columns) -> Result<Document> {
    let mut drafts = Vec::new();
    let mut names = Vec::new();
    let mut cell_count = 0;
    let is_single = sheets.iter().filter(|sheet| !sheet.cells.is_empty()).count() == 1;
    for sheet in sheets {
        cell_count += sheet.cells.len();
        if cell_count > limit::LINES {
            break;
        }
        let at = number(names.len());
        // A sheet named "Bord 3" says where its points were noted.
        if !is_single || super::super::mark::label(&sheet.name).is_some() {
            let stand = Stand::SheetCell { sheet: at, row: 1, column: 1 };
            drafts.push(Draft { kind: BlockKind::Heading, text: clean(&sheet.name), stand });
        }
        sheet_drafts(at, sheet.cells, named, &mut drafts);
        names.push(sheet.name);
    }
    drafts.retain(|draft: &Draft| !draft.text.is_empty());
    document(path, format, drafts, names, cell_count > limit::LINES)
}

fn sheet_drafts(sheet: u32, cells: Vec<Cell>, named: &Columns, drafts: &mut Vec<Draft>) {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for cell in cells {
        match rows.last_mut().filter(|row| row.last().is_some_and(|last| last.row == cell.row)) {
            Some(row) => row.push(cell),
            None => rows.push(vec![cell]),
        }
    }
    let headings = |row: &Vec<Cell>| columns::asked_for(&texts(row), named).or_else(|| columns::recognise(&texts(row)));
    let found = rows.iter().take(HEADING_ROWS).enumerate().find_map(|(at, row)| Some((at, headings(row)?)));
    let (heading, kinds) = match found {
        Some((at, kinds)) => (Some(at), rows[at].iter().map(|cell| cell.column).zip(kinds).collect()),
        None => guessed_columns(&rows),
    };
    for (at, row) in rows.into_iter().enumerate() {
        let mut placed: Vec<(Column, Cell)> =
            row.into_iter().map(|cell| (kinds.get(&cell.column).copied().unwrap_or(Column::Other), cell)).collect();
        placed.sort_by_key(|(kind, cell)| (*kind, cell.column));
        for (kind, cell) in placed {
            let block = match heading {
                Some(heading) if at < heading => BlockKind::Head,
                Some(heading) if at == heading => BlockKind::Caption,
                _ => kind.block(),
            };
            let stand = Stand::SheetCell { sheet, row: number(cell.row), column: number(cell.column) };
            // A cell with a line a point holds several.
            let lines = cell.text.split(['\n', '\r']).filter(|line| !line.trim().is_empty());
            drafts.extend(lines.map(|line| Draft { kind: block, text: clean(line), stand }));
        }
    }
}

fn texts(row: &[Cell]) -> Vec<String> {
    row.iter().map(|cell| cell.text.clone()).collect()
}

/// Without headings of points: the columns that hold sentences are points, the rest says something about them.
fn guessed_columns(rows: &[Vec<Cell>]) -> (Option<usize>, HashMap<usize, Column>) {
    let partly = rows.first().filter(|_| rows.len() > 1).and_then(|row| columns::partly(&texts(row)));
    let mut kinds: HashMap<usize, Column> = HashMap::new();
    if let (Some(partly), Some(row)) = (&partly, rows.first()) {
        let named = row.iter().zip(partly).filter_map(|(cell, kind)| Some((cell.column, (*kind)?)));
        kinds.extend(named);
    }
    let skipped = usize::from(partly.is_some());
    // Letters and cells of each column that has no name.
    let mut sizes: HashMap<usize, (usize, usize)> = HashMap::new();
    for cell in rows.iter().skip(skipped).flatten().filter(|cell| !kinds.contains_key(&cell.column)) {
        let size = sizes.entry(cell.column).or_default();
        size.0 += cell.text.chars().filter(|c| c.is_alphabetic()).count();
        size.1 += 1;
    }
    let mean = |&(letters, cells): &(usize, usize)| letters / cells.max(1);
    let longest = sizes.values().map(mean).max().unwrap_or(0);
    for (column, size) in &sizes {
        let labels = rows.iter().flatten().filter(|cell| cell.column == *column);
        let is_table = labels.clone().all(|cell| is_table_label(&cell.text)) && longest > mean(size);
        let kind = match mean(size) {
            _ if is_table => Column::Table,
            letters if letters * 3 >= longest && letters > 0 => Column::Point,
            _ => Column::Other,
        };
        kinds.insert(*column, kind);
    }
    (partly.map(|_| 0), kinds)
}

fn is_table_label(text: &str) -> bool {
    super::super::mark::label(text).is_some_and(|label| label.table.is_some())
}

#[cfg(test)]
mod tests {
    use super::super::super::{Position, points as points_of};
    use super::*;

    fn sheet(rows: &[&[&str]]) -> Vec<Sheet> {
        let cells = rows.iter().enumerate().flat_map(|(row, cells)| {
            cells.iter().enumerate().map(move |(column, text)| Cell {
                row: row + 1,
                column: column + 1,
                text: (*text).to_owned(),
            })
        });
        vec![Sheet { name: "Ark1".into(), cells: cells.filter(|cell| !cell.text.is_empty()).collect() }]
    }

    #[test]
    fn a_row_is_a_point_with_its_table_question_and_speaker() {
        let rows: &[&[&str]] = &[
            &["Toppmøte 2017"],
            &["Bord", "Spørsmål", "Deltaker", "Punkt"],
            &["3", "2", "Mor", "Mer tid. Og ro."],
            &["", "", "", "Flere folk"],
            &["Bord 4", "Hva nå?", "", "Bedre lokaler"],
        ];
        let document = [points("a.xlsx", Format::Xlsx, sheet(rows), &Columns::default()).unwrap()];
        let found: Vec<_> =
            points_of(&document).into_iter().map(|p| (p.table, p.question, p.speaker, p.text, p.position)).collect();
        let at = |row| Position::SheetCell { sheet: "Ark1", row, column: 4 };
        assert_eq!(
            found,
            [
                (Some("3"), Some("2"), Some("Mor"), "Mer tid. Og ro.".into(), at(3)),
                (Some("3"), Some("2"), None, "Flere folk".into(), at(4)),
                (Some("4"), Some("Hva nå?"), None, "Bedre lokaler".into(), at(5)),
            ]
        );
    }

    #[test]
    fn without_headings_the_longest_column_holds_the_points() {
        let rows: &[&[&str]] = &[&["Bord 1", "x", "Det er for lite tid"], &["Bord 2", "y", "Det er for få folk"]];
        let document = [points("a.xlsx", Format::Xlsx, sheet(rows), &Columns::default()).unwrap()];
        let found: Vec<_> = points_of(&document).into_iter().map(|p| (p.table, p.text)).collect();
        assert_eq!(found, [(Some("1"), "Det er for lite tid".into()), (Some("2"), "Det er for få folk".into())]);
    }

    #[test]
    fn columns_may_be_named_by_option() {
        let rows: &[&[&str]] = &[&["Gr.", "Det som ble sagt om saken den dagen"], &["4", "Mer tid"]];
        let named = Columns {
            point: Some("det som ble sagt om saken den dagen".into()),
            table: Some("gr.".into()),
            ..Columns::default()
        };
        let document = [points("a.xlsx", Format::Xlsx, sheet(rows), &named).unwrap()];
        let found: Vec<_> = points_of(&document).into_iter().map(|p| (p.table, p.text)).collect();
        assert_eq!(found, [(Some("4"), "Mer tid".into())]);
    }

    #[test]
    fn references() {
        assert_eq!(reference("B12"), Some((2, 12)));
        assert_eq!(reference("XFD1048576"), Some((16384, 1_048_576)));
        assert_eq!((reference("12"), reference("ABCDEFG1"), reference("")), (None, None, None));
    }
}
