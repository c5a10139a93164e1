//! `.pdf`: the text layer of a PDF in reading order. Running heads and page numbers are set aside, paragraphs joined over line
//! ends, columns and pages; a page that is a picture is said to be one.

mod font;
mod glyphs;
mod layout;

use super::super::block::{BlockKind, Stand};
use super::super::document::{Document, Format};
use super::super::{join, mark};
use super::body::{Draft, Row, clean, document, number};
use super::paragraph::is_short_title;
use super::{damaged, grid, limit};
use crate::error::{Error, ErrorKind, Result};
use layout::{Line, Paragraph, Piece};
use lopdf::LoadOptions;
use std::collections::HashMap;

/// A PDF may have so many pages.
const PAGES: usize = 3_000;

/// Of a document's letters so large a share may be without meaning before it is called unreadable.
const UNKNOWN: f64 = 0.3;

/// The document in a PDF, and what of it could not be read.
pub(super) fn read(path: &str, bytes: &[u8]) -> Vec<Result<Document>> {
    match read_pages(bytes) {
        Ok(pages) => from_pages(path, pages),
        Err(error) => vec![Err(error)],
    }
}

/// A page's rows and rules, and how many pictures it shows.
struct Sheet {
    rows: Vec<Line>,
    shown: glyphs::Page,
}

fn read_pages(bytes: &[u8]) -> Result<Vec<Sheet>> {
    let options = LoadOptions::with_max_decompressed_size(limit::PDF_STREAM);
    let pdf = lopdf::Document::load_mem_with_options(bytes, options).map_err(unreadable)?;
    if pdf.is_encrypted() {
        return Err(Error::new(ErrorKind::Format, "has a password").advise("save it without one"));
    }
    let mut room = limit::PDF_GLYPHS;
    let mut sheets = Vec::new();
    for id in pdf.page_iter().take(PAGES + 1) {
        if sheets.len() == PAGES || room == 0 {
            let message = format!("has more than {PAGES} pages or {} million letters", limit::PDF_GLYPHS / 1_000_000);
            return Err(Error::new(ErrorKind::Limit, message).advise("divide it"));
        }
        let mut shown = glyphs::page(&pdf, id, room).map_err(unreadable)?;
        room -= shown.glyphs.len().min(room);
        let rows = layout::rows(&shown.glyphs);
        shown.glyphs = Vec::new();
        sheets.push(Sheet { rows, shown });
    }
    match sheets.is_empty() {
        true => Err(damaged("a PDF without pages")),
        false => Ok(sheets),
    }
}

fn unreadable(error: lopdf::Error) -> Error {
    match error {
        lopdf::Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. }) => {
            Error::new(ErrorKind::Limit, format!("a part of it unpacks to more than {} MB", limit::PDF_STREAM >> 20))
                .advise("is it a real document?")
        }
        lopdf::Error::InvalidPassword
        | lopdf::Error::Unimplemented(_)
        | lopdf::Error::UnsupportedSecurityHandler(_) => {
            Error::new(ErrorKind::Format, "has a password").advise("save it without one")
        }
        error => damaged("a PDF that can't be read").on(&error.to_string()),
    }
}

fn from_pages(path: &str, mut sheets: Vec<Sheet>) -> Vec<Result<Document>> {
    let letters =
        |sheet: &Sheet| sheet.rows.iter().flat_map(|row| &row.words).map(|word| word.text.len()).sum::<usize>();
    let known: usize = sheets.iter().map(letters).sum();
    let unknown: usize = sheets.iter().map(|sheet| sheet.shown.unknown).sum();
    if unknown as f64 > UNKNOWN * (known + unknown) as f64 {
        let message = "its fonts do not say what their letters are";
        return vec![Err(Error::new(ErrorKind::Scan, message).advise("run OCR on it first"))];
    }
    let pictures: Vec<usize> = sheets
        .iter()
        .enumerate()
        .filter(|(_, sheet)| sheet.rows.is_empty() && sheet.shown.pictures > 0)
        .map(|(page, _)| page + 1)
        .collect();
    if known == 0 {
        let message =
            if pictures.is_empty() { "a PDF without text" } else { "a scan: its pages are pictures, without text" };
        return vec![Err(Error::new(ErrorKind::Scan, message).advise("run OCR on it first"))];
    }
    let size = usual_size(&sheets);
    let margins = margins(&mut sheets);
    let mut reader = Reader { drafts: Vec::new(), size, open: None };
    for (at, (sheet, margins)) in sheets.into_iter().zip(margins).enumerate() {
        reader.page(at, sheet, margins);
    }
    let mut read = vec![document(path, Format::Pdf, reader.drafts, Vec::new(), false)];
    if !pictures.is_empty() {
        let pages: Vec<String> = pictures.iter().take(20).map(usize::to_string).collect();
        let message = format!("its pages {} are pictures, without text; the rest was read", pages.join(", "));
        read.push(Err(Error::new(ErrorKind::Scan, message).advise("run OCR on it first")));
    }
    read
}

/// The size that most of a document's letters have.
fn usual_size(sheets: &[Sheet]) -> f32 {
    let mut counts: HashMap<u32, usize> = HashMap::new();
    for word in sheets.iter().flat_map(|sheet| &sheet.rows).flat_map(|row| &row.words) {
        *counts.entry((word.size * 4.0).round() as u32).or_default() += word.text.len();
    }
    counts.into_iter().max_by_key(|&(size, count)| (count, size)).map_or(10.0, |(size, _)| size as f32 / 4.0)
}

/// Takes what pages repeat at their top and foot, and page numbers, out of each page.
fn margins(sheets: &mut [Sheet]) -> Vec<Vec<Line>> {
    let shape = |line: &Line| -> String {
        line.text().chars().map(|c| if c.is_ascii_digit() { '#' } else { c }).collect::<String>()
            + &format!("@{:.0}", line.y() / 4.0)
    };
    // The first two and the last two rows of a page.
    let edge = |sheet: &Sheet| -> Vec<usize> {
        let len = sheet.rows.len();
        (0..len).filter(|&at| at < 2 || at + 2 >= len).collect()
    };
    let mut counts: HashMap<String, usize> = HashMap::new();
    for sheet in sheets.iter() {
        let mut own: Vec<String> = edge(sheet).into_iter().map(|at| shape(&sheet.rows[at])).collect();
        own.sort();
        own.dedup();
        for shape in own {
            *counts.entry(shape).or_default() += 1;
        }
    }
    let pages = sheets.len();
    let repeats = |row: &Line| pages > 1 && counts.get(&shape(row)).is_some_and(|&n| n >= 2 && n * 3 >= pages);
    let is_margin = |row: &Line| mark::is_page_number(&row.text()) || repeats(row);
    sheets
        .iter_mut()
        .map(|sheet| {
            let rows = std::mem::take(&mut sheet.rows);
            let top = margin_rows(&rows, is_margin);
            let below: Vec<Line> = rows.iter().skip(top).rev().cloned().collect();
            let foot = margin_rows(&below, is_margin);
            let len = rows.len();
            let mut taken = rows;
            let foot_rows = taken.split_off(len - foot);
            sheet.rows = taken.split_off(top);
            taken.extend(foot_rows);
            taken
        })
        .collect()
}

/// How many rows from the page's edge are its margin: they are alike on other pages, and stand apart from what follows.
fn margin_rows(rows: &[Line], is_margin: impl Fn(&Line) -> bool) -> usize {
    let alike = rows.iter().take(2).take_while(|row| is_margin(row)).count();
    let is_apart = |taken: usize| match (rows.get(taken.wrapping_sub(1)), rows.get(taken)) {
        (Some(last), Some(next)) => (last.y() - next.y()).abs() > 1.6 * next.size().max(last.size()),
        _ => true,
    };
    (0..=alike).rev().find(|&taken| taken == 0 || is_apart(taken)).unwrap_or(0)
}

struct Reader {
    drafts: Vec<Draft>,
    /// The size of the letters of running text.
    size: f32,
    /// The draft of the last paragraph, where it may go on in the next column or page.
    open: Option<usize>,
}

impl Reader {
    fn page(&mut self, at: usize, sheet: Sheet, margins: Vec<Line>) {
        let stand = Stand::Page(number(at + 1));
        let before = self.drafts.len();
        for piece in layout::pieces(&sheet.shown, sheet.rows) {
            match piece {
                Piece::Lines(lines, edges) => {
                    for (at, paragraph) in layout::paragraphs(&lines, edges).into_iter().enumerate() {
                        self.paragraph(paragraph, stand, at == 0);
                    }
                }
                Piece::Table(rows) => self.table(rows, stand),
            }
        }
        self.margins(margins, stand, before);
    }

    /// What a page repeats: a label in it counts for the page's points; the rest is set aside, before them.
    fn margins(&mut self, lines: Vec<Line>, stand: Stand, before: usize) {
        for line in lines {
            let text = clean(&line.spaced_text());
            let kind = match mark::label(&text) {
                Some(_) => BlockKind::Head,
                None => BlockKind::Aside,
            };
            let is_known = self.drafts.iter().rev().any(|draft| draft.kind == kind && draft.text == text);
            let kind = if is_known { BlockKind::Aside } else { kind };
            let at = if kind == BlockKind::Head { before } else { self.drafts.len() };
            self.drafts.insert(at, Draft { kind, text, stand });
            self.open = self.open.map(|open| if open >= at { open + 1 } else { open });
        }
        self.drafts.retain(|draft| !draft.text.is_empty());
    }

    fn paragraph(&mut self, paragraph: Paragraph, stand: Stand, is_first: bool) {
        let text = clean(&paragraph.text);
        if text.is_empty() {
            return;
        }
        // What a column's or page's end broke goes on in lower case.
        if let Some(open) = self.open.take().filter(|_| is_first)
            && text.starts_with(char::is_lowercase)
            && mark::bullet(&text, false).is_none()
            && let Some(draft) = self.drafts.get_mut(open)
            && !draft.text.ends_with(['.', '!', '?', ':'])
        {
            join::append(&mut draft.text, &text);
            self.open = paragraph.is_full.then_some(open);
            return;
        }
        let is_large = paragraph.size > self.size * 1.15;
        let is_marked = mark::bullet(&text, false).is_some_and(|(bullet, _)| bullet == mark::Bullet::Sign);
        let is_title = (is_large || paragraph.is_bold) && is_short_title(&text) && !is_marked;
        let kind = if is_title { BlockKind::Heading } else { BlockKind::Paragraph };
        self.drafts.push(Draft { kind, text, stand });
        self.open = (kind == BlockKind::Paragraph).then(|| self.drafts.len() - 1);
    }

    fn table(&mut self, rows: Vec<Vec<Vec<Line>>>, stand: Stand) {
        self.open = None;
        let rows = rows.into_iter().map(|cells| Row {
            is_heading: false,
            cells: cells.into_iter().map(|lines| self.cell(&lines, stand)).collect(),
        });
        let drafts = grid::drafts(rows.collect());
        self.drafts.extend(drafts);
    }

    fn cell(&self, lines: &[Line], stand: Stand) -> Vec<Draft> {
        layout::cell_paragraphs(lines)
            .into_iter()
            .map(|paragraph| {
                let is_title = paragraph.is_bold && is_short_title(&paragraph.text);
                let kind = if is_title { BlockKind::Heading } else { BlockKind::Paragraph };
                Draft { kind, text: clean(&paragraph.text), stand }
            })
            .filter(|draft| !draft.text.is_empty())
            .collect()
    }
}
