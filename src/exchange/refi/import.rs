//! `.qdpx` files as projects, read leniently: programs differ in letter case, braces, line ends, folders and what they leave out.

use super::text::Unified;
use super::{Case, Code, Coding, Guid, Note, Project, Selection, Source, User, Value, Variable};
use crate::error::{Error, ErrorKind, Place, Result};
use crate::exchange::xml::{self, Element};
use crate::exchange::{Carried, Notice, exact_text, zip};
use std::collections::{BTreeMap, HashMap};

/// The texts of an archive by the last part of their names in lower case: some programs write `Sources/`, others `sources/`.
type Texts = BTreeMap<String, Vec<u8>>;

impl Project {
    /// A project from the bytes of a `.qdpx` file, with a notice for whatever it holds that is not kept: sources that are no text,
    /// sets, links and graphs, references that point nowhere.
    ///
    /// The text of a PDF's representation, a picture's description and a recording's transcript is text too, and is kept.
    /// Positions are made to count lines' ends as one code point.
    ///
    /// # Errors
    ///
    /// Where the bytes are no ZIP archive, it unpacks to more than 256 MB, or its project file is not there or no XML:
    /// [`ErrorKind::Exchange`] with the place.
    pub fn from_qdpx(bytes: &[u8]) -> Result<Carried<Project>> {
        let files = zip::unpack(bytes, |name| {
            let name = name.to_lowercase();
            name.ends_with(".qde") || name.ends_with(".txt")
        })?;
        let qde = files.keys().filter(|name| name.to_lowercase().ends_with(".qde"));
        let Some(qde) = qde.min_by_key(|name| name.matches('/').count()).cloned() else {
            return Err(Error::new(ErrorKind::Exchange, "no project in the archive")
                .advise("a .qdpx file holds a project.qde; is this one?"));
        };
        let text = exact_text(&files[&qde]).map_err(|error| error.on(&qde))?;
        let root = xml::parse(&text).map_err(|error| error.on(&qde))?;
        if root.name != "Project" {
            return Err(Error::new(ErrorKind::Exchange, "not a REFI-QDA project").on(&format!("<{}>", root.name)));
        }
        let last = |name: &str| name.rsplit('/').next().unwrap_or(name).to_lowercase();
        let texts = files.into_iter().map(|(name, content)| (last(&name), content)).collect();
        let mut reading = Reading::new(&text, texts, root.attribute("origin").unwrap_or_default());
        let project = reading.project(&root);
        let mut notices = reading.notices;
        notices
            .extend(super::check(&project).into_iter().map(|finding| Notice::new(finding.message(), finding.subject)));
        Ok(Carried { value: project, notices })
    }
}

/// The tree of codes of an element `CodeBook`, and what was odd about it.
pub(super) fn codes_of(text: &str, codebook: &Element) -> Carried<Vec<Code>> {
    let mut reading = Reading::new(text, Texts::new(), "");
    let codes = codebook.children_named("Codes").flat_map(|codes| reading.codes(codes)).collect();
    Carried { value: codes, notices: reading.notices }
}

/// Where lines begin in a text, so that a notice costs no look through all of it.
struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

/// Some programs write a project on one line: in one longer than this a place is a byte.
const MAX_LINE: usize = 10_000;

impl Lines<'_> {
    fn of(text: &str) -> Lines<'_> {
        let ends = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n').map(|(at, _)| at + 1);
        Lines { text, starts: [0].into_iter().chain(ends).collect() }
    }

    fn place(&self, offset: usize) -> Place {
        let line = self.starts.partition_point(|&start| start <= offset);
        let start = self.starts[line - 1];
        match self.text.get(start..offset).filter(|before| before.len() <= MAX_LINE) {
            Some(before) => Place::LineColumn(line, before.chars().count() + 1),
            None => Place::Byte(offset),
        }
    }
}

struct Reading<'t> {
    lines: Lines<'t>,
    texts: Texts,
    /// Whether a carriage return before a line's end counts as a position of its own. ATLAS.ti writes it and does not count it.
    counts_carriage_returns: bool,
    notices: Vec<Notice>,
}

impl Reading<'_> {
    fn new<'t>(text: &'t str, texts: Texts, origin: &str) -> Reading<'t> {
        let counts_carriage_returns = !origin.to_lowercase().contains("atlas");
        Reading { lines: Lines::of(text), texts, counts_carriage_returns, notices: Vec::new() }
    }

    fn notice(&mut self, element: &Element, message: &str, subject: impl Into<String>) {
        let place = self.lines.place(element.offset);
        self.notices.push(Notice::new(message, subject).at(place));
    }

    fn project(&mut self, root: &Element) -> Project {
        let mut project = Project {
            name: attribute(root, "name"),
            origin: attribute(root, "origin"),
            description: root.text_of("Description").to_owned(),
            created: root.attribute("creationDateTime").map(str::to_owned),
            note_refs: references(root, "NoteRef"),
            ..Project::default()
        };
        for part in &root.children {
            match part.name.as_str() {
                "Users" => project.users = self.users(part),
                "CodeBook" => {
                    for codes in part.children_named("Codes") {
                        project.codes.extend(self.codes(codes));
                    }
                }
                "Variables" => project.variables = self.variables(part),
                "Cases" => project.cases = self.cases(part),
                "Sources" => project.sources = part.children.iter().flat_map(|source| self.source(source)).collect(),
                "Notes" => project.notes = part.children.iter().filter_map(|note| self.note(note)).collect(),
                "Description" | "NoteRef" => {}
                name => self.notice(part, "not kept", format!("{name} ({})", part.children.len())),
            }
        }
        project
    }

    /// An element's own GUID; where it has none that can be read, one made of its place, with a notice.
    fn guid(&mut self, element: &Element) -> Guid {
        let written = element.attribute("guid").unwrap_or_default();
        Guid::parse(written).unwrap_or_else(|| {
            self.notice(
                element,
                "no GUID that can be read, so a new one was made",
                format!("{} {written}", element.name),
            );
            Guid::named(&["unnamed", &element.name, &element.offset.to_string(), written])
        })
    }

    fn users(&mut self, users: &Element) -> Vec<User> {
        let users = users.children_named("User");
        users.map(|user| User { guid: self.guid(user), name: attribute(user, "name") }).collect()
    }

    fn codes(&mut self, parent: &Element) -> Vec<Code> {
        let mut codes = Vec::new();
        for code in parent.children_named("Code") {
            codes.push(Code {
                guid: self.guid(code),
                name: attribute(code, "name"),
                description: code.text_of("Description").to_owned(),
                colour: self.colour(code),
                is_codable: !matches!(code.attribute("isCodable").map(str::trim), Some("false" | "0")),
                codes: self.codes(code),
                note_refs: references(code, "NoteRef"),
            });
        }
        codes
    }

    /// A colour as `#RRGGBB`: written as the standard has it, short (`#RGB`) or without its mark.
    fn colour(&mut self, code: &Element) -> Option<String> {
        let written = code.attribute("color")?.trim();
        let digits = written.trim_start_matches('#');
        let is_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        match digits.len() {
            6 if is_hexadecimal => Some(format!("#{digits}")),
            3 if is_hexadecimal => {
                Some(digits.chars().fold("#".to_owned(), |long, digit| format!("{long}{digit}{digit}")))
            }
            _ => {
                self.notice(code, "a colour that can't be read", written);
                None
            }
        }
    }

    fn variables(&mut self, variables: &Element) -> Vec<Variable> {
        let variables = variables.children_named("Variable");
        variables
            .map(|variable| Variable {
                guid: self.guid(variable),
                name: attribute(variable, "name"),
                description: variable.text_of("Description").to_owned(),
                kind: variable.attribute("typeOfVariable").unwrap_or("Text").to_owned(),
            })
            .collect()
    }

    fn cases(&mut self, cases: &Element) -> Vec<Case> {
        let cases = cases.children_named("Case");
        cases
            .map(|case| Case {
                guid: self.guid(case),
                name: attribute(case, "name"),
                description: case.text_of("Description").to_owned(),
                code_refs: references(case, "CodeRef"),
                values: values(case),
                source_refs: references(case, "SourceRef"),
                selection_refs: references(case, "SelectionRef"),
            })
            .collect()
    }

    /// The texts of a source, with their selections. What is no text is listed.
    fn source(&mut self, source: &Element) -> Vec<Source> {
        if source.name == "TextSource" {
            return self.text_source(source, &attribute(source, "name")).into_iter().collect();
        }
        let name = attribute(source, "name");
        let mut texts = Vec::new();
        for part in &source.children {
            match part.name.as_str() {
                "Representation" | "TextDescription" => texts.extend(self.text_source(part, &name)),
                "Transcript" => texts.extend(self.transcript(part, &name)),
                _ => {}
            }
        }
        let marked = source.children.iter().filter(|part| part.name.ends_with("Selection") || part.name == "Coding");
        let lost = marked.filter(|part| part.name == "Coding" || part.child("Coding").is_some()).count();
        let kept = if texts.is_empty() { "not kept" } else { "only its text is kept" };
        self.notice(source, kept, format!("{} {name:?}, with {lost} coded parts", source.name));
        texts
    }

    fn text_source(&mut self, source: &Element, name: &str) -> Option<Source> {
        let written = self.written_text(source, name)?;
        let unified = Unified::of(&written);
        let counts = self.counts_carriage_returns;
        let position = |at: i64| if counts { unified.position(at) } else { at };
        let mut selections = Vec::new();
        for selection in source.children_named("PlainTextSelection") {
            selections.extend(self.selection(selection, position));
        }
        Some(Source {
            guid: self.guid(source),
            name: name.to_owned(),
            description: source.text_of("Description").to_owned(),
            user: reference(source, "creatingUser"),
            created: source.attribute("creationDateTime").map(str::to_owned),
            selections,
            codings: self.codings(source),
            note_refs: references(source, "NoteRef"),
            values: values(source),
            text: unified.text,
        })
    }

    /// The text of a source or note: its file, or what stands in it.
    fn written_text(&mut self, source: &Element, name: &str) -> Option<String> {
        let inline = source.child("PlainTextContent").map(|content| content.text.clone());
        let Some(path) = source.attribute("plainTextPath").filter(|path| !path.is_empty()) else {
            if inline.is_none() {
                self.notice(
                    source,
                    "not kept, since there is no plain text of it",
                    format!("{} {name:?}", source.name),
                );
            }
            return inline;
        };
        if inline.is_some() {
            self.notice(source, "has its text in a file and inline as well, of which the file was read", name);
        }
        let file = path.rsplit(['/', '\\']).next().unwrap_or(path).to_lowercase();
        let Some(bytes) = self.texts.get(&file) else {
            let marked = source.children_named("PlainTextSelection").count();
            let subject = format!("{name:?}: {path}, with {marked} marked parts");
            self.notice(source, "not kept, since its text is not in the archive", subject);
            return inline;
        };
        match exact_text(bytes) {
            Ok(text) => Some(text),
            Err(error) => {
                self.notice(source, "not kept, since its text can't be read", format!("{name:?}: {error}"));
                inline
            }
        }
    }

    fn selection(&mut self, selection: &Element, position: impl Fn(i64) -> i64) -> Option<Selection> {
        let written = |name: &str| selection.attribute(name).unwrap_or_default().trim();
        let number = |name: &str| written(name).parse::<i64>().ok();
        let (Some(start), Some(end)) = (number("startPosition"), number("endPosition")) else {
            let subject = format!("{:?}..{:?}", written("startPosition"), written("endPosition"));
            self.notice(selection, "a selection whose positions can't be read is not kept", subject);
            return None;
        };
        Some(Selection {
            guid: self.guid(selection),
            name: attribute(selection, "name"),
            description: selection.text_of("Description").to_owned(),
            start: position(start),
            end: position(end),
            user: reference(selection, "creatingUser"),
            created: selection.attribute("creationDateTime").map(str::to_owned),
            codings: self.codings(selection),
            note_refs: references(selection, "NoteRef"),
        })
    }

    fn codings(&mut self, parent: &Element) -> Vec<Coding> {
        let mut codings = Vec::new();
        for coding in parent.children_named("Coding") {
            let Some(code) = references(coding, "CodeRef").first().copied() else {
                self.notice(coding, "a coding without a code is not kept", attribute(coding, "guid"));
                continue;
            };
            codings.push(Coding {
                guid: self.guid(coding),
                code,
                user: reference(coding, "creatingUser"),
                created: coding.attribute("creationDateTime").map(str::to_owned),
            });
        }
        codings
    }

    /// A recording's transcript as a text; its coded parts run from one synchronisation point to another.
    fn transcript(&mut self, transcript: &Element, name: &str) -> Option<Source> {
        let points: HashMap<Guid, i64> = transcript
            .children_named("SyncPoint")
            .filter_map(|point| Some((reference(point, "guid")?, point.attribute("position")?.trim().parse().ok()?)))
            .collect();
        let mut source = self.text_source(transcript, name)?;
        let unified = self.written_text(transcript, name).map(|text| Unified::of(&text))?;
        let counts = self.counts_carriage_returns;
        let position = |at: i64| if counts { unified.position(at) } else { at };
        for selection in transcript.children_named("TranscriptSelection") {
            let at = |end: &str| reference(selection, end).and_then(|guid| points.get(&guid)).copied();
            let (Some(start), Some(end)) = (at("fromSyncPoint"), at("toSyncPoint")) else {
                self.notice(
                    selection,
                    "a part of a transcript without positions is not kept",
                    attribute(selection, "name"),
                );
                continue;
            };
            let positioned =
                selection.clone().with("startPosition", start.to_string()).with("endPosition", end.to_string());
            source.selections.extend(self.selection(&positioned, position));
        }
        Some(source)
    }

    fn note(&mut self, note: &Element) -> Option<Note> {
        let name = attribute(note, "name");
        let has_text = note.child("PlainTextContent").is_some() || note.attribute("plainTextPath").is_some();
        let text = if has_text { self.written_text(note, &name)? } else { note.text_of("Description").to_owned() };
        Some(Note {
            guid: self.guid(note),
            name,
            text: Unified::of(&text).text,
            user: reference(note, "creatingUser"),
            created: note.attribute("creationDateTime").map(str::to_owned),
        })
    }
}

fn attribute(element: &Element, name: &str) -> String {
    element.attribute(name).unwrap_or_default().to_owned()
}

/// The GUID in an attribute.
fn reference(element: &Element, name: &str) -> Option<Guid> {
    Guid::parse(element.attribute(name)?)
}

/// What the children of a name point to.
fn references(element: &Element, name: &str) -> Vec<Guid> {
    element.children_named(name).filter_map(|child| reference(child, "targetGUID")).collect()
}

fn values(element: &Element) -> Vec<Value> {
    let values = element.children_named("VariableValue");
    values
        .filter_map(|value| {
            let variable = references(value, "VariableRef").first().copied()?;
            let written = value.children.iter().find(|child| child.name.ends_with("Value"));
            let kind = written.map_or("Text", |written| written.name.trim_end_matches("Value")).to_owned();
            Some(Value { variable, kind, value: written.map(|written| written.text.clone()).unwrap_or_default() })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_lines_or_in_long_lines_bytes() {
        let text = format!("å\nbåc\n{}", "x".repeat(MAX_LINE + 10));
        let lines = Lines::of(&text);
        assert_eq!(lines.place(6), Place::LineColumn(2, 3));
        assert_eq!(lines.place(8), Place::LineColumn(3, 1));
        assert_eq!(lines.place(8 + MAX_LINE + 5), Place::Byte(8 + MAX_LINE + 5));
    }
}
