//! What people read and other programs load: computing stays in the modules before this one, rendering here.

mod markdown;
mod points;
mod texts;

use crate::codebook::Codebook;
use crate::coding::Coding;
use crate::notes::{Folder, Point};
use crate::themes::Theme;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

pub use markdown::Markdown;
pub use points::PointRecord;
pub use texts::Language;

/// The results of an analysis, borrowed, ready to be rendered.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// What was read, and what could not be.
    pub folder: &'a Folder,
    /// The codebook that the points were coded with.
    pub codebook: &'a Codebook,
    /// The points of the folder's documents.
    pub points: &'a [Point<'a>],
    /// The codings of `points`, in the same order.
    pub codings: &'a [Coding],
    /// The themes of `points`.
    pub themes: &'a [Theme],
}

impl<'a> Report<'a> {
    /// The report in Markdown: the method, the table of recommendations, the themes with every quote and its place, the
    /// uncoded and the uncertain points, and the caveat.
    #[must_use]
    pub fn markdown(&self, language: Language) -> Markdown<'a> {
        Markdown::new(*self, language)
    }

    /// A record for each point, in the points' order: the lines of `points.jsonl`.
    pub fn point_records(&self) -> impl Iterator<Item = PointRecord<'a>> {
        points::records(*self)
    }

    /// The names of the themes in files: the code's id and a number within it, `lover-3`; `uten-kode-1` for points that say the
    /// same but have no code. An uncoded point that stands alone is no theme that anyone needs to name.
    fn theme_ids(&self) -> Vec<Option<String>> {
        let mut counts: HashMap<Option<usize>, usize> = HashMap::new();
        let id = |theme: &Theme| {
            if theme.code.is_none() && theme.points.len() == 1 {
                return None;
            }
            let count = counts.entry(theme.code).or_default();
            *count += 1;
            Some(format!("{}-{count}", theme.code.map_or("uten-kode", |code| &self.codebook.codes[code].id)))
        };
        self.themes.iter().map(id).collect()
    }

    /// The names of the points in files: 16 hexadecimal digits of SHA-256 over the file's path, the text, and how many points
    /// with that text stood in the file before. A point keeps its name while its text and file do.
    fn point_ids(&self) -> Vec<String> {
        let mut seen: HashMap<(usize, &str), u64> = HashMap::new();
        let id = |point: &'a Point<'a>| {
            let before = seen.entry((point.document, &*point.text)).or_default();
            let mut hash = Sha256::new();
            hash.update(self.folder.documents[point.document].path.as_bytes());
            hash.update([0]);
            hash.update(point.text.as_bytes());
            hash.update(before.to_le_bytes());
            *before += 1;
            hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
        };
        self.points.iter().map(id).collect()
    }
}
