//! `.odt`: OpenDocument text.

use super::super::block::{BlockKind, Stand};
use super::super::document::{Document, Format};
use super::archive::Parts;
use super::body::Body;
use super::damaged;
use super::paragraph::{Lettering, add_lines, add_note};
use super::xml::{Element, Node, walk, walk_without};
use crate::error::Result;
use std::collections::HashSet;

/// Elements that are not text of the notes: earlier versions, the marks of notes, who wrote a comment and when.
const SKIPPED: [&str; 9] = [
    "text:tracked-changes",
    "text:note-citation",
    "dc:creator",
    "dc:date",
    "meta:creator-initials",
    "text:table-of-content",
    "svg:title",
    "svg:desc",
    "office:forms",
];

/// The most spaces that one `<text:s/>` is taken for: a gap between columns, not a flood.
const SPACES: usize = 40;

/// The document in an `.odt` file.
pub(super) fn read(path: &str, bytes: &[u8]) -> Result<Document> {
    let mut parts = Parts::open(bytes)?;
    let Some(content) = parts.text("content.xml")? else { return Err(damaged("it has no text part")) };
    let bold = bold_styles(&content)?;
    let mut reader = Reader::new(&bold);
    if let Some(styles) = parts.text("styles.xml")? {
        reader.margins(&styles)?;
    }
    walk_without(&content, &SKIPPED, |node| reader.node(node))?;
    reader.body.finish(path, Format::Odt)
}

/// The styles of a document that set letters in bold.
fn bold_styles(xml: &str) -> Result<HashSet<String>> {
    let mut bold = HashSet::new();
    let mut style = None;
    walk(xml, |node| {
        match node {
            Node::Open(element) if element.name() == "style:style" => style = element.attribute("style:name"),
            Node::Open(element)
                if element.name() == "style:text-properties"
                    && element.attribute("fo:font-weight").as_deref() == Some("bold") =>
            {
                bold.extend(style.take());
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(bold)
}

/// A paragraph while it is read.
struct Paragraph {
    lettering: Lettering,
    kind: BlockKind,
    is_bold: bool,
    /// Footnotes and comments in it, each a line, with their places.
    notes: Vec<(Stand, String)>,
}

struct Reader<'s> {
    bold_styles: &'s HashSet<String>,
    body: Body,
    open: Vec<Paragraph>,
    /// Whether each open list item has had its first paragraph.
    items: Vec<bool>,
    spans: Vec<bool>,
    is_margin: bool,
    note: Option<Stand>,
    /// How many paragraphs were open when the note began.
    note_base: usize,
    footnotes: u32,
    comments: u32,
}

impl<'s> Reader<'s> {
    fn new(bold_styles: &'s HashSet<String>) -> Reader<'s> {
        Reader {
            bold_styles,
            body: Body::default(),
            open: Vec::new(),
            items: Vec::new(),
            spans: Vec::new(),
            is_margin: false,
            note: None,
            note_base: 0,
            footnotes: 0,
            comments: 0,
        }
    }

    /// Reads the heads that pages repeat.
    fn margins(&mut self, xml: &str) -> Result<()> {
        let mut in_header = false;
        walk_without(xml, &SKIPPED, |node| {
            match &node {
                Node::Open(element) if element.name() == "style:header" => in_header = true,
                Node::Close("style:header") => in_header = false,
                _ => {}
            }
            if !in_header {
                return Ok(());
            }
            self.is_margin = true;
            self.node(node)
        })?;
        *self = Reader { body: std::mem::take(&mut self.body), ..Reader::new(self.bold_styles) };
        Ok(())
    }

    fn node(&mut self, node: Node<'_>) -> Result<()> {
        match node {
            Node::Open(element) => self.open(&element),
            Node::Close(name) => self.close(name),
            Node::Text(text) => self.text(&text.replace(['\n', '\r', '\t'], " ")),
        }
        Ok(())
    }

    fn open(&mut self, element: &Element<'_>) {
        match element.name() {
            "text:h" => self.open_paragraph(element, BlockKind::Heading),
            "text:p" => {
                let kind = match self.items.last_mut() {
                    Some(has_first) => match std::mem::replace(has_first, true) {
                        true => BlockKind::More,
                        false => BlockKind::Item,
                    },
                    None => BlockKind::Paragraph,
                };
                self.open_paragraph(element, kind);
            }
            "text:span" => {
                let is_bold = element.attribute("text:style-name").is_some_and(|name| self.bold_styles.contains(&name));
                self.spans.push(is_bold);
            }
            "text:list-item" | "text:list-header" => self.items.push(false),
            "text:s" => self.text(&" ".repeat(element.count("text:c").min(SPACES))),
            "text:tab" => self.text("\t"),
            "text:line-break" => self.text("\n"),
            "table:table" if !self.is_margin => self.body.open_table(),
            "table:table-header-rows" => {}
            "table:table-row" => self.body.open_row(),
            "table:table-cell" | "table:covered-table-cell" => self.body.open_cell(),
            "text:note" => {
                self.footnotes += 1;
                self.open_note(Stand::Footnote(self.footnotes));
            }
            "office:annotation" => {
                self.comments += 1;
                self.open_note(Stand::Comment(self.comments));
            }
            _ => {}
        }
    }

    fn open_paragraph(&mut self, element: &Element<'_>, kind: BlockKind) {
        let is_bold = element.attribute("text:style-name").is_some_and(|name| self.bold_styles.contains(&name));
        self.open.push(Paragraph { lettering: Lettering::default(), kind, is_bold, notes: Vec::new() });
    }

    fn open_note(&mut self, stand: Stand) {
        self.note = Some(stand);
        self.note_base = self.open.len();
    }

    fn text(&mut self, text: &str) {
        let in_bold = self.spans.last().copied().unwrap_or(false);
        let Some(paragraph) = self.open.last_mut() else { return };
        paragraph.lettering.push(text, paragraph.is_bold || in_bold);
    }

    fn close(&mut self, name: &str) {
        match name {
            "text:h" | "text:p" => {
                if let Some(paragraph) = self.open.pop() {
                    self.paragraph(paragraph);
                }
            }
            "text:span" => drop(self.spans.pop()),
            "text:list-item" | "text:list-header" => drop(self.items.pop()),
            "table:table-header-rows" => self.body.head_row(),
            "table:table" if !self.is_margin => self.body.close_table(),
            "text:note" | "office:annotation" => self.note = None,
            _ => {}
        }
    }

    fn paragraph(&mut self, paragraph: Paragraph) {
        let text = &paragraph.lettering.text;
        if let (Some(stand), true) = (self.note, self.open.len() >= self.note_base) {
            // A note stands in the middle of a paragraph: its lines come after it.
            match self.open.last_mut() {
                Some(outer) => outer.notes.push((stand, text.clone())),
                None => self.body.add_at(BlockKind::Note, text, stand),
            }
            return;
        }
        if self.is_margin {
            return self.body.add_at(BlockKind::Head, text, Stand::Margin);
        }
        let kind = match paragraph.kind {
            BlockKind::Paragraph => paragraph.lettering.kind(),
            kind => kind,
        };
        add_lines(&mut self.body, kind, text);
        for (stand, text) in paragraph.notes {
            add_note(&mut self.body, stand, [text]);
        }
    }
}
