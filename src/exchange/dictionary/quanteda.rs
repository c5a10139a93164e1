//! quanteda's dictionaries: YAML maps from names to lists of terms.

use super::yaml::{self, Node};
use super::{Dictionary, Entry, Term, one_line};
use crate::error::{Error, ErrorKind, Place, Result};
use crate::exchange::{Carried, Notice, composed_text};

impl Dictionary {
    /// A dictionary from the bytes of a YAML file as quanteda reads it: a map from names to terms or to further such maps. A list
    /// that holds maps beside terms is a category with others below it.
    ///
    /// # Errors
    ///
    /// Where the bytes are no such YAML: [`ErrorKind::Exchange`] with line and column. YAML's anchors, tags and multi-line texts are
    /// not read.
    pub fn from_quanteda(bytes: &[u8]) -> Result<Carried<Dictionary>> {
        let text = composed_text(bytes)?;
        let mut top = Entry::default();
        let mut notices = Vec::new();
        fill(&mut top, yaml::parse(&text)?, &mut notices);
        if !top.terms.is_empty() || top.entries.is_empty() {
            let wrong = Error::new(ErrorKind::Exchange, "no dictionary").at(Place::LineColumn(1, 1));
            return Err(wrong.advise("a dictionary has a name before each list of terms, `name:`"));
        }
        Ok(Carried { value: Dictionary { entries: top.entries }, notices })
    }

    /// The dictionary as a YAML file that quanteda's `dictionary(file = ...)` reads. Weights have no place there and are listed.
    #[must_use]
    pub fn to_quanteda(&self) -> Carried<String> {
        let mut out = String::new();
        let mut notices = Vec::new();
        self.entries.iter().for_each(|entry| write(entry, 0, &mut out, &mut notices));
        Carried { value: out, notices }
    }
}

fn fill(entry: &mut Entry, node: Node, notices: &mut Vec<Notice>) {
    match node {
        Node::Text(text, line) => {
            let term = Term::new(&text);
            if term.text.is_empty() || entry.terms.contains(&term) {
                let message = if term.text.is_empty() { "an empty term" } else { "a term that is there already" };
                let notice = Notice::new(message, format!("{}: {text}", entry.name));
                notices.push(notice.at(Place::LineColumn(line, 1)));
            } else {
                entry.terms.push(term);
            }
        }
        Node::List(nodes) => nodes.into_iter().for_each(|node| fill(entry, node, notices)),
        Node::Map(pairs) => {
            for (name, node, line) in pairs {
                let name = one_line(&name);
                let known = entry.entries.iter().position(|below| below.name == name);
                let at = known.unwrap_or_else(|| {
                    entry.entries.push(Entry { name: name.clone(), ..Entry::default() });
                    entry.entries.len() - 1
                });
                if known.is_some() {
                    let notice = Notice::new("a name twice, so its terms were put together", &name);
                    notices.push(notice.at(Place::LineColumn(line, 1)));
                }
                fill(&mut entry.entries[at], node, notices);
            }
        }
    }
}

fn write(entry: &Entry, depth: usize, out: &mut String, notices: &mut Vec<Notice>) {
    let indent = "  ".repeat(depth);
    *out += &format!("{indent}{}:", yaml::quoted(&entry.name));
    if entry.terms.is_empty() && entry.entries.is_empty() {
        *out += " []\n";
        return;
    }
    *out += "\n";
    for term in &entry.terms {
        *out += &format!("{indent}  - {}\n", yaml::quoted(&term.text));
        if term.weight != 1.0 {
            notices.push(Notice::new(
                "a weight is not in a quanteda dictionary",
                format!("{} ({})", term.text, term.weight),
            ));
        }
    }
    for below in &entry.entries {
        if entry.terms.is_empty() {
            write(below, depth + 1, out, notices);
        } else {
            // Beside terms a map is an item of the list, its key after the item's hyphen.
            let mut item = String::new();
            write(below, depth + 2, &mut item, notices);
            *out += &format!("{indent}  - {}", item.trim_start());
        }
    }
}
