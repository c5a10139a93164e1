//! Words with their places, exactly as Unicode's word boundaries (UAX #29) give them.

use unicode_segmentation::UnicodeSegmentation;

/// A word of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'t> {
    /// The word as it stands.
    pub text: &'t str,
    /// Where it begins: bytes from the text's start.
    pub start: usize,
}

impl Word<'_> {
    /// Where the word ends: bytes from the text's start, exclusive.
    #[must_use]
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// The words of a text, in order: the segments between word boundaries that hold a letter or a digit.
///
/// The same as [`UnicodeSegmentation::unicode_word_indices`], which does the work.
///
/// ```
/// use kodebok::norwegian::words;
///
/// let found: Vec<_> = words("Mor ble ikke hørt.").map(|word| (word.text, word.start, word.end())).collect();
/// assert_eq!(found, [("Mor", 0, 3), ("ble", 4, 7), ("ikke", 8, 12), ("hørt", 13, 18)]);
/// ```
pub fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    text.unicode_word_indices().map(|(start, text)| Word { text, start })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn words_slice_back_in_order(text in "\\PC{0,80}") {
            let mut last = 0;
            for word in words(&text) {
                prop_assert!(word.start >= last);
                prop_assert_eq!(&text[word.start..word.end()], word.text);
                last = word.end();
            }
        }
    }
}
