//! A paragraph while it is read: its text, and whether its letters are those of a heading.

use super::super::block::{BlockKind, Stand};
use super::body::Body;

/// The text of a paragraph, and how many of its letters are bold and how many are not.
#[derive(Default)]
pub(super) struct Lettering {
    pub text: String,
    bold: usize,
    plain: usize,
}

impl Lettering {
    pub fn push(&mut self, text: &str, is_bold: bool) {
        self.text.push_str(text);
        let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
        *(if is_bold { &mut self.bold } else { &mut self.plain }) += letters;
    }

    /// What a paragraph is of which the file says no more than its letters do: a heading where they are all bold and few.
    pub fn kind(&self) -> BlockKind {
        match self.bold > 0 && self.plain == 0 && is_short_title(&self.text) {
            true => BlockKind::Heading,
            false => BlockKind::Paragraph,
        }
    }
}

/// Whether a paragraph in bold is a heading: a line of a few words that ends no sentence.
pub(super) fn is_short_title(text: &str) -> bool {
    let text = text.trim();
    text.split_whitespace().count() <= 10 && text.chars().count() <= 80 && !text.ends_with(['.', '!', ',', ';', ':'])
}

/// Adds a paragraph with its line breaks: an item goes on in its later lines, each line of other paragraphs stands for itself.
pub(super) fn add_lines(body: &mut Body, kind: BlockKind, text: &str) {
    for (at, line) in text.split('\n').filter(|line| !line.trim().is_empty()).enumerate() {
        let goes_on = at > 0 && kind == BlockKind::Item;
        body.add(if goes_on { BlockKind::More } else { kind }, line);
    }
}

/// Adds the lines of a footnote or comment.
pub(super) fn add_note(body: &mut Body, stand: Stand, lines: impl IntoIterator<Item = impl AsRef<str>>) {
    body.set_note(Some(stand));
    lines.into_iter().for_each(|line| body.add(BlockKind::Note, line.as_ref()));
    body.set_note(None);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bold_letters_alone_make_a_heading() {
        for (name, runs, kind) in [
            ("all bold", &[("Spørsmål 2: ", true), ("Kunnskap", true)][..], BlockKind::Heading),
            ("a bold word", &[("Mer ", false), ("tid", true)], BlockKind::Paragraph),
            ("a bold sentence", &[("Mer tid til mor.", true)], BlockKind::Paragraph),
            ("marks are no letters", &[("– ", false), ("Kunnskap", true)], BlockKind::Heading),
            ("nothing", &[], BlockKind::Paragraph),
        ] {
            let mut lettering = Lettering::default();
            runs.iter().for_each(|(text, is_bold)| lettering.push(text, *is_bold));
            assert_eq!(lettering.kind(), kind, "{name}");
        }
    }
}
