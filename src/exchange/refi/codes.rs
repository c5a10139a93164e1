//! Codebooks as trees of codes, and studies coded elsewhere as codebooks with coded examples.

use super::text::CodePoints;
use super::{Code, Coding, Guid, Project, Source};
use crate::codebook::{self, Codebook, Example, Label, Sample};
use crate::error::{Error, ErrorKind, Result};
use crate::exchange::draft::{self, Ids, Node};
use crate::exchange::{Carried, Notice};
use crate::notes::Document;
use std::collections::{BTreeMap, HashMap, HashSet};
use unicode_normalization::UnicodeNormalization;

/// The codes of a codebook as a tree, without descriptions and colours.
pub(super) fn nested<'c>(codebook: &'c Codebook, name: impl Fn(&'c Label) -> &'c str + Copy) -> Vec<Code> {
    draft::tree(codebook).into_iter().map(|node| nested_code(codebook, node, "", name)).collect()
}

fn nested_code<'c>(
    codebook: &'c Codebook,
    node: Node,
    above: &str,
    name: impl Fn(&'c Label) -> &'c str + Copy,
) -> Code {
    let path = if above.is_empty() { node.name.clone() } else { format!("{above}.{}", node.name) };
    let code = node.code.map(|at| &codebook.codes[at]);
    Code {
        guid: Guid::named(&["code", &codebook.id, &path]),
        name: code.map_or(node.name.as_str(), |code| name(&code.label)).to_owned(),
        description: String::new(),
        colour: None,
        is_codable: code.is_some(),
        codes: node.nodes.into_iter().map(|below| nested_code(codebook, below, &path, name)).collect(),
        note_refs: Vec::new(),
    }
}

/// What marks the lines of a description: what belongs to the code, what does not, an example point and a near miss.
const MARKS: [&str; 4] = ["+ ", "− ", "» ", "≠ "];

/// A code's definition, rules and anchors as one text, a line a rule.
pub(super) fn description(code: &codebook::Code) -> String {
    let texts = |samples: &[Sample]| samples.iter().map(|sample| sample.text.clone()).collect();
    let lists: [Vec<String>; 4] = [code.include.clone(), code.exclude.clone(), texts(&code.anchors), texts(&code.not)];
    let mut lines = vec![code.definition.clone()];
    for (mark, list) in MARKS.iter().zip(&lists) {
        lines.extend(list.iter().map(|entry| format!("{mark}{}", entry.replace('\n', " "))));
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

/// Puts a description into a code's definition, rules and anchors. One without marked lines is a definition.
pub(super) fn describe(code: &mut codebook::Code, description: &str) {
    let mut definition: Vec<&str> = Vec::new();
    for line in description.lines() {
        let marked = MARKS.iter().position(|mark| line.starts_with(mark));
        let rest = marked.map_or(line, |at| &line[MARKS[at].len()..]);
        let sample = || Sample { text: rest.to_owned(), line: 0 };
        match marked {
            Some(0) => code.include.push(rest.to_owned()),
            Some(1) => code.exclude.push(rest.to_owned()),
            Some(2) => code.anchors.push(sample()),
            Some(_) => code.not.push(sample()),
            None => definition.push(line),
        }
    }
    code.definition = definition.join("\n").trim().to_owned();
}

/// A tree of codes as a codebook's codes down to a depth, with the id of every code, those below it too (the id of the code that
/// takes their points).
fn flattened(codes: &[Code], depth: usize, has_points: &HashSet<Guid>) -> (Vec<codebook::Code>, HashMap<Guid, String>) {
    let mut flat = Flat { depth: depth.max(1), has_points, ids: Ids::default(), codes: Vec::new(), of: HashMap::new() };
    codes.iter().for_each(|code| flat.add(code, None, 1));
    (flat.codes, flat.of)
}

struct Flat<'p> {
    depth: usize,
    has_points: &'p HashSet<Guid>,
    ids: Ids,
    codes: Vec<codebook::Code>,
    of: HashMap<Guid, String>,
}

impl Flat<'_> {
    fn add(&mut self, code: &Code, above: Option<&str>, depth: usize) {
        let id = self.ids.give(above, &code.name);
        self.of.insert(code.guid, id.clone());
        let is_last = depth == self.depth;
        let has_points = self.has_points.contains(&code.guid)
            || (is_last && code.walk().any(|(below, _)| self.has_points.contains(&below.guid)));
        if code.is_codable || has_points {
            let mut made = draft::code(id.clone(), &code.name);
            describe(&mut made, &code.description);
            self.codes.push(made);
        }
        if is_last {
            for (below, _) in code.walk().skip(1) {
                self.of.insert(below.guid, id.clone());
            }
        } else {
            code.codes.iter().for_each(|below| self.add(below, Some(&id), depth + 1));
        }
    }
}

/// A tree of codes as a codebook; what has no place in one is listed.
pub(super) fn codebook_of(
    id: &str,
    title: &str,
    codes: &[Code],
    depth: usize,
    has_points: &HashSet<Guid>,
) -> Result<Carried<Codebook>> {
    let (flat, ids) = flattened(codes, depth, has_points);
    let mut notices = Vec::new();
    let all = || codes.iter().flat_map(Code::walk);
    let folders = all().filter(|(code, _)| !flat.iter().any(|kept| Some(&kept.id) == ids.get(&code.guid)));
    for (folder, _) in folders.filter(|(code, level)| *level < depth && ids.contains_key(&code.guid)) {
        notices.push(Notice::new("a code that only holds others is kept in their ids alone", &folder.name));
    }
    for (below, _) in all().filter(|(_, level)| *level >= depth) {
        notices.push(Notice::new("a code too deep to be kept: its points are those of the code above", &below.name));
    }
    let coloured = all().filter(|(code, _)| code.colour.is_some()).count();
    if coloured > 0 {
        notices.push(Notice::new("colours are not kept", format!("{coloured} codes")));
    }
    if flat.is_empty() {
        return Err(Error::new(ErrorKind::Exchange, "no codes in it"));
    }
    Ok(Carried { value: draft::settled(&draft::codebook(id, title, flat))?, notices })
}

impl Project {
    /// The project's codes as a codebook, down to a depth (1: the outermost alone; their points are then also those of the codes
    /// below). The coder learns them from [`Project::examples`].
    ///
    /// A code below another has an id with a dot: `systemer.tid`.
    ///
    /// # Errors
    ///
    /// Where the project has no codes.
    pub fn codebook(&self, depth: usize) -> Result<Carried<Codebook>> {
        let has_points = self.all_codings().map(|coding| coding.code).collect();
        codebook_of("import", &self.name, &self.codes, depth, &has_points)
    }

    fn all_codings(&self) -> impl Iterator<Item = &Coding> {
        self.sources.iter().flat_map(|source| {
            source.codings.iter().chain(source.selections.iter().flat_map(|selection| &selection.codings))
        })
    }

    /// The project's texts as documents, named by their sources.
    #[must_use]
    pub fn documents(&self) -> Vec<Document> {
        self.sources.iter().map(|source| Document::from_text(source.name.clone(), &source.text)).collect()
    }

    /// The project's coded selections as coded examples of a codebook: that of [`Project::codebook`], or the one with which an
    /// exported analysis was made.
    ///
    /// A project's code is the codebook's with the same GUID (as exports of this crate have it), the same id or the same name; one
    /// that the codebook lacks, such as a theme, counts as the code above it. Selections of the same place are one example: its
    /// code is the one that most of its coders gave, of equals the first; their others are defensible. `coder` takes one
    /// person's codings alone. The group of an example is its source.
    ///
    /// ```
    /// use kodebok::codebook::Codebook;
    /// use kodebok::exchange::refi::{Code, Coding, Guid, Project, Selection, Source};
    ///
    /// let [code, user, other] = ["code", "user", "other"].map(|name| Guid::named(&[name]));
    /// let project = Project {
    ///     codes: vec![Code {
    ///         guid: code, name: "Tid".into(), description: String::new(), colour: None, is_codable: true, codes: vec![], note_refs: vec![],
    ///     }],
    ///     sources: vec![Source {
    ///         guid: user, name: "bord-1".into(), description: String::new(), text: "Hei. Lang kø.".into(), user: None, created: None,
    ///         selections: vec![Selection {
    ///             guid: other, name: String::new(), description: String::new(), start: 5, end: 13, user: None, created: None,
    ///             codings: vec![Coding { guid: other, code, user: None, created: None }], note_refs: vec![],
    ///         }],
    ///         codings: vec![], note_refs: vec![], values: vec![],
    ///     }],
    ///     ..Project::default()
    /// };
    /// let codebook = project.codebook(1)?.value;
    /// let examples = project.examples(&codebook, None).value;
    /// assert_eq!((examples[0].text.as_str(), examples[0].code), ("Lang kø.", codebook.index_of("tid")));
    /// # Ok::<(), kodebok::Error>(())
    /// ```
    #[must_use]
    pub fn examples(&self, codebook: &Codebook, coder: Option<&str>) -> Carried<Vec<Example>> {
        let mut notices = Vec::new();
        let codes = self.indices(codebook);
        let lacking = self.all_codes().filter(|code| codes.get(&code.guid).is_none_or(Option::is_none));
        notices.extend(lacking.map(|code| Notice::new("a code that the codebook lacks", &code.name)));
        let wanted: Option<HashSet<Guid>> = coder.map(|name| {
            self.users.iter().filter(|user| user.name.eq_ignore_ascii_case(name)).map(|user| user.guid).collect()
        });
        if let (Some(coder), Some(true)) = (coder, wanted.as_ref().map(HashSet::is_empty)) {
            notices.push(Notice::new("no coder of this name", coder));
        }
        let mut examples = Vec::new();
        for source in &self.sources {
            if !source.codings.is_empty() {
                let subject = format!("{}, {} codings", source.name, source.codings.len());
                notices.push(Notice::new("codings of a whole text are no examples", subject));
            }
            let coded = self.coded_places(source, &codes, wanted.as_ref());
            let points = CodePoints::of(&source.text);
            for ((start, end), votes) in coded {
                let text = points.bytes(start, end).map(|bytes| one_line(&source.text[bytes])).unwrap_or_default();
                if text.is_empty() {
                    let place = format!("{} {start}..{end}", source.name);
                    notices.push(Notice::new("a coded place without text is no example", place));
                    continue;
                }
                let (code, also) = verdict(&votes);
                let line = examples.len() + 1;
                let group = source.name.clone();
                examples.push(Example { text, code, also, group, genre: String::new(), line });
            }
        }
        Carried { value: examples, notices }
    }

    /// The index in a codebook of each code, that of the code above it where it is not there itself.
    fn indices(&self, codebook: &Codebook) -> HashMap<Guid, Option<usize>> {
        let by_guid: HashMap<Guid, usize> = codebook
            .codes
            .iter()
            .enumerate()
            .map(|(at, code)| (Guid::named(&["code", &codebook.id, &code.id]), at))
            .collect();
        let (_, ids) = flattened(&self.codes, usize::MAX, &HashSet::new());
        let named = |name: &str| {
            codebook.codes.iter().position(|code| {
                [&code.id, &code.label.nb, &code.label.nn, &code.label.en]
                    .iter()
                    .any(|label| label.trim() == name.trim())
            })
        };
        let own = |code: &Code| {
            let by_id = || ids.get(&code.guid).and_then(|id| codebook.index_of(id));
            by_guid.get(&code.guid).copied().or_else(by_id).or_else(|| named(&code.name))
        };
        let mut indices = HashMap::new();
        let mut open: Vec<(&Code, Option<usize>)> = self.codes.iter().map(|code| (code, None)).collect();
        while let Some((code, above)) = open.pop() {
            let index = own(code).or(above);
            indices.insert(code.guid, index);
            open.extend(code.codes.iter().map(|below| (below, index)));
        }
        indices
    }

    /// The marked places of a source with what each coder gave them, in the order of the text. A place without codings counts
    /// only in this crate's own projects, where it is a point without a code; elsewhere it is a remark.
    fn coded_places(
        &self,
        source: &Source,
        codes: &HashMap<Guid, Option<usize>>,
        wanted: Option<&HashSet<Guid>>,
    ) -> BTreeMap<(i64, i64), Votes> {
        let is_own = self.origin.starts_with("kodebok");
        let mut places: BTreeMap<(i64, i64), Votes> = BTreeMap::new();
        for selection in &source.selections {
            let is_wanted =
                |user: Option<Guid>| wanted.is_none_or(|wanted| user.is_some_and(|user| wanted.contains(&user)));
            let place = (selection.start, selection.end);
            if selection.codings.is_empty() && is_own && is_wanted(selection.user) {
                places.entry(place).or_default().entry(selection.user).or_default();
            }
            for coding in &selection.codings {
                let user = coding.user.or(selection.user);
                let Some(Some(code)) = codes.get(&coding.code).filter(|_| is_wanted(user)) else { continue };
                let given = places.entry(place).or_default().entry(user).or_default();
                if !given.contains(code) {
                    given.push(*code);
                }
            }
        }
        places
    }
}

/// What each coder gave a place: codes in the order in which they were given.
type Votes = BTreeMap<Option<Guid>, Vec<usize>>;

/// The code that most coders gave (no code is an outcome too), and their others.
fn verdict(votes: &Votes) -> (Option<usize>, Vec<usize>) {
    let mut firsts: Vec<(Option<usize>, usize)> = Vec::new();
    for given in votes.values() {
        let first = given.first().copied();
        match firsts.iter_mut().find(|(code, _)| *code == first) {
            Some((_, count)) => *count += 1,
            None => firsts.push((first, 1)),
        }
    }
    let most = firsts.iter().map(|(_, count)| *count).max();
    let code = firsts.iter().find(|(_, count)| Some(*count) == most).and_then(|(code, _)| *code);
    let mut also: Vec<usize> = Vec::new();
    for other in votes.values().flatten() {
        if Some(*other) != code && !also.contains(other) {
            also.push(*other);
        }
    }
    (code, also)
}

/// A text on one line, in NFC as notes are.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect()
}
