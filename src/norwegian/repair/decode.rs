//! A document's forms, its habits, and the most likely reading of each of its words.

use super::context::{self, Class, EDGE};
use super::habits::{Habits, Op, Tally, symbol_of};
use super::pieces::{Gap, Piece, pieces};
use super::search::{Allowed, Candidate, candidates};
use super::vocabulary::{self, RARE};
use super::{Change, Reason};
use foldhash::{HashMap, HashMapExt};
use rayon::prelude::*;

/// Fewer words than this tell nothing of habits.
const FEWEST_WORDS: usize = 4;
/// Share of the words that must be usual ones, for the text to be taken for Norwegian.
const NORWEGIAN_SHARE: f32 = 0.3;
/// How many unknown forms are looked at to learn a document's habits.
const SAMPLE: usize = 500;
/// What a mending must gain over the word as it stands, in nats: an unknown one, a known one.
const MARGIN_UNKNOWN: f32 = 1.5;
const MARGIN_KNOWN: f32 = 0.5;
/// A typing error where the word is known, though rarely seen, or the text is nynorsk, whose forms aren't all known.
const MARGIN_TYPING: f32 = 4.0;
/// A broken word: a space or a hyphen within.
const BROKEN_BY_SPACE: f32 = 8.0;
const BROKEN_BY_HYPHEN: f32 = 6.0;
/// A document is damaged when this share of its words would be mended, and so many different forms.
const DAMAGED_SHARE: f32 = 0.015;
const DAMAGED_FORMS: usize = 3;
/// Nor is it by lost letters, where so many more æ, ø and å stand.
const LOST_SHARE: f32 = 0.15;
/// How often the habits are counted again from the readings that they give.
const RECOUNTS: usize = 2;
/// A text of fewer words, and without any æ, ø or å, needs fewer forms to tell.
const SHORT: f32 = 40.0;
/// How often habits are learned from the unknown words, and how often a form counts at most.
const LEARNING_ROUNDS: usize = 4;
const MOST_SIGHTINGS: f32 = 4.0;
/// More than any reading costs.
const IMPOSSIBLE: f32 = 1000.0;
/// Share of a line's words that only English has, for the line to be English.
const ENGLISH_SHARE: f32 = 0.3;
/// A lone digit and a lone `&`, as words.
const DIGIT: f32 = 8.0;
const AMPERSAND: f32 = 8.0;
/// What each capital behind a small letter costs a known word.
const STRAY_CAPITAL: f32 = 5.0;
/// What it costs that a word inside a sentence begins with a capital, when it is no name.
const CAPITAL_INSIDE: f32 = 4.0;

/// The changes that mend a text.
pub(super) fn changes(text: &str) -> Vec<Change> {
    vocabulary::load();
    let document = Document::new(text);
    if !document.is_norwegian() {
        return Vec::new();
    }
    let Some(mut habits) = document.habits() else { return Vec::new() };
    let mut choices: Vec<Vec<Choice>> = document.forms.par_iter().map(|form| document.choices(form, &habits)).collect();
    let mut mended = document.read(&choices);
    for _ in 0..RECOUNTS {
        let recounted = mended.tally(&document, &habits).habits();
        choices.iter_mut().flatten().for_each(|choice| choice.candidate.under(&habits, &recounted));
        habits = recounted;
        mended = document.read(&choices);
    }
    document.join_broken(&habits, &choices, &mut mended);
    mended.changes(&document, &habits)
}

/// A form of the document, as it is written.
struct Form<'t> {
    text: &'t str,
    lower: String,
    count: f32,
    /// What it costs as it stands, if it is known.
    known: Option<f32>,
    /// Whether the counted texts or the lists have it.
    usual: bool,
    /// Numbers and the like are left alone.
    fixed: bool,
    /// Capitals behind a small letter, where the form is known.
    stray_capitals: f32,
}

/// What two forms side by side are as one word, with a hyphen between or a space.
type Pairs = HashMap<(usize, usize, bool), Option<Candidate>>;

struct Document<'t> {
    text: &'t str,
    pieces: Vec<Piece<'t>>,
    /// The form of each piece; pieces that are left alone have none.
    form_of: Vec<Option<usize>>,
    forms: Vec<Form<'t>>,
    words: f32,
    /// Whether a line begins with a capital, by what stands before its first word.
    capital_lines: [bool; 3],
    nynorsk: bool,
}

/// A way to read a piece.
#[derive(Clone, Debug)]
struct Choice {
    candidate: Candidate,
    first: Class,
    last: Class,
}

impl Choice {
    fn new(candidate: Candidate) -> Self {
        let (first, last) = match candidate.text.split_once(' ') {
            Some((first, last)) => (context::class(first), context::class(last)),
            None => {
                let class = context::class(&candidate.text);
                (class, class)
            }
        };
        Self { candidate, first, last }
    }
}

/// How every piece is read: none as it stands.
struct Reading {
    /// The choice for each piece, where it isn't the piece itself.
    chosen: Vec<Option<Candidate>>,
    /// Pieces that are one word with the piece before them.
    merged: Vec<bool>,
}

impl<'t> Document<'t> {
    fn new(text: &'t str) -> Self {
        let mut pieces = pieces(text);
        fix_english_lines(text, &mut pieces);
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        let mut counts: Vec<(&'t str, f32)> = Vec::new();
        let mut form_of = Vec::with_capacity(pieces.len());
        for piece in &pieces {
            if piece.fixed {
                form_of.push(None);
                continue;
            }
            let number = *numbers.entry(piece.text).or_insert_with(|| {
                counts.push((piece.text, 0.0));
                counts.len() - 1
            });
            counts[number].1 += 1.0;
            form_of.push(Some(number));
        }
        let forms: Vec<Form<'t>> = counts.into_par_iter().map(|(text, count)| Form::new(text, count)).collect();
        let words = forms.iter().filter(|form| !form.fixed).map(|form| form.count).sum();
        let capital_lines = LineStart::capitals(text);
        let leaning: f32 = forms.iter().map(|form| form.count * vocabulary::leaning(&form.lower)).sum();
        Self { text, pieces, form_of, forms, words, capital_lines, nynorsk: leaning > 0.0 }
    }

    fn is_norwegian(&self) -> bool {
        let usual: f32 =
            self.forms.iter().filter(|form| form.known.is_some_and(|cost| cost < 11.5)).map(|form| form.count).sum();
        self.words as usize >= FEWEST_WORDS && usual >= NORWEGIAN_SHARE * self.words
    }

    /// The document's habits, learned from its unknown words; none if it shows none.
    fn habits(&self) -> Option<Habits> {
        let doubtful: Vec<&Form<'_>> = self.forms.iter().filter(|form| !form.fixed && !form.usual).collect();
        let stride = doubtful.len().div_ceil(SAMPLE).max(1);
        let beginning = Habits::beginning();
        let sample: Vec<Doubt<'_>> =
            doubtful.par_iter().step_by(stride).map(|form| Doubt::new(form, &beginning)).collect();
        let mut habits = beginning;
        let mut damaged = Damage::default();
        for round in 0..LEARNING_ROUNDS {
            let mut tally = Tally::new(&habits);
            tally.words = self.words / stride as f32;
            if round > 0 {
                self.count_intact(&mut tally, stride as f32);
            }
            damaged = Damage::default();
            for doubt in &sample {
                doubt.weigh(&habits, &mut tally, &mut damaged);
            }
            if damaged.lost_forms + damaged.typing_forms == 0 {
                return None;
            }
            habits = tally.habits();
        }
        damaged.is_enough(self.words / stride as f32, self.intact_symbols() / stride as f32).then_some(habits)
    }

    /// How many æ, ø and å the text has in known words.
    fn intact_symbols(&self) -> f32 {
        let known = self.forms.iter().filter(|form| form.known.is_some());
        known.map(|form| intact_steps(form.text).len() as f32 * form.count).sum()
    }

    /// Counts the symbols that stand as they should, in usual words.
    fn count_intact(&self, tally: &mut Tally, stride: f32) {
        for form in self.forms.iter().filter(|form| form.usual) {
            tally.add_intact(form, form.count / stride);
        }
    }

    /// The most likely reading under some habits.
    fn read(&self, choices: &[Vec<Choice>]) -> Reading {
        let mut reading = Reading { chosen: vec![None; self.pieces.len()], merged: vec![false; self.pieces.len()] };
        let mut start = 0;
        for at in 1..=self.pieces.len() {
            if at == self.pieces.len() || matches!(self.pieces[at].before, Gap::Break | Gap::Comma) {
                self.read_stretch(start..at, choices, &mut reading);
                start = at;
            }
        }
        reading
    }

    /// What a form can be, itself first.
    fn choices(&self, form: &Form<'_>, habits: &Habits) -> Vec<Choice> {
        let steps = intact_steps(form.text);
        let channel: f32 = steps
            .iter()
            .map(|op| if let Op::Intact(symbol) = op { habits.intact_cost(usize::from(*symbol)) } else { 0.0 })
            .sum();
        let compound = if form.known.is_none() && !form.fixed { compound_cost(&form.lower) } else { None };
        let plain = vocabulary::unknown_cost(form.text, false, false);
        let word = form.known.or(compound).unwrap_or(plain);
        let channel = channel + form.stray_capitals * STRAY_CAPITAL;
        let own = Candidate { text: form.lower.clone(), ops: steps, channel, word };
        let bound = own.cost() + 4.0;
        let mut choices = vec![Choice::new(own)];
        if !form.fixed {
            let found = candidates(form.text, habits, allowed(form), bound);
            choices.extend(found.into_iter().filter(|candidate| candidate.text != form.lower).map(Choice::new));
        }
        for choice in &mut choices {
            let words = choice.candidate.text.split(' ');
            choice.candidate.word += words.map(|word| vocabulary::standard_cost(word, self.nynorsk)).sum::<f32>();
        }
        choices
    }

    /// The cheapest way through some pieces in a row (Viterbi 1967).
    fn read_stretch(&self, stretch: std::ops::Range<usize>, choices: &[Vec<Choice>], reading: &mut Reading) {
        let mut costs: Vec<f32> = vec![0.0];
        let mut classes: Vec<Class> = vec![EDGE];
        let mut ways: Vec<Vec<usize>> = Vec::with_capacity(stretch.len());
        for at in stretch.clone() {
            let Some(form) = self.form_of[at] else {
                let best = cheapest(&costs);
                ways.push(vec![best]);
                costs = vec![costs[best]];
                classes = vec![EDGE];
                continue;
            };
            let options = &choices[form];
            let mut next = Vec::with_capacity(options.len());
            let mut way = Vec::with_capacity(options.len());
            for (number, choice) in options.iter().enumerate() {
                let (best, before) = costs
                    .iter()
                    .zip(&classes)
                    .map(|(cost, class)| cost + context::cost(*class, choice.first))
                    .enumerate()
                    .fold((0, f32::INFINITY), |best, (at, cost)| if cost < best.1 { (at, cost) } else { best });
                next.push(before + self.choice_cost(at, form, number, choice));
                way.push(best);
            }
            costs = next;
            classes = options.iter().map(|choice| choice.last).collect();
            ways.push(way);
        }
        let ends: Vec<f32> =
            costs.iter().zip(&classes).map(|(cost, class)| cost + context::cost(*class, EDGE)).collect();
        let mut number = cheapest(&ends);
        for at in stretch.rev() {
            if let Some(form) = self.form_of[at]
                && number > 0
            {
                reading.chosen[at] = Some(choices[form][number].candidate.clone());
            }
            number = ways.pop().map_or(0, |way| way[number]);
        }
    }

    /// What a choice costs at a place: itself, and a margin for whatever isn't the piece as it stands.
    fn choice_cost(&self, at: usize, form: usize, number: usize, choice: &Choice) -> f32 {
        let piece = &self.pieces[at];
        let form = &self.forms[form];
        if number == 0 {
            return choice.candidate.channel + self.own_cost(at, form, choice);
        }
        let is_mark = choice.candidate.text == "å";
        if is_mark {
            let in_place = !choice.candidate.is_capital_mark() || self.opens(at) || piece.capital_line;
            return if piece.free && self.goes_on(at) && in_place { choice.candidate.cost() } else { IMPOSSIBLE };
        }
        let typing = choice.candidate.ops.contains(&Op::Typing);
        let mut margin = match form.known {
            Some(_) if typing => return IMPOSSIBLE,
            // A habit that is sure of itself needs no margin.
            Some(_) => MARGIN_KNOWN.min(choice.candidate.channel),
            None => MARGIN_UNKNOWN,
        };
        if typing && self.nynorsk {
            margin += MARGIN_TYPING;
        }
        choice.candidate.cost() + margin
    }

    /// Whether a word in small letters follows, as behind the infinitive's å.
    fn goes_on(&self, at: usize) -> bool {
        self.pieces
            .get(at + 1)
            .is_some_and(|next| !next.text.starts_with(char::is_uppercase) || vocabulary::is_all_capitals(next.text))
    }

    /// Whether a sentence or heading may begin at a piece: also behind a number.
    fn opens(&self, at: usize) -> bool {
        let behind_number = at > 0 && self.pieces[at - 1].text.starts_with(|c: char| c.is_ascii_digit());
        self.pieces[at].before == Gap::Break || behind_number
    }

    fn own_cost(&self, at: usize, form: &Form<'_>, choice: &Choice) -> f32 {
        let piece = &self.pieces[at];
        // NAV in a line with small letters is an acronym, whatever "nav" is.
        let unknown = vocabulary::unknown_cost(piece.text, !self.opens(at), piece.capital_line);
        if sign_cost(form.text).is_some() { choice.candidate.word } else { choice.candidate.word.min(unknown) }
    }

    /// Puts broken words together, where a part is unknown and the whole is known.
    fn join_broken(&self, habits: &Habits, choices: &[Vec<Choice>], reading: &mut Reading) {
        let mut memo = HashMap::new();
        let mut at = 1;
        while at < self.pieces.len() {
            let joined = self.joined(at, habits, choices, &mut memo);
            if let Some(candidate) = joined {
                reading.chosen[at - 1] = Some(candidate);
                reading.chosen[at] = None;
                reading.merged[at] = true;
                at += 1;
            }
            at += 1;
        }
    }

    fn joined(&self, at: usize, habits: &Habits, choices: &[Vec<Choice>], memo: &mut Pairs) -> Option<Candidate> {
        let (first, second) = (&self.pieces[at - 1], &self.pieces[at]);
        let (left, right) = (self.form_of[at - 1]?, self.form_of[at]?);
        if !matches!(second.before, Gap::Space | Gap::Hyphen) {
            return None;
        }
        let is_part =
            |number: usize| !self.forms[number].fixed && self.forms[number].text.chars().any(char::is_alphabetic);
        let unknown = |number: usize| choices[number][0].candidate.word > RARE + 1.0;
        let small = second.text.chars().next().is_some_and(|c| !c.is_uppercase()) || first.capital_line;
        if !is_part(left) || !is_part(right) || !small {
            return None;
        }
        let hyphen = second.before == Gap::Hyphen;
        // Two known words with a hyphen between are a broken one where the whole is known and the second hardly stands alone.
        let is_whole = || {
            let whole = format!("{}{}", self.forms[left].lower, self.forms[right].lower);
            hyphen && !self.forms[right].usual && vocabulary::cost(&whole).is_some()
        };
        if !(unknown(left) || unknown(right) || is_whole()) {
            return None;
        }
        let search = || {
            let broken = if hyphen { BROKEN_BY_HYPHEN } else { BROKEN_BY_SPACE };
            let least =
                |number: usize| choices[number].iter().map(|choice| choice.candidate.cost()).fold(f32::MAX, f32::min);
            let bound = least(left) + least(right) - broken;
            let whole = format!("{}{}", first.text, second.text);
            // Beside a known word an unknown one easily makes a compound.
            let compounds = hyphen && unknown(left) && unknown(right);
            let found = candidates(&whole, habits, Allowed { spaces: false, compounds, ..ALL }, bound);
            let best = found.into_iter().next()?;
            Some(Candidate { channel: best.channel + broken, ..best })
        };
        memo.entry((left, right, hyphen)).or_insert_with(search).clone()
    }

    /// Whether a piece whose first character doesn't tell would begin with a capital.
    fn begins_with_capital(&self, piece: &Piece<'_>) -> bool {
        let before = &self.text[..piece.start];
        let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
        let line = line.trim_end_matches(|c: char| c.is_whitespace() || OPENING.contains(&c));
        if let Some(kind) = LineStart::of(line) {
            return self.capital_lines[kind as usize] || (kind == LineStart::Bare && follows_an_end(before));
        }
        line.ends_with(STOPS)
    }
}

/// Signs that a sentence ends with, or that a heading or speaker's name ends with.
const STOPS: [char; 4] = ['.', '!', '?', ':'];
/// Signs before a sentence's first letter.
const OPENING: [char; 4] = ['«', '"', '“', '('];

/// What stands before a line's first word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LineStart {
    Bare,
    Bullet,
    Number,
}

impl LineStart {
    /// What begins a line so, if nothing else stands before: the sign of an item, its letter or number.
    fn of(start: &str) -> Option<Self> {
        let start = start.trim();
        let mut signs = start.chars();
        match (signs.next(), signs.next(), signs.next()) {
            (None, ..) => Some(Self::Bare),
            (Some('-' | '*' | '•' | '·' | '–' | '—'), None, _) => Some(Self::Bullet),
            (Some(letter), Some(')'), None) if letter.is_alphabetic() => Some(Self::Bullet),
            (Some('0'..='9'), ..) if start.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ')')) => {
                Some(Self::Number)
            }
            _ => None,
        }
    }

    /// For each kind of start whether most lines of a text that start so have a capital then. Lines that follow an end of
    /// sentence tell nothing of those that don't.
    fn capitals(text: &str) -> [bool; 3] {
        let mut counts = [(0usize, 0usize); 3];
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let bare = line.trim_start();
            let marker = bare.split(' ').next().filter(|word| Self::of(word).is_some()).map_or(0, str::len);
            let (first, words) = bare.split_at(marker);
            if let (Some(kind), Some(letter)) = (Self::of(first), words.trim_start().chars().next())
                && letter.is_alphabetic()
                && !(kind == Self::Bare && follows_an_end(&text[..start]))
            {
                let count = &mut counts[kind as usize];
                *count = (count.0 + usize::from(letter.is_uppercase()), count.1 + 1);
            }
            start += line.len();
        }
        counts.map(|(capitals, all)| capitals * 2 > all)
    }
}

/// Whether what comes behind begins a sentence: behind a stop, an empty line, or a line in capitals.
fn follows_an_end(before: &str) -> bool {
    let last = before.trim_end();
    last.is_empty()
        || last.ends_with(STOPS)
        || before[last.len()..].matches('\n').count() > 1
        || super::pieces::is_capital(last.rsplit('\n').next().unwrap_or_default())
}

/// A known word has no typing error, and isn't two.
fn allowed(form: &Form<'_>) -> Allowed {
    let unknown = form.known.is_none();
    Allowed { mend: true, typing: unknown, spaces: unknown, compounds: unknown }
}

const ALL: Allowed = Allowed { mend: true, typing: true, spaces: true, compounds: true };

impl<'t> Form<'t> {
    fn new(text: &'t str, count: f32) -> Self {
        let lower = text.to_lowercase();
        let digits = text.chars().take_while(char::is_ascii_digit).count();
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        let length = text.chars().count();
        let fixed = (digits > 1 || digits == 1 && length == 2 && text.ends_with(['a', 'b', 'c']))
            || (letters == 0 && length > 1)
            || length > 60;
        let known = sign_cost(text).or_else(|| vocabulary::own_cost(&lower));
        let stray_capitals = match known {
            Some(_) if !vocabulary::is_all_capitals(text) => {
                text.chars().skip(1).filter(|c| c.is_uppercase()).count() as f32
            }
            _ => 0.0,
        };
        let usual = sign_cost(text).is_some() || vocabulary::is_usual(&lower);
        Self { text, lower, count, known, usual, fixed, stray_capitals }
    }
}

impl Tally {
    /// Counts a form that stands as it should.
    fn add_intact(&mut self, form: &Form<'_>, count: f32) {
        self.add(&intact_steps(form.text), count);
        self.add_chances(&form.lower.chars().collect::<Vec<_>>(), count);
    }
}

/// Fixes the pieces of lines that are English.
fn fix_english_lines(text: &str, pieces: &mut [Piece<'_>]) {
    let mut start = 0;
    while start < pieces.len() {
        let line_end = text[pieces[start].start..].find('\n').map_or(text.len(), |at| pieces[start].start + at);
        let length = pieces[start..].iter().take_while(|piece| piece.start < line_end).count().max(1);
        let line = &mut pieces[start..start + length];
        let english = line.iter().filter(|piece| vocabulary::is_english(&piece.text.to_lowercase())).count();
        if english > 2 && english as f32 >= ENGLISH_SHARE * length as f32 {
            line.iter_mut().for_each(|piece| piece.fixed = true);
        }
        start += length;
    }
}

/// What a lone digit or sign costs.
fn sign_cost(text: &str) -> Option<f32> {
    match text.as_bytes() {
        [b'0'..=b'9'] => Some(DIGIT),
        b"&" => Some(AMPERSAND),
        _ => None,
    }
}

/// What an unlisted form costs as a compound.
fn compound_cost(lower: &str) -> Option<f32> {
    let plain = Allowed { mend: false, typing: false, spaces: false, compounds: true };
    let bound = vocabulary::unknown_cost(lower, false, false);
    candidates(lower, &Habits::beginning(), plain, bound).first().map(|candidate| candidate.word)
}

fn intact_steps(text: &str) -> Vec<Op> {
    text.chars().filter_map(symbol_of).map(|symbol| Op::Intact(symbol as u8)).collect()
}

fn cheapest(costs: &[f32]) -> usize {
    costs
        .iter()
        .enumerate()
        .fold((0, f32::INFINITY), |best, (at, cost)| if *cost < best.1 { (at, *cost) } else { best })
        .0
}

/// How many words would be mended: by lost letters and look-alikes, and by typing errors and spaces.
#[derive(Clone, Copy, Debug, Default)]
struct Damage {
    lost: f32,
    lost_forms: usize,
    typing: f32,
    typing_forms: usize,
}

impl Damage {
    fn add(&mut self, ops: &[Op], form: &Form<'_>) {
        let typing = ops.iter().any(|op| matches!(op, Op::Typing | Op::Space));
        if !typing {
            self.lost += form.count;
            self.lost_forms += 1;
        } else if form.known.is_none() {
            self.typing += form.count;
            self.typing_forms += 1;
        }
    }

    fn is_enough(self, words: f32, intact: f32) -> bool {
        let few = if words < SHORT && intact == 0.0 { 2 } else { DAMAGED_FORMS };
        let lost = self.lost_forms >= few && self.lost >= (DAMAGED_SHARE * words).max(LOST_SHARE * intact);
        lost || (self.typing_forms > DAMAGED_FORMS && self.typing >= 2.0 * DAMAGED_SHARE * words)
    }
}

/// A form that may be damaged, with what it can have been.
struct Doubt<'d> {
    form: &'d Form<'d>,
    /// What it costs as it stands.
    own: f32,
    found: Vec<(Candidate, f32)>,
}

impl<'d> Doubt<'d> {
    fn new(form: &'d Form<'d>, habits: &Habits) -> Self {
        let unknown = || vocabulary::unknown_cost(form.text, true, false);
        let own = form.known.or_else(|| compound_cost(&form.lower)).unwrap_or_else(unknown);
        let found = candidates(form.text, habits, allowed(form), own + 2.0)
            .into_iter()
            .filter(|found| found.text != form.lower);
        // What isn't in the steps stays: a lost space, a stray capital, a far key.
        let with_rest = |found: Candidate| {
            let steps: f32 = found.ops.iter().map(|op| habits.cost(*op)).sum();
            let rest = found.cost() - steps;
            (found, rest)
        };
        Self { form, own, found: found.map(with_rest).collect() }
    }

    /// Counts the candidates by their probabilities; gives what the best gains over the form as it stands.
    fn weigh(&self, habits: &Habits, tally: &mut Tally, damage: &mut Damage) {
        let cost = |(found, rest): &(Candidate, f32)| rest + found.ops.iter().map(|op| habits.cost(*op)).sum::<f32>();
        let costs: Vec<f32> = self.found.iter().map(cost).collect();
        let best = costs.iter().copied().fold(f32::INFINITY, f32::min);
        let floor = best.min(self.own);
        let total = (floor - self.own).exp() + costs.iter().map(|cost| (floor - cost).exp()).sum::<f32>();
        let count = self.form.count.min(MOST_SIGHTINGS);
        for ((found, _), cost) in self.found.iter().zip(costs) {
            tally.add(&found.ops, count * (floor - cost).exp() / total);
            if cost == best && self.own - best > MARGIN_UNKNOWN {
                damage.add(&found.ops, self.form);
            }
        }
    }
}

impl Reading {
    /// Counts the steps of a reading.
    fn tally(&self, document: &Document<'_>, habits: &Habits) -> Tally {
        let mut tally = Tally::new(habits);
        let mut intact = vec![0.0; document.forms.len()];
        for (form, chosen) in document.form_of.iter().zip(&self.chosen) {
            let Some(form) = form else { continue };
            tally.words += 1.0;
            match chosen {
                Some(candidate) => tally.add(&candidate.ops, 1.0),
                None => intact[*form] += 1.0,
            }
        }
        for (form, count) in document.forms.iter().zip(intact) {
            if form.known.is_some() && count > 0.0 {
                tally.add_intact(form, count);
            }
        }
        tally
    }

    fn changes(&self, document: &Document<'_>, habits: &Habits) -> Vec<Change> {
        let mut changes = Vec::new();
        let loses_the_mark = habits.loses_the_mark();
        for (at, chosen) in self.chosen.iter().enumerate() {
            if loses_the_mark && self.lacks_mark(document, at) {
                let place = document.pieces[at].start - 1;
                changes.push(Change { span: place..place, replacement: "å".to_owned(), reason: Reason::Context });
            }
            let (Some(candidate), Some(form)) = (chosen, document.form_of[at]) else { continue };
            let piece = &document.pieces[at];
            let merged = self.merged.get(at + 1).copied().unwrap_or_default();
            let end = if merged { document.pieces[at + 1].end() } else { piece.end() };
            let replacement = recase(document, piece, candidate, habits);
            if replacement != document.text[piece.start..end] {
                let known = document.forms[form].known.is_some();
                changes.push(Change { span: piece.start..end, replacement, reason: reason(candidate, merged, known) });
            }
        }
        changes
    }
}

impl Reading {
    /// Whether two spaces stand before a piece where å fits between.
    fn lacks_mark(&self, document: &Document<'_>, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else { return false };
        let form = |at: usize| match &self.chosen[at] {
            Some(candidate) => candidate.text.clone(),
            None => document.pieces[at].text.to_lowercase(),
        };
        document.text[document.pieces[before].end()..document.pieces[at].start] == *"  "
            && context::wants_mark(context::class(&form(before)), context::class(&form(at)))
    }
}

fn reason(candidate: &Candidate, merged: bool, known: bool) -> Reason {
    let has = |wanted: fn(&Op) -> bool| candidate.ops.iter().any(wanted);
    if merged {
        Reason::Split
    } else if has(|op| matches!(op, Op::Space)) {
        Reason::Joined
    } else if has(|op| matches!(op, Op::Typing)) {
        Reason::Typing
    } else if has(|op| matches!(op, Op::LookAlike(_))) {
        Reason::LookAlike
    } else if known {
        Reason::Context
    } else {
        Reason::Letter
    }
}

/// A mended word in the capitals of what it stood for.
fn recase(document: &Document<'_>, piece: &Piece<'_>, candidate: &Candidate, habits: &Habits) -> String {
    let lower = candidate.text.as_str();
    if vocabulary::is_all_capitals(piece.text) || piece.capital_line {
        return lower.to_uppercase();
    }
    let capital = match first_case(piece, candidate, habits) {
        Case::Small => false,
        Case::Capital => true,
        Case::OfThePlace => vocabulary::is_name(lower) || document.begins_with_capital(piece),
    };
    if capital {
        let mut letters = lower.chars();
        return letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
    }
    lower.to_owned()
}

/// What the first character that is seen tells of the case that was meant.
enum Case {
    Small,
    Capital,
    OfThePlace,
}

/// Whether the first letter is lost without a trace.
fn lost_first(candidate: &Candidate, habits: &Habits) -> bool {
    match (candidate.ops.first(), candidate.text.chars().next().and_then(symbol_of)) {
        (Some(Op::Symbol(symbol, reading)), Some(_)) => {
            habits.readings[usize::from(*symbol)][usize::from(*reading)].seen.is_empty()
        }
        _ => false,
    }
}

fn first_case(piece: &Piece<'_>, candidate: &Candidate, habits: &Habits) -> Case {
    let (Some(seen), Some(truth)) = (piece.text.chars().next(), candidate.text.chars().next()) else {
        return Case::Small;
    };
    if !seen.is_alphabetic() || lost_first(candidate, habits) {
        return Case::OfThePlace;
    }
    let symbol = symbol_of(truth).filter(|_| !seen.to_lowercase().eq([truth]));
    match symbol {
        // A capital that is seen for the small letter as well.
        Some(small) if seen.is_uppercase() => {
            let [small, capital] = [small, small + 3].map(|symbol| habits.cost(Op::Other(symbol as u8, seen)));
            if small < capital + CAPITAL_INSIDE { Case::OfThePlace } else { Case::Capital }
        }
        _ if matches!((seen, truth), ('I', 'l') | ('l', 'i')) => Case::OfThePlace,
        _ if seen.is_uppercase() => Case::Capital,
        _ => Case::Small,
    }
}
