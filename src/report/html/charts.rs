//! The charts, each with the table of its numbers.

use super::super::texts::{ChartTexts, fill};
use super::Html;
use super::escape::plain;
use super::svg::{self, Bar, Frame, Square};
use super::themes::Ordered;
use std::collections::BTreeMap;
use std::fmt::{self, Formatter};

/// So many tables or questions a chart shows; the table of its numbers has all.
const ROWS: usize = 40;

/// So many themes a chart shows.
const THEMES: usize = 20;

/// Counts with a name a row and a name a column.
struct Counts<'t> {
    corner: &'t str,
    columns: Vec<&'t str>,
    rows: Vec<(String, Vec<usize>)>,
}

impl Html<'_> {
    pub(super) fn charts(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let texts = &self.content.texts.html;
        let of_row = |count, row: &[usize], _, _| Some(share(count, row.iter().sum()));
        let by_table = self.by(&texts.table_heading, |point| {
            point.table.unwrap_or(&self.content.report.folder.documents[point.document].path)
        });
        self.heat_map(f, "by-table", &texts.by_table, &by_table, of_row)?;
        self.supports(f)?;
        let by_question = self.by(&texts.question_heading, |point| point.question.unwrap_or("–"));
        if by_question.rows.len() > 1 {
            self.heat_map(f, "by-question", &texts.by_question, &by_question, of_row)?;
        }
        let together = self.together();
        let apart = |count, _: &[usize], row, column| (row != column).then_some(count as f64);
        self.heat_map(f, "together", &texts.together, &together, apart)?;
        self.sureness(f)
    }

    /// How many points have each code, by what `name` says of a point.
    fn by<'t>(&'t self, corner: &'t str, name: impl Fn(&'t crate::notes::Point<'t>) -> &'t str) -> Counts<'t> {
        let (report, codes) = (&self.content.report, &self.content.report.codebook.codes);
        let mut rows: BTreeMap<Ordered<'t>, Vec<usize>> = BTreeMap::new();
        for (point, coding) in report.points.iter().zip(report.codings) {
            let row = rows.entry(Ordered(name(point))).or_insert_with(|| vec![0; codes.len() + 1]);
            row[coding.primary().unwrap_or(codes.len())] += 1;
        }
        let mut columns: Vec<&str> = codes.iter().map(|code| self.content.name(&code.label)).collect();
        columns.push(&self.content.texts.no_code);
        Counts { corner, columns, rows: rows.into_iter().map(|(name, row)| (name.0.to_owned(), row)).collect() }
    }

    /// How many points have each two codes together; with itself, how many have a code.
    fn together(&self) -> Counts<'_> {
        let codes = &self.content.report.codebook.codes;
        let mut counts = vec![vec![0; codes.len()]; codes.len()];
        for coding in self.content.report.codings {
            for one in &coding.codes {
                coding.codes.iter().for_each(|other| counts[one.code][other.code] += 1);
            }
        }
        let columns: Vec<&str> = codes.iter().map(|code| self.content.name(&code.label)).collect();
        let rows = columns.iter().map(|&name| name.to_owned()).zip(counts).collect();
        Counts { corner: &self.content.texts.html.code_word, columns, rows }
    }

    /// A heat map of counts. `shade` takes a count, its row, and the numbers of its row and column, and says how dark its square is,
    /// beside the others; `None` for one that is not to be compared with them.
    fn heat_map(
        &self,
        f: &mut Formatter<'_>,
        id: &str,
        texts: &ChartTexts,
        counts: &Counts<'_>,
        shade: impl Fn(usize, &[usize], usize, usize) -> Option<f64>,
    ) -> fmt::Result {
        let shades: Vec<Vec<Option<f64>>> = counts
            .rows
            .iter()
            .enumerate()
            .map(|(at, (_, row))| {
                row.iter().enumerate().map(|(column, &count)| shade(count, row, at, column)).collect()
            })
            .collect();
        let darkest = shades.iter().flatten().flatten().copied().fold(f64::MIN_POSITIVE, f64::max);
        let squares = |row: &[usize], shades: &[Option<f64>]| {
            let square = |(count, shade): (&usize, &Option<f64>)| Square {
                text: count.to_string(),
                shade: shade.map(|shade| shade / darkest),
            };
            row.iter().zip(shades).map(square).collect::<Vec<_>>()
        };
        let is_named = |label: &str| label.parse::<u32>().is_err();
        let label = |label: &str| if is_named(label) { label.to_owned() } else { format!("{} {label}", counts.corner) };
        let rows = counts.rows.iter().zip(&shades).take(ROWS);
        let rows: Vec<(String, Vec<Square>)> =
            rows.map(|((name, row), shades)| (label(name), squares(row, shades))).collect();
        self.figure(f, id, texts, counts.rows.len().saturating_sub(ROWS), |f, frame| {
            svg::heat_map(f, frame, &counts.columns, &rows)
        })?;
        self.open_numbers(f, texts)?;
        write!(f, "<thead><tr><th scope=\"col\">{}</th>", plain(counts.corner))?;
        counts.columns.iter().try_for_each(|column| write!(f, "<th scope=\"col\">{}</th>", plain(column)))?;
        writeln!(f, "</tr></thead>\n<tbody>")?;
        for (name, row) in &counts.rows {
            write!(f, "<tr><th scope=\"row\">{}</th>", plain(name))?;
            row.iter().try_for_each(|count| write!(f, "<td>{count}</td>"))?;
            writeln!(f, "</tr>")?;
        }
        self.close_numbers(f)
    }

    /// The themes with a code that most tables raised.
    fn supports(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (content, texts) = (&self.content, &self.content.texts.html);
        let themes = content.report.themes;
        let mut order: Vec<usize> = (0..themes.len()).filter(|&at| themes[at].code.is_some()).collect();
        order.sort_by_key(|&at| std::cmp::Reverse((themes[at].tables, themes[at].points.len())));
        let hidden = order.len().saturating_sub(THEMES);
        order.truncate(THEMES);
        let bar = |&at: &usize| Bar {
            label: content.label(at),
            value: themes[at].tables as f64,
            text: format!("{} · {}", themes[at].tables, content.outcome(themes[at].code)),
            class: Html::hue(themes[at].code),
        };
        let bars: Vec<Bar> = order.iter().map(bar).collect();
        self.figure(f, "support", &texts.by_support, hidden, |f, frame| svg::bars(f, frame, &bars))?;
        self.open_numbers(f, &texts.by_support)?;
        let headings = [&texts.theme_word, &texts.code_word, &texts.tables, &texts.points];
        write!(f, "<thead><tr>")?;
        headings.iter().try_for_each(|heading| write!(f, "<th scope=\"col\">{}</th>", plain(heading)))?;
        writeln!(f, "</tr></thead>\n<tbody>")?;
        for at in order {
            let (theme, anchor) = (&themes[at], self.theme_anchor(at).unwrap_or_default());
            write!(f, "<tr><th scope=\"row\"><a href=\"#{anchor}\">{}</a></th>", plain(&content.label(at)))?;
            write!(f, "<td>{}</td>", plain(content.outcome(theme.code)))?;
            writeln!(f, "<td>{}</td><td>{}</td></tr>", theme.tables, theme.points.len())?;
        }
        self.close_numbers(f)
    }

    /// How probable the coder's own answers were, in tenths; what a person decided is none of them.
    fn sureness(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (report, texts) = (&self.content.report, &self.content.texts.html);
        let mut counts = [0_usize; 10];
        for (at, coding) in report.codings.iter().enumerate() {
            if report.decided(at).is_some_and(|decided| decided.code.is_some()) {
                continue;
            }
            let best = coding.scores.iter().copied().fold(coding.none(), f32::max);
            counts[((best * 10.0) as usize).min(9)] += 1;
        }
        // The best of so many outcomes is never below its share of them.
        let first = counts.iter().position(|&count| count > 0).unwrap_or_default();
        let tenths: Vec<(String, usize)> =
            (first..10).map(|tenth| (format!("{}–{} %", tenth * 10, tenth * 10 + 10), counts[tenth])).collect();
        let column = |(label, count): &(String, usize)| Bar {
            label: label.clone(),
            value: *count as f64,
            text: count.to_string(),
            class: "accent".to_owned(),
        };
        let columns: Vec<Bar> = tenths.iter().map(column).collect();
        self.figure(f, "sureness", &texts.sureness, 0, |f, frame| svg::columns(f, frame, &columns))?;
        self.open_numbers(f, &texts.sureness)?;
        let (probability, points) = (plain(&texts.probability), plain(&texts.points));
        writeln!(
            f,
            "<thead><tr><th scope=\"col\">{probability}</th><th scope=\"col\">{points}</th></tr></thead>\n<tbody>"
        )?;
        for (label, count) in &tenths {
            writeln!(f, "<tr><th scope=\"row\">{label}</th><td>{count}</td></tr>")?;
        }
        self.close_numbers(f)
    }

    /// A figure up to its chart, with what the chart leaves out.
    fn figure(
        &self,
        f: &mut Formatter<'_>,
        id: &str,
        texts: &ChartTexts,
        hidden: usize,
        chart: impl Fn(&mut Formatter<'_>, &Frame<'_>) -> fmt::Result,
    ) -> fmt::Result {
        let id = format!("chart-{id}");
        writeln!(f, "<figure id=\"{id}\">\n<h3>{}</h3>", plain(&texts.title))?;
        writeln!(f, "<div class=\"chart\" tabindex=\"0\" role=\"group\" aria-label=\"{}\">", plain(&texts.title))?;
        chart(f, &Frame { id: &id, title: &texts.title, description: &texts.note })?;
        write!(f, "</div>\n<figcaption>{}", plain(&texts.note))?;
        if hidden > 0 {
            write!(f, " {}", plain(&fill(&self.content.texts.html.chart_hidden, &[("count", &hidden)])))?;
        }
        writeln!(f, "</figcaption>")
    }

    fn open_numbers(&self, f: &mut Formatter<'_>, texts: &ChartTexts) -> fmt::Result {
        let summary = plain(&self.content.texts.html.numbers_table);
        writeln!(f, "<details>\n<summary>{summary}</summary>\n<table class=\"data\">")?;
        writeln!(f, "<caption>{}</caption>", plain(&texts.title))
    }

    fn close_numbers(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "</tbody>\n</table>\n</details>\n</figure>")
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
