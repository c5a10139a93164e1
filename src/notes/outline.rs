//! A document taken apart: points, and the headings, page heads and remainders between them. Nothing is lost.

use super::Document;
use super::block::{BlockKind, Position, Stand};
use super::join::Joined;
use super::line::{Line, lines};
use super::mark::{self, Bullet};
use super::mend::{Mended, mend};
use crate::norwegian::sentences;
use rayon::prelude::*;
use std::borrow::Cow;
use std::ops::Range;

/// One noted point: a bullet, a sentence of prose, or a sentence of a speaker's turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point<'d> {
    /// The index of its document.
    pub document: usize,
    /// The line of [`Document::text`] on which it begins, from 1.
    pub line: usize,
    /// Where it begins in the file: the same line of a text file, a page, a paragraph or a cell of others.
    pub position: Position<'d>,
    /// Where it stands in [`Document::text`], its bullet's mark included: bytes, end exclusive.
    pub span: Range<usize>,
    /// The point as it reads: without its mark, lines joined, words that a line's end parted mended.
    pub text: Cow<'d, str>,
    /// How it reads once damage by a scanner or a keyboard is mended, where there was any. The coder reads this; reports
    /// quote what was noted.
    pub mended: Option<Mended>,
    /// The table (bord) at which it was noted, as it is numbered: "3".
    pub table: Option<&'d str>,
    /// The question that it answers: its number, or its wording where it has none.
    pub question: Option<&'d str>,
    /// The heading under which it stands.
    pub section: Option<&'d str>,
    /// Who said it.
    pub speaker: Option<&'d str>,
    /// The turn of a transcript that it is part of, from 0 in its document.
    pub turn: Option<usize>,
}

impl AsRef<str> for Point<'_> {
    /// The text to be coded: mended where it was damaged.
    fn as_ref(&self) -> &str {
        self.mended.as_ref().map_or(&self.text, |mended| &mended.text)
    }
}

impl Point<'_> {
    /// The line of the file on which it begins, from 1; where the file has no lines, that of its text as it was read.
    ///
    /// ```
    /// use kodebok::notes::{Document, points};
    ///
    /// let document = [Document::from_text("bord-1.txt", "Bord 1\n\n- Mer tid til mor")];
    /// assert_eq!(points(&document)[0].line_of_file(), 3);
    /// ```
    #[must_use]
    pub fn line_of_file(&self) -> usize {
        match self.position {
            Position::Line(line) => line,
            _ => self.line,
        }
    }

    /// Where a part of the coded text stands in the text as it was noted. Both are bytes, end exclusive.
    ///
    /// ```
    /// use kodebok::notes::{Document, points};
    ///
    /// let document = [Document::from_text("bord-1.txt", "- Mer tid til mor")];
    /// assert_eq!(points(&document)[0].in_text(4..7), 4..7);
    /// ```
    #[must_use]
    pub fn in_text(&self, coded: Range<usize>) -> Range<usize> {
        match &self.mended {
            Some(mended) => mended.in_noted(coded),
            None => coded,
        }
    }
}

/// What stands in a document beside its points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// What it is.
    pub kind: PassageKind,
    /// The line on which it begins, from 1.
    pub line: usize,
    /// Where it stands in [`Document::text`]: bytes, end exclusive.
    pub span: Range<usize>,
}

/// The kind of a [`Passage`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassageKind {
    /// A heading, the labels of tables and questions among them.
    Heading,
    /// A line of the page's head ("Referent: Kari") or a speaker's label.
    Metadata,
    /// What holds no word: rules, page numbers, empty bullets.
    Remainder,
}

/// A document taken apart.
///
/// Every character that is not white space lies in exactly one point or passage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline<'d> {
    /// The points, in the order in which they stand.
    pub points: Vec<Point<'d>>,
    /// Everything else, in the order in which it stands.
    pub passages: Vec<Passage>,
}

/// The points of documents, in order; `point.document` is the index in `documents`.
///
/// ```
/// use kodebok::notes::{Document, points};
///
/// let documents = [Document::from_text("bord-1.txt", "Spørsmål 2: Hva må endres?\n- Mor ble ikke hørt.\n- Mer tid")];
/// let points = points(&documents);
/// assert_eq!(points[0].text, "Mor ble ikke hørt.");
/// assert_eq!((points[0].line, points[0].table, points[0].question), (2, Some("1"), Some("2")));
/// ```
#[must_use]
pub fn points(documents: &[Document]) -> Vec<Point<'_>> {
    let outlines: Vec<_> = documents.par_iter().enumerate().map(|(index, document)| outline(index, document)).collect();
    outlines.into_iter().flat_map(|outline| outline.points).collect()
}

/// One document taken apart; `index` is what its points carry as `document`.
///
/// ```
/// use kodebok::notes::{Document, PassageKind, outline};
///
/// let document = Document::from_text("notater.md", "# Bord 4\nReferent: Kari\n\n* mer\n  tid\n");
/// let outline = outline(0, &document);
/// assert_eq!(outline.points[0].text, "mer tid");
/// assert_eq!(outline.points[0].table, Some("4"));
/// let kinds: Vec<_> = outline.passages.iter().map(|passage| passage.kind).collect();
/// assert_eq!(kinds, [PassageKind::Heading, PassageKind::Metadata]);
/// ```
#[must_use]
pub fn outline(index: usize, document: &Document) -> Outline<'_> {
    let lines = lines(&document.text);
    let mut reader = Reader::new(index, document, &lines);
    let body = reader.front_matter();
    for (at, line) in lines.iter().enumerate().skip(body) {
        if !line.is_blank() {
            reader.line(at);
        }
    }
    reader.finish()
}

/// What a run of lines is, while it is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum UnitKind {
    Bullet,
    Prose,
    Turn,
}

/// The lines of one bullet, paragraph or turn, as indices; `mark` bytes of the first are its bullet or speaker's label.
struct Unit {
    kind: UnitKind,
    lines: Vec<usize>,
    mark: usize,
}

struct Reader<'d, 'l> {
    index: usize,
    document: &'d Document,
    lines: &'l [Line<'d>],
    /// Columns at which this document's lines break, where they do.
    width: Option<usize>,
    is_transcript: bool,
    has_ocr_bullets: bool,
    unit: Option<Unit>,
    turns: usize,
    table: Option<&'d str>,
    question: Option<&'d str>,
    section: Option<&'d str>,
    speaker: Option<&'d str>,
    /// A row of a table, and who said what stands in it.
    row_speaker: Option<(u32, &'d str)>,
    outline: Outline<'d>,
}

impl<'d, 'l> Reader<'d, 'l> {
    fn new(index: usize, document: &'d Document, lines: &'l [Line<'d>]) -> Reader<'d, 'l> {
        Reader {
            index,
            document,
            lines,
            width: wrap_width(lines),
            is_transcript: document.blocks.iter().any(|block| matches!(block.kind, BlockKind::Turn(_)))
                || mark::is_transcript(lines.iter().map(|line| line.body)),
            has_ocr_bullets: mark::has_ocr_bullets(lines.iter().map(|line| line.body)),
            unit: None,
            turns: 0,
            table: document.given.table.as_deref().or_else(|| mark::table_in_path(&document.path)),
            question: document.given.question.as_deref(),
            section: None,
            speaker: None,
            row_speaker: None,
            outline: Outline::default(),
        }
    }

    /// Reads a head of `key: value` lines between `---`; gives the index of the first line after it.
    fn front_matter(&mut self) -> usize {
        let is_fence = |line: &Line<'_>| line.body == "---";
        let Some(first) = self.lines.iter().position(|line| !line.is_blank()) else { return 0 };
        if !is_fence(&self.lines[first]) {
            return 0;
        }
        let Some(len) = self.lines[first + 1..].iter().position(is_fence) else { return 0 };
        let last = first + 1 + len;
        let head = &self.lines[first + 1..last];
        if !head.iter().all(|line| line.is_blank() || line.body.contains(':') || line.body.starts_with(['-', '#'])) {
            return 0;
        }
        for line in &self.lines[first..=last] {
            if let Some(label) = mark::label(line.body) {
                self.table = label.table.or(self.table);
                self.question = label.question.or(self.question);
            }
            self.passage(PassageKind::Metadata, line);
        }
        last + 1
    }

    fn kind(&self, at: usize) -> BlockKind {
        self.document.blocks.get(at).map_or(BlockKind::Line, |block| block.kind)
    }

    /// Reads a line that is not blank.
    fn line(&mut self, at: usize) {
        match self.kind(at) {
            BlockKind::Line | BlockKind::Paragraph => self.marked_line(at),
            kind => self.known_line(at, kind),
        }
    }

    /// Reads a line of which the format says what it is.
    fn known_line(&mut self, at: usize, kind: BlockKind) {
        let line = self.lines[at];
        let body = line.body;
        match kind {
            BlockKind::More if self.unit.is_some() => {
                self.unit.iter_mut().for_each(|unit| unit.lines.push(at));
                return;
            }
            BlockKind::More => return self.marked_line(at),
            _ => self.close(),
        }
        if kind == BlockKind::Aside || !body.chars().any(char::is_alphanumeric) {
            return self.passage(PassageKind::Remainder, &line);
        }
        match kind {
            BlockKind::Item => {
                let mark = self.bullet(at).filter(|(bullet, _)| *bullet == Bullet::Sign).map_or(0, |(_, len)| len);
                self.unit = Some(Unit { kind: UnitKind::Bullet, lines: vec![at], mark });
            }
            BlockKind::Turn(label) => {
                let len = (label as usize).min(body.len());
                let name = body[..len].trim_end().trim_end_matches(':');
                self.open_turn(at, mark::Speaker { name, timed: true, len });
            }
            BlockKind::Note => self.unit = Some(Unit { kind: UnitKind::Prose, lines: vec![at], mark: 0 }),
            BlockKind::Heading | BlockKind::Section => {
                match mark::label(body) {
                    Some(label) => self.enter(label, body),
                    None => self.section = Some(mark::bare(body)),
                }
                self.passage(PassageKind::Heading, &line);
            }
            BlockKind::Head => {
                let label = mark::label(body);
                if let Some(label) = label {
                    self.enter(label, body);
                }
                let kind = if label.is_some() { PassageKind::Heading } else { PassageKind::Metadata };
                self.passage(kind, &line);
            }
            _ => self.cell(at, kind),
        }
    }

    /// A cell that says something of the points in its row.
    fn cell(&mut self, at: usize, kind: BlockKind) {
        let line = self.lines[at];
        let label = mark::label(line.body).unwrap_or_default();
        match kind {
            BlockKind::Table => self.table = label.table.or(Some(line.body)),
            BlockKind::Question => self.question = label.question.or(Some(line.body)),
            BlockKind::Speaker => self.row_speaker = self.row(at).map(|row| (row, line.body)),
            _ => {}
        }
        let is_heading = matches!(kind, BlockKind::Caption);
        self.passage(if is_heading { PassageKind::Heading } else { PassageKind::Metadata }, &line);
    }

    fn row(&self, at: usize) -> Option<u32> {
        match self.document.blocks.get(at)?.stand {
            Stand::Cell { row, .. } | Stand::SheetCell { row, .. } => Some(row),
            _ => None,
        }
    }

    /// Reads a line by its own marks and its neighbours.
    fn marked_line(&mut self, at: usize) {
        let line = self.lines[at];
        let body = line.body;
        if !body.chars().any(char::is_alphanumeric) || mark::is_page_number(body) || self.is_running_head(at) {
            self.close();
            self.passage(PassageKind::Remainder, &line);
        } else if self.heading_goes_on(at) {
            self.passage(PassageKind::Heading, &line);
        } else if let Some(label) = mark::label(body).filter(|_| !self.is_speech(body)) {
            self.close();
            self.enter(label, body);
            self.passage(PassageKind::Heading, &line);
        } else if self.is_metadata(body) {
            self.close();
            self.passage(PassageKind::Metadata, &line);
        } else if let Some(speaker) = mark::speaker(body).filter(|speaker| self.speaks(*speaker)) {
            self.open_turn(at, speaker);
        } else if self.is_heading(at) {
            self.close();
            self.section = Some(mark::bare(body));
            self.passage(PassageKind::Heading, &line);
        } else if let Some((_, mark)) = self.bullet(at) {
            self.close();
            self.unit = Some(Unit { kind: UnitKind::Bullet, lines: vec![at], mark });
        } else if self.goes_on(at) {
            self.unit.iter_mut().for_each(|unit| unit.lines.push(at));
        } else {
            self.close();
            self.unit = Some(Unit { kind: UnitKind::Prose, lines: vec![at], mark: 0 });
        }
    }

    /// Whether a line goes on with a question's wording that the line before left open.
    fn heading_goes_on(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1).map(|before| &self.lines[before]) else { return false };
        let line = &self.lines[at];
        if self.kind(at) != BlockKind::Line {
            return false;
        }
        let is_open = self.unit.is_none()
            && self
                .outline
                .passages
                .last()
                .is_some_and(|last| last.kind == PassageKind::Heading && last.line == before.number)
            && mark::label(before.body).is_some_and(|label| label.question.is_some())
            && !before.body.ends_with(['.', '!', '?', ':']);
        is_open
            && self.bullet(at).is_none()
            && (line.body.starts_with(char::is_lowercase) || self.is_full(before, line))
    }

    /// Whether a line that stands alone repeats the document's first, as the head of each page does.
    fn is_running_head(&self, at: usize) -> bool {
        if self.kind(at) != BlockKind::Line {
            return false;
        }
        let first = self.lines.iter().position(|line| !line.is_blank());
        let is_alone = |at: usize| self.lines.get(at).is_none_or(Line::is_blank);
        first.is_some_and(|first| first < at && self.lines[first].body == self.lines[at].body)
            && is_alone(at - 1)
            && is_alone(at + 1)
    }

    fn is_speech(&self, body: &str) -> bool {
        self.is_transcript && mark::speaker(body).is_some_and(|speaker| speaker.timed)
    }

    /// A page's head stands before the first point, except keys that a heading repeats at each table.
    fn is_metadata(&self, body: &str) -> bool {
        let before_points = self.outline.points.is_empty() && self.unit.is_none();
        let after_heading = self.unit.is_none()
            && self.outline.passages.last().is_some_and(|passage| passage.kind != PassageKind::Remainder)
            && !self.is_transcript;
        let is_turn = self.is_transcript
            && mark::speaker(body).is_some_and(|speaker| speaker.timed || mark::is_role(speaker.name));
        (before_points || after_heading) && !is_turn && body.contains(':') && mark::metadata_key(body).is_some()
    }

    fn speaks(&self, speaker: mark::Speaker<'_>) -> bool {
        self.is_transcript || mark::is_role(speaker.name)
    }

    fn enter(&mut self, label: mark::Label<'d>, body: &'d str) {
        if label.table.is_some() {
            self.table = label.table;
            self.question = None;
        }
        self.question = label.question.or(self.question);
        self.section = Some(mark::bare(body));
        self.speaker = None;
    }

    fn open_turn(&mut self, at: usize, speaker: mark::Speaker<'d>) {
        self.close();
        let line = &self.lines[at];
        let label = line.body[..speaker.len].trim_end().len();
        self.outline.passages.push(Passage {
            kind: PassageKind::Metadata,
            line: line.number,
            span: line.start..line.start + label,
        });
        self.speaker = Some(speaker.name);
        self.unit = Some(Unit { kind: UnitKind::Turn, lines: vec![at], mark: speaker.len });
    }

    fn bullet(&self, at: usize) -> Option<(Bullet, usize)> {
        let body = self.lines[at].body;
        mark::bullet(body, self.has_ocr_bullets).filter(|&(_, len)| body[len..].chars().any(char::is_alphanumeric))
    }

    /// Whether a line goes on with the open unit.
    fn goes_on(&self, at: usize) -> bool {
        let Some(unit) = &self.unit else { return false };
        let Some(&last) = unit.lines.last() else { return false };
        if unit.kind == UnitKind::Turn && self.is_transcript {
            return true;
        }
        if self.kind(at) == BlockKind::Paragraph {
            return false;
        }
        let (before, line) = (&self.lines[last], &self.lines[at]);
        let is_open = !before.body.ends_with(['.', '!', '?', ':', ';', '»', '"']);
        let in_middle = line.body.starts_with(|c: char| c.is_lowercase() || matches!(c, '(' | ',' | '&'));
        let is_long = self.is_full(before, line);
        if last + 1 < at {
            // Over a blank line, as in texts set with every second line empty.
            return is_open && in_middle && unit.kind == UnitKind::Prose;
        }
        let is_indented = line.indent > self.lines[unit.lines[0]].indent;
        match unit.kind {
            UnitKind::Bullet => is_indented || (is_open && (in_middle || is_long)),
            // Beyond one line, a paragraph that is wrapped goes on whatever its sentences do: they are cut later.
            UnitKind::Prose | UnitKind::Turn => {
                in_middle || is_long || (is_open && line.body.starts_with(char::is_numeric))
            }
        }
    }

    /// Whether a line broke because the next one's first word did not fit, give or take a tenth of the width.
    fn is_full(&self, before: &Line<'_>, next: &Line<'_>) -> bool {
        let word = next.body.split_whitespace().next().unwrap_or_default().chars().count();
        let needed = before.indent + before.body.chars().count() + 1 + word;
        self.width.is_some_and(|width| needed * 10 >= width * 9)
    }

    /// Whether a line is a heading: by Markdown's mark, or by its shape and what stands around it.
    fn is_heading(&self, at: usize) -> bool {
        let body = self.lines[at].body;
        if body.starts_with('#') {
            let title = body.trim_start_matches('#');
            return title.starts_with(' ') && body.len() - title.len() <= 6;
        }
        let is_whole = self.kind(at) == BlockKind::Paragraph;
        let is_first = is_whole || at == 0 || self.lines[at - 1].is_blank() || self.unit.is_none();
        let counter = match mark::bullet(body, false) {
            Some((Bullet::Counter, _)) => true,
            Some(_) => return false,
            None => false,
        };
        if !is_first || !is_short_title(body) {
            return false;
        }
        let Some(next) = (at + 1..self.lines.len()).find(|&next| !self.lines[next].is_blank()) else { return false };
        if is_whole && !matches!(self.kind(next), BlockKind::Paragraph | BlockKind::Item) {
            return false;
        }
        let is_apart = is_whole || next > at + 1;
        let before_bullet =
            self.kind(next) == BlockKind::Item || mark::bullet(self.lines[next].body, self.has_ocr_bullets).is_some();
        if counter {
            let opens_paragraph = self.lines[next].body.starts_with(char::is_uppercase) && self.is_paragraph(next);
            let stands_out = is_apart || (opens_paragraph && !self.is_full(&self.lines[at], &self.lines[next]));
            return stands_out && !before_bullet && self.lines[next].indent <= self.lines[at].indent;
        }
        before_bullet || (is_apart && self.is_paragraph(next))
    }

    /// Whether running prose begins at a line: more than one line, or more than one sentence.
    fn is_paragraph(&self, at: usize) -> bool {
        let may_go_on = self.kind(at) != BlockKind::Paragraph;
        let has_second_line = may_go_on && self.lines.get(at + 1).is_some_and(|line| !line.is_blank());
        has_second_line || sentences(self.lines[at].body).count() > 1
    }

    fn passage(&mut self, kind: PassageKind, line: &Line<'_>) {
        if !line.is_blank() {
            self.outline.passages.push(Passage { kind, line: line.number, span: line.start..line.end() });
        }
    }

    /// Closes the open unit: a bullet is one point, prose and turns are cut into sentences.
    fn close(&mut self) {
        let Some(unit) = self.unit.take() else { return };
        let lines: Vec<Line<'d>> = unit.lines.iter().map(|&at| self.lines[at]).collect();
        match unit.kind {
            UnitKind::Bullet => self.bullet_point(&lines, unit.mark),
            UnitKind::Prose => self.sentence_points(&Joined::new(&lines, unit.mark), None),
            UnitKind::Turn => {
                self.sentence_points(&Joined::new(&lines, unit.mark), Some(self.turns));
                self.turns += 1;
                if !self.is_transcript {
                    self.speaker = None;
                }
            }
        }
    }

    fn bullet_point(&mut self, lines: &[Line<'d>], mark: usize) {
        let body = &lines[0].body[mark..];
        let spoken = mark::speaker(body).filter(|speaker| mark::is_role(speaker.name) && speaker.len < body.len());
        let joined = Joined::new(lines, mark + spoken.map_or(0, |speaker| speaker.len));
        let len = joined.text().len();
        let span = lines[0].start..joined.in_document(&(0..len)).end;
        let row = self.row(lines[0].number - 1);
        let in_row = self.row_speaker.filter(|(named, _)| row == Some(*named)).map(|(_, name)| name);
        let speaker = spoken.map(|speaker| speaker.name).or(in_row);
        let point = self.point(span, joined.part(0..len), speaker, None);
        self.outline.points.push(point);
    }

    fn sentence_points(&mut self, joined: &Joined<'d>, turn: Option<usize>) {
        for sentence in sentences(joined.text()) {
            let span = joined.in_document(&sentence);
            let text = joined.part(sentence);
            if text.chars().any(char::is_alphanumeric) {
                if turn.is_some() {
                    self.question = mark::question_in_speech(self.document_text(&span)).or(self.question);
                }
                let point = self.point(span, text, self.speaker, turn);
                self.outline.points.push(point);
            }
        }
    }

    fn point(
        &self,
        span: Range<usize>,
        text: Cow<'d, str>,
        speaker: Option<&'d str>,
        turn: Option<usize>,
    ) -> Point<'d> {
        let line = self.line_of(span.start);
        Point {
            document: self.index,
            line,
            position: self.document.position(line),
            span,
            text,
            mended: None,
            table: self.table,
            question: self.question,
            section: self.section,
            speaker: speaker.or(self.document.given.role.as_deref()),
            turn,
        }
    }

    fn document_text(&self, span: &Range<usize>) -> &'d str {
        &self.document.text[span.clone()]
    }

    fn line_of(&self, byte: usize) -> usize {
        self.lines.partition_point(|line| line.start <= byte)
    }

    fn finish(mut self) -> Outline<'d> {
        self.close();
        mend(&mut self.outline.points);
        let remainders = self.uncovered();
        self.outline.passages.extend(remainders);
        self.outline.passages.sort_by_key(|passage| passage.span.start);
        self.outline
    }

    /// What no point or passage holds: sentences without a word ("...") and marks between lines.
    fn uncovered(&self) -> Vec<Passage> {
        let points = self.outline.points.iter().map(|point| &point.span);
        let mut covered: Vec<&Range<usize>> =
            points.chain(self.outline.passages.iter().map(|passage| &passage.span)).collect();
        covered.sort_by_key(|span| span.start);
        let end = self.document.text.len();
        let mut gaps = Vec::new();
        let mut last = 0;
        for span in covered.into_iter().chain(std::iter::once(&(end..end))) {
            let gap = &self.document.text[last..span.start];
            let lead = gap.len() - gap.trim_start().len();
            let start = last + lead;
            if !gap.trim().is_empty() {
                let span = start..start + gap.trim().len();
                gaps.push(Passage { kind: PassageKind::Remainder, line: self.line_of(start), span });
            }
            last = span.end;
        }
        gaps
    }
}

/// Whether a line has the shape of a title: at most eight words, from a capital or a number, with no sentence's end.
fn is_short_title(body: &str) -> bool {
    let is_short = body.chars().count() <= 70 && body.split_whitespace().count() <= 8;
    is_short
        && body.starts_with(|c: char| c.is_uppercase() || c.is_numeric())
        && !body.ends_with(['.', '!', '?', ',', ';', '-', '…'])
}

/// The columns at which a document's lines break: its longest line, if others come near it. Lines of over 160 columns are
/// not wrapped by anyone, and a list of short points has no such edge.
fn wrap_width(lines: &[Line<'_>]) -> Option<usize> {
    let filled = lines.iter().filter(|line| !line.is_blank());
    let widths: Vec<usize> = filled.map(|line| line.indent + line.body.chars().take(161).count()).collect();
    let width = widths.iter().copied().filter(|&width| width <= 160).max()?;
    let near = widths.iter().filter(|&&near| near <= width && near * 10 >= width * 8).count();
    (width >= 30 && near >= 2 && near * 6 >= widths.len()).then_some(width)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(path: &str, text: &str) -> Vec<String> {
        let document = Document::from_text(path, text);
        outline(0, &document).points.into_iter().map(|point| point.text.into_owned()).collect()
    }

    #[test]
    fn bullets_with_continuation_lines() {
        let text = "Utfordringer\n- mor ble ikke hørt. Hun ringte tre ganger.\n- lang sak om pårørende-\n  arbeid og\nandre ting\n\n1) første\n2) andre\n";
        assert_eq!(
            texts("a.txt", text),
            [
                "mor ble ikke hørt. Hun ringte tre ganger.",
                "lang sak om pårørendearbeid og andre ting",
                "første",
                "andre"
            ]
        );
    }

    #[test]
    fn prose_is_cut_into_sentences_over_lines() {
        let text = "Det trengs mer tid og ro i samtalen,\nf.eks. på kvelden. Ingen ringer til\nBø om det.\n";
        let expected = ["Det trengs mer tid og ro i samtalen, f.eks. på kvelden.", "Ingen ringer til Bø om det."];
        assert_eq!(texts("a.txt", text), expected);
    }

    #[test]
    fn unmarked_lines_are_points_of_their_own() {
        assert_eq!(texts("a.txt", "Mer tid\nFlere folk på kveldstid, og noen å ringe til\nBedre lokaler\n").len(), 3);
    }

    #[test]
    fn every_second_line_empty() {
        let text = "1) Holdninger  \n\nDet er behov for å utvide fokuset til å også omfatte familie og nettverk. Det er \n\nbehov for å arbeide med stigma.\n\n2) Kunnskap\n\nVi må lære.\n";
        let document = Document::from_text("a.txt", text);
        let outline = outline(0, &document);
        let found: Vec<_> =
            outline.points.iter().map(|point| (point.section, point.text.as_ref(), point.line)).collect();
        assert_eq!(
            found,
            [
                (Some("1) Holdninger"), "Det er behov for å utvide fokuset til å også omfatte familie og nettverk.", 3),
                (Some("1) Holdninger"), "Det er behov for å arbeide med stigma.", 3),
                (Some("2) Kunnskap"), "Vi må lære.", 9),
            ]
        );
    }

    #[test]
    fn turns_know_their_speaker() {
        let text = "[00:00:01] Ordstyrer: Velkommen. Hvem begynner?\n[00:00:09] Mor: Jeg ble ikke hørt.\nAldri.\n";
        let document = Document::from_text("bord-8.txt", text);
        let outline = outline(0, &document);
        let found: Vec<_> =
            outline.points.iter().map(|point| (point.speaker, point.turn, point.text.as_ref(), point.line)).collect();
        assert_eq!(
            found,
            [
                (Some("Ordstyrer"), Some(0), "Velkommen.", 1),
                (Some("Ordstyrer"), Some(0), "Hvem begynner?", 1),
                (Some("Mor"), Some(1), "Jeg ble ikke hørt.", 2),
                (Some("Mor"), Some(1), "Aldri.", 3),
            ]
        );
    }

    #[test]
    fn labels_give_table_and_question() {
        let text = "---\nbord: 2\nreferent: Kari\n---\n# Spørsmål 1: Hva?\n* a b\n\n# Bord 7\n* Mor: c d\n";
        let document = Document::from_text("x.md", text);
        let found: Vec<_> = outline(0, &document)
            .points
            .into_iter()
            .map(|point| (point.table, point.question, point.speaker, point.text.into_owned()))
            .collect();
        assert_eq!(
            found,
            [(Some("2"), Some("1"), None, "a b".to_owned()), (Some("7"), None, Some("Mor"), "c d".to_owned())]
        );
    }

    /// The invariant, on any text: spans are in order, apart from each other, and cover all that is not white space.
    fn assert_nothing_lost(text: &str) {
        let document = Document::from_text("a.txt", text);
        let outline = outline(0, &document);
        let points = outline.points.iter().map(|point| point.span.clone());
        let mut spans: Vec<_> = points.chain(outline.passages.iter().map(|passage| passage.span.clone())).collect();
        spans.sort_by_key(|span| span.start);
        let mut last = 0;
        for span in spans {
            assert!(span.start >= last, "overlap at {span:?} in {text:?}");
            assert!(document.text[last..span.start].trim().is_empty(), "lost before {span:?} in {text:?}");
            last = span.end;
        }
        assert!(document.text[last..].trim().is_empty(), "lost at the end of {text:?}");
        for point in &outline.points {
            let before = document.text[..point.span.start].replace("\r\n", "\n");
            assert_eq!(point.line, before.matches(['\n', '\r']).count() + 1, "{text:?}");
            assert!(!point.text.trim().is_empty());
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_of_notes(
            lines in proptest::collection::vec(
                prop_oneof![
                    "[-*•–e1-3a] ?[).]? ?[A-Za-zæøå .-]{0,30}",
                    "(Mor|P3|\\[00:01:02\\] Far|Referent|Bord 3|Spørsmål 2|Tiltak): ?[a-zæøå .!?]{0,30}",
                    "#{0,3} ?[A-ZÆØÅ][a-zæøå ]{0,20}[-.:\u{ad}]?",
                    "[ \\t\u{a0}]{0,3}",
                    "---|\\|[a-z |]{0,20}|[0-9]{1,3}|\u{ad}|\\.\\.\\.",
                ],
                0..12,
            ),
            end in prop_oneof!["\n", "\r\n", "\r"],
        ) {
            assert_nothing_lost(&lines.join(&end));
        }

        #[test]
        fn nothing_is_lost_of_anything(text in "\\PC{0,60}|(\\s|\\PC){0,40}") {
            assert_nothing_lost(&text);
        }
    }
}
