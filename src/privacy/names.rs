//! People's names: by lists of given and family names, and by the words around them.

use crate::norwegian::lexicon::{self, PartOfSpeech};
use crate::norwegian::word_list;
use regex::Regex;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

/// A name has at most so many words.
const WORDS: usize = 5;

static GIVEN: LazyLock<HashSet<String>> = LazyLock::new(|| {
    lower(&[
        include_str!("../../data/privacy/given-names.txt"),
        include_str!("../../data/privacy/given-names-faker.txt"),
    ])
});

static FAMILY: LazyLock<HashSet<String>> = LazyLock::new(|| {
    lower(&[
        include_str!("../../data/privacy/family-names.txt"),
        include_str!("../../data/privacy/family-names-faker.txt"),
    ])
});

static AMBIGUOUS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| word_list(include_str!("../../data/privacy/ambiguous-names.txt")).collect());

fn lower(lists: &[&'static str]) -> HashSet<String> {
    lists.iter().flat_map(|list| word_list(list)).map(str::to_lowercase).collect()
}

/// The words around names, by their kind.
static CONTEXT: LazyLock<HashMap<&'static str, HashSet<&'static str>>> = LazyLock::new(|| {
    word_list(include_str!("../../data/privacy/context.txt"))
        .filter_map(|line| line.split_once(':'))
        .map(|(kind, words)| (kind, words.split(',').map(str::trim).collect()))
        .collect()
});

fn is(kind: &str, word: &str) -> bool {
    CONTEXT.get(kind).is_some_and(|words| words.contains(word))
}

/// Whether a form, in lower case, is a word that is no name.
fn is_word(form: &str) -> bool {
    lexicon::readings(form).any(|reading| reading.part != PartOfSpeech::ProperNoun)
}

/// A word of a text.
struct Word<'t> {
    span: Range<usize>,
    shown: &'t str,
    lower: String,
    is_capital: bool,
    /// Whether a capital says nothing here, since a sentence or line begins.
    opens: bool,
    /// What stands between the word before and this one.
    gap: &'t str,
}

/// What a word can be.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Class {
    given: bool,
    family: bool,
    /// Whether it is a Norwegian word too.
    ambiguous: bool,
    /// How many bytes of the word are the name: a genitive's ending is not.
    len: usize,
}

/// The spans of names in a text.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let words = words(text);
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match name_at(text, &words, at) {
            Some((span, next)) => {
                found.push(span);
                at = next;
            }
            None => at += 1,
        }
    }
    found
}

fn words(text: &str) -> Vec<Word<'_>> {
    static WORD: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\p{L}[\p{L}\p{M}]*(?:['’-]\p{L}[\p{L}\p{M}]*)*").expect("it compiles"));
    let mut last = 0;
    let mut words: Vec<Word<'_>> = Vec::new();
    for found in WORD.find_iter(text) {
        let gap = &text[last..found.start()];
        let after_title = words.last().is_some_and(|word| is("title", &word.lower)) && gap.trim() == ".";
        let opens = words.is_empty() || (gap.contains(['.', '!', '?', ':', '\n', '\r', '•']) && !after_title);
        let shown = found.as_str();
        words.push(Word {
            span: found.range(),
            shown,
            lower: shown.to_lowercase(),
            is_capital: shown.starts_with(char::is_uppercase),
            opens,
            gap,
        });
        last = found.end();
    }
    words
}

/// What a word can be as a name; none where the lists do not know it.
fn class(word: &Word<'_>) -> Option<Class> {
    let whole = word.lower.as_str();
    let endings = ["", "s", "'s", "’s", "'", "’"];
    for ending in endings {
        let Some(base) = whole.strip_suffix(ending) else { continue };
        if let Some((given, family)) = listed(base) {
            let ambiguous = AMBIGUOUS.contains(base) || (!ending.is_empty() && is_word(whole));
            let len = word.shown.len() - (whole.len() - base.len()).min(word.shown.len());
            return Some(Class { given, family, ambiguous, len });
        }
    }
    None
}

/// Whether a base form is a given or a family name; a double name is what its parts are.
fn listed(base: &str) -> Option<(bool, bool)> {
    let (given, family) = (GIVEN.contains(base), FAMILY.contains(base) || is_patronymic(base));
    if given || family {
        return Some((given, family));
    }
    let parts: Vec<&str> = base.split('-').collect();
    let is_double = parts.len() == 2 && parts.iter().all(|part| GIVEN.contains(*part) || FAMILY.contains(*part));
    is_double.then(|| (GIVEN.contains(parts[0]), FAMILY.contains(parts[1])))
}

/// "Torbjørnsen": a given name and -sen or -son.
fn is_patronymic(base: &str) -> bool {
    let father = base.strip_suffix("sen").or_else(|| base.strip_suffix("son")).or_else(|| base.strip_suffix("datter"));
    father.is_some_and(|father| {
        let father = father.trim_end_matches('s');
        father.len() >= 3 && (GIVEN.contains(father) || GIVEN.contains(&format!("{father}s"))) && !is_word(base)
    })
}

/// The name that begins at a word, and the word after it.
fn name_at(text: &str, words: &[Word<'_>], at: usize) -> Option<(Range<usize>, usize)> {
    let word = &words[at];
    if let Some(found) = after_trigger(text, words, at) {
        return Some(found);
    }
    if is("title", &word.lower) && is_name_after(words, at + 1, &[" ", ". ", "."]) {
        let (span, next) = extend(words, at + 1);
        return Some((word.span.start..span.end, next));
    }
    if let Some(found) = joined_name(words, at) {
        return Some(found);
    }
    let class = class(word)?;
    let is_name =
        if word.is_capital { is_capital_name(text, words, at, class) } else { is_small_name(words, at, class) };
    is_name.then(|| extend(words, at)).filter(|(span, next)| !is_of_thing(text, words, span, *next))
}

/// "Singh-familien": a name before a word.
fn joined_name(words: &[Word<'_>], at: usize) -> Option<(Range<usize>, usize)> {
    let word = &words[at];
    let (name, rest) = word.shown.split_once('-')?;
    let base = name.to_lowercase();
    let is_name = word.is_capital && listed(&base).is_some() && !AMBIGUOUS.contains(base.as_str());
    let is_word =
        listed(&word.lower).is_none() && rest.starts_with(char::is_lowercase) && !is("place", &rest.to_lowercase());
    (is_name && is_word).then(|| (word.span.start..word.span.start + name.len(), at + 1))
}

/// A name after a word that announces one: "heter", "Referent:", "mannen min,", "psykolog".
fn after_trigger(text: &str, words: &[Word<'_>], at: usize) -> Option<(Range<usize>, usize)> {
    let before = at.checked_sub(1).map(|before| &words[before])?;
    let word = &words[at];
    if !word.is_capital || is("stop", &word.lower) {
        return None;
    }
    let is_known_name = class(word).is_some();
    let is_common = is_word(&word.lower);
    let two = at.checked_sub(2).map_or(String::new(), |two| format!("{} {}", words[two].lower, before.lower));
    let announces = is("after", &before.lower) || is("after", &two);
    let on_line = !word.gap.contains(['.', '!', '?']) && word.gap.matches('\n').count() <= 1;
    let next_is_capital = words.get(at + 1).is_some_and(|next| next.is_capital && next.gap == " ");
    let ends_line =
        text[word.span.end..].trim_start_matches([' ', ')']).starts_with(['\n', '\r', ',']) || at + 1 == words.len();
    let is_nick = is_nickname(words, at);
    let role = is("role", &before.lower) && matches!(word.gap, " " | ", ");
    let kin = follows_kin(words, at);
    let is_name = (announces
        && on_line
        && (is_known_name
            || !is_common
            || (next_is_capital && !word.gap.contains(':'))
            || (ends_line && word.gap.contains(':'))))
        || is_nick
        || ((role || kin) && !word.opens && (is_known_name || !is_common));
    is_name.then(|| extend(words, at)).filter(|(span, next)| !is_of_thing(text, words, span, *next))
}

/// "Alle kaller ham Bamse", "kallenavnet hans er Lillegutt".
fn is_nickname(words: &[Word<'_>], at: usize) -> bool {
    let between =
        ["ham", "han", "henne", "hun", "ho", "seg", "meg", "deg", "hans", "hennes", "er", "for", "sin", "var", "bare"];
    let calls =
        ["kaller", "kalla", "kalte", "kallar", "kallenavn", "kallenavnet", "kallenamnet", "utnavnet", "klengenavnet"];
    let near = words[at.saturating_sub(4)..at].iter().rev();
    for (index, word) in near.enumerate() {
        let gap = if index == 0 { words[at].gap } else { words[at - index].gap };
        if gap.contains(['.', '!', '?', '\n']) {
            return false;
        }
        if calls.contains(&word.lower.as_str()) {
            return true;
        }
        if !between.contains(&word.lower.as_str()) {
            return false;
        }
    }
    false
}

/// "mannen min, Stein", "mor til Jonas", "broren Per".
fn follows_kin(words: &[Word<'_>], at: usize) -> bool {
    let gap = words[at].gap;
    if !matches!(gap, " " | ", " | "\n") {
        return false;
    }
    let mut before = words[..at].iter().rev().map(|word| word.lower.as_str());
    let Some(first) = before.next() else { return false };
    match first {
        "til" | "åt" => before.next().is_some_and(|word| is("kin", word)),
        own if is("own", own) => before.next().is_some_and(|word| is("kin", word)),
        word => is("kin", word),
    }
}

fn is_name_after(words: &[Word<'_>], at: usize, gaps: &[&str]) -> bool {
    words.get(at).is_some_and(|next| {
        let is_listed = class(next).is_some();
        next.is_capital && gaps.contains(&next.gap) && !is("stop", &next.lower) && (is_listed || !is_word(&next.lower))
    })
}

/// Whether a capitalised word of the lists is a person's name here.
fn is_capital_name(text: &str, words: &[Word<'_>], at: usize, class: Class) -> bool {
    let word = &words[at];
    if is("stop", &word.lower) || is_cited(text, word.span.end) {
        return false;
    }
    if word.shown.len() > 3 && word.shown.chars().all(char::is_uppercase) && class.ambiguous {
        return false;
    }
    let next = words.get(at + 1);
    let pair = next.is_some_and(|next| {
        next.is_capital
            && matches!(next.gap, " " | "\n")
            && !is("stop", &next.lower)
            && (self::class(next).is_some() || !is_word(&next.lower))
    });
    if !class.given {
        return (!class.ambiguous && !is_place_like(words, at)) || (pair && !word.opens);
    }
    if !class.ambiguous || pair {
        return true;
    }
    if !word.opens {
        return !is_title_case(words, at);
    }
    let is_aged = text[word.span.end..].trim_start().starts_with('(')
        && text[word.span.end..].trim_start()[1..].starts_with(|c: char| c.is_ascii_digit());
    let listed_with = next.is_some_and(|next| {
        next.lower == "og"
            && next.gap == " "
            && words
                .get(at + 2)
                .is_some_and(|other| other.is_capital && self::class(other).is_some_and(|class| class.given))
    });
    let in_list = next.is_some_and(|next| next.gap == ", " && next.is_capital && self::class(next).is_some());
    let acts = next.is_some_and(|next| next.gap == " " && is("human", &next.lower));
    let is_speaker = text[word.span.end..].starts_with(':');
    let owns = class.len < word.shown.len() && next.is_some_and(|next| is("kin", &next.lower));
    acts || owns || is_aged || listed_with || in_list || is_speaker
}

/// Whether the words around are capitalised too, as in headings and names of houses ("Blå Kors").
fn is_title_case(words: &[Word<'_>], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| &words[before]);
    before.is_some_and(|before| {
        before.is_capital
            && words[at].gap == " "
            && class(before).is_none()
            && !is("title", &before.lower)
            && !is("role", &before.lower)
            && !before.opens
    })
}

/// "i Strand", "på Moe": a family name after a preposition of place.
fn is_place_like(words: &[Word<'_>], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| words[before].lower.as_str());
    matches!(before, Some("i" | "på" | "ved")) && !words[at].opens
}

/// Whether a word in small letters is a name, in notes written in a hurry.
fn is_small_name(words: &[Word<'_>], at: usize, class: Class) -> bool {
    let word = &words[at];
    if !class.given || is("stop", &word.lower) {
        return false;
    }
    let before = at.checked_sub(1).map_or("", |before| words[before].lower.as_str());
    let two = at.checked_sub(2).map_or("", |two| words[two].lower.as_str());
    let next = words.get(at + 1).map_or("", |next| next.lower.as_str());
    let meets = matches!(before, "møtte" | "møter" | "traff" | "ringte" | "ringer" | "heter" | "heiter" | "besøkte")
        || (before == "med" && two.starts_with("snakk"));
    let next_is_name = words.get(at + 1).is_some_and(|next| {
        next.gap == " "
            && self::class(next).is_some_and(|class| class.given && !class.ambiguous)
            && !is_word(&next.lower)
    });
    if class.ambiguous || is_word(&word.lower) || word.lower.chars().count() < 4 {
        let is_follower = words.get(at + 1).is_none_or(|next| {
            next.gap != " "
                || !is_word(&next.lower)
                || matches!(next.lower.as_str(), "på" | "i" | "og" | "etter" | "igjen" | "hjemme")
        });
        return (meets && is_follower) || (next_is_name && word.gap == " ");
    }
    meets || is("before", before) || is("verb", next) || is("kin", before) || is("own", before) || is("human", next)
}

/// The whole name from a word on, and the word after it.
fn extend(words: &[Word<'_>], at: usize) -> (Range<usize>, usize) {
    let first = &words[at];
    let name_len = |word: &Word<'_>| class(word).map_or_else(|| genitive_cut(word), |class| class.len);
    let mut end = first.span.start + name_len(first);
    let mut next = at + 1;
    // A name in the genitive ends there.
    let mut is_open = end == first.span.end;
    while is_open && next < words.len() && next - at < WORDS {
        let word = &words[next];
        let joins = matches!(word.gap, " " | "\n" | "\r\n");
        let is_alike = word.is_capital == first.is_capital;
        let class = class(word);
        let is_part = match word.is_capital {
            true => class.is_some() || (!is_word(&word.lower) && !is("stop", &word.lower) && !is("place", &word.lower)),
            false => class.is_some_and(|class| class.given && !class.ambiguous && !is_word(&word.lower)),
        };
        let starts_line = word.gap.contains('\n') && class.is_none();
        if !joins || !is_alike || !is_part || starts_line || is("stop", &word.lower) {
            break;
        }
        end = word.span.start + name_len(word);
        is_open = end == word.span.end;
        next += 1;
    }
    (first.span.start..end, next)
}

/// A name that no list knows keeps its -s: it may be its own.
fn genitive_cut(word: &Word<'_>) -> usize {
    word.shown.trim_end_matches(['\'', '’']).len()
}

/// "Hansen og Olsen (2015)", "Weimand et al., 2013": who is cited is no person of the notes.
fn is_cited(text: &str, end: usize) -> bool {
    static CITED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:s|'s)?(?:,?\s*(?:&|og|and|et\s+al\.?|m\.?\s?fl\.?|mfl\.?|med\s+flere|\p{Lu}[\p{L}-]+))*\s*,?\s*\(?(?:19|20)\d{2}[a-z]?\b|^\s*(?:et\s+al|m\.?\s?fl\.)")
            .expect("it compiles")
    });
    CITED.is_match(&text[end..text.len().min(text.floor_char_boundary(end + 80))])
}

/// "Rolf Jacobsens gate", "Alzheimers sykdom", "St. Olavs hospital": names of things.
fn is_of_thing(text: &str, words: &[Word<'_>], span: &Range<usize>, next: usize) -> bool {
    let follows = words.get(next).is_some_and(|word| matches!(word.gap, " " | "s " | "-") && is("place", &word.lower));
    let before = text[..span.start].trim_end();
    follows || before.ends_with("St.") || before.ends_with("Sankt") || is_cited(text, span.end)
}
