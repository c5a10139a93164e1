//! Prose into sentences, with what Norwegian needs: abbreviations, ordinals, dates and initials end none.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

/// Abbreviations without their last full stop; `true` for one that often closes a sentence.
static ABBREVIATIONS: LazyLock<HashMap<&'static str, bool>> = LazyLock::new(|| {
    super::word_list(include_str!("../../data/norwegian/abbreviations.txt"))
        .map(|entry| match entry.split_once(" +") {
            Some((abbreviation, _)) => (abbreviation, true),
            None => (entry, false),
        })
        .collect()
});

static MONTHS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| super::word_list(include_str!("../../data/norwegian/months.txt")).collect());

/// Where the sentences of a text stand: byte ranges, in order, without the white space around them.
///
/// Every character that is not white space lies in exactly one of them. Time is linear in the text's length.
///
/// ```
/// use kodebok::norwegian::sentences;
///
/// let text = "Det gjelder bl.a. NAV, jf. § 3. Møtet er 1. mai kl. 12. Kom!";
/// let found: Vec<_> = sentences(text).map(|span| &text[span]).collect();
/// assert_eq!(found, ["Det gjelder bl.a. NAV, jf. § 3.", "Møtet er 1. mai kl. 12.", "Kom!"]);
/// ```
pub fn sentences(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + text[from..].find(|c: char| !c.is_whitespace())?;
        let end = sentence_end(text, start);
        from = end;
        let body = text[start..end].trim_end();
        Some(start..start + body.len())
    })
}

/// Whether a word, as it stands, is a month's name.
pub(crate) fn is_month(word: &str) -> bool {
    MONTHS.contains(super::lower_case(word).as_ref())
}

/// Whether a word without its last full stop is an abbreviation.
pub(super) fn is_abbreviation(word: &str) -> bool {
    ABBREVIATIONS.contains_key(super::lower_case(word).as_ref())
}

/// The end of the sentence that begins at `start`.
fn sentence_end(text: &str, start: usize) -> usize {
    let mut at = start;
    while let Some(found) = text[at..].find(is_terminal) {
        let dot = at + found;
        let marks = text[dot..].find(|c: char| !is_terminal(c) && !is_closer(c)).map_or(text.len(), |len| dot + len);
        let rest = text[marks..].trim_start();
        let followed_by_space = marks == text.len() || rest.len() < text.len() - marks;
        if followed_by_space && is_end(&text[start..dot], &text[dot..marks], rest) {
            return marks;
        }
        at = marks;
    }
    text.len()
}

/// Whether a sentence ends after `before` + `marks` (`.`, `?!`, `."`), when `rest` comes next.
fn is_end(before: &str, marks: &str, rest: &str) -> bool {
    let Some(next) = rest.trim_start_matches(is_opener).chars().next() else { return true };
    if next.is_lowercase() {
        return false;
    }
    marks != "." || !is_inner_stop(before, rest)
}

/// Whether the full stop after `before` belongs to its last word: an abbreviation, an initial, an ordinal or a date.
fn is_inner_stop(before: &str, rest: &str) -> bool {
    let word_start = before.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let word = before[floor(before, word_start)..].trim_start_matches(is_opener).trim_start();
    let next_word = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    if word.chars().all(|c| c.is_ascii_digit()) {
        let opens_sentence = before.trim_start().len() == word.len();
        return opens_sentence || is_month(next_word) || (word.len() <= 2 && starts_with_digit(next_word));
    }
    if let Some(closes) = ABBREVIATIONS.get(super::lower_case(word).as_ref()) {
        let capital = rest.chars().next().is_some_and(char::is_uppercase);
        return !(*closes && capital);
    }
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_uppercase) && letters.next().is_none()
}

/// The byte after a white-space character that may be longer than one byte.
fn floor(text: &str, at: usize) -> usize {
    text.ceil_char_boundary(at)
}

fn starts_with_digit(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

fn is_terminal(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…')
}

fn is_closer(c: char) -> bool {
    matches!(c, '"' | '\'' | '»' | '”' | '’' | ')' | ']')
}

fn is_opener(c: char) -> bool {
    matches!(c, '"' | '\'' | '«' | '“' | '‘' | '(' | '[')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn norwegian_sentences() {
        // In each case `|` stands where one sentence ends and the next begins.
        for case in [
            "Vi venter.| Ingen ringer.",
            "De pårørende, f.eks. mor, ble ikke hørt.| Hvorfor?| Ingen vet.",
            "1.- og 2.-linjen må snakke sammen.| Det haster.",
            "Ansatte, brukere osv. var med.| Bra.",
            "Kurs, kaffe m.m.| Neste møte er 12. mai.",
            "Rapporten kom i 2017.| Den ble glemt.",
            "Kl. 14.15 kom A. Hansen.| Han sa nei.",
            "1. Mer tid til familien.| Nå.",
            "Hun sa: «Vi vet best.»| Så gikk hun.",
            "«Hvem bryr seg?» spurte mor.",
            "Det er 3. gang i år.",
            "Jf. Helsepersonelloven § 10 a.| Den er klar.",
            "Vent ... og se.",
            "Ca. 40 pst. av dem bor hjemme.",
            "Det kosta ca. 3,5 mill. kr. i 2018.| Dyrt.",
            "Møte 12. 5. kl. 10.",
            "Bø kommune, jf. pkt. 4.| Neste.",
        ] {
            let text = case.replace('|', "");
            let found: Vec<&str> = sentences(&text).map(|span| &text[span]).collect();
            let expected: Vec<&str> = case.split('|').map(str::trim).collect();
            assert_eq!(found, expected);
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "[a-cA-C0-9 .!?«»\\n\u{a0}…()-]{0,60}") {
            let mut last = 0;
            for span in sentences(&text) {
                prop_assert!(text[last..span.start].trim().is_empty());
                prop_assert!(!text[span.clone()].trim().is_empty());
                last = span.end;
            }
            prop_assert!(text[last..].trim().is_empty());
        }
    }
}
