//! From a word form to the stem that all its forms share.

use rust_stemmers::{Algorithm, Stemmer};
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

/// Endings of *lov* (law) as the head of a compound, bokmål and nynorsk. Snowball takes a final "lov" for an inflection:
/// all 234 law words of a dictionary lose it (pasientrettighetsloven gives pasientrettig, barnelova gives barn).
const LAW_ENDINGS: [&str; 9] = ["", "s", "en", "ens", "a", "er", "ene", "enes", "ar"];

static STEMMER: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::Norwegian));

/// Words that end like a law and are none.
static NOT_LAWS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| super::word_list(include_str!("../../data/norwegian/not-laws.txt")).collect());

/// The stem of a word form, in lower case.
///
/// Snowball's Norwegian stemmer (Porter 2001) behind a guard for law words, which keep their *lov*.
///
/// ```
/// use kodebok::norwegian::stem;
///
/// assert_eq!(stem("Pårørende"), "pårør");
/// assert_eq!(stem("helsepersonelloven"), "helsepersonellov");
/// assert_eq!(stem("barnelova"), stem("barneloven"));
/// ```
#[must_use]
pub fn stem(form: &str) -> String {
    let lower = lower_case(form);
    match law_stem(&lower) {
        Some(law) => law.to_owned(),
        None => STEMMER.stem(&lower).into_owned(),
    }
}

/// A word in lower case; borrowed where it already is.
pub(crate) fn lower_case(form: &str) -> Cow<'_, str> {
    if form.chars().any(char::is_uppercase) { Cow::Owned(form.to_lowercase()) } else { Cow::Borrowed(form) }
}

/// The form up to and with "lov" where it is a law's name.
fn law_stem(lower: &str) -> Option<&str> {
    let at = lower.rfind("lov")? + "lov".len();
    let (law, ending) = lower.split_at(at);
    let is_law = law.len() > "lov".len() && LAW_ENDINGS.contains(&ending) && !NOT_LAWS.contains(law);
    is_law.then_some(law)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn laws_keep_their_stem() {
        for (form, expected) in [
            ("pasientrettighetsloven", "pasientrettighetslov"),
            ("Folketrygdlova", "folketrygdlov"),
            ("lov", "lov"),
            ("pullover", "pul"),
        ] {
            assert_eq!(stem(form), expected, "{form}");
        }
    }
}
