//! What people read and other programs load: computing stays in the modules before this one, rendering here.

mod audit;
mod content;
mod decisions;
mod html;
mod markdown;
mod points;
mod privacy;
mod texts;
mod themes;

use crate::codebook::Codebook;
use crate::coding::Coding;
use crate::decisions::{Agreement, Decided, Outcome};
use crate::notes::{Folder, Point};
use crate::themes::Theme;
use std::collections::HashMap;

pub use audit::{
    Audit, CharacterCounts, CodebookRecord, Counts, DecisionsRecord, FileCounts, FileRecord, InputRecord,
    LearnedRecord, PointCounts, ProgramRecord, Run, ThemeCounts,
};
#[cfg(feature = "exchange")]
pub(crate) use content::{Content, Wording};
pub use html::Html;
pub use markdown::Markdown;
pub use points::{CodeRecord, EvidenceRecord, NearestRecord, PointRecord, RunnerUpRecord};
pub use privacy::personal_data;
pub use texts::Language;
#[cfg(feature = "exchange")]
pub(crate) use texts::fill;
pub use themes::{DraftRecord, KeywordRecord, QuoteRecord, SpeakerRecord, ThemeRecord};

/// The results of an analysis, borrowed, ready to be rendered.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// What was read, and what could not be.
    pub folder: &'a Folder,
    /// The codebook that the points were coded with.
    pub codebook: &'a Codebook,
    /// The points of the folder's documents.
    pub points: &'a [Point<'a>],
    /// The codings of `points`, in the same order.
    pub codings: &'a [Coding],
    /// The themes of `points`.
    pub themes: &'a [Theme],
    /// What a person decided, where there are decisions.
    pub decisions: Option<&'a Outcome>,
    /// How far the machine's own codes were what the person decided.
    pub agreement: Option<&'a Agreement>,
}

impl<'a> Report<'a> {
    /// The results of the stages, in their order; of a run without decisions.
    ///
    /// ```
    /// use kodebok::{codebook::Codebook, coding::{self, Coder}, notes, report::{Language, Report}, themes};
    ///
    /// let codebook = Codebook::summit_2017();
    /// let folder = notes::read_folder("data/notes")?;
    /// let points = notes::points(&folder.documents);
    /// let codings = coding::code(&points, &Coder::new(&codebook));
    /// let themes = themes::group(&points, &codings, themes::Options::default());
    /// let report = Report::new(&folder, &codebook, &points, &codings, &themes);
    /// assert!(report.markdown(Language::Bokmal).to_string().starts_with("# Anbefalinger"));
    /// # Ok::<(), kodebok::Error>(())
    /// ```
    #[must_use]
    pub fn new(
        folder: &'a Folder,
        codebook: &'a Codebook,
        points: &'a [Point<'a>],
        codings: &'a [Coding],
        themes: &'a [Theme],
    ) -> Report<'a> {
        Report { folder, codebook, points, codings, themes, decisions: None, agreement: None }
    }

    /// The same report, with what a person decided, and how far the machine's own codes were that.
    #[must_use]
    pub fn with_decisions(self, decisions: &'a Outcome, agreement: Option<&'a Agreement>) -> Report<'a> {
        Report { decisions: Some(decisions), agreement, ..self }
    }

    /// The report in Markdown: the method, the table of recommendations, the themes with every quote and its place, the
    /// uncoded and the uncertain points, and the caveat.
    #[must_use]
    pub fn markdown(&self, language: Language) -> Markdown<'a> {
        Markdown::new(*self, language)
    }

    /// The report as one HTML file that fetches nothing and needs no script to be read: the table of recommendations, charts, the
    /// themes with every quote, in which the words are marked that carried its coding, what a person should look at, and the method,
    /// the codebook and the caveat. Prints to A4 and reads on a phone; a script filters the quotes where scripts are on.
    ///
    /// A theme has the anchor `theme-` and its id (`report.html#theme-holdninger-3`), a point `p-` and its id.
    ///
    /// ```
    /// use kodebok::{codebook::Codebook, coding::{self, Coder}, notes, report::{Language, Report}, themes};
    ///
    /// let codebook = Codebook::summit_2017();
    /// let folder = notes::read_folder("data/notes")?;
    /// let points = notes::points(&folder.documents);
    /// let codings = coding::code(&points, &Coder::new(&codebook));
    /// let themes = themes::group(&points, &codings, themes::Options::default());
    /// let report = Report::new(&folder, &codebook, &points, &codings, &themes);
    /// let page = report.html(Language::Nynorsk).to_string();
    /// assert!(page.contains("<html lang=\"nn\">") && page.contains("id=\"theme-holdninger-1\""));
    /// # Ok::<(), kodebok::Error>(())
    /// ```
    #[must_use]
    pub fn html(&self, language: Language) -> Html<'a> {
        Html::new(*self, language)
    }

    /// The file in which a person decides, `decisions.csv`: a row a point and a row a theme, with empty columns for the person's code,
    /// theme, wording and note; what was decided before is filled in. As Excel's Norwegian version reads and writes it: semicolons,
    /// UTF-8 with a byte order mark, CRLF. [`crate::decisions::read`] reads it back.
    #[must_use]
    pub fn decisions_csv(&self, language: Language) -> Vec<u8> {
        decisions::csv(*self, language)
    }

    /// The same as rows of texts, the headings first, with nothing made plain.
    #[cfg(feature = "exchange")]
    pub(crate) fn decisions_rows(&self, language: Language) -> Vec<Vec<String>> {
        decisions::rows(*self, language)
    }

    /// A record for each point, in the points' order: the lines of `points.jsonl`.
    pub fn point_records(&self) -> impl Iterator<Item = PointRecord<'a>> {
        points::records(*self)
    }

    /// A record for each theme that the report names, in its order: the lines of `themes.jsonl`.
    pub fn theme_records(&self) -> impl Iterator<Item = ThemeRecord<'a>> {
        themes::records(*self)
    }

    /// The record of a run: what went in and what came out at each stage, `audit.json`. `run` is what only the caller knows.
    #[must_use]
    pub fn audit(&self, run: Run) -> Audit<'a> {
        audit::audit(*self, run)
    }

    /// The names of the themes in files: the code's id and a number within it, `lover-3`; `uten-kode-1` for points that say the
    /// same but have no code. An uncoded point that stands alone is no theme that anyone needs to name.
    fn theme_ids(&self) -> Vec<Option<String>> {
        let mut counts: HashMap<Option<usize>, usize> = HashMap::new();
        let id = |theme: &Theme| {
            if theme.code.is_none() && theme.points.len() == 1 {
                return None;
            }
            let count = counts.entry(theme.code).or_default();
            *count += 1;
            Some(format!("{}-{count}", theme.code.map_or("uten-kode", |code| &self.codebook.codes[code].id)))
        };
        self.themes.iter().map(id).collect()
    }

    /// What a person decided of a point.
    pub(crate) fn decided(&self, point: usize) -> Option<&'a Decided> {
        self.decisions.and_then(|decisions| decisions.points.get(point)).and_then(Option::as_ref)
    }

    /// A person's code as a cell: the code's id, `-` for no code, empty where nothing was decided.
    fn code_cell(&self, code: Option<Option<usize>>) -> String {
        code.map_or_else(String::new, |code| code.map_or("-", |code| &self.codebook.codes[code].id).to_owned())
    }
}
