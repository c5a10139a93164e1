//! Compounds into their parts: modifier, link and head, at every level.

mod table;

use super::lexicon::{self, Edit, PartOfSpeech};
use super::{lower_case, strip_ending};
use std::borrow::Cow;
use std::ops::Range;
use table::{Link, Parts, Stems};

/// A form longer than this is left whole, so that the time a form takes is bounded: it grows with the square of its length.
const LONGEST: usize = 64;
/// A form shorter than this is no compound that matters (`øyby`).
const SHORTEST: usize = 5;

/// Nats for a letter of a form, or part, that is spelled out because it is not made of known parts: the same as in the
/// learning of the parts' counts, so that the two readings of a form are weighed in one currency.
const LETTER: f32 = 2.3;
/// Nats for a split, beyond what its parts cost.
const SPLIT: f32 = 2.0;
/// Nats for being a word of one's own, beyond the letters: the more, the more short compounds are split (*fotnote*), and the
/// more words of their own (*billett*). Chosen by looking at what of the lexicon it splits.
const OWN: f32 = 4.0;
/// Nats for a part that no table knows, beyond its letters.
const UNKNOWN: f32 = 4.5;
/// A part that no table knows has this many letters or more.
const SHORTEST_UNKNOWN: usize = 4;
/// More than a sum of costs can be wrong by because it is rounded.
const ROUNDING: f32 = 0.01;

/// A compound: what it is about (its head), what narrows that down (its modifier), and what joins them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compound {
    /// The first part.
    pub modifier: Part,
    /// What joins the two: `s`, `e`, a hyphen, or nothing. In bytes of the form.
    pub link: Range<usize>,
    /// The last part, with its inflection.
    pub head: Part,
}

/// A part of a compound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Where the part stands: bytes of the form, exclusive at the end. Where two parts share a consonant, each span holds
    /// it: *nattog* is *natt* (0..4) and *tog* (3..6).
    pub span: Range<usize>,
    /// The part's own parts, where it is a compound.
    pub inside: Option<Box<Compound>>,
}

/// What a piece of a form does in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Narrows a head down.
    Modifier,
    /// Joins a modifier to a head.
    Link,
    /// The last piece, with its inflection.
    Head,
}

/// A form's parts at the topmost level; `None` for a word that is not a compound.
///
/// A form is read in the way that costs least: as a word of its own, or as parts, each of which costs the more the
/// seldomer it is a part of the lexicon's compounds. Words that the lexicon has stay whole unless their dictionary form
/// is made of known words; in others one part may be unknown. Without the cargo feature `lexicon` a list of frequent parts
/// does the work alone. Derivations (*sykdom*, *ansvarlig*), words with a verbal particle (*opplysning*) and verbs (*fullføre*)
/// are not split.
/// Bokmål and nynorsk. Takes a few microseconds: ask once a word form.
///
/// ```
/// use kodebok::norwegian::compound;
///
/// let form = "barnevernskonsulent";
/// let found = compound(form).unwrap();
/// assert_eq!(&form[found.modifier.span.clone()], "barnevern");
/// assert_eq!(&form[found.link.clone()], "s");
/// assert_eq!(&form[found.head.span.clone()], "konsulent");
/// let inside = found.modifier.inside.unwrap();
/// assert_eq!((&form[inside.modifier.span], &form[inside.link], &form[inside.head.span]), ("barn", "e", "vern"));
///
/// assert_eq!(compound("statistikk"), None);
/// ```
#[must_use]
pub fn compound(form: &str) -> Option<Compound> {
    let lower = lower_case(form);
    if lower.len() != form.len() {
        return None;
    }
    match lower.rfind('-') {
        Some(_) if lower.split('-').any(str::is_empty) => None,
        Some(hyphen) => Some(hyphenated(&lower, hyphen)),
        None => split(&lower, 0),
    }
}

/// Where the head of a compound in lower case begins, as [`compound`] says, without taking its parts apart.
pub(super) fn head_start(lower: &str) -> Option<usize> {
    match lower.rfind('-') {
        Some(_) if lower.split('-').any(str::is_empty) => None,
        Some(hyphen) => Some(hyphen + 1),
        None => {
            let pieces = pieces_of_new(lower)?;
            Some(pieces[cut(lower, &pieces) + 1].span.start)
        }
    }
}

/// A form's smallest pieces, in order, links and all: the compound and the compounds inside it, laid flat.
///
/// Empty for a word that is not a compound.
///
/// ```
/// use kodebok::norwegian::{Role, parts};
///
/// let form = "barnevernskonsulent";
/// let pieces: Vec<_> = parts(form).into_iter().map(|(span, role)| (&form[span], role)).collect();
/// let (modifier, link, head) = (Role::Modifier, Role::Link, Role::Head);
/// assert_eq!(pieces, [("barn", modifier), ("e", link), ("vern", modifier), ("s", link), ("konsulent", head)]);
/// ```
#[must_use]
pub fn parts(form: &str) -> Vec<(Range<usize>, Role)> {
    let mut pieces = Vec::new();
    if let Some(found) = compound(form) {
        found.lay_flat(&mut pieces);
    }
    if let Some((_, role)) = pieces.last_mut() {
        *role = Role::Head;
    }
    pieces
}

impl Compound {
    fn lay_flat(&self, pieces: &mut Vec<(Range<usize>, Role)>) {
        self.modifier.lay_flat(pieces);
        if !self.link.is_empty() {
            pieces.push((self.link.clone(), Role::Link));
        }
        self.head.lay_flat(pieces);
    }
}

impl Part {
    fn lay_flat(&self, pieces: &mut Vec<(Range<usize>, Role)>) {
        match &self.inside {
            Some(inside) => inside.lay_flat(pieces),
            None => pieces.push((self.span.clone(), Role::Modifier)),
        }
    }
}

/// *NAV-kontor*: the last hyphen joins.
fn hyphenated(lower: &str, hyphen: usize) -> Compound {
    let head = hyphen + 1;
    let modifier_inside = match lower[..hyphen].rfind('-') {
        Some(inner) => Some(hyphenated(&lower[..hyphen], inner)),
        None => split(&lower[..hyphen], 0),
    };
    let part = |span: Range<usize>, inside: Option<Compound>| Part { span, inside: inside.map(Box::new) };
    Compound {
        modifier: part(0..hyphen, modifier_inside),
        link: hyphen..head,
        head: part(head..lower.len(), split(&lower[head..], head)),
    }
}

/// A form without hyphens, in lower case; the spans begin at `offset`.
fn split(lower: &str, offset: usize) -> Option<Compound> {
    Some(tree(lower, &pieces_of_new(lower)?, offset))
}

/// The pieces of a form without hyphens that may be new.
fn pieces_of_new(lower: &str) -> Option<Vec<Piece>> {
    let letters = lower.chars().count();
    if !(SHORTEST..=LONGEST).contains(&letters) || !lower.chars().all(char::is_alphabetic) {
        return None;
    }
    pieces(lower, Knowledge::New)
}

/// A part and the link after it, in bytes of the form.
#[derive(Clone, Debug)]
struct Piece {
    span: Range<usize>,
    link: Link,
}

/// The parts of the cheapest reading of a form; `None` where that is a word of its own. `otherwise` is how a form is read
/// that the lexicon lacks.
fn pieces(lower: &str, otherwise: Knowledge) -> Option<Vec<Piece>> {
    if Parts::get().is_whole(lower) {
        return None;
    }
    let normal = bokmal_ending(lower);
    for form in std::iter::once(lower).chain(normal.as_deref()) {
        let mut edits = lexicon::edits(form).peekable();
        if edits.peek().is_some() {
            return edits.find_map(|(base, edit)| pieces_of_known(lower, base, edit));
        }
    }
    Reader::new(lower, otherwise).read()
}

/// The parts of a form that the lexicon has, as it is or as `base`: those of its dictionary form.
fn pieces_of_known(lower: &str, base: &str, edit: Edit) -> Option<Vec<Piece>> {
    if !matches!(edit.part, PartOfSpeech::Noun | PartOfSpeech::Adjective) {
        return None;
    }
    // A spelling variant has the dictionary form of another (heimesjukehus: hjemmesykehus), and is then read for itself.
    // What is known of bokmål's word holds for nynorsk's: brukar, bruker.
    let lemma = edit.lemma(base);
    let lemma = bokmal_ending(&lemma).filter(|bokmal| lexicon::contains(bokmal)).map_or(lemma, Cow::Owned);
    match Reader::new(&lemma, Knowledge::Lemma).read() {
        Some(mut pieces) if has_head_at(lower, &lemma, pieces.last()?.span.start) => {
            pieces.last_mut()?.span.end = lower.len();
            Some(pieces)
        }
        Some(_) => Reader::new(lower, Knowledge::New).read(),
        None if is_variant(lower, &lemma) => Reader::new(lower, Knowledge::Form).read(),
        None => None,
    }
}

/// Whether a form's beginning is spelled otherwise than its dictionary form's: *bildekort* has that of *billedkort*.
fn is_variant(form: &str, lemma: &str) -> bool {
    let end = table::last_three(lemma);
    !form.starts_with(lemma.strip_suffix(end).unwrap_or(lemma)) && form.contains(end)
}

/// Whether a form has, where its dictionary form's head begins, the same head: two bytes that agree, or one before a vowel
/// that changes (*farmor*, *farmødre*).
fn has_head_at(form: &str, lemma: &str, head: usize) -> bool {
    let common = form.bytes().zip(lemma.bytes()).take_while(|(a, b)| a == b).count();
    let changes = |word: &str| word.get(head + 1..).is_some_and(|rest| rest.starts_with(table::is_vowel));
    common >= head + 2 || (common > head && changes(form) && changes(lemma))
}

/// A nynorsk form with bokmål's ending, so that an inflection of a known word is known: *erfaringar*, *alvorleg*.
fn bokmal_ending(lower: &str) -> Option<String> {
    const ENDINGS: [(&str, &str); 12] = [
        ("arane", "erne"),
        ("arar", "ere"),
        ("aren", "eren"),
        ("ane", "ene"),
        ("ar", "er"),
        ("leg", "lig"),
        ("lege", "lige"),
        ("leik", "het"),
        ("leiken", "heten"),
        ("heit", "het"),
        ("heiter", "heter"),
        ("heitene", "hetene"),
    ];
    ENDINGS.iter().find_map(|(nynorsk, bokmal)| Some([strip_ending(lower, nynorsk)?, bokmal].concat()))
}

/// What is known of a word as a whole.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Knowledge {
    /// It is a dictionary form: its head must be one, too.
    Lemma,
    /// It is a form that the lexicon has: all its parts must be known.
    Form,
    /// Nothing: one part may be unknown.
    New,
}

/// Reads a word as parts.
struct Reader<'w> {
    word: &'w str,
    parts: &'static Parts,
    knowledge: Knowledge,
    /// What the word costs as a word of its own.
    whole: f32,
    /// What the word may be an inflection of: the ends of these are what its ends may be.
    stems: Stems,
    /// The cheapest way on from each byte of the word, if there is one and it was worked out.
    steps: Vec<Option<Step>>,
    /// Where a part may end that begins left of all places that were worked out, the rightmost first.
    ends: Vec<End>,
}

/// The cheapest way on from a place in a word: what it costs, and where the next part begins (the word's end: none does).
#[derive(Clone, Copy)]
struct Step {
    cost: f32,
    end: usize,
    link: Link,
    next: usize,
    /// Whether the part is in the tables of parts, and not guessed.
    sure: bool,
}

/// A place where a modifier may end, with where the next part begins for each link that the word allows.
struct End {
    at: usize,
    nexts: [Option<usize>; Link::ALL.len()],
}

impl<'w> Reader<'w> {
    fn new(word: &'w str, knowledge: Knowledge) -> Self {
        let stems = if knowledge == Knowledge::Lemma { Stems::default() } else { Stems::of(word) };
        let whole = LETTER * word.chars().count() as f32 + OWN;
        let steps = vec![None; word.len()];
        Self { word, parts: Parts::get(), knowledge, whole, stems, steps, ends: Vec::with_capacity(word.len()) }
    }

    /// The parts of the cheapest reading; `None` where the word costs less as a word of its own.
    fn read(mut self) -> Option<Vec<Piece>> {
        // From the right, so that each place finds the places after it worked out.
        for start in (2..self.word.len() - 1).rev() {
            self.add_end(start + 2);
            if self.word.is_char_boundary(start) {
                // What costs more than is left beside the cheapest modifier is part of no cheap reading.
                let bound = self.whole - SPLIT - self.parts.cheapest() + ROUNDING;
                self.steps[start] = cheapest(self.head(start, bound), self.modifier(start, bound));
            }
        }
        self.add_end(3);
        self.add_end(2);
        let first = self.modifier(0, self.whole)?;
        let mut pieces = Vec::new();
        let mut at = Some((0, first));
        while let Some((start, step)) = at {
            pieces.push(Piece { span: start..step.end, link: step.link });
            at = self.steps.get(step.next).copied().flatten().map(|following| (step.next, following));
        }
        Some(pieces)
    }

    /// Notes that a modifier may end at a place, where a link and what follows allow it.
    fn add_end(&mut self, at: usize) {
        if at + 1 >= self.word.len() || !self.word.is_char_boundary(at) {
            return;
        }
        // Left of here nothing is worked out yet: the consonant that two parts share may have two bytes.
        let can_follow = |next: &usize| *next + 1 < at || self.steps.get(*next).is_some_and(Option::is_some);
        let nexts = Link::ALL.map(|link| link.next(self.word, at).filter(can_follow));
        if nexts.iter().any(Option::is_some) {
            self.ends.push(End { at, nexts });
        }
    }

    /// The cheapest way on with a modifier that begins at `start`; none that costs as much as `bound`.
    fn modifier(&self, start: usize, bound: f32) -> Option<Step> {
        let mut best: Option<Step> = None;
        for end in self.ends.iter().rev() {
            let bound = best.map_or(bound, |best| best.cost);
            let found = match self.parts.modifier(&self.word[start..end.at]) {
                Some(costs) => self.known_modifier(start, end, costs, bound),
                None => self.rare_modifier(start, end, bound),
            };
            best = found.or(best);
        }
        best
    }

    /// The cheapest way on with a modifier that the tables of parts have, if it costs less than `bound`.
    fn known_modifier(&self, start: usize, end: &End, costs: &[f32; 3], bound: f32) -> Option<Step> {
        let mut best: Option<Step> = None;
        for (link, next) in Link::ALL.into_iter().zip(end.nexts) {
            let bound = best.map_or(bound, |best| best.cost);
            let step = next.and_then(|next| self.step(start, end.at, link, next, costs[link.kind()], bound));
            best = step.or(best);
        }
        best
    }

    /// The cheapest way on with a modifier that no table of parts has: one of the lexicon's words or, at a new word's
    /// beginning, an unknown one. It is looked up only where it could cost less than `bound`.
    fn rare_modifier(&self, start: usize, end: &End, bound: f32) -> Option<Step> {
        let part = &self.word[start..end.at];
        let ways = || Link::ALL.into_iter().zip(end.nexts).filter_map(|(link, next)| Some((link, next?)));
        if !ways().any(|(link, next)| self.step(start, end.at, link, next, self.parts.rarest(), bound).is_some()) {
            return None;
        }
        let cost = self.unknown(part, start == 0 && !ends_in_particle(part), is_modifier_form)?;
        let with =
            |(link, next)| self.step(start, end.at, link, next, cost + self.parts.unknown_link(part, link), bound);
        let step = ways().map(with).fold(None, cheapest)?;
        Some(Step { sure: false, ..step })
    }

    /// A modifier at `start..end` that costs `cost`, then a link, then what follows from `next` on; none that costs as much as
    /// `bound`.
    fn step(&self, start: usize, end: usize, link: Link, next: usize, cost: f32, bound: f32) -> Option<Step> {
        let following = self.steps[next]?;
        let cost = cost + following.cost + SPLIT;
        if cost >= bound || next <= start + 1 || (link == Link::Shared && !following.sure) {
            return None;
        }
        let (part, rest) = (&self.word[start..end], &self.word[next..]);
        let fits = !self.parts.forbids(part, rest) && !is_verbal_noun(part, rest);
        fits.then_some(Step { cost, end, link, next, sure: true })
    }

    /// What a head that begins at `start` costs; it is looked for in the lexicon only where it could cost less than `bound`.
    fn head(&self, start: usize, bound: f32) -> Option<Step> {
        let (before, head) = self.word.split_at(start);
        if ing_noun(head) == Some("r") && before.ends_with(table::is_vowel) {
            return None;
        }
        let step = |cost, sure| Step { cost, end: self.word.len(), link: Link::None, next: self.word.len(), sure };
        match self.parts.head(head, self.stems.ends(start)) {
            table::Head::Known(cost) => Some(step(cost, true)),
            table::Head::Never => None,
            table::Head::Unknown if self.parts.rarest() >= bound => None,
            table::Head::Unknown if self.knowledge == Knowledge::Lemma => {
                self.unknown(head, false, is_lemma).map(|cost| step(cost, false))
            }
            table::Head::Unknown => {
                let no_verb = |_: &str, _: &str, edit: Edit| edit.part != PartOfSpeech::Verb;
                self.unknown(head, true, no_verb).map(|cost| step(cost, false))
            }
        }
    }

    /// What a part that the tables of parts lack costs: as much as the rarest if the lexicon has it; else its letters, where
    /// it may be unknown at all.
    fn unknown(&self, part: &str, may_be_unknown: bool, fits: fn(&str, &str, Edit) -> bool) -> Option<f32> {
        let letters = part.chars().count();
        if letters < SHORTEST_UNKNOWN || !self.parts.may_be_part(part) {
            return None;
        }
        let known =
            |form: &str| lexicon::edits(form).any(|(base, edit)| edit.part.is_content() && fits(form, base, edit));
        if known(part) || bokmal_ending(part).is_some_and(|form| known(&form)) {
            return Some(self.parts.rarest());
        }
        let guess = may_be_unknown && self.knowledge == Knowledge::New && table::is_pronounceable(part);
        guess.then_some(LETTER * letters as f32 + UNKNOWN)
    }
}

fn is_lemma(form: &str, base: &str, edit: Edit) -> bool {
    edit.part != PartOfSpeech::Verb && edit.lemma(base) == form
}

/// Whether a reading of a form makes it a modifier: a noun's dictionary form, which a form in *-ing*, *-else* or the like is
/// also where the dictionary has another spelling (*utskrivning*, *utskriving*).
fn is_modifier_form(form: &str, base: &str, edit: Edit) -> bool {
    let derived = || ["ing", "else", "het", "leik", "sjon"].iter().any(|ending| strip_ending(form, ending).is_some());
    edit.part == PartOfSpeech::Noun && (edit.lemma(base) == form || derived() && base == form)
}

/// Whether an unknown part ends in a particle, which is then rather the next part's beginning.
fn ends_in_particle(part: &str) -> bool {
    ["for", "fore", "til", "opp", "inn", "over", "under", "fram", "frem"]
        .iter()
        .any(|particle| strip_ending(part, particle).is_some())
}

/// Whether a verb's noun in *-ing* falls apart in the middle of its verb: *flyt-ting*, *snek-ring*.
fn is_verbal_noun(part: &str, rest: &str) -> bool {
    ing_noun(rest).is_some_and(|onset| {
        // The consonant that ends the part may be the same that begins the rest: sett-ting.
        let verb = if part.ends_with(&onset.repeat(2)) { format!("{part}e") } else { format!("{part}{onset}e") };
        lexicon::edits(&verb).any(|(base, edit)| edit.part == PartOfSpeech::Verb && edit.lemma(base) == verb)
    })
}

/// What stands before *-ing* in a head such as *ring* or *tingene*, where that is one consonant.
fn ing_noun(head: &str) -> Option<&str> {
    let (onset, rest) = head.split_at_checked(1)?;
    let ending = rest.strip_prefix("ing")?;
    matches!(ending, "" | "s" | "a" | "en" | "er" | "ene" | "ar" | "ane").then_some(onset)
}

fn cheapest(a: Option<Step>, b: Option<Step>) -> Option<Step> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.cost < a.cost { b } else { a }),
        (a, b) => a.or(b),
    }
}

/// The parts, bracketed two and two.
fn tree(word: &str, pieces: &[Piece], offset: usize) -> Compound {
    let last = cut(word, pieces);
    let (left, right) = pieces.split_at(last + 1);
    let modifier = part(word, left, offset);
    let head = part(word, right, offset);
    let link = left[last].span.end.min(right[0].span.start)..right[0].span.start;
    Compound { modifier, link: link.start + offset..link.end + offset, head }
}

/// The piece after which the whole falls in two: where the sides are words that the lexicon has, or an -s- stands, which
/// after a compound modifier is the rule; else before the last part.
fn cut(word: &str, pieces: &[Piece]) -> usize {
    let known = |side: &[Piece]| {
        let span = side[0].span.start..side[side.len() - 1].span.end;
        side.len() > 1 && lexicon::edits(&word[span]).next().is_some()
    };
    let weight = |at: usize| {
        let (left, right) = pieces.split_at(at + 1);
        2 * u8::from(known(left)) + 2 * u8::from(known(right)) + u8::from(left[at].link == Link::S) * u8::from(at > 0)
    };
    (0..pieces.len() - 1).max_by_key(|at| weight(*at)).unwrap_or(0)
}

fn part(word: &str, pieces: &[Piece], offset: usize) -> Part {
    let span = pieces[0].span.start..pieces[pieces.len() - 1].span.end;
    let inside = match pieces {
        [_] => split_known(&word[span.clone()], span.start + offset),
        _ => Some(tree(word, pieces, offset)),
    };
    Part { span: span.start + offset..span.end + offset, inside: inside.map(Box::new) }
}

/// A part into its own parts, all of which must be known.
fn split_known(part: &str, offset: usize) -> Option<Compound> {
    if part.chars().count() < SHORTEST {
        return None;
    }
    Some(tree(part, &pieces(part, Knowledge::Form)?, offset))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn flat(form: &str) -> Vec<&str> {
        parts(form).into_iter().map(|(span, _)| &form[span]).collect()
    }

    #[test]
    fn compounds_fall_into_their_parts() {
        for (form, expected) in [
            ("NAV-kontor", &["NAV", "-", "kontor"][..]),
            ("IKT-avdelings-møte", &["IKT", "-", "avdelings", "-", "møte"]),
            ("nattog", &["natt", "tog"]),
            ("akuttilbud", &["akutt", "tilbud"]),
            ("barne--vern", &[]),
            ("Pårørendesenteret", &["Pårørende", "senteret"]),
            ("teieplikta", &["teie", "plikta"]),
            ("barnehageplassane", &["barn", "e", "hage", "plassane"]),
            ("-", &[]),
            ("barne-", &[]),
            ("-kontor", &[]),
        ] {
            assert_eq!(flat(form), expected, "{form}");
        }
    }

    #[test]
    fn verbs_nouns_derivations_and_inflections_stay_whole() {
        for form in ["høyring", "vurderingene", "sykdommer", "tryggleiken", "ansvarlege", "overføring", "det", "øy", ""]
        {
            assert_eq!(compound(form), None, "{form}");
        }
    }

    /// Spans lie on character boundaries, in order, without gaps; only a shared consonant lies in two.
    fn check_spans(form: &str) -> Result<(), TestCaseError> {
        let pieces = parts(form);
        let mut last = 0;
        for (span, _) in &pieces {
            prop_assert!(!form[span.clone()].is_empty());
            prop_assert!(span.start == last || form[span.start..last].chars().count() == 1);
            last = span.end;
        }
        prop_assert!(pieces.is_empty() || last == form.len());
        Ok(())
    }

    proptest! {
        #[test]
        fn spans_cover_any_text(form in "\\PC{0,80}") {
            check_spans(&form)?;
        }

        #[test]
        fn spans_cover_what_parts_make(form in "(barn|E|vern|s|natt|tog|plikt|ene|å|-|er|İ|é|mål|over){1,9}") {
            check_spans(&form)?;
        }
    }
}
