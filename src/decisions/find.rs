//! Decided points found again in notes that may have been edited, moved and imported anew.

use super::{Decided, DecidedTheme, FoundBy, NO_CODE, Outcome, Problem, ProblemKind, Row};
use crate::codebook::Codebook;
use crate::notes::{Document, Point, ids};
use std::collections::{BTreeMap, HashMap};

/// How like an edited point must be to what it was, letter by letter, near where it stood.
const IN_PLACE: f64 = 0.5;

/// And elsewhere.
const ELSEWHERE: f64 = 0.75;

/// How many lines a point may have moved to be still in its place.
const LINES: usize = 12;

/// Points of more characters than this are compared by their beginnings: comparing takes the square of the length.
const COMPARED: usize = 300;

/// Finds the points and themes of a file of decisions in `points`, the points of `documents`: by id, else by the same words, else
/// where they stood, else wherever there is a point much like it. No point is found twice; what isn't found is listed.
///
/// ```
/// use kodebok::{codebook::Codebook, decisions, notes};
///
/// let documents = [notes::Document::from_text("bord-1.txt", "- Ventetiden er lang\n- Mer tid til samtaler")];
/// let points = notes::points(&documents);
/// let rows = decisions::parse("id;fil;linje;tekst;din kode\n?;bord-1.txt;2;Mer tid til samtale;holdninger\n".as_bytes())?;
/// let outcome = decisions::find(&rows, &Codebook::summit_2017(), &documents, &points);
/// assert_eq!(outcome.points[1].as_ref().unwrap().code, Some(Some(0)));
/// # Ok::<(), kodebok::Error>(())
/// ```
#[must_use]
pub fn find(rows: &[Row], codebook: &Codebook, documents: &[Document], points: &[Point<'_>]) -> Outcome {
    let of_points: Vec<&Row> = rows.iter().filter(|row| !row.is_theme).collect();
    let mut search = Search::new(documents, points);
    let found = search.all(&of_points);
    let mut outcome = Outcome { points: vec![None; points.len()], had: vec![None; points.len()], ..Outcome::default() };
    let mut first: HashMap<&str, &Row> = HashMap::new();
    for (row, found) in of_points.iter().zip(&found) {
        let Some((point, found_by)) = *found else {
            let earlier = first.get(row.id.as_str()).filter(|earlier| earlier.id == row.id && earlier.text == row.text);
            if let Some(earlier) = earlier.filter(|_| row.is_decided()) {
                if (&earlier.own_code, &earlier.own_theme) != (&row.own_code, &row.own_theme) {
                    let rows = vec![earlier.row, row.row];
                    outcome.problems.push(Problem { kind: ProblemKind::Contradiction, rows, text: row.text.clone() });
                }
            } else if row.is_decided() {
                outcome.problems.push(problem(ProblemKind::NotFound, row, &row.text));
            }
            continue;
        };
        first.insert(&row.id, row);
        outcome.had[point] = said(&row.theme);
        if row.is_decided() {
            outcome.points[point] = Some(Decided {
                row: row.row,
                code: code(row, codebook, &mut outcome.problems),
                theme: said(&row.own_theme),
                wording: said(&row.wording),
                note: said(&row.note),
                found_by,
            });
        }
    }
    for row in rows.iter().filter(|row| row.is_theme && row.is_decided()) {
        let points: Vec<usize> = (0..points.len())
            .filter(|&at| outcome.had[at].as_deref() == Some(row.id.as_str()) && !is_moved(&outcome, at))
            .collect();
        if points.is_empty() {
            outcome.problems.push(problem(ProblemKind::NotFound, row, &row.id));
            continue;
        }
        outcome.themes.push(DecidedTheme {
            row: row.row,
            id: row.id.clone(),
            points,
            code: code(row, codebook, &mut outcome.problems),
            name: said(&row.own_theme),
            wording: said(&row.wording),
            note: said(&row.note),
        });
    }
    outcome.problems.extend(contradictions(&outcome, points));
    outcome.problems.sort_by_key(|problem| problem.rows.clone());
    outcome
}

/// Whether a person put a point in a theme of another name than it had.
fn is_moved(outcome: &Outcome, point: usize) -> bool {
    let name = outcome.points[point].as_ref().and_then(|decided| decided.theme.as_ref());
    name.is_some_and(|name| Some(name) != outcome.had[point].as_ref())
}

fn said(cell: &str) -> Option<String> {
    (!cell.is_empty()).then(|| cell.to_owned())
}

fn problem(kind: ProblemKind, row: &Row, text: &str) -> Problem {
    Problem { kind, rows: vec![row.row], text: text.to_owned() }
}

/// The code that a row gives, by id or by label in any language, whatever its case.
fn code(row: &Row, codebook: &Codebook, problems: &mut Vec<Problem>) -> Option<Option<usize>> {
    let written = row.own_code.to_lowercase();
    if written.is_empty() {
        return None;
    }
    if NO_CODE.contains(&written.as_str()) {
        return Some(None);
    }
    let is_it = |name: &String| name.to_lowercase() == written;
    let known = codebook
        .codes
        .iter()
        .position(|code| [&code.id, &code.label.nb, &code.label.nn, &code.label.en].into_iter().any(is_it));
    if known.is_none() {
        problems.push(problem(ProblemKind::UnknownCode, row, &row.own_code));
    }
    known.map(Some)
}

/// Points with the same words that were decided differently.
fn contradictions(outcome: &Outcome, points: &[Point<'_>]) -> Vec<Problem> {
    let mut same: BTreeMap<String, Vec<&Decided>> = BTreeMap::new();
    for (decided, point) in outcome.points.iter().zip(points) {
        if let Some(decided) = decided {
            same.entry(normal(&point.text)).or_default().push(decided);
        }
    }
    let differ = |all: &[&Decided]| {
        let mut codes: Vec<_> = all.iter().filter_map(|decided| decided.code).collect();
        let mut themes: Vec<_> = all.iter().filter_map(|decided| decided.theme.as_ref()).collect();
        codes.dedup();
        themes.dedup();
        codes.len() > 1 || themes.len() > 1
    };
    let found = same.into_iter().filter(|(_, all)| differ(all));
    found
        .map(|(text, all)| {
            let mut rows: Vec<usize> = all.iter().map(|decided| decided.row).collect();
            rows.sort_unstable();
            Problem { kind: ProblemKind::Contradiction, rows, text }
        })
        .collect()
}

/// A text in lower case with single spaces.
fn normal(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text without the mark that ends it.
fn unended(text: &str) -> String {
    text.trim_end_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

struct Search<'p> {
    documents: &'p [Document],
    points: &'p [Point<'p>],
    ids: HashMap<String, usize>,
    texts: Vec<String>,
    is_taken: Vec<bool>,
}

impl<'p> Search<'p> {
    fn new(documents: &'p [Document], points: &'p [Point<'p>]) -> Search<'p> {
        Search {
            documents,
            points,
            ids: ids(documents, points).into_iter().enumerate().map(|(at, id)| (id, at)).collect(),
            texts: points.iter().map(|point| normal(&point.text)).collect(),
            is_taken: vec![false; points.len()],
        }
    }

    /// The point of each row. The surest ways are tried for all rows first, so that no edited point is taken for one that
    /// stands unchanged.
    fn all(&mut self, rows: &[&Row]) -> Vec<Option<(usize, FoundBy)>> {
        let mut found = vec![None; rows.len()];
        for by in [FoundBy::Id, FoundBy::Text, FoundBy::Place, FoundBy::Likeness] {
            for (row, found) in rows.iter().zip(&mut found).filter(|(_, found)| found.is_none()) {
                let point = match by {
                    FoundBy::Id => self.ids.get(&row.id).copied().filter(|&at| !self.is_taken[at]),
                    FoundBy::Text => self.same_words(row),
                    FoundBy::Place => self.likest(row, IN_PLACE, true),
                    FoundBy::Likeness => self.likest(row, ELSEWHERE, false),
                };
                if let Some(point) = point {
                    self.is_taken[point] = true;
                    *found = Some((point, by));
                }
            }
        }
        found
    }

    /// A point with the same words: in the same file before others, then the nearest line.
    fn same_words(&self, row: &Row) -> Option<usize> {
        let text = normal(&row.text);
        let same = self.left().filter(|&at| self.texts[at] == text && !text.is_empty());
        same.min_by_key(|&at| (!self.is_in_file(at, row), self.points[at].line_of_file().abs_diff(row.line), at))
    }

    /// The point most like the row's, letter by letter.
    fn likest(&self, row: &Row, least: f64, in_place: bool) -> Option<usize> {
        let text: String = normal(&row.text).chars().take(COMPARED).collect();
        if text.is_empty() || !row.is_decided() {
            return None;
        }
        let near =
            |at: &usize| self.is_in_file(*at, row) && self.points[*at].line_of_file().abs_diff(row.line) <= LINES;
        let likeness = |at: usize| {
            let other: String = self.texts[at].chars().take(COMPARED).collect();
            let (short, long) = (text.len().min(other.len()), text.len().max(other.len()));
            // Texts of lengths so different can't be that like.
            if (short as f64) < least * long as f64 / 2.0 {
                0.0
            } else {
                strsim::normalized_damerau_levenshtein(&text, &other)
            }
        };
        // Where it stood, a point that only grew or shrank is the same however short it is.
        let holds = |at: usize| {
            in_place && (self.texts[at].starts_with(&unended(&text)) || text.starts_with(&unended(&self.texts[at])))
        };
        let candidates = self.left().filter(|at| !in_place || near(at));
        let best = candidates
            .map(|at| (if holds(at) { likeness(at).max(least) } else { likeness(at) }, at))
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))?;
        (best.0 >= least).then_some(best.1)
    }

    fn left(&self) -> impl Iterator<Item = usize> {
        (0..self.points.len()).filter(|&at| !self.is_taken[at])
    }

    fn is_in_file(&self, at: usize, row: &Row) -> bool {
        self.documents[self.points[at].document].path == row.file
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decisions::parse;
    use crate::notes::points;

    fn outcome(notes: &str, table: &str) -> Outcome {
        let documents = [Document::from_text("bord-1.txt", notes)];
        let points = points(&documents);
        find(&parse(table.as_bytes()).unwrap(), &Codebook::summit_2017(), &documents, &points)
    }

    const HEAD: &str = "type;id;fil;linje;tekst;tema;din kode;ditt tema;din formulering\n";

    #[test]
    fn points_are_found_again() {
        let notes = "- Ventetiden på DPS er altfor lang\n- Barna blir ikke sett\n- Egen takst for samtaler\n";
        for (name, row, expected) in [
            ("the same words", "poeng;x;bord-1.txt;2;Barna blir ikke sett;;holdninger;;", Some((1, FoundBy::Text))),
            ("another file", "poeng;x;bord-9.txt;7;Barna blir ikke sett;;holdninger;;", Some((1, FoundBy::Text))),
            (
                "edited in place",
                "poeng;x;bord-1.txt;2;Barna blir aldri sett eller hørt;;holdninger;;",
                Some((1, FoundBy::Place)),
            ),
            (
                "edited and moved",
                "poeng;x;bord-9.txt;90;Ventetiden på DPS er for lang;;systemer;;",
                Some((0, FoundBy::Likeness)),
            ),
            ("gone", "poeng;x;bord-1.txt;2;Kaffen var god;;systemer;;", None),
        ] {
            let outcome = outcome(notes, &format!("{HEAD}{row}\n"));
            let found = outcome.points.iter().position(Option::is_some);
            let by = found.map(|at| (at, outcome.points[at].as_ref().unwrap().found_by));
            assert_eq!(by, expected, "{name}");
            assert_eq!(outcome.problems.len(), usize::from(expected.is_none()), "{name}: {:?}", outcome.problems);
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_rows() {
        let notes = "- Lang kø\n- Lang kø\n- Barna blir ikke sett\n";
        for (name, rows, expected) in [
            (
                "the same words decided differently",
                "poeng;x;bord-1.txt;1;Lang kø;;systemer;;\npoeng;y;bord-1.txt;2;Lang kø;;lover;;\n",
                "rows 2, 3: contradictory decisions: \"lang kø\"",
            ),
            (
                "one point decided twice",
                "poeng;x;bord-1.txt;3;Barna blir ikke sett;;holdninger;;\npoeng;x;bord-1.txt;3;Barna blir ikke sett;;lover;;\n",
                "rows 2, 3: contradictory decisions: \"Barna blir ikke sett\"",
            ),
            (
                "an unknown code",
                "poeng;x;bord-1.txt;1;Lang kø;;kø;;\n",
                "row 2: a code that the codebook lacks: \"kø\"",
            ),
            (
                "a theme that is gone",
                "tema;lover-7;;;;;;;Ny tekst\n",
                "row 2: not found in the notes any more: \"lover-7\"",
            ),
        ] {
            let problems = outcome(notes, &format!("{HEAD}{rows}")).problems;
            assert_eq!(problems.iter().map(ToString::to_string).collect::<Vec<_>>(), [expected], "{name}");
        }
    }

    #[test]
    fn codes_are_known_by_id_and_label() {
        for (written, expected) in [
            ("lover", Some(Some(2))),
            ("Lover og sentrale føringer", Some(Some(2))),
            ("Systems", Some(Some(3))),
            ("-", Some(None)),
            ("", None),
        ] {
            let row = format!("{HEAD}poeng;x;bord-1.txt;1;Lang kø;;{written};;ord\n");
            assert_eq!(outcome("- Lang kø\n", &row).points[0].as_ref().unwrap().code, expected, "{written}");
        }
    }
}
