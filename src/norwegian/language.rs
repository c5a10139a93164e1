//! Bokmål or nynorsk, told by function words, frequent words and endings.

use super::lexicon::{self, PartOfSpeech, Standard};
use super::{lower_case, words};
use std::collections::HashMap;
use std::sync::LazyLock;

/// The written standard of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// Bokmål.
    Bokmal,
    /// Nynorsk.
    Nynorsk,
    /// Nothing in the text tells, or as much speaks for one as for the other.
    Undecided,
}

/// Shortest word part before an ending, in bytes.
const SHORTEST_BEFORE_ENDING: usize = 3;

/// What a form says that the lexicon has in nynorsk alone.
const ONLY_NYNORSK: i32 = 2;

/// What a form says that the lexicon has in bokmål alone: less, since its nynorsk is the smaller part.
const ONLY_BOKMAL: i32 = -1;

/// What speaks for a language: positive for nynorsk, negative for bokmål.
static SIGNS: LazyLock<Signs> = LazyLock::new(|| Signs::parse(include_str!("../../data/norwegian/language-words.txt")));

#[derive(Default)]
struct Signs {
    words: HashMap<&'static str, i32>,
    beginnings: HashMap<&'static str, i32>,
    endings: HashMap<&'static str, i32>,
}

impl Signs {
    fn parse(text: &'static str) -> Self {
        let mut signs = Self::default();
        for line in super::word_list(text) {
            let mut entries = line.split_whitespace();
            let sign = if entries.next() == Some("nn") { 1 } else { -1 };
            let weight = entries.next().and_then(|weight| weight.parse::<i32>().ok()).unwrap_or_default();
            for entry in entries {
                let (of, key) = if let Some(ending) = entry.strip_prefix('-') {
                    (&mut signs.endings, ending)
                } else if let Some(beginning) = entry.strip_suffix('-') {
                    (&mut signs.beginnings, beginning)
                } else {
                    (&mut signs.words, entry)
                };
                of.insert(key, sign * weight);
            }
        }
        signs
    }

    /// What a word says: its own entry, else its longest listed ending, else its beginning, else the lexicon.
    fn weigh(&self, word: &str) -> i32 {
        let ending = || {
            let starts = word.char_indices().map(|(at, _)| at).skip_while(|at| *at < SHORTEST_BEFORE_ENDING);
            starts.into_iter().find_map(|at| self.endings.get(&word[at..]))
        };
        let beginning = || word.char_indices().nth(2).and_then(|(at, _)| self.beginnings.get(&word[..at]));
        let listed = self.words.get(word).or_else(ending).or_else(beginning);
        listed.copied().unwrap_or_else(|| known_in_one(word))
    }
}

/// What a form says that the lexicon has in one standard only. For bokmål only verbs count: a noun or adjective without a
/// nynorsk form is most often just one that the nynorsk tables lack.
fn known_in_one(word: &str) -> i32 {
    let mut nynorsk = true;
    let mut bokmal = true;
    for (_, edit) in lexicon::edits(word) {
        nynorsk &= edit.language == Standard::Nn;
        bokmal &= edit.language == Standard::Nb && edit.part == PartOfSpeech::Verb;
    }
    match (nynorsk, bokmal) {
        (true, false) => ONLY_NYNORSK,
        (false, true) => ONLY_BOKMAL,
        _ => 0,
    }
}

/// The language of a text of any length, typically one point: each word of it says what it can, and the sum decides.
///
/// ```
/// use kodebok::norwegian::{Language, language};
///
/// assert_eq!(language("Dei høyrde ikkje på mor mi."), Language::Nynorsk);
/// assert_eq!(language("De hørte ikke på moren min."), Language::Bokmal);
/// assert_eq!(language("NAV, 3. mai"), Language::Undecided);
/// ```
#[must_use]
pub fn language(text: &str) -> Language {
    let score: i32 = words(text).map(|word| SIGNS.weigh(&lower_case(word.text))).sum();
    match score {
        1.. => Language::Nynorsk,
        0 => Language::Undecided,
        _ => Language::Bokmal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_points() {
        for (text, expected) in [
            ("Eg veit ikkje", Language::Nynorsk),
            ("Jeg vet ikke", Language::Bokmal),
            ("Betre rettleiing", Language::Nynorsk),
            ("Mer veiledning", Language::Bokmal),
            ("Moglegheiter og rettar", Language::Nynorsk),
            ("", Language::Undecided),
            ("BUP og DPS", Language::Undecided),
        ] {
            assert_eq!(language(text), expected, "{text}");
        }
    }
}
