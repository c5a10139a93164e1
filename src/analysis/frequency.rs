//! How often words occur, their forms taken together.

use crate::norwegian::{lexicon, lower_case, stem, words};
use std::collections::{BTreeMap, HashMap};

/// A word with how often it occurs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frequency {
    /// The dictionary form; of a word that the lexicon lacks its most frequent form.
    pub word: String,
    /// How often it occurs.
    pub count: usize,
    /// In how many of the texts.
    pub texts: usize,
    /// Its forms in lower case with how often each occurs, the most frequent first.
    pub forms: Vec<(String, usize)>,
    /// Whether it carries a text's subject: a noun, verb, adjective or name, or a word that the lexicon lacks.
    pub is_content: bool,
}

/// What forms are taken together by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Key {
    /// The lemma of the likeliest reading.
    Lemma(String),
    /// The stem of a word that the lexicon lacks; without the feature `lexicon` it lacks all.
    Stem(String),
}

/// What a form in lower case is counted as.
pub(super) fn key(form: &str) -> Key {
    lexicon::readings(form).next().map_or_else(|| Key::Stem(stem(form)), |reading| Key::Lemma(reading.lemma))
}

#[derive(Default)]
struct Count {
    texts: usize,
    last: Option<usize>,
    forms: BTreeMap<String, usize>,
}

/// The words of texts by falling frequency, of equals in the order of the alphabet. What has no letter is no word here.
///
/// ```
/// use kodebok::analysis::frequencies;
///
/// let words = frequencies(["Fordommer mot pårørende", "en fordom, fordommen"]);
/// # #[cfg(feature = "lexicon")]
/// assert_eq!((words[0].word.as_str(), words[0].count, words[0].texts), ("fordom", 3, 2));
/// assert!(words[0].is_content);
/// ```
#[must_use]
pub fn frequencies<'t>(texts: impl IntoIterator<Item = &'t str>) -> Vec<Frequency> {
    let mut keys: HashMap<String, Key> = HashMap::new();
    let mut counts: BTreeMap<Key, Count> = BTreeMap::new();
    for (at, text) in texts.into_iter().enumerate() {
        for word in words(text).filter(|word| word.text.chars().any(char::is_alphabetic)) {
            let form = lower_case(word.text).into_owned();
            let key = keys.entry(form).or_insert_with_key(|form| key(form));
            let count = counts.entry(key.clone()).or_default();
            count.texts += usize::from(count.last != Some(at));
            count.last = Some(at);
            *count.forms.entry(lower_case(word.text).into_owned()).or_default() += 1;
        }
    }
    let mut frequencies: Vec<Frequency> = counts.into_iter().map(|(key, count)| frequency(key, count)).collect();
    frequencies.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.word.cmp(&b.word)));
    frequencies
}

fn frequency(key: Key, count: Count) -> Frequency {
    let mut forms: Vec<(String, usize)> = count.forms.into_iter().collect();
    forms.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let reading = lexicon::readings(&forms[0].0).next();
    Frequency {
        word: match key {
            Key::Lemma(lemma) => lemma,
            Key::Stem(_) => forms[0].0.clone(),
        },
        count: forms.iter().map(|(_, count)| count).sum(),
        texts: count.texts,
        is_content: reading.is_none_or(|reading| reading.part.is_content()),
        forms,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_a_plain_count_has_it() {
        let texts: Vec<&str> = include_str!("../../data/notes/bord-01.txt").lines().collect();
        let found = frequencies(texts.iter().copied());
        let mut forms: HashMap<String, usize> = HashMap::new();
        for word in texts.iter().flat_map(|text| words(text)).filter(|word| word.text.chars().any(char::is_alphabetic))
        {
            *forms.entry(word.text.to_lowercase()).or_default() += 1;
        }
        let all: HashMap<String, usize> = found.iter().flat_map(|word| word.forms.clone()).collect();
        assert_eq!(all, forms, "each form is counted once, under one word");
        assert_eq!(found.iter().map(|word| word.count).sum::<usize>(), forms.values().sum::<usize>());
        for word in &found {
            let holds = |text: &&&str| words(text).any(|it| key(&it.text.to_lowercase()) == key(&word.forms[0].0));
            assert_eq!(word.texts, texts.iter().filter(holds).count(), "{}", word.word);
        }
    }

    #[test]
    fn nothing_is_no_word() {
        assert_eq!(frequencies(["", "12 30 –"]), []);
    }
}
