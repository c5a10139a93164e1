//! What a theme says of itself: a label in its own words, quotes that stand for it, who raised it, and a draft recommendation.

use super::Theme;
use super::terms::is_stop_word;
use crate::analysis::{Keyness, keyness};
use crate::norwegian::{lexicon, lower_case, sentences, stem, word_list, words};
use crate::notes::Point;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

/// Most words of a label.
const LABEL: usize = 4;

/// Most keywords.
const KEYWORDS: usize = 8;

/// Quotes beside the representative one that differ most from it and from each other.
const DIFFERING: usize = 3;

/// Shortest and longest sentence that stands well by itself, in words.
const LENGTHS: std::ops::RangeInclusive<usize> = 5..=22;

/// What the words of `data/norwegian/draft-words.txt` say of a sentence.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Wish,
    Told,
    Leaning,
}

static DRAFT_WORDS: LazyLock<[HashSet<&'static str>; 3]> = LazyLock::new(|| {
    ["wish:", "told:", "leaning:"].map(|kind| {
        let lines = word_list(include_str!("../../data/norwegian/draft-words.txt"));
        lines.filter_map(|line| line.strip_prefix(kind)).flat_map(str::split_whitespace).collect()
    })
});

/// What a theme says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// Two to four words as they stand in its points, those that tell it best from the other themes; fewer where it has no more.
    pub label: Vec<String>,
    /// Words that it has more of than the other themes, with how much more; the most telling first.
    pub keywords: Vec<(String, Keyness)>,
    /// Points that differ most from the representative one and from each other. Indices of the points.
    pub differing: Vec<usize>,
    /// The questions at which it was raised, in order.
    pub questions: Vec<String>,
    /// Who said it, with how often, the most frequent first; empty where the notes don't say.
    pub speakers: Vec<(String, usize)>,
    /// Raised at one table only, where there are others: a minority's point, to be shown and not dropped.
    pub is_minority: bool,
    /// A sentence that could be worked into a recommendation. A draft: it is a quote, and a person should word it.
    pub draft: Option<Draft>,
}

/// A sentence of a point that could be worked into a recommendation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The point that it is from. An index of the points.
    pub point: usize,
    /// Where it stands in the point's text: bytes, end exclusive.
    pub span: Range<usize>,
}

/// Describes themes: a profile for each, in their order.
///
/// ```
/// use kodebok::{codebook::Codebook, coding::{self, Coder}, notes, themes};
///
/// let folder = notes::read_folder("data/notes")?;
/// let points = notes::points(&folder.documents);
/// let codings = coding::code(&points, &Coder::new(&Codebook::summit_2017()));
/// let themes = themes::group(&points, &codings, themes::Options::default());
/// let profiles = themes::profiles(&points, &themes);
/// let confidentiality = points.iter().position(|point| point.text.starts_with("Taushetsplikten")).unwrap();
/// let theme = themes.iter().position(|theme| theme.points.contains(&confidentiality)).unwrap();
/// assert!(profiles[theme].label.contains(&"taushetsplikten".to_owned()), "{:?}", profiles[theme].label);
/// # Ok::<(), kodebok::Error>(())
/// ```
#[must_use]
pub fn profiles(points: &[Point<'_>], themes: &[Theme]) -> Vec<Profile> {
    let stems = stems(points);
    let read: Vec<Vec<Said<'_>>> = points.par_iter().map(|point| content(point.as_ref(), &stems)).collect();
    let mut all: HashMap<&str, usize> = HashMap::new();
    for said in read.iter().flatten() {
        *all.entry(said.stem).or_default() += 1;
    }
    let size = read.iter().map(Vec::len).sum();
    let tables = super::tables(points.iter());
    themes
        .par_iter()
        .map(|theme| {
            let keywords = keywords(theme, &read, &all, size);
            Profile {
                label: label(theme, &keywords, points),
                differing: differing(theme, &read),
                questions: questions(theme, points),
                speakers: speakers(theme, points),
                is_minority: theme.tables == 1 && tables > 1,
                draft: draft(theme, &keywords, points, &stems),
                keywords: keywords.into_iter().take(KEYWORDS).map(|word| (word.form, word.keyness)).collect(),
            }
        })
        .collect()
}

/// The stems of content words in lower case.
type Stems = HashMap<String, String>;

/// The stems of all content words of points; each form is stemmed once.
fn stems(points: &[Point<'_>]) -> Stems {
    let forms = |point: &Point<'_>| {
        let lower = words(point.as_ref()).map(|word| lower_case(word.text).into_owned());
        lower.filter(|lower| !is_stop_word(lower) && lower.chars().any(char::is_alphabetic)).collect::<Vec<_>>()
    };
    let forms: HashSet<String> = points.par_iter().flat_map_iter(forms).collect();
    let with_stem = |form: String| {
        let stem = stem(&form);
        (form, stem)
    };
    forms.into_par_iter().map(with_stem).collect()
}

/// A content word of a text.
struct Said<'t> {
    stem: &'t str,
    /// As it stands.
    form: &'t str,
}

/// The content words of a text.
fn content<'t>(text: &'t str, stems: &'t Stems) -> Vec<Said<'t>> {
    let said = words(text).map(|word| Some(Said { stem: stems.get(lower_case(word.text).as_ref())?, form: word.text }));
    said.flatten().collect()
}

struct Keyword {
    stem: String,
    form: String,
    keyness: Keyness,
}

/// The stems that a theme has more of than the rest, the most telling first.
fn keywords(theme: &Theme, read: &[Vec<Said<'_>>], all: &HashMap<&str, usize>, size: usize) -> Vec<Keyword> {
    let mut forms: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    let mut own = 0;
    for said in theme.points.iter().flat_map(|&point| &read[point]) {
        *forms.entry(said.stem).or_default().entry(said.form).or_default() += 1;
        own += 1;
    }
    let mut found: Vec<Keyword> = forms
        .iter()
        .map(|(&stem, forms)| {
            let count = forms.values().sum();
            let keyness = keyness(count, own, all[stem] - count, size - own);
            Keyword { stem: stem.to_owned(), form: readable(forms), keyness }
        })
        .filter(|word| word.keyness.log_likelihood >= 0.0)
        .collect();
    // Of words that tell as much the longer says more.
    found.sort_by(|a, b| {
        let likelihood = b.keyness.log_likelihood.total_cmp(&a.keyness.log_likelihood);
        likelihood.then(b.form.len().cmp(&a.form.len())).then(a.form.cmp(&b.form))
    });
    found
}

/// The most frequent form of a word, in lower case unless it is always written otherwise inside (NAV, BUP).
fn readable(forms: &BTreeMap<&str, usize>) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (form, count) in forms {
        let begins_only = form.chars().skip(1).all(|c| !c.is_uppercase());
        let shown =
            if begins_only || form.chars().count() > 6 { lower_case(form).into_owned() } else { (*form).to_owned() };
        *counts.entry(shown).or_default() += count;
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or_else(String::new, |(form, _)| form)
}

/// Nouns, verbs and adjectives of a theme's keywords, none inside another; the words of the quote where it has too few.
fn label(theme: &Theme, keywords: &[Keyword], points: &[Point<'_>]) -> Vec<String> {
    let mut label: Vec<String> = Vec::new();
    for word in keywords {
        let lower = lower_case(&word.form);
        let reading = lexicon::readings(&lower).next();
        let says_something = reading.is_none_or(|reading| reading.part.is_content()) && lower.chars().count() > 2;
        let is_inside = |other: &String| other.contains(lower.as_ref()) || lower.contains(other.as_str());
        if says_something && !label.iter().any(is_inside) {
            label.push(word.form.clone());
        }
        if label.len() == LABEL {
            break;
        }
    }
    if label.is_empty() {
        label.extend(words(&points[theme.representative].text).take(LABEL).map(|word| word.text.to_owned()));
    }
    label
}

/// Quotes that share the fewest words with the representative one and with those that were taken before.
fn differing(theme: &Theme, read: &[Vec<Said<'_>>]) -> Vec<usize> {
    let stems = |point: usize| read[point].iter().map(|said| said.stem).collect::<BTreeSet<_>>();
    let mut said = stems(theme.representative);
    let mut left: Vec<usize> = theme.points.iter().copied().filter(|&point| point != theme.representative).collect();
    let mut taken = Vec::new();
    while taken.len() < DIFFERING && !left.is_empty() {
        let new = |point: usize| {
            let own = stems(point);
            own.difference(&said).count() as f64 / own.len().max(3) as f64
        };
        let news: Vec<f64> = left.iter().map(|&point| new(point)).collect();
        // Of equals the one that is more like the representative.
        let best = (0..left.len()).rev().max_by(|&a, &b| news[a].total_cmp(&news[b])).unwrap_or_default();
        if news[best] == 0.0 {
            break;
        }
        let point = left.remove(best);
        said.extend(stems(point));
        taken.push(point);
    }
    taken
}

fn questions(theme: &Theme, points: &[Point<'_>]) -> Vec<String> {
    let mut found: Vec<&str> = theme.points.iter().filter_map(|&point| points[point].question).collect();
    found.sort_by_key(|question| (question.parse::<u32>().unwrap_or(u32::MAX), *question));
    found.dedup();
    found.into_iter().map(str::to_owned).collect()
}

fn speakers(theme: &Theme, points: &[Point<'_>]) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for speaker in theme.points.iter().filter_map(|&point| points[point].speaker) {
        *counts.entry(speaker).or_default() += 1;
    }
    let mut found: Vec<(String, usize)> = counts.into_iter().map(|(who, count)| (who.to_owned(), count)).collect();
    found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    found
}

/// The sentence among a theme's points that is most general and self-contained.
fn draft(theme: &Theme, keywords: &[Keyword], points: &[Point<'_>], stems: &Stems) -> Option<Draft> {
    let weights: HashMap<&str, f64> =
        keywords.iter().map(|word| (word.stem.as_str(), word.keyness.log_likelihood)).collect();
    let total: f64 = weights.values().sum::<f64>().max(f64::MIN_POSITIVE);
    let mut best: Option<(f64, Draft)> = None;
    for &point in &theme.points {
        let text = &points[point].text;
        for span in sentences(text) {
            let score = fitness(&text[span.clone()], stems, &weights, total);
            if best.as_ref().is_none_or(|(found, _)| score > *found) {
                best = Some((score, Draft { point, span }));
            }
        }
    }
    best.map(|(_, draft)| draft)
}

/// How well a sentence would stand as a recommendation: what it has of the theme's keywords, whether it asks for something, and
/// whether it can be read alone. The weights were set by reading the drafts of the bundled notes.
fn fitness(sentence: &str, stems: &Stems, weights: &HashMap<&str, f64>, total: f64) -> f64 {
    let forms: Vec<String> = words(sentence).map(|word| lower_case(word.text).into_owned()).collect();
    let is = |kind: Kind, form: &String| DRAFT_WORDS[kind as usize].contains(form.as_str());
    let stems: BTreeSet<&String> = forms.iter().filter_map(|form| stems.get(form)).collect();
    let share = stems.iter().filter_map(|stem| weights.get(stem.as_str())).sum::<f64>() / total;
    let mut score = share.sqrt();
    if forms.iter().any(|form| is(Kind::Wish, form)) {
        score += 0.5;
    }
    if forms.iter().any(|form| is(Kind::Told, form)) {
        score -= 0.5;
    }
    if forms.first().is_some_and(|form| is(Kind::Leaning, form)) {
        score -= 0.3;
    }
    if !LENGTHS.contains(&forms.len()) {
        score -= 0.4;
    }
    if sentence.contains(['?', '«', '"', '“', '!']) || sentence.bytes().any(|byte| byte.is_ascii_digit()) {
        score -= 0.3;
    }
    score
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notes::{Document, points};

    #[test]
    fn a_draft_is_general_and_stands_alone() {
        for (name, texts, expected) in [
            (
                "a wish before a story",
                ["Jeg ventet i fem måneder på DPS", "Ventetiden på DPS må ned for alle", "ventetid DPS"],
                "Ventetiden på DPS må ned for alle",
            ),
            (
                "a sentence of a longer point",
                [
                    "Det er slik. Familien må få en fast kontaktperson. Ikke sant?",
                    "fast kontaktperson",
                    "Hvem er kontaktperson?",
                ],
                "Familien må få en fast kontaktperson.",
            ),
        ] {
            let document = Document::from_text("bord-1.txt", &texts.map(|text| format!("- {text}\n")).concat());
            let points = points(std::slice::from_ref(&document));
            let theme = Theme { code: Some(0), representative: 0, points: vec![0, 1, 2], tables: 1 };
            let draft = profiles(&points, &[theme]).remove(0).draft.unwrap();
            assert_eq!(&points[draft.point].text[draft.span], expected, "{name}");
        }
    }

    #[test]
    fn forms_are_readable() {
        for (forms, expected) in [
            (&[("Taushetsplikten", 2), ("taushetsplikt", 1)][..], "taushetsplikten"),
            (&[("NAV", 2)][..], "NAV"),
            (&[("TAUSHETSPLIKT", 1)][..], "taushetsplikt"),
        ] {
            assert_eq!(readable(&forms.iter().copied().collect()), expected);
        }
    }
}
