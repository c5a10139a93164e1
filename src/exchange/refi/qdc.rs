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
