//! The language: words, stems and sentences. Knows nothing of notes or codes.
//!
//! The only place where text becomes stems, so that a codebook's cues and the notes can't be treated differently.

mod compound;
mod language;
pub mod lexicon;
pub mod repair;
pub(crate) mod scan;
mod sentence;
mod stem;
mod token;

pub use compound::{Compound, Part, Role, compound, parts};
pub use language::{Language, language};
pub(crate) use sentence::is_month;
pub use sentence::sentences;
pub(crate) use stem::lower_case;
pub use stem::stem;
pub use token::{Token, TokenKind, Word, tokens, words};

/// The entries of a word list in `data/`: one a line, `#` begins a comment.
pub(crate) fn word_list(data: &'static str) -> impl Iterator<Item = &'static str> {
    data.lines().map(|line| line.split('#').next().unwrap_or_default().trim()).filter(|entry| !entry.is_empty())
}

/// A word without an ending that it may have. For lists of endings: most are told by the last byte alone, which spares
/// comparing the rest.
#[inline]
pub(crate) fn strip_ending<'w>(word: &'w str, ending: &str) -> Option<&'w str> {
    let may_end_so = ending.is_empty() || word.as_bytes().last() == ending.as_bytes().last();
    if may_end_so { word.strip_suffix(ending) } else { None }
}
