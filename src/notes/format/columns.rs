//! What the columns of a table hold, by their headings.

use super::super::block::BlockKind;
use super::super::document::Columns;
use super::super::mark;
use crate::norwegian::lower_case;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a column holds; ordered as a row's cells are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Column {
    Table,
    Question,
    Section,
    Speaker,
    Other,
    Point,
}

impl Column {
    pub fn block(self) -> BlockKind {
        match self {
            Column::Table => BlockKind::Table,
            Column::Question => BlockKind::Question,
            Column::Section => BlockKind::Section,
            Column::Speaker => BlockKind::Speaker,
            Column::Other => BlockKind::Head,
            Column::Point => BlockKind::Item,
        }
    }
}

static HEADINGS: LazyLock<HashMap<&'static str, Column>> = LazyLock::new(|| {
    let mut headings = HashMap::new();
    let list = include_str!("../../../data/layout/column-headings.txt");
    for line in list.lines().filter(|line| !line.starts_with('#')) {
        let Some((kind, words)) = line.split_once(':') else { continue };
        let column = match kind {
            "table" => Column::Table,
            "question" => Column::Question,
            "section" => Column::Section,
            "speaker" => Column::Speaker,
            "other" => Column::Other,
            _ => Column::Point,
        };
        headings.extend(words.split(',').map(|word| (word.trim(), column)));
    }
    headings
});

fn column(heading: &str) -> Option<Column> {
    // "Bord 3" is a table, not the heading of tables.
    if mark::label(heading).is_some_and(|label| label.table.is_some()) {
        return None;
    }
    let heading = lower_case(heading.trim().trim_end_matches([':', '*', '?'])).into_owned();
    let whole = HEADINGS.get(heading.as_str());
    whole.or_else(|| HEADINGS.get(heading.split([' ', '/', '(']).next()?)).copied()
}

/// The columns that a row of headings names: at least one of points, or two of another kind.
pub(super) fn recognise(row: &[String]) -> Option<Vec<Column>> {
    let kinds: Vec<Option<Column>> = row.iter().map(|cell| column(cell).filter(|_| is_heading(cell))).collect();
    let known = kinds.iter().flatten().count();
    let has_point = kinds.contains(&Some(Column::Point));
    let filled = row.iter().filter(|cell| !cell.trim().is_empty()).count();
    let is_headed = known * 2 >= filled && known >= 2 || (has_point && filled == 1);
    (is_headed && has_point).then(|| kinds.into_iter().map(|kind| kind.unwrap_or(Column::Other)).collect())
}

/// The columns that a row of headings names as a caller said; none where the column of points is not among them.
pub(super) fn asked_for(row: &[String], named: &Columns) -> Option<Vec<Column>> {
    let is = |cell: &str, name: &Option<String>| {
        name.as_ref().is_some_and(|name| lower_case(name.trim()) == lower_case(cell.trim()))
    };
    let kinds: Vec<Column> = row
        .iter()
        .map(|cell| match cell {
            cell if is(cell, &named.point) => Column::Point,
            cell if is(cell, &named.table) => Column::Table,
            cell if is(cell, &named.question) => Column::Question,
            cell if is(cell, &named.speaker) => Column::Speaker,
            cell => column(cell).filter(|kind| *kind != Column::Point).unwrap_or(Column::Other),
        })
        .collect();
    kinds.contains(&Column::Point).then_some(kinds)
}

/// Which columns headings name, where none of them is a point's: the unknown ones may hold them.
pub(super) fn partly(row: &[String]) -> Option<Vec<Option<Column>>> {
    let kinds: Vec<Option<Column>> = row.iter().map(|cell| column(cell).filter(|_| is_heading(cell))).collect();
    (kinds.iter().flatten().count() >= 1 && row.iter().all(|cell| is_heading(cell))).then_some(kinds)
}

/// A heading is short; a point that begins with "Tema" is none.
fn is_heading(cell: &str) -> bool {
    cell.chars().count() <= 60 && cell.split_whitespace().count() <= 6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_recognised() {
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        use Column::{Other, Point, Question, Speaker, Table};
        for (cells, expected) in [
            (&["Bord", "Spørsmål", "Punkt"][..], Some(vec![Table, Question, Point])),
            (&["nr", "bordnr.", "Innspill fra bordet", "Deltaker"], Some(vec![Other, Table, Point, Speaker])),
            (&["Punkt"], Some(vec![Point])),
            (&["Mer tid", "Flere folk"], None),
            (&["Punktet om tid er viktig", "og mer tid til oss alle her i byen"], None),
        ] {
            assert_eq!(recognise(&row(cells)), expected, "{cells:?}");
        }
    }
}
