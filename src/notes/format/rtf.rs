//! `.rtf`: rich text, as Word, LibreOffice, pandoc and TextEdit write it.

use super::super::block::{BlockKind, Stand};
use super::super::document::{Document, Format};
use super::body::Body;
use super::paragraph::{Lettering, add_lines, add_note};
use super::{damaged, limit};
use crate::error::{Error, ErrorKind, Result};
use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1252};
use std::collections::{HashMap, HashSet};

/// Groups whose text is not the document's.
const SKIPPED: [&str; 26] = [
    "fonttbl",
    "colortbl",
    "info",
    "pict",
    "object",
    "themedata",
    "datastore",
    "latentstyles",
    "listtable",
    "listoverridetable",
    "rsidtbl",
    "generator",
    "fldinst",
    "xmlnstbl",
    "revtbl",
    "filetbl",
    "nonshppict",
    "shpinst",
    "footer",
    "footerl",
    "footerr",
    "footerf",
    "atnid",
    "atnauthor",
    "atndate",
    "bkmkstart",
];

/// Groups that readers may leave out and that hold the document's text all the same, or a character style.
const KNOWN: [&str; 5] = ["cs", "ds", "ts", "shppict", "ud"];

/// The document in an `.rtf` file.
pub(super) fn read(path: &str, bytes: &[u8]) -> Result<Document> {
    let mut reader = Reader::new();
    reader.read(bytes)?;
    reader.end_paragraph();
    reader.body.finish(path, Format::Rtf)
}

/// Where a group's text goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    Body,
    Skipped,
    /// The mark of a list's item: that it is one, but not its text.
    ListMark,
    Styles,
    Header,
    Footnote,
    Comment,
}

/// What holds inside a group.
#[derive(Clone, Copy)]
struct State {
    target: Target,
    is_bold: bool,
    is_hidden: bool,
    /// How many characters follow `\u` for readers without Unicode.
    fallback: usize,
    encoding: &'static Encoding,
}

/// The paragraph that is open, and what its control words said.
#[derive(Default)]
struct Paragraph {
    lettering: Lettering,
    is_item: bool,
    is_heading: bool,
    notes: Vec<(Stand, String)>,
}

struct Reader {
    body: Body,
    state: State,
    groups: Vec<State>,
    paragraph: Paragraph,
    /// Paragraph properties: they last until `\pard`.
    is_item: bool,
    is_heading: bool,
    in_table: bool,
    /// Whether a table is open in the body.
    has_table: bool,
    has_row: bool,
    note: String,
    /// Bytes of the document's code page that are not decoded yet.
    pending: Vec<u8>,
    /// How many characters to leave out after `\u`.
    left_out: usize,
    /// Whether the group's word, which comes next, may be left out by readers that do not know it.
    is_optional: bool,
    high_surrogate: Option<u16>,
    fonts: HashMap<i32, &'static Encoding>,
    font: i32,
    /// The style that the style sheet describes.
    style: Option<i32>,
    style_name: String,
    heading_styles: HashSet<i32>,
    list_styles: HashSet<i32>,
    in_font_table: bool,
    footnotes: u32,
    comments: u32,
}

impl Reader {
    fn new() -> Reader {
        let state =
            State { target: Target::Body, is_bold: false, is_hidden: false, fallback: 1, encoding: WINDOWS_1252 };
        Reader {
            body: Body::default(),
            state,
            groups: Vec::new(),
            paragraph: Paragraph::default(),
            is_item: false,
            is_heading: false,
            in_table: false,
            has_table: false,
            has_row: false,
            note: String::new(),
            pending: Vec::new(),
            left_out: 0,
            is_optional: false,
            high_surrogate: None,
            fonts: HashMap::new(),
            font: 0,
            style: None,
            style_name: String::new(),
            heading_styles: HashSet::new(),
            list_styles: HashSet::new(),
            in_font_table: false,
            footnotes: 0,
            comments: 0,
        }
    }

    fn read(&mut self, bytes: &[u8]) -> Result<()> {
        let mut at = 0;
        while at < bytes.len() {
            at = match bytes[at] {
                b'{' => {
                    self.open_group()?;
                    at + 1
                }
                b'}' => {
                    self.close_group();
                    at + 1
                }
                b'\\' => self.control(bytes, at + 1),
                b'\r' | b'\n' => at + 1,
                byte => {
                    self.byte(byte);
                    at + 1
                }
            };
        }
        self.flush();
        match self.groups.is_empty() {
            true => Ok(()),
            false => Err(damaged("it is cut short: a group is not closed")),
        }
    }

    fn open_group(&mut self) -> Result<()> {
        self.flush();
        if self.groups.len() >= limit::DEPTH {
            let message = format!("groups stand inside each other more than {} deep", limit::DEPTH);
            return Err(Error::new(ErrorKind::Limit, message));
        }
        self.groups.push(self.state);
        Ok(())
    }

    fn close_group(&mut self) {
        self.flush();
        let Some(outer) = self.groups.pop() else { return };
        let inner = std::mem::replace(&mut self.state, outer);
        self.left_out = 0;
        match (inner.target, outer.target) {
            (Target::Footnote, Target::Body) => {
                self.footnotes += 1;
                self.end_note(Stand::Footnote(self.footnotes));
            }
            (Target::Comment, Target::Body) => {
                self.comments += 1;
                self.end_note(Stand::Comment(self.comments));
            }
            (Target::Header, Target::Body) => {
                let text = std::mem::take(&mut self.note);
                self.body.add_at(BlockKind::Head, &text, Stand::Margin);
            }
            (Target::Styles, Target::Styles) => self.end_style(),
            (Target::Skipped, Target::Body) => self.in_font_table = false,
            _ => {}
        }
    }

    fn end_note(&mut self, stand: Stand) {
        let text = std::mem::take(&mut self.note);
        self.paragraph.notes.push((stand, text));
    }

    /// A style's group ends: its name says what its paragraphs are.
    fn end_style(&mut self) {
        let name = std::mem::take(&mut self.style_name).to_lowercase();
        let name = name.trim().trim_end_matches(';');
        if ["heading", "overskrift", "title", "tittel"].iter().any(|known| name.starts_with(known)) {
            self.heading_styles.extend(self.style);
        }
        if name.starts_with("list bullet") || name.starts_with("list number") {
            self.list_styles.extend(self.style);
        }
        self.style = None;
    }

    /// Reads a control word or symbol that begins at `at`; gives where to go on.
    fn control(&mut self, bytes: &[u8], at: usize) -> usize {
        let Some(&first) = bytes.get(at) else { return at };
        if !first.is_ascii_alphabetic() {
            return self.symbol(bytes, at);
        }
        let letters = bytes[at..].iter().take(32).take_while(|byte| byte.is_ascii_alphabetic()).count();
        let word = std::str::from_utf8(&bytes[at..at + letters]).unwrap_or_default();
        let mut end = at + letters;
        let is_negative = bytes.get(end) == Some(&b'-');
        let digits = end + usize::from(is_negative);
        let count = bytes[digits.min(bytes.len())..].iter().take(10).take_while(|byte| byte.is_ascii_digit()).count();
        let mut value = None;
        if count > 0 {
            value = std::str::from_utf8(&bytes[end..digits + count]).ok().and_then(|text| text.parse::<i32>().ok());
            end = digits + count;
        }
        if bytes.get(end) == Some(&b' ') {
            end += 1;
        }
        if word == "bin" {
            return end.saturating_add(usize::try_from(value.unwrap_or(0)).unwrap_or(0)).min(bytes.len());
        }
        self.word(word, value);
        end
    }

    fn symbol(&mut self, bytes: &[u8], at: usize) -> usize {
        match bytes[at] {
            b'\'' => {
                let hex = bytes.get(at + 1..at + 3).and_then(|digits| std::str::from_utf8(digits).ok());
                if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
                    self.byte(byte);
                }
                return (at + 3).min(bytes.len());
            }
            b'~' => self.text(" "),
            b'_' => self.text("-"),
            b'*' => self.is_optional = true,
            b'\\' | b'{' | b'}' => self.byte(bytes[at]),
            b'\r' | b'\n' => self.end_line(),
            _ => {}
        }
        at + 1
    }

    fn word(&mut self, word: &str, value: Option<i32>) {
        self.flush();
        let is_optional = std::mem::take(&mut self.is_optional);
        if self.enter_destination(word) {
            return;
        }
        if is_optional && !KNOWN.contains(&word) {
            self.state.target = Target::Skipped;
            return;
        }
        let is_on = value != Some(0);
        match word {
            "par" | "sect" | "page" => self.end_line(),
            "line" => self.text("\n"),
            "tab" => self.text("\t"),
            "cell" | "nestcell" => self.end_cell(),
            "row" | "nestrow" => self.end_row(),
            "intbl" => self.in_table = true,
            "trowd" => {}
            "pard" => (self.is_item, self.is_heading, self.in_table) = (false, false, false),
            "plain" => (self.state.is_bold, self.state.is_hidden) = (false, false),
            "b" => self.state.is_bold = is_on,
            "v" | "deleted" => self.state.is_hidden = is_on,
            "ls" => self.is_item = is_on,
            "outlinelevel" => self.is_heading = value.is_some_and(|level| level < 9),
            "s" => self.set_style(value.unwrap_or(0)),
            "uc" => self.state.fallback = usize::try_from(value.unwrap_or(1)).unwrap_or(1).min(8),
            "u" => self.unicode(value.unwrap_or(0)),
            "ansicpg" => self.state.encoding = code_page(value.unwrap_or(1252)),
            "mac" => self.state.encoding = MACINTOSH,
            "f" => self.font = value.unwrap_or(0),
            "fcharset" if self.in_font_table => {
                self.fonts.insert(self.font, charset(value.unwrap_or(0)));
            }
            _ => {
                if let Some(text) = character(word) {
                    self.text(text);
                }
            }
        }
        if word == "f" && !self.in_font_table {
            self.state.encoding = self.fonts.get(&self.font).copied().unwrap_or(self.state.encoding);
        }
    }

    /// Whether a control word says where its group's text goes.
    fn enter_destination(&mut self, word: &str) -> bool {
        let target = match word {
            "stylesheet" => Target::Styles,
            "header" | "headerl" | "headerr" | "headerf" => Target::Header,
            "footnote" => Target::Footnote,
            "annotation" => Target::Comment,
            "listtext" | "pntext" | "pn" => Target::ListMark,
            _ if SKIPPED.contains(&word) => Target::Skipped,
            _ => return false,
        };
        self.in_font_table |= word == "fonttbl";
        if target == Target::ListMark && self.state.target == Target::Body {
            self.is_item = true;
            self.paragraph.is_item = true;
        }
        if self.state.target == Target::Body || target == Target::Skipped {
            self.state.target = target;
        }
        true
    }

    fn set_style(&mut self, style: i32) {
        if self.state.target == Target::Styles {
            self.style = Some(style);
            return;
        }
        self.is_heading |= self.heading_styles.contains(&style);
        self.is_item |= self.list_styles.contains(&style);
    }

    fn unicode(&mut self, value: i32) {
        let unit = (value & 0xFFFF) as u16;
        let units = [self.high_surrogate.take(), Some(unit)].into_iter().flatten();
        match char::decode_utf16(units).next() {
            Some(Ok(c)) => self.text(c.encode_utf8(&mut [0; 4])),
            _ => self.high_surrogate = Some(unit),
        }
        self.left_out = self.state.fallback;
    }

    fn byte(&mut self, byte: u8) {
        if self.left_out > 0 {
            self.left_out -= 1;
        } else {
            self.pending.push(byte);
        }
    }

    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.pending);
        let text = self.state.encoding.decode_without_bom_handling(&bytes).0.into_owned();
        self.text(&text);
    }

    fn text(&mut self, text: &str) {
        self.flush();
        match self.state.target {
            Target::Body if !self.state.is_hidden => self.paragraph.lettering.push(text, self.state.is_bold),
            Target::Footnote | Target::Comment | Target::Header => self.note.push_str(text),
            Target::Styles => self.style_name.push_str(text),
            _ => {}
        }
    }

    fn end_line(&mut self) {
        match self.state.target {
            Target::Body => self.end_paragraph(),
            _ => self.note.push(' '),
        }
    }

    fn end_paragraph(&mut self) {
        self.flush();
        if !self.in_table {
            self.close_table();
        } else if !self.has_row {
            self.open_row();
        }
        let paragraph = std::mem::take(&mut self.paragraph);
        let kind = if self.is_heading || paragraph.is_heading {
            BlockKind::Heading
        } else if self.is_item || paragraph.is_item {
            BlockKind::Item
        } else {
            paragraph.lettering.kind()
        };
        add_lines(&mut self.body, kind, &paragraph.lettering.text);
        for (stand, text) in paragraph.notes {
            add_note(&mut self.body, stand, [text]);
        }
    }

    fn open_row(&mut self) {
        if !self.has_table {
            self.body.open_table();
            self.has_table = true;
        }
        self.body.open_row();
        self.body.open_cell();
        self.has_row = true;
    }

    fn end_cell(&mut self) {
        self.in_table = true;
        self.end_paragraph();
        self.body.open_cell();
    }

    fn end_row(&mut self) {
        self.has_row = false;
    }

    fn close_table(&mut self) {
        if std::mem::take(&mut self.has_table) {
            self.body.close_table();
        }
        self.has_row = false;
    }
}

/// The characters that control words stand for.
fn character(word: &str) -> Option<&'static str> {
    Some(match word {
        "bullet" => "•",
        "endash" => "–",
        "emdash" => "—",
        "lquote" => "‘",
        "rquote" => "’",
        "ldblquote" => "“",
        "rdblquote" => "”",
        "emspace" | "enspace" | "qmspace" => " ",
        _ => return None,
    })
}

fn code_page(number: i32) -> &'static Encoding {
    match number {
        65001 => encoding_rs::UTF_8,
        10000 => MACINTOSH,
        1250 => encoding_rs::WINDOWS_1250,
        1251 => encoding_rs::WINDOWS_1251,
        1257 => encoding_rs::WINDOWS_1257,
        _ => WINDOWS_1252,
    }
}

fn charset(number: i32) -> &'static Encoding {
    match number {
        77 => MACINTOSH,
        186 => encoding_rs::WINDOWS_1257,
        204 => encoding_rs::WINDOWS_1251,
        238 => encoding_rs::WINDOWS_1250,
        _ => WINDOWS_1252,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::points;
    use super::*;

    fn texts(rtf: &str) -> Vec<String> {
        let document = [read("a.rtf", rtf.as_bytes()).unwrap()];
        points(&document).into_iter().map(|point| point.text.into_owned()).collect()
    }

    #[test]
    fn characters_paragraphs_and_lists() {
        for (rtf, expected) in [
            (r"{\rtf1\ansi b\'f8r h\'f8res\par Mer tid\par}", &["bør høres", "Mer tid"][..]),
            (r"{\rtf1\ansi\uc1 p\u229 ?r\u248\'f8rende\par}", &["pårørende"]),
            (r"{\rtf1{\fonttbl{\f0 Arial;}}{\info{\title x}}\f0 mor ble ikke h\'f8rt\par}", &["mor ble ikke hørt"]),
            (r"{\rtf1{\*\listtable{x}}{\listtext\bullet\tab}Mer tid. Og ro.\par}", &["Mer tid. Og ro."]),
            (r"{\rtf1\bullet\tab Mer tid. Og ro.\par}", &["Mer tid. Og ro."]),
            (r"{\rtf1 Mer tid{\super 1{\footnote Og ro.}} til mor\par}", &["Mer tid1 til mor", "Og ro."]),
            (
                r"{\rtf1\trowd\intbl Mer tid til oss\cell Flere folk\cell\row\pard Slutt p\'e5 det\par}",
                &["Mer tid til oss", "Flere folk", "Slutt på det"],
            ),
            (r"{\rtf1 \{mer\} tid\line og ro\par}", &["{mer} tid", "og ro"]),
        ] {
            assert_eq!(texts(rtf), expected, "{rtf}");
        }
    }

    #[test]
    fn what_is_cut_short_or_too_deep_is_said() {
        let deep = "{\\rtf1".to_owned() + &"{".repeat(300);
        for (rtf, message) in [("{\\rtf1 mer", "cut short"), (deep.as_str(), "256 deep")] {
            let error = read("a.rtf", rtf.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }
    }
}
