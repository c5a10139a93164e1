//! The end of a report: how much personal data the notes hold and where, without repeating it.

use super::content::place;
use super::markdown::escaped;
use super::texts::{Language, PrivacyTexts, Texts, fill};
use crate::notes::Folder;
use crate::privacy::{Kind, survey};

/// So many places are named of each kind.
const PLACES: usize = 12;

/// A section in Markdown that says what personal data a folder's notes hold and where; empty where none was seen.
///
/// ```
/// use kodebok::notes::{Document, Folder};
/// use kodebok::report::{Language, personal_data};
///
/// let documents = vec![Document::from_text("bord-1.txt", "- Kari Nordmann ringte")];
/// let folder = Folder { documents, ..Folder::default() };
/// let section = personal_data(&folder, Language::Bokmal);
/// assert!(section.contains("navn: 1 (bord-1.txt:1)") && !section.contains("Kari"));
/// ```
#[must_use]
pub fn personal_data(folder: &Folder, language: Language) -> String {
    let texts = Texts::of(language).privacy;
    match findings(folder, language) {
        None => String::new(),
        Some(found) => {
            let rows: String = found.rows.iter().map(|row| format!("- {}\n", escaped(row))).collect();
            format!("\n## {}\n\n{}\n\n{rows}", texts.title, found.note)
        }
    }
}

/// What of personal data was seen: a sentence of how much, and a row a kind with its places.
#[derive(Debug)]
pub(super) struct Findings {
    pub note: String,
    pub rows: Vec<String>,
}

/// `None` where nothing was seen.
pub(super) fn findings(folder: &Folder, language: Language) -> Option<Findings> {
    let seen = survey(&folder.documents);
    let texts = Texts::of(language);
    let row = |kind: Kind| {
        let mut places: Vec<String> = seen
            .iter()
            .filter(|seen| seen.kind == kind)
            .map(|seen| place(&texts.position, &folder.documents[seen.document].path, seen.position))
            .collect();
        let count = places.len();
        places.dedup();
        let more = places.len().saturating_sub(PLACES);
        places.truncate(PLACES);
        if more > 0 {
            places.push(fill(&texts.privacy.more, &[("count", &more)]));
        }
        let values: [(&str, &dyn std::fmt::Display); 3] =
            [("kind", &name(&texts.privacy, kind)), ("count", &count), ("places", &places.join("; "))];
        (count > 0).then(|| fill(&texts.privacy.row, &values))
    };
    let rows = Kind::ALL.into_iter().filter_map(row).collect();
    let note = fill(&texts.privacy.note, &[("count", &seen.len())]);
    (!seen.is_empty()).then_some(Findings { note, rows })
}

fn name(texts: &PrivacyTexts, kind: Kind) -> &str {
    match kind {
        Kind::Name => &texts.name,
        Kind::NationalId => &texts.national_id,
        Kind::Phone => &texts.phone,
        Kind::Mail => &texts.mail,
        Kind::Address => &texts.address,
        Kind::Account => &texts.account,
        Kind::Birth => &texts.birth,
        Kind::Handle => &texts.handle,
        Kind::Plate => &texts.plate,
    }
}
