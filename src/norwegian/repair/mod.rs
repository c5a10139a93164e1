//! Mending of what scanning and typing did to a Norwegian text: lost æ, ø and å, letters that look alike, joined and broken words,
//! typing errors.
//!
//! A noisy channel (Shannon 1948; Kernighan, Church and Gale 1990) whose confusions are learned from the document itself: each unknown
//! word that some confusions turn into a known one tells of the document's habits, and with them every word is read again, in its
//! context, known ones as well. A document that shows no habits is left as it is.

#[cfg(feature = "lexicon")]
mod context;
#[cfg(feature = "lexicon")]
mod decode;
#[cfg(feature = "lexicon")]
mod habits;
#[cfg(feature = "lexicon")]
mod pieces;
#[cfg(feature = "lexicon")]
mod search;
#[cfg(feature = "lexicon")]
mod vocabulary;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// A document is read again until nothing changes; two rounds are usual.
const ROUNDS: usize = 6;

/// A text, mended where it was damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repaired<'t> {
    /// The text as it was.
    pub original: &'t str,
    /// The mended text; the original itself, borrowed, where nothing is changed. As many lines as the original.
    pub text: Cow<'t, str>,
    /// What was changed, in order; the spans don't overlap.
    pub changes: Vec<Change>,
}

/// A place that was mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where it is in the original: bytes, 0-based, end-exclusive.
    pub span: Range<usize>,
    /// What stands there now.
    pub replacement: String,
    /// Why.
    pub reason: Reason,
}

/// Why a place was mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// æ, ø or å was lost, and the word was not a known one.
    Letter,
    /// æ, ø or å was lost in a word that is known as it stands, and the context speaks for the other: *for* for *før*.
    Context,
    /// Letters that look alike: *rn* for *m*, *1* for *l*.
    LookAlike,
    /// A typing error: a letter too many, too few, another, or two that changed places.
    Typing,
    /// Two words stood as one.
    Joined,
    /// One word stood as two, or with a hyphen inside.
    Split,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Letter => "letter",
            Self::Context => "context",
            Self::LookAlike => "look-alike",
            Self::Typing => "typing",
            Self::Joined => "joined",
            Self::Split => "split",
        })
    }
}

impl Repaired<'_> {
    /// The place in the original (bytes) of a place in the mended text; inside a replacement, the beginning of what it replaces.
    ///
    /// ```
    /// use kodebok::norwegian::repair::repair;
    ///
    /// let text = "Vi ma sporre de parorende om hva de onsker, og vi ma bli bedre til a hore pa dem for motet.";
    /// let repaired = repair(text);
    /// let found = repaired.text.find("pårørende").unwrap();
    /// assert!(text[repaired.original_offset(found)..].starts_with("parorende"));
    /// ```
    #[must_use]
    pub fn original_offset(&self, mended: usize) -> usize {
        let mut shift = Shift::default();
        for change in &self.changes {
            let start = shift.forward(change.span.start);
            if mended < start {
                break;
            }
            if mended < start + change.replacement.len() {
                return change.span.start;
            }
            shift.pass(change);
        }
        shift.back(mended)
    }
}

/// How far the mended text is ahead of the original.
#[derive(Clone, Copy, Default)]
struct Shift {
    added: usize,
    taken: usize,
}

impl Shift {
    fn pass(&mut self, change: &Change) {
        self.added += change.replacement.len();
        self.taken += change.span.len();
    }

    fn forward(self, original: usize) -> usize {
        original + self.added - self.taken
    }

    fn back(self, mended: usize) -> usize {
        mended + self.taken - self.added
    }
}

/// Mends a document. One without damage comes back as it is, borrowed; so does one that isn't Norwegian.
///
/// Names, English words, abbreviations, addresses, numbers and what follows a § are left alone. Lines stay lines.
///
/// ```
/// use kodebok::norwegian::repair::repair;
///
/// let text = "Vi ma sporre de parorende om hva de onsker, og vi ma bli bedre til a hore pa dem for motet.";
/// let repaired = repair(text);
/// assert!(repaired.text.starts_with("Vi må spørre de pårørende om hva de ønsker"));
/// assert_eq!(&text[repaired.changes[0].span.clone()], "ma");
/// ```
#[must_use]
pub fn repair(text: &str) -> Repaired<'_> {
    let mut changes = sought(text);
    if changes.is_empty() {
        return Repaired { original: text, text: Cow::Borrowed(text), changes };
    }
    let mut mended = apply(text, &changes);
    for _ in 1..ROUNDS {
        let more = sought(&mended);
        if more.is_empty() {
            return Repaired { original: text, text: Cow::Owned(mended), changes };
        }
        changes = compose(&changes, &mended, &more);
        changes.retain(|change| text[change.span.clone()] != change.replacement);
        mended = apply(text, &changes);
    }
    // A text that never comes to rest can't be told from one that isn't damaged.
    Repaired { original: text, text: Cow::Borrowed(text), changes: Vec::new() }
}

/// The changes of one round.
#[cfg(feature = "lexicon")]
fn sought(text: &str) -> Vec<Change> {
    decode::changes(text)
}

/// Without the lexicon no word is known to be damaged.
#[cfg(not(feature = "lexicon"))]
fn sought(_: &str) -> Vec<Change> {
    Vec::new()
}

/// A text with changes made; they are in order and don't overlap.
pub(crate) fn apply(text: &str, changes: &[Change]) -> String {
    let mut mended = String::with_capacity(text.len() + 2 * changes.len());
    let mut end = 0;
    for change in changes {
        mended.push_str(&text[end..change.span.start]);
        mended.push_str(&change.replacement);
        end = change.span.end;
    }
    mended.push_str(&text[end..]);
    mended
}

/// Changes of the original that do the work of `first`, which gives `middle`, and then of `second`, whose spans refer to `middle`.
///
/// Changes of the two rounds that overlap in `middle` become one.
fn compose(first: &[Change], middle: &str, second: &[Change]) -> Vec<Change> {
    let mut composed = Vec::new();
    let (mut first, mut second) = (first.iter().peekable(), second.iter().peekable());
    let mut shift = Shift::default();
    loop {
        let place = |change: &&Change, shift: Shift| shift.forward(change.span.start);
        let start = match (first.peek(), second.peek()) {
            (None, None) => return composed,
            (Some(one), None) => place(one, shift),
            (None, Some(two)) => two.span.start,
            (Some(one), Some(two)) => place(one, shift).min(two.span.start),
        };
        let original_start = shift.back(start);
        let (mut end, mut copied) = (start, start);
        let mut reason = None;
        let mut replacement = String::new();
        loop {
            let opens = |at: usize, reason: Option<Reason>| at < end || (at == start && reason.is_none());
            if let Some(one) = first.next_if(|one| opens(place(one, shift), reason)) {
                end = end.max(place(&one, shift) + one.replacement.len());
                shift.pass(one);
                reason = reason.or(Some(one.reason));
            } else if let Some(two) = second.next_if(|two| opens(two.span.start, reason)) {
                replacement.push_str(&middle[copied..two.span.start]);
                replacement.push_str(&two.replacement);
                copied = two.span.end;
                end = end.max(two.span.end);
                reason = Some(two.reason);
            } else {
                break;
            }
        }
        replacement.push_str(&middle[copied..end]);
        let span = original_start..shift.back(end);
        composed.push(Change { span, replacement, reason: reason.unwrap_or(Reason::Context) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A paragraph whose å is a, ø is g and æ is ae.
    const SCANNED: &str =
        "De pargrende bgr fa vaere med pa mgtet. Vi ma ogsa spgrre sgsken om hva de gnsker, fgr vi gar videre.\n";

    #[test]
    fn what_is_no_norwegian_word_stays() {
        for kept in [
            "Ring NAV, LAR eller BUP.",
            "Se www.sporsmal.no eller skriv til post@sorlandet.no.",
            "Jf. § 3-2 a og § 10a, bl.a. om frist.",
            "Solheim og Hansen ga 3 400 kroner i 2017.",
            "They talked about next of kin and mental health care.",
            "a) Hva na?",
        ] {
            let text = format!("{SCANNED}{kept}\n{SCANNED}");
            let repaired = repair(&text);
            let line = repaired.text.lines().nth(1).unwrap_or_default().replace("nå?", "na?");
            assert_eq!(line, kept);
        }
    }

    #[test]
    fn the_document_tells_what_its_signs_mean() {
        for (seen, mended) in [
            ("Vi ma fa vaere med.", "Vi må få være med."),
            ("Det er viktig a spgrre om lgnn.", "Det er viktig å spørre om lønn."),
            ("Lovverket er godt kjent.", "Lovverket er godt kjent."),
            ("Pargrendearbeid er ngdvendig.", "Pårørendearbeid er nødvendig."),
        ] {
            let text = format!("{SCANNED}{seen}\n");
            assert_eq!(repair(&text).text.lines().nth(1), Some(mended));
        }
    }

    #[test]
    fn a_first_letter_that_does_not_tell_has_the_case_of_its_place() {
        let scanned = "Vi m8 sp0rre de p8r0rende hva de 0nsker, f0r vi g8r videre. S0sken b0r f8 komme p8 m0tet.\n";
        for (seen, mended) in [
            ("8rsm0tet er i dag.", "Årsmøtet er i dag."),
            ("Vi spurte 8se og 0ystein.", "Vi spurte Åse og Øystein."),
            ("Det er 8tte 8r siden.", "Det er åtte år siden."),
            ("HVA M8 GJ0RES I 8R?", "HVA MÅ GJØRES I ÅR?"),
            ("1. 0kt st0tte", "1. Økt støtte"),
            ("Han sa: «8pne m0ter er bra.»", "Han sa: «Åpne møter er bra.»"),
        ] {
            let text = format!("{scanned}{seen}\n{scanned}1. Mer tid til alle\n");
            assert_eq!(repair(&text).text.lines().nth(1), Some(mended));
        }
    }

    #[test]
    fn a_clean_text_is_borrowed() {
        let text = "De pårørende bør få være med på møtet. Vi må også spørre søsken om hva de ønsker.";
        assert!(matches!(repair(text).text, Cow::Borrowed(_)));
    }

    fn some_changes(length: usize) -> impl Strategy<Value = Vec<Change>> {
        let cut = (0..=length, 0..3usize, "[xyz]{0,3}");
        proptest::collection::vec(cut, 0..4).prop_map(move |mut cuts| {
            cuts.sort();
            let mut end = 0;
            let mut changes = Vec::new();
            for (start, taken, replacement) in cuts {
                let span = start..(start + taken).min(length);
                if span.start >= end
                    && (span.start > end || changes.is_empty())
                    && (!span.is_empty() || !replacement.is_empty())
                {
                    end = span.end;
                    changes.push(Change { span, replacement, reason: Reason::Letter });
                }
            }
            changes
        })
    }

    proptest! {
        #[test]
        fn changes_in_two_rounds_are_changes_in_one(
            (first, second) in some_changes(12).prop_flat_map(|first| {
                let length = apply("abcdefghijkl", &first).len();
                (Just(first), some_changes(length))
            })
        ) {
            let text = "abcdefghijkl";
            let middle = apply(text, &first);
            let twice = apply(&middle, &second);
            prop_assert_eq!(apply(text, &compose(&first, &middle, &second)), twice);
        }
    }
}
