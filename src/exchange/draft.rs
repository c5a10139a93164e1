//! Codebooks in the making: ids of names, and the tree that ids with dots stand for.
//!
//! A codebook of this crate is a list. Where other programs have a tree, a code's id says where it stands in it: `systemer.tid` is
//! below `systemer`. A node above codes that is no code itself is only there in the ids of those below it.

use super::to_toml;
use crate::codebook::{Code, Codebook, Cue, Label};
use crate::error::Result;
use std::collections::HashSet;
use unicode_normalization::UnicodeNormalization;

/// Ids that were given, so that none is given twice.
#[derive(Default)]
pub(super) struct Ids(HashSet<String>);

impl Ids {
    /// An id of a name: its letters and digits in lower case, `-` between them, below a parent's id. A second one of the same name
    /// gets a number.
    pub fn give(&mut self, parent: Option<&str>, name: &str) -> String {
        let own = slug(name);
        let plain = parent.map_or_else(|| own.clone(), |parent| format!("{parent}.{own}"));
        let mut id = plain.clone();
        let mut number = 2;
        while !self.0.insert(id.clone()) {
            id = format!("{plain}-{number}");
            number += 1;
        }
        id
    }

    /// An id that is one already; a second one gets a number.
    pub fn keep(&mut self, id: &str) -> String {
        if self.0.insert(id.to_owned()) { id.to_owned() } else { self.give(None, id) }
    }
}

fn slug(name: &str) -> String {
    // A few letters come apart when they are composed, the second part no letter; so before anything else.
    let name: String = name.nfc().collect();
    let words: Vec<String> = name
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    // Lower case may bring marks that are no letters: "İ" is "i" and a dot above.
    let id: String = words.join("-").chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect();
    if id.is_empty() { "kode".to_owned() } else { id }
}

/// A code with a name and nothing else yet.
pub(super) fn code(id: String, name: &str) -> Code {
    let label = Label { nb: name.to_owned(), nn: name.to_owned(), en: name.to_owned() };
    Code {
        id,
        label,
        definition: String::new(),
        include: Vec::new(),
        exclude: Vec::new(),
        anchors: Vec::new(),
        not: Vec::new(),
        cues: Vec::new(),
        line: 0,
    }
}

/// Adds a cue to a code; the reason why not where it is there already.
pub(super) fn add_cue(code: &mut Code, cue: Cue) -> std::result::Result<(), String> {
    if code.cues.iter().any(|other| other.kind == cue.kind && other.text == cue.text) {
        return Err("a cue that is there already".to_owned());
    }
    code.cues.push(cue);
    Ok(())
}

/// Why a codebook does not take a cue, if it does not.
pub(super) fn refused(cue: &Cue) -> Option<String> {
    let mut alone = code("a".to_owned(), "");
    alone.cues.push(cue.clone());
    // The place is one in a file that nobody sees.
    let shown = settled(&codebook("", "", vec![alone])).err()?.to_string();
    Some(shown.split_once(": ").map_or(shown.clone(), |(_, message)| message.to_owned()))
}

/// A codebook with codes and nothing else yet.
pub(super) fn codebook(id: &str, title: &str, codes: Vec<Code>) -> Codebook {
    let title = Label { nb: title.to_owned(), nn: title.to_owned(), en: title.to_owned() };
    Codebook { id: id.to_owned(), title, codes, example_file: None, examples: Vec::new().into(), hash: String::new() }
}

/// A codebook as it is when its TOML file is read: in NFC, with every check, its lines and its hash.
pub(super) fn settled(draft: &Codebook) -> Result<Codebook> {
    Codebook::parse(&to_toml(draft).nfc().collect::<String>())
}

/// A node of the tree of codes.
pub(super) struct Node {
    /// The last part of its id.
    pub name: String,
    /// The index of its code; `None` for a node that only holds others.
    pub code: Option<usize>,
    pub nodes: Vec<Node>,
}

/// The tree that the ids of a codebook's codes stand for, in their order.
pub(super) fn tree(codebook: &Codebook) -> Vec<Node> {
    let mut roots = Vec::new();
    for (index, code) in codebook.codes.iter().enumerate() {
        let parts: Vec<&str> = code.id.split('.').collect();
        insert(&mut roots, &parts, index);
    }
    roots
}

fn insert(nodes: &mut Vec<Node>, parts: &[&str], code: usize) {
    let Some((first, rest)) = parts.split_first() else { return };
    let at = nodes.iter().position(|node| node.name == *first).unwrap_or_else(|| {
        nodes.push(Node { name: (*first).to_owned(), code: None, nodes: Vec::new() });
        nodes.len() - 1
    });
    if rest.is_empty() {
        nodes[at].code = Some(code);
    } else {
        insert(&mut nodes[at].nodes, rest, code);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ids_are_told_apart_and_nested() {
        let mut ids = Ids::default();
        let given = [None, None, Some("a"), None].map(|parent| ids.give(parent, "Møte & tid"));
        assert_eq!(given, ["møte-tid", "møte-tid-2", "a.møte-tid", "møte-tid-3"]);
    }

    #[test]
    fn ids_make_a_tree() {
        let codes = ["a.b", "c", "a", "a.b.d"].map(|id| code(id.to_owned(), id)).to_vec();
        let roots = tree(&codebook("", "", codes));
        assert_eq!(
            roots.iter().map(|node| (node.name.as_str(), node.code)).collect::<Vec<_>>(),
            [("a", Some(2)), ("c", Some(1))]
        );
        assert_eq!((roots[0].nodes[0].code, roots[0].nodes[0].nodes[0].code), (Some(0), Some(3)));
    }

    proptest! {
        #[test]
        fn every_name_gives_an_id_that_a_codebook_takes(name in any::<String>()) {
            let draft = codebook("x", &name, vec![code(Ids::default().give(None, &name), &name)]);
            let composed: String = name.nfc().collect();
            prop_assert_eq!(&settled(&draft).unwrap().codes[0].label.nb, &composed);
        }
    }
}
