//! An analysis as a project.

use super::codes::{description, nested};
use super::text::{CodePoints, Unified};
use super::{Case, Code, Coding, Guid, Note, Project, Selection, Source, User, Value, Variable};
use crate::codebook::Label;
use crate::notes::Point;
use crate::report::{Language, PointRecord, Report, fill};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Display;
use std::ops::Range;

/// How an analysis becomes a project.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// The language of names and comments.
    pub language: Language,
    /// When it was made, an `xsd:dateTime` in UTC. Programs show it, and QualCoder does not load notes without it.
    pub created: String,
    /// Whether themes go along, as codes below their category.
    pub themes: bool,
}

impl Default for Options {
    /// Bokmål, with themes, made in 1970: that the same analysis gives the same file is worth more than the time. Programs that are
    /// run by people say when they are.
    fn default() -> Options {
        Options { language: Language::Bokmal, created: "1970-01-01T00:00:00Z".to_owned(), themes: true }
    }
}

/// What a person decided on a point: it stands in the project beside what the machine said, as a user's own coding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Who decided.
    pub coder: String,
    /// The index of the point.
    pub point: usize,
    /// The codes that it has in their view. Indices of the codebook's codes; none for an uncoded point.
    pub codes: Vec<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    machine: String,
    person: String,
    table: String,
    question: String,
    speaker: String,
    about_table: String,
    about_question: String,
    about_speaker: String,
    support: String,
    method_title: String,
    method: String,
}

impl Texts {
    fn of(language: Language) -> Texts {
        let text = match language {
            Language::Bokmal => include_str!("../../../data/exchange/nb.toml"),
            Language::Nynorsk => include_str!("../../../data/exchange/nn.toml"),
            Language::English => include_str!("../../../data/exchange/en.toml"),
        };
        toml::from_str(text).expect("the embedded texts are read by a test")
    }
}

/// How much of a point names its theme or its selection: what a list in a program's window shows.
const NAME: usize = 60;

/// The colours of categories, told apart by colour-blind readers as well (Okabe and Ito 2008).
const COLOURS: [&str; 8] = ["#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#999999"];

impl Project {
    /// An analysis as a project: documents as sources, categories and themes as codes, a selection for each point with what the
    /// machine said of it, its evidence in the comment, and one for each decision of a person: those that the report has, and
    /// `decisions` of others; tables, questions and speakers as cases; the method as a note.
    ///
    /// A report with decisions has codings that they overruled. For the machine's own beside them give the report as it was coded.
    ///
    /// All GUIDs are made of what they name, so that the same point, code or table has the same one in every export.
    ///
    /// ```
    /// use kodebok::exchange::refi::{Options, Project, check};
    /// use kodebok::{codebook::Codebook, coding::{self, Coder}, notes, report::Report, themes};
    ///
    /// let codebook = Codebook::summit_2017();
    /// let folder = notes::read_folder("data/notes")?;
    /// let points = notes::points(&folder.documents);
    /// let codings = coding::code(&points, &Coder::new(&codebook));
    /// let themes = themes::group(&points, &codings, themes::Options::default());
    /// let report = Report::new(&folder, &codebook, &points, &codings, &themes);
    /// let project = Project::of_report(&report, &[], &Options::default());
    /// assert_eq!(project.sources.len(), 10);
    /// assert_eq!(project.sources.iter().map(|source| source.selections.len()).sum::<usize>(), points.len());
    /// assert!(check(&project).is_empty());
    /// # Ok::<(), kodebok::Error>(())
    /// ```
    #[must_use]
    pub fn of_report(report: &Report<'_>, decisions: &[Decision], options: &Options) -> Project {
        let export =
            Export { report, options, texts: Texts::of(options.language), records: report.point_records().collect() };
        let machine = user(&export.texts.machine);
        let mut users = vec![machine.clone()];
        let decisions: Vec<Decision> = export.decided().chain(decisions.iter().cloned()).collect();
        for decision in &decisions {
            if users.iter().all(|user| user.name != decision.coder) {
                users.push(user(&decision.coder));
            }
        }
        let method = export.method(machine.guid);
        let (variables, cases) = export.cases();
        Project {
            name: export.name(&report.codebook.title).to_owned(),
            origin: format!("kodebok {}", env!("CARGO_PKG_VERSION")),
            description: String::new(),
            created: Some(options.created.clone()),
            codes: export.codes(),
            variables,
            cases,
            sources: export.sources(&decisions, &machine),
            users,
            note_refs: vec![method.guid],
            notes: vec![method],
        }
    }
}

fn user(name: &str) -> User {
    User { guid: Guid::named(&["user", name]), name: name.to_owned() }
}

struct Export<'a> {
    report: &'a Report<'a>,
    options: &'a Options,
    texts: Texts,
    records: Vec<PointRecord<'a>>,
}

impl Export<'_> {
    fn name<'l>(&self, label: &'l Label) -> &'l str {
        match self.options.language {
            Language::Bokmal => &label.nb,
            Language::Nynorsk => &label.nn,
            Language::English => &label.en,
        }
    }

    fn code(&self, code: usize) -> Guid {
        let codebook = self.report.codebook;
        Guid::named(&["code", &codebook.id, &codebook.codes[code].id])
    }

    /// A theme is named by the point that stands for it: themes are numbered anew when there are others.
    fn theme(&self, representative: usize) -> Guid {
        Guid::named(&["theme", &self.records[representative].id])
    }

    fn codes(&self) -> Vec<Code> {
        let mut codes = nested(self.report.codebook, |label| self.name(label));
        for (code, colour) in codes.iter_mut().zip(COLOURS.iter().cycle()) {
            colour_all(code, colour);
        }
        for (at, code) in self.report.codebook.codes.iter().enumerate() {
            if let Some(node) = find(&mut codes, self.code(at)) {
                node.description = description(code);
                let colour = node.colour.clone();
                node.codes.extend(self.themes_of(at, colour));
            }
        }
        codes
    }

    fn themes_of(&self, code: usize, colour: Option<String>) -> Vec<Code> {
        if !self.options.themes {
            return Vec::new();
        }
        let themes = self.report.themes.iter().filter(|theme| theme.code == Some(code));
        themes
            .map(|theme| {
                let record = &self.records[theme.representative];
                let id = record.theme.as_deref().unwrap_or_default();
                let support = [("tables", &theme.tables as &dyn Display), ("points", &theme.points.len())];
                Code {
                    guid: self.theme(theme.representative),
                    name: format!("{id}: {}", beginning(record.text)),
                    description: format!("{}\n{}", record.text, fill(&self.texts.support, &support)),
                    colour: colour.clone(),
                    is_codable: true,
                    codes: Vec::new(),
                    note_refs: Vec::new(),
                }
            })
            .collect()
    }

    /// The decisions on codes that the report has.
    fn decided(&self) -> impl Iterator<Item = Decision> {
        let points = self.report.decisions.iter().flat_map(|outcome| outcome.points.iter().enumerate());
        let coded = points.filter_map(|(point, decided)| Some((point, decided.as_ref()?.code?)));
        let coder = self.texts.person.clone();
        coded.map(move |(point, code)| Decision { coder: coder.clone(), point, codes: code.into_iter().collect() })
    }

    fn sources(&self, decisions: &[Decision], machine: &User) -> Vec<Source> {
        let mut representatives = HashMap::new();
        for theme in self.report.themes.iter().filter(|theme| self.options.themes && theme.code.is_some()) {
            representatives.extend(theme.points.iter().map(|&point| (point, theme.representative)));
        }
        let names = unique_names(self.report.folder.documents.iter().map(|document| document.path.as_str()));
        let mut sources = Vec::with_capacity(names.len());
        for (document, name) in self.report.folder.documents.iter().zip(names) {
            let created = Some(self.options.created.clone());
            sources.push(Source {
                guid: Guid::named(&["source", &document.path]),
                name,
                description: String::new(),
                text: Unified::of(&document.text).text,
                user: Some(machine.guid),
                created,
                selections: Vec::new(),
                codings: Vec::new(),
                note_refs: Vec::new(),
                values: Vec::new(),
            });
        }
        let positions: Vec<(CodePoints, Unified)> = self
            .report
            .folder
            .documents
            .iter()
            .map(|document| (CodePoints::of(&document.text), Unified::of(&document.text)))
            .collect();
        let mut by_point: BTreeMap<usize, Vec<&Decision>> = BTreeMap::new();
        for decision in decisions {
            by_point.entry(decision.point).or_default().push(decision);
        }
        for (at, point) in self.report.points.iter().enumerate() {
            let noted = noted(&self.report.folder.documents[point.document].text, point);
            let (points, unified) = &positions[point.document];
            let position = |byte: usize| unified.position(points.at_byte(byte));
            let place = position(noted.start)..position(noted.end);
            let mut codes: Vec<Guid> =
                self.report.codings[at].codes.iter().map(|given| self.code(given.code)).collect();
            codes.extend(representatives.get(&at).map(|&representative| self.theme(representative)));
            let mut selections = vec![self.selection(at, machine, &place, &codes, self.evidence(at))];
            for decision in by_point.get(&at).into_iter().flatten() {
                let codes: Vec<Guid> = decision.codes.iter().map(|&code| self.code(code)).collect();
                selections.push(self.selection(at, &user(&decision.coder), &place, &codes, String::new()));
            }
            sources[point.document].selections.extend(selections);
        }
        sources
    }

    fn selection(&self, at: usize, user: &User, place: &Range<i64>, codes: &[Guid], description: String) -> Selection {
        let record = &self.records[at];
        let guid = Guid::named(&["selection", &record.id, &user.name]);
        let created = Some(self.options.created.clone());
        let coding = |code: &Guid| Coding {
            guid: Guid::named(&["coding", &guid.to_string(), &code.to_string()]),
            code: *code,
            user: Some(user.guid),
            created: created.clone(),
        };
        Selection {
            guid,
            name: beginning(record.text),
            description,
            start: place.start,
            end: place.end,
            user: Some(user.guid),
            codings: codes.iter().map(coding).collect(),
            created: created.clone(),
            note_refs: Vec::new(),
        }
    }

    /// The evidence for a point's codes: "Holdninger 0.83: fordommer 0.61, møtt 0.22 (bord-01.txt:6)".
    fn evidence(&self, at: usize) -> String {
        let record = &self.records[at];
        let mut lines = Vec::new();
        for (given, assigned) in record.codes.iter().zip(&self.report.codings[at].codes) {
            let words: Vec<String> =
                given.evidence.iter().map(|found| format!("{} {:.2}", found.text, found.weight)).collect();
            let name = self.name(&self.report.codebook.codes[assigned.code].label);
            lines.push(format!("{name} {:.2}: {}", given.score, words.join(", ")));
        }
        lines.push(format!("{}:{}", record.file, record.line));
        lines.join("\n")
    }

    /// Tables, questions and speakers.
    fn cases(&self) -> (Vec<Variable>, Vec<Case>) {
        let texts = &self.texts;
        let (mut variables, mut cases) = (Vec::new(), Vec::new());
        type Field = for<'r, 'a> fn(&'r PointRecord<'a>) -> Option<&'a str>;
        let fields: [(&str, &str, &str, Field); 3] = [
            ("table", &texts.table, &texts.about_table, |record| record.table),
            ("question", &texts.question, &texts.about_question, |record| record.question),
            ("speaker", &texts.speaker, &texts.about_speaker, |record| record.speaker),
        ];
        for (key, name, about, field) in fields {
            let mut members: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
            for (at, record) in self.records.iter().enumerate() {
                field(record).into_iter().for_each(|value| members.entry(value).or_default().push(at));
            }
            if members.is_empty() {
                continue;
            }
            let variable = Guid::named(&["variable", key]);
            variables.push(Variable {
                guid: variable,
                name: name.to_owned(),
                description: about.to_owned(),
                kind: "Text".to_owned(),
            });
            cases.extend(members.into_iter().map(|(value, points)| {
                let (source_refs, selection_refs) = self.members(&points);
                Case {
                    guid: Guid::named(&["case", key, value]),
                    name: format!("{name} {value}"),
                    description: String::new(),
                    code_refs: Vec::new(),
                    values: vec![Value { variable, kind: "Text".to_owned(), value: value.to_owned() }],
                    source_refs,
                    selection_refs,
                }
            }));
        }
        (variables, cases)
    }

    /// Points as sources, where all points of one are among them, and as selections of the others.
    fn members(&self, points: &[usize]) -> (Vec<Guid>, Vec<Guid>) {
        let document = |at: usize| self.report.points[at].document;
        let mut all: HashMap<usize, usize> = HashMap::new();
        self.report.points.iter().for_each(|point| *all.entry(point.document).or_default() += 1);
        let mut held: BTreeMap<usize, usize> = BTreeMap::new();
        points.iter().for_each(|&at| *held.entry(document(at)).or_default() += 1);
        held.retain(|document, count| all.get(document) == Some(count));
        let path = |document: &usize| self.report.folder.documents[*document].path.as_str();
        let sources = held.keys().map(|document| Guid::named(&["source", path(document)])).collect();
        let apart = points.iter().filter(|&&at| !held.contains_key(&document(at)));
        let selections =
            apart.map(|&at| Guid::named(&["selection", &self.records[at].id, &self.texts.machine])).collect();
        (sources, selections)
    }

    fn method(&self, machine: Guid) -> Note {
        let report = self.report;
        let coded = report.codings.iter().filter(|coding| coding.primary().is_some()).count();
        let values: [(&str, &dyn Display); 7] = [
            ("codebook", &self.name(&report.codebook.title)),
            ("hash", &report.codebook.hash),
            ("version", &env!("CARGO_PKG_VERSION")),
            ("documents", &report.folder.documents.len()),
            ("points", &report.points.len()),
            ("coded", &coded),
            ("themes", &report.themes.len()),
        ];
        Note {
            guid: Guid::named(&["note", "method"]),
            name: self.texts.method_title.clone(),
            text: fill(&self.texts.method, &values) + "\n",
            user: Some(machine),
            created: Some(self.options.created.clone()),
        }
    }
}

fn colour_all(code: &mut Code, colour: &str) {
    code.colour = Some(colour.to_owned());
    code.codes.iter_mut().for_each(|below| colour_all(below, colour));
}

fn find(codes: &mut [Code], guid: Guid) -> Option<&mut Code> {
    codes.iter_mut().find_map(|code| if code.guid == guid { Some(code) } else { find(&mut code.codes, guid) })
}

/// The first words of a text, on one line.
fn beginning(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(NAME) {
        Some((at, _)) => format!("{} ...", line[..at].rsplit_once(' ').map_or(&line[..at], |(words, _)| words)),
        None => line,
    }
}

/// Names of sources from paths: without `/`, which programs that make a file of each can't have in a name, and none twice.
fn unique_names<'p>(paths: impl Iterator<Item = &'p str>) -> Vec<String> {
    let mut given: HashMap<String, usize> = HashMap::new();
    paths
        .map(|path| {
            let name = path.replace('/', " - ");
            let count = given.entry(name.clone()).or_default();
            *count += 1;
            if *count == 1 { name } else { format!("{name} ({count})") }
        })
        .collect()
}

/// Where a point's words stand in its document, in bytes: its span without the bullet's mark.
fn noted(text: &str, point: &Point<'_>) -> Range<usize> {
    let span = point.span.clone();
    let raw = &text[span.clone()];
    // A point of one line stands there as it is, after its mark; of one whose lines were joined the first word does, or, where a line's
    // end parted that, a part of it.
    if let Some(at) = raw.rfind(&*point.text) {
        return span.start + at..span.start + at + point.text.len();
    }
    let word = point.text.split_whitespace().next().unwrap_or_default();
    let parts = word.char_indices().map(|(at, c)| &word[..at + c.len_utf8()]);
    let start = parts.collect::<Vec<_>>().into_iter().rev().find_map(|part| raw.find(part)).unwrap_or_default();
    span.start + start..span.start + raw.trim_end().len().max(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codebook::Codebook;
    use crate::coding::{self, Coder};
    use crate::exchange::refi::{FindingKind, LineEnds, check};
    use crate::notes::{Document, Folder, points};
    use crate::themes;
    use proptest::prelude::*;

    fn project(documents: Vec<Document>, decisions: &[Decision], test: impl Fn(&Project, &[Point<'_>])) {
        let codebook = Codebook::parse(
            "id = \"k\"\n[[code]]\nid = \"a\"\n[[code.cues]]\nweight = 3\nstems = [\"tid\"]\n[[code]]\nid = \"b\"",
        );
        let codebook = codebook.unwrap();
        let folder = Folder { documents, ..Folder::default() };
        let points = points(&folder.documents);
        let codings = coding::code(&points, &Coder::new(&codebook));
        let themes = themes::group(&points, &codings, themes::Options::default());
        let report = Report::new(&folder, &codebook, &points, &codings, &themes);
        test(&Project::of_report(&report, decisions, &Options::default()), &points);
    }

    #[test]
    fn every_language_is_whole() {
        for language in [Language::Bokmal, Language::Nynorsk, Language::English] {
            let texts = Texts::of(language);
            for name in ["codebook", "hash", "version", "documents", "points", "coded", "themes"] {
                assert!(texts.method.contains(&format!("{{{name}}}")), "{language:?} {name}");
            }
        }
    }

    #[test]
    fn people_and_the_machine_are_told_apart() {
        let decided = [Decision { coder: "Kari".to_owned(), point: 0, codes: vec![1] }];
        project(vec![Document::from_text("bord-1.txt", "- mer tid 😀\n- flere folk")], &decided, |project, _| {
            let names: Vec<&str> = project.users.iter().map(|user| user.name.as_str()).collect();
            assert_eq!(names, ["kodebok", "Kari"]);
            let selections = &project.sources[0].selections;
            let coded: Vec<(i64, i64, usize, Option<Guid>)> =
                selections.iter().map(|it| (it.start, it.end, it.codings.len(), it.user)).collect();
            let [machine, kari] = [0, 1].map(|at| Some(project.users[at].guid));
            assert_eq!(coded, [(2, 11, 2, machine), (2, 11, 1, kari), (14, 24, 0, machine)]);
            assert!(selections[0].description.starts_with("a 0."), "{}", selections[0].description);
            assert_eq!(project.cases[0].source_refs, [project.sources[0].guid]);
        });
    }

    #[test]
    fn the_check_sees_what_is_broken() {
        project(vec![Document::from_text("bord-1.txt", "- mer tid\n- flere folk")], &[], |whole, _| {
            let lost = Guid::named(&["lost"]);
            type Break = fn(&mut Project, Guid);
            let cases: [(FindingKind, Break); 9] = [
                (FindingKind::DuplicateGuid, |it, _| it.codes[1].guid = it.codes[0].guid),
                (FindingKind::NoSuchCode, |it, lost| it.sources[0].selections[0].codings[0].code = lost),
                (FindingKind::NotCodable, |it, _| it.codes[0].is_codable = false),
                (FindingKind::NoSuchUser, |it, lost| it.sources[0].selections[0].codings[0].user = Some(lost)),
                (FindingKind::NoSuchVariable, |it, lost| it.cases[0].values[0].variable = lost),
                (FindingKind::WrongKindOfValue, |it, _| it.cases[0].values[0].kind = "Integer".to_owned()),
                (FindingKind::NoSuchNote, |it, lost| it.note_refs.push(lost)),
                (FindingKind::Reversed, |it, _| it.sources[0].selections[0].start = 11),
                (FindingKind::OutOfRange, |it, _| it.sources[0].selections[1].end += 1),
            ];
            for (kind, break_it) in cases {
                let mut broken = whole.clone();
                break_it(&mut broken, lost);
                let found: Vec<FindingKind> = check(&broken).into_iter().map(|finding| finding.kind).collect();
                assert_eq!(found, [kind]);
            }
        });
    }

    proptest! {
        #[test]
        fn export_import_export_is_the_same(
            texts in proptest::collection::vec("(- |\\* |Mor: |Bord 3\n|e )?[aæøå😀 .\u{301}-]{0,12}(tid|folk)\\.?(\r\n|\n|\r|\n\n| \n  )", 0..6),
        ) {
            let documents = vec![
                Document::from_text("a/bord-1.txt", &texts.concat()),
                Document::from_text("b.txt", &texts.join("\r\n")),
            ];
            project(documents, &[], |exported, points| {
                assert!(check(exported).is_empty(), "{:?}", check(exported));
                for line_ends in [LineEnds::Lf, LineEnds::CrLf] {
                    let bytes = exported.to_qdpx(line_ends).unwrap();
                    let back = Project::from_qdpx(&bytes).unwrap();
                    assert_eq!((&back.value, back.notices), (exported, Vec::new()));
                    assert!(back.value.to_qdpx(line_ends).unwrap() == bytes);
                }
                let mut quotes = Vec::new();
                for source in &exported.sources {
                    let code_points = CodePoints::of(&source.text);
                    quotes.extend(source.selections.iter().map(|selection| {
                        source.text[code_points.bytes(selection.start, selection.end).unwrap()].to_owned()
                    }));
                }
                let plain = |text: &str| text.split_whitespace().collect::<String>().replace('-', "");
                let quotes: Vec<String> = quotes.iter().map(|quote| plain(quote)).collect();
                let noted: Vec<String> = points.iter().map(|point| plain(&point.text)).collect();
                assert_eq!(quotes, noted);
            });
        }
    }
}
