//! `.html`: web pages and saved e-mails, read as browsers do, forgivingly.

use super::super::block::BlockKind;
use super::super::document::{Document, Format};
use super::body::Body;
use super::limit;
use super::paragraph::Lettering;
use crate::error::Result;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Elements whose content is not text of the page.
const SKIPPED: [&str; 13] = [
    "script", "style", "head", "noscript", "template", "svg", "math", "iframe", "object", "select", "textarea",
    "button", "nav",
];

/// Elements whose content is read as text up to their end tag.
const RAW: [&str; 4] = ["script", "style", "textarea", "iframe"];

/// Elements that have no end tag.
const VOID: [&str; 12] = ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"];

/// Elements that stand in a line of text.
const INLINE: [&str; 32] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img",
    "ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var",
];

/// Whether a text begins as a web page does.
pub(super) fn looks_like(head: &str) -> bool {
    let head = head.get(..head.floor_char_boundary(1024)).unwrap_or(head).to_lowercase();
    let head = head.trim_start();
    let begins = ["<!doctype html", "<html", "<head", "<body", "<meta ", "<?xml"];
    begins.iter().any(|mark| head.starts_with(mark)) && (!head.starts_with("<?xml") || head.contains("<html"))
        || (head.starts_with("<!--") && head.contains("<html"))
        || (["<p", "<div", "<ul", "<ol", "<table", "<h1", "<h2"]
            .iter()
            .any(|mark| head.strip_prefix(mark).is_some_and(|rest| rest.starts_with(['>', ' ', '\n', '\r'])))
            && head.contains("</"))
}

/// The document in a web page.
pub(super) fn read(path: &str, bytes: &[u8]) -> Result<Document> {
    let (text, encoding) = super::super::decode(bytes)?;
    let mut body = Body::default();
    read_into(&mut body, &text);
    let mut document = body.finish(path, Format::Html)?;
    document.encoding = encoding;
    Ok(document)
}

/// Adds the lines of a page.
pub(super) fn read_into(body: &mut Body, text: &str) {
    let mut reader = Reader {
        body,
        line: Lettering::default(),
        in_bold: 0,
        open: Vec::new(),
        skipped: 0,
        heading: 0,
        pre: 0,
        items: Vec::new(),
        tables: 0,
    };
    let mut at = 0;
    while at < text.len() {
        at = reader.token(text, at);
    }
    reader.end_line();
    while reader.tables > 0 {
        reader.body.close_table();
        reader.tables -= 1;
    }
}

struct Reader<'b> {
    body: &'b mut Body,
    /// The line that is open.
    line: Lettering,
    in_bold: usize,
    /// The names of the elements that are open and matter.
    open: Vec<String>,
    /// How deep in an element that is skipped, by its name's count.
    skipped: usize,
    heading: usize,
    pre: usize,
    /// Whether each open list item has had its first line.
    items: Vec<bool>,
    tables: usize,
}

impl Reader<'_> {
    /// Reads what begins at `at`; gives where to go on.
    fn token(&mut self, text: &str, at: usize) -> usize {
        let rest = &text[at..];
        if let Some(after) = rest.strip_prefix('<') {
            if after.starts_with("!--") {
                return rest.find("-->").map_or(text.len(), |end| at + end + 3);
            }
            if after.starts_with(['!', '?']) {
                return rest.find('>').map_or(text.len(), |end| at + end + 1);
            }
            let name = after.strip_prefix('/').unwrap_or(after);
            if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
                return self.tag(text, at);
            }
        }
        let len = rest.char_indices().skip(1).find(|&(_, c)| c == '<').map_or(rest.len(), |(end, _)| end);
        self.text(&rest[..len]);
        at + len
    }

    fn tag(&mut self, text: &str, at: usize) -> usize {
        let end = tag_end(text, at);
        let inside = text[at..end].trim_start_matches('<').trim_end_matches('>');
        let is_end = inside.starts_with('/');
        let inside = inside.trim_start_matches('/');
        let name_len = inside.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(inside.len());
        let name = inside[..name_len].to_ascii_lowercase();
        // Word's "o:p" and its like stand in the line.
        if name.contains(':') {
            return end;
        }
        if is_end {
            self.close(&name);
        } else {
            self.open(&name, &inside[name_len..]);
            if RAW.contains(&name.as_str()) {
                return raw_end(text, end, &name);
            }
        }
        end
    }

    fn open(&mut self, name: &str, attributes: &str) {
        if !INLINE.contains(&name) {
            self.end_line();
        }
        if VOID.contains(&name) {
            return;
        }
        let is_skipped = SKIPPED.contains(&name) || is_hidden(attributes);
        // An open head or list item is closed by what can't stand in it.
        if name == "body" {
            self.skipped = 0;
        }
        if name == "li" && self.open.last().is_some_and(|last| last == "li") {
            self.close("li");
        }
        if self.open.len() >= limit::DEPTH {
            return;
        }
        if self.skipped > 0 || is_skipped {
            // Only elements of the same name are counted: end tags of others may be missing.
            if self.skipped == 0 {
                self.open.push(name.to_owned());
                self.skipped = 1;
            } else if self.open.last().is_some_and(|last| last == name) {
                self.skipped += 1;
            }
            return;
        }
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.heading += 1,
            "b" | "strong" => self.in_bold += 1,
            "pre" => self.pre += 1,
            "li" => self.items.push(false),
            "table" => {
                self.body.open_table();
                self.tables += 1;
            }
            "tr" => self.body.open_row(),
            "td" => self.body.open_cell(),
            "th" => {
                self.body.open_cell();
                self.heading += 1;
            }
            _ => {}
        }
        let is_heading = name.len() == 2 && name.starts_with('h');
        if matches!(name, "li" | "ul" | "ol" | "b" | "strong" | "pre" | "th" | "table") || is_heading {
            self.open.push(name.to_owned());
        }
    }

    fn close(&mut self, name: &str) {
        if self.skipped > 0 {
            if self.open.last().is_some_and(|last| last == name) {
                self.skipped -= 1;
                if self.skipped == 0 {
                    self.open.pop();
                }
            }
            return;
        }
        if !INLINE.contains(&name) {
            self.end_line();
        }
        // What was left open inside ends too.
        let Some(at) = self.open.iter().rposition(|open| open == name) else { return };
        while self.open.len() > at {
            self.leave();
        }
    }

    /// Ends the element that was opened last.
    fn leave(&mut self) {
        match self.open.pop().unwrap_or_default().as_str() {
            "b" | "strong" => self.in_bold -= 1,
            "pre" => self.pre -= 1,
            "li" => drop(self.items.pop()),
            "table" => {
                self.body.close_table();
                self.tables -= 1;
            }
            "ul" | "ol" => {}
            _ => self.heading = self.heading.saturating_sub(1),
        }
    }

    fn text(&mut self, raw: &str) {
        if self.skipped > 0 {
            return;
        }
        let text = unescape(raw);
        let is_bold = self.in_bold > 0;
        if self.pre > 0 {
            for (at, line) in text.split('\n').enumerate() {
                if at > 0 {
                    self.end_line();
                }
                self.line.push(line, is_bold);
            }
        } else {
            self.line.push(&text.replace(['\n', '\r', '\t'], " "), is_bold);
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        if line.text.trim().is_empty() {
            return;
        }
        let kind = if self.heading > 0 {
            BlockKind::Heading
        } else if let Some(has_first) = self.items.last_mut() {
            if std::mem::replace(has_first, true) { BlockKind::More } else { BlockKind::Item }
        } else {
            line.kind()
        };
        self.body.add(kind, &line.text);
    }
}

fn is_hidden(attributes: &str) -> bool {
    let attributes = attributes.to_ascii_lowercase();
    attributes.contains("display:none")
        || attributes.contains("display: none")
        || attributes.split_whitespace().any(|word| word == "hidden")
}

/// Where a tag ends: after the `>` that stands in no quotes; at the text's end where there is none.
fn tag_end(text: &str, at: usize) -> usize {
    let mut quote = None;
    let mut after_equals = false;
    for (offset, byte) in text.as_bytes()[at..].iter().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at + offset + 1,
            (None, b'"' | b'\'') if after_equals => quote = Some(*byte),
            (Some(open), byte) if open == *byte => quote = None,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            after_equals = *byte == b'=';
        }
    }
    text.len()
}

/// Where the content of an element that is no markup ends.
fn raw_end(text: &str, from: usize, name: &str) -> usize {
    let bytes = text.as_bytes();
    let is_end = |at: usize| {
        bytes[at] == b'<'
            && bytes.get(at + 1) == Some(&b'/')
            && bytes.get(at + 2..at + 2 + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
    };
    (from..bytes.len()).find(|&at| is_end(at)).unwrap_or(bytes.len())
}

static ENTITIES: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let list = include_str!("../../../data/layout/html-entities.txt");
    list.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(' ')).collect()
});

/// A text with its entities resolved.
pub(super) fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let (resolved, len) = entity(rest);
        plain.push_str(&resolved);
        rest = &rest[len..];
    }
    plain.push_str(rest);
    plain
}

/// What the entity at the beginning of a text stands for, and its length; a lone `&` stands for itself.
fn entity(text: &str) -> (String, usize) {
    let itself = ("&".to_owned(), 1);
    let name_len = text[1..].find(|c: char| !c.is_ascii_alphanumeric() && c != '#').map_or(text.len(), |len| len + 1);
    let name = &text[1..name_len.min(1 + 32).min(text.len())];
    let len = 1 + name.len() + usize::from(text[1 + name.len()..].starts_with(';'));
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => number.parse().ok(),
        };
        // Browsers read the numbers of Windows-1252 as its characters.
        let c = match code {
            Some(code @ 0x80..=0x9F) => {
                encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[code as u8]).0.chars().next()
            }
            Some(code) => char::from_u32(code),
            None => None,
        };
        return c.map_or(itself, |c| (c.to_string(), len));
    }
    ENTITIES.get(name).map_or(itself, |&value| (value.to_owned(), len))
}

#[cfg(test)]
mod tests {
    use super::super::super::points;
    use super::*;

    fn texts(html: &str) -> Vec<String> {
        let document = [read("a.html", html.as_bytes()).unwrap()];
        points(&document).into_iter().map(|point| point.text.into_owned()).collect()
    }

    #[test]
    fn pages_as_people_save_them() {
        for (name, html, expected) in [
            ("a list", "<ul><li>Mer tid. Og ro.<li>Flere folk</ul>", &["Mer tid. Og ro.", "Flere folk"][..]),
            (
                "nested",
                "<ul><li>Mer tid<ul><li>og ro</li></ul></li><li>Flere folk</li></ul>",
                &["Mer tid", "og ro", "Flere folk"],
            ),
            ("breaks", "<div>- Mer tid<br>- Flere folk<br></div>", &["Mer tid", "Flere folk"]),
            (
                "entities",
                "<p>P&aring;r&oslash;rende &amp; venner &#8211; b&#xF8;r h&oslash;res",
                &["Pårørende & venner – bør høres"],
            ),
            (
                "skipped",
                "<head><title>x</title></head><style>p{}</style><script>if (a<b) '<p>nei</p>'</script><p>Mer tid</p>",
                &["Mer tid"],
            ),
            ("hidden", "<p style=\"display:none\">nei</p><p>Mer tid</p>", &["Mer tid"]),
            ("inline", "<p>Mer <b>ti</b>d, <span class='>'>og</span> ro</p>", &["Mer tid, og ro"]),
            (
                "word",
                "<p class=MsoListParagraph><![if !supportLists]>·<span>&nbsp;&nbsp; </span><![endif]>Mer tid. Og ro.<o:p></o:p></p>",
                &["Mer tid. Og ro."],
            ),
            ("a table", "<table><tr><th>Bord<th>Punkt<tr><td>3<td>Mer tid. Og ro.</table>", &["Mer tid. Og ro."]),
            ("unclosed", "<p>Mer tid<p>Flere folk<b", &["Mer tid", "Flere folk"]),
            ("no markup", "a < b og c > d", &["a < b og c > d"]),
        ] {
            assert_eq!(texts(html), expected, "{name}");
        }
    }
}
