//! The report in Markdown.

use super::Report;
use super::content::Content;
use super::texts::{ChartTexts, Language, fill};
use crate::analysis::{ChiSquare, CrossTable};
use crate::notes::Point;
use std::fmt::{self, Display, Formatter};

/// A [`Report`] that displays as Markdown.
#[derive(Debug)]
pub struct Markdown<'a> {
    content: Content<'a>,
}

impl<'a> Markdown<'a> {
    pub(super) fn new(report: Report<'a>, language: Language) -> Markdown<'a> {
        Markdown { content: Content::new(report, language) }
    }
}

impl Display for Markdown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "# {}", self.content.texts.title)?;
        self.rationale(f)?;
        self.problems(f)?;
        self.table(f)?;
        self.themes(f)?;
        self.crosses(f)?;
        self.uncoded(f)?;
        self.uncertain(f)?;
        self.mended(f)?;
        self.decisions(f)?;
        self.caveat(f)
    }
}

impl Markdown<'_> {
    fn rationale(&self, f: &mut Formatter<'_>) -> fmt::Result {
        heading(f, 2, &self.content.texts.rationale)?;
        writeln!(f, "{}\n\n{}", escaped(&self.content.method()), self.content.numbers())
    }

    fn problems(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let problems = &self.content.report.folder.problems;
        if problems.is_empty() {
            return Ok(());
        }
        heading(f, 2, &self.content.texts.unread)?;
        problems.iter().try_for_each(|problem| writeln!(f, "- {}", escaped(&problem.to_string())))
    }

    /// The table of recommendations: a column a code, a cell a theme, by falling support.
    fn table(&self, f: &mut Formatter<'_>) -> fmt::Result {
        heading(f, 2, &self.content.texts.table)?;
        let codes = &self.content.report.codebook.codes;
        for code in codes {
            write!(f, "| {} ", escaped(self.content.name(&code.label)))?;
        }
        writeln!(f, "|\n{}|", "| --- ".repeat(codes.len()))?;
        let columns = self.content.columns();
        for row in 0..columns.iter().map(Vec::len).max().unwrap_or(0) {
            for column in &columns {
                match column.get(row) {
                    Some(&theme) => write!(f, "| {} ", self.cell(theme))?,
                    None => f.write_str("| ")?,
                }
            }
            f.write_str("|\n")?;
        }
        Ok(())
    }

    fn cell(&self, theme: usize) -> String {
        let content = &self.content;
        let wording = content.wording(theme);
        format!(
            "{} *({})*<br>{}: *{}* ({})",
            escaped(wording.text),
            content.mark(&wording),
            escaped(&content.label(theme)),
            content.support_and_minority(theme),
            escaped(&content.place(&content.report.points[wording.point]))
        )
    }

    fn themes(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let content = &self.content;
        heading(f, 2, &content.texts.themes)?;
        let mut code = None;
        for (at, (theme, id)) in content.report.themes.iter().zip(&content.theme_ids).enumerate() {
            let Some(id) = id else { continue };
            if code.replace(theme.code) != Some(theme.code) {
                heading(f, 3, &escaped(content.heading(theme.code)))?;
            }
            let (support, points) = (content.support(theme), content.points_of(theme));
            writeln!(f, "\n**{id}** {}: {support}, {points}\n", escaped(&content.label(at)))?;
            for &point in &theme.points {
                self.quote(f, point)?;
            }
        }
        Ok(())
    }

    /// How many points have each code, by table and by question, where there are several.
    fn crosses(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let texts = &self.content.texts.html;
        let files = &self.content.report.folder.documents;
        let table = |point: &'_ Point<'_>| point.table.unwrap_or(&files[point.document].path).to_owned();
        self.cross(f, &texts.by_table, &texts.table_heading, &table)?;
        let question = |point: &'_ Point<'_>| point.question.unwrap_or("–").to_owned();
        self.cross(f, &texts.by_question, &texts.question_heading, &question)
    }

    fn cross(
        &self,
        f: &mut Formatter<'_>,
        texts: &ChartTexts,
        corner: &str,
        name: &dyn Fn(&Point<'_>) -> String,
    ) -> fmt::Result {
        let report = &self.content.report;
        // Numbers by their size, and before names.
        let row = |point: &Point<'_>| {
            let name = name(point);
            (name.parse::<u32>().unwrap_or(u32::MAX), name)
        };
        let pairs = report.points.iter().zip(report.codings);
        let table = CrossTable::of(pairs.map(|(point, coding)| {
            let code = coding.primary();
            (row(point), (code.is_none(), code))
        }));
        if table.rows().len() < 2 {
            return Ok(());
        }
        heading(f, 2, &texts.title)?;
        let all = &self.content.texts.cross.all;
        write!(f, "| {} ", escaped(corner))?;
        for (_, code) in table.columns() {
            write!(f, "| {} ", escaped(self.content.outcome(*code)))?;
        }
        writeln!(f, "| {all} |\n|{}", " --- |".repeat(table.columns().len() + 2))?;
        let line = |f: &mut Formatter<'_>, name: &str, counts: &[usize]| {
            let cells: Vec<String> =
                counts.iter().copied().chain([counts.iter().sum()]).map(|count: usize| count.to_string()).collect();
            writeln!(f, "| {} | {} |", escaped(name), cells.join(" | "))
        };
        for ((_, name), counts) in table.rows().iter().zip(table.counts()) {
            line(f, name, counts)?;
        }
        line(f, all, &table.column_totals())?;
        self.chi_square(f, table.chi_square())
    }

    fn chi_square(&self, f: &mut Formatter<'_>, found: Option<ChiSquare>) -> fmt::Result {
        let (Some(found), texts) = (found, &self.content.texts.cross) else { return Ok(()) };
        let p = if found.p < 0.001 { "< 0.001".to_owned() } else { format!("= {:.3}", found.p) };
        let (chi, v) = (format!("{:.1}", found.statistic), format!("{:.2}", found.cramers_v));
        let values: [(&str, &dyn Display); 4] = [("chi", &chi), ("degrees", &found.degrees), ("p", &p), ("v", &v)];
        write!(f, "\n{}", fill(&texts.chi_square, &values))?;
        // Cochran's rule.
        if found.low_expected > 0.2 {
            write!(f, " {}", texts.few_expected)?;
        }
        writeln!(f)
    }

    fn quote(&self, f: &mut Formatter<'_>, at: usize) -> fmt::Result {
        let content = &self.content;
        let point = &content.report.points[at];
        let decided = match content.report.decided(at) {
            Some(_) => format!(" *({})*", content.texts.decided_mark),
            None => String::new(),
        };
        let speaker = point.speaker.map(|speaker| format!("{}: ", escaped(speaker))).unwrap_or_default();
        writeln!(f, "- {speaker}{} ({}){decided}", escaped(&point.text), escaped(&content.place(point)))
    }

    fn uncoded(&self, f: &mut Formatter<'_>) -> fmt::Result {
        heading(f, 2, &self.content.texts.uncoded)?;
        let uncoded = self.content.uncoded();
        if uncoded.is_empty() {
            return writeln!(f, "{}", self.content.texts.none);
        }
        for at in uncoded {
            self.quote(f, at)?;
            writeln!(f, "  {}{}", escaped(&self.content.outcomes(at)), self.why(at))?;
        }
        Ok(())
    }

    fn uncertain(&self, f: &mut Formatter<'_>) -> fmt::Result {
        heading(f, 2, &self.content.texts.uncertain)?;
        let uncertain = self.content.uncertain();
        if uncertain.is_empty() {
            return writeln!(f, "{}", self.content.texts.none);
        }
        writeln!(f, "{}\n", self.content.texts.uncertain_note)?;
        for at in uncertain {
            write!(f, "- {}: ", escaped(&self.content.outcomes(at)))?;
            let point = &self.content.report.points[at];
            writeln!(f, "{} ({}){}", escaped(&point.text), escaped(&self.content.place(point)), self.why(at))?;
        }
        Ok(())
    }

    /// What was mended before points were coded, a line a point: nothing where nothing was.
    fn mended(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let points = self.content.report.points.iter();
        let mut mended = points.filter_map(|point| Some((point, self.content.changes(point)?))).peekable();
        if mended.peek().is_none() {
            return Ok(());
        }
        heading(f, 2, &self.content.texts.mended)?;
        writeln!(f, "{}\n", self.content.texts.mended_note)?;
        mended.try_for_each(|(point, changes)| {
            writeln!(f, "- {} ({})", escaped(&changes), escaped(&self.content.place(point)))
        })
    }

    /// Why an outcome won, behind it: "; Kunnskap: «kurs»; Systemer: «tid»".
    fn why(&self, at: usize) -> String {
        match self.content.why(at) {
            why if why.is_empty() => why,
            why => format!("; {}", escaped(&why)),
        }
    }

    /// What a person decided: how much, how far the machine agreed, and what is wrong with the file.
    fn decisions(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (Some(decisions), Some(decided)) = (self.content.report.decisions, self.content.decided()) else {
            return Ok(());
        };
        heading(f, 2, &self.content.texts.decisions)?;
        writeln!(f, "{decided}")?;
        if let Some(agreement) = self.content.report.agreement {
            writeln!(f, "\n{}", self.content.agreement(agreement))?;
        }
        if !decisions.problems.is_empty() {
            writeln!(f, "\n{}\n", self.content.texts.decision_problems)?;
        }
        decisions
            .problems
            .iter()
            .try_for_each(|problem| writeln!(f, "- {}", escaped(&self.content.decision_problem(problem))))
    }

    fn caveat(&self, f: &mut Formatter<'_>) -> fmt::Result {
        heading(f, 2, &self.content.texts.caveat_title)?;
        writeln!(f, "{}\n\n{}", self.content.texts.caveat, self.content.made())
    }
}

fn heading(f: &mut Formatter<'_>, level: usize, text: &str) -> fmt::Result {
    writeln!(f, "\n{} {text}\n", "#".repeat(level))
}

/// A text of the notes with all that Markdown or HTML would act on made plain, on one line.
pub(super) fn escaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' => plain.extend(['\\', c]),
            '&' => plain.push_str("&amp;"),
            c if c.is_control() || c == '\u{2028}' || c == '\u{2029}' => plain.push(' '),
            c => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_markdown_acts_on_is_made_plain() {
        assert_eq!(escaped("a|b <b> *c* [d](e)\n#f & `g`"), r"a\|b \<b\> \*c\* \[d\](e) \#f &amp; \`g\`");
    }
}
