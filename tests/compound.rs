//! What parts compounds are made of, learned from the lexicon. `UPDATE=1 cargo test --test compound` writes the table anew.
//!
//! Every lemma is either a word of its own, spelled out letter by letter, or a modifier, a link and a head drawn from the
//! lemmas. Expectation maximisation (Dempster, Laird and Rubin 1977) finds how often each lemma stands first, with which
//! link, and how often last: the two-part code of Morfessor (Creutz and Lagus 2002) with Norwegian links.

use kodebok::norwegian::{Compound, Role, compound, parts};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::PathBuf;

/// Rounds of re-estimation: the counts move by less than 1% from the fifth on.
const ROUNDS: usize = 6;
/// Nats of a letter in a word spelled out, and of a split beyond its parts.
const LETTER: f64 = 2.3;
const SPLIT: f64 = 4.0;
/// None, -s-, -e-: their share before anything is learned. A consonant that both parts share is how no link is spelled.
const LINK_PRIOR: [f64; 3] = [0.6, 0.25, 0.15];
/// A part seen less often than this is left out of the table, one of two letters less often than the second.
const LEAST: f64 = 1.0;
const LEAST_SHORT: f64 = 10.0;

#[test]
fn the_table_of_parts_is_that_of_the_lexicon() {
    let lemmas = lemmas();
    let affixes = Affixes::read();
    let splits = splits(&lemmas, &affixes);
    let counts = learn(&splits);
    let table = render(&counts);
    println!(
        "{} lemmas, {} with a split, {} lines, {} bytes",
        lemmas.len(),
        splits.len(),
        table.lines().count(),
        table.len()
    );
    check_or_write("compound-counts.tsv", &table);
}

/// The ways in which a lemma might be made of two.
struct Candidates<'w> {
    letters: usize,
    ways: Vec<Way<'w>>,
}

#[derive(Clone, Copy)]
struct Way<'w> {
    modifier: &'w str,
    link: usize,
    head: &'w str,
}

/// How often a part stands first with each link, and how often last.
#[derive(Clone, Copy, Default)]
struct Count {
    first: [f64; 3],
    last: f64,
}

type Counts<'w> = HashMap<&'w str, Count>;

fn lemmas() -> BTreeMap<String, BTreeSet<char>> {
    let table = read("lexicon-bokmal.tsv");
    let mut parts = HashMap::new();
    let mut lemmas = BTreeMap::<String, BTreeSet<char>>::new();
    for (left, right) in entries(&table).filter_map(|line| line.split_once('\t')) {
        match left.strip_prefix('=') {
            Some(id) => drop(parts.insert(id, right.chars().next().expect("a paradigm has a part of speech"))),
            None if left.chars().all(|c| c.is_lowercase()) => {
                let paradigm = right.split('\t').next().expect("a lemma has a paradigm");
                lemmas.entry(left.to_owned()).or_default().insert(parts[paradigm]);
            }
            None => {}
        }
    }
    lemmas
}

struct Affixes {
    not_heads: HashSet<String>,
    not_modifiers: HashSet<String>,
    particles: HashSet<String>,
}

impl Affixes {
    fn read() -> Self {
        let table = read("compound-affixes.txt");
        let named = |mark: fn(&str) -> Option<&str>| entries(&table).filter_map(mark).map(str::to_owned).collect();
        Self {
            not_heads: named(|line| line.strip_prefix('-')),
            not_modifiers: named(|line| line.strip_suffix('-')),
            particles: named(|line| line.strip_suffix("- +")),
        }
    }
}

fn splits<'w>(lemmas: &'w BTreeMap<String, BTreeSet<char>>, affixes: &Affixes) -> Vec<Candidates<'w>> {
    let is_head = |part: &str| has_vowel(part) && !affixes.not_heads.contains(part) && is_any(lemmas, part, "na");
    let is_modifier = |part: &str| {
        let stem = |ending: &str| part.strip_suffix(ending).is_some_and(|stem| is_any(lemmas, stem, "na"));
        let inflected = (stem("e") && !is_any(lemmas, part, "na")) || (stem("s") && !is_any(lemmas, part, "nv"));
        let content = is_any(lemmas, part, "nav") && !inflected || is_any(lemmas, part, "rd") && part.len() > 3;
        has_vowel(part) && !affixes.not_modifiers.contains(part) && (content || affixes.particles.contains(part))
    };
    let heads: HashSet<&str> = lemmas.keys().map(String::as_str).filter(|part| is_head(part)).collect();
    let modifiers: HashSet<&str> = lemmas.keys().map(String::as_str).filter(|part| is_modifier(part)).collect();
    let ways = |lemma: &'w str| {
        let mut ways = Vec::new();
        for at in lemma.char_indices().map(|(at, _)| at).skip(2) {
            let modifier = &lemma[..at];
            if !modifiers.contains(modifier) {
                continue;
            }
            for (link, head_at) in links(lemma, at).into_iter().enumerate() {
                let head = head_at.map_or("", |at| &lemma[at..]);
                let verbal = affixes.particles.contains(modifier) && is_verbal(head);
                if heads.contains(head) && !verbal {
                    ways.push(Way { modifier, link: link % 3, head });
                }
            }
        }
        ways
    };
    let content = lemmas.iter().filter(|(_, parts)| parts.iter().any(|part| "na".contains(*part)));
    content
        .map(|(lemma, _)| Candidates { letters: lemma.chars().count(), ways: ways(lemma) })
        .filter(|candidates| candidates.letters >= 5 && !candidates.ways.is_empty())
        .collect()
}

/// Where the head begins after a modifier that ends at `at`: with no link, -s-, -e-, or a consonant that both share.
fn links(word: &str, at: usize) -> [Option<usize>; 4] {
    let (modifier, rest) = word.split_at(at);
    let mut last = modifier.chars().rev();
    let (last, before) = (last.next().unwrap_or(' '), last.next().unwrap_or(' '));
    let after = |link, allowed: bool| (allowed && rest.starts_with(link)).then_some(at + 1);
    let shared = (last == before && !is_vowel(last) && modifier.len() > 2).then(|| at - last.len_utf8());
    [Some(at), after('s', last != 's'), after('e', !is_vowel(last)), shared]
}

/// Whether a head is a verb's noun or participle: with a particle before it, it comes from a particle verb.
fn is_verbal(head: &str) -> bool {
    ["ing", "else", "sel", "ig", "isk", "sjon", "ende", "de", "t", "d"].iter().any(|ending| head.ends_with(ending))
}

fn is_any(lemmas: &BTreeMap<String, BTreeSet<char>>, word: &str, parts: &str) -> bool {
    lemmas.get(word).is_some_and(|found| found.iter().any(|part| parts.contains(*part)))
}

fn has_vowel(part: &str) -> bool {
    part.chars().count() >= 2 && part.chars().any(is_vowel)
}

fn is_vowel(c: char) -> bool {
    "aeiouyæøåéèêôöäü".contains(c)
}

fn learn<'w>(splits: &[Candidates<'w>]) -> Counts<'w> {
    let mut counts = Counts::new();
    for candidates in splits {
        for way in &candidates.ways {
            add(&mut counts, way, 0.5 / candidates.ways.len() as f64);
        }
    }
    for _ in 0..ROUNDS {
        counts = expect(splits, &counts);
    }
    counts
}

/// One round: each lemma's ways, weighed by how likely the counts so far make them.
fn expect<'w>(splits: &[Candidates<'w>], counts: &Counts<'w>) -> Counts<'w> {
    let mut keys: Vec<_> = counts.keys().copied().collect();
    keys.sort_unstable();
    let firsts: f64 = keys.iter().map(|key| counts[key].first.iter().sum::<f64>()).sum();
    let lasts: f64 = keys.iter().map(|key| counts[key].last).sum();
    let mut endings = HashMap::<&str, [f64; 3]>::new();
    for key in keys {
        let ending = endings.entry(last_three(key)).or_default();
        (0..3).for_each(|link| ending[link] += counts[key].first[link]);
    }
    let cost = |way: &Way| {
        let first = counts[way.modifier].first;
        let ending = endings[last_three(way.modifier)];
        let usual = (ending[way.link] + 4.0 * LINK_PRIOR[way.link]) / (ending.iter().sum::<f64>() + 4.0);
        let link = (first[way.link] + 2.0 * usual) / (first.iter().sum::<f64>() + 2.0);
        let modifier = (first.iter().sum::<f64>() + 0.02) / (firsts + 1000.0);
        let head = (counts[way.head].last + 0.02) / (lasts + 1000.0);
        SPLIT - modifier.ln() - link.ln() - head.ln()
    };
    let mut next = Counts::new();
    for candidates in splits {
        let whole = (-LETTER * candidates.letters as f64 - 1.0).exp();
        let likely: Vec<f64> = candidates.ways.iter().map(|way| (-cost(way)).exp()).collect();
        let sum = whole + likely.iter().sum::<f64>();
        for (way, likely) in candidates.ways.iter().zip(likely) {
            add(&mut next, way, likely / sum);
        }
    }
    next
}

fn add<'w>(counts: &mut Counts<'w>, way: &Way<'w>, share: f64) {
    counts.entry(way.modifier).or_default().first[way.link] += share;
    counts.entry(way.head).or_default().last += share;
}

fn last_three(part: &str) -> &str {
    part.char_indices().rev().nth(2).map_or(part, |(at, _)| &part[at..])
}

fn render(counts: &Counts) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (part, count) in counts {
        let least = if part.chars().count() > 2 { LEAST } else { LEAST_SHORT };
        let first = if count.first.iter().sum::<f64>() < least { [0.0; 3] } else { count.first };
        let last = if count.last < least { 0.0 } else { count.last };
        let numbers: Vec<i64> = first.iter().chain([&last]).map(|number| number.round() as i64).collect();
        if numbers.iter().any(|number| *number > 0) {
            let numbers: Vec<String> = numbers.iter().map(i64::to_string).collect();
            lines.push(format!("{part}\t{}\n", numbers.join("\t")));
        }
    }
    lines.sort_unstable();
    format!(
        "# How often a word stands first in the lexicon's compounds, with no link, -s- or -e-, and how often\n\
         # last. Learned by tests/compound.rs from lexicon-bokmal.tsv (its head says whose it is; CC BY 4.0). Do not edit.\n{}",
        lines.concat()
    )
}

fn check_or_write(name: &str, expected: &str) {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path(name), expected).expect("the table can be written");
    }
    let found = fs::read_to_string(path(name)).unwrap_or_default();
    assert!(found == expected, "data/norwegian/{name} is stale: run UPDATE=1 cargo test --test compound");
}

fn entries(table: &str) -> impl Iterator<Item = &str> {
    table.lines().map(|line| line.split('#').next().unwrap_or_default().trim_end()).filter(|line| !line.is_empty())
}

fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/norwegian").join(name)
}

#[test]
fn compounds_split_as_by_hand() {
    // Without the lexicon, too.
    for (list, point, all) in [("compounds-nb.tsv", 0.95, 0.93), ("compounds-nn.tsv", 0.93, 0.9)] {
        let (point_right, all_right) = measure(list);
        assert!(point_right >= point && all_right >= all, "{list}: {point_right:.3} {all_right:.3}");
    }
}

#[test]
fn words_of_their_own_stay_whole() {
    let list = list("simplex.txt");
    let words: Vec<&str> = entries(&list).collect();
    let split: Vec<String> = words.iter().map(|word| flat(word)).filter(|parts| parts.contains('|')).collect();
    let share = split.len() as f64 / words.len() as f64;
    println!("simplex.txt: {} words, {:.1}% split: {split:?}", words.len(), 100.0 * share);
    assert!(share <= 0.035, "{share:.3}");
}

/// A list that no rule was made with: its figure stands beside those of the other lists.
#[test]
#[cfg(feature = "lexicon")]
fn held_back_compounds_split_as_by_hand() {
    let (point_right, all_right) = measure("compounds-heldback.tsv");
    assert!(point_right >= 0.95 && all_right >= 0.93, "{point_right:.3} {all_right:.3}");
}

/// The shares of a list's compounds whose topmost split, and all of whose parts, are right.
fn measure(name: &str) -> (f64, f64) {
    let table = list(name);
    let (mut words, mut point_right, mut all_right) = (0, 0, 0);
    for line in entries(&table) {
        // The held-back list says first which standard a form is of.
        let mut columns = line.split('\t').filter(|column| !matches!(*column, "nb" | "nn"));
        let form = columns.next().expect("a form");
        let expected: Vec<&str> = columns.flat_map(|column| column.split(' ')).collect();
        let point = compound(form).is_some_and(|found| expected.iter().any(|parts| has_point(parts, &found)));
        let all = expected.contains(&flat(form).as_str());
        if !(point && all) {
            println!("    {form}: {}{}, not {}", flat(form), if point { "" } else { " (!)" }, expected[0]);
        }
        words += 1;
        point_right += usize::from(point);
        all_right += usize::from(all);
    }
    let share = |right: usize| right as f64 / words as f64;
    println!("{name}: {words} compounds, split point {:.3}, all parts {:.3}", share(point_right), share(all_right));
    (share(point_right), share(all_right))
}

/// Whether the topmost split stands between two parts of an expected reading. The lists do not bracket their parts, so any
/// place between two of them is right.
fn has_point(expected: &str, found: &Compound) -> bool {
    let columns: Vec<&str> = expected.split('|').collect();
    let mut at = 0;
    columns.chunks(2).any(|pair| {
        let [part, link] = pair else { return false };
        at += part.len() + link.len();
        let shared = usize::from(found.modifier.span.end > found.head.span.start);
        at == found.head.span.start + shared || at == found.head.span.start
    })
}

/// `barn|e|vern|s|konsulent`, as in the lists.
fn flat(form: &str) -> String {
    let mut flat = String::new();
    let mut joined = true;
    for (span, role) in parts(form) {
        match role {
            Role::Link => {
                flat.push_str(&format!("|{}|", &form[span]));
                joined = true;
            }
            _ => {
                flat.push_str(if joined { "" } else { "||" });
                flat.push_str(&form[span]);
                joined = false;
            }
        }
    }
    if flat.is_empty() { form.to_owned() } else { flat }
}

fn list(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/norwegian").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"))
}
