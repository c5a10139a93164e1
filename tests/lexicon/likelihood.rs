//! How likely each reading of a form is, told from counts of forms in text.
//!
//! A lemma is as frequent as its unambiguous forms say (Yarowsky 1994 has the idea for accents): *fikk* is only of *få* the verb, so that
//! the verb's share of *få* needs no tagged text. How the sightings of a lemma fall on its forms is learned from the lemmas that
//! have unambiguous forms.

use super::{BOKMAL, Forms, common_prefix, lines};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

/// Sightings that a lemma is given for each unit of its weight in the dictionary, and for being there at all.
const PER_WEIGHT: f64 = 0.05;
const AT_LEAST: f64 = 0.01;
/// A lemma counts for so many sightings at most when the shares of forms are learned, or *være* would say it all.
const MOST_OF_A_LEMMA: f64 = 50.0;
/// Sightings of a kind of form on top of what is seen, of how many there could be.
const PRIOR: (f64, f64) = (0.15, 0.5);
/// How much of a lemma's text may be taken to lie on its ambiguous forms: all but this.
const LEAST_SEEN: f64 = 0.1;
const SHARE_ROUNDS: usize = 6;

/// A reading of a form: which form, which kind of form.
struct Sighting<'f> {
    form: &'f str,
    kind: usize,
    is_ambiguous: bool,
}

/// Likelihoods by form, in the order of its readings.
pub fn likelihoods(forms: &Forms, table: &str) -> HashMap<String, Vec<f64>> {
    let counts: HashMap<&str, f64> = lines(table)
        .filter_map(|line| line.split_once('\t'))
        .map(|(form, count)| (form, count.parse().expect("a number")))
        .collect();
    let count = |form: &str| counts.get(form).copied().unwrap_or_default();
    let mut kinds: HashMap<String, usize> = HashMap::new();
    let mut lemmas: BTreeMap<(&str, char), (u32, Vec<Sighting>)> = BTreeMap::new();
    for (form, readings) in &forms.0 {
        for ((lemma, part), (languages, weight)) in readings {
            let next = kinds.len();
            let kind = *kinds.entry(kind_of(form, lemma, *part, *languages)).or_insert(next);
            let (most, sightings) = lemmas.entry((lemma, *part)).or_default();
            *most = (*most).max(*weight);
            sightings.push(Sighting { form, kind, is_ambiguous: readings.len() > 1 });
        }
    }
    let shares = shares(&lemmas, kinds.len(), count);
    let whole = |sightings: &[Sighting]| sightings.iter().map(|sighting| shares[sighting.kind]).sum::<f64>();
    let first: HashMap<(&str, char), f64> = lemmas
        .iter()
        .map(|(key, (weight, sightings))| {
            let seen = sightings.iter().filter(|sighting| !sighting.is_ambiguous);
            let (mut sum, mut share) = (0.0, 0.0);
            for sighting in seen {
                sum += count(sighting.form);
                share += shares[sighting.kind];
            }
            let whole = whole(sightings);
            // What is seen on a part of the forms stands for all of them.
            let part = (share / whole + LEAST_SEEN).min(1.0);
            (*key, (sum / part + PER_WEIGHT * f64::from(*weight) + AT_LEAST) / whole)
        })
        .collect();
    let likelihood = |form: &str, lemma: &str, part: char, languages: u8| {
        first[&(lemma, part)] * shares[kinds[&kind_of(form, lemma, part, languages)]]
    };
    let wholes = wholes(forms);
    let of_form = |(form, readings): (&String, &super::Readings)| {
        let mut found: Vec<f64> =
            readings.iter().map(|((lemma, part), (languages, _))| likelihood(form, lemma, *part, *languages)).collect();
        let keys: Vec<(&str, char)> = readings.keys().map(|(lemma, part)| (lemma.as_str(), *part)).collect();
        for (at, key) in keys.iter().enumerate() {
            let whole = wholes.get(key).and_then(|whole| keys.iter().position(|key| key == whole));
            if let Some(whole) = whole {
                found[whole] += found[at];
                found[at] = 0.0;
            }
        }
        (form.clone(), found)
    };
    forms.0.iter().filter(|(_, readings)| readings.len() > 1).map(of_form).collect()
}

/// Lemmas that lie wholly in another of their part of speech, as *eldst* does in *gammel*, with that one; and adverbs that are forms of an
/// adjective (*sterkt*). No text tells these from each other.
fn wholes(forms: &Forms) -> HashMap<(&str, char), (&str, char)> {
    let mut inside: BTreeMap<(&str, char), Vec<(&str, char)>> = BTreeMap::new();
    for readings in forms.0.values() {
        for (lemma, part) in readings.keys() {
            let others =
                readings.keys().filter(|(other, of)| (of == part && other != lemma) || (*part == 'r' && *of == 'a'));
            let others = others.map(|(other, of)| (other.as_str(), *of));
            match inside.entry((lemma, *part)) {
                Entry::Vacant(empty) => drop(empty.insert(others.collect())),
                Entry::Occupied(mut kept) => {
                    let others: Vec<_> = others.collect();
                    kept.get_mut().retain(|other| others.contains(other));
                }
            }
        }
    }
    inside
        .iter()
        .filter_map(|(key, wholes)| {
            // Two lemmas with the same forms stay as they are; *usa-amerikansk*, also *amerikansk*, is no whole.
            let may_stand_for = |whole: &&(&str, char)| !inside[*whole].contains(key) && !whole.0.contains('-');
            let whole = wholes.iter().find(may_stand_for)?;
            Some((*key, *whole))
        })
        .collect()
}

/// The way from a lemma to a form. Nynorsk's forms, most of which are of another lemma than the one they are listed under, are one kind
/// for each part of speech.
fn kind_of(form: &str, lemma: &str, part: char, languages: u8) -> String {
    let shared = common_prefix(form, lemma);
    match shared {
        _ if languages & BOKMAL == 0 => format!("{part}nynorsk"),
        0 => format!("{part}other"),
        _ => format!("{part}{}{}", lemma[shared..].chars().count(), &form[shared..]),
    }
}

/// How often each kind of form is met where its lemma is, by the unambiguous forms.
fn shares(
    lemmas: &BTreeMap<(&str, char), (u32, Vec<Sighting>)>,
    kinds: usize,
    count: impl Fn(&str) -> f64,
) -> Vec<f64> {
    let mut shares = vec![1.0; kinds];
    for _ in 0..SHARE_ROUNDS {
        let (mut seen, mut possible) = (vec![0.0; kinds], vec![0.0; kinds]);
        for (_, sightings) in lemmas.values() {
            let clear = || sightings.iter().filter(|sighting| !sighting.is_ambiguous);
            let sum: f64 = clear().map(|sighting| count(sighting.form)).sum();
            if sum == 0.0 {
                continue;
            }
            let worth = sum.min(MOST_OF_A_LEMMA) / sum;
            let whole: f64 = clear().map(|sighting| shares[sighting.kind]).sum();
            for sighting in clear() {
                seen[sighting.kind] += worth * count(sighting.form);
                possible[sighting.kind] += worth * sum / whole;
            }
        }
        for (share, (seen, possible)) in shares.iter_mut().zip(seen.into_iter().zip(possible)) {
            *share = (seen + PRIOR.0) / (possible + PRIOR.1);
        }
    }
    shares
}
