//! `.md`: Markdown, its marks taken away, its lines kept.

use super::super::block::{BlockKind, Stand};
use super::super::document::{Document, Format};
use super::body::{Body, number};
use crate::error::Result;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use std::ops::Range;

/// The document in a Markdown file.
///
/// Paragraphs keep their lines, since notes that only call themselves Markdown have a point a line.
pub(super) fn read(path: &str, bytes: &[u8]) -> Result<Document> {
    let (text, encoding) = super::super::decode(bytes)?;
    let mut reader = Reader::new(&text);
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    for (event, span) in Parser::new_ext(&text, options).into_offset_iter() {
        reader.event(event, span);
    }
    reader.end_line();
    let mut document = reader.body.finish(path, Format::Markdown)?;
    document.encoding = encoding;
    Ok(document)
}

struct Reader<'t> {
    text: &'t str,
    body: Body,
    line: String,
    /// Where the open line begins in the file: bytes.
    start: Option<usize>,
    is_heading: bool,
    /// Whether each open item has had its first line.
    items: Vec<bool>,
    /// The byte up to which lines were counted, and how many.
    counted: (usize, usize),
    is_head: bool,
    in_table: bool,
    in_note: bool,
    in_html: bool,
}

impl Reader<'_> {
    fn new(text: &str) -> Reader<'_> {
        Reader {
            text,
            body: Body::default(),
            line: String::new(),
            start: None,
            is_heading: false,
            items: Vec::new(),
            counted: (0, 1),
            is_head: false,
            in_table: false,
            in_note: false,
            in_html: false,
        }
    }

    fn event(&mut self, event: Event<'_>, span: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.add(&text, span.start);
            }
            Event::SoftBreak | Event::HardBreak => self.end_line(),
            Event::InlineHtml(html) if html.to_ascii_lowercase().starts_with("<br") => self.end_line(),
            Event::Html(html) if self.in_html => self.html(&html, span.start),
            Event::Rule => self.rule(span.start),
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::CodeBlock(_) => self.end_line(),
            Tag::HtmlBlock => {
                self.end_line();
                self.in_html = true;
            }
            Tag::Heading { .. } => {
                self.end_line();
                self.is_heading = true;
            }
            Tag::List(_) => self.end_line(),
            Tag::Item => {
                self.end_line();
                self.items.push(false);
            }
            Tag::MetadataBlock(_) => self.is_head = true,
            Tag::FootnoteDefinition(_) => self.in_note = true,
            Tag::Table(_) => {
                self.body.open_table();
                self.in_table = true;
            }
            Tag::TableHead => {
                self.body.open_row();
                self.body.head_row();
            }
            Tag::TableRow => self.body.open_row(),
            Tag::TableCell => self.body.open_cell(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::CodeBlock | TagEnd::TableCell => self.end_line(),
            TagEnd::HtmlBlock => {
                self.end_line();
                self.in_html = false;
            }
            TagEnd::Heading(_) => {
                self.end_line();
                self.is_heading = false;
            }
            TagEnd::Item => {
                self.end_line();
                self.items.pop();
            }
            TagEnd::MetadataBlock(_) => {
                self.end_line();
                self.is_head = false;
            }
            TagEnd::FootnoteDefinition => {
                self.end_line();
                self.in_note = false;
            }
            TagEnd::Table => {
                self.body.close_table();
                self.in_table = false;
            }
            _ => {}
        }
        // Blocks stand apart, as in the file.
        if matches!(tag, TagEnd::Paragraph) && self.items.is_empty() {
            self.body.add_raw(BlockKind::Line, "", Stand::Line(0));
        }
    }

    fn add(&mut self, text: &str, at: usize) {
        for (offset, piece) in text.split_inclusive('\n').scan(0, |offset, piece| {
            *offset += piece.len();
            Some((*offset - piece.len(), piece))
        }) {
            self.start.get_or_insert(at + offset);
            self.line.push_str(piece.trim_end_matches(['\n', '\r']));
            if piece.ends_with('\n') {
                self.end_line();
            }
        }
    }

    /// HTML in Markdown: its text without its tags; comments are left out.
    fn html(&mut self, html: &str, at: usize) {
        let mut rest = html;
        while let Some((before, after)) = rest.split_once('<') {
            self.add(before, at);
            rest = match after.strip_prefix("!--") {
                Some(comment) => comment.split_once("-->").map_or("", |(_, after)| after),
                None => after.split_once('>').map_or("", |(_, after)| after),
            };
        }
        self.add(rest, at);
    }

    fn rule(&mut self, at: usize) {
        self.end_line();
        let line = self.line_at(at);
        let shown = self.text[at..].lines().next().unwrap_or_default().to_owned();
        self.body.add_raw(BlockKind::Aside, &shown, Stand::Line(number(line)));
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let Some(start) = self.start.take() else { return };
        if line.trim().is_empty() {
            return;
        }
        let stand = Stand::Line(number(self.line_at(start)));
        let kind = if self.is_head {
            BlockKind::Head
        } else if self.is_heading {
            BlockKind::Heading
        } else if self.in_table {
            BlockKind::Paragraph
        } else if self.in_note {
            BlockKind::Note
        } else if let Some(has_first) = self.items.last_mut() {
            if std::mem::replace(has_first, true) { BlockKind::More } else { BlockKind::Item }
        } else {
            BlockKind::Line
        };
        self.body.add_at(kind, &line, stand);
    }

    /// The line of a byte, from 1. Bytes come mostly in order.
    fn line_at(&mut self, at: usize) -> usize {
        let (byte, line) = if at >= self.counted.0 { self.counted } else { (0, 1) };
        let line = line + self.text.as_bytes()[byte..at].iter().filter(|&&byte| byte == b'\n').count();
        self.counted = (at, line);
        line
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{Position, points};
    use super::*;

    #[test]
    fn marks_go_and_lines_stay() {
        let text = "---\nbord: 3\n---\n\n# Spørsmål 2: Hva?\n\n* **Mer** tid\n  og [ro](http://x.no)\n  * flere *folk*\n\n| Tema | Punkt |\n| --- | --- |\n| Tid | Kortere kø |\n\nMer tid\nFlere folk\n<!-- nei -->\n";
        let document = [read("a.md", text.as_bytes()).unwrap()];
        let found: Vec<_> =
            points(&document).into_iter().map(|p| (p.text.into_owned(), p.position, p.table, p.question)).collect();
        let at = |text: &str, line| (text.to_owned(), Position::Line(line), Some("3"), Some("2"));
        assert_eq!(
            found,
            [
                at("Mer tid og ro", 7),
                at("flere folk", 9),
                at("Kortere kø", 13),
                at("Mer tid", 15),
                at("Flere folk", 16)
            ]
        );
    }
}
