//! `.docx`: Office Open XML text, as Word, LibreOffice, pandoc and python-docx write it.

use super::super::block::{BlockKind, Stand};
use super::super::document::{Document, Format};
use super::archive::Parts;
use super::body::Body;
use super::damaged;
use super::paragraph::{Lettering, add_lines, add_note};
use super::xml::{Element, Node, walk, walk_without};
use crate::error::Result;
use std::collections::HashMap;

/// Elements that are not text of the notes: what was deleted, what fields are made of, the second form of a drawing.
const SKIPPED: [&str; 10] = [
    "w:del",
    "w:moveFrom",
    "w:delText",
    "w:instrText",
    "w:fldData",
    "mc:Fallback",
    "w:pPrChange",
    "w:rPrChange",
    "w:sectPr",
    "w:tblPrChange",
];

/// The document in a `.docx` file.
pub(super) fn read(path: &str, bytes: &[u8]) -> Result<Document> {
    let mut parts = Parts::open(bytes)?;
    let main = match parts.has("word/document.xml") {
        true => "word/document.xml".to_owned(),
        false => parts.names("word/document").into_iter().next().unwrap_or_default(),
    };
    let Some(text) = parts.text(&main)? else { return Err(damaged("it has no text part")) };
    let styles = match parts.text("word/styles.xml")? {
        Some(xml) => styles(&xml)?,
        None => HashMap::new(),
    };
    let mut reader = Reader::new(&styles);
    for name in parts.names("word/header") {
        if let Some(xml) = parts.text(&name)? {
            reader.margin(&xml)?;
        }
    }
    for (name, element, is_comment) in [
        ("word/footnotes.xml", "w:footnote", false),
        ("word/endnotes.xml", "w:endnote", false),
        ("word/comments.xml", "w:comment", true),
    ] {
        if let Some(xml) = parts.text(name)? {
            let notes = notes(&xml, element, &styles)?;
            reader.notes.insert(if is_comment { "comment" } else { element }, notes);
        }
    }
    reader.read(&text)?;
    reader.body.finish(path, Format::Docx)
}

/// What a paragraph style says of its paragraphs.
#[derive(Clone, Default)]
struct Style {
    is_heading: bool,
    is_list: bool,
    based_on: Option<String>,
}

/// The paragraph styles by their ids, each with what it inherits.
fn styles(xml: &str) -> Result<HashMap<String, Style>> {
    let mut styles: HashMap<String, Style> = HashMap::new();
    let mut open: Option<(String, Style)> = None;
    walk(xml, |node| {
        match node {
            Node::Open(element) => match (element.name(), &mut open) {
                ("w:style", _) => open = element.attribute("w:styleId").map(|id| (id, Style::default())),
                ("w:name", Some((_, style))) => {
                    let name = element.attribute("w:val").unwrap_or_default().to_lowercase();
                    style.is_heading |= ["heading ", "title", "overskrift ", "tittel", "subtitle"]
                        .iter()
                        .any(|known| name.starts_with(known) && !name.contains("toc"));
                    style.is_list |= name.starts_with("list bullet") || name.starts_with("list number");
                }
                ("w:basedOn", Some((_, style))) => style.based_on = element.attribute("w:val"),
                ("w:numPr", Some((_, style))) => style.is_list = true,
                ("w:outlineLvl", Some((_, style))) => style.is_heading |= is_outline(&element),
                _ => {}
            },
            Node::Close("w:style") => styles.extend(open.take()),
            _ => {}
        }
        Ok(())
    })?;
    let inherited: Vec<(String, Style)> = styles
        .iter()
        .map(|(id, style)| {
            let mut all = style.clone();
            let mut next = style.based_on.as_deref();
            // Word nests styles up to 10 deep; a chain that runs in a circle ends here.
            for _ in 0..16 {
                let Some(base) = next.and_then(|id| styles.get(id)) else { break };
                all.is_heading |= base.is_heading;
                all.is_list |= base.is_list;
                next = base.based_on.as_deref();
            }
            (id.clone(), all)
        })
        .collect();
    styles.extend(inherited);
    Ok(styles)
}

/// Level 9 is Word's name for body text.
fn is_outline(element: &Element<'_>) -> bool {
    element.attribute("w:val").is_some_and(|level| level != "9")
}

/// The texts of footnotes or comments by their ids: a line a paragraph.
fn notes(xml: &str, wanted: &str, styles: &HashMap<String, Style>) -> Result<HashMap<String, Vec<String>>> {
    let mut notes = HashMap::new();
    let mut id = None;
    let mut reader = Reader::new(styles);
    walk_without(xml, &SKIPPED, |node| {
        match &node {
            Node::Open(element) if element.name() == wanted => {
                // Separators between text and footnotes are footnotes of a type.
                id = element.attribute("w:id").filter(|_| element.attribute("w:type").is_none());
                reader.lines.clear();
            }
            Node::Close(name) if *name == wanted => {
                if let Some(id) = id.take() {
                    notes.insert(id, std::mem::take(&mut reader.lines));
                }
            }
            _ => {}
        }
        reader.node(node)
    })?;
    Ok(notes)
}

/// A paragraph while it is read.
#[derive(Default)]
struct Paragraph {
    lettering: Lettering,
    style: Style,
    is_list: bool,
    is_heading: bool,
    /// Footnotes and comments that the paragraph refers to.
    references: Vec<(&'static str, String)>,
}

struct Reader<'s> {
    styles: &'s HashMap<String, Style>,
    body: Body,
    notes: HashMap<&'static str, HashMap<String, Vec<String>>>,
    note_counts: HashMap<&'static str, u32>,
    /// Paragraphs, an outer one of a text box first.
    open: Vec<Paragraph>,
    /// The texts of the paragraphs that were closed, of a part that is no body.
    lines: Vec<String>,
    in_run_properties: bool,
    in_text: bool,
    is_bold: bool,
    is_hidden: bool,
    is_margin: bool,
}

impl<'s> Reader<'s> {
    fn new(styles: &'s HashMap<String, Style>) -> Reader<'s> {
        Reader {
            styles,
            body: Body::default(),
            notes: HashMap::new(),
            note_counts: HashMap::new(),
            open: Vec::new(),
            lines: Vec::new(),
            in_run_properties: false,
            in_text: false,
            is_bold: false,
            is_hidden: false,
            is_margin: false,
        }
    }

    fn read(&mut self, xml: &str) -> Result<()> {
        self.is_margin = false;
        walk_without(xml, &SKIPPED, |node| self.node(node))
    }

    /// Reads what every page repeats: only labels in it matter ("Bord 3").
    fn margin(&mut self, xml: &str) -> Result<()> {
        self.is_margin = true;
        walk_without(xml, &SKIPPED, |node| self.node(node))
    }

    fn node(&mut self, node: Node<'_>) -> Result<()> {
        match node {
            Node::Open(element) => self.open(&element),
            Node::Close(name) => self.close(name),
            Node::Text(text) if self.in_text => self.text(&text),
            Node::Text(_) => {}
        }
        Ok(())
    }

    fn open(&mut self, element: &Element<'_>) {
        let name = element.name();
        match name {
            "w:p" => self.open.push(Paragraph::default()),
            "w:r" => (self.is_bold, self.is_hidden) = (false, false),
            "w:rPr" => self.in_run_properties = true,
            "w:t" => self.in_text = true,
            "w:tab" if !self.in_run_properties => self.text("\t"),
            "w:br" | "w:cr" => self.line_break(),
            "w:noBreakHyphen" => self.text("-"),
            "w:tbl" if !self.is_margin => self.body.open_table(),
            "w:tr" => self.body.open_row(),
            "w:tblHeader" if element.is_on() => self.body.head_row(),
            "w:tc" => self.body.open_cell(),
            "w:footnoteReference" => self.refer("w:footnote", element),
            "w:endnoteReference" => self.refer("w:endnote", element),
            "w:commentReference" => self.refer("comment", element),
            "w:b" if self.in_run_properties => self.is_bold = element.is_on(),
            "w:vanish" if self.in_run_properties => self.is_hidden = element.is_on(),
            _ => self.paragraph_property(element),
        }
    }

    fn paragraph_property(&mut self, element: &Element<'_>) {
        let Some(paragraph) = self.open.last_mut() else { return };
        match element.name() {
            "w:pStyle" => {
                let id = element.attribute("w:val").unwrap_or_default();
                paragraph.style = self.styles.get(&id).cloned().unwrap_or_default();
            }
            "w:numPr" => paragraph.is_list = true,
            // List number 0 takes the list of the style away.
            "w:numId" if element.attribute("w:val").as_deref() == Some("0") => {
                paragraph.is_list = false;
                paragraph.style.is_list = false;
            }
            "w:outlineLvl" => paragraph.is_heading |= is_outline(element),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        let Some(paragraph) = self.open.last_mut().filter(|_| !self.is_hidden) else { return };
        paragraph.lettering.push(text, self.is_bold);
    }

    fn refer(&mut self, kind: &'static str, element: &Element<'_>) {
        if let (Some(paragraph), Some(id)) = (self.open.last_mut(), element.attribute("w:id")) {
            paragraph.references.push((kind, id));
        }
    }

    /// A line break inside a paragraph begins a line of the notes.
    fn line_break(&mut self) {
        if let Some(paragraph) = self.open.last_mut() {
            paragraph.lettering.text.push('\n');
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "w:p" => {
                if let Some(paragraph) = self.open.pop() {
                    self.paragraph(paragraph);
                }
            }
            "w:rPr" => self.in_run_properties = false,
            "w:r" => (self.is_bold, self.is_hidden) = (false, false),
            "w:t" => self.in_text = false,
            "w:tbl" if !self.is_margin => self.body.close_table(),
            _ => {}
        }
    }

    fn paragraph(&mut self, paragraph: Paragraph) {
        let text = &paragraph.lettering.text;
        self.lines.extend(Some(text.clone()).filter(|text| !text.trim().is_empty()));
        if self.is_margin {
            return self.body.add_at(BlockKind::Head, text, Stand::Margin);
        }
        let kind = if paragraph.is_heading || paragraph.style.is_heading {
            BlockKind::Heading
        } else if paragraph.is_list || paragraph.style.is_list {
            BlockKind::Item
        } else {
            paragraph.lettering.kind()
        };
        add_lines(&mut self.body, kind, text);
        for (kind, id) in paragraph.references {
            self.note(kind, &id);
        }
    }

    fn note(&mut self, kind: &'static str, id: &str) {
        let Some(lines) = self.notes.get_mut(kind).and_then(|notes| notes.remove(id)) else { return };
        let is_comment = kind == "comment";
        let count = self.note_counts.entry(if is_comment { kind } else { "note" }).or_default();
        *count += 1;
        let stand = if is_comment { Stand::Comment(*count) } else { Stand::Footnote(*count) };
        add_note(&mut self.body, stand, lines);
    }
}
