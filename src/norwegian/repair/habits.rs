//! What a document's scanner or typist makes of a letter: probabilities that are learned from the document itself.

use foldhash::HashMap;
use std::sync::LazyLock;

/// The letters that are lost most, small and capital, and the lone word å.
pub(super) const SYMBOLS: [char; 6] = ['æ', 'ø', 'å', 'Æ', 'Ø', 'Å'];
/// The place of the lone word å among the symbols.
pub(super) const LONE: usize = 6;
const SYMBOL_COUNT: usize = 7;

/// How much of a symbol's probability a reader's usual mistakes get before anything is counted, and any other single character.
const USUAL_SHARE: f32 = 0.45;
const OTHER_CHARACTER: f32 = 0.0008;
const LOST: f32 = 0.01;
/// A reading that isn't listed is taken for chance until it is seen more often than this.
const CHANCE_SIGHTINGS: f32 = 1.0;
/// How many sightings the beginning weighs once the document is counted.
const PRIOR_WEIGHT: f32 = 1.5;
/// The lone word å is read in more ways within a document.
const LONE_WEIGHT: f32 = 12.0;
/// A look-alike of ordinary letters, before counting, at the highest weight (6 in the table).
const LOOK_ALIKE: f32 = 0.006;
const LOOK_ALIKE_WEIGHT: f32 = 40.0;
/// One typing error in so many words, before counting.
const TYPING: f32 = 0.004;
const TYPING_WEIGHT: f32 = 150.0;

/// What is seen for a symbol.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    pub seen: Vec<char>,
    /// Whether the table has it; else it was met in the document.
    listed: bool,
    prior: f32,
    count: f32,
    pub cost: f32,
}

impl Reading {
    /// How often it is seen, as far as that speaks for a habit.
    fn sightings(&self) -> f32 {
        if self.listed { self.count } else { (self.count - CHANCE_SIGHTINGS).max(0.0) }
    }
}

/// What is seen for some ordinary letters.
#[derive(Clone, Debug)]
pub(super) struct LookAlike {
    pub seen: Vec<char>,
    pub truth: Vec<char>,
    pub lower_truth: Vec<char>,
    prior: f32,
    pub count: f32,
    pub cost: f32,
}

/// One step of a mending.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Op {
    /// A symbol seen as its reading of that number.
    Symbol(u8, u16),
    /// A symbol seen as some other character.
    Other(u8, char),
    /// A symbol that stands as it should.
    Intact(u8),
    /// A pair of the look-alikes.
    LookAlike(u16),
    /// A typing error.
    Typing,
    /// A lost space.
    Space,
}

/// A document's habits.
#[derive(Clone, Debug)]
pub(super) struct Habits {
    pub readings: [Vec<Reading>; SYMBOL_COUNT],
    intact: [f32; SYMBOL_COUNT],
    intact_cost: [f32; SYMBOL_COUNT],
    other_cost: [f32; SYMBOL_COUNT],
    pub look_alikes: Vec<LookAlike>,
    typing: f32,
    pub typing_cost: f32,
    pub openings: Openings,
}

/// Readings of letters and look-alikes by the first character that is seen of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Openings {
    symbols: HashMap<char, Vec<(u8, u16)>>,
    /// Readings of which nothing is seen.
    lost: Vec<(u8, u16)>,
    look_alikes: HashMap<char, Vec<u16>>,
}

impl Openings {
    fn of(readings: &[Vec<Reading>; SYMBOL_COUNT], look_alikes: &[LookAlike]) -> Self {
        let mut openings = Self::default();
        for (symbol, readings) in readings[..LONE].iter().enumerate() {
            for (number, reading) in readings.iter().enumerate() {
                let found = (symbol as u8, number as u16);
                match reading.seen.first() {
                    Some(first) => openings.symbols.entry(*first).or_default().push(found),
                    None => openings.lost.push(found),
                }
            }
        }
        for (number, pair) in look_alikes.iter().enumerate() {
            if let Some(first) = pair.seen.first() {
                openings.look_alikes.entry(*first).or_default().push(number as u16);
            }
        }
        openings
    }

    /// What can be seen as something that begins with a letter, or as nothing: symbols and the numbers of their readings.
    pub(super) fn symbols(&self, letter: Option<char>) -> impl Iterator<Item = (u8, u16)> {
        let seen = letter.and_then(|letter| self.symbols.get(&letter));
        seen.into_iter().flatten().chain(&self.lost).copied()
    }

    /// The look-alikes of which something is seen that begins with a letter.
    pub(super) fn look_alikes(&self, letter: Option<char>) -> impl Iterator<Item = u16> {
        letter.and_then(|letter| self.look_alikes.get(&letter)).into_iter().flatten().copied()
    }
}

static BEGINNING: LazyLock<Habits> =
    LazyLock::new(|| Habits::parse(include_str!("../../../data/norwegian/confusions.tsv")));

impl Habits {
    /// Before a document is counted.
    pub(super) fn beginning() -> Self {
        BEGINNING.clone()
    }

    fn parse(table: &str) -> Self {
        let mut habits = Self {
            readings: Default::default(),
            intact: [0.0; SYMBOL_COUNT],
            intact_cost: [0.0; SYMBOL_COUNT],
            other_cost: [0.0; SYMBOL_COUNT],
            look_alikes: Vec::new(),
            typing: 0.0,
            typing_cost: 0.0,
            openings: Openings::default(),
        };
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let mut cells = line.split('\t');
            let (Some(truth), Some(seen), Some(weight)) = (cells.next(), cells.next(), cells.next()) else { continue };
            let weight: f32 = weight.parse().expect("the embedded table holds weights");
            let seen: Vec<char> = seen.chars().collect();
            match symbol_named(truth) {
                Some(symbol) => {
                    habits.readings[symbol].push(Reading { seen, listed: true, prior: weight, count: 0.0, cost: 0.0 })
                }
                None => habits.look_alikes.push(LookAlike {
                    seen,
                    truth: truth.chars().collect(),
                    lower_truth: truth.to_lowercase().chars().collect(),
                    prior: weight / 6.0 * LOOK_ALIKE,
                    count: 0.0,
                    cost: 0.0,
                }),
            }
        }
        for (symbol, readings) in habits.readings.iter_mut().enumerate() {
            let total: f32 = readings.iter().map(|reading| reading.prior).sum();
            readings.iter_mut().for_each(|reading| reading.prior *= USUAL_SHARE / total);
            if symbol < LONE {
                readings.push(Reading { seen: Vec::new(), listed: true, prior: LOST, count: 0.0, cost: 0.0 });
            }
        }
        habits.settle(&[0.0; 0], 1.0);
        habits
    }

    /// Turns counts into costs. `chances` says how often each look-alike's truth stands in the document, and `words` how many words.
    fn settle(&mut self, chances: &[f32], words: f32) {
        for symbol in 0..SYMBOL_COUNT {
            let seen: f32 = self.readings[symbol].iter().map(Reading::sightings).sum();
            let weight = if symbol == LONE { LONE_WEIGHT } else { PRIOR_WEIGHT };
            let total = seen + self.intact[symbol] + weight;
            for reading in &mut self.readings[symbol] {
                reading.cost = -((reading.sightings() + weight * reading.prior) / total).ln();
            }
            self.other_cost[symbol] = -(weight * OTHER_CHARACTER / total).ln();
            self.intact_cost[symbol] = -((self.intact[symbol] + weight * (1.0 - USUAL_SHARE - LOST)) / total).ln();
        }
        for (number, pair) in self.look_alikes.iter_mut().enumerate() {
            let chance = chances.get(number).copied().unwrap_or_default().max(pair.count);
            let rate = (pair.count + LOOK_ALIKE_WEIGHT * pair.prior) / (chance + LOOK_ALIKE_WEIGHT);
            pair.cost = -rate.ln();
        }
        let rate = (self.typing + TYPING_WEIGHT * TYPING) / (words + TYPING_WEIGHT);
        // The error's kind and place: one of some.
        self.typing_cost = -rate.ln() + 1.5;
        self.openings = Openings::of(&self.readings, &self.look_alikes);
    }

    /// What it costs that a symbol stands as it should.
    pub(super) fn intact_cost(&self, symbol: usize) -> f32 {
        self.intact_cost[symbol]
    }

    /// Whether the letter å is mostly lost without a trace.
    pub(super) fn loses_the_mark(&self) -> bool {
        self.readings[2].iter().any(|reading| reading.seen.is_empty() && reading.cost < 1.0)
    }

    /// What a step costs; a lost space has a cost of its own.
    pub(super) fn cost(&self, op: Op) -> f32 {
        match op {
            Op::Symbol(symbol, reading) => self.readings[usize::from(symbol)][usize::from(reading)].cost,
            Op::Other(symbol, seen) => self.readings[usize::from(symbol)]
                .iter()
                .find(|reading| reading.seen == [seen])
                .map_or(self.other_cost[usize::from(symbol)], |reading| reading.cost),
            Op::Intact(symbol) => self.intact_cost[usize::from(symbol)],
            Op::LookAlike(pair) => self.look_alikes[usize::from(pair)].cost,
            Op::Typing => self.typing_cost,
            Op::Space => 0.0,
        }
    }

    /// What it costs that a symbol is seen as a character that isn't among its readings.
    pub(super) fn other_cost(&self, symbol: usize) -> f32 {
        self.other_cost[symbol]
    }
}

/// Counts of a document, which become its habits.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    /// What the numbers in the steps refer to.
    base: Habits,
    readings: Vec<Vec<f32>>,
    others: Vec<(u8, char, f32)>,
    intact: [f32; SYMBOL_COUNT],
    look_alikes: Vec<f32>,
    chances: Vec<f32>,
    typing: f32,
    pub words: f32,
}

impl Tally {
    pub(super) fn new(habits: &Habits) -> Self {
        Self {
            base: habits.clone(),
            readings: habits.readings.iter().map(|readings| vec![0.0; readings.len()]).collect(),
            others: Vec::new(),
            intact: [0.0; SYMBOL_COUNT],
            look_alikes: vec![0.0; habits.look_alikes.len()],
            chances: vec![0.0; habits.look_alikes.len()],
            typing: 0.0,
            words: 0.0,
        }
    }

    /// Adds the steps of a mending, seen `weight` times.
    pub(super) fn add(&mut self, ops: &[Op], weight: f32) {
        for op in ops {
            match *op {
                Op::Symbol(symbol, reading) => self.readings[usize::from(symbol)][usize::from(reading)] += weight,
                Op::Other(symbol, seen) => {
                    let readings = &self.base.readings[usize::from(symbol)];
                    // What was learned in an earlier round is one of the readings now.
                    if let Some(number) = readings.iter().position(|reading| reading.seen == [seen]) {
                        self.readings[usize::from(symbol)][number] += weight;
                        continue;
                    }
                    match self.others.iter_mut().find(|other| (other.0, other.1) == (symbol, seen)) {
                        Some(other) => other.2 += weight,
                        None => self.others.push((symbol, seen, weight)),
                    }
                }
                Op::Intact(symbol) => self.intact[usize::from(symbol)] += weight,
                Op::LookAlike(pair) => self.look_alikes[usize::from(pair)] += weight,
                Op::Typing => self.typing += weight,
                Op::Space => {}
            }
        }
    }

    /// Counts where a look-alike could have struck a form.
    pub(super) fn add_chances(&mut self, form: &[char], weight: f32) {
        for (chance, pair) in self.chances.iter_mut().zip(&self.base.look_alikes) {
            let hits = form.windows(pair.truth.len()).filter(|window| begins(window, &pair.truth)).count();
            *chance += hits as f32 * weight;
        }
    }

    /// The habits that these counts speak for.
    pub(super) fn habits(&self) -> Habits {
        let mut habits = self.base.clone();
        for (readings, counts) in habits.readings.iter_mut().zip(&self.readings) {
            readings.iter_mut().zip(counts).for_each(|(reading, count)| reading.count = *count);
        }
        for (symbol, seen, count) in &self.others {
            let readings = &mut habits.readings[usize::from(*symbol)];
            readings.push(Reading {
                seen: vec![*seen],
                listed: false,
                prior: OTHER_CHARACTER,
                count: *count,
                cost: 0.0,
            });
        }
        habits.intact = self.intact;
        for (pair, count) in habits.look_alikes.iter_mut().zip(&self.look_alikes) {
            pair.count = *count;
        }
        habits.typing = self.typing;
        habits.settle(&self.chances, self.words);
        habits
    }
}

/// Whether a text begins with some characters. Most texts differ in the first, and most beginnings have no second.
pub(super) fn begins(text: &[char], with: &[char]) -> bool {
    match with {
        [] => true,
        [only] => text.first() == Some(only),
        [first, ..] => text.first() == Some(first) && text.starts_with(with),
    }
}

fn symbol_named(truth: &str) -> Option<usize> {
    if truth == "å " {
        return Some(LONE);
    }
    let mut letters = truth.chars();
    let first = letters.next()?;
    letters.next().is_none().then(|| symbol_of(first)).flatten()
}

/// The number of a letter among the symbols.
pub(super) fn symbol_of(letter: char) -> Option<usize> {
    SYMBOLS.iter().position(|symbol| *symbol == letter)
}
