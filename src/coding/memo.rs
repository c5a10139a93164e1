//! The memo: each word form is worked out once, and from then on only looked up.

use super::cues::CueIndex;
use super::features;
use super::model::Model;
use crate::norwegian::scan::Scanner;
use crate::norwegian::{lower_case, stem};
use foldhash::fast::FixedState;
use std::collections::HashMap;

/// Forms that are kept. Past it all are forgotten, and the memo fills anew with what the text has now. With four codes that is
/// 50 MB; a text of 30 million words has 700,000 forms.
pub(super) const CAPACITY: usize = 1 << 19;

/// A form of at most this many bytes is its own key.
const SHORT: usize = 16;

/// Cue weights are counted in this many parts of 1.
pub(super) const CUE_STEPS: f32 = 1024.0;

/// A cue of more than this, either way, counts as this: it decides whatever else there is.
const HEAVIEST: f32 = 100.0;

/// Where things stand in a row of numbers for a form, and in the sums of such rows: what was learned for each outcome, the
/// squared size of its features, what cues say for each code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    outcomes: usize,
}

impl Layout {
    /// What was learned, and behind it the squared size: what [`Model::add`] adds to.
    pub fn learned(self) -> std::ops::Range<usize> {
        0..self.outcomes + 1
    }

    pub fn squares(self) -> usize {
        self.outcomes
    }

    pub fn cues(self) -> std::ops::Range<usize> {
        self.outcomes + 1..2 * self.outcomes
    }

    /// How many numbers count; a multiple of 4, so that adding rows takes whole registers.
    pub fn len(self) -> usize {
        (2 * self.outcomes).next_multiple_of(4)
    }
}

/// What a word form is to the coder, beside its row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    /// Its number in the memo.
    pub number: u32,
    /// Its stem's number, for pairs.
    pub stem: u32,
    /// Its number among the words of phrases.
    pub phrase_word: Option<u32>,
}

/// A place of the table: a short form and what was worked out for it. A form's bytes are never all 0, so that an empty key is an
/// empty slot.
#[derive(Clone, Copy, Debug)]
struct Slot {
    key: [u64; 2],
    form: Form,
}

const EMPTY: Slot = Slot { key: [0; 2], form: Form { number: 0, stem: 0, phrase_word: None } };

/// Word forms that were worked out, a row of numbers each.
#[derive(Debug)]
pub(super) struct Memo {
    layout: Layout,
    capacity: usize,
    /// Short forms, by open addressing; its length is a power of two, and at least half of it is empty.
    slots: Vec<Slot>,
    long: HashMap<Box<str>, Form, FixedState>,
    rows: Vec<i32>,
    count: usize,
    /// What reading a point needs, kept from point to point.
    pub scanner: Scanner,
    pub numbers: Vec<Option<u32>>,
    /// The sums of rows over one window of a point: 32 bits hold those of a window's words.
    pub sums: Vec<i32>,
    pub totals: Vec<i64>,
    pub odds: Vec<f32>,
}

impl Memo {
    /// An empty memo for so many outcomes, that keeps at most `capacity` forms, at least 1.
    pub fn new(outcomes: usize, capacity: usize) -> Memo {
        let layout = Layout { outcomes };
        Memo {
            layout,
            capacity,
            slots: vec![EMPTY; 1 << 10],
            long: HashMap::default(),
            rows: Vec::new(),
            count: 0,
            scanner: Scanner::default(),
            numbers: Vec::new(),
            sums: vec![0; layout.len()],
            totals: vec![0; layout.len()],
            odds: Vec::new(),
        }
    }

    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// The numbers of a form, by its number.
    #[inline]
    pub fn row(&self, number: u32) -> &[i32] {
        let len = self.layout.len();
        &self.rows[number as usize * len..][..len]
    }

    /// Adds a form's row to the sums.
    #[inline]
    pub fn add_row(&mut self, number: u32) {
        let len = self.layout.len();
        let row = &self.rows[number as usize * len..][..len];
        self.sums.iter_mut().zip(row).for_each(|(sum, number)| *sum += number);
    }

    /// Adds the sums to the totals.
    pub fn flush(&mut self) {
        self.totals.iter_mut().zip(&self.sums).for_each(|(total, sum)| *total += i64::from(*sum));
    }

    /// What is known of the form in `span`, bytes of the text; worked out where it is new.
    #[inline]
    pub fn form(&mut self, text: &str, span: (usize, usize), cues: &CueIndex, model: &Model) -> Form {
        let len = span.1 - span.0;
        if len > SHORT {
            return self.long_form(&text[span.0..span.1], cues, model);
        }
        let key = key(text.as_bytes(), span.0, len);
        let at = self.place(key);
        if self.slots[at].key == key {
            return self.slots[at].form;
        }
        self.new_short_form(&text[span.0..span.1], key, cues, model)
    }

    /// The slot of a key, or the empty one where it belongs.
    #[inline]
    fn place(&self, key: [u64; 2]) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = hash(key) & mask;
        while self.slots[at].key != key && self.slots[at].key != [0; 2] {
            at = (at + 1) & mask;
        }
        at
    }

    #[cold]
    fn new_short_form(&mut self, form: &str, key: [u64; 2], cues: &CueIndex, model: &Model) -> Form {
        self.make_room();
        let form = self.work_out(form, cues, model);
        let at = self.place(key);
        self.slots[at] = Slot { key, form };
        form
    }

    fn long_form(&mut self, form: &str, cues: &CueIndex, model: &Model) -> Form {
        if let Some(known) = self.long.get(form) {
            return *known;
        }
        self.make_room();
        let known = self.work_out(form, cues, model);
        self.long.insert(form.into(), known);
        known
    }

    /// Room for one more form: twice the slots where half are taken, all forgotten where the memo is full.
    fn make_room(&mut self) {
        if self.count >= self.capacity {
            self.slots.fill(EMPTY);
            self.long.clear();
            self.rows.clear();
            self.count = 0;
        } else if self.count * 2 >= self.slots.len() {
            let twice = vec![EMPTY; self.slots.len() * 2];
            for slot in std::mem::replace(&mut self.slots, twice).into_iter().filter(|slot| slot.key != [0; 2]) {
                let at = self.place(slot.key);
                self.slots[at] = slot;
            }
        }
    }

    /// Works out what a form adds to the sums of each text that it is in.
    fn work_out(&mut self, form: &str, cues: &CueIndex, model: &Model) -> Form {
        let lower = lower_case(form);
        let stem = stem(&lower);
        let described = features::of_form(&lower, &stem);
        let (weights, phrase_word) = cues.form(&lower, &stem);
        let from = self.rows.len();
        self.rows.resize(from + self.layout.len(), 0);
        let row = &mut self.rows[from..];
        model.add(&described.features, &mut row[self.layout.learned()]);
        for (number, weight) in row[self.layout.cues()].iter_mut().zip(weights) {
            *number = in_steps(weight);
        }
        self.count += 1;
        Form { number: (self.count - 1) as u32, stem: described.stem, phrase_word }
    }
}

/// A cue's weight in whole steps.
pub(super) fn in_steps(weight: f32) -> i32 {
    (weight.clamp(-HEAVIEST, HEAVIEST) * CUE_STEPS).round() as i32
}

/// A short form's bytes as two numbers, the rest 0.
#[inline]
fn key(bytes: &[u8], start: usize, len: usize) -> [u64; 2] {
    let mut sixteen = [0; SHORT];
    match bytes.get(start..start + SHORT) {
        Some(whole) => sixteen.copy_from_slice(whole),
        None => sixteen[..len].copy_from_slice(&bytes[start..start + len]),
    }
    let all = u128::from_le_bytes(sixteen) & KEEP[len];
    [all as u64, (all >> 64) as u64]
}

/// The bits of the first so many bytes of sixteen.
const KEEP: [u128; SHORT + 1] = {
    let mut keep = [u128::MAX; SHORT + 1];
    let mut len = 0;
    while len < SHORT {
        keep[len] = (1 << (len * 8)) - 1;
        len += 1;
    }
    keep
};

/// Two numbers mixed by one multiplication to twice their length, its halves joined (as in wyhash, Wang 2019).
#[inline]
fn hash([a, b]: [u64; 2]) -> usize {
    let product = u128::from(a ^ 0x9e37_79b9_7f4a_7c15) * u128::from(b ^ 0xd1b5_4a32_d192_ed03);
    (product as u64 ^ (product >> 64) as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_holds_the_form_and_nothing_of_what_follows() {
        let text = "mor og far med et langt navn";
        for len in 1..=SHORT {
            let alone = &text[..len];
            assert_eq!(key(text.as_bytes(), 0, len), key(alone.as_bytes(), 0, len), "{alone}");
            let both: Vec<u8> = key(text.as_bytes(), 0, len).iter().flat_map(|half| half.to_le_bytes()).collect();
            assert_eq!(&both[..len], alone.as_bytes());
            assert!(both[len..].iter().all(|&byte| byte == 0));
        }
    }
}
