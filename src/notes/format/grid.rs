//! Tables inside documents: what their rows and cells are to the points.

use super::super::block::BlockKind;
use super::super::mark;
use super::body::{Draft, Row};
use super::columns::{self, Column};
use crate::norwegian::sentences;

/// Prose in a cell: of more sentences than this it is cut, of fewer it is one point.
const SENTENCES_OF_A_POINT: usize = 3;

/// The lines of a table, row by row; where its headings are questions or tables, column by column.
pub(super) fn drafts(mut rows: Vec<Row>) -> Vec<Draft> {
    rows.retain(|row| row.cells.iter().any(|cell| !cell.is_empty()));
    let Some(first) = rows.first() else { return Vec::new() };
    let headings: Vec<String> = first.cells.iter().map(|cell| text_of(cell)).collect();
    if rows.len() > 1 {
        if let Some(kinds) = columns::recognise(&headings) {
            return rows_as_points(rows, &kinds);
        }
        let labels = headings.iter().filter(|heading| mark::label(heading).is_some()).count();
        if labels >= 2 && labels == headings.iter().filter(|heading| !heading.is_empty()).count() {
            return by_column(rows);
        }
    }
    let is_headed = rows.len() > 1 && (first.is_heading || is_heading_row(first));
    let mut drafts = Vec::new();
    for (at, row) in rows.into_iter().enumerate() {
        if at == 0 && is_headed {
            drafts.extend(row.cells.into_iter().flatten().map(|draft| Draft { kind: BlockKind::Caption, ..draft }));
        } else {
            row_drafts(row, &mut drafts);
        }
    }
    drafts
}

fn text_of(cell: &[Draft]) -> String {
    cell.iter().map(|draft| draft.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// Headings that a document does not mark: two cells or more, all short titles in the form of headings.
fn is_heading_row(row: &Row) -> bool {
    row.cells.len() > 1 && row.cells.iter().all(|cell| matches!(&cell[..], [only] if only.kind == BlockKind::Heading))
}

/// A row a point, where the columns' headings say what they hold.
fn rows_as_points(rows: Vec<Row>, kinds: &[Column]) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (at, row) in rows.into_iter().enumerate() {
        if at == 0 {
            drafts.extend(row.cells.into_iter().flatten().map(|draft| Draft { kind: BlockKind::Caption, ..draft }));
            continue;
        }
        let mut cells: Vec<(Column, Vec<Draft>)> = row
            .cells
            .into_iter()
            .enumerate()
            .map(|(column, cell)| (kinds.get(column).copied().unwrap_or(Column::Other), cell))
            .collect();
        cells.sort_by_key(|(kind, _)| *kind);
        for (kind, cell) in cells {
            match kind.block() {
                BlockKind::Item => drafts.extend(cell.into_iter().map(as_point)),
                block => drafts.extend(cell.into_iter().map(|draft| Draft { kind: block, ..draft })),
            }
        }
    }
    drafts
}

fn by_column(rows: Vec<Row>) -> Vec<Draft> {
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let mut columns: Vec<Vec<Draft>> = (0..width).map(|_| Vec::new()).collect();
    for (at, row) in rows.into_iter().enumerate() {
        for (column, cell) in columns.iter_mut().zip(row.cells) {
            let placed = |draft: Draft| match at {
                0 => Draft { kind: BlockKind::Heading, ..draft },
                _ => as_point(draft),
            };
            column.extend(cell.into_iter().map(placed));
        }
    }
    columns.into_iter().flatten().collect()
}

fn row_drafts(row: Row, drafts: &mut Vec<Draft>) {
    let filled: Vec<&Vec<Draft>> = row.cells.iter().filter(|cell| !cell.is_empty()).collect();
    if let [key, value] = filled[..]
        && let ([key], [value]) = (&key[..], &value[..])
        && is_key(&key.text)
    {
        let text = format!("{}: {}", key.text.trim_end_matches(':'), value.text);
        drafts.push(Draft { kind: BlockKind::Head, text, stand: key.stand });
        return;
    }
    // A table of one cell a row only frames the text in it.
    if row.cells.len() == 1 {
        return drafts.extend(row.cells.into_iter().flatten());
    }
    drafts.extend(row.cells.into_iter().flatten().map(as_point));
}

/// "Referent", "Bord": what stands in the left of two cells at a page's head.
fn is_key(text: &str) -> bool {
    mark::metadata_key(text).is_some()
        || ["bord", "table", "spørsmål", "gruppe"].contains(&text.trim_end_matches(':').to_lowercase().as_str())
}

/// A cell's paragraph is a point, unless it is long prose, a heading or a list already.
fn as_point(draft: Draft) -> Draft {
    let is_loose = matches!(draft.kind, BlockKind::Paragraph | BlockKind::Heading);
    let is_label = mark::label(&draft.text).is_some();
    let is_short = sentences(&draft.text).take(SENTENCES_OF_A_POINT + 1).count() <= SENTENCES_OF_A_POINT;
    let kind = match draft.kind {
        BlockKind::Paragraph if !is_short => BlockKind::Note,
        _ if is_loose && !is_label => BlockKind::Item,
        kind => kind,
    };
    Draft { kind, ..draft }
}
