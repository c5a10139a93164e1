//! The file in which a person decides.

use super::Report;
use super::texts::Language;
use crate::decisions::{COLUMNS, plain};
use crate::notes::ids;
use crate::themes::profiles;
use std::collections::HashMap;

/// The marks of rows of points and themes: the beginning of the word for a theme is the same in all three languages.
const KINDS: [[&str; 2]; 3] = [["poeng", "tema"], ["poeng", "tema"], ["point", "theme"]];

/// A sheet of texts: the headings, a row a theme, a row a point.
pub(super) fn rows(report: Report<'_>, language: Language) -> Vec<Vec<String>> {
    let number = match language {
        Language::Bokmal => 0,
        Language::Nynorsk => 1,
        Language::English => 2,
    };
    let [point_kind, theme_kind] = KINDS[number];
    let of_cells =
        |mut cells: Cells| COLUMNS.iter().map(|column| cells.remove(column.name).unwrap_or_default()).collect();
    let mut rows = vec![COLUMNS.iter().map(|column| column.headings[number].to_owned()).collect()];
    rows.extend(theme_rows(&report, theme_kind).into_iter().map(of_cells));
    rows.extend(point_rows(&report, point_kind).into_iter().map(of_cells));
    rows
}

pub(super) fn csv(report: Report<'_>, language: Language) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .from_writer(b"\xef\xbb\xbf".to_vec());
    for row in rows(report, language) {
        // Writing to memory does not fail.
        let _ = writer.write_record(row.iter().map(|cell| plain(cell)));
    }
    writer.into_inner().unwrap_or_default()
}

type Cells = HashMap<&'static str, String>;

fn theme_rows(report: &Report<'_>, kind: &str) -> Vec<Cells> {
    let profiles = profiles(report.points, report.themes);
    let ids = report.theme_ids();
    let named =
        report.themes.iter().zip(profiles).zip(ids).filter_map(|((theme, profile), id)| Some((theme, profile, id?)));
    named
        .map(|(theme, profile, id)| {
            let decided = report.decisions.and_then(|decisions| decisions.of_theme(theme));
            let draft = profile.draft.map(|draft| report.points[draft.point].text[draft.span].to_owned());
            let code = theme.code.map(|code| report.codebook.codes[code].id.clone());
            let mut cells = Cells::from([
                ("kind", kind.to_owned()),
                ("id", id),
                ("text", draft.unwrap_or_default()),
                ("code", code.unwrap_or_default()),
                ("theme", profile.label.join(", ")),
            ]);
            if let Some(decided) = decided {
                cells.insert("own_code", report.code_cell(decided.code));
                cells.insert("own_theme", decided.name.clone().unwrap_or_default());
                cells.insert("wording", decided.wording.clone().unwrap_or_default());
                cells.insert("note", decided.note.clone().unwrap_or_default());
            }
            cells
        })
        .collect()
}

fn point_rows(report: &Report<'_>, kind: &str) -> Vec<Cells> {
    let theme_ids = report.theme_ids();
    let mut theme_of: Vec<Option<&String>> = vec![None; report.points.len()];
    for (theme, id) in report.themes.iter().zip(&theme_ids) {
        theme.points.iter().for_each(|&point| theme_of[point] = id.as_ref());
    }
    let ids = ids(&report.folder.documents, report.points);
    let rows = report.points.iter().zip(report.codings).zip(ids).zip(theme_of).enumerate();
    rows.map(|(at, (((point, coding), id), theme))| {
        let mut cells = Cells::from([
            ("kind", kind.to_owned()),
            ("id", id),
            ("file", report.folder.documents[point.document].path.clone()),
            ("line", point.line_of_file().to_string()),
            ("table", point.table.unwrap_or_default().to_owned()),
            ("text", point.text.to_string()),
            ("code", coding.primary().map(|code| report.codebook.codes[code].id.clone()).unwrap_or_default()),
            ("theme", theme.cloned().unwrap_or_default()),
        ]);
        if let Some(decided) = report.decided(at) {
            cells.insert("own_code", report.code_cell(decided.code));
            cells.insert("own_theme", decided.theme.clone().unwrap_or_default());
            cells.insert("wording", decided.wording.clone().unwrap_or_default());
            cells.insert("note", decided.note.clone().unwrap_or_default());
        }
        cells
    })
    .collect()
}
