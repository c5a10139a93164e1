//! Points of a document that a scanner or a keyboard damaged, mended for the coder; what was noted stays as it is.

use super::Point;
use crate::norwegian::repair::{Change, apply, repair};
use std::ops::Range;

/// How a damaged point reads once it is mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mended {
    /// The mended text.
    pub text: String,
    /// What was changed; spans are bytes of [`Point::text`].
    pub changes: Vec<Change>,
}

/// Mends the points of one document together, since a document's habits are learned from all of it. A document that shows no
/// damage costs one look and changes nothing.
pub(super) fn mend(points: &mut [Point<'_>]) {
    let whole = points.iter().map(|point| one_line(&point.text)).collect::<Vec<_>>().join("\n");
    let repaired = repair(&whole);
    let mut changes = repaired.changes.iter().peekable();
    let mut start = 0;
    for point in points {
        let end = start + point.text.len();
        let mut own = Vec::new();
        while let Some(change) = changes.next_if(|change| change.span.start < end) {
            // A change that joins two points is none of either.
            if change.span.start >= start && change.span.end <= end {
                own.push(Change { span: change.span.start - start..change.span.end - start, ..change.clone() });
            }
        }
        if !own.is_empty() {
            point.mended = Some(Mended { text: apply(&point.text, &own), changes: own });
        }
        start = end + 1;
    }
}

/// A text whose line ends are spaces, as long as before: a point is one line while it is mended.
fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

impl Mended {
    /// Where a part of the mended text stands in the text as it was noted, in bytes; a part of a changed word is the whole
    /// word there.
    pub(super) fn in_noted(&self, span: Range<usize>) -> Range<usize> {
        self.offset(span.start, false)..self.offset(span.end, true)
    }

    fn offset(&self, mended: usize, is_end: bool) -> usize {
        // Bytes of the mended and of the noted text up to the last change that was passed.
        let (mut here, mut there) = (0, 0);
        for change in &self.changes {
            let begins = here + (change.span.start - there);
            let ends = begins + change.replacement.len();
            if mended < begins || (is_end && mended == begins) {
                break;
            }
            if mended < ends || (is_end && mended == ends) {
                return if is_end { change.span.end } else { change.span.start };
            }
            (here, there) = (ends, change.span.end);
        }
        there + (mended - here)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Document, points};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_scanned_document_is_mended_and_what_was_noted_stays() {
        let text = include_str!("../../data/summit-2017/recommendations-ocr.txt");
        let document = [Document::from_text("scan.txt", text)];
        let points = points(&document);
        let point = points.iter().find(|point| point.text.starts_with("Det trengs verktgy")).unwrap();
        let mended = point.as_ref();
        assert_eq!(mended, "Det trengs verktøy, metoder og rutiner for pårørendeinvolvering.");
        let word = mended.find("verktøy").unwrap();
        assert_eq!(&point.text[point.in_text(word..word + "verktøy".len())], "verktgy");
        let rutiner = mended.find("rutiner").unwrap();
        assert_eq!(&point.text[point.in_text(rutiner..rutiner + 7)], "rutiner");
    }

    #[test]
    fn a_clean_document_is_left_alone() {
        let document = [Document::from_text("ren.txt", include_str!("../../data/summit-2017/recommendations.txt"))];
        assert!(points(&document).iter().all(|point| point.mended.is_none()));
    }

    proptest! {
        #[test]
        fn parts_stand_in_the_noted_text(
            text in "[a-zæøå ]{20,40}",
            cuts in proptest::collection::btree_set(0_usize..20, 0..6),
            span in (0_usize..20, 0_usize..20),
        ) {
            let at: Vec<usize> = cuts.into_iter().filter(|&at| text.is_char_boundary(at)).collect();
            let changes: Vec<Change> = at
                .chunks_exact(2)
                .map(|pair| Change { span: pair[0]..pair[1], replacement: "ø".into(), reason: crate::norwegian::repair::Reason::Letter })
                .collect();
            let mended = Mended { text: apply(&text, &changes), changes };
            let from = mended.text.floor_char_boundary(span.0.min(span.1));
            let to = mended.text.floor_char_boundary(span.0.max(span.1));
            let noted = mended.in_noted(from..to.max(from));
            prop_assert!(noted.start <= noted.end && text.get(noted).is_some());
        }
    }
}
