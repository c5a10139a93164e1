//! XML as a tree of elements: what the formats of this module have in common. Namespaces are left aside, since programs disagree on
//! their versions; names are local ones.

use crate::error::{Error, ErrorKind, Place, Result};
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use std::borrow::Cow;

/// No project nests deeper; a file that does would only exhaust the stack of whoever walks it.
const MAX_DEPTH: usize = 128;

/// An element.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Element>,
    /// Its own text, that of its children not among it.
    pub text: String,
    /// Where its start tag ends: a byte of the file.
    pub offset: usize,
}

impl Element {
    pub fn new(name: &str) -> Element {
        Element { name: name.to_owned(), ..Element::default() }
    }

    /// Adds an attribute.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Element {
        self.attributes.push((name.to_owned(), value.into()));
        self
    }

    /// Adds an attribute where there is a value.
    pub fn with_some(self, name: &str, value: Option<impl Into<String>>) -> Element {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds a child.
    pub fn holding(mut self, child: Element) -> Element {
        self.children.push(child);
        self
    }

    /// Adds a child of a name with children of its own, unless these are none: most schemas forbid empty containers.
    pub fn holding_all(self, name: &str, children: Vec<Element>) -> Element {
        if children.is_empty() {
            return self;
        }
        self.holding(Element { children, ..Element::new(name) })
    }

    /// Adds a child with a text, unless it is empty.
    pub fn holding_text(self, name: &str, text: &str) -> Element {
        if text.is_empty() {
            return self;
        }
        self.holding(Element { text: text.to_owned(), ..Element::new(name) })
    }

    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    pub fn children_named<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the first child of a name; empty where there is none.
    pub fn text_of(&self, name: &str) -> &str {
        self.child(name).map_or("", |child| &child.text)
    }
}

/// The root of an XML document.
///
/// Entities other than XML's own five are refused, so that no document can blow itself up.
pub(super) fn parse(text: &str) -> Result<Element> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    loop {
        let wrong = |at: u64, message: String| {
            let place = Place::in_text(text, usize::try_from(at).unwrap_or(text.len()));
            Error::new(ErrorKind::Exchange, format!("no well-formed XML, {message}")).at(place)
        };
        let event = reader.read_event().map_err(|error| wrong(reader.error_position(), error.to_string()))?;
        let offset = reader.buffer_position();
        let closed = match event {
            Event::Start(start) => {
                if open.len() == MAX_DEPTH {
                    return Err(wrong(offset, format!("more than {MAX_DEPTH} elements inside each other")));
                }
                open.push(element(&start, offset).map_err(|message| wrong(offset, message))?);
                continue;
            }
            Event::Empty(start) => Some(element(&start, offset).map_err(|message| wrong(offset, message))?),
            Event::End(_) => open.pop(),
            Event::Text(part) => {
                add_text(&mut open, &part.xml10_content());
                continue;
            }
            Event::CData(part) => {
                add_text(&mut open, &part.xml10_content());
                continue;
            }
            Event::GeneralRef(entity) => {
                let named = || quick_xml::escape::resolve_predefined_entity(&entity).map(str::to_owned);
                let resolved = match entity.resolve_char_ref() {
                    Ok(Some(c)) => Some(c.to_string()),
                    _ => named(),
                };
                match resolved {
                    Some(text) => add_text(&mut open, &text),
                    None => return Err(wrong(offset, format!("an entity that is not XML's own, &{};", &*entity))),
                }
                continue;
            }
            Event::Eof => return Err(wrong(offset, "it ends before its first element does".to_owned())),
            _ => continue,
        };
        if let Some(element) = closed {
            match open.last_mut() {
                Some(parent) => parent.children.push(element),
                None => return Ok(element),
            }
        }
    }
}

fn add_text(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn element(start: &BytesStart<'_>, offset: u64) -> std::result::Result<Element, String> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
        attributes.push((attribute.key.local_name().into_inner().to_owned(), value.into_owned()));
    }
    Ok(Element {
        name: start.local_name().into_inner().to_owned(),
        attributes,
        offset: usize::try_from(offset).unwrap_or_default(),
        ..Element::default()
    })
}

/// An XML document with a root, indented by two spaces where an element holds others.
pub(super) fn render(root: &Element) -> String {
    let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n".to_owned();
    write(root, 0, &mut out);
    out
}

fn write(element: &Element, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    *out += &format!("{indent}<{}", element.name);
    for (name, value) in &element.attributes {
        *out += &format!(" {name}=\"{}\"", escaped_attribute(value));
    }
    if element.children.is_empty() && element.text.is_empty() {
        *out += "/>\n";
        return;
    }
    *out += ">";
    *out += &escaped(&element.text);
    if !element.children.is_empty() {
        *out += "\n";
        element.children.iter().for_each(|child| write(child, depth + 1, out));
        *out += &indent;
    }
    *out += &format!("</{}>\n", element.name);
}

/// Text without the characters that XML forbids, the others as XML writes them. A carriage return would be read as a line end.
pub(super) fn escaped(text: &str) -> String {
    quick_xml::escape::escape(allowed(text)).replace('\r', "&#13;")
}

/// Line ends and tabs would be read as spaces in an attribute.
fn escaped_attribute(text: &str) -> String {
    escaped(text).replace('\n', "&#10;").replace('\t', "&#9;")
}

/// Text without the characters that XML 1.0 can't hold at all.
fn allowed(text: &str) -> Cow<'_, str> {
    let is_forbidden = |c: char| (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{FFFE}' | '\u{FFFF}');
    if text.contains(is_forbidden) { text.replace(is_forbidden, "").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (name, text, expected) in [
            ("cut off", "<a>\n <b>", "2:5: no well-formed XML, it ends before"),
            ("wrong end", "<a>\n</b>", "2:1: no well-formed XML, "),
            ("entity", "<a>\n&x;</a>", "2:4: no well-formed XML, an entity that is not XML's own, &x;"),
            ("deep", &"<a>".repeat(200), "1:388: no well-formed XML, more than 128"),
            ("attribute", "<a b='&c;'/>", "1:13: no well-formed XML, "),
            ("empty", "", "1:1: no well-formed XML, it ends before"),
        ] {
            let message = parse(text).expect_err(name).to_string();
            assert!(message.starts_with(expected), "{name}: {message}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(name in "[a-zA-Z]{1,5}", value in any::<String>(), text in any::<String>()) {
            let element = Element::new(&name).with("v", value).holding_text("t", &text);
            let back = parse(&render(&element)).unwrap();
            prop_assert_eq!(back.attribute("v").unwrap(), &*allowed(element.attribute("v").unwrap()));
            prop_assert_eq!(back.text_of("t"), &*allowed(&text));
        }

        #[test]
        fn never_panics(text in "(<[a-b]( c='[&;#x0-9a-]{0,4}')?/?>|</[a-b]>|&[a-z#0-9]{0,4};?|<!\\[CDATA\\[|\\]\\]>|<!--|\\PC){0,12}") {
            let _ = parse(&text);
        }
    }
}
