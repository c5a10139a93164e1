//! Results as tables for R, Python and statistics programs, with a dictionary of their columns.
//!
//! | table | a row | columns |
//! | --- | --- | --- |
//! | `points` | a point | where it stands, its text, its code and theme; 0 or 1 and the probability for each code |
//! | `themes` | a theme that the report names, in its order | its code, its wording or draft and where that stands, its support |
//! | `tables` | a table | how many points of each of these themes were noted there |
//! | `columns` | a column of the three | what it means |
//!
//! `docs/r.md` and `docs/python.md` show how they are loaded.

#[cfg(feature = "parquet")]
mod parquet;

use super::sheet::csv::written;
use super::sheet::xlsx::{Cell, workbook};
use crate::report::{Content, Language, PointRecord, Report, Wording};
use crate::themes;
use std::collections::BTreeMap;

/// A table: columns of one length.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Its name, for a file: `points`.
    pub name: &'static str,
    /// Its columns.
    pub columns: Vec<Column>,
}

/// A column of a [`Table`].
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name: lower-case letters, digits, `_`, `-` and `.`.
    pub name: String,
    /// What it means, in English.
    pub meaning: String,
    /// Its values.
    pub values: Values,
}

/// The values of a [`Column`]; `None` where there is none.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Texts.
    Text(Vec<Option<String>>),
    /// Whole numbers.
    Integer(Vec<Option<i64>>),
    /// Numbers.
    Real(Vec<Option<f64>>),
}

impl Values {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Values::Text(values) => values.len(),
            Values::Integer(values) => values.len(),
            Values::Real(values) => values.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `text`, `integer` or `real`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Values::Text(_) => "text",
            Values::Integer(_) => "integer",
            Values::Real(_) => "real",
        }
    }

    fn cell(&self, at: usize) -> String {
        match self {
            Values::Text(values) => values[at].clone().unwrap_or_default(),
            Values::Integer(values) => values[at].map(|value| value.to_string()).unwrap_or_default(),
            Values::Real(values) => values[at].map(|value| value.to_string()).unwrap_or_default(),
        }
    }
}

impl Table {
    /// How many rows it has.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.values.len())
    }

    /// A column by its name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The table as CSV: UTF-8 without a mark, commas, decimal points, nothing for a missing value. A text that a spreadsheet
    /// would take for a formula has an apostrophe before it.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let head = self.columns.iter().map(|column| column.name.clone()).collect();
        let row = |at| self.columns.iter().map(|column| column.values.cell(at)).collect();
        written([head].into_iter().chain((0..self.rows()).map(row)), b',')
    }

    /// The table as the bytes of an `.xlsx` file: texts as texts, numbers as numbers, the names of the columns first. A text that is
    /// longer than Excel takes (32,767 UTF-16 units) ends with ` [...]`; CSV has it whole.
    ///
    /// # Errors
    ///
    /// Where there are more rows than Excel takes, 1,048,575.
    pub fn to_xlsx(&self) -> crate::Result<Vec<u8>> {
        let head = self.columns.iter().map(|column| Cell::Text(column.name.clone())).collect();
        let cell = |column: &Column, at| match column.values {
            Values::Text(_) => Cell::Text(column.values.cell(at)),
            Values::Integer(_) | Values::Real(_) => Cell::Number(column.values.cell(at)),
        };
        let row = |at| self.columns.iter().map(|column| cell(column, at)).collect();
        let rows: Vec<Vec<Cell>> = [head].into_iter().chain((0..self.rows()).map(row)).collect();
        workbook(self.name, &rows)
    }

    /// The table as the bytes of a Parquet file (feature `parquet`).
    ///
    /// # Errors
    ///
    /// Only where the table is too large for one.
    #[cfg(feature = "parquet")]
    pub fn to_parquet(&self) -> crate::Result<Vec<u8>> {
        parquet::file(self)
    }
}

/// The tables of an analysis: points, themes, tables, and what their columns mean. Names of codes are in `language`.
///
/// ```
/// use kodebok::exchange::tables::tables;
/// use kodebok::{codebook::Codebook, coding::{self, Coder}, notes, report::{Language, Report}, themes};
///
/// let codebook = Codebook::summit_2017();
/// let folder = notes::read_folder("data/notes")?;
/// let points = notes::points(&folder.documents);
/// let codings = coding::code(&points, &Coder::new(&codebook));
/// let themes = themes::group(&points, &codings, themes::Options::default());
/// let report = Report::new(&folder, &codebook, &points, &codings, &themes);
/// let tables = tables(&report, Language::Bokmal);
/// assert_eq!(tables.iter().map(|table| table.name).collect::<Vec<_>>(), ["points", "themes", "tables", "columns"]);
/// assert_eq!((tables[0].rows(), tables[2].rows()), (points.len(), 10));
/// # Ok::<(), kodebok::Error>(())
/// ```
#[must_use]
pub fn tables(report: &Report<'_>, language: Language) -> Vec<Table> {
    let records: Vec<PointRecord<'_>> = report.point_records().collect();
    let content = Content::new(*report, language);
    let mut tables = vec![points_table(report, &records), themes_table(&content, &records), matrix(&content, &records)];
    tables.push(dictionary(&tables));
    tables
}

/// The first of [`tables`] alone: a row a point.
#[must_use]
pub fn points(report: &Report<'_>) -> Table {
    points_table(report, &report.point_records().collect::<Vec<_>>())
}

fn text<'v>(name: &str, meaning: &str, values: impl Iterator<Item = Option<&'v str>>) -> Column {
    let values = Values::Text(values.map(|value| value.map(str::to_owned)).collect());
    Column { name: name.to_owned(), meaning: meaning.to_owned(), values }
}

fn integer(name: &str, meaning: &str, values: impl Iterator<Item = usize>) -> Column {
    let values = Values::Integer(values.map(|value| i64::try_from(value).ok()).collect());
    Column { name: name.to_owned(), meaning: meaning.to_owned(), values }
}

fn real(name: &str, meaning: &str, values: impl Iterator<Item = f32>) -> Column {
    // The digits of a single precision number, not those that it gets when it is made a double one.
    let values = values.map(|value| value.to_string().parse().ok());
    Column { name: name.to_owned(), meaning: meaning.to_owned(), values: Values::Real(values.collect()) }
}

fn points_table(report: &Report<'_>, records: &[PointRecord<'_>]) -> Table {
    let all = || records.iter();
    let mut columns = vec![
        text("id", "the point's name, the same between runs", all().map(|record| Some(record.id.as_str()))),
        text("file", "the file in which it stands", all().map(|record| Some(record.file))),
        integer("line", "the line on which it begins, from 1", all().map(|record| record.line)),
        text("table", "the table at which it was noted", all().map(|record| record.table)),
        text("question", "the question that it answers", all().map(|record| record.question)),
        text("speaker", "who said it", all().map(|record| record.speaker)),
        text("date", "the date of the talk, as the folder's manifest gives it", all().map(|record| record.date)),
        text("text", "the point as it was noted", all().map(|record| Some(record.text))),
        text("code", "its primary code; none for an uncoded point", all().map(|record| record.code)),
        text("theme", "the theme that it is part of", all().map(|record| record.theme.as_deref())),
        real(
            "margin",
            "how far the best outcome is ahead of the next, 0 to 1",
            report.codings.iter().map(|it| it.margin()),
        ),
    ];
    for (at, code) in report.codebook.codes.iter().enumerate() {
        let has = |coding: &crate::coding::Coding| usize::from(coding.codes.iter().any(|given| given.code == at));
        let meaning = format!("1 where the point has the code {}, 0 where it has not", code.id);
        columns.push(integer(&format!("code_{}", code.id), &meaning, report.codings.iter().map(has)));
    }
    for (at, code) in report.codebook.codes.iter().enumerate() {
        let score = |coding: &crate::coding::Coding| coding.scores.get(at).copied().unwrap_or_default();
        let meaning = format!("the probability of the code {}, 0 to 1", code.id);
        columns.push(real(&format!("score_{}", code.id), &meaning, report.codings.iter().map(score)));
    }
    Table { name: "points", columns }
}

/// The themes as the report's table of recommendations has them: each as its wording, which is of one of its points.
fn themes_table(content: &Content<'_>, records: &[PointRecord<'_>]) -> Table {
    let report = &content.report;
    let named = named(content);
    let all = || named.iter().map(|&(at, _)| &report.themes[at]);
    let code = |theme: &themes::Theme| theme.code.map(|code| &report.codebook.codes[code]);
    let words: Vec<String> = named.iter().map(|&(at, _)| content.label(at)).collect();
    let wordings: Vec<Wording<'_>> = named.iter().map(|&(at, _)| content.wording(at)).collect();
    let quoted = || wordings.iter().map(|wording| &records[wording.point]);
    let is_minority = named.iter().map(|&(at, _)| usize::from(content.profiles[at].is_minority));
    let label = |theme| code(theme).map(|code| content.name(&code.label));
    let representative = all().map(|theme| Some(records[theme.representative].id.as_str()));
    let columns = vec![
        text("theme", "the theme's name", named.iter().map(|(_, id)| Some(*id))),
        text("code", "the code of its points", all().map(|theme| code(theme).map(|code| code.id.as_str()))),
        text("label", "that code's name in the report", all().map(label)),
        text(
            "words",
            "the name that a person gave it, else its most telling words",
            words.iter().map(|it| Some(&**it)),
        ),
        text("text", "a person's wording of it, else a draft: a quote", wordings.iter().map(|it| Some(it.text))),
        integer("own", "1 where a person worded it, 0 for a draft", wordings.iter().map(|it| it.is_own.into())),
        integer("tables", "at how many tables it was raised", all().map(|theme| theme.tables)),
        integer("all_tables", "how many tables there were", all().map(|_| content.tables)),
        integer("minority", "1 where it was raised at one table only of several", is_minority),
        integer("points", "how many points it has", all().map(|theme| theme.points.len())),
        text("id", "the name of the point that a draft is of", quoted().map(|record| Some(record.id.as_str()))),
        text("file", "the file in which that point stands", quoted().map(|record| Some(record.file))),
        integer("line", "the line on which it begins, from 1", quoted().map(|record| record.line)),
        text("table", "the table at which it was noted", quoted().map(|record| record.table)),
        text("question", "the question that it answers", quoted().map(|record| record.question)),
        text("representative", "the name of the point that is most like the others", representative),
    ];
    Table { name: "themes", columns }
}

/// The indices of the themes that have a name, with it: an uncoded point that stands alone has none.
fn named<'c>(content: &'c Content<'_>) -> Vec<(usize, &'c str)> {
    content.theme_ids.iter().enumerate().filter_map(|(at, id)| Some((at, id.as_deref()?))).collect()
}

/// How many points of each theme each table noted. Points without a table count by their document, as support does.
fn matrix(content: &Content<'_>, records: &[PointRecord<'_>]) -> Table {
    let place = |at: usize| match records[at].table {
        Some(table) => (Some(table), None),
        None => (None, Some(records[at].file)),
    };
    let mut rows: BTreeMap<(Option<&str>, Option<&str>), usize> = BTreeMap::new();
    let mut order = Vec::new();
    for at in 0..records.len() {
        rows.entry(place(at)).or_insert_with(|| {
            order.push(place(at));
            order.len() - 1
        });
    }
    let mut columns = vec![
        text("table", "the table; none for points that name none", order.iter().map(|(table, _)| *table)),
        text("file", "the file of points that name no table", order.iter().map(|(_, file)| *file)),
    ];
    for (theme, id) in named(content) {
        let mut counts = vec![0; order.len()];
        content.report.themes[theme].points.iter().for_each(|&point| counts[rows[&place(point)]] += 1);
        columns.push(integer(id, &format!("how many points of the theme {id} were noted there"), counts.into_iter()));
    }
    Table { name: "tables", columns }
}

fn dictionary(tables: &[Table]) -> Table {
    let all = || tables.iter().flat_map(|table| table.columns.iter().map(move |column| (table, column)));
    let columns = vec![
        text("in", "the table", all().map(|(table, _)| Some(table.name))),
        text("column", "the column", all().map(|(_, column)| Some(column.name.as_str()))),
        text("kind", "text, integer or real", all().map(|(_, column)| Some(column.values.kind()))),
        text("meaning", "what it means", all().map(|(_, column)| Some(column.meaning.as_str()))),
    ];
    Table { name: "columns", columns }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codebook::Codebook;
    use crate::coding::{self, Coder};
    use crate::notes;

    #[test]
    fn the_tables_say_what_the_report_says() {
        let codebook = Codebook::summit_2017();
        let folder = notes::read_folder("data/notes").unwrap();
        let points = notes::points(&folder.documents);
        let codings = coding::code(&points, &Coder::new(&codebook));
        let themes = themes::group(&points, &codings, themes::Options::default());
        let report = Report::new(&folder, &codebook, &points, &codings, &themes);
        let tables = tables(&report, Language::English);
        let [points_table, themes_table, matrix, columns] = &tables[..] else { panic!("four tables") };
        for table in &tables {
            assert!(table.columns.iter().all(|column| column.values.len() == table.rows()), "{}", table.name);
        }
        let Values::Text(ids) = &themes_table.columns[0].values else { panic!("texts") };
        let named: Vec<&str> = ids.iter().map(|id| id.as_deref().unwrap()).collect();
        let alone = themes.iter().filter(|theme| theme.code.is_none() && theme.points.len() == 1).count();
        assert!(alone > 0 && named.iter().all(|id| !id.is_empty()));
        assert_eq!(named.len(), themes.len() - alone);
        assert_eq!(columns.rows(), tables[..3].iter().map(|table| table.columns.len()).sum::<usize>());
        let records: Vec<_> = report.point_records().collect();
        for theme in themes.iter().filter(|theme| theme.code.is_some()) {
            let id = records[theme.representative].theme.as_deref().unwrap();
            let column = matrix.column(id).unwrap();
            let Values::Integer(counts) = &column.values else { panic!("numbers") };
            assert_eq!(counts.iter().filter(|count| **count > Some(0)).count(), theme.tables);
            assert_eq!(counts.iter().flatten().sum::<i64>(), theme.points.len() as i64);
        }
        for (at, coding) in codings.iter().enumerate() {
            for (code, entry) in codebook.codes.iter().enumerate() {
                let name = format!("code_{}", entry.id);
                let Values::Integer(given) = &points_table.column(&name).unwrap().values else { panic!("numbers") };
                let has = coding.codes.iter().any(|assigned| assigned.code == code);
                assert_eq!(given[at], Some(i64::from(has)));
            }
        }
        let csv = points_table.to_csv();
        assert!(csv.starts_with("id,file,line,table,question,speaker,date,text,code,theme,margin,code_holdninger,"));
        assert_eq!(csv::Reader::from_reader(csv.as_bytes()).records().map(Result::unwrap).count(), points.len());
    }
}
