//! Keyword in context: every place of a word with what stands around it.

use super::frequency::{Key, key};
use crate::norwegian::{Word, lower_case, stem, words};
use std::collections::HashMap;
use std::ops::Range;

/// By what words are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MatchBy {
    /// By their form, whatever its case.
    Form,
    /// By their stem, across derivations and written standards: *taushetsplikt* finds *teieplikta*.
    Stem,
    /// By their dictionary form; words that the lexicon lacks by their stem.
    #[default]
    Lemma,
}

/// A place where a word or phrase was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit<'t> {
    /// The number of the text, from 0.
    pub text: usize,
    /// Where it stands there: bytes, end exclusive.
    pub span: Range<usize>,
    /// What stands before it, up to so many words.
    pub left: &'t str,
    /// What was found, as it is written.
    pub found: &'t str,
    /// What stands behind it.
    pub right: &'t str,
}

/// Every place of a word, or of a phrase of several words in a row, in the order of the texts; `window` is how many words are shown on
/// either side. Places of a phrase may overlap. Nothing for a query without a word.
///
/// ```
/// use kodebok::analysis::{MatchBy, keyword_in_context};
///
/// let texts = ["Vi venter lenge på time", "Ventetiden er lang. Tida går"];
/// let hits = keyword_in_context(texts, "lenge på", MatchBy::Form, 1);
/// assert_eq!((hits[0].left, hits[0].found, hits[0].right), ("venter", "lenge på", "time"));
/// # #[cfg(feature = "lexicon")]
/// assert_eq!(keyword_in_context(texts, "tid", MatchBy::Lemma, 5)[0].found, "Tida");
/// ```
#[must_use]
pub fn keyword_in_context<'t>(
    texts: impl IntoIterator<Item = &'t str>,
    query: &str,
    by: MatchBy,
    window: usize,
) -> Vec<Hit<'t>> {
    let mut keys: HashMap<String, Key> = HashMap::new();
    let mut key_of = |word: &Word<'_>| {
        let form = lower_case(word.text).into_owned();
        keys.entry(form)
            .or_insert_with_key(|form| match by {
                MatchBy::Form => Key::Stem(form.clone()),
                MatchBy::Stem => Key::Stem(stem(form)),
                MatchBy::Lemma => key(form),
            })
            .clone()
    };
    let sought: Vec<Key> = words(query).map(|word| key_of(&word)).collect();
    let mut hits = Vec::new();
    if sought.is_empty() {
        return hits;
    }
    for (number, text) in texts.into_iter().enumerate() {
        let all: Vec<Word<'t>> = words(text).collect();
        let keys: Vec<Key> = all.iter().map(&mut key_of).collect();
        let places = keys.windows(sought.len()).enumerate().filter(|(_, keys)| *keys == sought);
        hits.extend(places.map(|(first, _)| hit(number, text, &all, first..first + sought.len(), window)));
    }
    hits
}

/// The words of a range, with `window` words on either side.
fn hit<'t>(number: usize, text: &'t str, words: &[Word<'t>], at: Range<usize>, window: usize) -> Hit<'t> {
    let span = words[at.start].start..words[at.end - 1].end();
    let left = words[at.start.saturating_sub(window)].start;
    let right = words[(at.end - 1).saturating_add(window).min(words.len() - 1)].end();
    Hit {
        text: number,
        left: text[left..span.start].trim(),
        found: &text[span.clone()],
        right: text[span.end..right].trim(),
        span,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn by_form_stem_and_phrase() {
        let texts = ["Fordommer og fordom. FORDOM!", "ikke fordom og fordom"];
        for (name, query, by, expected) in [
            ("form", "fordom", MatchBy::Form, &["fordom", "FORDOM", "fordom", "fordom"][..]),
            ("stem", "fordom", MatchBy::Stem, &["Fordommer", "fordom", "FORDOM", "fordom", "fordom"]),
            ("phrase", "Fordom og fordom", MatchBy::Stem, &["Fordommer og fordom", "fordom og fordom"]),
            ("nowhere", "tid", MatchBy::Form, &[]),
            ("no word", " - ", MatchBy::Form, &[]),
        ] {
            let hits = keyword_in_context(texts, query, by, 2);
            assert_eq!(hits.iter().map(|hit| hit.found).collect::<Vec<_>>(), expected, "{name}");
        }
    }

    proptest! {
        #[test]
        fn as_a_plain_search_finds_it(text in "((ro|Ro|tid|på|😀|å)[ ,.\n]{1,2}){0,9}", window in 0..4_usize) {
            let hits = keyword_in_context([text.as_str()], "ro", MatchBy::Form, window);
            let plain: Vec<Word<'_>> = words(&text).filter(|word| word.text.to_lowercase() == "ro").collect();
            prop_assert_eq!(hits.len(), plain.len());
            for (hit, word) in hits.iter().zip(plain) {
                prop_assert_eq!(hit.span.clone(), word.start..word.end());
                let before = words(&text[..word.start]).count();
                let behind = words(&text[word.end()..]).count();
                prop_assert_eq!(words(hit.left).count(), before.min(window));
                prop_assert_eq!(words(hit.right).count(), behind.min(window));
                prop_assert!(text.contains(hit.left) && text.contains(hit.right));
            }
        }
    }
}
