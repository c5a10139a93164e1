//! Projects as `.qdpx` files. What is written keeps to what programs accept beyond the schema: `origin` is there, texts are
//! files of their own in UTF-8 without a mark, containers are never empty.

use super::text::Parted;
use super::{Case, Code, Coding, Guid, Note, Project, Selection, Source, Value, Variable};
use crate::error::Result;
use crate::exchange::xml::{Element, render};
use crate::exchange::zip;

/// How the lines of a project's texts end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LineEnds {
    /// U+000A, as the standard has it.
    #[default]
    Lf,
    /// U+000D U+000A, each counted: how MAXQDA and NVivo on Windows read texts.
    CrLf,
}

impl Project {
    /// The project as the bytes of a `.qdpx` file: the same bytes for the same project.
    ///
    /// Positions are written in code points of the texts as they are written, end exclusive.
    ///
    /// # Errors
    ///
    /// Where two texts have one GUID, which [`super::check()`] lists, or the project is too large for a ZIP archive.
    pub fn to_qdpx(&self, line_ends: LineEnds) -> Result<Vec<u8>> {
        let project = render(&self.element(line_ends));
        let sources = self.sources.iter().map(|source| (source.guid, &source.text));
        let notes = self.notes.iter().map(|note| (note.guid, &note.text));
        let texts: Vec<(String, String)> = sources
            .chain(notes)
            .map(|(guid, text)| match line_ends {
                LineEnds::Lf => (format!("sources/{guid}.txt"), text.clone()),
                LineEnds::CrLf => (format!("sources/{guid}.txt"), Parted::of(text).text),
            })
            .collect();
        let files = texts.iter().map(|(name, text)| (name.clone(), text.as_bytes()));
        zip::pack([("project.qde".to_owned(), project.as_bytes())].into_iter().chain(files))
    }

    /// `project.qde`. The order of children is the schema's.
    fn element(&self, line_ends: LineEnds) -> Element {
        let users = self.users.iter();
        let users = users
            .map(|user| Element::new("User").with("guid", user.guid.to_string()).with("name", &user.name))
            .collect();
        let mut root = Element::new("Project")
            .with("xmlns", "urn:QDA-XML:project:1.0")
            .with("name", &self.name)
            .with("origin", &self.origin)
            .with_some("creationDateTime", self.created.as_ref())
            .holding_all("Users", users);
        if !self.codes.is_empty() {
            let codes = Element { children: self.codes.iter().map(code_element).collect(), ..Element::new("Codes") };
            root = root.holding(Element::new("CodeBook").holding(codes));
        }
        root = root
            .holding_all("Variables", self.variables.iter().map(variable).collect())
            .holding_all("Cases", self.cases.iter().map(case).collect())
            .holding_all("Sources", self.sources.iter().map(|text| source(text, line_ends)).collect())
            .holding_all("Notes", self.notes.iter().map(note).collect())
            .holding_text("Description", &self.description);
        root.children.extend(self.note_refs.iter().map(|guid| reference("NoteRef", *guid)));
        root
    }
}

/// A code with those below it, as projects and codebooks write it.
pub(super) fn code_element(code: &Code) -> Element {
    let mut element = Element::new("Code")
        .with("guid", code.guid.to_string())
        .with("name", &code.name)
        .with("isCodable", code.is_codable.to_string())
        .with_some("color", code.colour.as_ref())
        .holding_text("Description", &code.description);
    element.children.extend(code.note_refs.iter().map(|guid| reference("NoteRef", *guid)));
    element.children.extend(code.codes.iter().map(code_element));
    element
}

fn reference(name: &str, target: Guid) -> Element {
    Element::new(name).with("targetGUID", target.to_string())
}

fn variable(variable: &Variable) -> Element {
    Element::new("Variable")
        .with("guid", variable.guid.to_string())
        .with("name", &variable.name)
        .with("typeOfVariable", &variable.kind)
        .holding_text("Description", &variable.description)
}

fn value(value: &Value) -> Element {
    let name = format!("{}Value", value.kind);
    Element::new("VariableValue").holding(reference("VariableRef", value.variable)).holding_text(&name, &value.value)
}

fn case(case: &Case) -> Element {
    let mut element = Element::new("Case")
        .with("guid", case.guid.to_string())
        .with("name", &case.name)
        .holding_text("Description", &case.description);
    element.children.extend(case.code_refs.iter().map(|guid| reference("CodeRef", *guid)));
    element.children.extend(case.values.iter().map(value));
    element.children.extend(case.source_refs.iter().map(|guid| reference("SourceRef", *guid)));
    element.children.extend(case.selection_refs.iter().map(|guid| reference("SelectionRef", *guid)));
    element
}

fn source(source: &Source, line_ends: LineEnds) -> Element {
    let parted = match line_ends {
        LineEnds::Lf => None,
        LineEnds::CrLf => Some(Parted::of(&source.text)),
    };
    let position = |at: i64| parted.as_ref().map_or(at, |parted| parted.position(at));
    let mut element = text_element("TextSource", source.guid, &source.name, source.user, source.created.as_ref())
        .holding_text("Description", &source.description);
    element.children.extend(source.selections.iter().map(|marked| selection(marked, position)));
    element.children.extend(source.codings.iter().map(coding));
    element.children.extend(source.note_refs.iter().map(|guid| reference("NoteRef", *guid)));
    element.children.extend(source.values.iter().map(value));
    element
}

fn note(note: &Note) -> Element {
    text_element("Note", note.guid, &note.name, note.user, note.created.as_ref())
}

fn text_element(name: &str, guid: Guid, called: &str, user: Option<Guid>, created: Option<&String>) -> Element {
    Element::new(name)
        .with("guid", guid.to_string())
        .with("name", called)
        .with("plainTextPath", format!("internal://{guid}.txt"))
        .with_some("creatingUser", user.map(|guid| guid.to_string()))
        .with_some("creationDateTime", created)
}

fn selection(selection: &Selection, position: impl Fn(i64) -> i64) -> Element {
    let mut element = Element::new("PlainTextSelection")
        .with("guid", selection.guid.to_string())
        .with("name", &selection.name)
        .with("startPosition", position(selection.start).to_string())
        .with("endPosition", position(selection.end).to_string())
        .with_some("creatingUser", selection.user.map(|guid| guid.to_string()))
        .with_some("creationDateTime", selection.created.as_ref())
        .holding_text("Description", &selection.description);
    element.children.extend(selection.codings.iter().map(coding));
    element.children.extend(selection.note_refs.iter().map(|guid| reference("NoteRef", *guid)));
    element
}

fn coding(coding: &Coding) -> Element {
    Element::new("Coding")
        .with("guid", coding.guid.to_string())
        .with_some("creatingUser", coding.user.map(|guid| guid.to_string()))
        .with_some("creationDateTime", coding.created.as_ref())
        .holding(reference("CodeRef", coding.code))
}
