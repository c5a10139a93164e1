//! What every form of the report says, before one of them writes it: plain texts, not escaped.

use super::Report;
use super::texts::{Language, PositionTexts, Texts, fill};
use crate::agreement::Interval;
use crate::codebook::Label;
use crate::coding::{self, Evidence};
use crate::decisions::{Agreement, DecidedTheme, Problem, ProblemKind};
use crate::norwegian::repair::Change;
use crate::notes::{Point, Position};
use crate::themes::{self, Profile, Theme};
use std::fmt::{Display, Write};

/// Below this margin between the best and the next outcome a point is listed as uncertain.
pub(super) const UNCERTAIN: f32 = 0.25;

/// The words that are shown for either side of a close call.
const WORDS: usize = 3;

/// A report's results with all that is worked out of them once, and its texts.
#[derive(Debug)]
pub(crate) struct Content<'a> {
    pub report: Report<'a>,
    pub language: Language,
    pub texts: Texts,
    /// By the themes' order.
    pub theme_ids: Vec<Option<String>>,
    /// By the themes' order.
    pub profiles: Vec<Profile>,
    /// At how many tables there were notes.
    pub tables: usize,
}

/// What stands in a cell of the table of recommendations.
pub(crate) struct Wording<'a> {
    pub text: &'a str,
    /// Whether a person wrote it. Else it is a draft: a sentence of the notes.
    pub is_own: bool,
    /// The point that a draft is of; the one that stands for the theme of a person's wording.
    pub point: usize,
}

impl<'a> Content<'a> {
    pub fn new(report: Report<'a>, language: Language) -> Content<'a> {
        Content {
            report,
            language,
            texts: Texts::of(language),
            theme_ids: report.theme_ids(),
            profiles: themes::profiles(report.points, report.themes),
            tables: themes::tables(report.points.iter()),
        }
    }

    /// A name in the report's language.
    pub fn name<'l>(&self, label: &'l Label) -> &'l str {
        match self.language {
            Language::Bokmal => &label.nb,
            Language::Nynorsk => &label.nn,
            Language::English => &label.en,
        }
    }

    /// The name of a code, or of no code.
    pub fn outcome(&self, code: Option<usize>) -> &str {
        code.map_or(&self.texts.no_code, |code| self.name(&self.report.codebook.codes[code].label))
    }

    /// The heading of the themes of a code, or of those without one.
    pub fn heading(&self, code: Option<usize>) -> &str {
        if code.is_some() { self.outcome(code) } else { &self.texts.uncoded }
    }

    /// How the notes were coded.
    pub fn method(&self) -> String {
        fill(&self.texts.method, &[("codebook", &self.name(&self.report.codebook.title))])
    }

    /// How many documents, points and themes there are.
    pub fn numbers(&self) -> String {
        let coded = self.report.codings.iter().filter(|coding| coding.primary().is_some()).count();
        let numbers: [(&str, &dyn Display); 6] = [
            ("documents", &self.report.folder.documents.len()),
            ("points", &self.report.points.len()),
            ("tables", &self.tables),
            ("coded", &coded),
            ("uncoded", &(self.report.points.len() - coded)),
            ("themes", &self.report.themes.len()),
        ];
        fill(&self.texts.numbers, &numbers)
    }

    /// The columns of the table of recommendations: for each code its themes by falling support, as indices.
    pub fn columns(&self) -> Vec<Vec<usize>> {
        let mut columns = vec![Vec::new(); self.report.codebook.codes.len()];
        for (at, theme) in self.report.themes.iter().enumerate() {
            if let Some(column) = theme.code.and_then(|code| columns.get_mut(code)) {
                column.push(at);
            }
        }
        columns
    }

    /// What a person decided of a theme.
    pub fn decided_theme(&self, theme: usize) -> Option<&'a DecidedTheme> {
        self.report.decisions.and_then(|decisions| decisions.of_theme(&self.report.themes[theme]))
    }

    /// A theme as a recommendation: the person's wording, else the draft, else its representative point.
    pub fn wording(&self, theme: usize) -> Wording<'a> {
        let representative = self.report.themes[theme].representative;
        if let Some(own) = self.decided_theme(theme).and_then(|decided| decided.wording.as_deref()) {
            return Wording { text: own, is_own: true, point: representative };
        }
        let points = self.report.points;
        match &self.profiles[theme].draft {
            Some(draft) => {
                Wording { text: &points[draft.point].text[draft.span.clone()], is_own: false, point: draft.point }
            }
            None => Wording { text: &points[representative].text, is_own: false, point: representative },
        }
    }

    /// Whose a wording is: a person's or a draft.
    pub fn mark(&self, wording: &Wording<'_>) -> &str {
        if wording.is_own { &self.texts.own_wording } else { &self.texts.draft_mark }
    }

    /// "1 av 10 bord, mindretall": a theme's support, and whether it is a minority's.
    pub fn support_and_minority(&self, theme: usize) -> String {
        let support = self.support(&self.report.themes[theme]);
        if self.profiles[theme].is_minority { format!("{support}, {}", self.texts.minority_mark) } else { support }
    }

    /// A theme's label: the name that a person gave it, else its own words.
    pub fn label(&self, theme: usize) -> String {
        let named = self.decided_theme(theme).and_then(|decided| decided.name.clone());
        named.unwrap_or_else(|| self.profiles[theme].label.join(", "))
    }

    /// "6 av 10 bord".
    pub fn support(&self, theme: &Theme) -> String {
        fill(&self.texts.support, &[("tables", &theme.tables), ("all", &self.tables)])
    }

    /// "8 poeng".
    pub fn points_of(&self, theme: &Theme) -> String {
        fill(&self.texts.support_points, &[("points", &theme.points.len())])
    }

    /// Where a point stands: `bord-03.txt:11, bord 3, spørsmål 1`.
    pub fn place(&self, point: &Point<'_>) -> String {
        let file = &self.report.folder.documents[point.document].path;
        let mut place = place(&self.texts.position, file, point.position);
        for (word, value) in [(&self.texts.table_word, point.table), (&self.texts.question_word, point.question)] {
            if let Some(value) = value {
                let _ = write!(place, ", {word} {value}");
            }
        }
        place
    }

    /// The points without a code.
    pub fn uncoded(&self) -> Vec<usize> {
        let all = 0..self.report.points.len();
        all.filter(|&at| self.report.codings[at].primary().is_none()).collect()
    }

    /// The points that a person should look at, the least sure first.
    pub fn uncertain(&self) -> Vec<usize> {
        let ranked = coding::review(self.report.codings).into_iter();
        ranked.take_while(|&at| self.report.codings[at].margin() < UNCERTAIN).collect()
    }

    /// The two most probable outcomes of a point: "Kunnskap 48 %, Systemer 45 %".
    pub fn outcomes(&self, at: usize) -> String {
        let coding = &self.report.codings[at];
        let mut outcomes: Vec<(Option<usize>, f32)> =
            coding.scores.iter().enumerate().map(|(code, &score)| (Some(code), score)).collect();
        outcomes.push((None, coding.none()));
        outcomes.sort_by(|a, b| b.1.total_cmp(&a.1));
        let shown =
            outcomes.iter().take(2).map(|&(code, score)| format!("{} {:.0} %", self.outcome(code), score * 100.0));
        shown.collect::<Vec<_>>().join(", ")
    }

    /// The words that spoke for the outcome that won and those that spoke for the runner-up, the strongest first:
    /// "Kunnskap: «kurs», «lært»; Systemer: «tid»".
    pub fn why(&self, at: usize) -> String {
        let (point, coding) = (&self.report.points[at], &self.report.codings[at]);
        let mut why: Vec<&Evidence> = coding.runner_up.why_not.iter().collect();
        why.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
        let side = |(outcome, sign): (Option<usize>, f32)| {
            let words = why.iter().filter(|evidence| evidence.weight * sign > 0.0).take(WORDS);
            let words: Vec<String> =
                words.map(|evidence| format!("«{}»", &point.text[point.in_text(evidence.span.clone())])).collect();
            (!words.is_empty()).then(|| format!("{}: {}", self.outcome(outcome), words.join(", ")))
        };
        let sides = [(coding.primary(), 1.0), (coding.runner_up.code, -1.0)].into_iter().filter_map(side);
        sides.collect::<Vec<_>>().join("; ")
    }

    /// What was mended of a point before it was coded: "«verktgy» → «verktøy»".
    pub fn changes(&self, point: &Point<'_>) -> Option<String> {
        let change = |change: &Change| format!("«{}» → «{}»", &point.text[change.span.clone()], change.replacement);
        let changes = point.mended.as_ref()?.changes.iter().map(change);
        Some(changes.collect::<Vec<_>>().join(", "))
    }

    /// How much a person decided.
    pub fn decided(&self) -> Option<String> {
        let decisions = self.report.decisions?;
        let counts: [(&str, &dyn Display); 2] = [("points", &decisions.decided()), ("themes", &decisions.themes.len())];
        Some(fill(&self.texts.decided, &counts))
    }

    /// What is wrong with rows of the file of decisions: "rad 12: ikke funnet igjen i notatene: ...".
    pub fn decision_problem(&self, problem: &Problem) -> String {
        let what = match problem.kind {
            ProblemKind::NotFound => &self.texts.problem_not_found,
            ProblemKind::Contradiction => &self.texts.problem_contradiction,
            ProblemKind::UnknownCode => &self.texts.problem_unknown_code,
        };
        let rows = problem.rows.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
        format!("{} {rows}: {what}: {}", self.texts.row_word, problem.text)
    }

    /// How far the machine agreed with the person, with intervals.
    pub fn agreement(&self, agreement: &Agreement) -> String {
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

    /// With which program and codebook the report was made.
    pub fn made(&self) -> String {
        let made: [(&str, &dyn Display); 2] =
            [("version", &env!("CARGO_PKG_VERSION")), ("hash", &self.report.codebook.hash)];
        fill(&self.texts.made, &made)
    }
}

/// Where in a file something stands, in the report's language: `bord-03.txt:11`, `bord-03.pdf, side 2`.
pub(super) fn place(texts: &PositionTexts, file: &str, position: Position<'_>) -> String {
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
        Position::SheetCell { .. } => format!("{file}, {position}"),
    }
}
