//! A person's decisions on points and themes, which always win over the machine's.
//!
//! A run writes `decisions.csv`: a row a point and a row a theme, with empty columns for the person's code, theme, wording and note.
//! [`read`] reads the file when it is filled in, [`find`] finds its points again in notes that may have been edited since, and
//! [`Outcome`] says what the person decided of each.

mod find;
mod table;

use crate::agreement::{Interval, Ratings, gwet_ac1, interval, percent_agreement};
use crate::codebook::Example;
use crate::coding::{Assigned, Coding};
use crate::notes::Point;
use crate::themes::{self, Theme};
use std::collections::BTreeMap;

pub use find::find;
#[cfg(feature = "exchange")]
pub(crate) use table::separator;
pub(crate) use table::{COLUMNS, plain};
pub use table::{lost, parse, read};

/// What stands for no code in a column of codes, in lower case.
const NO_CODE: [&str; 8] = ["-", "ingen", "ingen kode", "uten kode", "utan kode", "none", "no code", "uncoded"];

/// Samples of the bootstrap.
const SAMPLES: usize = 2_000;

/// A row of a file of decisions, as it was filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The row as a spreadsheet numbers it: the first after the headings is 2.
    pub row: usize,
    /// Whether it is of a theme; else of a point.
    pub is_theme: bool,
    /// The id of the point, or of the theme.
    pub id: String,
    /// The file, line, table and text of the point.
    pub file: String,
    /// The line on which the point began, from 1; 0 where it isn't given.
    pub line: usize,
    /// The table.
    pub table: String,
    /// The point.
    pub text: String,
    /// The theme that the machine had put the point in.
    pub theme: String,
    /// The person's code, as written; empty where nothing was decided.
    pub own_code: String,
    /// The person's theme.
    pub own_theme: String,
    /// The person's wording of the recommendation.
    pub wording: String,
    /// The person's note.
    pub note: String,
}

impl Row {
    /// Whether a person filled anything in.
    #[must_use]
    pub fn is_decided(&self) -> bool {
        [&self.own_code, &self.own_theme, &self.wording, &self.note].iter().any(|cell| !cell.is_empty())
    }
}

/// What a person decided of a point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The row that says so.
    pub row: usize,
    /// The code: `Some(None)` for no code, `None` where nothing was decided.
    pub code: Option<Option<usize>>,
    /// The theme's name.
    pub theme: Option<String>,
    /// The wording that the point should have as a recommendation.
    pub wording: Option<String>,
    /// The note.
    pub note: Option<String>,
    /// How the point was found again.
    pub found_by: FoundBy,
}

/// How a point of a file of decisions was found again in the notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FoundBy {
    /// It has the same id: file and text are as they were.
    Id,
    /// Its text stands elsewhere by now.
    Text,
    /// It was edited, where it stood.
    Place,
    /// It was edited and moved.
    Likeness,
}

/// What a person decided of a theme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecidedTheme {
    /// The row that says so.
    pub row: usize,
    /// The id that the theme had.
    pub id: String,
    /// The points that it had, that are still there, and that the person did not move. Indices of the points.
    pub points: Vec<usize>,
    /// The code; as in [`Decided`].
    pub code: Option<Option<usize>>,
    /// The theme's name.
    pub name: Option<String>,
    /// The researcher's wording of the recommendation.
    pub wording: Option<String>,
    /// The note.
    pub note: Option<String>,
}

/// What is wrong with rows of a file of decisions. Nothing is dropped in silence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What it is.
    pub kind: ProblemKind,
    /// The rows that it is about.
    pub rows: Vec<usize>,
    /// The point's text, or the code that isn't known.
    pub text: String,
}

/// The kind of a [`Problem`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// The point, or no point of the theme, is there any more.
    NotFound,
    /// The rows decide differently of the same point, or of points with the same words. Of the same point the first row counts.
    Contradiction,
    /// The codebook has no such code.
    UnknownCode,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rows = self.rows.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
        let what = match self.kind {
            ProblemKind::NotFound => "not found in the notes any more",
            ProblemKind::Contradiction => "contradictory decisions",
            ProblemKind::UnknownCode => "a code that the codebook lacks",
        };
        let rows_word = if self.rows.len() == 1 { "row" } else { "rows" };
        write!(f, "{rows_word} {rows}: {what}: {:?}", self.text)
    }
}

/// What a person decided, by point and theme.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// The decision on each point, by the points' order.
    pub points: Vec<Option<Decided>>,
    /// The decisions on themes.
    pub themes: Vec<DecidedTheme>,
    /// What is wrong, by the rows' order.
    pub problems: Vec<Problem>,
    /// The theme that each point had in the file.
    had: Vec<Option<String>>,
}

/// How far the machine's codes were those that a person decided on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// How many points a person coded.
    pub points: usize,
    /// The share with the same code, with its 95% interval by bootstrap.
    pub percent: f64,
    /// Its interval.
    pub percent_interval: Option<Interval>,
    /// Gwet's AC1; `None` where it isn't defined.
    pub ac1: Option<f64>,
    /// Its interval.
    pub ac1_interval: Option<Interval>,
}

impl Outcome {
    /// How many points a person decided anything of.
    #[must_use]
    pub fn decided(&self) -> usize {
        self.points.iter().flatten().count()
    }

    /// The decided points as coded examples, from which a coder of this run can learn. `points` are those that were found.
    #[must_use]
    pub fn examples(&self, points: &[Point<'_>]) -> Vec<Example> {
        let coded = self.codes().zip(points).filter_map(|(code, point)| Some((code?, point)));
        coded
            .map(|(code, point)| Example {
                text: point.as_ref().to_owned(),
                code,
                also: Vec::new(),
                group: "decisions".to_owned(),
                genre: "notes".to_owned(),
                line: 0,
            })
            .collect()
    }

    /// How far a machine's codings are what the person decided; `None` where no code was decided. Ask before
    /// [`Outcome::overrule`].
    #[must_use]
    pub fn agreement(&self, machine: &[Coding]) -> Option<Agreement> {
        // No code is a code here: to leave a point out is a decision too.
        let number = |code: Option<usize>| Some(code.map_or(0, |code| code + 1));
        let both: Vec<_> =
            self.codes().zip(machine).filter_map(|(code, coding)| Some((code?, coding.primary()))).collect();
        let rows = both.iter().map(|&(person, machine)| [number(person), number(machine)]);
        let ratings = Ratings::from_rows(rows);
        Some(Agreement {
            points: both.len(),
            percent: percent_agreement(&ratings)?,
            percent_interval: interval(&ratings, percent_agreement, SAMPLES, 0.95, 1),
            ac1: gwet_ac1(&ratings),
            ac1_interval: interval(&ratings, gwet_ac1, SAMPLES, 0.95, 1),
        })
    }

    /// Puts the person's codes in the place of the machine's: certain, and with no words of evidence.
    pub fn overrule(&self, codings: &mut [Coding]) {
        let decided: Vec<Option<Option<usize>>> = self.codes().collect();
        for (coding, code) in codings.iter_mut().zip(decided) {
            let Some(code) = code else { continue };
            coding.scores.fill(0.0);
            if let Some(score) = code.and_then(|code| coding.scores.get_mut(code)) {
                *score = 1.0;
            }
            coding.codes = code.map(|code| Assigned { code, score: 1.0, evidence: Vec::new() }).into_iter().collect();
        }
    }

    /// Moves points to the themes that the person named. Points of one name are one theme, with those that the file had under
    /// that name and that were not moved elsewhere. What is left of a theme stays one.
    #[must_use]
    pub fn regroup(&self, mut machine: Vec<Theme>, points: &[Point<'_>], codings: &[Coding]) -> Vec<Theme> {
        let mut named: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (point, name) in self.named() {
            named.entry(name).or_default().push(point);
        }
        for (point, had) in self.had.iter().enumerate() {
            let is_moved = self.named().any(|(moved, _)| moved == point);
            if let Some(members) = had.as_deref().filter(|_| !is_moved).and_then(|had| named.get_mut(had)) {
                members.push(point);
            }
        }
        let moved: Vec<usize> = named.values().flatten().copied().collect();
        for theme in &mut machine {
            theme.points.retain(|point| !moved.contains(point));
        }
        machine.retain(|theme| !theme.points.is_empty());
        for theme in &mut machine {
            theme.representative = theme.points[0];
            theme.tables = themes::tables(theme.points.iter().map(|&point| &points[point]));
        }
        machine.extend(named.into_values().map(|mut members| {
            members.sort_unstable();
            members.dedup();
            let tables = themes::tables(members.iter().map(|&point| &points[point]));
            Theme { code: most_frequent(&members, codings), representative: members[0], points: members, tables }
        }));
        for decided in &self.themes {
            let code = decided.code;
            if let (Some(code), Some(theme)) = (code, holder(&mut machine, &decided.points)) {
                theme.code = code;
            }
        }
        machine.sort_by_key(|theme| {
            (theme.code.is_none(), theme.code, std::cmp::Reverse((theme.tables, theme.points.len())))
        });
        machine
    }

    /// The decision on a theme: the one whose points it holds most of.
    #[must_use]
    pub fn of_theme(&self, theme: &Theme) -> Option<&DecidedTheme> {
        let shared =
            |decided: &&DecidedTheme| decided.points.iter().filter(|point| theme.points.contains(point)).count();
        self.themes.iter().filter(|decided| 2 * shared(decided) > decided.points.len()).max_by_key(shared)
    }

    /// The person's codes, by the points' order.
    fn codes(&self) -> impl Iterator<Item = Option<Option<usize>>> {
        self.points.iter().map(|decided| decided.as_ref().and_then(|decided| decided.code))
    }

    /// Points with the theme that the person named.
    fn named(&self) -> impl Iterator<Item = (usize, &str)> {
        let points = self.points.iter().enumerate();
        points.filter_map(|(at, decided)| Some((at, decided.as_ref()?.theme.as_deref()?)))
    }
}

/// The code that most of some points have; of equals the first.
fn most_frequent(points: &[usize], codings: &[Coding]) -> Option<usize> {
    let mut counts: BTreeMap<Option<usize>, usize> = BTreeMap::new();
    for &point in points {
        *counts.entry(codings[point].primary()).or_default() += 1;
    }
    counts.into_iter().rev().max_by_key(|&(_, count)| count).and_then(|(code, _)| code)
}

/// The theme that holds most of some points.
fn holder<'t>(themes: &'t mut [Theme], points: &[usize]) -> Option<&'t mut Theme> {
    let shared = |theme: &Theme| points.iter().filter(|point| theme.points.contains(point)).count();
    themes.iter_mut().rev().max_by_key(|theme| shared(theme)).filter(|theme| shared(theme) > 0)
}
