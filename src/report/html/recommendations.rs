//! The table of recommendations.

use super::super::texts::fill;
use super::Html;
use super::escape::plain;
use std::fmt::{self, Formatter};

/// So many quotes stand in a cell; all stand in the theme's section.
const QUOTES: usize = 5;

impl Html<'_> {
    /// A column a code and a cell a theme, by falling support; those that one table alone raised stand below a line of their own.
    pub(super) fn recommendations(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (content, texts) = (&self.content, &self.content.texts);
        let codes = &content.report.codebook.codes;
        // The roles say what a table's elements are by themselves, and keep saying it where a phone stacks the cells.
        writeln!(f, "<p>{}</p>", plain(&texts.html.table_note))?;
        writeln!(
            f,
            "<table class=\"recommendations\" role=\"table\">\n<caption>{}</caption>",
            plain(&texts.html.table_caption)
        )?;
        writeln!(f, "<thead role=\"rowgroup\">\n<tr role=\"row\">")?;
        for (code, column) in codes.iter().zip(0..) {
            let (hue, name) = (Html::hue(Some(column)), plain(content.name(&code.label)));
            writeln!(
                f,
                "<th scope=\"col\" role=\"columnheader\" class=\"{hue}\" style=\"--column:{column}\">{name}</th>"
            )?;
        }
        writeln!(f, "</tr>\n</thead>")?;
        let columns = content.columns();
        let is_minority = |theme: &&usize| content.profiles[**theme].is_minority;
        let broad: Vec<Vec<usize>> =
            columns.iter().map(|column| column.iter().filter(|theme| !is_minority(theme)).copied().collect()).collect();
        let minority: Vec<Vec<usize>> =
            columns.iter().map(|column| column.iter().filter(is_minority).copied().collect()).collect();
        self.rows(f, &broad)?;
        let count: usize = minority.iter().map(Vec::len).sum();
        if count > 0 {
            let title = fill(&texts.html.minority_row, &[("count", &count)]);
            writeln!(f, "<tbody role=\"rowgroup\" class=\"between\">\n<tr role=\"row\">")?;
            writeln!(
                f,
                "<th scope=\"rowgroup\" role=\"rowheader\" colspan=\"{}\">{}</th>",
                codes.len(),
                plain(&title)
            )?;
            writeln!(f, "</tr>\n</tbody>")?;
            self.rows(f, &minority)?;
        }
        writeln!(f, "</table>")
    }

    fn rows(&self, f: &mut Formatter<'_>, columns: &[Vec<usize>]) -> fmt::Result {
        writeln!(f, "<tbody role=\"rowgroup\">")?;
        for row in 0..columns.iter().map(Vec::len).max().unwrap_or(0) {
            writeln!(f, "<tr role=\"row\">")?;
            for (number, column) in columns.iter().enumerate() {
                match column.get(row) {
                    Some(&theme) => self.cell(f, number, theme)?,
                    None => writeln!(f, "<td role=\"cell\" class=\"empty\"></td>")?,
                }
            }
            writeln!(f, "</tr>")?;
        }
        writeln!(f, "</tbody>")
    }

    fn cell(&self, f: &mut Formatter<'_>, column: usize, at: usize) -> fmt::Result {
        let content = &self.content;
        let theme = &content.report.themes[at];
        writeln!(f, "<td role=\"cell\" class=\"{}\" style=\"--column:{column}\">", Html::hue(theme.code))?;
        self.wording(f, at)?;
        write!(f, "<p class=\"support\">{} {}", self.meter(at), plain(&content.support(theme)))?;
        self.minority_mark(f, at)?;
        writeln!(f, "</p>")?;
        let anchor = self.theme_anchor(at).unwrap_or_default();
        writeln!(f, "<p class=\"label\"><a href=\"#{anchor}\">{}</a></p>", plain(&content.label(at)))?;
        self.opened(f, at, &anchor)?;
        writeln!(f, "</td>")
    }

    /// Says of a theme that it was raised at one table only, where it was.
    pub(super) fn minority_mark(&self, f: &mut Formatter<'_>, theme: usize) -> fmt::Result {
        if !self.content.profiles[theme].is_minority {
            return Ok(());
        }
        write!(f, " <span class=\"minority\">{}</span>", plain(&self.content.texts.minority_mark))
    }

    /// The recommendation as the researcher or a draft words it, and where the draft is from.
    pub(super) fn wording(&self, f: &mut Formatter<'_>, theme: usize) -> fmt::Result {
        let content = &self.content;
        let wording = content.wording(theme);
        let class = if wording.is_own { "own" } else { "draft" };
        let lang = if wording.is_own { "" } else { self.quote_lang() };
        writeln!(
            f,
            "<p class=\"wording\"><span{lang}>{}</span> <span class=\"{class}\">{}</span></p>\n<p class=\"source\">{}</p>",
            plain(wording.text),
            plain(content.mark(&wording)),
            plain(&content.place(&content.report.points[wording.point]))
        )
    }

    /// How many of the tables raised a theme, as a small bar beside the words that say so.
    pub(super) fn meter(&self, theme: usize) -> String {
        let share = self.content.report.themes[theme].tables as f64 / self.content.tables.max(1) as f64;
        let width = (share * 40.0).clamp(0.0, 40.0);
        format!(
            "<svg class=\"meter\" aria-hidden=\"true\" viewBox=\"0 0 40 8\"><rect class=\"all\" width=\"40\" height=\"8\"/>\
             <rect width=\"{width:.1}\" height=\"8\"/></svg>"
        )
    }

    /// A cell's quotes, behind a line that opens them.
    fn opened(&self, f: &mut Formatter<'_>, at: usize, anchor: &str) -> fmt::Result {
        let (content, texts) = (&self.content, &self.content.texts);
        let theme = &content.report.themes[at];
        let all = theme.points.len();
        writeln!(f, "<details>\n<summary>{}</summary>\n<ul>", plain(&self.quote_count(all)))?;
        for &at in theme.points.iter().take(QUOTES) {
            let point = &content.report.points[at];
            let (text, place) = (plain(&point.text), content.place(point));
            let (lang, id) = (self.quote_lang(), &self.point_ids[at]);
            writeln!(f, "<li><q{lang}>{text}</q> <a class=\"source\" href=\"#p-{id}\">{}</a></li>", plain(&place))?;
        }
        writeln!(f, "</ul>")?;
        if all > QUOTES {
            let more = fill(&texts.html.more_quotes, &[("count", &(all - QUOTES))]);
            writeln!(f, "<p><a href=\"#{anchor}\">{}</a></p>", plain(&more))?;
        }
        writeln!(f, "</details>")
    }

    /// "1 sitat", "5 sitater".
    pub(super) fn quote_count(&self, count: usize) -> String {
        let texts = &self.content.texts.html;
        fill(if count == 1 { &texts.quote } else { &texts.quotes }, &[("count", &count)])
    }
}
