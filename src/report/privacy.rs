//! The end of a report: how much personal data the notes hold and where, without repeating it.

use super::markdown::{escaped, place};
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
    let seen = survey(&folder.documents);
    if seen.is_empty() {
        return String::new();
    }
    let texts = Texts::of(language);
    let mut section =
        format!("\n## {}\n\n{}\n\n", texts.privacy.title, fill(&texts.privacy.note, &[("count", &seen.len())]));
    for kind in Kind::ALL {
        let mut places: Vec<String> = seen
            .iter()
            .filter(|seen| seen.kind == kind)
            .map(|seen| place(&texts.position, &folder.documents[seen.document].path, seen.position))
            .collect();
        let count = places.len();
        if count == 0 {
            continue;
        }
        places.dedup();
        let more = places.len().saturating_sub(PLACES);
        places.truncate(PLACES);
        if more > 0 {
            places.push(fill(&texts.privacy.more, &[("count", &more)]));
        }
        let row = fill(
            &texts.privacy.row,
            &[("kind", &name(&texts.privacy, kind)), ("count", &count), ("places", &places.join("; "))],
        );
        section += &format!("- {row}\n");
    }
    section
}

fn name(texts: &PrivacyTexts, kind: Kind) -> String {
    escaped(match kind {
        Kind::Name => &texts.name,
        Kind::NationalId => &texts.national_id,
        Kind::Phone => &texts.phone,
        Kind::Mail => &texts.mail,
        Kind::Address => &texts.address,
        Kind::Account => &texts.account,
        Kind::Birth => &texts.birth,
        Kind::Handle => &texts.handle,
        Kind::Plate => &texts.plate,
    })
}
