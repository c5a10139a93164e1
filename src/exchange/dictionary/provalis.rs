//! Provalis WordStat's dictionaries: lines indented by tabs, of which those that end in a weight in brackets are terms.

use super::{Dictionary, Entry, Term, one_line};
use crate::error::{Error, ErrorKind, Place, Result};
use crate::exchange::{Carried, Notice, composed_text};

impl Dictionary {
    /// A dictionary from the bytes of a `.cat` file. `_` in a term stands for a space. Rules (`@...`) are listed and left out.
    ///
    /// # Errors
    ///
    /// Where there is no category, or a term stands before the first one: [`ErrorKind::Exchange`] with the line.
    pub fn from_provalis(bytes: &[u8]) -> Result<Carried<Dictionary>> {
        let text = composed_text(bytes)?;
        let mut flat: Vec<(usize, Entry)> = Vec::new();
        let mut notices = Vec::new();
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let place = Place::LineColumn(at + 1, 1);
            let body = line.trim_start_matches('\t');
            let depth = line.len() - body.len();
            if body.trim_start().starts_with('@') {
                notices.push(Notice::new("a rule is not kept", body.trim()).at(place));
                continue;
            }
            let Some((term, weight)) = weighted(body) else {
                flat.push((depth, Entry { name: one_line(body), ..Entry::default() }));
                continue;
            };
            let Some((_, entry)) = flat.iter_mut().rev().find(|(above, _)| *above < depth) else {
                let wrong = Error::new(ErrorKind::Exchange, "a term outside of every category").at(place).on(body);
                return Err(wrong.advise("terms are indented by a tab more than their category"));
            };
            let term = Term { weight, ..Term::new(&term.replace('_', " ")) };
            if term.text.is_empty() || entry.terms.iter().any(|known| known.text == term.text) {
                notices.push(Notice::new("a term that is there already, or empty", body.trim()).at(place));
            } else if weight <= 0.0 {
                notices.push(Notice::new("a term that counts nothing or less is not kept", body.trim()).at(place));
            } else {
                entry.terms.push(term);
            }
        }
        if flat.is_empty() {
            return Err(Error::new(ErrorKind::Exchange, "a dictionary without categories"));
        }
        Ok(Carried { value: Dictionary { entries: super::nest(flat) }, notices })
    }

    /// The dictionary as a `.cat` file.
    ///
    /// What WordStat would take for something else is listed: an underscore in a term becomes a space, brackets at the end of
    /// a category's name become square.
    #[must_use]
    pub fn to_provalis(&self) -> Carried<String> {
        let mut out = String::new();
        let mut notices = Vec::new();
        for (entry, depth) in self.walk() {
            let indent = "\t".repeat(depth);
            let mut name = entry.name.clone();
            if weighted(&name).is_some() || name.starts_with('@') {
                name = name.replace('(', "[").replace(')', "]").replace('@', "at ");
                notices.push(Notice::new("a name that would be taken for a term was changed", &entry.name));
            }
            out += &format!("{indent}{name}\n");
            for term in &entry.terms {
                if term.text.contains('_') {
                    notices.push(Notice::new("an underscore becomes a space", &term.text));
                }
                out += &format!("{indent}\t{} ({})\n", term.text.replace(' ', "_"), term.weight);
            }
        }
        Carried { value: out, notices }
    }
}

/// A term and its weight, if a line ends in one: "kø (1)".
fn weighted(line: &str) -> Option<(&str, f32)> {
    let (term, weight) = line.trim().strip_suffix(')')?.rsplit_once(" (")?;
    let weight: f32 = weight.trim().replace(',', ".").parse().ok()?;
    weight.is_finite().then_some((term, weight))
}
