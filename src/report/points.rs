//! Points with all that is known of them, as other programs load them: `points.jsonl`.

use super::Report;
use crate::codebook::Codebook;
use crate::coding::{self, Coding, Evidence};
use crate::notes::{Point, ids};
use serde::Serialize;

/// One line of `points.jsonl`.
///
/// ```
/// use kodebok::{codebook::Codebook, coding::{self, Coder}, notes, report::Report, themes};
///
/// let codebook = Codebook::summit_2017();
/// let folder = notes::read_folder("data/notes")?;
/// let points = notes::points(&folder.documents);
/// let codings = coding::code(&points, &Coder::new(&codebook));
/// let themes = themes::group(&points, &codings, themes::Options::default());
/// let report = Report::new(&folder, &codebook, &points, &codings, &themes);
/// let first = report.point_records().next().unwrap();
/// assert_eq!((first.file, first.line, first.table), ("bord-01.txt", 5, Some("1")));
/// # Ok::<(), kodebok::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PointRecord<'a> {
    /// The point's name: stable while its file and text are.
    pub id: String,
    /// The file, from the folder that was read.
    pub file: &'a str,
    /// The line on which the point begins, from 1; of a file that has no lines, of its text as it was read.
    pub line: usize,
    /// Where a person finds it in the file: "linje 6", "side 3", "avsnitt 12", "Ark1!B7".
    pub place: String,
    /// The table at which it was noted.
    pub table: Option<&'a str>,
    /// The question that it answers.
    pub question: Option<&'a str>,
    /// Who said it.
    pub speaker: Option<&'a str>,
    /// The point as it was noted.
    pub text: &'a str,
    /// How the coder read it, where scanning or typing had damaged it.
    pub mended: Option<&'a str>,
    /// The id of the primary code; `None` for an uncoded point.
    pub code: Option<&'a str>,
    /// All its codes, the surest first.
    pub codes: Vec<CodeRecord<'a>>,
    /// What came second: the next code, or no code; the nearest code of an uncoded point.
    pub runner_up: RunnerUpRecord<'a>,
    /// All codes with their probabilities, the nearest first.
    pub nearest: Vec<NearestRecord<'a>>,
    /// Its place among the points that a person should look at, from 1 for the first.
    pub review: usize,
    /// The theme that it is part of.
    pub theme: Option<String>,
    /// Whether a person decided on its code or theme: what stands here is their word then.
    pub decided: bool,
}

/// A code of a [`PointRecord`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CodeRecord<'a> {
    /// The code's id.
    pub code: &'a str,
    /// Its probability, 0 to 1.
    pub score: f32,
    /// The words that carried it.
    pub evidence: Vec<EvidenceRecord<'a>>,
}

/// What came second in a [`PointRecord`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunnerUpRecord<'a> {
    /// The code's id; `None` for no code.
    pub code: Option<&'a str>,
    /// Its probability, 0 to 1.
    pub score: f32,
    /// Words with what they add to the log-odds of the outcome that won, above this one; below 0 where they spoke for this one.
    pub why_not: Vec<EvidenceRecord<'a>>,
}

/// A code's probability in a [`PointRecord`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NearestRecord<'a> {
    /// The code's id.
    pub code: &'a str,
    /// Its probability, 0 to 1.
    pub score: f32,
}

/// Words that spoke for or against in a [`CodeRecord`] or a [`RunnerUpRecord`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EvidenceRecord<'a> {
    /// Where they begin in the point's text: Unicode code points from 0.
    pub start: usize,
    /// Where they end: Unicode code points, exclusive.
    pub end: usize,
    /// The words.
    pub text: &'a str,
    /// Their share of the score, or what they add to the log-odds.
    pub weight: f32,
}

pub(super) fn records(report: Report<'_>) -> impl Iterator<Item = PointRecord<'_>> {
    let ids = ids(&report.folder.documents, report.points);
    let theme_ids = report.theme_ids();
    let mut theme_of = vec![None; report.points.len()];
    for (theme, id) in report.themes.iter().zip(&theme_ids) {
        for &point in &theme.points {
            theme_of[point] = id.clone();
        }
    }
    let mut places = vec![0; report.points.len()];
    for (place, point) in coding::review(report.codings).into_iter().enumerate() {
        places[point] = place + 1;
    }
    let rows = ids.into_iter().zip(theme_of).zip(places).zip(report.points).zip(report.codings);
    rows.enumerate().map(move |(at, ((((id, theme), review), point), coding))| {
        let code_id = |code: usize| report.codebook.codes[code].id.as_str();
        let text = point.text.as_ref();
        PointRecord {
            id,
            file: &report.folder.documents[point.document].path,
            line: point.line_of_file(),
            place: point.position.to_string(),
            table: point.table,
            question: point.question,
            speaker: point.speaker,
            text,
            mended: point.mended.as_ref().map(|mended| mended.text.as_str()),
            code: coding.primary().map(code_id),
            codes: coding
                .codes
                .iter()
                .map(|assigned| CodeRecord {
                    code: code_id(assigned.code),
                    score: assigned.score,
                    evidence: assigned.evidence.iter().map(|evidence| evidence_record(point, evidence)).collect(),
                })
                .collect(),
            runner_up: RunnerUpRecord {
                code: coding.runner_up.code.map(code_id),
                score: coding.runner_up.score,
                why_not: coding.runner_up.why_not.iter().map(|evidence| evidence_record(point, evidence)).collect(),
            },
            nearest: nearest(report.codebook, coding),
            review,
            theme,
            decided: report.decided(at).is_some_and(|decided| decided.code.is_some() || decided.theme.is_some()),
        }
    })
}

fn nearest<'a>(codebook: &'a Codebook, coding: &Coding) -> Vec<NearestRecord<'a>> {
    let codes = codebook.codes.iter().zip(&coding.scores);
    let mut nearest: Vec<NearestRecord<'a>> =
        codes.map(|(code, &score)| NearestRecord { code: &code.id, score }).collect();
    nearest.sort_by(|a, b| b.score.total_cmp(&a.score));
    nearest
}

fn evidence_record<'a>(point: &'a Point<'_>, evidence: &Evidence) -> EvidenceRecord<'a> {
    let span = point.in_text(evidence.span.clone());
    let found = &point.text[span.clone()];
    let start = point.text[..span.start].chars().count();
    EvidenceRecord { start, end: start + found.chars().count(), text: found, weight: evidence.weight }
}
