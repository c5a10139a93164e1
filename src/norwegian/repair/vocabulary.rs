//! How usual a word form is: what its presence costs, in nats (the negative natural logarithm of a probability).

use crate::norwegian::lexicon::{self, PartOfSpeech};
use foldhash::{HashMap, HashSet};
use std::sync::LazyLock;

/// What a form of the lexicon costs that the counted texts don't have. Some 700,000 forms share a twentieth of running text.
pub(super) const RARE: f32 = 16.0;
/// What such a form costs at least: one whose lemma is counted in other forms.
pub(super) const CHEAPEST_RARE: f32 = RARE - KIN;
/// How much cheaper such a form is at most, and what each sighting of its lemma is worth.
const KIN: f32 = 3.0;
const SIGHTING: f32 = 3.0;
/// What a word or name of the hand-written lists costs at most.
const LISTED: f32 = 11.5;
/// What each letter of an unknown word adds to `RARE`: the longer an unknown word, the less likely it is right.
const UNKNOWN_LETTER: f32 = 0.9;
/// An unknown word with a capital inside a sentence is mostly a name.
const NAME: f32 = 17.5;
/// Signs or digits within an unknown word, or a capital behind a small letter, are hardly ever meant.
const ODD: f32 = 7.0;

/// A form this usual can be a compound's first part as it stands (*pårørendearbeid*).
const USUAL_PART: f32 = 9.0;
/// What a nynorsk ending on a known bokmål stem costs more than a form that is listed.
const OTHER_STANDARD: f32 = 1.0;

/// Endings of nynorsk and their bokmål counterparts.
const ENDINGS: [(&str, &str); 16] = [
    ("arar", "ere"),
    ("arane", "erne"),
    ("aren", "eren"),
    ("ane", "ene"),
    ("ande", "ende"),
    ("are", "ere"),
    ("aste", "este"),
    ("ast", "es"),
    ("ar", "er"),
    ("leg", "lig"),
    ("lege", "lige"),
    ("heit", "het"),
    ("heita", "heten"),
    ("era", "ere"),
    ("a", "e"),
    ("st", "s"),
];

static COUNTS: LazyLock<HashMap<&'static str, f32>> = LazyLock::new(|| {
    let rows: Vec<(&str, f32)> = rows(include_str!("../../../data/norwegian/frequencies.tsv")).collect();
    let total: f32 = rows.iter().map(|(_, count)| count).sum();
    rows.into_iter().map(|(form, count)| (form, (total * 1.1 / count).ln())).collect()
});

/// How often the counted texts have the forms of a lemma; a form of several counts for each in part.
static LEMMAS: LazyLock<HashMap<String, f32>> = LazyLock::new(|| {
    let mut lemmas: HashMap<String, f32> = HashMap::default();
    for (form, count) in rows(include_str!("../../../data/norwegian/frequencies.tsv")) {
        let mut own: Vec<String> = lexicon::readings(form).map(|reading| reading.lemma).collect();
        own.sort_unstable();
        own.dedup();
        let share = count / own.len() as f32;
        own.into_iter().for_each(|lemma| *lemmas.entry(lemma).or_default() += share);
    }
    lemmas
});

static LISTS: LazyLock<HashMap<String, f32>> = LazyLock::new(|| {
    let hand = crate::norwegian::word_list(include_str!("../../../data/norwegian/frequent-words.txt"));
    let english = crate::norwegian::word_list(include_str!("../../../data/norwegian/english.txt"));
    hand.chain(english).map(|word| (word.to_lowercase(), LISTED)).collect()
});

/// Counted and listed forms, for a search by prefix: many of them are not in the lexicon.
static USUAL: LazyLock<fst::Set<Vec<u8>>> = LazyLock::new(|| {
    let mut forms: Vec<&str> = COUNTS.keys().copied().chain(LISTS.keys().map(String::as_str)).collect();
    forms.sort_unstable();
    forms.dedup();
    fst::Set::from_iter(forms).expect("the forms are sorted")
});

/// Makes the two tables that take longest, each on a thread of its own where there are two: several documents come here at once, and
/// must not all wait for the same one.
pub(super) fn load() {
    let (counted, usual) = (|| _ = LazyLock::force(&LEMMAS), || _ = LazyLock::force(&USUAL));
    if rayon::current_thread_index().unwrap_or_default().is_multiple_of(2) {
        rayon::join(counted, usual);
    } else {
        rayon::join(usual, counted);
    }
}

/// How much of a form's use is nynorsk, were both standards equally usual; of forms that are seen often enough to tell.
static NYNORSK: LazyLock<HashMap<&'static str, f32>> = LazyLock::new(|| {
    let rows: Vec<(&str, f32, f32)> = include_str!("../../../data/norwegian/frequencies.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut cells = line.split('\t');
            let form = cells.next()?;
            let count: f32 = cells.next()?.parse().ok()?;
            let nynorsk: f32 = cells.next()?.parse().ok()?;
            Some((form, count - nynorsk, nynorsk))
        })
        .collect();
    let totals = rows.iter().fold((1.0, 1.0), |totals, row| (totals.0 + row.1, totals.1 + row.2));
    rows.into_iter()
        .filter(|row| row.1 + row.2 >= ENOUGH)
        .map(|(form, bokmål, nynorsk)| {
            let (bokmål, nynorsk) = ((bokmål + 0.3) / totals.0, (nynorsk + 0.1) / totals.1);
            (form, (nynorsk / (bokmål + nynorsk)).clamp(LEAST_SHARE, 1.0 - LEAST_SHARE))
        })
        .collect()
});
/// How often a form must be seen for its standard to be told.
const ENOUGH: f32 = 4.0;
/// No form is so much of one standard that less than this share is the other's.
const LEAST_SHARE: f32 = 0.003;

fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, f32)> {
    table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let (form, count) = line.split_once('\t')?;
        Some((form, count.split('\t').next()?.parse().ok()?))
    })
}

static ENGLISH: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| crate::norwegian::word_list(include_str!("../../../data/norwegian/english.txt")).collect());

/// Whether a form, in lower case, is an English word and no Norwegian one.
pub(super) fn is_english(form: &str) -> bool {
    ENGLISH.contains(form) && !lexicon::contains(form)
}

/// The two sets of forms that a search walks: the usual ones, and the lexicon's.
pub(super) fn automata() -> [&'static [u8]; 2] {
    [USUAL.as_fst().as_bytes(), lexicon::set().as_fst().as_bytes()]
}

/// What a known form, in lower case, costs; nothing for an unknown one.
pub(super) fn cost(form: &str) -> Option<f32> {
    let counted = COUNTS.get(form).copied();
    let listed = LISTS.get(form).copied();
    let usual = match (counted, listed) {
        (Some(counted), Some(listed)) => Some(counted.min(listed)),
        (counted, listed) => counted.or(listed),
    };
    usual.or_else(|| rare_cost(form))
}

/// What a form of the lexicon costs that isn't usual: less where other forms of its lemma are (*løfter* beside *løfte*).
fn rare_cost(form: &str) -> Option<f32> {
    let sightings =
        lexicon::edits(form).map(|(base, edit)| LEMMAS.get(&*edit.lemma(base)).copied().unwrap_or_default());
    let most = sightings.reduce(f32::max)?;
    Some(RARE - (1.0 + SIGHTING * most).ln().min(KIN))
}

/// What a form costs that is known as it stands or with the ending that bokmål has for it.
pub(super) fn own_cost(form: &str) -> Option<f32> {
    cost(form).or_else(|| {
        let counterpart = |(ours, theirs): &(&str, &str)| {
            let stem = form.strip_suffix(ours).filter(|stem| stem.chars().count() > 2)?;
            cost(&format!("{stem}{theirs}"))
        };
        ENDINGS.iter().any(|ending| counterpart(ending).is_some()).then_some(RARE + OTHER_STANDARD)
    })
}

/// How much dearer a usual form is in a text of one standard than in any; below zero where it is at home.
pub(super) fn standard_cost(form: &str, nynorsk: bool) -> f32 {
    let Some(share) = NYNORSK.get(form) else { return 0.0 };
    let share = if nynorsk { *share } else { 1.0 - share };
    -(2.0 * share).ln()
}

/// Whether most of the words that one standard has and the other hasn't are nynorsk: their costs, added up.
pub(super) fn leaning(form: &str) -> f32 {
    NYNORSK.get(form).map_or(0.0, |share| (share / (1.0 - share)).ln())
}

/// Whether a form is counted or listed.
pub(super) fn is_usual(form: &str) -> bool {
    COUNTS.contains_key(form) || LISTS.contains_key(form)
}

/// What an unknown word costs.
pub(super) fn unknown_cost(text: &str, inside_sentence: bool, capital_line: bool) -> f32 {
    let letters = text.chars().count();
    let odd = text.chars().any(|c| !c.is_alphabetic()) || has_inner_capital(text);
    let plain = RARE + UNKNOWN_LETTER * letters as f32 + if odd { ODD } else { 0.0 };
    let capital = text.starts_with(char::is_uppercase);
    let acronym = letters <= 5 && is_all_capitals(text) && !capital_line;
    if !odd && (acronym || (capital && inside_sentence && !capital_line)) { plain.min(NAME) } else { plain }
}

/// Whether a word of at least two letters has capitals only; digits and signs don't count.
pub(super) fn is_all_capitals(text: &str) -> bool {
    text.chars().filter(|c| c.is_uppercase()).count() > 1 && !text.chars().any(char::is_lowercase)
}

fn has_inner_capital(text: &str) -> bool {
    !is_all_capitals(text) && text.chars().skip(1).any(char::is_uppercase)
}

/// Whether a form can be the first part of a compound: a dictionary form of a word that carries content, or a usual long one.
pub(super) fn is_modifier(form: &str) -> bool {
    lexicon::edits(form).any(|(base, edit)| {
        (edit.part.is_content() || matches!(edit.part, PartOfSpeech::Preposition | PartOfSpeech::Adverb))
            && (edit.lemma(base) == form || cost(form).is_some_and(|cost| cost < USUAL_PART))
    }) || (form.chars().count() > 4 && is_usual(form) && !lexicon::contains(form))
}

/// Whether a form can be the last part of a compound.
pub(super) fn is_head(form: &str) -> bool {
    lexicon::edits(form).any(|(base, edit)| match edit.part {
        PartOfSpeech::Noun | PartOfSpeech::Adjective => true,
        // Participles: *referatført*, *referatførte*.
        PartOfSpeech::Verb => form.chars().count() > 4 && !form.ends_with(['r', 's']) && edit.lemma(base) != form,
        _ => false,
    }) || (form.chars().count() > 4 && is_usual(form) && !lexicon::contains(form))
}

static NAMES: LazyLock<HashSet<String>> = LazyLock::new(|| {
    crate::norwegian::word_list(include_str!("../../../data/norwegian/frequent-words.txt"))
        .filter(|word| word.starts_with(char::is_uppercase))
        .map(str::to_lowercase)
        .collect()
});

/// Whether the lexicon has a form as a name, and as nothing else.
fn is_proper_noun(form: &str) -> bool {
    let mut parts = lexicon::readings(form).map(|reading| reading.part).peekable();
    parts.peek().is_some() && parts.all(|part| part == PartOfSpeech::ProperNoun)
}

/// Whether a form, in lower case, is a name and no word besides.
pub(super) fn is_name(form: &str) -> bool {
    let named = NAMES.contains(form);
    (named && !COUNTS.contains_key(form) && !lexicon::contains(form))
        || ((named || !is_usual(form)) && is_proper_noun(form))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rare_form_of_a_usual_lemma_costs_less_than_one_of_a_rare_lemma() {
        for (rarer, usual) in [("klaverets", "løfter"), ("fløyelen", "høstens")] {
            assert!(!is_usual(rarer) && !is_usual(usual));
            assert!(cost(usual) < cost(rarer), "{usual} {rarer}");
        }
    }

    #[test]
    fn no_form_of_the_lexicon_is_cheaper_than_the_walk_takes_it_to_be() {
        for form in ["løfter", "består", "pårørendes", "kommunenes", "skrivings"] {
            assert!(is_usual(form) || cost(form).is_none_or(|cost| cost >= CHEAPEST_RARE), "{form}");
        }
    }

    #[test]
    fn names_are_told_from_words() {
        for (form, name) in [("øystein", true), ("århus", true), ("bjørn", false), ("møte", false), ("åse", true)]
        {
            assert_eq!(is_name(form), name, "{form}");
        }
    }
}
