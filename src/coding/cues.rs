//! A codebook's cues, ordered so that what a word form or a run of words says is found without looking at every cue.

use crate::codebook::{Codebook, Cue, CueKind};
use crate::norwegian::{lower_case, stem, words};
use foldhash::HashMap;
use regex::{Regex, RegexBuilder};

use std::ops::Range;

/// What cues say: code and weight.
type Says = Vec<(usize, f32)>;

/// The cues of a codebook by what they are looked up with.
pub(super) struct CueIndex {
    codes: usize,
    words: HashMap<String, Says>,
    stems: HashMap<String, Says>,
    beginnings: Affixes,
    endings: Affixes,
    /// The stems that phrases are made of, numbered from 1.
    phrase_words: HashMap<String, u32>,
    /// Phrases by their first word's number.
    phrases: Vec<Vec<Phrase>>,
    patterns: Vec<(Pattern, usize, f32)>,
}

/// What is searched for in a text.
enum Pattern {
    /// Characters that stand for themselves and have no case.
    Plain(String),
    Expression(Regex),
}

/// What a word is in phrases: its number among their words, and whether one begins with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PhraseWord(u32);

impl PhraseWord {
    const BEGINS: u32 = 1 << 31;

    /// Its number; 0 for a word of no phrase.
    fn number(self) -> u32 {
        self.0 & !PhraseWord::BEGINS
    }

    /// Whether a phrase begins with it.
    #[inline]
    pub fn begins(self) -> bool {
        self.0 & PhraseWord::BEGINS != 0
    }
}

impl Pattern {
    /// A pattern of a codebook, found whatever its case.
    ///
    /// Patterns were compiled once when the codebook was read; one that isn't valid can only come from a codebook made by
    /// hand, and says nothing.
    fn new(text: &str) -> Option<Pattern> {
        let is_plain = |c: char| regex::escape(c.encode_utf8(&mut [0; 4])).chars().eq([c]) && !c.is_alphabetic();
        if !text.is_empty() && text.chars().all(is_plain) {
            return Some(Pattern::Plain(text.to_owned()));
        }
        RegexBuilder::new(text).case_insensitive(true).build().ok().map(Pattern::Expression)
    }

    /// The first match in a text.
    fn find(&self, text: &str) -> Option<Range<usize>> {
        match self {
            Pattern::Plain(plain) => {
                // Most texts don't even have its first byte.
                let may_be = text.as_bytes().contains(&plain.as_bytes()[0]);
                let start = may_be.then(|| text.find(plain)).flatten()?;
                Some(start..start + plain.len())
            }
            Pattern::Expression(regex) => regex.find(text).map(|found| found.range()),
        }
    }
}

/// Beginnings or endings of words, with the lengths in bytes that occur, so that a word asks only for those.
#[derive(Default)]
struct Affixes {
    says: HashMap<String, Says>,
    lengths: Vec<usize>,
}

/// Words in a row that speak for a code.
struct Phrase {
    /// The number of its second word; 0 where any word may follow the first, or none.
    second: u32,
    /// What follows the first word.
    rest: Vec<Step>,
    code: usize,
    weight: f32,
}

enum Step {
    Word(u32),
    /// None to three words of any kind.
    Gap,
}

/// A phrase in a text.
pub(super) struct Found {
    /// The words that it covers, by their number in the text.
    pub words: Range<usize>,
    pub code: usize,
    pub weight: f32,
}

/// The most words that a `*` in a phrase stands for.
const GAP: usize = 3;

impl Affixes {
    fn insert(&mut self, affix: String, code: usize, weight: f32) {
        if !self.lengths.contains(&affix.len()) {
            self.lengths.push(affix.len());
        }
        self.says.entry(affix).or_default().push((code, weight));
    }
}

impl CueIndex {
    pub fn new(codebook: &Codebook) -> CueIndex {
        let cues = codebook.codes.iter().enumerate();
        let cues = cues.flat_map(|(code, entry)| entry.cues.iter().map(move |cue| (code, cue)));
        CueIndex::of(codebook.codes.len(), cues)
    }

    /// An index of cues, each with the number below `codes` that it speaks for.
    pub fn of<'c>(codes: usize, cues: impl Iterator<Item = (usize, &'c Cue)>) -> CueIndex {
        let mut index = CueIndex {
            codes,
            words: HashMap::default(),
            stems: HashMap::default(),
            beginnings: Affixes::default(),
            endings: Affixes::default(),
            phrase_words: HashMap::default(),
            phrases: Vec::new(),
            patterns: Vec::new(),
        };
        for (code, cue) in cues {
            index.insert(cue.kind, &cue.text, code, cue.weight);
        }
        index
    }

    fn insert(&mut self, kind: CueKind, text: &str, code: usize, weight: f32) {
        match kind {
            CueKind::Word => self.words.entry(lower_case(text).into_owned()).or_default().push((code, weight)),
            CueKind::Stem => self.stems.entry(stem(text)).or_default().push((code, weight)),
            CueKind::Beginning => self.beginnings.insert(lower_case(text).into_owned(), code, weight),
            CueKind::Ending => self.endings.insert(stem(text), code, weight),
            CueKind::Phrase => self.insert_phrase(text, code, weight),
            CueKind::Pattern => self.patterns.extend(Pattern::new(text).map(|pattern| (pattern, code, weight))),
        }
    }

    fn insert_phrase(&mut self, text: &str, code: usize, weight: f32) {
        let mut steps = Vec::new();
        for part in text.split_whitespace() {
            if part == "*" {
                steps.push(Step::Gap);
            }
            for word in words(part) {
                let next = self.phrase_words.len() as u32 + 1;
                steps.push(Step::Word(*self.phrase_words.entry(stem(word.text)).or_insert(next)));
            }
        }
        if let Some(Step::Word(first)) = steps.first() {
            let first = *first as usize;
            let rest = steps.split_off(1);
            let second = if let Some(Step::Word(second)) = rest.first() { *second } else { 0 };
            self.phrases.resize_with(self.phrases.len().max(first + 1), Vec::new);
            self.phrases[first].push(Phrase { second, rest, code, weight });
        }
    }

    /// What a word form says, given in lower case and with its stem: a weight for each code, and what it is in phrases.
    ///
    /// A form that several cues of one code name (as a word, a stem, a part) counts once for that code, by the strongest.
    pub fn form(&self, lower: &str, stem: &str) -> (Vec<f32>, PhraseWord) {
        let mut weights = vec![0.0; self.codes];
        let mut hear = |says: Option<&Says>| {
            for &(code, weight) in says.into_iter().flatten() {
                weights[code] = stronger(weights[code], weight);
            }
        };
        hear(self.words.get(lower));
        hear(self.stems.get(stem));
        for &length in self.beginnings.lengths.iter().filter(|&&length| length < lower.len()) {
            hear(lower.get(..length).and_then(|beginning| self.beginnings.says.get(beginning)));
        }
        for &length in self.endings.lengths.iter().filter(|&&length| length < stem.len()) {
            hear(stem.get(stem.len() - length..).and_then(|ending| self.endings.says.get(ending)));
        }
        (weights, self.phrase_words.get(stem).map_or(PhraseWord::default(), |&number| self.phrase_word(number)))
    }

    fn phrase_word(&self, number: u32) -> PhraseWord {
        let begins = self.phrases.get(number as usize).is_some_and(|phrases| !phrases.is_empty());
        PhraseWord(if begins { number | PhraseWord::BEGINS } else { number })
    }

    /// The phrases in a text: `words` are what [`CueIndex::form`] gave for its words in order. Only the phrases that begin with
    /// a word of the text are looked at.
    pub fn phrases(&self, words: &[PhraseWord]) -> impl Iterator<Item = Found> {
        let starts = (0..words.len()).filter(|&start| words[start].begins());
        starts.flat_map(|start| self.phrases_from(words, start))
    }

    /// The phrases in a text that begin with the word `start`.
    #[inline]
    pub fn phrases_from(&self, words: &[PhraseWord], start: usize) -> impl Iterator<Item = Found> {
        let phrases = self.phrases.get(words[start].number() as usize).into_iter().flatten();
        let next = words.get(start + 1).map_or(0, |next| next.number());
        let may_be = phrases.filter(move |phrase| phrase.second == 0 || phrase.second == next);
        may_be.filter_map(move |phrase| {
            let rest = covered(&phrase.rest, &words[start + 1..])?;
            Some(Found { words: start..start + 1 + rest, code: phrase.code, weight: phrase.weight })
        })
    }

    /// The first match of each pattern in a text: where in bytes, code and weight.
    pub fn patterns(&self, text: &str) -> impl Iterator<Item = (Range<usize>, usize, f32)> {
        self.patterns.iter().filter_map(|(pattern, code, weight)| Some((pattern.find(text)?, *code, *weight)))
    }

    /// What all cues in a text say together, a weight for each code.
    pub fn sums(&self, text: &str) -> Vec<f32> {
        let mut sums = vec![0.0; self.codes];
        let mut in_phrases = Vec::new();
        for word in words(text) {
            let lower = lower_case(word.text);
            let (weights, in_phrase) = self.form(&lower, &stem(&lower));
            sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight);
            in_phrases.push(in_phrase);
        }
        self.phrases(&in_phrases).for_each(|found| sums[found.code] += found.weight);
        self.patterns(text).for_each(|(_, code, weight)| sums[code] += weight);
        sums
    }
}

/// Of two weights the one that says more.
fn stronger(a: f32, b: f32) -> f32 {
    if b.abs() > a.abs() { b } else { a }
}

/// How many words the steps of a phrase cover from the beginning of `words`, if they match there.
fn covered(steps: &[Step], words: &[PhraseWord]) -> Option<usize> {
    let Some((step, rest)) = steps.split_first() else { return Some(0) };
    match step {
        Step::Word(number) => {
            let (first, after) = words.split_first()?;
            if first.number() == *number { Some(1 + covered(rest, after)?) } else { None }
        }
        Step::Gap => (0..=GAP.min(words.len()))
            .filter(|&gap| may_follow(rest, words.get(gap)))
            .find_map(|gap| Some(gap + covered(rest, &words[gap..])?)),
    }
}

/// Whether the first of the steps may match at a word.
fn may_follow(steps: &[Step], word: Option<&PhraseWord>) -> bool {
    match steps.first() {
        Some(Step::Word(number)) => word.is_some_and(|word| word.number() == *number),
        Some(Step::Gap) | None => true,
    }
}
