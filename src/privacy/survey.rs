//! What personal data notes hold, and where: said without repeating it.

use super::{Kind, find};
use crate::notes::{Document, Position};
use rayon::prelude::*;

/// A piece of personal data that was seen in a document, without the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen<'d> {
    /// The index of the document.
    pub document: usize,
    /// Where in the file it begins.
    pub position: Position<'d>,
    /// What it is.
    pub kind: Kind,
}

/// The personal data in documents, in their order.
///
/// ```
/// use kodebok::notes::{Document, Position};
/// use kodebok::privacy::{Kind, survey};
///
/// let documents = [Document::from_text("bord-1.txt", "- mer tid\n- Kari Nordmann ringte")];
/// let seen = survey(&documents);
/// assert_eq!((seen.len(), seen[0].kind, seen[0].position), (1, Kind::Name, Position::Line(2)));
/// ```
#[must_use]
pub fn survey(documents: &[Document]) -> Vec<Seen<'_>> {
    let of_one = |(index, document): (usize, &'_ Document)| {
        let starts: Vec<usize> = std::iter::once(0).chain(document.line_ends()).collect();
        let seen = find(&document.text).into_iter().map(|found| {
            let line = starts.partition_point(|&start| start <= found.span.start);
            (line, found.kind)
        });
        seen.map(|(line, kind)| (index, line, kind)).collect::<Vec<_>>()
    };
    let all: Vec<Vec<(usize, usize, Kind)>> = documents.par_iter().enumerate().map(of_one).collect();
    let seen = all.into_iter().flatten();
    seen.map(|(index, line, kind)| Seen { document: index, position: documents[index].position(line), kind }).collect()
}
