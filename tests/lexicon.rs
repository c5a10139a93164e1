//! The embedded lexicon against the tables it is made from. `UPDATE=1 cargo test --test lexicon` writes it anew.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

#[path = "lexicon/likelihood.rs"]
mod likelihood;

/// The languages of a reading, as bits.
const BOKMAL: u8 = 1;
const NYNORSK: u8 = 2;

/// The most that the embedded tables may take up, in bytes.
const ROOM: usize = 2_300_000;

#[test]
fn the_embedded_lexicon_is_that_of_the_tables() {
    let (bokmal, domain) = (read("lexicon-bokmal.tsv"), read("domain-lemmas.txt"));
    let (nynorsk, rules) = (read("nynorsk-lemmas.txt"), read("nynorsk-rules.txt"));
    let mut bokmal = Bokmal::parse(&bokmal);
    bokmal.add_domain(&domain);
    let nynorsk = Nynorsk::parse(&nynorsk, &bokmal);
    let mut forms = Forms::default();
    for entry in &bokmal.entries {
        forms.add(entry.lemma, &entry.paradigm, entry, BOKMAL);
    }
    for entry in &nynorsk.entries {
        forms.add(&entry.lemma, &entry.paradigm, &entry.counterpart, NYNORSK);
    }
    let made = Rules::parse(&rules, &nynorsk).apply(&bokmal, &nynorsk);
    for (lemma, paradigm, counterpart) in &made {
        forms.add(lemma, paradigm, counterpart, NYNORSK);
    }
    let (table, readings) = encode(&forms.0, &likelihood::likelihoods(&forms, &read("form-counts.tsv")));
    let sets = readings.lines().count();
    println!("{} forms, {} bytes + {} bytes of {sets} readings", forms.0.len(), table.len(), readings.len());
    assert!(table.len() + readings.len() < ROOM, "the lexicon has grown past {ROOM} bytes");
    check_or_write("lexicon.fst", &table);
    check_or_write("lexicon-readings.tsv", readings.as_bytes());
}

/// A bokmål lemma.
#[derive(Clone, PartialEq)]
struct Entry<'t> {
    lemma: &'t str,
    paradigm: Paradigm<'t>,
    weight: u32,
}

/// A part of speech and the ways from a lemma to its forms.
#[derive(Clone, PartialEq)]
struct Paradigm<'t> {
    part: char,
    edits: Vec<&'t str>,
}

impl<'t> Paradigm<'t> {
    fn parse(text: &'t str) -> Self {
        let mut fields = text.split_whitespace();
        let part = fields.next().and_then(|part| part.chars().next()).expect("a part of speech");
        Self { part, edits: fields.collect() }
    }

    fn forms(&self, lemma: &str) -> impl Iterator<Item = String> {
        self.edits.iter().map(move |edit| apply(lemma, edit))
    }
}

/// `2ene`: two letters off, "ene" on; what begins with a letter is the form itself.
fn apply(lemma: &str, edit: &str) -> String {
    let letters = edit.trim_start_matches(|c: char| c.is_ascii_digit());
    let Ok(cut) = edit[..edit.len() - letters.len()].parse::<usize>() else { return edit.to_owned() };
    let kept = lemma.chars().count().checked_sub(cut).unwrap_or_else(|| panic!("{lemma} is too short for {edit}"));
    lemma.chars().take(kept).chain(letters.chars()).collect()
}

/// The bokmål table.
struct Bokmal<'t> {
    entries: Vec<Entry<'t>>,
    /// The entries of a lemma.
    by_lemma: HashMap<&'t str, Vec<usize>>,
    /// For each form the entry of the greatest weight that has it, by part.
    by_form: HashMap<(String, char), usize>,
    forms: HashSet<String>,
}

impl<'t> Bokmal<'t> {
    fn parse(table: &'t str) -> Self {
        let mut paradigms = HashMap::new();
        let mut found =
            Self { entries: Vec::new(), by_lemma: HashMap::new(), by_form: HashMap::new(), forms: HashSet::new() };
        for line in lines(table) {
            let mut columns = line.split('\t');
            let (head, rest) = (columns.next().expect("a lemma"), columns.next().expect("a paradigm"));
            if let Some(id) = head.strip_prefix('=') {
                paradigms.insert(id, Paradigm::parse(rest));
                continue;
            }
            let weight = columns.next().map_or(1, |weight| weight.parse().expect("a number"));
            found.push(Entry { lemma: head, paradigm: paradigms[rest].clone(), weight });
        }
        found
    }

    /// Adds a hand list: `=class<TAB>part edits...` and `class lemma...`.
    fn add_domain(&mut self, table: &'t str) {
        let mut classes = HashMap::new();
        for line in lines(table) {
            if let Some((id, rest)) = line.strip_prefix('=').and_then(|class| class.split_once('\t')) {
                classes.insert(id, Paradigm::parse(rest));
                continue;
            }
            let mut items = line.split_whitespace();
            let class = items.next().expect("a class");
            let paradigm = classes.get(class).unwrap_or_else(|| panic!("no class {class}"));
            items.for_each(|lemma| self.push(Entry { lemma, paradigm: paradigm.clone(), weight: 2 }));
        }
    }

    fn push(&mut self, entry: Entry<'t>) {
        let number = self.entries.len();
        for form in entry.paradigm.forms(entry.lemma) {
            self.forms.insert(form.clone());
            let best = self.by_form.entry((form, entry.paradigm.part)).or_insert(number);
            if *best != number && self.entries[*best].weight < entry.weight {
                *best = number;
            }
        }
        self.by_lemma.entry(entry.lemma).or_default().push(number);
        self.entries.push(entry);
    }

    /// The entry that a form is of: the lemma itself before other forms, the same part before others.
    fn entry(&self, form: &str, part: char) -> Option<&Entry<'t>> {
        let lemmas = || self.by_lemma.get(form).into_iter().flatten().map(|number| &self.entries[*number]);
        lemmas()
            .find(|entry| entry.paradigm.part == part)
            .or_else(|| self.by_form.get(&(form.to_owned(), part)).map(|number| &self.entries[*number]))
            .or_else(|| lemmas().max_by_key(|entry| entry.weight))
    }

    /// Whether a string can stand before the head of a compound: a known form, or one with a link.
    fn is_modifier(&self, text: &str) -> bool {
        let known = |text: &str| self.forms.contains(text);
        known(text) || ["s", "e", "-"].iter().any(|link| text.strip_suffix(link).is_some_and(known))
    }
}

/// What a nynorsk word's readings point to: the bokmål counterpart where there is one, else itself.
#[derive(Clone, PartialEq)]
struct Counterpart {
    lemma: String,
    weight: u32,
}

/// A lemma of the nynorsk list.
struct NynorskEntry<'t> {
    lemma: String,
    paradigm: Paradigm<'t>,
    counterpart: Counterpart,
}

/// The nynorsk list.
struct Nynorsk<'t> {
    classes: HashMap<&'t str, Paradigm<'t>>,
    entries: Vec<NynorskEntry<'t>>,
    /// Entries by their counterpart's lemma and their part, where that is another word or a verb.
    by_counterpart: HashMap<(String, char), Vec<usize>>,
}

impl<'t> Nynorsk<'t> {
    fn parse(table: &'t str, bokmal: &Bokmal) -> Self {
        let mut found = Self { classes: HashMap::new(), entries: Vec::new(), by_counterpart: HashMap::new() };
        for line in lines(table) {
            if let Some((id, rest)) = line.strip_prefix('=').and_then(|class| class.split_once('\t')) {
                found.classes.insert(id, Paradigm::parse(rest));
            } else if let Some((head, rest)) = line.split_once(':') {
                let (part, item) = head.split_once(' ').expect("a part and a lemma");
                let edits = ["0"].into_iter().chain(rest.split_whitespace()).collect();
                found.push(item, Paradigm { part: part.chars().next().expect("a part"), edits }, bokmal);
            } else {
                let mut items = line.split_whitespace();
                let class = items.next().expect("a class");
                let paradigm = found.classes.get(class).unwrap_or_else(|| panic!("no class {class}")).clone();
                items.for_each(|item| found.push(item, paradigm.clone(), bokmal));
            }
        }
        found
    }

    fn push(&mut self, item: &str, paradigm: Paradigm<'t>, bokmal: &Bokmal) {
        let (lemma, other) = item.split_once('=').unwrap_or((item, item));
        let counterpart = match bokmal.entry(other, paradigm.part) {
            Some(entry) => Counterpart { lemma: entry.lemma.to_owned(), weight: entry.weight },
            None => Counterpart { lemma: other.to_owned(), weight: 2 },
        };
        if other != lemma || paradigm.part == 'v' {
            let key = (counterpart.lemma.clone(), paradigm.part);
            self.by_counterpart.entry(key).or_default().push(self.entries.len());
        }
        self.entries.push(NynorskEntry { lemma: lemma.to_owned(), paradigm, counterpart });
    }
}

/// How nynorsk words are made from bokmål ones.
struct Rules<'t> {
    endings: Vec<EndingRule<'t>>,
    /// First parts of compounds, bokmål to nynorsk, with their links.
    modifiers: HashMap<String, String>,
}

struct EndingRule<'t> {
    from: &'t str,
    to: &'t str,
    paradigm: Paradigm<'t>,
    with: Vec<&'t str>,
    without: Vec<&'t str>,
}

type Made<'t> = (String, Paradigm<'t>, Counterpart);

impl<'t> Rules<'t> {
    fn parse(table: &'t str, nynorsk: &Nynorsk<'t>) -> Self {
        let mut found = Self { endings: Vec::new(), modifiers: HashMap::new() };
        for entry in nynorsk.entries.iter().filter(|entry| "na".contains(entry.paradigm.part)) {
            for link in ["", "s", "e", "-"] {
                let from = format!("{}{link}", entry.counterpart.lemma);
                if entry.lemma != entry.counterpart.lemma && from.chars().count() > 3 {
                    found.modifiers.entry(from).or_insert(format!("{}{link}", entry.lemma));
                }
            }
        }
        for line in lines(table) {
            let fields: Vec<&str> = line.split_whitespace().collect();
            if let ["^", from, to] = fields[..] {
                found.modifiers.insert(from.to_owned(), to.to_owned());
            } else {
                found.endings.push(EndingRule::parse(&fields, &nynorsk.classes));
            }
        }
        found
    }

    /// Every nynorsk lemma that the rules make.
    fn apply(&self, bokmal: &Bokmal, nynorsk: &Nynorsk<'t>) -> Vec<Made<'t>> {
        let mut made = Vec::new();
        for entry in bokmal.entries.iter().filter(|entry| entry.weight > 0) {
            let counterpart = Counterpart { lemma: entry.lemma.to_owned(), weight: entry.weight };
            let own_lemma = self.with_nynorsk_modifier(entry, bokmal).unwrap_or_else(|| entry.lemma.to_owned());
            let heads = nynorsk_heads(entry, bokmal, nynorsk);
            for (modifier, head) in &heads {
                let lemma = format!("{}{}", self.modifier(modifier), head.lemma);
                let edits =
                    head.paradigm.edits.iter().copied().filter(|edit| edit.starts_with(|c: char| c.is_ascii_digit()));
                let listed =
                    head.paradigm.edits.iter().copied().filter(|edit| !edit.starts_with(|c: char| c.is_ascii_digit()));
                for form in listed {
                    let whole = format!("{}{form}", self.modifier(modifier));
                    made.push((whole, Paradigm { part: entry.paradigm.part, edits: vec!["0"] }, counterpart.clone()));
                }
                made.push((lemma, Paradigm { part: head.paradigm.part, edits: edits.collect() }, counterpart.clone()));
            }
            for rule in self.endings.iter().filter(|_| heads.is_empty()) {
                if let Some(lemma) = rule.apply(entry, &own_lemma) {
                    made.push((lemma, rule.paradigm.clone(), counterpart.clone()));
                }
            }
        }
        made
    }

    fn modifier(&self, text: &str) -> String {
        self.modifiers.get(text).cloned().unwrap_or_else(|| text.to_owned())
    }

    /// A compound whose first part has a nynorsk form, with that; its second part is a lemma of the same part of speech.
    fn with_nynorsk_modifier(&self, entry: &Entry, bokmal: &Bokmal) -> Option<String> {
        let cuts = entry.lemma.char_indices().map(|(at, _)| at).filter(|at| *at > 1);
        cuts.rev().find_map(|at| {
            let (modifier, head) = entry.lemma.split_at(at);
            let nynorsk = self.modifiers.get(modifier)?;
            let is_head = head.chars().count() > 2
                && bokmal
                    .by_lemma
                    .get(head)?
                    .iter()
                    .any(|head| bokmal.entries[*head].paradigm.part == entry.paradigm.part);
            is_head.then(|| format!("{nynorsk}{head}"))
        })
    }
}

/// A compound's head as the nynorsk list has it, each with the modifier before it; of the longest head that is listed.
fn nynorsk_heads<'b, 'n, 't>(
    entry: &Entry<'b>,
    bokmal: &Bokmal,
    nynorsk: &'n Nynorsk<'t>,
) -> Vec<(&'b str, &'n NynorskEntry<'t>)> {
    if nynorsk.by_counterpart.contains_key(&(entry.lemma.to_owned(), entry.paradigm.part)) {
        return Vec::new();
    }
    let cuts = entry.lemma.char_indices().map(|(at, _)| at).filter(|at| *at > 1);
    for at in cuts {
        let (modifier, head) = entry.lemma.split_at(at);
        if head.chars().count() < 3 || !bokmal.is_modifier(modifier) {
            continue;
        }
        if let Some(found) = nynorsk.by_counterpart.get(&(head.to_owned(), entry.paradigm.part)) {
            return found.iter().map(|number| (modifier, &nynorsk.entries[*number])).collect();
        }
    }
    Vec::new()
}

impl<'t> EndingRule<'t> {
    fn parse(fields: &[&'t str], classes: &HashMap<&'t str, Paradigm<'t>>) -> Self {
        let [part, from, to, class, conditions @ ..] = fields else {
            panic!("a rule has four fields or more: {fields:?}")
        };
        let part = part.chars().next().expect("a part");
        let paradigm = match class.strip_prefix('[').and_then(|edits| edits.strip_suffix(']')) {
            Some(edits) => Paradigm { part, edits: edits.split(',').collect() },
            None => classes.get(class).unwrap_or_else(|| panic!("no class {class}")).clone(),
        };
        let conditions = |sign| conditions.iter().filter_map(move |condition| condition.strip_prefix(sign)).collect();
        let ending = |text: &'t str| text.trim_matches('*');
        Self { from: ending(from), to: ending(to), paradigm, with: conditions('+'), without: conditions('-') }
    }

    fn apply(&self, entry: &Entry, lemma: &str) -> Option<String> {
        let has = |edit: &&str| entry.paradigm.edits.contains(edit);
        let fits =
            entry.paradigm.part == self.paradigm.part && self.with.iter().all(has) && !self.without.iter().any(has);
        let stem = lemma.strip_suffix(self.from).filter(|stem| fits && stem.chars().count() > 1)?;
        Some(format!("{stem}{}", self.to))
    }
}

/// A form's readings: (lemma, part) -> (languages, the lemma's weight).
type Readings = BTreeMap<(String, char), (u8, u32)>;

/// Every form with its readings.
#[derive(Default)]
struct Forms(BTreeMap<String, Readings>);

/// What a form's reading names.
trait Target {
    fn lemma(&self) -> &str;
    fn weight(&self) -> u32;
}

impl Target for Entry<'_> {
    fn lemma(&self) -> &str {
        self.lemma
    }

    fn weight(&self) -> u32 {
        self.weight
    }
}

impl Target for Counterpart {
    fn lemma(&self) -> &str {
        &self.lemma
    }

    fn weight(&self) -> u32 {
        self.weight
    }
}

impl Forms {
    fn add(&mut self, lemma: &str, paradigm: &Paradigm, target: &impl Target, language: u8) {
        for form in paradigm.forms(lemma) {
            let readings = self.0.entry(form).or_default();
            let (languages, weight) = readings.entry((target.lemma().to_owned(), paradigm.part)).or_default();
            *languages |= language;
            *weight = (*weight).max(target.weight());
        }
    }
}

/// The transducer from forms to sets of readings, and the sets, the most frequent first.
fn encode(forms: &BTreeMap<String, Readings>, likelihoods: &HashMap<String, Vec<f64>>) -> (Vec<u8>, String) {
    let sets: Vec<(&str, String)> = forms
        .iter()
        .map(|(form, readings)| {
            (form.as_str(), describe(form, readings, likelihoods.get(form).map_or(&[], Vec::as_slice)))
        })
        .collect();
    let mut counts = BTreeMap::new();
    for (_, set) in &sets {
        *counts.entry(set.as_str()).or_insert(0_u32) += 1;
    }
    let mut order: Vec<&str> = counts.keys().copied().collect();
    order.sort_by_key(|set| Reverse(counts[set]));
    let ids: HashMap<&str, u64> = order.iter().copied().zip(0..).collect();
    let table =
        fst::Map::from_iter(sets.iter().map(|(form, set)| (form, ids[set.as_str()]))).expect("forms are in order");
    let head = "# Sets of readings, one a line, for the values of lexicon.fst. Generated by tests/lexicon.rs; do not edit.\n\
                # `nb4en`: a noun (see lexicon-bokmal.tsv) of bokmål (b; nynorsk n, both x), four bytes off the form, \"en\" on.\n\
                # `@1,4yke`: after that, from the first byte on, four bytes make way for \"yke\".\n";
    (table.into_fst().into_inner(), head.to_owned() + &order.join("\n") + "\n")
}

/// A form's readings, the likeliest first; `likelihoods` are empty where there is one.
fn describe(form: &str, readings: &Readings, likelihoods: &[f64]) -> String {
    let mut all: Vec<(f64, String)> = readings
        .iter()
        .enumerate()
        .map(|(at, ((lemma, part), (languages, _)))| {
            let language = ['b', 'n', 'x'][usize::from(languages - 1)];
            let likelihood = likelihoods.get(at).copied().unwrap_or_default();
            (likelihood, format!("{part}{language}{}", edit_to(form, lemma)))
        })
        .collect();
    all.sort_by(|(one, a), (other, b)| other.total_cmp(one).then_with(|| a.cmp(b)));
    all.into_iter().map(|(_, reading)| reading).collect::<Vec<_>>().join(" ")
}

/// The shortest way to write how a lemma is got from a form. A change near the start of a long word (sjukehusa, sykehus) is
/// written apart from that of the ending, so that all compounds of a first part share it.
fn edit_to(form: &str, lemma: &str) -> String {
    let start = common_prefix(form, lemma);
    let (form_rest, lemma_rest) = (&form[start..], &lemma[start..]);
    let mut best = format!("{}{lemma_rest}", form_rest.len());
    for removed in boundaries(form_rest).take(6) {
        for added in boundaries(lemma_rest).take(6) {
            let (form_end, lemma_end) = (&form_rest[removed..], &lemma_rest[added..]);
            let shared = common_prefix(form_end, lemma_end);
            let ending = format!("{}{}", form_end.len() - shared, &lemma_end[shared..]);
            let edit = format!("{ending}@{start},{removed}{}", &lemma_rest[..added]);
            if edit.len() < best.len() {
                best = edit;
            }
        }
    }
    best
}

/// Where the characters of a text begin and end.
fn boundaries(text: &str) -> impl Iterator<Item = usize> {
    text.char_indices().map(|(at, _)| at).chain([text.len()])
}

/// How many bytes two words share from their start, ending between two characters.
fn common_prefix(one: &str, other: &str) -> usize {
    one.chars().zip(other.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum()
}

fn check_or_write(name: &str, expected: &[u8]) {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path(name), expected).expect("the table can be written");
    }
    let found = fs::read(path(name)).unwrap_or_default();
    assert!(found == expected, "data/norwegian/{name} is stale: run UPDATE=1 cargo test --test lexicon");
}

fn lines(table: &str) -> impl Iterator<Item = &str> {
    table.lines().map(|line| line.split('#').next().unwrap_or_default().trim_end()).filter(|line| !line.is_empty())
}

fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/norwegian").join(name)
}
