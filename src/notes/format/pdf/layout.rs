//! From letters on a page to lines in reading order: words, rows, tables by their rules, columns by the white between them, and
//! paragraphs by where their lines break.

use super::glyphs::{Glyph, Page, Rule};
use crate::notes::join;
use crate::notes::mark;

/// White wider than this, in sizes of the letters, parts words. Justified text squeezes its spaces to 0.18.
const WORD_GAP: f32 = 0.17;

/// White wider than this does where a space is printed in it.
const SPACE_GAP: f32 = 0.05;

/// White wider than this parts columns where it goes on over lines. The narrowest gutters of office programs are 1.0.
const COLUMN_GAP: f32 = 0.9;

/// Columns need so many lines on both sides of their gutter.
const COLUMN_LINES: usize = 3;

/// Lines further apart than this, in sizes of the letters, are of two paragraphs, where the text is not set so throughout.
const LINE_GAP: f32 = 1.75;

/// A word with its place.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub x0: f32,
    pub x1: f32,
    pub y: f32,
    pub size: f32,
    pub text: String,
    pub is_bold: bool,
}

/// Words on one baseline, from left to right.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pub words: Vec<Word>,
}

impl Line {
    pub fn x0(&self) -> f32 {
        self.words.first().map_or(0.0, |word| word.x0)
    }

    pub fn x1(&self) -> f32 {
        self.words.last().map_or(0.0, |word| word.x1)
    }

    pub fn y(&self) -> f32 {
        self.words.first().map_or(0.0, |word| word.y)
    }

    /// The size that most of its letters have.
    pub fn size(&self) -> f32 {
        let longest = self.words.iter().max_by_key(|word| word.text.len());
        longest.map_or(1.0, |word| word.size)
    }

    pub fn is_bold(&self) -> bool {
        self.words.iter().all(|word| word.is_bold || !word.text.chars().any(char::is_alphanumeric))
    }

    pub fn text(&self) -> String {
        self.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// The text with white of a column's width as a tab: labels of a page's head stand so.
    pub fn spaced_text(&self) -> String {
        let mut text = String::new();
        for (at, word) in self.words.iter().enumerate() {
            let gap = at.checked_sub(1).map_or(0.0, |before| word.x0 - self.words[before].x1);
            text.push_str(if at == 0 {
                ""
            } else if gap > 1.5 * word.size {
                "\t"
            } else {
                " "
            });
            text.push_str(&word.text);
        }
        text
    }

    /// Where its text begins after a bullet: the second word's place.
    fn hang(&self) -> f32 {
        let text = self.text();
        let is_marked = mark::bullet(&text, false).is_some();
        self.words.get(usize::from(is_marked)).map_or(self.x0(), |word| word.x0)
    }
}

/// What stands on a page, in reading order.
#[derive(Debug)]
pub(super) enum Piece {
    /// A line of running text with the column that it stands in.
    Lines(Vec<Line>, Edges),
    /// A table: rows of cells of lines.
    Table(Vec<Vec<Vec<Line>>>),
}

/// The left and right edge of a column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edges {
    pub left: f32,
    pub right: f32,
}

/// A page's rows of words, from the top down.
pub(super) fn rows(glyphs: &[Glyph]) -> Vec<Line> {
    let mut order: Vec<&Glyph> = glyphs.iter().filter(|glyph| !glyph.c.is_control()).collect();
    order.sort_by(|a, b| b.y.total_cmp(&a.y).then(a.x0.total_cmp(&b.x0)));
    let mut rows: Vec<(f32, Vec<&Glyph>)> = Vec::new();
    for glyph in order {
        // Raised and lowered letters belong to the row that they stand in.
        match rows.last_mut().filter(|(y, row)| *y - glyph.y < 0.35 * glyph.size.max(row[0].size).min(40.0)) {
            Some((_, row)) => row.push(glyph),
            None => rows.push((glyph.y, vec![glyph])),
        }
    }
    let lines = rows.into_iter().map(|(_, mut row)| {
        row.sort_by(|a, b| a.x0.total_cmp(&b.x0));
        Line { words: words(&row) }
    });
    lines.filter(|line| !line.words.is_empty()).collect()
}

fn words(row: &[&Glyph]) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut is_space = false;
    let mut last: Option<&Glyph> = None;
    for glyph in row {
        if glyph.c.is_whitespace() {
            is_space = true;
            continue;
        }
        // Bold that is made by printing a letter twice.
        if last.is_some_and(|last| last.c == glyph.c && (last.x0 - glyph.x0).abs() < 0.1 * glyph.size) {
            continue;
        }
        let gap = last.map_or(f32::INFINITY, |last| glyph.x0 - last.x1);
        // Browsers print a hyphen that is not shown as a space without width.
        let is_apart = gap >= if is_space { SPACE_GAP } else { WORD_GAP } * glyph.size;
        match words.last_mut().filter(|_| !is_apart) {
            Some(word) => {
                word.text.push(glyph.c);
                word.x1 = word.x1.max(glyph.x1);
            }
            None => words.push(Word {
                x0: glyph.x0,
                x1: glyph.x1,
                y: glyph.y,
                size: glyph.size,
                text: glyph.c.to_string(),
                is_bold: glyph.is_bold,
            }),
        }
        is_space = false;
        last = Some(glyph);
    }
    words
}

/// A page's rows in reading order.
pub(super) fn pieces(page: &Page, rows: Vec<Line>) -> Vec<Piece> {
    let grids = grids(&page.rules);
    let mut pieces: Vec<(f32, Piece)> = Vec::new();
    let mut filled: Vec<Vec<Vec<Vec<Line>>>> = grids.iter().map(|grid| vec![Vec::new(); grid.ys.len() - 1]).collect();
    let mut loose: Vec<Line> = Vec::new();
    for row in rows {
        let mut outside = Line::default();
        for word in row.words {
            let place = grids.iter().enumerate().find_map(|(at, grid)| Some((at, grid.cell(&word)?)));
            match place {
                Some((at, (row, column))) => put(&mut filled[at][row], column, word),
                None => outside.words.push(word),
            }
        }
        if !outside.words.is_empty() {
            loose.push(outside);
        }
    }
    // Running text is cut where a table stands, so that what is above it is read before it.
    let mut tops: Vec<f32> = grids.iter().map(|grid| grid.ys[0]).collect();
    tops.sort_by(|a, b| b.total_cmp(a));
    let mut rest = loose.into_iter().peekable();
    for top in tops.into_iter().chain(Some(f32::NEG_INFINITY)) {
        let mut above = Vec::new();
        while let Some(line) = rest.next_if(|line| line.y() > top) {
            above.push(line);
        }
        if let Some(first) = above.first() {
            let y = first.y();
            pieces.extend(flow(above).into_iter().map(|piece| (y, piece)));
        }
    }
    for (grid, rows) in grids.iter().zip(filled) {
        pieces.push((grid.ys[0], Piece::Table(rows)));
    }
    // Stable: pieces of one run keep their order.
    pieces.sort_by(|a, b| b.0.total_cmp(&a.0));
    pieces.into_iter().map(|(_, piece)| piece).collect()
}

fn put(cells: &mut Vec<Vec<Line>>, column: usize, word: Word) {
    if cells.len() <= column {
        cells.resize(column + 1, Vec::new());
    }
    let lines = &mut cells[column];
    match lines.last_mut().filter(|line| (line.y() - word.y).abs() < 0.35 * word.size) {
        Some(line) => line.words.push(word),
        None => lines.push(Line { words: vec![word] }),
    }
}

/// A table that is drawn with rules: the places of its level rules from the top down, and its upright rules.
struct Grid {
    ys: Vec<f32>,
    upright: Vec<Rule>,
    left: f32,
    right: f32,
}

/// Rules whose ends are so near, in points, meet.
const TOUCH: f32 = 4.0;

impl Grid {
    /// The row and column of a word.
    fn cell(&self, word: &Word) -> Option<(usize, usize)> {
        let (x, y) = ((word.x0 + word.x1) / 2.0, word.y + word.size * 0.3);
        if x < self.left || x > self.right || y > self.ys[0] || y < self.ys[self.ys.len() - 1] {
            return None;
        }
        let row = self.ys.windows(2).position(|pair| y <= pair[0] && y >= pair[1])?;
        let mut xs: Vec<f32> = self
            .upright
            .iter()
            .filter(|rule| rule.y0 - TOUCH <= y && rule.y1 + TOUCH >= y)
            .map(|rule| rule.x0)
            .filter(|&at| at > self.left + TOUCH && at < self.right - TOUCH)
            .collect();
        xs.sort_by(f32::total_cmp);
        xs.dedup_by(|a, b| (*a - *b).abs() < TOUCH);
        Some((row, xs.partition_point(|&at| at < x)))
    }
}

/// The tables that a page's rules draw: level and upright rules that meet, with at least two cells.
fn grids(rules: &[Rule]) -> Vec<Grid> {
    // Tables have tens of rules, a drawing thousands: those are no tables.
    if rules.len() > 2_000 {
        return Vec::new();
    }
    let mut group: Vec<usize> = (0..rules.len()).collect();
    fn root(group: &mut [usize], mut at: usize) -> usize {
        while group[at] != at {
            group[at] = group[group[at]];
            at = group[at];
        }
        at
    }
    for a in 0..rules.len() {
        for b in a + 1..rules.len() {
            if meet(&rules[a], &rules[b]) {
                let (a, b) = (root(&mut group, a), root(&mut group, b));
                group[a] = b;
            }
        }
    }
    let roots: Vec<usize> = (0..rules.len()).map(|at| root(&mut group, at)).collect();
    let mut found: Vec<Grid> = Vec::new();
    for wanted in 0..rules.len() {
        let own: Vec<Rule> =
            rules.iter().zip(&roots).filter(|(_, root)| **root == wanted).map(|(rule, _)| *rule).collect();
        found.extend(grid(own));
    }
    found
}

fn meet(a: &Rule, b: &Rule) -> bool {
    a.x0 <= b.x1 + TOUCH && b.x0 <= a.x1 + TOUCH && a.y0 <= b.y1 + TOUCH && b.y0 <= a.y1 + TOUCH
}

fn grid(rules: Vec<Rule>) -> Option<Grid> {
    let (level, upright): (Vec<Rule>, Vec<Rule>) = rules.into_iter().partition(Rule::is_horizontal);
    let left = level.iter().chain(&upright).map(|rule| rule.x0).fold(f32::INFINITY, f32::min);
    let right = level.iter().chain(&upright).map(|rule| rule.x1).fold(f32::NEG_INFINITY, f32::max);
    // A short level rule underlines a word.
    let mut ys: Vec<f32> = level.iter().filter(|rule| rule.x1 - rule.x0 > 8.0).map(|rule| rule.y0).collect();
    ys.extend(upright.iter().flat_map(|rule| [rule.y0, rule.y1]));
    ys.sort_by(|a, b| b.total_cmp(a));
    ys.dedup_by(|a, b| (*a - *b).abs() < TOUCH);
    let inner = upright.iter().filter(|rule| rule.x0 > left + TOUCH && rule.x0 < right - TOUCH).count();
    // A frame of one cell is a box around text, and rules without upright ones part sections.
    (inner > 0 && ys.len() >= 2).then_some(Grid { ys, upright, left, right })
}

/// Rows outside tables, as columns where white goes through them.
fn flow(rows: Vec<Line>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = 0;
    let mut after_columns = false;
    while at < rows.len() {
        let (len, gutters) = gutters_from(&rows[at..]);
        let block = &rows[at..at + len];
        at += len;
        match gutters.len() {
            0 => match pieces.last_mut() {
                Some(Piece::Lines(lines, edges)) if !after_columns => {
                    lines.extend_from_slice(block);
                    *edges = edges_of(lines);
                }
                _ => pieces.push(Piece::Lines(block.to_vec(), edges_of(block))),
            },
            _ => pieces.extend(columns(block, &gutters)),
        }
        after_columns = !gutters.is_empty();
    }
    pieces
}

fn edges_of(lines: &[Line]) -> Edges {
    let left = lines.iter().map(Line::x0).fold(f32::INFINITY, f32::min);
    let right = lines.iter().map(Line::x1).fold(f32::NEG_INFINITY, f32::max);
    Edges { left, right }
}

/// White from one place to another that no word crosses.
type Gap = (f32, f32);

/// How many rows from the first have the same white between columns, and where it is; none where the first rows have none.
fn gutters_from(rows: &[Line]) -> (usize, Vec<Gap>) {
    let mut open: Vec<Gap> = gaps(&rows[0]);
    let mut len = 1;
    let mut best = (1, Vec::new());
    if open.is_empty() {
        // One side alone: the other may begin below it.
        open = vec![(rows[0].x1(), f32::INFINITY), (f32::NEG_INFINITY, rows[0].x0())];
    }
    for row in &rows[1..] {
        let size = row.size();
        let next: Vec<Gap> = open
            .iter()
            .flat_map(|gap| free(row).into_iter().map(move |white| (gap.0.max(white.0), gap.1.min(white.1))))
            .filter(|gap| gap.1 - gap.0 >= COLUMN_GAP * size)
            .collect();
        if next.is_empty() {
            break;
        }
        open = next;
        len += 1;
        let real: Vec<Gap> = open.iter().copied().filter(|gap| parts(&rows[..len], *gap)).collect();
        if !real.is_empty() {
            best = (len, real);
        }
    }
    best
}

/// The white inside a row, wide enough to part columns; a bullet's own is none.
fn gaps(row: &Line) -> Vec<Gap> {
    let pairs = row.words.windows(2);
    pairs.map(|pair| (pair[0].x1, pair[1].x0)).filter(|gap| gap.1 - gap.0 >= COLUMN_GAP * row.size()).collect()
}

/// The white in a row, that to its left and right too.
fn free(row: &Line) -> Vec<Gap> {
    let mut free = gaps(row);
    free.push((f32::NEG_INFINITY, row.x0()));
    free.push((row.x1(), f32::INFINITY));
    free
}

/// Whether white parts two columns: enough lines with text on each side, and more than bullets on the left.
fn parts(rows: &[Line], gap: Gap) -> bool {
    if !gap.0.is_finite() || !gap.1.is_finite() {
        return false;
    }
    let left = rows.iter().filter(|row| row.words.iter().any(|word| word.x1 <= gap.0 + 0.1)).count();
    let right = rows.iter().filter(|row| row.words.iter().any(|word| word.x0 >= gap.1 - 0.1)).count();
    let is_text = |row: &&Line| {
        let side: Vec<&str> =
            row.words.iter().filter(|word| word.x1 <= gap.0 + 0.1).map(|word| word.text.as_str()).collect();
        let letters = side.iter().flat_map(|text| text.chars()).filter(|c| c.is_alphanumeric()).count();
        letters > 3
    };
    let worded = rows.iter().filter(is_text).count();
    left >= COLUMN_LINES.min(rows.len())
        && right >= COLUMN_LINES.min(rows.len())
        && rows.len() >= COLUMN_LINES
        && worded * 2 >= left
}

/// Rows with white through them: columns of running text, or a table without rules.
fn columns(rows: &[Line], gutters: &[Gap]) -> Vec<Piece> {
    let mut gutters = gutters.to_vec();
    gutters.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut sides: Vec<Vec<Line>> = vec![Vec::new(); gutters.len() + 1];
    let mut cells: Vec<Vec<Line>> = Vec::new();
    for row in rows {
        let mut parts: Vec<Line> = vec![Line::default(); sides.len()];
        for word in &row.words {
            let side = gutters.iter().take_while(|gap| word.x0 >= gap.1 - 0.1).count();
            parts[side].words.push(word.clone());
        }
        for (side, part) in sides.iter_mut().zip(&parts) {
            side.extend(Some(part.clone()).filter(|part| !part.words.is_empty()));
        }
        cells.push(parts);
    }
    if is_table(rows, &sides, &cells) {
        return vec![Piece::Table(table_rows(cells))];
    }
    sides
        .into_iter()
        .map(|lines| {
            let edges = edges_of(&lines);
            Piece::Lines(lines, edges)
        })
        .collect()
}

/// Columns of running text have lines that fill them; a table's cells seldom do. Bullets head lists, not cells.
fn is_table(rows: &[Line], sides: &[Vec<Line>], cells: &[Vec<Line>]) -> bool {
    let headings: Vec<String> = cells[0].iter().map(Line::text).collect();
    if super::super::columns::recognise(&headings).is_some() {
        return true;
    }
    let bullets = sides.iter().flatten().filter(|line| mark::bullet(&line.text(), false).is_some()).count();
    let labels = headings.iter().filter(|heading| mark::label(heading).is_some()).count();
    if bullets >= 2 || labels >= 2 {
        return false;
    }
    let is_running = |side: &Vec<Line>| {
        let edges = edges_of(side);
        let full = side.iter().filter(|line| line.x1() - edges.left >= 0.75 * (edges.right - edges.left)).count();
        let words: usize = side.iter().map(|line| line.words.len()).sum();
        full * 2 >= side.len() && words >= 3 * side.len()
    };
    let level = cells.iter().filter(|parts| parts.iter().filter(|part| !part.words.is_empty()).count() > 1).count();
    let running = sides.iter().filter(|side| is_running(side)).count();
    running * 2 < sides.len() + 1 && level * 2 >= rows.len().min(level * 2 + 1)
}

/// Rows of a table without rules: a row begins where the first column does, or after white that is wider than between lines.
fn table_rows(lines: Vec<Vec<Line>>) -> Vec<Vec<Vec<Line>>> {
    let y_of = |parts: &Vec<Line>| parts.iter().find(|part| !part.words.is_empty()).map_or(0.0, Line::y);
    let pitches: Vec<f32> = lines.windows(2).map(|pair| y_of(&pair[0]) - y_of(&pair[1])).collect();
    let least = pitches.iter().copied().fold(f32::INFINITY, f32::min);
    let is_loose = pitches.iter().any(|&pitch| pitch > least * 1.25);
    let mut rows: Vec<Vec<Vec<Line>>> = Vec::new();
    for (at, parts) in lines.into_iter().enumerate() {
        let begins_lower = parts.iter().any(|part| part.text().starts_with(char::is_lowercase));
        let goes_on = at > 0
            && match is_loose {
                true => pitches[at - 1] <= least * 1.25,
                false => parts[0].words.is_empty() && begins_lower,
            };
        let row = match rows.last_mut().filter(|_| goes_on) {
            Some(row) => row,
            None => {
                rows.push(vec![Vec::new(); parts.len()]);
                rows.last_mut().expect("a row was pushed")
            }
        };
        for (cell, part) in row.iter_mut().zip(parts) {
            cell.extend(Some(part).filter(|part| !part.words.is_empty()));
        }
    }
    rows
}

/// A paragraph of running text: its lines as one, mended at their ends.
#[derive(Debug)]
pub(super) struct Paragraph {
    pub text: String,
    pub size: f32,
    pub is_bold: bool,
    /// Whether its last line filled the column, so that what begins the next column or page may go on with it.
    pub is_full: bool,
}

/// The lines of a column as paragraphs.
pub(super) fn paragraphs(lines: &[Line], edges: Edges) -> Vec<Paragraph> {
    let pitch = usual_pitch(lines);
    let is_wrapped = is_wrapped(lines, edges);
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let text = line.text();
        let before = at.checked_sub(1).map(|before| &lines[before]);
        let first = first_of(lines, at);
        let goes_on = before.is_some_and(|before| {
            let gap = before.y() - line.y();
            let is_near = gap <= (pitch * 1.3).max(line.size() * 1.2) && gap > 0.0;
            let is_alike = (before.size() - line.size()).abs() < 0.08 * line.size();
            let is_hanging = mark::bullet(&first.text(), false).is_some() && (line.x0() - first.hang()).abs() < 2.5;
            let is_marked = begins_anew(&text);
            is_near
                && is_alike
                && !is_marked
                && (is_hanging || (is_wrapped && is_full(before, line, edges)) || text.starts_with(char::is_lowercase))
        });
        let is_full = is_wrapped && line.x1() > edges.right - 4.0 * line.size();
        match paragraphs.last_mut().filter(|_| goes_on) {
            Some(paragraph) => {
                join::append(&mut paragraph.text, &text);
                paragraph.is_bold &= line.is_bold();
                paragraph.is_full = is_full;
            }
            None => paragraphs.push(Paragraph { text, size: line.size(), is_bold: line.is_bold(), is_full }),
        }
    }
    paragraphs
}

/// The first line above that is marked as the beginning of an item, without a gap between.
fn first_of(lines: &[Line], at: usize) -> &Line {
    let start = (0..at).rev().find(|&above| begins_anew(&lines[above].text()));
    &lines[start.unwrap_or(at)]
}

/// Whether a line begins something by its mark: a bullet, a label, a speaker's turn.
fn begins_anew(text: &str) -> bool {
    mark::bullet(text, false).is_some()
        || mark::label(text).is_some()
        || mark::speaker(text).is_some_and(|speaker| speaker.timed || mark::is_role(speaker.name))
}

/// The distance between lines that most lines have.
fn usual_pitch(lines: &[Line]) -> f32 {
    let mut pitches: Vec<f32> =
        lines.windows(2).map(|pair| pair[0].y() - pair[1].y()).filter(|&pitch| pitch > 0.0).collect();
    pitches.sort_by(f32::total_cmp);
    let size = lines.first().map_or(10.0, Line::size);
    // The lower quarter: in lists, gaps between points are more than lines.
    pitches.get(pitches.len() / 4).copied().unwrap_or(size * 1.2).min(size * LINE_GAP)
}

/// Whether lines break at the column's edge: two or more come near it, and it is a column's width away.
fn is_wrapped(lines: &[Line], edges: Edges) -> bool {
    let size = lines.first().map_or(10.0, Line::size);
    let near = lines.iter().filter(|line| line.x1() > edges.right - 4.0 * size).count();
    near >= 2 && near * 6 >= lines.len() && edges.right - edges.left > 12.0 * size
}

/// Whether the next line's first word would not have fitted on a line.
fn is_full(line: &Line, next: &Line, edges: Edges) -> bool {
    let word = next.words.first().map_or(0.0, |word| word.x1 - word.x0);
    edges.right - line.x1() < word + 0.35 * line.size()
}

/// The lines of a cell as paragraphs: a cell is one, unless bullets or wider gaps part it.
pub(super) fn cell_paragraphs(lines: &[Line]) -> Vec<Paragraph> {
    let pitch = usual_pitch(lines);
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let text = line.text();
        let is_apart = at > 0 && lines[at - 1].y() - line.y() > pitch * 1.3;
        match paragraphs.last_mut().filter(|_| !is_apart && !begins_anew(&text)) {
            Some(paragraph) => {
                join::append(&mut paragraph.text, &text);
                paragraph.is_bold &= line.is_bold();
            }
            None => paragraphs.push(Paragraph { text, size: line.size(), is_bold: line.is_bold(), is_full: false }),
        }
    }
    paragraphs
}
