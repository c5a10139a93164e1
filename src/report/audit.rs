//! The record of a run, by which it can be repeated and checked: `audit.json`.

use super::Report;
use crate::notes::{Encoding, Fate, Format, Point, Skipped, hexadecimal, ids};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};

/// What only whoever runs an analysis knows of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    /// When it began: `2017-10-20T09:30:00Z`.
    pub started: String,
    /// The codebook's file; `None` for one that comes with the program.
    pub codebook: Option<String>,
    /// The file of decisions.
    pub decisions: Option<FileRecord>,
    /// What the run was told beyond these, by name.
    pub settings: BTreeMap<String, String>,
}

/// The record of a run: what went in, what came out at each stage, and with what.
///
/// All of it but the time is the same for the same input.
///
/// ```
/// use kodebok::{codebook::Codebook, coding::{self, Coder}, notes, report::{Report, Run}, themes};
///
/// let codebook = Codebook::summit_2017();
/// let folder = notes::read_folder("data/notes")?;
/// let points = notes::points(&folder.documents);
/// let codings = coding::code(&points, &Coder::new(&codebook));
/// let themes = themes::group(&points, &codings, themes::Options::default());
/// let audit = Report::new(&folder, &codebook, &points, &codings, &themes).audit(Run::default());
/// assert_eq!((audit.inputs.len(), audit.counts.points.all), (10, points.len()));
/// assert_eq!(audit.counts.contradictions(), [""; 0]);
/// # Ok::<(), kodebok::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Audit<'a> {
    /// The program.
    pub program: ProgramRecord,
    /// When the run began.
    pub started: String,
    /// What it was told.
    pub settings: BTreeMap<String, String>,
    /// The codebook.
    pub codebook: CodebookRecord<'a>,
    /// What was found where the notes are, by its path.
    pub inputs: Vec<InputRecord<'a>>,
    /// What could not be read, and why.
    pub problems: Vec<String>,
    /// How much went in and came out at each stage.
    pub counts: Counts,
    /// What a person decided; `None` for a run without decisions.
    pub decisions: Option<DecisionsRecord>,
    /// The files that were written with this record, for the caller to add.
    pub outputs: Vec<FileRecord>,
}

/// The program in an [`Audit`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProgramRecord {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// The codebook in an [`Audit`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CodebookRecord<'a> {
    /// Its file; `None` for one that comes with the program.
    pub path: Option<String>,
    /// Its id.
    pub id: &'a str,
    /// Its title in bokmål.
    pub title: &'a str,
    /// SHA-256 of its text, its examples, and what was learned from decisions.
    pub sha256: &'a str,
    /// The ids of its codes.
    pub codes: Vec<&'a str>,
    /// How many coded examples there were to learn from.
    pub examples: usize,
}

/// A file: what it is called, and what it held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileRecord {
    /// Its path.
    pub path: String,
    /// How many bytes it has.
    pub bytes: usize,
    /// Their SHA-256 in hexadecimal.
    pub sha256: String,
}

impl FileRecord {
    /// The record of a file's content.
    ///
    /// ```
    /// let record = kodebok::report::FileRecord::of("a.txt", b"abc");
    /// assert_eq!((record.bytes, &record.sha256[..8]), (3, "ba7816bf"));
    /// ```
    #[must_use]
    pub fn of(path: impl Into<String>, content: &[u8]) -> FileRecord {
        let sha256 = hexadecimal(&Sha256::digest(content));
        FileRecord { path: path.into(), bytes: content.len(), sha256 }
    }
}

/// A file of the folder of notes in an [`Audit`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InputRecord<'a> {
    /// Its path from the folder, as the documents are called in the report.
    pub path: &'a str,
    /// How many bytes it has, where they were read.
    pub bytes: Option<usize>,
    /// Their SHA-256 in hexadecimal.
    pub sha256: Option<&'a str>,
    /// `read`, `unread`, `skipped`, or `manifest` for the file that says what the others are.
    pub outcome: &'static str,
    /// Why it was skipped.
    pub reason: Option<String>,
    /// What it was, whatever it was called.
    pub format: Option<Format>,
    /// How its bytes were read.
    pub encoding: Option<Encoding>,
    /// How many points it holds.
    pub points: usize,
}

/// What a person decided, in an [`Audit`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DecisionsRecord {
    /// The file.
    pub file: Option<FileRecord>,
    /// Of how many points.
    pub points: usize,
    /// Of how many themes.
    pub themes: usize,
    /// The points whose decided codes were examples to learn from in this run.
    pub learned: Vec<LearnedRecord>,
    /// What is wrong with rows of the file.
    pub problems: Vec<String>,
}

/// A decided point that was learned from, in an [`Audit`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LearnedRecord {
    /// The row of the file of decisions.
    pub row: usize,
    /// The point's id.
    pub point: String,
    /// The code's id; `None` for no code.
    pub code: Option<String>,
}

/// How much went in and came out at each stage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Files, as they were found.
    pub files: FileCounts,
    /// Documents: one a file, and those that are attached to e-mails.
    pub documents: usize,
    /// Characters of the documents' texts: Unicode code points.
    pub characters: CharacterCounts,
    /// Lines of the documents' texts.
    pub lines: usize,
    /// Points.
    pub points: PointCounts,
    /// Themes.
    pub themes: ThemeCounts,
}

/// Files in [`Counts`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FileCounts {
    /// All that were found; links and folders that could not be entered count.
    pub found: usize,
    /// Those that gave a document or more.
    pub read: usize,
    /// Those that could not be read.
    pub unread: usize,
    /// Those that were passed over.
    pub skipped: usize,
    /// Those that say what the others are.
    pub manifests: usize,
    /// How many documents they gave.
    pub documents: usize,
}

/// Characters in [`Counts`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CharacterCounts {
    /// All.
    pub all: usize,
    /// Those in points, their marks included.
    pub in_points: usize,
    /// Those in headings, heads of pages, speakers' labels, and remainders that hold no word.
    pub beside_points: usize,
    /// White space between these.
    pub white_space: usize,
}

/// Points in [`Counts`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PointCounts {
    /// All.
    pub all: usize,
    /// Those with a code.
    pub coded: usize,
    /// Those without.
    pub uncoded: usize,
    /// Those of each code, by its id.
    pub by_code: BTreeMap<String, usize>,
    /// Those of which a person decided something.
    pub decided: usize,
    /// The others.
    pub undecided: usize,
    /// Those that scanning or typing had damaged and that were mended before they were coded.
    pub mended: usize,
    /// The others.
    pub intact: usize,
}

/// Themes in [`Counts`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ThemeCounts {
    /// All groups of points.
    pub all: usize,
    /// Those that the report names.
    pub named: usize,
    /// Uncoded points that stand alone.
    pub unnamed: usize,
    /// The points in themes that the report names.
    pub points_in_named: usize,
    /// The points in the others.
    pub points_in_unnamed: usize,
}

impl Counts {
    /// The sums that don't come out, each said in words; none where all is accounted for.
    ///
    /// ```
    /// use kodebok::report::Counts;
    ///
    /// let mut counts = Counts::default();
    /// assert_eq!(counts.contradictions(), [""; 0]);
    /// counts.files.found = 3;
    /// counts.files.read = 2;
    /// assert_eq!(counts.contradictions(), ["files found: 3, but read, unread, skipped, manifests: 2"]);
    /// ```
    #[must_use]
    pub fn contradictions(&self) -> Vec<String> {
        let Counts { files, characters, points, themes, .. } = self;
        // Documents that came from no folder have no files.
        let documents = if files.found == 0 { self.documents } else { files.documents };
        let sums: [(&str, usize, &str, usize); 9] = [
            (
                "files found",
                files.found,
                "read, unread, skipped, manifests",
                files.read + files.unread + files.skipped + files.manifests,
            ),
            ("documents", self.documents, "of the files", documents),
            (
                "characters",
                characters.all,
                "in points, beside points, white space",
                characters.in_points + characters.beside_points + characters.white_space,
            ),
            ("points", points.all, "coded, uncoded", points.coded + points.uncoded),
            ("coded points", points.coded, "of the codes", points.by_code.values().sum()),
            ("points", points.all, "decided, undecided", points.decided + points.undecided),
            ("points", points.all, "mended, intact", points.mended + points.intact),
            ("themes", themes.all, "named, unnamed", themes.named + themes.unnamed),
            ("points", points.all, "in themes", themes.points_in_named + themes.points_in_unnamed),
        ];
        let wrong = sums.into_iter().filter(|(_, whole, _, parts)| whole != parts);
        wrong.map(|(name, whole, of, parts)| format!("{name}: {whole}, but {of}: {parts}")).collect()
    }
}

pub(super) fn audit(report: Report<'_>, run: Run) -> Audit<'_> {
    let codebook = report.codebook;
    Audit {
        program: ProgramRecord { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        started: run.started,
        settings: run.settings,
        codebook: CodebookRecord {
            path: run.codebook,
            id: &codebook.id,
            title: &codebook.title.nb,
            sha256: &codebook.hash,
            codes: codebook.codes.iter().map(|code| code.id.as_str()).collect(),
            examples: codebook.examples.len(),
        },
        inputs: inputs(report),
        problems: report.folder.problems.iter().map(ToString::to_string).collect(),
        counts: counts(report),
        decisions: decisions(report, run.decisions),
        outputs: Vec::new(),
    }
}

fn inputs(report: Report<'_>) -> Vec<InputRecord<'_>> {
    let folder = report.folder;
    let mut points = vec![0; folder.documents.len()];
    report.points.iter().for_each(|point| points[point.document] += 1);
    let mut reasons: HashMap<&str, &Skipped> = HashMap::new();
    folder.skipped.iter().for_each(|skipped| _ = reasons.entry(&skipped.path).or_insert(skipped));
    let inputs = folder.found.iter().map(|found| {
        let documents = match &found.fate {
            Fate::Read(documents) => documents.clone(),
            _ => 0..0,
        };
        // A document's path may have been made anonymous since it was read.
        let first = folder.documents.get(documents.start).filter(|_| !documents.is_empty());
        InputRecord {
            path: first.map_or(&found.path, |document| &document.path),
            bytes: found.content.as_ref().map(|(bytes, _)| *bytes),
            sha256: found.content.as_ref().map(|(_, hash)| hash.as_str()),
            outcome: match found.fate {
                Fate::Read(_) => "read",
                Fate::Unread => "unread",
                Fate::Skipped => "skipped",
                Fate::Manifest => "manifest",
            },
            reason: reasons.get(found.path.as_str()).map(ToString::to_string),
            format: first.map(|document| document.format),
            encoding: first.map(|document| document.encoding),
            points: documents.map(|at| points[at]).sum(),
        }
    });
    inputs.collect()
}

fn decisions(report: Report<'_>, file: Option<FileRecord>) -> Option<DecisionsRecord> {
    let decisions = report.decisions?;
    let ids = ids(&report.folder.documents, report.points);
    let code = |code: usize| report.codebook.codes[code].id.clone();
    let learned = decisions.points.iter().zip(ids).filter_map(|(decided, point)| {
        let decided = decided.as_ref()?;
        Some(LearnedRecord { row: decided.row, point, code: decided.code?.map(code) })
    });
    Some(DecisionsRecord {
        file,
        points: decisions.decided(),
        themes: decisions.themes.len(),
        learned: learned.collect(),
        problems: decisions.problems.iter().map(ToString::to_string).collect(),
    })
}

fn counts(report: Report<'_>) -> Counts {
    let documents = &report.folder.documents;
    Counts {
        files: file_counts(report),
        documents: documents.len(),
        characters: character_counts(report),
        lines: documents.iter().map(|document| document.text.lines().count()).sum(),
        points: point_counts(report),
        themes: theme_counts(report),
    }
}

fn file_counts(report: Report<'_>) -> FileCounts {
    let mut counts = FileCounts::default();
    for found in &report.folder.found {
        counts.found += 1;
        match &found.fate {
            Fate::Read(documents) => {
                counts.read += 1;
                counts.documents += documents.len();
            }
            Fate::Unread => counts.unread += 1,
            Fate::Skipped => counts.skipped += 1,
            Fate::Manifest => counts.manifests += 1,
        }
    }
    counts
}

/// What is in points is counted from their spans, the rest from what lies between them.
fn character_counts(report: Report<'_>) -> CharacterCounts {
    let mut counts = CharacterCounts::default();
    let mut of_document: Vec<Vec<&Point<'_>>> = vec![Vec::new(); report.folder.documents.len()];
    report.points.iter().for_each(|point| of_document[point.document].push(point));
    for (document, mut points) in report.folder.documents.iter().zip(of_document) {
        let text = &document.text;
        counts.all += text.chars().count();
        points.sort_by_key(|point| point.span.start);
        let mut end = 0;
        let spans = points.into_iter().map(|point| point.span.clone()).chain(std::iter::once(text.len()..text.len()));
        for span in spans {
            counts.in_points += text[span.clone()].chars().count();
            for c in text[end.min(span.start)..span.start].chars() {
                if c.is_whitespace() { counts.white_space += 1 } else { counts.beside_points += 1 }
            }
            end = span.end;
        }
    }
    counts
}

fn point_counts(report: Report<'_>) -> PointCounts {
    let all = report.points.len();
    let mut by_code: BTreeMap<String, usize> = report.codebook.codes.iter().map(|code| (code.id.clone(), 0)).collect();
    for code in report.codings.iter().filter_map(crate::coding::Coding::primary) {
        *by_code.entry(report.codebook.codes[code].id.clone()).or_default() += 1;
    }
    let uncoded = report.codings.iter().filter(|coding| coding.primary().is_none()).count();
    let decided = (0..all).filter(|&at| report.decided(at).is_some()).count();
    let mended = report.points.iter().filter(|point| point.mended.is_some()).count();
    PointCounts {
        all,
        coded: report.codings.len() - uncoded,
        uncoded,
        by_code,
        decided,
        undecided: all - decided,
        mended,
        intact: all - mended,
    }
}

fn theme_counts(report: Report<'_>) -> ThemeCounts {
    let mut counts = ThemeCounts { all: report.themes.len(), ..ThemeCounts::default() };
    for (theme, id) in report.themes.iter().zip(report.theme_ids()) {
        if id.is_some() {
            counts.named += 1;
            counts.points_in_named += theme.points.len();
        } else {
            counts.unnamed += 1;
            counts.points_in_unnamed += theme.points.len();
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codebook::Codebook;
    use crate::coding::{self, Coder};
    use crate::{notes, themes};

    #[test]
    fn what_went_in_is_accounted_for() {
        let folder = tempfile::tempdir().unwrap();
        let twin = "- mer tid til samtaler med pårørende, og flere som kan ta dem\n".repeat(3);
        for (name, bytes) in [
            ("a.txt", twin.as_bytes()),
            ("b.txt", twin.as_bytes()),
            ("c.txt", b"\xef\xbb\xbfBord 4\r\n- Ventetiden er lang\r\n- Lunsj\r\n"),
            ("d.txt", &[0; 4096]),
            ("~$e.docx", b""),
            ("manifest.toml", b"[[file]]\npath = \"c.txt\"\nquestion = \"2\"\n"),
        ] {
            std::fs::write(folder.path().join(name), bytes).unwrap();
        }
        let codebook =
            Codebook::parse("[[code]]\nid = \"tid\"\n[[code.cues]]\nweight = 9\nstems = [\"ventetid\"]").unwrap();
        let folder = notes::read_folder(folder.path()).unwrap();
        let points = notes::points(&folder.documents);
        let codings = coding::code(&points, &Coder::new(&codebook));
        let themes = themes::group(&points, &codings, themes::Options::default());
        let audit = Report::new(&folder, &codebook, &points, &codings, &themes).audit(Run::default());
        assert_eq!(audit.counts.contradictions(), [""; 0]);
        let found: Vec<(&str, &str, Option<usize>, usize)> =
            audit.inputs.iter().map(|input| (input.path, input.outcome, input.bytes, input.points)).collect();
        assert_eq!(
            found,
            [
                ("a.txt", "read", Some(twin.len()), 3),
                ("b.txt", "skipped", Some(twin.len()), 0),
                ("c.txt", "read", Some(42), 2),
                ("d.txt", "unread", Some(4096), 0),
                ("manifest.toml", "manifest", Some(39), 0),
                ("~$e.docx", "skipped", None, 0),
            ]
        );
        assert_eq!((audit.counts.points.coded, audit.counts.points.by_code["tid"]), (1, 1));
        assert_eq!(audit.counts.characters.beside_points, "Bord4".len());
        assert_eq!(audit.problems.len(), 1);
    }

    #[test]
    fn a_point_that_is_in_no_theme_is_noticed() {
        let folder = notes::Folder {
            documents: vec![notes::Document::from_text("bord-1.txt", "- mer tid\n- flere folk")],
            ..notes::Folder::default()
        };
        let codebook = Codebook::parse("[[code]]\nid = \"a\"").unwrap();
        let points = notes::points(&folder.documents);
        let codings = coding::code(&points, &Coder::new(&codebook));
        let mut themes = themes::group(&points, &codings, themes::Options::default());
        let sums = |themes: &[themes::Theme]| {
            Report::new(&folder, &codebook, &points, &codings, themes).audit(Run::default()).counts.contradictions()
        };
        assert_eq!(sums(&themes), [""; 0]);
        themes.pop();
        assert_eq!(sums(&themes), ["points: 2, but in themes: 1"]);
    }
}
