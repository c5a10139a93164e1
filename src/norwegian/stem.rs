//! From a word form to the stem that all forms of its family share.
//!
//! A stem is a word: the lemma of the form ([`lexicon`]), or the representative of the family that the lemma belongs to by the
//! tables in `data/norwegian/` (`stem-classes.txt`, `stem-rules.txt`, `stem-apart.txt`). A compound follows its head. What the
//! lexicon doesn't know goes through Snowball's Norwegian stemmer (Porter 2001) behind guards for law words and doctors.

use super::lexicon::{self, Beginnings, PartOfSpeech, Standard};
use super::strip_ending;
use foldhash::{HashMap, HashSet};
use rust_stemmers::{Algorithm, Stemmer};
use std::borrow::Cow;
use std::sync::LazyLock;

/// Endings of *lov* (law) as the head of a compound, bokmål and nynorsk. Snowball takes a final "lov" for an inflection:
/// all 234 law words of a dictionary lose it (pasientrettighetsloven gives pasientrettig, barnelova gives barn).
const LAW_ENDINGS: [&str; 11] = ["", "s", "en", "ens", "a", "as", "er", "ene", "enes", "ar", "ane"];

/// Endings of *lege* (doctor) after "leg", bokmål and nynorsk.
const DOCTOR_ENDINGS: [&str; 10] = ["e", "es", "en", "ens", "er", "ers", "ene", "enes", "ar", "ane"];

/// Endings of an adjective's comparative and superlative, bokmål and nynorsk.
const DEGREE_ENDINGS: [&str; 8] = ["ere", "est", "este", "st", "ste", "are", "ast", "aste"];

/// Shortest first part of a compound, in characters.
const SHORTEST_MODIFIER: usize = 3;

/// Shortest head of a compound, in characters.
const SHORTEST_HEAD: usize = 3;

/// Shortest head that is believed where the splitter of compounds finds none, in characters.
const SHORTEST_SURE_HEAD: usize = 5;

/// Stands in `stem-rules.txt` for the verb whose participle an adjective is.
const PARTICIPLE: &str = "=";

/// How often a derivation can go on (organisator, organisere, organisasjon ...).
const DEEPEST_DERIVATION: usize = 4;

static STEMMER: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::Norwegian));

/// Words that end like a law and are none.
static NOT_LAWS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| super::word_list(include_str!("../../data/norwegian/not-laws.txt")).collect());

/// Doctors that the guard knows without the lexicon.
static DOCTORS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| super::word_list(include_str!("../../data/norwegian/doctors.txt")).collect());

/// Words that end like doctors and are none.
static NOT_DOCTORS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| super::word_list(include_str!("../../data/norwegian/not-doctors.txt")).collect());

/// The representative of a word's family.
static CLASSES: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    super::word_list(include_str!("../../data/norwegian/stem-classes.txt"))
        .filter_map(|line| line.split_once(':'))
        .flat_map(|(representative, members)| {
            std::iter::once(representative)
                .chain(members.split_whitespace())
                .map(move |member| (member, representative))
        })
        .collect()
});

/// Lemmas that no rule joins with others.
static APART: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    super::word_list(include_str!("../../data/norwegian/stem-apart.txt")).flat_map(str::split_whitespace).collect()
});

/// The rules by the last byte of the ending, in order.
static RULES: LazyLock<HashMap<u8, Vec<Rule>>> = LazyLock::new(|| {
    let mut rules = HashMap::<u8, Vec<Rule>>::default();
    for rule in super::word_list(include_str!("../../data/norwegian/stem-rules.txt")).filter_map(Rule::parse) {
        rules.entry(rule.ending.as_bytes().last().copied().unwrap_or_default()).or_default().push(rule);
    }
    rules
});

/// The rules for lemmas that end as this one does.
fn rules_for(lemma: &str, part: PartOfSpeech) -> impl Iterator<Item = &'static Rule> {
    let rules = lemma.as_bytes().last().and_then(|last| RULES.get(last)).into_iter().flatten();
    rules.filter(move |rule| rule.part == part && lemma.ends_with(rule.ending))
}

/// A regular derivation: lemmas of one part and ending, and the lemmas that they are made from.
struct Rule {
    part: PartOfSpeech,
    ending: &'static str,
    base_part: PartOfSpeech,
    base_ending: &'static str,
    /// Shortest base, in characters.
    shortest: usize,
}

impl Rule {
    fn parse(line: &'static str) -> Option<Self> {
        let mut fields = line.split_whitespace();
        let (part, ending, base_part, base_ending) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
        Some(Self {
            part: PartOfSpeech::from_letter(part)?,
            ending,
            base_part: PartOfSpeech::from_letter(base_part)?,
            base_ending: base_ending.trim_matches('*'),
            shortest: fields.next().map_or(Some(3), |count| count.parse().ok())?,
        })
    }

    /// The lemma that this one is made from, if the lexicon has it.
    fn base(&self, lemma: &str) -> Option<String> {
        let root = lemma.strip_suffix(self.ending)?;
        if self.base_ending == PARTICIPLE {
            return verb_of_participle(lemma);
        }
        let base = [root, self.base_ending].concat();
        let is_known = base.chars().count() >= self.shortest && is_lemma(&base, self.base_part);
        is_known.then_some(base)
    }
}

/// The verb that an adjective is a participle of. An adjective that is only like the verb's imperative (rett, rette) is none.
fn verb_of_participle(adjective: &str) -> Option<String> {
    let verbs = lexicon::edits(adjective).filter(|(_, edit)| edit.part == PartOfSpeech::Verb);
    let mut lemmas = verbs.map(|(base, edit)| edit.lemma(base));
    lemmas.find(|verb| verb.strip_suffix('e') != Some(adjective)).map(Cow::into_owned)
}

/// The stem of a word form, in lower case: a word that stands for the form's whole family, and is its own stem.
///
/// Forms of one lemma meet (fikk, få), as do regular derivations (involvering, involvere) and the same word in bokmål and
/// nynorsk (haldning, holdning).
///
/// ```
/// use kodebok::norwegian::stem;
///
/// assert_eq!(stem("Fordommene"), stem("fordom"));
/// assert_eq!(stem("helsepersonelloven"), "helsepersonellov");
/// assert_eq!(stem("barnelova"), stem("barneloven"));
/// assert_eq!(stem("rettleiing"), stem("veiledning"));
/// ```
#[must_use]
pub fn stem(form: &str) -> String {
    let form = lower_case(form);
    let mut seen = vec![step(&form)];
    if seen[0] == form {
        return seen.remove(0);
    }
    // A step leads to a word that may be a form of another one itself (the lemma "får", a sheep, is also a form of "få").
    // One or two more settle it. Where they go round, the first of the circle in order stands for all of it.
    loop {
        let next = step(seen.last().map_or("", String::as_str));
        if let Some(at) = seen.iter().position(|earlier| *earlier == next) {
            return seen.drain(at..).min().unwrap_or(next);
        }
        seen.push(next);
    }
}

/// A word in lower case; borrowed where it already is.
pub(crate) fn lower_case(form: &str) -> Cow<'_, str> {
    if form.chars().any(char::is_uppercase) { Cow::Owned(form.to_lowercase()) } else { Cow::Borrowed(form) }
}

/// One step from a form in lower case towards its stem.
fn step(form: &str) -> String {
    if let Some(representative) = CLASSES.get(form) {
        return (*representative).to_owned();
    }
    if let Some((base, edit)) = lexicon::edits(form).next() {
        return family(&edit.lemma(base), edit.part, DEEPEST_DERIVATION).into_owned();
    }
    compared(form)
        .or_else(|| compound(form))
        .or_else(|| law(form))
        .or_else(|| doctor(form))
        .unwrap_or_else(|| by_rule(form))
}

/// The representative of a lemma's family; the lemma itself where it has none.
fn family(lemma: &str, part: PartOfSpeech, depth: usize) -> Cow<'_, str> {
    if let Some(representative) = CLASSES.get(lemma) {
        return Cow::Borrowed(representative);
    }
    if depth == 0 || APART.contains(lemma) {
        return Cow::Borrowed(lemma);
    }
    let mut bases = rules_for(lemma, part).filter_map(|rule| Some((rule.base(lemma)?, rule.base_part)));
    if let Some((base, base_part)) = bases.next() {
        return Cow::Owned(family(&base, base_part, depth - 1).into_owned());
    }
    family_of_head(lemma, part, depth).map_or(Cow::Borrowed(lemma), Cow::Owned)
}

/// The representative of a compound's family where its head's is another word (taushetsbrudd: taushetsbryte).
fn family_of_head(lemma: &str, part: PartOfSpeech, depth: usize) -> Option<String> {
    let is_derived = rules_for(lemma, part).next().is_some();
    cuts(lemma, SHORTEST_HEAD).find_map(|(modifier, head)| {
        let may_have_family = is_derived || CLASSES.contains_key(head) || APART.contains(head);
        if !may_have_family || !is_lemma(head, part) {
            return None;
        }
        Some([modifier, &family(head, part, depth - 1)].concat())
    })
}

/// The stem of an adjective that the lexicon has, but not in this degree (tydeligere).
fn compared(form: &str) -> Option<String> {
    let adjectives = DEGREE_ENDINGS.iter().filter_map(|ending| strip_ending(form, ending));
    let known = adjectives.into_iter().find(|adjective| is_lemma(adjective, PartOfSpeech::Adjective))?;
    Some(family(known, PartOfSpeech::Adjective, DEEPEST_DERIVATION).into_owned())
}

/// The stem of a compound that the lexicon lacks: that of its head behind its first part.
fn compound(form: &str) -> Option<String> {
    let split = super::compound::head_start(form).map(|head| form.split_at(head));
    if let Some(family) = split.and_then(|(modifier, head)| behind(modifier, head, family_of_head_form(head)?)) {
        return Some(family);
    }
    // Verbs, which the splitter leaves whole, and other words behind a known first part.
    cuts(form, SHORTEST_SURE_HEAD).find_map(|(modifier, head)| behind(modifier, head, family_of_known(head)?))
}

fn behind(modifier: &str, head: &str, family: String) -> Option<String> {
    // A family that ends in the head itself would be split again, without an end.
    let family = if family.len() > head.len() && family.ends_with(head) { head } else { &family };
    Some([&*in_bokmal(modifier), family].concat())
}

/// The family of the head of a new compound, which may be a compound itself.
fn family_of_head_form(head: &str) -> Option<String> {
    family_of_known(head).or_else(|| compared(head)).or_else(|| compound(head))
}

fn family_of_known(head: &str) -> Option<String> {
    if let Some(representative) = CLASSES.get(head) {
        return Some((*representative).to_owned());
    }
    let (base, edit) = lexicon::edits(head).find(|(_, edit)| edit.part.is_content())?;
    Some(family(&edit.lemma(base), edit.part, DEEPEST_DERIVATION).into_owned())
}

/// Where a compound can be cut in two, the longest head first: behind what can stand before a head, a known form with or
/// without a link, and before a head of at least so many characters.
fn cuts(word: &str, shortest_head: usize) -> impl Iterator<Item = (&str, &str)> {
    let known = Beginnings::of(word);
    let last = word.char_indices().rev().nth(shortest_head - 1).map_or(0, |(at, _)| at);
    let places = word.char_indices().map(|(at, _)| at).skip(SHORTEST_MODIFIER).take_while(move |&at| at <= last);
    let is_modifier = move |at: &usize| without_link(&word[..*at]).any(|form| known.has(form.len()));
    places.filter(is_modifier).map(|at| word.split_at(at))
}

/// A compound's first part as bokmål has it (sjukepleiar, sykepleier), with its link.
fn in_bokmal(modifier: &str) -> Cow<'_, str> {
    let known = without_link(modifier).find_map(|word| {
        let readings = || lexicon::edits(word);
        readings().find(|(_, edit)| edit.part == PartOfSpeech::Noun).or_else(|| readings().next())
    });
    match known {
        Some((base, edit)) if edit.language == Standard::Nn => {
            Cow::Owned([&*edit.lemma(base), &modifier[base.len()..]].concat())
        }
        _ => Cow::Borrowed(modifier),
    }
}

/// A compound's first part as it stands, and without each link that it may end in.
fn without_link(modifier: &str) -> impl Iterator<Item = &str> {
    ["", "s", "e", "-"].into_iter().filter_map(move |link| modifier.strip_suffix(link)).filter(|word| word.len() > 1)
}

fn is_lemma(word: &str, part: PartOfSpeech) -> bool {
    lexicon::edits(word).any(|(base, edit)| edit.part == part && edit.lemma(base) == word)
}

/// The form up to and with "lov" where it is a law's name.
fn law(form: &str) -> Option<String> {
    let at = form.rfind("lov")? + "lov".len();
    let (law, ending) = form.split_at(at);
    let is_law = law.len() > "lov".len() && LAW_ENDINGS.contains(&ending) && !NOT_LAWS.contains(law);
    is_law.then(|| law.to_owned())
}

/// The form up to and with "lege" where it is a doctor's title. Nynorsk adjectives end so too (vanskelege): the lexicon knows
/// these, and without it only listed doctors count.
fn doctor(form: &str) -> Option<String> {
    let (root, ending) = form.split_at(form.rfind("leg")? + "leg".len());
    let doctor = [root, "e"].concat();
    let may_be_unlisted = cfg!(feature = "lexicon") && root.len() > "leg".len() && !NOT_DOCTORS.contains(form);
    let is_doctor = DOCTOR_ENDINGS.contains(&ending) && (may_be_unlisted || DOCTORS.contains(doctor.as_str()));
    is_doctor.then_some(doctor)
}

/// What is left of a form without its ending.
#[cfg(feature = "lexicon")]
fn by_rule(form: &str) -> String {
    cut(form)
}

/// The representative of the family that has a member with the same cut form, else that form. Only without the lexicon,
/// which knows the members' forms.
#[cfg(not(feature = "lexicon"))]
fn by_rule(form: &str) -> String {
    /// Families and pairs of nynorsk and bokmål words by their members' cut forms.
    static BY_STEM: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
        let pairs = super::word_list(include_str!("../../data/norwegian/nynorsk-lemmas.txt"))
            .filter(|line| !line.starts_with('='))
            .flat_map(|line| line.split([' ', ':']).filter_map(|item| item.split_once('=')));
        let pairs = pairs.flat_map(|(nynorsk, bokmal)| [(nynorsk, bokmal), (bokmal, bokmal)]);
        let classes = CLASSES.iter().map(|(member, representative)| (*member, *representative));
        pairs
            .map(|(member, bokmal)| (member, CLASSES.get(bokmal).copied().unwrap_or(bokmal)))
            .chain(classes)
            .map(|(member, representative)| (cut(member), representative))
            .collect()
    });
    if APART.contains(form) {
        return form.to_owned();
    }
    let stem = cut(form);
    BY_STEM.get(&stem).map_or(stem, |representative| (*representative).to_owned())
}

/// Snowball's stem without a doubled last consonant (fordomm).
fn cut(form: &str) -> String {
    without_double(STEMMER.stem(form).into_owned())
}

fn without_double(mut stem: String) -> String {
    let mut last = stem.chars().rev();
    if let (Some(a), Some(b)) = (last.next(), last.next())
        && a == b
        && last.next().is_some()
        && a.is_alphabetic()
        && !is_vowel(a)
    {
        stem.pop();
    }
    stem
}

fn is_vowel(letter: char) -> bool {
    "aeiouyæøåéèêôöäü".contains(letter)
}

#[cfg(all(test, feature = "lexicon"))]
mod tests {
    use super::*;
    use fst::{IntoStreamer, Streamer};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// The forms of the lexicon that begin with f or h and have a content reading. Forms that meet nearly always begin alike, so
    /// that a letter's share is that of the whole.
    fn content_forms() -> Vec<String> {
        let mut forms = Vec::new();
        for (from, to) in [("f", "g"), ("h", "i")] {
            let mut stream = lexicon::set().range().ge(from).lt(to).into_stream();
            while let Some((form, _)) = stream.next() {
                let form = String::from_utf8(form.to_vec()).expect("forms are UTF-8");
                if lexicon::edits(&form).any(|(_, edit)| edit.part.is_content()) {
                    forms.push(form);
                }
            }
        }
        forms
    }

    /// The share of stems that hold forms of two or more families of lemmas. A family is what the tables join. A form counts
    /// for so many of its readings, the likeliest first.
    fn share_of_joins(forms: &[String], readings: usize, stem: impl Fn(&str) -> String) -> f64 {
        let mut families: HashMap<String, BTreeSet<String>> = HashMap::default();
        for form in forms {
            let held = families.entry(stem(form)).or_default();
            for (base, edit) in lexicon::edits(form).filter(|(_, edit)| edit.part.is_content()).take(readings) {
                held.insert(family(&edit.lemma(base), edit.part, DEEPEST_DERIVATION).into_owned());
            }
        }
        families.values().filter(|held| held.len() > 1).count() as f64 / families.len() as f64
    }

    /// Homographs (får, of a sheep or to get) are joined by any stemmer; they make up nearly all of the second case.
    #[test]
    fn joins_no_more_than_snowball() {
        let forms = content_forms();
        for (readings, name) in [(1, "likeliest reading"), (usize::MAX, "all readings")] {
            let own = share_of_joins(&forms, readings, stem);
            let snowball = share_of_joins(&forms, readings, |form| STEMMER.stem(form).into_owned());
            println!("stems of {} forms that join families, {name}: own {own:.4}, Snowball {snowball:.4}", forms.len());
            assert!(own <= snowball && own <= 0.068, "{name}");
        }
    }

    #[test]
    fn every_law_of_the_lexicon_keeps_its_stem() {
        let (mut laws, mut lost) = (0, Vec::new());
        let mut stream = lexicon::set().stream();
        while let Some((form, _)) = stream.next() {
            let form = std::str::from_utf8(form).expect("forms are UTF-8");
            let ending = form.rfind("lov").map(|at| &form[at + "lov".len()..]);
            if !ending.is_some_and(|ending| LAW_ENDINGS.contains(&ending)) {
                continue;
            }
            let Some((base, edit)) = lexicon::edits(form).next().filter(|(_, edit)| edit.part == PartOfSpeech::Noun)
            else {
                continue;
            };
            let lemma = edit.lemma(base);
            if lemma.len() > "lov".len() && lemma.ends_with("lov") && !NOT_LAWS.contains(lemma.as_ref()) {
                laws += 1;
                lost.extend((stem(form) != lemma).then(|| form.to_owned()));
            }
        }
        println!("{laws} forms of laws; without their stem: {lost:?}");
        assert!(laws >= 234 && lost.is_empty());
    }

    #[test]
    fn every_stem_of_the_lexicon_is_its_own_stem() {
        for form in content_forms().iter().step_by(10) {
            let once = stem(form);
            assert_eq!(stem(&once), once, "{form}");
        }
    }

    #[test]
    fn classes_are_in_order() {
        let mut class_of = HashMap::default();
        let classes = crate::norwegian::word_list(include_str!("../../data/norwegian/stem-classes.txt"));
        for (representative, members) in classes.filter_map(|line| line.split_once(':')) {
            for word in std::iter::once(representative).chain(members.split_whitespace()) {
                let earlier = class_of.insert(word, representative);
                assert!(
                    earlier.is_none_or(|earlier| earlier == representative),
                    "{word}: {earlier:?}, {representative}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn a_stem_is_its_own_stem(text in "\\PC{0,24}") {
            prop_assert_eq!(stem(&stem(&text)), stem(&text));
        }

        #[test]
        fn a_word_like_stem_is_its_own_stem(text in "[a-eghik-tvyæøå]{1,12}(ing|lov|lege|er|ene|ande|het)?") {
            prop_assert_eq!(stem(&stem(&text)), stem(&text));
        }
    }
}

#[cfg(all(test, not(feature = "lexicon")))]
mod tests {
    use super::*;

    #[test]
    fn rules_and_hand_tables_are_left() {
        for (one, other) in [
            ("fordommer", "fordom"),
            ("ledere", "ledelse"),
            ("informere", "informasjon"),
            ("haldningar", "holdning"),
            ("rettleiing", "veiledning"),
            ("ikkje", "ikke"),
            ("barnelova", "barneloven"),
            ("fastlegane", "fastlege"),
        ] {
            assert_eq!(stem(one), stem(other), "{one}, {other}");
        }
        assert_ne!(stem("love"), stem("lov"));
    }
}
