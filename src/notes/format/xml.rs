//! XML as a run of elements and texts. Entities that a document declares are never expanded, and depth is bounded.

use super::{damaged, limit};
use crate::error::{Error, ErrorKind, Place, Result};
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use std::borrow::Cow;

/// What a document consists of, in order.
pub(super) enum Node<'x> {
    /// An element begins.
    Open(Element<'x>),
    /// An element of this name ends.
    Close(&'x str),
    /// Text, its entities resolved.
    Text(Cow<'x, str>),
}

/// An element's name and attributes.
pub(super) struct Element<'x>(BytesStart<'x>);

impl Element<'_> {
    /// The name with its prefix: `w:p`.
    pub fn name(&self) -> &str {
        self.0.name().into_inner()
    }

    /// The value of an attribute by its full name.
    pub fn attribute(&self, name: &str) -> Option<String> {
        self.0
            .attributes()
            .with_checks(false)
            .filter_map(std::result::Result::ok)
            .find(|attribute| attribute.key.into_inner() == name)
            .and_then(|attribute| attribute.normalized_value(XmlVersion::Implicit1_0).ok().map(Cow::into_owned))
    }

    /// A count in an attribute: 1 where it is missing or no number.
    pub fn count(&self, name: &str) -> usize {
        self.attribute(name).and_then(|value| value.trim().parse().ok()).unwrap_or(1)
    }

    /// Whether a switch such as `<w:b/>` or `<w:b w:val="1"/>` is on.
    pub fn is_on(&self) -> bool {
        !matches!(self.attribute("w:val").as_deref(), Some("0" | "false" | "off" | "none"))
    }
}

/// Walks a document but for the elements of some names, with all that is in them.
///
/// # Errors
///
/// As [`walk`].
pub(super) fn walk_without(text: &str, left_out: &[&str], mut visit: impl FnMut(Node<'_>) -> Result<()>) -> Result<()> {
    // How many elements are open, from the one that is left out.
    let mut inside = 0_usize;
    walk(text, |node| {
        match &node {
            Node::Open(_) if inside > 0 => inside += 1,
            Node::Open(element) if left_out.contains(&element.name()) => inside = 1,
            Node::Close(_) if inside > 0 => inside -= 1,
            _ if inside > 0 => {}
            _ => return visit(node),
        }
        Ok(())
    })
}

/// Walks a document.
///
/// # Errors
///
/// Where it is not well-formed or nests too deep, and what `visit` gives.
pub(super) fn walk(text: &str, mut visit: impl FnMut(Node<'_>) -> Result<()>) -> Result<()> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut depth = 0_usize;
    let mut elements = 0_usize;
    loop {
        let before = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let event = reader
            .read_event()
            .map_err(|error| damaged("broken XML").at(Place::in_text(text, before)).on(&error.to_string()))?;
        match event {
            Event::Start(start) => {
                depth += 1;
                elements += 1;
                if depth > limit::DEPTH {
                    let message = format!("elements stand inside each other more than {} deep", limit::DEPTH);
                    return Err(Error::new(ErrorKind::Limit, message).at(Place::in_text(text, before)));
                }
                visit(Node::Open(Element(start)))?;
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                visit(Node::Close(end.name().into_inner()))?;
            }
            Event::Text(found) => visit(Node::Text(found.xml10_content()))?,
            Event::CData(found) => visit(Node::Text(found.xml10_content()))?,
            Event::GeneralRef(found) => {
                let resolved = match found.resolve_char_ref() {
                    Ok(Some(c)) => Some(c.to_string()),
                    _ => quick_xml::escape::resolve_predefined_entity(&found.xml10_content()).map(str::to_owned),
                };
                // An entity of the document's own is left out: what it stands for is not text of the notes.
                if let Some(resolved) = resolved {
                    visit(Node::Text(Cow::Owned(resolved)))?;
                }
            }
            Event::Eof if depth > 0 => return Err(damaged("its XML is cut short").at(Place::in_text(text, before))),
            Event::Eof if elements == 0 => return Err(damaged("a part with no XML in it")),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(xml: &str) -> Result<String> {
        let mut all = String::new();
        walk(xml, |node| {
            if let Node::Text(text) = node {
                all.push_str(&text);
            }
            Ok(())
        })?;
        Ok(all)
    }

    #[test]
    fn what_is_left_out_is_left_out_whole() {
        let mut seen = String::new();
        let keep = |node: Node<'_>| {
            match node {
                Node::Open(element) => seen += &format!("<{}>", element.name()),
                Node::Close(name) => seen += &format!("</{name}>"),
                Node::Text(text) => seen += &text,
            }
            Ok(())
        };
        walk_without("<a>1<d>2<b>3</b><d/></d>4<d/></a>", &["d"], keep).unwrap();
        assert_eq!(seen, "<a>14</a>");
    }

    #[test]
    fn entities_of_the_document_are_not_expanded() {
        let bomb = "<!DOCTYPE a [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><a>x&b;&amp;&#229;</a>";
        assert_eq!(texts(bomb).unwrap(), "x&å");
    }

    #[test]
    fn broken_and_deep() {
        for (xml, message) in [
            ("<a><b></a>".to_owned(), "broken XML"),
            ("<a><b>".to_owned(), "cut short"),
            ("".to_owned(), "no XML"),
            ("<a>".repeat(300), "256 deep"),
        ] {
            let error = texts(&xml).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }
    }
}
