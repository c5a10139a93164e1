//! Names of points that last.

use super::{Document, Point};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// The names of points, by their order: 16 hexadecimal digits of SHA-256 over the file's path, the text, and how many points with
/// that text stood in the file before. A point keeps its name while its text and file do.
///
/// ```
/// use kodebok::notes::{Document, ids, points};
///
/// let before = [Document::from_text("bord-1.txt", "- mer tid")];
/// let after = [Document::from_text("bord-1.txt", "- flere folk\n- mer tid")];
/// assert_eq!(ids(&before, &points(&before))[0], ids(&after, &points(&after))[1]);
/// ```
#[must_use]
pub fn ids(documents: &[Document], points: &[Point<'_>]) -> Vec<String> {
    let mut seen: HashMap<(usize, &str), u64> = HashMap::new();
    let mut ids = Vec::with_capacity(points.len());
    for point in points {
        let before = seen.entry((point.document, &*point.text)).or_default();
        let mut hash = Sha256::new();
        hash.update(documents[point.document].path.as_bytes());
        hash.update([0]);
        hash.update(point.text.as_bytes());
        hash.update(before.to_le_bytes());
        *before += 1;
        ids.push(hexadecimal(&hash.finalize()[..8]));
    }
    ids
}

/// Bytes as digits, two a byte.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
