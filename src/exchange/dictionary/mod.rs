//! Dictionaries of programs that count words: quanteda (`.yml`), LIWC (`.dic`) and Provalis WordStat (`.cat`).
//!
//! A [`Dictionary`] is what the three have in common: a tree of categories with terms. [`Dictionary::codebook`] makes a codebook of
//! one that codes what the dictionary finds, and [`Dictionary::of_codebook`] writes a codebook's cues as terms. A codebook can say more
//! than a dictionary (stems, weights, cues against a code, definitions), so the way out lists what is lost or widened.
//!
//! ```
//! use kodebok::exchange::dictionary::Dictionary;
//!
//! let dictionary = Dictionary::from_quanteda(b"tid:\n  - ventetid*\n  - lang k\xc3\xb8\n")?.value;
//! let codebook = dictionary.codebook("ventetid")?.value;
//! assert_eq!(codebook.codes[0].id, "tid");
//! assert_eq!(dictionary.to_liwc().value, "%\n1\ttid\n%\nlang kø\t1\nventetid*\t1\n");
//! # Ok::<(), kodebok::Error>(())
//! ```

mod glob;
mod liwc;
mod provalis;
mod quanteda;
mod yaml;

use super::draft::{self, Ids, Node};
use super::{Carried, Notice};
use crate::codebook::{Code, Codebook, Cue, CueKind};
use crate::error::Result;
use crate::norwegian::{stem, words};

/// A dictionary: categories with terms.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dictionary {
    /// The outermost categories.
    pub entries: Vec<Entry>,
}

/// A category of a [`Dictionary`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// What counts for it.
    pub terms: Vec<Term>,
    /// The categories below it.
    pub entries: Vec<Entry>,
}

/// What counts for an [`Entry`].
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// Words parted by single spaces, matched whatever their case. `*` stands for any letters of a word or none, alone for any
    /// word; `?` for one letter.
    pub text: String,
    /// How much it counts; 1 in formats that have no weights.
    pub weight: f32,
}

/// The weight of the cue that a term of weight 1 becomes. One alone outweighs no code, for which the log-odds are 1.5, and has a
/// probability of 0.15, below which no code is given, among as many as 300 codes.
const WEIGHT: f32 = 4.0;

/// The most that a cue may weigh: a term that counts five times as much as others.
const MAX_WEIGHT: f32 = 20.0;

/// The least letters of a stem that is written as a wildcard: shorter ones hit other words often.
const WIDE: usize = 4;

impl Term {
    fn new(text: &str) -> Term {
        Term { text: text.split_whitespace().collect::<Vec<_>>().join(" "), weight: 1.0 }
    }
}

impl Dictionary {
    /// The dictionary as a codebook with an id: a code a category, a cue a term, matched exactly as the term is (no stems). A
    /// category below another has an id with a dot.
    ///
    /// # Errors
    ///
    /// Where the dictionary has no categories.
    pub fn codebook(&self, id: &str) -> Result<Carried<Codebook>> {
        let mut reading = (Ids::default(), Vec::new(), Vec::new());
        self.entries.iter().for_each(|entry| add_entry(entry, None, &mut reading));
        let (_, codes, notices) = reading;
        Ok(Carried { value: draft::settled(&draft::codebook(id, "", codes))?, notices })
    }

    /// A codebook's cues as a dictionary, its names in bokmål.
    ///
    /// Words, beginnings of words and patterns that are wildcards are written as they are. Stems, endings and phrases have no
    /// counterpart and are written as wildcards that match nearly the same, which is listed; what can't be written at all is listed
    /// as well.
    ///
    /// ```
    /// use kodebok::{codebook::Codebook, exchange::dictionary::Dictionary};
    ///
    /// let dictionary = Dictionary::of_codebook(&Codebook::summit_2017());
    /// assert!(dictionary.value.entries[0].terms.iter().any(|term| term.text == "holdning*"));
    /// assert!(dictionary.notices.iter().any(|notice| notice.to_string().starts_with("a stem written as a wildcard")));
    /// ```
    #[must_use]
    pub fn of_codebook(codebook: &Codebook) -> Carried<Dictionary> {
        let mut notices = Vec::new();
        let nodes = draft::tree(codebook);
        let entries = entries_of(nodes, codebook, &mut notices);
        let examples = codebook.examples.len();
        if examples > 0 {
            notices.push(Notice::new("not in a dictionary", format!("{examples} coded examples")));
        }
        Carried { value: Dictionary { entries }, notices }
    }

    /// Every category with its depth, each before those below it.
    fn walk(&self) -> Vec<(&Entry, usize)> {
        let mut all = Vec::new();
        let mut open: Vec<(&Entry, usize)> = self.entries.iter().rev().map(|entry| (entry, 0)).collect();
        while let Some((entry, depth)) = open.pop() {
            all.push((entry, depth));
            open.extend(entry.entries.iter().rev().map(|below| (below, depth + 1)));
        }
        all
    }
}

fn add_entry(entry: &Entry, above: Option<&str>, reading: &mut (Ids, Vec<Code>, Vec<Notice>)) {
    let (ids, codes, notices) = reading;
    let id = ids.give(above, &entry.name);
    let mut code = draft::code(id.clone(), &entry.name);
    for term in &entry.terms {
        let weight = (term.weight * WEIGHT).min(MAX_WEIGHT);
        if weight < term.weight * WEIGHT {
            notices.push(Notice::new(
                "a term counts less than in the dictionary",
                format!("{}: {}", entry.name, term.text),
            ));
        }
        for (kind, text) in glob::cues(&term.text) {
            if let Err(reason) = draft::add_cue(&mut code, Cue { kind, text, weight, line: 0 }) {
                notices.push(Notice::new(reason, format!("{}: {}", entry.name, term.text)));
            }
        }
    }
    codes.push(code);
    entry.entries.iter().for_each(|below| add_entry(below, Some(&id), reading));
}

fn entries_of(nodes: Vec<Node>, codebook: &Codebook, notices: &mut Vec<Notice>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for node in nodes {
        let code = node.code.map(|at| &codebook.codes[at]);
        let label = code.map_or("", |code| code.label.nb.trim());
        let is_taken = entries.iter().any(|entry| entry.name == label);
        let name = if label.is_empty() || is_taken { node.name.clone() } else { one_line(label) };
        let terms = code.map(|code| terms_of(code, notices)).unwrap_or_default();
        entries.push(Entry { name, terms, entries: entries_of(node.nodes, codebook, notices) });
    }
    entries
}

fn terms_of(code: &Code, notices: &mut Vec<Notice>) -> Vec<Term> {
    let mut terms: Vec<Term> = Vec::new();
    let mut add = |text: String, weight: f32| {
        if terms.iter().all(|term| term.text != text) {
            terms.push(Term { text, weight: weight / WEIGHT });
        }
    };
    let has = |kind: CueKind, cue: &Cue| {
        code.cues.iter().any(|other| other.kind == kind && other.text == cue.text && other.weight == cue.weight)
    };
    let mut list = |message: &str, cue: &Cue| notices.push(Notice::new(message, format!("{}: {}", code.id, cue.text)));
    for cue in &code.cues {
        if cue.weight < 0.0 {
            list("a cue against a code is not in a dictionary", cue);
            continue;
        }
        let is_literal = !cue.text.contains(['*', '?']) || matches!(cue.kind, CueKind::Phrase | CueKind::Pattern);
        match cue.kind {
            _ if !is_literal => list("a cue with a wildcard's sign can't be written", cue),
            CueKind::Word if has(CueKind::Beginning, cue) => add(format!("{}*", cue.text), cue.weight),
            CueKind::Word => add(cue.text.clone(), cue.weight),
            CueKind::Beginning if has(CueKind::Word, cue) => {}
            CueKind::Beginning => add(format!("{}?*", cue.text), cue.weight),
            CueKind::Stem => {
                list("a stem written as a wildcard", cue);
                add(widened(&cue.text), cue.weight);
            }
            CueKind::Ending => {
                list("an ending written as a wildcard", cue);
                add(format!("?*{}", widened(&cue.text)), cue.weight);
            }
            CueKind::Phrase => {
                list("a phrase by stems written with wildcards", cue);
                phrases(&cue.text).into_iter().for_each(|text| add(text, cue.weight));
            }
            CueKind::Pattern => match glob::of_pattern(&cue.text) {
                Some(text) => add(text, cue.weight),
                None => list("a pattern is not in a dictionary", cue),
            },
        }
    }
    let has_more =
        !code.definition.is_empty() || !code.include.is_empty() || !code.anchors.is_empty() || !code.not.is_empty();
    if has_more || code.label.nn != code.label.nb || code.label.en != code.label.nb {
        notices.push(Notice::new("definition, rules, anchors and other names are not in a dictionary", &code.id));
    }
    terms
}

/// A word with all its forms, nearly: its stem and whatever follows, where the stem is long enough and begins it.
fn widened(word: &str) -> String {
    let stem = stem(word);
    let begins = word.to_lowercase().starts_with(&stem);
    if begins && stem.chars().count() >= WIDE { format!("{stem}*") } else { word.to_owned() }
}

/// A phrase by stems as phrases of wildcards: where `*` stands for none to three words, one for each.
fn phrases(text: &str) -> Vec<String> {
    let parts = text.split_whitespace().flat_map(|part| {
        let is_gap = part == "*";
        let found: Vec<String> = words(part).map(|word| widened(word.text)).collect();
        if is_gap { vec![None] } else { found.into_iter().map(Some).collect() }
    });
    let mut phrases = vec![Vec::new()];
    for part in parts {
        phrases = match part {
            Some(word) => phrases.into_iter().map(|phrase| [phrase, vec![word.clone()]].concat()).collect(),
            None => (0..4)
                .flat_map(|gap| phrases.iter().map(move |phrase| [phrase.clone(), vec!["*".to_owned(); gap]].concat()))
                .collect(),
        };
        // Three gaps in one phrase make 64 of it, which no one reads; the shortest are the likeliest.
        phrases.truncate(64);
    }
    phrases.into_iter().map(|phrase| phrase.join(" ")).collect()
}

/// No dictionary nests deeper; a file that does would exhaust the stack.
const MAX_DEPTH: usize = 64;

/// Categories with their depths, each before those below it, as a tree. One that is deeper than it could be is below the last one that is
/// less deep.
fn nest(flat: Vec<(usize, Entry)>) -> Vec<Entry> {
    let mut roots = Vec::new();
    let mut open: Vec<(usize, Entry)> = Vec::new();
    let close = |open: &mut Vec<(usize, Entry)>, roots: &mut Vec<Entry>| {
        if let Some((_, entry)) = open.pop() {
            open.last_mut().map_or(roots, |(_, above)| &mut above.entries).push(entry);
        }
    };
    for (depth, entry) in flat {
        let depth = depth.min(MAX_DEPTH);
        while open.last().is_some_and(|(above, _)| *above >= depth) {
            close(&mut open, &mut roots);
        }
        open.push((depth, entry));
    }
    while !open.is_empty() {
        close(&mut open, &mut roots);
    }
    roots
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names() -> impl Strategy<Value = String> {
        prop_oneof![
            "[A-ZÆØÅa-zæøå][A-Za-zæøå-]{0,6}",
            "(no|yes|null|~|1|[a-z]: [a-z]|'[a-z]|\"[a-z]|#[a-z]|- [a-z]|[a-z] #[a-z]|\\*[a-z]|\\[[a-z]|[a-z]\\\\)"
        ]
    }

    /// Terms that every format can write; `wide` ones have wildcards that LIWC can't.
    fn terms(wide: bool) -> impl Strategy<Value = Vec<Term>> {
        let narrow = "[a-zæøå]{1,6}( [a-zæøå]{1,5}){0,2}\\*?";
        let any = "[a-zæøå*?]{0,3}[a-zæøå]{1,4}[*?]{0,2}( [a-zæøå]{1,5}| \\*| [*?][a-z]{2})?( [a-z#:'\"-]{1,3})?";
        let text = if wide { any } else { narrow };
        proptest::collection::vec(text, 0..5).prop_map(|mut texts| {
            texts.sort();
            texts.dedup();
            texts.iter().map(|text| Term::new(text)).collect()
        })
    }

    fn entry(wide: bool) -> impl Strategy<Value = Entry> {
        let leaf = (names(), terms(wide)).prop_map(|(name, terms)| Entry { name, terms, entries: Vec::new() });
        leaf.prop_recursive(3, 12, 3, move |inner| {
            (names(), terms(wide), proptest::collection::vec(inner, 0..3)).prop_map(|(name, terms, entries)| Entry {
                name,
                terms,
                entries: distinct(entries),
            })
        })
    }

    fn distinct(mut entries: Vec<Entry>) -> Vec<Entry> {
        let mut seen = std::collections::HashSet::new();
        entries.retain(|entry| seen.insert(entry.name.clone()));
        entries
    }

    fn dictionaries(wide: bool) -> impl Strategy<Value = Dictionary> {
        proptest::collection::vec(entry(wide), 1..4).prop_map(|entries| Dictionary { entries: distinct(entries) })
    }

    #[test]
    fn cues_become_terms_and_are_listed_where_they_change() {
        let codebook = Codebook::parse(
            "[[code]]\nid = \"a\"\n[[code.cues]]\nweight = 2\nwords = [\"og\", \"kø\"]\nstems = [\"holdninger\", \"lov\"]\nbeginnings = [\"kø\", \"taushets\"]\n\
             endings = [\"plikten\"]\nphrases = [\"i * veien\"]\npatterns = [\"§ ?\\\\d+\", \"\\\\b\\\\w*vern\\\\b\"]\n\
             [[code.cues]]\nagainst = true\nweight = 1\nstems = [\"lunsj\"]\n",
        );
        let carried = Dictionary::of_codebook(&codebook.unwrap());
        let terms: Vec<&str> = carried.value.entries[0].terms.iter().map(|term| term.text.as_str()).collect();
        let expected = [
            "og",
            "kø*",
            "holdning*",
            "lov",
            "taushets?*",
            "?*plikt*",
            "i veien",
            "i * veien",
            "i * * veien",
            "i * * * veien",
            "*vern",
        ];
        assert_eq!(terms, expected);
        let notices: Vec<String> = carried.notices.iter().map(Notice::to_string).collect();
        let expected = [
            "a stem written as a wildcard: a: holdninger",
            "a stem written as a wildcard: a: lov",
            "an ending written as a wildcard: a: plikten",
            "a phrase by stems written with wildcards: a: i * veien",
            "a pattern is not in a dictionary: a: § ?\\d+",
            "a cue against a code is not in a dictionary: a: lunsj",
        ];
        assert_eq!(notices, expected);
    }

    #[test]
    fn a_codebook_made_of_a_dictionary_makes_the_same_dictionary() {
        let yaml = "tid:\n  - kø*\n  - '*tid'\n  - lang kø*\n  - vent??\n  - aldri * tid\n  - under:\n    - haste?*\nmakt: [ord]\n";
        let dictionary = Dictionary::from_quanteda(yaml.as_bytes()).unwrap().value;
        let codebook = dictionary.codebook("k").unwrap();
        assert_eq!(codebook.notices, []);
        let back = Dictionary::of_codebook(&codebook.value);
        assert_eq!((back.value, back.notices), (dictionary, Vec::new()));
    }

    proptest! {
        #[test]
        fn quanteda_reads_back(dictionary in dictionaries(true)) {
            let written = dictionary.to_quanteda();
            let back = Dictionary::from_quanteda(written.value.as_bytes()).unwrap();
            prop_assert_eq!((&back.value, back.notices), (&dictionary, written.notices), "{}", written.value);
        }

        #[test]
        fn liwc_reads_back(dictionary in dictionaries(false)) {
            let written = dictionary.to_liwc();
            let back = Dictionary::from_liwc(written.value.as_bytes()).unwrap();
            prop_assert_eq!((&back.value, back.notices), (&dictionary, written.notices), "{}", written.value);
        }

        #[test]
        fn provalis_reads_back(mut dictionary in dictionaries(true), weight in 1..9u8) {
            for entry in &mut dictionary.entries {
                entry.terms.iter_mut().for_each(|term| term.weight = f32::from(weight) / 2.0);
            }
            let written = dictionary.to_provalis();
            let back = Dictionary::from_provalis(written.value.as_bytes()).unwrap();
            prop_assert_eq!((&back.value, back.notices), (&dictionary, written.notices), "{}", written.value);
        }

        #[test]
        fn a_dictionary_comes_back_from_a_codebook(dictionary in dictionaries(true)) {
            let codebook = dictionary.codebook("k").unwrap();
            if codebook.notices.is_empty() {
                let back = Dictionary::of_codebook(&codebook.value).value;
                let names = |dictionary: &Dictionary| dictionary.walk().iter().map(|(entry, depth)| (entry.name.clone(), *depth)).collect::<Vec<_>>();
                prop_assert_eq!(names(&back), names(&dictionary));
                let again = back.codebook("k").unwrap().value;
                let cues = |codebook: &Codebook| codebook.codes.iter().map(|code| {
                    let mut cues: Vec<(CueKind, String)> = code.cues.iter().map(|cue| (cue.kind, cue.text.clone())).collect();
                    cues.sort_by(|a, b| (a.0 as u8, &a.1).cmp(&(b.0 as u8, &b.1)));
                    cues
                }).collect::<Vec<_>>();
                prop_assert_eq!(cues(&again), cues(&codebook.value));
            }
        }

        #[test]
        fn nothing_panics(text in "(%\n|[a-zå\t ]{0,3}[:-]? ?[\\[\\]'\"*?#&|]?[a-z0-9 ()]{0,5}\n|\\PC{0,5}\n|\t| ){0,12}") {
            let _ = Dictionary::from_quanteda(text.as_bytes());
            let _ = Dictionary::from_liwc(text.as_bytes());
            let _ = Dictionary::from_provalis(text.as_bytes());
        }
    }
}
