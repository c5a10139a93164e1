//! Themes with all that is known of them, as other programs load them: `themes.jsonl`.

use super::Report;
use crate::notes::ids;
use crate::themes::{Draft, profiles, tables};
use serde::Serialize;

/// One line of `themes.jsonl`.
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
/// let first = report.theme_records().next().unwrap();
/// assert_eq!((first.id.as_str(), first.all_tables), ("holdninger-1", 10));
/// assert_eq!(first.points[0], first.representative.id);
/// # Ok::<(), kodebok::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ThemeRecord<'a> {
    /// The theme's name in this run's files.
    pub id: String,
    /// The id of the code of its points; `None` where they have none.
    pub code: Option<&'a str>,
    /// Two to four of its own words; fewer where it has no more.
    pub label: Vec<String>,
    /// Words that it has more of than the other themes, the most telling first.
    pub keywords: Vec<KeywordRecord>,
    /// The point that stands for it.
    pub representative: QuoteRecord<'a>,
    /// The ids of points that differ most from that one and from each other.
    pub differing: Vec<String>,
    /// The ids of all its points, the representative one first, then by falling likeness to it.
    pub points: Vec<String>,
    /// At how many tables it was raised.
    pub tables: usize,
    /// At how many tables there were notes.
    pub all_tables: usize,
    /// The questions at which it was raised.
    pub questions: Vec<String>,
    /// Who said it, where the notes say so, the most frequent first.
    pub speakers: Vec<SpeakerRecord>,
    /// Whether it was raised at one table only, where there are others.
    pub is_minority: bool,
    /// A sentence that could be worked into a recommendation.
    pub draft: Option<DraftRecord<'a>>,
    /// The name that a person gave it.
    pub name: Option<&'a str>,
    /// The recommendation as a person worded it.
    pub wording: Option<&'a str>,
    /// Whether a person decided anything of it.
    pub decided: bool,
}

/// A keyword of a [`ThemeRecord`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KeywordRecord {
    /// The word, in the form in which it is written most often.
    pub word: String,
    /// The log-likelihood ratio G² of its frequency here against that in the other themes (Dunning 1993).
    pub log_likelihood: f64,
    /// The binary logarithm of the ratio of these frequencies (Hardie 2014).
    pub log_ratio: f64,
}

/// A point of a [`ThemeRecord`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QuoteRecord<'a> {
    /// The point's id.
    pub id: String,
    /// Its text, as it was noted.
    pub text: &'a str,
}

/// Who said something in a [`ThemeRecord`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SpeakerRecord {
    /// Who.
    pub speaker: String,
    /// How many of the points.
    pub points: usize,
}

/// The draft of a [`ThemeRecord`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DraftRecord<'a> {
    /// The id of the point that it is a sentence of.
    pub point: String,
    /// Where it begins in the point's text: Unicode code points from 0.
    pub start: usize,
    /// Where it ends: Unicode code points, exclusive.
    pub end: usize,
    /// The sentence.
    pub text: &'a str,
}

pub(super) fn records(report: Report<'_>) -> impl Iterator<Item = ThemeRecord<'_>> {
    let ids = ids(&report.folder.documents, report.points);
    let all_tables = tables(report.points.iter());
    let rows = report.themes.iter().zip(report.theme_ids()).zip(profiles(report.points, report.themes));
    rows.filter_map(move |((theme, id), profile)| {
        let decided = report.decisions.and_then(|decisions| decisions.of_theme(theme));
        let id_of = |&point: &usize| ids[point].clone();
        Some(ThemeRecord {
            id: id?,
            code: theme.code.map(|code| report.codebook.codes[code].id.as_str()),
            label: profile.label,
            keywords: profile
                .keywords
                .into_iter()
                .map(|(word, keyness)| KeywordRecord {
                    word,
                    log_likelihood: keyness.log_likelihood,
                    log_ratio: keyness.log_ratio,
                })
                .collect(),
            representative: QuoteRecord {
                id: ids[theme.representative].clone(),
                text: &report.points[theme.representative].text,
            },
            differing: profile.differing.iter().map(id_of).collect(),
            points: theme.points.iter().map(id_of).collect(),
            tables: theme.tables,
            all_tables,
            questions: profile.questions,
            speakers: profile.speakers.into_iter().map(|(speaker, points)| SpeakerRecord { speaker, points }).collect(),
            is_minority: profile.is_minority,
            draft: profile.draft.map(|draft| draft_record(report, &draft, &ids)),
            name: decided.and_then(|decided| decided.name.as_deref()),
            wording: decided.and_then(|decided| decided.wording.as_deref()),
            decided: decided.is_some(),
        })
    })
}

fn draft_record<'a>(report: Report<'a>, draft: &Draft, ids: &[String]) -> DraftRecord<'a> {
    let whole = &report.points[draft.point].text;
    let text = &whole[draft.span.clone()];
    let start = whole[..draft.span.start].chars().count();
    DraftRecord { point: ids[draft.point].clone(), start, end: start + text.chars().count(), text }
}
