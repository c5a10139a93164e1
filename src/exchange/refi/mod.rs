//! REFI-QDA, the exchange standard of programs for qualitative analysis: projects (`.qdpx`) and codebooks (`.qdc`).
//!
//! [`Project`] holds what a project file says, whoever wrote it. [`Project::of_report`] makes one of an analysis,
//! [`Project::to_qdpx`] and [`Project::from_qdpx`] are the file, [`check()`] finds what the standard's schema does not see, and
//! [`Project::codebook`] with [`Project::examples`] make of a study coded elsewhere what a coder learns from.
//!
//! ```
//! use kodebok::exchange::refi::{LineEnds, Project};
//!
//! let qdpx = Project { name: "Studie".to_owned(), ..Project::default() }.to_qdpx(LineEnds::Lf)?;
//! assert_eq!(Project::from_qdpx(&qdpx)?.value.name, "Studie");
//! # Ok::<(), kodebok::Error>(())
//! ```

mod check;
mod codes;
mod guid;
mod import;
mod qdc;
mod qdpx;
mod report;
mod text;

pub use check::{Finding, FindingKind, check};
pub use guid::Guid;
pub use qdc::{codebook_from_qdc, codebook_to_qdc};
pub use qdpx::LineEnds;
pub use report::{Decision, Options};

/// A project: sources with their codings, and what they are coded with.
///
/// Names, descriptions and times are empty or `None` where the file has none. References may point nowhere, and positions may be
/// wrong, as they may in a file: [`check()`] says so.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Project {
    /// What the study is called.
    pub name: String,
    /// The program that wrote it.
    pub origin: String,
    /// What it is about.
    pub description: String,
    /// When it was made: an `xsd:dateTime` such as `2017-05-04T09:00:00Z`.
    pub created: Option<String>,
    /// Who coded.
    pub users: Vec<User>,
    /// The codebook, a tree.
    pub codes: Vec<Code>,
    /// What is known of cases.
    pub variables: Vec<Variable>,
    /// Tables, people, places: whatever a part of the material belongs to.
    pub cases: Vec<Case>,
    /// The material that is text.
    pub sources: Vec<Source>,
    /// Memos.
    pub notes: Vec<Note>,
    /// Those of `notes` that are about the project as a whole.
    pub note_refs: Vec<Guid>,
}

/// Someone who coded: a person or a program.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// Its GUID.
    pub guid: Guid,
    /// Its name.
    pub name: String,
}

/// A code, with those below it.
#[derive(Clone, Debug, PartialEq)]
pub struct Code {
    /// Its GUID.
    pub guid: Guid,
    /// Its name.
    pub name: String,
    /// What it means.
    pub description: String,
    /// `#RRGGBB`.
    pub colour: Option<String>,
    /// Whether text may have it: false for a folder of codes.
    pub is_codable: bool,
    /// The codes below it.
    pub codes: Vec<Code>,
    /// Notes about it.
    pub note_refs: Vec<Guid>,
}

/// Something that is known of cases or sources.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// Its GUID.
    pub guid: Guid,
    /// Its name.
    pub name: String,
    /// What it means.
    pub description: String,
    /// `Text`, `Boolean`, `Integer`, `Float`, `Date` or `DateTime`.
    pub kind: String,
}

/// The value of a [`Variable`].
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// The variable.
    pub variable: Guid,
    /// Its kind, as in [`Variable::kind`].
    pub kind: String,
    /// The value as it is written.
    pub value: String,
}

/// A table, a person, a place: something to which parts of the material belong.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Its GUID.
    pub guid: Guid,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Codes that stand for it.
    pub code_refs: Vec<Guid>,
    /// What is known of it.
    pub values: Vec<Value>,
    /// Sources that belong to it as a whole.
    pub source_refs: Vec<Guid>,
    /// Selections that belong to it.
    pub selection_refs: Vec<Guid>,
}

/// A text.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Its GUID.
    pub guid: Guid,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// The text; a line ends with U+000A alone.
    pub text: String,
    /// Who brought it in.
    pub user: Option<Guid>,
    /// When it was brought in.
    pub created: Option<String>,
    /// Its parts that were marked.
    pub selections: Vec<Selection>,
    /// Codings of the text as a whole.
    pub codings: Vec<Coding>,
    /// Notes about it.
    pub note_refs: Vec<Guid>,
    /// What is known of it.
    pub values: Vec<Value>,
}

/// A marked part of a [`Source`].
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    /// Its GUID.
    pub guid: Guid,
    /// Its name: often its first words.
    pub name: String,
    /// A comment on it.
    pub description: String,
    /// Where it begins in [`Source::text`]: Unicode code points from 0. Below 0 where a file says so.
    pub start: i64,
    /// Where it ends: Unicode code points, exclusive.
    pub end: i64,
    /// Who marked it.
    pub user: Option<Guid>,
    /// When it was marked.
    pub created: Option<String>,
    /// The codes that it was given.
    pub codings: Vec<Coding>,
    /// Notes about it.
    pub note_refs: Vec<Guid>,
}

/// A code given to a part of the material.
#[derive(Clone, Debug, PartialEq)]
pub struct Coding {
    /// Its GUID.
    pub guid: Guid,
    /// The code.
    pub code: Guid,
    /// Who gave it.
    pub user: Option<Guid>,
    /// When it was given.
    pub created: Option<String>,
}

/// A memo.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// Its GUID.
    pub guid: Guid,
    /// Its name.
    pub name: String,
    /// Its text; a line ends with U+000A alone.
    pub text: String,
    /// Who wrote it.
    pub user: Option<Guid>,
    /// When it was written.
    pub created: Option<String>,
}

impl Code {
    /// The code and all below it, each before those below it, with how deep it lies (0 for itself).
    pub fn walk(&self) -> impl Iterator<Item = (&Code, usize)> {
        let mut open = vec![(self, 0)];
        std::iter::from_fn(move || {
            let (code, depth) = open.pop()?;
            open.extend(code.codes.iter().rev().map(|below| (below, depth + 1)));
            Some((code, depth))
        })
    }
}

impl Project {
    /// All codes, each before those below it.
    pub fn all_codes(&self) -> impl Iterator<Item = &Code> {
        self.codes.iter().flat_map(|code| code.walk().map(|(code, _)| code))
    }
}
