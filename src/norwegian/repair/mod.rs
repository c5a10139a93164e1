//! Mending of what scanning and typing did to a Norwegian text: lost æ, ø and å, letters that look alike, joined and broken words,
//! typing errors.
//!
//! A noisy channel (Shannon 1948; Kernighan, Church and Gale 1990) whose confusions are learned from the document itself: each unknown
//! word that some confusions turn into a known one tells of the document's habits, and with them every word is read again, in its
//! context, known ones as well. A document that shows no habits is left as it is.

mod context;
mod decode;
mod habits;
mod pieces;
mod search;
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
    let mut changes = decode::changes(text);
    if changes.is_empty() {
        return Repaired { original: text, text: Cow::Borrowed(text), changes };
    }
    let mut mended = apply(text, &changes);
    for _ in 1..ROUNDS {
        let more = decode::changes(&mended);
        if more.is_empty() {
            return Repaired { original: text, text: Cow::Owned(mended), changes };
        }
        changes = compose(text, &changes, &more);
        mended = apply(text, &changes);
    }
    // A text that never comes to rest can't be told from one that isn't damaged.
    Repaired { original: text, text: Cow::Borrowed(text), changes: Vec::new() }
}

fn apply(text: &str, changes: &[Change]) -> String {
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

/// Changes of the original that do the work of `first` and then of `second`, whose spans refer to what `first` gives.
fn compose(text: &str, first: &[Change], second: &[Change]) -> Vec<Change> {
    /// A piece of the original with what it became after the first round, and where that lies.
    struct Block<'c> {
        original: Range<usize>,
        middle: Range<usize>,
        change: &'c Change,
    }
    let mut shift = Shift::default();
    let blocks: Vec<Block<'_>> = first
        .iter()
        .map(|change| {
            let start = shift.forward(change.span.start);
            shift.pass(change);
            Block { original: change.span.clone(), middle: start..start + change.replacement.len(), change }
        })
        .collect();
    let mut composed: Vec<Change> = Vec::new();
    let mut taken = 0;
    let mut shift = Shift::default();
    for change in second {
        while let Some(block) = blocks.get(taken).filter(|block| block.middle.end <= change.span.start) {
            composed.push(block.change.clone());
            shift.pass(block.change);
            taken += 1;
        }
        let mut original = shift.back(change.span.start)..0;
        let mut replacement = change.replacement.clone();
        let mut middle_end = change.span.end;
        if let Some(block) = blocks.get(taken).filter(|block| block.middle.start < change.span.start) {
            let kept = change.span.start - block.middle.start;
            replacement.insert_str(0, &block.change.replacement[..kept]);
            original.start = block.original.start;
        }
        while let Some(block) = blocks.get(taken).filter(|block| block.middle.start < change.span.end) {
            if block.middle.end > change.span.end {
                let kept = change.span.end - block.middle.start;
                replacement.push_str(&block.change.replacement[kept..]);
                middle_end = block.middle.end;
            }
            shift.pass(block.change);
            taken += 1;
        }
        original.end = shift.back(middle_end);
        if text[original.clone()] != replacement {
            composed.push(Change { span: original, replacement, reason: change.reason });
        }
    }
    composed.extend(blocks[taken..].iter().map(|block| block.change.clone()));
    composed
}
