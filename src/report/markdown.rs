//! The report in Markdown.

use super::Report;
use super::texts::{Language, PositionTexts, Texts, fill};
use crate::agreement::Interval;
use crate::coding;
use crate::decisions::{Agreement, ProblemKind};
use crate::norwegian::repair::Change;
use crate::notes::{Point, Position};
use crate::themes::{self, Theme};
use std::fmt::{self, Display, Formatter, Write};

/// Below this margin between the best and the next outcome a point is listed as uncertain.
const UNCERTAIN: f32 = 0.25;

/// The words that are shown for either side of a close call.
const WORDS: usize = 3;

/// A [`Report`] that displays as Markdown.
#[derive(Debug)]
pub struct Markdown<'a> {
    report: Report<'a>,
    language: Language,
    texts: Texts,
    theme_ids: Vec<Option<String>>,
    tables: usize,
}

impl<'a> Markdown<'a> {
    pub(super) fn new(report: Report<'a>, language: Language) -> Markdown<'a> {
        Markdown {
            report,
            language,
            texts: Texts::of(language),
            theme_ids: report.theme_ids(),
            tables: themes::tables(report.points.iter()),
        }
    }
}

impl Display for Markdown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "# {}", self.texts.title)?;
        self.rationale(f)?;
        self.problems(f)?;
        self.table(f)?;
        self.themes(f)?;
        self.uncoded(f)?;
        self.uncertain(f)?;
        self.mended(f)?;
        self.decisions(f)?;
        self.caveat(f)
    }
}

impl Markdown<'_> {
    fn rationale(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let title = escaped(self.name(&self.report.codebook.title));
        heading(f, 2, &self.texts.rationale)?;
        writeln!(f, "{}\n", fill(&self.texts.method, &[("codebook", &title)]))?;
        let coded = self.report.codings.iter().filter(|coding| coding.primary().is_some()).count();
        let numbers: [(&str, &dyn Display); 6] = [
            ("documents", &self.report.folder.documents.len()),
            ("points", &self.report.points.len()),
            ("tables", &self.tables),
            ("coded", &coded),
            ("uncoded", &(self.report.points.len() - coded)),
            ("themes", &self.report.themes.len()),
        ];
        writeln!(f, "{}", fill(&self.texts.numbers, &numbers))
    }

    fn problems(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.report.folder.problems.is_empty() {
            return Ok(());
        }
        heading(f, 2, &self.texts.unread)?;
        self.report.folder.problems.iter().try_for_each(|problem| writeln!(f, "- {}", escaped(&problem.to_string())))
    }

    /// The table of recommendations: a column a code, a cell a theme, by falling support.
    fn table(&self, f: &mut Formatter<'_>) -> fmt::Result {
        heading(f, 2, &self.texts.table)?;
        let codes = &self.report.codebook.codes;
        let columns: Vec<Vec<&Theme>> = (0..codes.len())
            .map(|code| self.report.themes.iter().filter(|theme| theme.code == Some(code)).collect())
            .collect();
        for code in codes {
            write!(f, "| {} ", escaped(self.name(&code.label)))?;
        }
        writeln!(f, "|\n{}|", "| --- ".repeat(codes.len()))?;
        for row in 0..columns.iter().map(Vec::len).max().unwrap_or(0) {
            for column in &columns {
                match column.get(row) {
                    Some(theme) => write!(f, "| {} ", self.cell(theme))?,
                    None => f.write_str("| ")?,
                }
            }
            f.write_str("|\n")?;
        }
        Ok(())
    }

    fn cell(&self, theme: &Theme) -> String {
        let point = &self.report.points[theme.representative];
        let own = self.report.decisions.and_then(|decisions| decisions.of_theme(theme)?.wording.as_deref());
        let text =
            own.map_or_else(|| escaped(&point.text), |own| format!("{} *({})*", escaped(own), self.texts.own_wording));
        format!("{text}<br>*{}* ({})", self.support(theme), self.place(point))
    }

    fn support(&self, theme: &Theme) -> String {
        fill(&self.texts.support, &[("tables", &theme.tables), ("all", &self.tables)])
    }

    /// Where a point stands: `bord-03.txt:11, bord 3`.
    fn place(&self, point: &Point<'_>) -> String {
        let file = &self.report.folder.documents[point.document].path;
        let mut place = place(&self.texts.position, file, point.position);
        for (word, value) in [(&self.texts.table_word, point.table), (&self.texts.question_word, point.question)] {
            if let Some(value) = value {
                let _ = write!(place, ", {word} {}", escaped(value));
            }
        }
        place
    }

    fn themes(&self, f: &mut Formatter<'_>) -> fmt::Result {
        heading(f, 2, &self.texts.themes)?;
        let mut code = None;
        for (theme, id) in self.report.themes.iter().zip(&self.theme_ids) {
            let Some(id) = id else { continue };
            if code.replace(theme.code) != Some(theme.code) {
                let label = theme.code.map(|code| self.name(&self.report.codebook.codes[code].label));
                heading(f, 3, &escaped(label.unwrap_or(&self.texts.uncoded)))?;
            }
            let points = fill(&self.texts.support_points, &[("points", &theme.points.len())]);
            writeln!(f, "\n**{id}**: {}, {points}\n", self.support(theme))?;
            for &point in &theme.points {
                self.quote(f, point)?;
            }
        }
        Ok(())
    }

    fn quote(&self, f: &mut Formatter<'_>, at: usize) -> fmt::Result {
        let point = &self.report.points[at];
        let decided =
            if self.report.decided(at).is_some() { format!(" *({})*", self.texts.decided_mark) } else { String::new() };
        let speaker = point.speaker.map(|speaker| format!("{}: ", escaped(speaker))).unwrap_or_default();
        writeln!(f, "- {speaker}{} ({}){decided}", escaped(&point.text), self.place(point))
    }

    fn uncoded(&self, f: &mut Formatter<'_>) -> fmt::Result {
        heading(f, 2, &self.texts.uncoded)?;
        let all = 0..self.report.points.len();
        let uncoded: Vec<usize> = all.filter(|&at| self.report.codings[at].primary().is_none()).collect();
        if uncoded.is_empty() {
            return writeln!(f, "{}", self.texts.none);
        }
        for at in uncoded {
            self.quote(f, at)?;
            writeln!(f, "  {}{}", self.outcomes(at), self.why(at))?;
        }
        Ok(())
    }

    fn uncertain(&self, f: &mut Formatter<'_>) -> fmt::Result {
        heading(f, 2, &self.texts.uncertain)?;
        let ranked = coding::review(self.report.codings).into_iter();
        let uncertain: Vec<usize> = ranked.take_while(|&at| self.report.codings[at].margin() < UNCERTAIN).collect();
        if uncertain.is_empty() {
            return writeln!(f, "{}", self.texts.none);
        }
        writeln!(f, "{}\n", self.texts.uncertain_note)?;
        for at in uncertain {
            write!(f, "- {}: ", self.outcomes(at))?;
            let point = &self.report.points[at];
            writeln!(f, "{} ({}){}", escaped(&point.text), self.place(point), self.why(at))?;
        }
        Ok(())
    }

    /// What was mended before points were coded, a line a point: nothing where nothing was.
    fn mended(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mended = || self.report.points.iter().filter_map(|point| Some((point, point.mended.as_ref()?)));
        if mended().next().is_none() {
            return Ok(());
        }
        heading(f, 2, &self.texts.mended)?;
        writeln!(f, "{}\n", self.texts.mended_note)?;
        for (point, mended) in mended() {
            let change = |change: &Change| {
                format!("«{}» → «{}»", escaped(&point.text[change.span.clone()]), escaped(&change.replacement))
            };
            let changes: Vec<String> = mended.changes.iter().map(change).collect();
            writeln!(f, "- {} ({})", changes.join(", "), self.place(point))?;
        }
        Ok(())
    }

    /// The words that spoke for the outcome that won and those that spoke for the runner-up, the strongest first:
    /// "; Kunnskap: «kurs», «lært»; Systemer: «tid»".
    fn why(&self, at: usize) -> String {
        let (point, coding) = (&self.report.points[at], &self.report.codings[at]);
        let name = |code: Option<usize>| match code {
            Some(code) => self.name(&self.report.codebook.codes[code].label),
            None => &self.texts.no_code,
        };
        let mut why: Vec<&coding::Evidence> = coding.runner_up.why_not.iter().collect();
        why.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
        let mut sides = String::new();
        for (outcome, sign) in [(coding.primary(), 1.0), (coding.runner_up.code, -1.0)] {
            let words = why.iter().filter(|evidence| evidence.weight * sign > 0.0).take(WORDS);
            let words: Vec<String> = words
                .map(|evidence| format!("«{}»", escaped(&point.text[point.in_text(evidence.span.clone())])))
                .collect();
            if !words.is_empty() {
                let _ = write!(sides, "; {}: {}", escaped(name(outcome)), words.join(", "));
            }
        }
        sides
    }

    /// The two most probable outcomes of a point: "Kunnskap 48 %, Systemer 45 %".
    fn outcomes(&self, at: usize) -> String {
        let scores = &self.report.codings[at].scores;
        let none = 1.0 - scores.iter().sum::<f32>();
        let names = self.report.codebook.codes.iter().map(|code| self.name(&code.label));
        let mut outcomes: Vec<(&str, f32)> = names.zip(scores.iter().copied()).collect();
        outcomes.push((&self.texts.no_code, none));
        outcomes.sort_by(|a, b| b.1.total_cmp(&a.1));
        let shown = outcomes.iter().take(2).map(|(name, score)| format!("{} {:.0} %", escaped(name), score * 100.0));
        shown.collect::<Vec<_>>().join(", ")
    }

    /// What a person decided: how much, how far the machine agreed, and what is wrong with the file.
    fn decisions(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some(decisions) = self.report.decisions else { return Ok(()) };
        heading(f, 2, &self.texts.decisions)?;
        let counts: [(&str, &dyn Display); 2] = [("points", &decisions.decided()), ("themes", &decisions.themes.len())];
        writeln!(f, "{}", fill(&self.texts.decided, &counts))?;
        if let Some(agreement) = self.report.agreement {
            writeln!(f, "\n{}", self.agreement(agreement))?;
        }
        if !decisions.problems.is_empty() {
            writeln!(f, "\n{}\n", self.texts.decision_problems)?;
        }
        for problem in &decisions.problems {
            let what = match problem.kind {
                ProblemKind::NotFound => &self.texts.problem_not_found,
                ProblemKind::Contradiction => &self.texts.problem_contradiction,
                ProblemKind::UnknownCode => &self.texts.problem_unknown_code,
            };
            let rows = problem.rows.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
            writeln!(f, "- {} {rows}: {what}: {}", self.texts.row_word, escaped(&problem.text))?;
        }
        Ok(())
    }

    /// How far the machine agreed with the person, with intervals.
    fn agreement(&self, agreement: &Agreement) -> String {
        let number = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.2}"));
        let ends =
            |interval: Option<Interval>| [interval.map(|ends| ends.low), interval.map(|ends| ends.high)].map(number);
        let ([low, high], [ac1_low, ac1_high]) = (ends(agreement.percent_interval), ends(agreement.ac1_interval));
        let values: [(&str, &dyn Display); 7] = [
            ("points", &agreement.points),
            ("share", &number(Some(agreement.percent))),
            ("low", &low),
            ("high", &high),
            ("ac1", &number(agreement.ac1)),
            ("ac1_low", &ac1_low),
            ("ac1_high", &ac1_high),
        ];
        fill(&self.texts.agreement, &values)
    }

    fn caveat(&self, f: &mut Formatter<'_>) -> fmt::Result {
        heading(f, 2, &self.texts.caveat_title)?;
        writeln!(f, "{}\n", self.texts.caveat)?;
        let made: [(&str, &dyn Display); 2] =
            [("version", &env!("CARGO_PKG_VERSION")), ("hash", &self.report.codebook.hash)];
        writeln!(f, "{}", fill(&self.texts.made, &made))
    }

    fn name<'l>(&self, label: &'l crate::codebook::Label) -> &'l str {
        match self.language {
            Language::Bokmal => &label.nb,
            Language::Nynorsk => &label.nn,
            Language::English => &label.en,
        }
    }
}

/// Where in a file something stands, in the report's language: `bord-03.txt:11`, `bord-03.pdf, side 2`.
pub(super) fn place(texts: &PositionTexts, file: &str, position: Position<'_>) -> String {
    let file = escaped(file);
    let numbered = |text: &str, number: usize| format!("{file}, {}", fill(text, &[("number", &number)]));
    match position {
        Position::Line(line) => format!("{file}:{line}"),
        Position::Paragraph(number) => numbered(&texts.paragraph, number),
        Position::Page(number) => numbered(&texts.page, number),
        Position::Footnote(number) => numbered(&texts.footnote, number),
        Position::Comment(number) => numbered(&texts.comment, number),
        Position::Cell { table, row, column } => {
            format!("{file}, {}", fill(&texts.cell, &[("table", &table), ("row", &row), ("column", &column)]))
        }
        Position::Margin => format!("{file}, {}", texts.margin),
        Position::SheetCell { .. } => format!("{file}, {}", escaped(&position.to_string())),
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
