//! From texts to terms: the stems of content words and of their parts, and the synonym classes that words and phrases belong to.

use crate::norwegian::{Role, lexicon, lower_case, parts, stem, word_list, words};
use foldhash::fast::FixedState;
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::BuildHasher;
use std::sync::LazyLock;

static STOP_WORDS: LazyLock<HashSet<&'static str, FixedState>> =
    LazyLock::new(|| word_list(include_str!("../../data/norwegian/stop-words.txt")).collect());

static SYNONYMS: LazyLock<Synonyms> =
    LazyLock::new(|| Synonyms::parse(include_str!("../../data/norwegian/synonyms.tsv")));

/// Shortest part of a compound that counts, in bytes.
const SHORTEST_PART: usize = 3;

/// Longest phrase of the synonym table, in words.
const LONGEST_PHRASE: usize = 5;

/// Shortest word whose typing error is looked for, in characters: shorter words have too many neighbours.
const SHORTEST_TYPED: usize = 6;

/// Bytes of a word in a text, at least, on average: what is set aside for its words.
const SHORT_WORD: usize = 5;

/// Whether a word, in lower case, says nothing of what a point is about.
pub(super) fn is_stop_word(lower: &str) -> bool {
    STOP_WORDS.contains(lower)
}

/// The checked-in synonym table.
struct Synonyms {
    /// The first word of each class: its name.
    names: Vec<&'static str>,
    /// The classes of a stem.
    stems: HashMap<String, Vec<u32>, FixedState>,
    /// The classes of a phrase, by the hash of its stems.
    phrases: HashMap<u64, Vec<u32>, FixedState>,
    /// The hashes of stems that begin a phrase.
    begins: HashSet<u64, FixedState>,
}

impl Synonyms {
    fn parse(table: &'static str) -> Synonyms {
        let mut synonyms = Synonyms {
            names: Vec::new(),
            stems: HashMap::default(),
            phrases: HashMap::default(),
            begins: HashSet::default(),
        };
        for (number, line) in word_list(table).enumerate() {
            let class = number as u32;
            for entry in line.split_whitespace() {
                if synonyms.names.len() == number {
                    synonyms.names.push(entry);
                }
                let stems: Vec<String> = entry.split('_').map(stem).collect();
                let classes = match &stems[..] {
                    [one] => synonyms.stems.entry(one.clone()).or_default(),
                    [first, ..] => {
                        synonyms.begins.insert(hash(first));
                        let key = stems.iter().fold(0, |key, stem| then(key, hash(stem)));
                        synonyms.phrases.entry(key).or_default()
                    }
                    [] => continue,
                };
                if classes.last() != Some(&class) {
                    classes.push(class);
                }
            }
        }
        synonyms
    }

    fn of_stem(&self, stem: &str) -> &[u32] {
        self.stems.get(stem).map_or(&[], Vec::as_slice)
    }
}

fn hash(text: &str) -> u64 {
    FixedState::default().hash_one(text)
}

/// The key of a phrase, from that of its beginning and its next stem.
fn then(key: u64, stem: u64) -> u64 {
    (key ^ stem).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23)
}

/// What a word form says.
#[derive(Clone, Debug, Default)]
struct Form {
    /// Its stem, and those of its parts: numbers of the reader's terms. Empty for a stop word.
    terms: Vec<u32>,
    /// The synonym classes of its stem and of its parts.
    classes: Vec<u32>,
    /// The hash of its stem, for phrases.
    stem: u64,
    begins_phrase: bool,
}

/// What [`Form`] is made of, before its terms have numbers.
struct Described {
    terms: Vec<String>,
    form: Form,
    is_known: bool,
}

/// Reads texts into numbers; each word form is worked out once.
#[derive(Default)]
pub(super) struct Reader {
    numbers: HashMap<Box<str>, u32, FixedState>,
    forms: Vec<Form>,
    terms: Vec<String>,
    term_numbers: HashMap<String, u32, FixedState>,
}

/// The features of a text: terms, then classes after the last term, by rising number, each with how often it occurs.
pub(super) type Counts = Vec<(u32, u32)>;

impl Reader {
    /// The counts of texts. A class has the number of its place in the table, after all terms.
    pub fn counts<T: AsRef<str> + Sync>(&mut self, texts: &[T]) -> Vec<Counts> {
        let numbered: Vec<Vec<u32>> = self.read(texts);
        let after = self.terms.len() as u32;
        numbered.par_iter().map(|forms| counts(&self.forms, forms, after)).collect()
    }

    /// The distinct terms and classes of one text.
    pub fn terms_and_classes(&mut self, text: &str) -> (Vec<u32>, Vec<u32>) {
        let numbered = self.read(&[text]);
        let all = counts(&self.forms, &numbered[0], u32::MAX / 2);
        let (terms, classes): (Vec<_>, Vec<_>) =
            all.into_iter().map(|(feature, _)| feature).partition(|&feature| feature < u32::MAX / 2);
        (terms, classes.into_iter().map(|class| class - u32::MAX / 2).collect())
    }

    /// The name of a term.
    pub fn term(&self, number: u32) -> String {
        self.terms[number as usize].clone()
    }

    /// All terms, by number.
    pub fn term_names(&self) -> &[String] {
        &self.terms
    }

    /// The name of a class.
    pub fn class(&self, number: u32) -> &'static str {
        SYNONYMS.names[number as usize]
    }

    /// The names of all classes.
    pub fn class_names() -> &'static [&'static str] {
        &SYNONYMS.names
    }

    /// The forms of texts as numbers; forms that are new are described, in parallel.
    fn read<T: AsRef<str> + Sync>(&mut self, texts: &[T]) -> Vec<Vec<u32>> {
        let mut new: Vec<Box<str>> = Vec::new();
        let mut numbered = Vec::with_capacity(texts.len());
        for text in texts {
            let mut forms = Vec::with_capacity(text.as_ref().len() / SHORT_WORD);
            for word in words(text.as_ref()) {
                let lower = lower_case(word.text);
                forms.push(match self.numbers.get(lower.as_ref()) {
                    Some(&number) => number,
                    None => {
                        let number = self.numbers.len() as u32;
                        self.numbers.insert(lower.as_ref().into(), number);
                        new.push(lower.as_ref().into());
                        number
                    }
                });
            }
            numbered.push(forms);
        }
        let described: Vec<Described> = new.par_iter().map(|form| describe(form)).collect();
        let meant = typing_errors(&new, &described);
        let first = self.forms.len();
        for mut described in described {
            let terms = std::mem::take(&mut described.terms);
            described.form.terms = terms.into_iter().map(|term| self.number(term)).collect();
            described.form.terms.sort_unstable();
            self.forms.push(described.form);
        }
        for (typed, meant) in meant {
            self.forms[first + typed] = self.forms[first + meant].clone();
        }
        numbered
    }

    fn number(&mut self, term: String) -> u32 {
        let next = self.terms.len() as u32;
        *self.term_numbers.entry(term).or_insert_with_key(|term| {
            self.terms.push(term.clone());
            next
        })
    }
}

/// What a form in lower case says.
fn describe(form: &str) -> Described {
    let own = stem(form);
    let stem_hash = hash(&own);
    let begins_phrase = SYNONYMS.begins.contains(&stem_hash);
    let mut described = Described {
        terms: Vec::new(),
        form: Form { stem: stem_hash, begins_phrase, ..Form::default() },
        is_known: lexicon::contains(form),
    };
    if is_stop_word(form) {
        described.is_known = true;
        return described;
    }
    let pieces = parts(form).into_iter().filter(|(_, role)| *role != Role::Link).map(|(span, _)| stem(&form[span]));
    let mut terms: Vec<String> = pieces.filter(|part| part.len() >= SHORTEST_PART).collect();
    described.is_known |= !terms.is_empty();
    terms.push(own);
    terms.sort();
    terms.dedup();
    let mut classes: Vec<u32> = SYNONYMS.of_stem(form).to_vec();
    classes.extend(terms.iter().flat_map(|term| SYNONYMS.of_stem(term)));
    classes.sort_unstable();
    classes.dedup();
    described.form.classes = classes;
    described.terms = terms;
    described
}

/// Unknown forms that are one typing error away from a known form of the same texts, with that form: places in `forms`.
///
/// Found by the forms' deletions (Garbe 2012): two words one edit apart have one in common.
fn typing_errors(forms: &[Box<str>], described: &[Described]) -> Vec<(usize, usize)> {
    let is_long = |form: &str| form.chars().count() >= SHORTEST_TYPED && form.chars().all(char::is_alphabetic);
    let unknown: Vec<usize> = (0..forms.len()).filter(|&at| !described[at].is_known && is_long(&forms[at])).collect();
    if unknown.is_empty() {
        return Vec::new();
    }
    let mut wanted: HashMap<u64, Vec<usize>, FixedState> = HashMap::default();
    for &at in &unknown {
        deletions(&forms[at], |key| wanted.entry(key).or_default().push(at));
    }
    let mut meant: BTreeMap<usize, usize> = BTreeMap::new();
    for (known, form) in forms.iter().enumerate() {
        if !described[known].is_known || described[known].terms.is_empty() || !is_long(form) {
            continue;
        }
        deletions(form, |key| {
            for &typed in wanted.get(&key).into_iter().flatten() {
                // Of several the one that comes first in the alphabet, so that the order of texts does not matter.
                if strsim::osa_distance(&forms[typed], form) == 1
                    && meant.get(&typed).is_none_or(|&other| forms[other] > *form)
                {
                    meant.insert(typed, known);
                }
            }
        });
    }
    meant.into_iter().collect()
}

/// The hashes of a form and of what is left of it without one of its characters.
fn deletions(form: &str, mut give: impl FnMut(u64)) {
    give(hash(form));
    for (at, c) in form.char_indices() {
        give(hash(&[&form[..at], &form[at + c.len_utf8()..]].concat()));
    }
}

fn counts(forms: &[Form], numbered: &[u32], after: u32) -> Counts {
    let mut features = Vec::with_capacity(4 * numbered.len());
    for (at, &number) in numbered.iter().enumerate() {
        let form = &forms[number as usize];
        features.extend_from_slice(&form.terms);
        features.extend(form.classes.iter().map(|class| after + class));
        if form.begins_phrase {
            let mut key = then(0, form.stem);
            for &next in numbered[at + 1..].iter().take(LONGEST_PHRASE - 1) {
                key = then(key, forms[next as usize].stem);
                features.extend(SYNONYMS.phrases.get(&key).into_iter().flatten().map(|class| after + class));
            }
        }
    }
    features.sort_unstable();
    let mut counts: Counts = Vec::new();
    for feature in features {
        match counts.last_mut() {
            Some((last, count)) if *last == feature => *count += 1,
            _ => counts.push((feature, 1)),
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> (Vec<String>, Vec<&'static str>) {
        let mut reader = Reader::default();
        let (terms, classes) = reader.terms_and_classes(text);
        let mut terms: Vec<String> = terms.into_iter().map(|term| reader.term(term)).collect();
        terms.sort();
        (terms, classes.into_iter().map(|class| reader.class(class)).collect())
    }

    #[test]
    fn the_table_reads_whole() {
        let names = Reader::class_names();
        assert!(names.len() >= 400, "{} classes", names.len());
        let distinct: HashSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), names.len(), "two classes of one name");
        for line in word_list(include_str!("../../data/norwegian/synonyms.tsv")) {
            assert!(line.split_whitespace().count() >= 2, "a class of one: {line}");
            assert!(line.split_whitespace().all(|entry| entry.split('_').count() <= LONGEST_PHRASE), "{line}");
        }
    }

    #[test]
    fn words_parts_and_phrases_have_classes() {
        let cases = [
            ("teieplikta", "taushetsplikt"),
            ("Vi faller mellom to stoler", "kasteball"),
            ("familieterapi", "terapi"),
            ("Ein fast kontakt", "kontaktperson"),
        ];
        for (text, class) in cases {
            assert!(names(text).1.contains(&class), "{text}: {:?}", names(text));
        }
        assert!(names("det er som det er").0.is_empty());
    }

    #[cfg(feature = "lexicon")]
    #[test]
    fn a_typing_error_reads_as_the_word_beside_it() {
        let mut reader = Reader::default();
        let counts = reader.counts(&["lang ventetid", "lang ventteid", "lang ventatid"]);
        assert_eq!(counts[0], counts[1]);
        assert_eq!(counts[0], counts[2]);
    }
}
