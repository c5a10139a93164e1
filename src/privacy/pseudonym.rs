//! Personal data replaced by labels, the same for the same person or number throughout.

use super::{Kind, find};
use crate::notes::Document;
use std::collections::HashMap;

/// Which label stands for what: the key back to the people. It is written nowhere unless a caller does.
#[derive(Clone, Debug, Default)]
pub struct Pseudonyms {
    labels: HashMap<(Kind, String), usize>,
    counts: HashMap<Kind, usize>,
    /// Full names by each of their words, to find the whole again from a part; none where two people share the word.
    parts: HashMap<String, Option<usize>>,
}

impl Pseudonyms {
    /// The label of a piece of personal data: `[Person 1]`, `[Telefon 2]`. The same data has the same label; a given name alone has
    /// that of the one full name it is part of.
    pub fn label(&mut self, kind: Kind, shown: &str) -> String {
        let key = normalised(kind, shown);
        let known = self.labels.get(&(kind, key.clone())).copied();
        let part = (kind == Kind::Name).then(|| self.parts.get(&key).copied().flatten()).flatten();
        let number = known.or(part).unwrap_or_else(|| {
            let count = self.counts.entry(kind).or_default();
            *count += 1;
            *count
        });
        if known.is_none() {
            self.labels.insert((kind, key.clone()), number);
            self.remember_parts(kind, &key, number);
        }
        format!("[{} {number}]", kind.label())
    }

    fn remember_parts(&mut self, kind: Kind, key: &str, number: usize) {
        let words: Vec<&str> = key.split(' ').collect();
        if kind != Kind::Name || words.len() < 2 {
            return;
        }
        for word in words {
            let entry = self.parts.entry(word.to_owned()).or_insert(Some(number));
            if *entry != Some(number) {
                *entry = None;
            }
        }
    }

    /// Each label with what it stands for, in the order of kinds and numbers: the key, for those who must have one.
    #[must_use]
    pub fn key(&self) -> Vec<(String, &str)> {
        let mut rows: Vec<(Kind, usize, &str)> =
            self.labels.iter().map(|((kind, shown), number)| (*kind, *number, shown.as_str())).collect();
        rows.sort_unstable();
        rows.into_iter().map(|(kind, number, shown)| (format!("[{} {number}]", kind.label()), shown)).collect()
    }
}

/// A name without case and its titles; a number without its spaces.
fn normalised(kind: Kind, shown: &str) -> String {
    if kind != Kind::Name {
        return shown
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-'))
            .collect::<String>()
            .to_lowercase();
    }
    let words = shown.split_whitespace().map(|word| word.trim_end_matches('.').to_lowercase());
    let words: Vec<String> = words.collect();
    let titles = ["fru", "herr", "hr", "frk", "frøken", "dr", "doktor", "prof", "professor"];
    let first = usize::from(words.len() > 1 && titles.contains(&words[0].as_str()));
    words[first..].join(" ")
}

/// Replaces the personal data in documents, their paths too, by labels; gives the key.
///
/// The documents' texts are changed themselves, so that points, evidence and all that reports show have offsets in the text that
/// is shown. Lines stay what they are.
///
/// ```
/// use kodebok::notes::Document;
/// use kodebok::privacy::pseudonymise;
///
/// let mut documents = [Document::from_text("bord-1.txt", "- Kari Nordmann ringte 99 12 34 56\n- Karis mor er syk")];
/// pseudonymise(&mut documents);
/// assert_eq!(documents[0].text, "- [Person 1] ringte [Telefon 1]\n- [Person 1]s mor er syk");
/// ```
pub fn pseudonymise(documents: &mut [Document]) -> Pseudonyms {
    let mut pseudonyms = Pseudonyms::default();
    let found: Vec<Vec<super::Found>> = documents.iter().map(|document| find(&document.text)).collect();
    // Full names first, whatever their order, so that a given name that stands before them is theirs.
    for (document, found) in documents.iter().zip(&found) {
        for found in found.iter().filter(|found| document.text[found.span.clone()].contains(char::is_whitespace)) {
            pseudonyms.label(found.kind, &document.text[found.span.clone()]);
        }
    }
    for (document, found) in documents.iter_mut().zip(found) {
        let replacements = found.into_iter().map(|found| {
            let shown = &document.text[found.span.clone()];
            let breaks = shown.matches('\n').count();
            (found.span.clone(), pseudonyms.label(found.kind, shown) + &"\n".repeat(breaks))
        });
        let replacements: Vec<_> = replacements.collect();
        document.replace(&replacements);
        let plain = document.path.replace(['_', '-'], " ");
        let in_path: Vec<_> = find(&plain)
            .into_iter()
            .map(|found| (found.span.clone(), pseudonyms.label(found.kind, &plain[found.span])))
            .collect();
        document.path = replaced(&document.path, &in_path);
    }
    pseudonyms
}

/// A text with spans of it replaced.
fn replaced(text: &str, replacements: &[(std::ops::Range<usize>, String)]) -> String {
    let mut changed = String::with_capacity(text.len());
    let mut last = 0;
    for (span, replacement) in replacements {
        changed.push_str(&text[last..span.start]);
        changed.push_str(replacement);
        last = span.end;
    }
    changed + &text[last..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_person_has_one_label_and_others_their_own() {
        let mut documents = [
            Document::from_text("Kari_Nordmann.txt", "- Kari ringte\n- kari.n@example.no"),
            Document::from_text("b.txt", "- Kari Nordmann og Ola Hansen\n- Per Hansen\n- Hansen sa nei"),
        ];
        pseudonymise(&mut documents);
        assert_eq!(documents[0].text, "- [Person 1] ringte\n- [E-post 1]");
        assert_eq!(documents[0].path, "[Person 1].txt");
        // Which Hansen it was is not known.
        assert_eq!(documents[1].text, "- [Person 1] og [Person 2]\n- [Person 3]\n- [Person 4] sa nei");
    }
}
