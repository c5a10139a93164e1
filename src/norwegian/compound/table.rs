//! What compounds are made of, and what each part costs.

use super::super::strip_ending;
use foldhash::{HashMap, HashMapExt, HashSet};
use std::sync::LazyLock;

/// A part of the hand list counts as seen this often at least in each of its places: as often as a usual part.
const HAND_COUNT: f32 = 20.0;
/// The links' shares where nothing is known of a part, as in the learning of the counts.
const LINK_PRIOR: [f32; 3] = [0.6, 0.25, 0.15];
/// How many sightings a part's usual links, and those of its ending, are worth.
const PART_TRUST: f32 = 2.0;
const ENDING_TRUST: f32 = 4.0;

/// Inflections of heads, bokmål and nynorsk, with a genitive.
const INFLECTIONS: [&str; 30] = [
    "s", "en", "ens", "et", "ets", "a", "as", "er", "ers", "ene", "enes", "e", "es", "ar", "ars", "ane", "anes", "t",
    "n", "ns", "r", "rs", "ne", "nes", "ere", "are", "est", "ast", "este", "aste",
];
/// Bytes of the longest of them.
const LONGEST_INFLECTION: usize = 4;
/// What no word begins with but many endings do: a part that does is the end of a derivation.
const ENDING_STARTS: [&str; 11] = ["ing", "ning", "else", "het", "leik", "isk", "ist", "er", "ar", "ane", "ene"];
/// The consonants that a Norwegian word can begin with, two or more, in order.
const ONSETS: [&str; 53] = [
    "bj", "bl", "br", "ch", "dj", "dr", "dv", "fj", "fl", "fn", "fr", "gj", "gl", "gn", "gr", "hj", "hv", "kj", "kl",
    "kn", "kr", "kv", "lj", "mj", "nj", "ph", "pj", "pl", "pr", "ps", "sh", "sj", "sk", "skj", "skl", "skr", "skv",
    "sl", "sm", "smj", "sn", "sp", "spj", "spl", "spr", "st", "stj", "str", "sv", "th", "tr", "tv", "vr",
];

/// What joins a modifier to what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    None,
    S,
    E,
    /// One consonant stands for three, or two: *natt* + *tog* is *nattog*.
    Shared,
}

impl Link {
    pub(super) const ALL: [Self; 4] = [Self::None, Self::S, Self::E, Self::Shared];

    /// Where the link's count and cost stand. A shared consonant is no link but how *natt* + *tog* must be spelled.
    pub(super) fn kind(self) -> usize {
        match self {
            Self::None | Self::Shared => 0,
            Self::S => 1,
            Self::E => 2,
        }
    }

    /// Where the next part begins when a modifier ends at `end`; `None` where the word does not allow this link.
    pub(super) fn next(self, word: &str, end: usize) -> Option<usize> {
        let (modifier, rest) = word.split_at(end);
        match self {
            Self::None => Some(end),
            Self::S => (rest.starts_with('s') && !modifier.ends_with('s')).then_some(end + 1),
            Self::E => (rest.starts_with('e') && !modifier.ends_with(is_vowel)).then_some(end + 1),
            Self::Shared => {
                let mut last = modifier.chars().rev();
                let (last, before) = (last.next()?, last.next()?);
                (last == before && !is_vowel(last) && modifier.len() > 2).then(|| end - last.len_utf8())
            }
        }
    }
}

/// What the end of a word is as a head.
pub(super) enum Head {
    /// A head, at this cost.
    Known(f32),
    /// A suffix or an ending.
    Never,
    /// Neither is known.
    Unknown,
}

/// What a word may be an inflection of, one behind the other.
#[derive(Default)]
pub(super) struct Stems {
    text: String,
    /// Where each ends in `text`.
    ends: Vec<usize>,
}

impl Stems {
    pub(super) fn of(word: &str) -> Self {
        let mut stems = Self { text: String::with_capacity(16 * word.len()), ends: Vec::with_capacity(16) };
        each_stem(word, |stem| {
            stems.text.push_str(stem);
            stems.ends.push(stems.text.len());
        });
        stems
    }

    /// What follows the first so many bytes of each, where that is two bytes or more.
    pub(super) fn ends(&self, from: usize) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let stems = starts.zip(&self.ends).map(|(start, &end)| &self.text[start..end]);
        stems.filter_map(move |stem| stem.get(from..)).filter(|end| end.len() > 1)
    }
}

/// Tells most strings that are in no table from those that are, in a tenth of the time of a look-up: a bit for each hash of a
/// string's length, beginning and end.
struct Sieve(Box<[u64]>);

impl Sieve {
    /// A third of the bits of the parts that are listed are enough that one string in twenty gets through by chance.
    const BITS: u32 = 18;

    fn of<'t>(texts: impl Iterator<Item = &'t str>) -> Self {
        let mut bits = vec![0; 1 << (Self::BITS - 6)].into_boxed_slice();
        for text in texts {
            let place = Self::place(text);
            bits[place / 64] |= 1 << (place % 64);
        }
        Self(bits)
    }

    fn may_have(&self, text: &str) -> bool {
        let place = Self::place(text);
        self.0[place / 64] >> (place % 64) & 1 == 1
    }

    #[inline]
    fn place(text: &str) -> usize {
        let bytes = text.as_bytes();
        let (first, last) = match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(first), Some(last)) => (u32::from_le_bytes(*first), u32::from_le_bytes(*last)),
            _ => (bytes.iter().fold(0, |all, &byte| all << 8 | u32::from(byte)), 0),
        };
        let mixed = (u64::from(first) << 32 | u64::from(last)) ^ text.len() as u64;
        (mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - Self::BITS)) as usize
    }
}

/// What a part costs as a modifier with each link, and as a head, in nats.
#[derive(Clone, Copy)]
struct Costs {
    modifier: Option<[f32; 3]>,
    head: Option<f32>,
}

/// The parts of compounds with their costs, and what is no part.
pub(super) struct Parts {
    costs: HashMap<&'static str, Costs>,
    /// By a modifier's last three letters, what each link costs.
    endings: HashMap<&'static str, [f32; 3]>,
    rarest: f32,
    cheapest: f32,
    /// All words that any of these tables has.
    listed: Sieve,
    whole: HashSet<&'static str>,
    not_heads: HashSet<&'static str>,
    not_modifiers: HashSet<&'static str>,
    particles: HashSet<&'static str>,
}

static PARTS: LazyLock<Parts> = LazyLock::new(Parts::load);

/// How often a part was seen first with each link, and last.
#[derive(Clone, Copy, Default)]
struct Count {
    first: [f32; 3],
    last: f32,
}

impl Parts {
    pub(super) fn get() -> &'static Self {
        &PARTS
    }

    fn load() -> Self {
        let mut counts = learned_counts();
        let mut whole = HashSet::default();
        for (places, part) in hand_list() {
            let count = counts.entry(part).or_default();
            // A part listed twice, as one of either standard, counts once.
            let seen = |count: &mut f32| *count = count.max(HAND_COUNT);
            for place in places.chars() {
                match place {
                    '-' => seen(&mut count.first[Link::None.kind()]),
                    's' => seen(&mut count.first[Link::S.kind()]),
                    'e' => seen(&mut count.first[Link::E.kind()]),
                    'h' => seen(&mut count.last),
                    _ => drop(whole.insert(part)),
                }
            }
        }
        let affixes = || super::super::word_list(include_str!("../../../data/norwegian/compound-affixes.txt"));
        let (costs, endings, rarest) = costs(&counts);
        let cheapest = costs.values().filter_map(|costs| costs.modifier).flatten().fold(rarest, f32::min);
        let not_heads: HashSet<_> = affixes().filter_map(|entry| entry.strip_prefix('-')).collect();
        let not_modifiers: HashSet<_> = affixes().filter_map(|entry| entry.strip_suffix('-')).collect();
        let particles: HashSet<_> = affixes().filter_map(|entry| entry.strip_suffix("- +")).collect();
        let affixes = not_heads.iter().chain(&not_modifiers).chain(&particles);
        let listed = Sieve::of(costs.keys().chain(&whole).chain(affixes).copied());
        Self { costs, endings, rarest, cheapest, listed, whole, not_heads, not_modifiers, particles }
    }

    /// Whether a form, with or without an inflection, is listed as no compound.
    pub(super) fn is_whole(&self, form: &str) -> bool {
        (0..=LONGEST_INFLECTION)
            .filter_map(|ending| form.split_at_checked(form.len().checked_sub(ending)?))
            .filter(|(stem, _)| self.listed.may_have(stem) && self.whole.contains(stem))
            .any(|(_, ending)| ending.is_empty() || INFLECTIONS.contains(&ending))
    }

    /// What a part costs as a modifier with each link; that of *bruker* for nynorsk *brukar*.
    pub(super) fn modifier(&self, part: &str) -> Option<&[f32; 3]> {
        let known = |part: &str| self.costs_of(part)?.modifier.as_ref();
        known(part).or_else(|| known(&format!("{}er", part.strip_suffix("ar").filter(|stem| stem.len() > 3)?)))
    }

    /// What the end of a word costs as a head, given all that this end may be an inflection of.
    pub(super) fn head<'s>(&self, form: &str, stems: impl Iterator<Item = &'s str>) -> Head {
        if self.is_listed(form, &self.not_heads) {
            return Head::Never;
        }
        let known = |stem: &str| self.costs_of(stem).and_then(|costs| costs.head);
        if let Some(cost) = known(form) {
            return Head::Known(cost);
        }
        let mut best: Option<f32> = None;
        for stem in stems.filter(|stem| self.listed.may_have(stem)) {
            if self.not_heads.contains(stem) {
                return Head::Never;
            }
            if let Some(cost) = known(stem) {
                best = Some(best.map_or(cost, |best| best.min(cost)));
            }
        }
        best.map_or(Head::Unknown, Head::Known)
    }

    fn costs_of(&self, part: &str) -> Option<&Costs> {
        if self.listed.may_have(part) { self.costs.get(part) } else { None }
    }

    fn is_listed(&self, part: &str, list: &HashSet<&'static str>) -> bool {
        self.listed.may_have(part) && list.contains(part)
    }

    /// What a link costs after a modifier that no table knows, by the modifier's ending.
    pub(super) fn unknown_link(&self, modifier: &str, link: Link) -> f32 {
        self.endings.get(last_three(modifier)).map_or(-LINK_PRIOR[link.kind()].ln(), |costs| costs[link.kind()])
    }

    /// What the rarest part costs.
    pub(super) fn rarest(&self) -> f32 {
        self.rarest
    }

    /// What the cheapest modifier costs.
    pub(super) fn cheapest(&self) -> f32 {
        self.cheapest
    }

    /// Whether a part is neither a prefix nor a suffix.
    pub(super) fn may_be_part(&self, part: &str) -> bool {
        !self.is_listed(part, &self.not_heads) && !self.is_listed(part, &self.not_modifiers)
    }

    /// Whether a modifier is a particle that belongs to the verb inside the head (*over-føring*).
    pub(super) fn forbids(&self, modifier: &str, rest: &str) -> bool {
        const VERBAL: [&str; 11] = ["ing", "inga", "else", "sel", "ig", "isk", "sjon", "ende", "ande", "d", "t"];
        self.is_listed(modifier, &self.not_modifiers)
            || self.is_listed(modifier, &self.particles) && {
                let mut verbal = VERBAL.iter().any(|ending| strip_ending(rest, ending).is_some());
                each_stem(rest, |stem| verbal |= VERBAL[..7].iter().any(|ending| strip_ending(stem, ending).is_some()));
                verbal
            }
    }
}

#[cfg(feature = "lexicon")]
fn learned_counts() -> HashMap<&'static str, Count> {
    let table = include_str!("../../../data/norwegian/compound-counts.tsv");
    super::super::word_list(table)
        .map(|line| {
            let mut columns = line.split('\t');
            let part = columns.next().unwrap_or_default();
            let mut number = || columns.next().and_then(|number| number.parse().ok()).unwrap_or_default();
            (part, Count { first: [number(), number(), number()], last: number() })
        })
        .collect()
}

#[cfg(not(feature = "lexicon"))]
fn learned_counts() -> HashMap<&'static str, Count> {
    HashMap::new()
}

/// The parts listed by hand, each after its places.
fn hand_list() -> impl Iterator<Item = (&'static str, &'static str)> {
    super::super::word_list(include_str!("../../../data/norwegian/compound-parts.txt"))
        .filter_map(|line| line.split_once(": "))
        .flat_map(|(places, parts)| parts.split(' ').map(move |part| (places, part)))
}

type AllCosts = (HashMap<&'static str, Costs>, HashMap<&'static str, [f32; 3]>, f32);

/// Negative logarithms of the counts' shares; the links' smoothed by those of the part's ending.
fn costs(counts: &HashMap<&'static str, Count>) -> AllCosts {
    let mut firsts = 0.0;
    let mut lasts = 0.0;
    let mut endings = HashMap::<&'static str, [f32; 3]>::new();
    for (part, count) in counts {
        firsts += count.first.iter().sum::<f32>();
        lasts += count.last;
        let ending = endings.entry(last_three(part)).or_default();
        (0..3).for_each(|link| ending[link] += count.first[link]);
    }
    for shares in endings.values_mut() {
        let sum = shares.iter().sum::<f32>() + ENDING_TRUST;
        (0..3).for_each(|link| shares[link] = (shares[link] + ENDING_TRUST * LINK_PRIOR[link]) / sum);
    }
    let cost = |(part, count): (&&'static str, &Count)| {
        let sum = count.first.iter().sum::<f32>();
        let usual = endings[last_three(part)];
        let link = |link: usize| (count.first[link] + PART_TRUST * usual[link]) / (sum + PART_TRUST);
        let modifier = (sum > 0.0).then(|| [0, 1, 2].map(|at| -(sum / firsts).ln() - link(at).ln()));
        let head = (count.last > 0.0).then(|| -(count.last / lasts).ln());
        (*part, Costs { modifier, head })
    };
    let costs = counts.iter().map(cost).collect();
    for shares in endings.values_mut() {
        (0..3).for_each(|link| shares[link] = -shares[link].ln());
    }
    (costs, endings, -(0.5 / firsts.max(lasts)).ln())
}

/// Calls `found` with everything that a form may be an inflection of.
pub(super) fn each_stem(form: &str, mut found: impl FnMut(&str)) {
    let mut changed = String::new();
    for inflection in INFLECTIONS {
        let Some(stem) = strip_ending(form, inflection).filter(|stem| stem.len() > 1) else { continue };
        found(stem);
        let mut try_changed = |kept: &str, doubled: &str, ending: &str| {
            changed.clear();
            changed.extend([kept, doubled, ending]);
            found(&changed);
        };
        let compares = matches!(inflection, "ere" | "are" | "est" | "ast" | "este" | "aste");
        if inflection.starts_with(['e', 'a']) && !compares {
            try_changed(stem, "", "e");
        }
        // fordommer, lemmer
        if stem.ends_with("mm") || stem.ends_with("nn") {
            try_changed(&stem[..stem.len() - 1], "", "");
        }
        // regler, middelet: midler; nynorsk agents: brukarane
        for sonorant in ["l", "r", "n"] {
            let Some(before) = stem.strip_suffix(sonorant).filter(|before| !before.ends_with(is_vowel)) else {
                continue;
            };
            let ending = match sonorant {
                "l" => "el",
                "r" => "er",
                _ => "en",
            };
            try_changed(before, "", ending);
            let last = before.char_indices().last().filter(|(_, last)| before.len() > 1 && !is_vowel(*last));
            if let Some((at, _)) = last {
                try_changed(before, &before[at..], ending);
            }
        }
        if let Some(agent) = stem.strip_suffix("ar") {
            try_changed(agent, "", "er");
        }
    }
    if let Some(agent) = form.strip_suffix("ar") {
        found(&format!("{agent}er"));
    }
}

/// Whether a part could be a Norwegian word: has a vowel, begins and ends as words do, and is no ending of a derivation.
pub(super) fn is_pronounceable(part: &str) -> bool {
    let mut letters = part.char_indices();
    let Some((first, _)) = letters.find(|(_, letter)| is_vowel(*letter)) else { return false };
    let coda = part.chars().rev().take_while(|letter| !is_vowel(*letter)).count();
    let onset = &part[..first];
    coda <= 3
        && (onset.len() <= 1 || ONSETS.binary_search(&onset).is_ok())
        && !ENDING_STARTS.iter().any(|start| part.as_bytes()[0] == start.as_bytes()[0] && part.starts_with(start))
}

/// Whether a letter is a vowel of Norwegian or of its loans.
pub(super) fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'æ' | 'ø' | 'å' | 'é' | 'è' | 'ê' | 'ô' | 'ö' | 'ä' | 'ü')
}

/// The last three letters of a part.
pub(super) fn last_three(part: &str) -> &str {
    part.char_indices().rev().nth(2).map_or(part, |(at, _)| &part[at..])
}
