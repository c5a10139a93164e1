//! What a form can have been: a walk through the known forms and the observed characters at once.

use super::habits::{Habits, LONE, Op, SYMBOLS, begins, symbol_of};
use super::vocabulary::{self, RARE};
use fst::raw::{CompiledAddr, Fst, Node};
use std::sync::LazyLock;

/// How much dearer than the best a candidate may be.
const BEAM: f32 = 6.0;
/// Candidates that are kept of a form.
const KEPT: usize = 6;
/// Steps of a walk: a bound on time, some ten times what a long word with damage takes.
const STEPS: usize = 3_000;
/// Bounds that are tried before the one asked for, and how much dearer than the best a rival may be that is still sought then.
const FIRST_BOUNDS: [f32; 3] = [13.0, 17.0, 21.0];
const RIVALS: f32 = 3.0;
/// The bytes of æ, ø and å: one that they share, and one that tells them apart.
const LEAD: u8 = 0xC3;
const TRAILS: [u8; 3] = [0xA6, 0xB8, 0xA5];
/// The number of the usual forms among the sets.
const USUAL: usize = 0;
/// No word of more than `LONG` letters costs less than this, nor any word.
const LONG: usize = 5;
const CHEAPEST_LONG: f32 = 6.5;
const CHEAPEST: f32 = 3.0;
/// A capital behind a small letter that is meant as a small one.
const STRAY_CAPITAL: f32 = 3.0;
/// A lost space.
const LOST_SPACE: f32 = 8.0;
/// Words that are taken apart at a lost space: both usual, one very usual.
const USUAL_WORD: f32 = 12.0;
const VERY_USUAL_WORD: f32 = 8.5;
/// A compound: what it costs as such, each part beyond two, and each letter that a part is shorter than five.
const COMPOUND: f32 = 9.0;
const THIRD_PART: f32 = 4.0;
const SHORT_PART: f32 = 1.3;
/// A compound's parts are no shorter than this.
const SHORTEST_PART: usize = 3;

/// The usual forms, and the lexicon's.
static FORMS: LazyLock<[Fst<&'static [u8]>; 2]> =
    LazyLock::new(|| vocabulary::automata().map(|bytes| Fst::new(bytes).expect("the tables are whole")));

/// What a form can have been.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// In lower case; with spaces where some were lost.
    pub text: String,
    /// What was done to it; the form itself has no steps but intact symbols.
    pub ops: Vec<Op>,
    /// What it costs that it is seen as it is.
    pub channel: f32,
    /// What it costs that it is there.
    pub word: f32,
}

impl Candidate {
    pub(super) fn cost(&self) -> f32 {
        self.channel + self.word
    }

    /// Whether this is the infinitive's å by what is seen for the letter Å: it stands only where a sentence begins, or in a line of
    /// capitals.
    pub(super) fn is_capital_mark(&self) -> bool {
        self.text == "å" && matches!(self.ops[..], [Op::Symbol(5, _) | Op::Other(5, _)])
    }

    /// The same candidate when the habits change.
    pub(super) fn under(&mut self, before: &Habits, after: &Habits) {
        self.channel += self.ops.iter().map(|op| after.cost(*op) - before.cost(*op)).sum::<f32>();
    }
}

/// What a search may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Allowed {
    /// Any mending; without it only the form itself is sought, as a word or compound.
    pub mend: bool,
    /// Typing errors and lost spaces.
    pub typing: bool,
    pub spaces: bool,
    /// Words made of several known ones.
    pub compounds: bool,
}

/// The candidates of a form, cheapest first, that cost at most `bound`.
pub(super) fn candidates(form: &str, habits: &Habits, allowed: Allowed, bound: f32) -> Vec<Candidate> {
    let raw: Vec<char> = form.chars().collect();
    if raw.len() > LONG && bound < CHEAPEST_LONG {
        return Vec::new();
    }
    let reach = if allowed.mend { bound } else { 0.0 };
    let sites = Sites::new(&raw, &lower_letters(&raw), vocabulary::is_all_capitals(form), habits, reach);
    let mut found = Vec::new();
    let mut walk = Walk::new(form, raw, &sites, habits, allowed);
    // Narrow walks first: a mending by the document's own habits is cheap, and found in few steps.
    let narrow_bounds = if allowed.mend && allowed.typing { &FIRST_BOUNDS[..] } else { &[] };
    for narrow in narrow_bounds.iter().copied().filter(|narrow| *narrow < bound).chain([bound]) {
        let whole;
        (found, whole) = walk.within(narrow);
        let best = found.iter().map(Candidate::cost).fold(f32::INFINITY, f32::min);
        if best.is_finite() {
            if best + RIVALS > narrow && narrow < bound {
                found = walk.within(bound.min(best + RIVALS)).0;
            }
            break;
        }
        if !whole {
            break;
        }
    }
    found.sort_by(|a, b| a.cost().total_cmp(&b.cost()).then_with(|| a.text.cmp(&b.text)));
    let mut kept: Vec<Candidate> = Vec::new();
    for candidate in found {
        if kept.len() < KEPT
            && kept
                .iter()
                .all(|other| other.text != candidate.text || other.is_capital_mark() != candidate.is_capital_mark())
        {
            kept.push(candidate);
        }
    }
    kept
}

/// A finished part of a compound, or word before a lost space: where it ends in the text, and its cost.
#[derive(Clone, Copy)]
struct Part {
    end: usize,
    cost: f32,
    space: bool,
}

/// Where in a form something is seen that can stand for another: the numbers of the readings and look-alikes, for each place.
struct Sites {
    symbols: Vec<Vec<(u8, u16)>>,
    look_alikes: Vec<Vec<u16>>,
}

impl Sites {
    fn new(raw: &[char], lower: &[char], capitals: bool, habits: &Habits, bound: f32) -> Self {
        let symbols_at = |at: usize| {
            let reading = |(symbol, number): (u8, u16)| &habits.readings[usize::from(symbol)][usize::from(number)];
            let here = habits.openings.symbols(raw.get(at).copied());
            here.filter(|found| reading(*found).cost < bound && begins(&raw[at..], &reading(*found).seen)).collect()
        };
        let look_alikes_at = |at: usize| {
            let pair = |number: u16| &habits.look_alikes[usize::from(number)];
            let openings = |letter: Option<&char>| habits.openings.look_alikes(letter.copied());
            let mut found: Vec<u16> =
                openings(raw.get(at)).filter(|number| begins(&raw[at..], &pair(*number).seen)).collect();
            if capitals {
                let small = |number: &u16| pair(*number).seen.iter().all(|c| c.is_lowercase());
                found.extend(
                    openings(lower.get(at)).filter(|number| small(number) && begins(&lower[at..], &pair(*number).seen)),
                );
                found.sort_unstable();
                found.dedup();
            }
            found.retain(|number| pair(*number).cost < bound);
            found
        };
        Self {
            symbols: (0..=raw.len()).map(symbols_at).collect(),
            look_alikes: (0..=raw.len()).map(look_alikes_at).collect(),
        }
    }
}

struct Walk<'h> {
    sites: &'h Sites,
    raw: Vec<char>,
    lower: Vec<char>,
    capitals: bool,
    habits: &'h Habits,
    allowed: Allowed,
    /// What a usual word costs at least.
    cheapest: f32,
    /// What is still to come at least: the word itself.
    least: f32,
    bound: f32,
    steps: usize,
    /// Whether a typing error is among the steps.
    mistyped: bool,
    text: String,
    ops: Vec<Op>,
    parts: Vec<Part>,
    found: Vec<Candidate>,
}

impl<'h> Walk<'h> {
    fn new(form: &str, raw: Vec<char>, sites: &'h Sites, habits: &'h Habits, allowed: Allowed) -> Self {
        Self {
            sites,
            lower: lower_letters(&raw),
            capitals: vocabulary::is_all_capitals(form),
            cheapest: if raw.len() > LONG { CHEAPEST_LONG } else { CHEAPEST },
            least: 0.0,
            raw,
            habits,
            allowed,
            bound: 0.0,
            steps: 0,
            mistyped: false,
            text: String::new(),
            ops: Vec::new(),
            parts: Vec::new(),
            found: Vec::new(),
        }
    }

    /// The candidates within a bound, and whether the walk came to its end.
    fn within(&mut self, bound: f32) -> (Vec<Candidate>, bool) {
        self.bound = bound;
        self.steps = STEPS;
        self.begin(0, 0.0);
        if self.allowed.mend {
            self.lone_mark();
        }
        (std::mem::take(&mut self.found), self.steps > 0)
    }

    /// Begins a part at a place of the observed form.
    fn begin(&mut self, at: usize, cost: f32) {
        let outer = self.least;
        for (set, forms) in FORMS.iter().enumerate() {
            self.least = self.least_of(set);
            self.step(set, forms.root().addr(), at, cost);
        }
        self.least = outer;
    }

    /// What is still to come at least in a set of forms, behind the parts that are read.
    fn least_of(&self, set: usize) -> f32 {
        let word = if set == USUAL { self.cheapest } else { vocabulary::CHEAPEST_RARE };
        match &self.parts[..] {
            [] => word,
            [Part { space: true, .. }] if set != USUAL => f32::INFINITY,
            [Part { space: true, cost, .. }] => cost + CHEAPEST,
            [first, inner @ ..] => compound_cost(first.cost, inner, word),
        }
    }

    fn step(&mut self, set: usize, addr: CompiledAddr, at: usize, cost: f32) {
        if cost + self.least > self.bound || self.steps == 0 {
            return;
        }
        self.steps -= 1;
        let node = FORMS[set].node(addr);
        if node.is_final() {
            self.end_part(set, at, cost);
        }
        self.intact(set, &node, at, cost);
        if self.allowed.mend {
            self.symbols(set, &node, at, cost);
            self.look_alikes(set, &node, at, cost);
            if self.allowed.typing && at > 0 && self.raw.len() > 3 && self.parts.is_empty() && !self.mistyped {
                self.typing(set, &node, at, cost);
            }
        }
    }

    /// Goes on over letters that are taken as meant.
    fn go(&mut self, set: usize, node: &Node<'_>, truth: &[char], to: usize, cost: f32, op: Option<Op>) {
        if cost + self.least > self.bound {
            return;
        }
        let Some((first, others)) = truth.split_first() else { return };
        let next = others
            .iter()
            .try_fold(follow(set, node, *first), |addr, letter| Some(follow(set, &FORMS[set].node(addr?), *letter)));
        if let Some(next) = next.flatten() {
            self.enter(set, next, truth, to, cost, op);
        }
    }

    /// Takes a step to a place in the set that some letters lead to.
    fn enter(&mut self, set: usize, addr: CompiledAddr, truth: &[char], to: usize, cost: f32, op: Option<Op>) {
        if cost + self.least > self.bound {
            return;
        }
        let length = self.text.len();
        self.text.extend(truth);
        self.ops.extend(op);
        self.step(set, addr, to, cost);
        if op.is_some() {
            self.ops.pop();
        }
        self.text.truncate(length);
    }

    fn intact(&mut self, set: usize, node: &Node<'_>, at: usize, cost: f32) {
        let Some(letter) = self.lower.get(at).copied() else { return };
        let raw = self.raw[at];
        let symbol = symbol_of(raw);
        let own = symbol.map_or(0.0, |symbol| self.habits.intact_cost(symbol));
        let stray = if raw.is_uppercase() && at > 0 && !self.capitals { STRAY_CAPITAL } else { 0.0 };
        self.go(set, node, &[letter], at + 1, cost + own + stray, symbol.map(|symbol| Op::Intact(symbol as u8)));
    }

    /// æ, ø or å behind what stands here.
    fn symbols(&mut self, set: usize, node: &Node<'_>, at: usize, cost: f32) {
        let Some(lead) = node.find_input(LEAD) else { return };
        let lead = FORMS[set].node(node.transition_addr(lead));
        let first = at == 0 && self.raw.first().is_some_and(|c| c.is_uppercase());
        let capital = self.capitals || first;
        let sign_first = at == 0 && self.raw.first().is_some_and(|c| !c.is_lowercase()) && !self.capitals;
        for (letter, trail) in TRAILS.into_iter().enumerate() {
            let Some(next) = lead.find_input(trail) else { continue };
            let next = lead.transition_addr(next);
            if !capital || sign_first {
                self.symbol(set, next, at, cost, letter, letter);
            }
            if capital || sign_first {
                self.symbol(set, next, at, cost, letter, letter + 3);
            }
        }
    }

    fn symbol(&mut self, set: usize, next: CompiledAddr, at: usize, cost: f32, letter: usize, symbol: usize) {
        let (habits, sites) = (self.habits, self.sites);
        let truth = [SYMBOLS[letter]];
        let mut listed = false;
        for (_, number) in sites.symbols[at].iter().filter(|(of, _)| usize::from(*of) == symbol) {
            let reading = &habits.readings[symbol][usize::from(*number)];
            let length = reading.seen.len();
            listed |= length == 1;
            let op = Op::Symbol(symbol as u8, *number);
            self.enter(set, next, &truth, at + length, cost + reading.cost, Some(op));
        }
        if let Some(seen) = self.raw.get(at).copied()
            && !listed
            && self.lower[at] != SYMBOLS[letter]
        {
            let op = Op::Other(symbol as u8, seen);
            self.enter(set, next, &truth, at + 1, cost + habits.other_cost(symbol), Some(op));
        }
    }

    fn look_alikes(&mut self, set: usize, node: &Node<'_>, at: usize, cost: f32) {
        let (habits, sites) = (self.habits, self.sites);
        for number in &sites.look_alikes[at] {
            let pair = &habits.look_alikes[usize::from(*number)];
            let op = Op::LookAlike(*number);
            self.go(set, node, &pair.lower_truth, at + pair.seen.len(), cost + pair.cost, Some(op));
        }
    }

    /// One letter too many, too few, another, or two that changed places (Damerau's four errors).
    fn typing(&mut self, set: usize, node: &Node<'_>, at: usize, cost: f32) {
        let cost = cost + self.habits.typing_cost;
        if cost + self.least > self.bound {
            return;
        }
        self.mistyped = true;
        let op = Some(Op::Typing);
        if at < self.raw.len() {
            let doubled = if self.lower[at] == self.lower[at - 1] { 0.0 } else { 1.0 };
            self.enter(set, node.addr(), &[], at + 1, cost + doubled, op);
        }
        if let Some([first, second]) = self.lower.get(at..at + 2)
            && first != second
        {
            let swapped = [*second, *first];
            self.go(set, node, &swapped, at + 2, cost, op);
        }
        for transition in node.transitions().filter(|transition| transition.inp.is_ascii_lowercase()) {
            let letter = char::from(transition.inp);
            self.enter(set, transition.addr, &[letter], at, cost + 0.5, op);
            if let Some(seen) = self.lower.get(at).copied()
                && seen != letter
            {
                let far = if are_neighbours(seen, letter) { 0.0 } else { 2.0 };
                self.enter(set, transition.addr, &[letter], at + 1, cost + far, op);
            }
        }
        self.mistyped = false;
    }

    /// A known form ends here: the whole, a part of a compound, or the word before a lost space.
    fn end_part(&mut self, set: usize, at: usize, cost: f32) {
        let start = self.parts.last().map_or(0, |part| part.end);
        let form = self.text[start..].to_owned();
        // What is usual is found among the usual forms.
        if form.is_empty() || (set != USUAL && vocabulary::is_usual(&form)) {
            return;
        }
        if at == self.raw.len() {
            self.finish(&form, cost);
            return;
        }
        let length = form.chars().count();
        if self.raw.len() < 5 || at < 2 || self.mistyped {
            return;
        }
        // A genitive of a form that isn't listed with it.
        if at + 1 == self.raw.len() && self.lower[at] == 's' {
            self.text.push('s');
            let genitive = format!("{form}s");
            if !vocabulary::is_usual(&genitive) {
                self.finish(&genitive, cost + 0.5);
            }
            self.text.pop();
        }
        let compound = COMPOUND + 0.5 * (self.parts.first().map_or(CHEAPEST_LONG, |part| part.cost) + CHEAPEST_LONG);
        if self.allowed.compounds
            && cost + compound <= self.bound
            && length >= SHORTEST_PART
            && self.parts.len() < 3
            && !self.parts.iter().any(|part| part.space)
            && vocabulary::is_modifier(&form)
        {
            let part_cost = part_cost(&form, length);
            self.next_part(at, cost, part_cost, "");
            if self.lower[at] == 's' || (self.lower[at] == 'e' && length > 3) {
                let link = if self.lower[at] == 's' { "s" } else { "e" };
                self.next_part(at + 1, cost + 0.5, part_cost, link);
            }
        }
        let plain = !self.ops.iter().any(|op| matches!(op, Op::LookAlike(_)));
        if self.allowed.spaces && plain && self.parts.is_empty() && vocabulary::is_usual(&form) && length > 1 {
            let word = vocabulary::cost(&form).unwrap_or(RARE);
            if word < USUAL_WORD && cost + LOST_SPACE + word + CHEAPEST <= self.bound {
                self.text.push(' ');
                self.parts.push(Part { end: self.text.len(), cost: word, space: true });
                self.ops.push(Op::Space);
                self.begin(at, cost + LOST_SPACE);
                self.ops.pop();
                self.parts.pop();
                self.text.pop();
            }
        }
    }

    fn next_part(&mut self, at: usize, cost: f32, part_cost: f32, link: &str) {
        let length = self.text.len();
        self.text.push_str(link);
        self.parts.push(Part { end: self.text.len(), cost: part_cost, space: false });
        self.begin(at, cost);
        self.parts.pop();
        self.text.truncate(length);
    }

    fn finish(&mut self, form: &str, channel: f32) {
        let Some(own) = vocabulary::cost(form) else { return };
        let word = match self.parts[..] {
            [] => own,
            [Part { space: true, cost, .. }] => {
                if own > USUAL_WORD || own.min(cost) > VERY_USUAL_WORD || form.chars().count() < 2 {
                    return;
                }
                cost + own
            }
            [first, ..] => {
                let length = form.chars().count();
                if length < SHORTEST_PART || !vocabulary::is_head(form) {
                    return;
                }
                compound_cost(first.cost, &self.parts[1..], part_cost(form, length))
            }
        };
        if channel + word > self.bound {
            return;
        }
        self.bound = self.bound.min(channel + word + BEAM);
        self.found.push(Candidate { text: self.text.clone(), ops: self.ops.clone(), channel, word });
    }

    /// The infinitive's å, alone.
    fn lone_mark(&mut self) {
        for (number, reading) in self.habits.readings[LONE].iter().enumerate() {
            if self.raw == reading.seen {
                let word = vocabulary::cost("å").unwrap_or(RARE);
                let op = Op::Symbol(LONE as u8, number as u16);
                self.found.retain(|candidate| candidate.text != "å" || candidate.is_capital_mark());
                self.found.push(Candidate { text: "å".to_owned(), ops: vec![op], channel: reading.cost, word });
            }
        }
    }
}

/// What a compound costs, from the costs of its first and last part and those between.
fn compound_cost(first: f32, inner: &[Part], last: f32) -> f32 {
    let inner: f32 = inner.iter().map(|part| THIRD_PART + (part.cost - RARE).max(0.0)).sum();
    COMPOUND + inner + 0.5 * (first + last)
}

/// What a part of a compound costs: a short one that isn't usual is mostly chance.
fn part_cost(form: &str, length: usize) -> f32 {
    let own = vocabulary::cost(form).unwrap_or(RARE);
    own + SHORT_PART * (6usize.saturating_sub(length) as f32) * if own >= RARE { 2.0 } else { 1.0 }
}

fn lower_letters(raw: &[char]) -> Vec<char> {
    raw.iter().map(|c| c.to_lowercase().next().unwrap_or(*c)).collect()
}

fn follow(set: usize, node: &Node<'_>, letter: char) -> Option<CompiledAddr> {
    let mut bytes = [0; 4];
    let (first, others) = letter.encode_utf8(&mut bytes).as_bytes().split_first()?;
    let next = |node: &Node<'_>, byte: u8| node.find_input(byte).map(|input| node.transition_addr(input));
    others.iter().try_fold(next(node, *first)?, |addr, byte| next(&FORMS[set].node(addr), *byte))
}

/// Whether two keys lie side by side.
fn are_neighbours(a: char, b: char) -> bool {
    ["qwertyuiopå", "asdfghjkløæ", "zxcvbnm"].iter().any(|row| {
        let place = |key| row.chars().position(|c| c == key);
        matches!((place(a), place(b)), (Some(a), Some(b)) if a.abs_diff(b) == 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Allowed = Allowed { mend: true, typing: true, spaces: true, compounds: true };

    #[test]
    fn the_true_word_is_among_the_candidates() {
        for (seen, truth) in [
            ("pargrende", "pårørende"),
            ("GJZRE", "gjøre"),
            ("fortalde", "fortalde"),
            ("fortslle", "fortelle"),
            ("fotelle", "fortelle"),
            ("forrtelle", "fortelle"),
            ("fortlele", "fortelle"),
            ("tjcnesten", "tjenesten"),
            ("ognoen", "og noen"),
        ] {
            let found = candidates(seen, &Habits::beginning(), ALL, 40.0);
            assert!(found.iter().any(|candidate| candidate.text == truth), "{seen}: {found:?}");
        }
    }

    /// A typing error is one of Damerau's: the optimal string alignment distance is 1.
    #[test]
    fn typing_errors_are_one_edit_away() {
        for seen in ["fortslle", "fotelle", "forrtelle", "fortlele", "samtael", "foreldr", "komune"] {
            for candidate in candidates(seen, &Habits::beginning(), ALL, 40.0) {
                if candidate.ops == [Op::Typing] {
                    assert_eq!(strsim::osa_distance(seen, &candidate.text), 1, "{seen} {}", candidate.text);
                }
            }
        }
    }
}
