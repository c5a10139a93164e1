//! What the standard's schema does not see.

use super::text::CodePoints;
use super::{Coding, Guid, Project, Value};
use std::collections::HashMap;

/// Something wrong with a project that a validator would let through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub kind: FindingKind,
    /// With what: its kind, its name and its GUID.
    pub subject: String,
}

/// What may be wrong with a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FindingKind {
    /// Two things have one GUID.
    DuplicateGuid,
    /// A coding or a case points to a code that is not there.
    NoSuchCode,
    /// A coding of a code that only holds others.
    NotCodable,
    /// A coding, a selection, a source or a note points to a user who is not there.
    NoSuchUser,
    /// A case points to a source that is not there.
    NoSuchSource,
    /// A case points to a selection that is not there.
    NoSuchSelection,
    /// A value points to a variable that is not there.
    NoSuchVariable,
    /// A value is of another kind than its variable.
    WrongKindOfValue,
    /// Something points to a note that is not there.
    NoSuchNote,
    /// A selection ends before it begins.
    Reversed,
    /// A selection holds nothing.
    Empty,
    /// A selection begins or ends outside of its text.
    OutOfRange,
}

impl Finding {
    /// What is wrong, in words.
    #[must_use]
    pub fn message(&self) -> &'static str {
        match self.kind {
            FindingKind::DuplicateGuid => "a GUID that is another's",
            FindingKind::NoSuchCode => "a code that is not there",
            FindingKind::NotCodable => "a coding of a code that only holds others",
            FindingKind::NoSuchUser => "a user who is not there",
            FindingKind::NoSuchSource => "a source that is not there",
            FindingKind::NoSuchSelection => "a selection that is not there",
            FindingKind::NoSuchVariable => "a variable that is not there",
            FindingKind::WrongKindOfValue => "a value of another kind than its variable",
            FindingKind::NoSuchNote => "a note that is not there",
            FindingKind::Reversed => "a selection that ends before it begins",
            FindingKind::Empty => "a selection that holds nothing",
            FindingKind::OutOfRange => "a selection that is outside of its text",
        }
    }
}

/// What is wrong with a project that the standard's schema does not see: GUIDs given twice, references that point nowhere,
/// positions reversed or outside of their text. Empty for a project that other programs can load.
///
/// ```
/// use kodebok::exchange::refi::{Case, FindingKind, Guid, Project, check};
///
/// let case = Case {
///     guid: Guid::named(&["case"]),
///     name: "Bord 3".to_owned(),
///     description: String::new(),
///     code_refs: Vec::new(),
///     values: Vec::new(),
///     source_refs: vec![Guid::named(&["lost"])],
///     selection_refs: Vec::new(),
/// };
/// let project = Project { cases: vec![case], ..Project::default() };
/// assert_eq!(check(&project)[0].kind, FindingKind::NoSuchSource);
/// ```
#[must_use]
pub fn check(project: &Project) -> Vec<Finding> {
    let mut checking = Checking { kinds: HashMap::new(), variables: HashMap::new(), found: Vec::new() };
    checking.gather(project);
    checking.references(project);
    checking.positions(project);
    checking.found
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    User,
    Code { is_codable: bool },
    Variable,
    Case,
    Source,
    Selection,
    Coding,
    Note,
}

struct Checking<'p> {
    kinds: HashMap<Guid, Kind>,
    variables: HashMap<Guid, &'p str>,
    found: Vec<Finding>,
}

impl<'p> Checking<'p> {
    fn add(&mut self, kind: FindingKind, subject: String) {
        self.found.push(Finding { kind, subject });
    }

    /// What each GUID names, and those that name two things.
    fn gather(&mut self, project: &'p Project) {
        for user in &project.users {
            self.name(user.guid, Kind::User, &user.name);
        }
        for code in project.all_codes() {
            self.name(code.guid, Kind::Code { is_codable: code.is_codable }, &code.name);
        }
        for variable in &project.variables {
            self.name(variable.guid, Kind::Variable, &variable.name);
            self.variables.insert(variable.guid, &variable.kind);
        }
        for case in &project.cases {
            self.name(case.guid, Kind::Case, &case.name);
        }
        for note in &project.notes {
            self.name(note.guid, Kind::Note, &note.name);
        }
        for source in &project.sources {
            self.name(source.guid, Kind::Source, &source.name);
            for selection in &source.selections {
                self.name(selection.guid, Kind::Selection, &selection.name);
                selection.codings.iter().for_each(|coding| self.name(coding.guid, Kind::Coding, "coding"));
            }
            source.codings.iter().for_each(|coding| self.name(coding.guid, Kind::Coding, "coding"));
        }
    }

    fn name(&mut self, guid: Guid, kind: Kind, name: &str) {
        if self.kinds.insert(guid, kind).is_some() {
            self.add(FindingKind::DuplicateGuid, format!("{name} {guid}"));
        }
    }

    fn references(&mut self, project: &Project) {
        self.notes(&project.note_refs, &project.name);
        for code in project.all_codes() {
            self.notes(&code.note_refs, &code.name);
        }
        for case in &project.cases {
            for code in &case.code_refs {
                if !matches!(self.kinds.get(code), Some(Kind::Code { .. })) {
                    self.add(FindingKind::NoSuchCode, format!("{code} of case {}", case.name));
                }
            }
            self.values(&case.values, &case.name);
            self.all(&case.source_refs, Kind::Source, FindingKind::NoSuchSource, &case.name);
            self.all(&case.selection_refs, Kind::Selection, FindingKind::NoSuchSelection, &case.name);
        }
        for note in &project.notes {
            self.user(note.user, &note.name);
        }
        for source in &project.sources {
            self.user(source.user, &source.name);
            self.notes(&source.note_refs, &source.name);
            self.values(&source.values, &source.name);
            source.codings.iter().for_each(|coding| self.coding(coding, &source.name));
            for selection in &source.selections {
                let place = format!("{} {}..{}", source.name, selection.start, selection.end);
                self.user(selection.user, &place);
                self.notes(&selection.note_refs, &place);
                selection.codings.iter().for_each(|coding| self.coding(coding, &place));
            }
        }
    }

    fn all(&mut self, targets: &[Guid], kind: Kind, finding: FindingKind, holder: &str) {
        for target in targets {
            if self.kinds.get(target) != Some(&kind) {
                self.add(finding, format!("{target} of {holder}"));
            }
        }
    }

    fn notes(&mut self, targets: &[Guid], holder: &str) {
        self.all(targets, Kind::Note, FindingKind::NoSuchNote, holder);
    }

    fn user(&mut self, target: Option<Guid>, holder: &str) {
        self.all(target.as_slice(), Kind::User, FindingKind::NoSuchUser, holder);
    }

    fn values(&mut self, values: &[Value], holder: &str) {
        for value in values {
            match self.variables.get(&value.variable) {
                None => self.add(FindingKind::NoSuchVariable, format!("{} of {holder}", value.variable)),
                Some(kind) if *kind != value.kind && !value.value.is_empty() => {
                    self.add(FindingKind::WrongKindOfValue, format!("{} {:?} of {holder}", value.kind, value.value));
                }
                Some(_) => {}
            }
        }
    }

    fn coding(&mut self, coding: &Coding, holder: &str) {
        match self.kinds.get(&coding.code) {
            Some(Kind::Code { is_codable: true }) => {}
            Some(Kind::Code { is_codable: false }) => {
                self.add(FindingKind::NotCodable, format!("{} at {holder}", coding.code));
            }
            _ => self.add(FindingKind::NoSuchCode, format!("{} at {holder}", coding.code)),
        }
        self.user(coding.user, holder);
    }

    fn positions(&mut self, project: &Project) {
        for source in &project.sources {
            let points = CodePoints::of(&source.text);
            for selection in &source.selections {
                let kind = match (selection.start, selection.end) {
                    (start, end) if start > end => FindingKind::Reversed,
                    (start, end) if start < 0 || end > points.count() => FindingKind::OutOfRange,
                    (start, end) if start == end => FindingKind::Empty,
                    _ => continue,
                };
                self.add(kind, format!("{} {}..{} of {}", source.name, selection.start, selection.end, points.count()));
            }
        }
    }
}
