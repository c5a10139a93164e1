//! Codebooks as `.qdc` files.

use super::codes::{codebook_of, description, nested};
use super::import::codes_of;
use super::qdpx::code_element;
use super::{Code, Guid};
use crate::codebook::Codebook;
use crate::error::{Error, ErrorKind, Result};
use crate::exchange::xml::{self, Element};
use crate::exchange::{Carried, Notice, exact_text};
use std::collections::{HashMap, HashSet};

/// A codebook as the text of a `.qdc` file, with its names in bokmål. Definitions, rules and anchors go along in the codes'
/// descriptions, a line each; cues, weights and coded examples have no place there and are listed.
///
/// ```
/// use kodebok::{codebook::Codebook, exchange::refi};
///
/// let qdc = refi::codebook_to_qdc(&Codebook::summit_2017());
/// let back = refi::codebook_from_qdc(qdc.value.as_bytes())?;
/// assert_eq!(back.value.codes[0].include, Codebook::summit_2017().codes[0].include);
/// # Ok::<(), kodebok::Error>(())
/// ```
#[must_use]
pub fn codebook_to_qdc(codebook: &Codebook) -> Carried<String> {
    let mut codes = nested(codebook, |label| &label.nb);
    let described: HashMap<Guid, String> =
        codebook.codes.iter().map(|code| (Guid::named(&["code", &codebook.id, &code.id]), description(code))).collect();
    codes.iter_mut().for_each(|code| describe_all(code, &described));
    let root = Element::new("CodeBook")
        .with("xmlns", "urn:QDA-XML:codebook:1.0")
        .with("origin", format!("kodebok {}", env!("CARGO_PKG_VERSION")))
        .holding_all("Codes", codes.iter().map(code_element).collect());
    let cues: usize = codebook.codes.iter().map(|code| code.cues.len()).sum();
    let mut notices = Vec::new();
    for (count, what) in [(cues, "cues"), (codebook.examples.len(), "coded examples")] {
        if count > 0 {
            notices.push(Notice::new("not in a .qdc file", format!("{count} {what}")));
        }
    }
    for code in &codebook.codes {
        if code.label.nn != code.label.nb || code.label.en != code.label.nb {
            notices.push(Notice::new("only its name in bokmål goes along", &code.id));
        }
    }
    Carried { value: xml::render(&root), notices }
}

fn describe_all(code: &mut Code, described: &HashMap<Guid, String>) {
    code.description = described.get(&code.guid).cloned().unwrap_or_default();
    code.codes.iter_mut().for_each(|below| describe_all(below, described));
}

/// A codebook from the bytes of a `.qdc` file.
///
/// # Errors
///
/// Where the bytes are no XML, no codebook or one without codes: [`ErrorKind::Exchange`] with the place.
pub fn codebook_from_qdc(bytes: &[u8]) -> Result<Carried<Codebook>> {
    let text = exact_text(bytes)?;
    let root = xml::parse(&text)?;
    if root.name != "CodeBook" {
        return Err(Error::new(ErrorKind::Exchange, "not a REFI-QDA codebook").on(&format!("<{}>", root.name)));
    }
    let codes = codes_of(&text, &root);
    let mut carried = codebook_of("import", "", &codes.value, usize::MAX, &HashSet::new())?;
    let sets: usize = root.children_named("Sets").map(|sets| sets.children.len()).sum();
    if sets > 0 {
        carried.notices.push(Notice::new("not kept", format!("{sets} sets of codes")));
    }
    carried.notices.splice(0..0, codes.notices);
    Ok(carried)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codebook::Label;

    #[test]
    fn definitions_rules_and_anchors_come_back_and_the_rest_is_listed() {
        let mut codebook = Codebook::summit_2017();
        codebook.codes[1].id = "holdninger.møte".to_owned();
        codebook.codes[2].label = Label { nb: "Lov".to_owned(), nn: "Lov".to_owned(), en: "Lov".to_owned() };
        let qdc = codebook_to_qdc(&codebook);
        let back = codebook_from_qdc(qdc.value.as_bytes()).unwrap();
        assert_eq!(back.notices, []);
        // The code below its own comes after it.
        let said = |codebook: &Codebook| {
            let codes = codebook.codes.iter().map(|code| (code.label.nb.clone(), description(code)));
            codes.collect::<Vec<_>>()
        };
        assert_eq!(said(&back.value), said(&codebook));
        let ids: Vec<&str> = back.value.codes.iter().map(|code| code.id.as_str()).collect();
        assert_eq!(ids, ["holdninger", "holdninger.kunnskap", "lov", "systemer"]);
        let listed: Vec<String> = qdc.notices.iter().map(Notice::to_string).collect();
        assert!(listed[0].starts_with("not in a .qdc file: ") && listed[0].ends_with(" cues"), "{listed:?}");
        assert_eq!(listed.iter().filter(|notice| notice.starts_with("only its name in bokmål")).count(), 3);
    }

    #[test]
    fn what_is_no_codebook_is_an_error() {
        for (text, expected) in [
            ("<Project/>", "not a REFI-QDA codebook: <Project>"),
            ("<CodeBook><Codes/></CodeBook>", "no codes in it"),
            ("<CodeBook>", "1:11: no well-formed XML"),
        ] {
            let message = codebook_from_qdc(text.as_bytes()).unwrap_err().to_string();
            assert!(message.starts_with(expected), "{message}");
        }
    }
}
