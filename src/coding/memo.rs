//! The memo: each word form is worked out once, and from then on only looked up.

use super::cues::{CueIndex, PhraseWord};
use super::features::{self, Feature};
use super::model::Model;
use crate::norwegian::scan::Scanner;
use crate::norwegian::{lower_case, stem};
use foldhash::fast::FixedState;
use std::collections::HashMap;
use std::ops::Range;

/// Forms that are kept. Before it has more all are forgotten, and it fills anew with what the text has now. With four codes that is
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
    pub fn learned(self) -> Range<usize> {
        0..self.outcomes + 1
    }

    pub fn squares(self) -> usize {
        self.outcomes
    }

    pub fn cues(self) -> Range<usize> {
        self.outcomes + 1..2 * self.outcomes
    }

    /// How many steps adding a row takes.
    fn lanes(self) -> usize {
        (2 * self.outcomes).div_ceil(LANES)
    }
}

/// What a word form is to the coder, beside its row.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Form {
    /// Its number in the memo.
    pub number: u32,
    /// Its stem's number, for pairs.
    pub stem: u32,
    pub in_phrases: PhraseWord,
}

/// A place of the table: a short form and what was worked out for it. A form's bytes are never all 0, so that an empty key is an
/// empty slot.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    key: u128,
    form: Form,
}

/// Word forms that were worked out, a row of numbers each; and the places of the sums and lists that reading a point needs,
/// kept from point to point so that nothing is allocated a word.
#[derive(Debug)]
pub(super) struct Memo {
    layout: Layout,
    capacity: usize,
    /// Short forms, by open addressing; its length is a power of two, and at least half of it is empty.
    slots: Vec<Slot>,
    long: HashMap<Box<str>, Form, FixedState>,
    rows: Vec<Lanes>,
    count: usize,
    scanner: Scanner,
    /// The forms of the window that was looked up last.
    forms: Vec<Form>,
    /// The features of the form that is worked out.
    features: Vec<Feature>,
    /// The sums of a window, which 32 bits hold.
    sums: Vec<Lanes>,
    /// The sums of the point so far, laid out like a row.
    pub totals: Vec<i64>,
    /// What the point's words so far are in phrases.
    pub in_phrases: Vec<PhraseWord>,
    /// Those of them that a phrase may begin with, by their number in the point.
    starts: Vec<usize>,
    /// The point's log-odds for each outcome, no code last.
    pub odds: Vec<f32>,
}

/// Numbers that are added in one step.
type Lanes = [i32; LANES];
const LANES: usize = 4;

impl Memo {
    /// An empty memo for so many outcomes, that keeps about `capacity` forms.
    pub fn new(outcomes: usize, capacity: usize) -> Memo {
        let layout = Layout { outcomes };
        Memo {
            layout,
            capacity,
            slots: vec![Slot::default(); 1 << 10],
            long: HashMap::default(),
            rows: Vec::new(),
            count: 0,
            scanner: Scanner::default(),
            forms: Vec::new(),
            features: Vec::new(),
            sums: vec![[0; LANES]; layout.lanes()],
            totals: vec![0; layout.lanes() * LANES],
            in_phrases: Vec::new(),
            starts: Vec::new(),
            odds: Vec::new(),
        }
    }

    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Forgets the point that was read before.
    pub fn begin(&mut self) {
        self.totals.fill(0);
        self.in_phrases.clear();
        self.starts.clear();
    }

    /// Looks up the forms of the window that begins at `from`, bytes of the text, and works out those that are new; says where the
    /// next window begins.
    pub fn look_up(&mut self, text: &str, from: usize, cues: &CueIndex, model: &Model) -> usize {
        let mut scanner = std::mem::take(&mut self.scanner);
        let next = scanner.window(text, from);
        if self.count + scanner.spans.len() > self.capacity {
            self.forget();
        }
        let mut forms = std::mem::take(&mut self.forms);
        forms.clear();
        forms.extend(scanner.spans.iter().map(|&(start, end)| self.form(text, start, end, cues, model)));
        self.forms = forms;
        self.scanner = scanner;
        self.note_phrases();
        next
    }

    /// Notes what the window's words are in phrases.
    fn note_phrases(&mut self) {
        let before = self.in_phrases.len();
        self.in_phrases.extend(self.forms.iter().map(|form| form.in_phrases));
        let known = self.starts.len();
        self.starts.resize(known + self.forms.len(), 0);
        // Written whether or not a phrase begins there, and kept if one does: whether it does can't be foreseen.
        let mut count = known;
        for (at, form) in self.forms.iter().enumerate() {
            self.starts[count] = before + at;
            count += usize::from(form.in_phrases.begins());
        }
        self.starts.truncate(count);
    }

    /// The words of the window that was looked up last: where they stand, bytes of the text, and the form.
    pub fn words(&self) -> impl Iterator<Item = (Range<usize>, Form)> {
        self.scanner.spans.iter().map(|&(start, end)| start..end).zip(self.forms.iter().copied())
    }

    /// Adds the rows of the window's forms to the sums.
    pub fn add_rows(&mut self) {
        match self.layout.lanes() {
            1 => self.add_rows_of::<1>(),
            2 => self.add_rows_of::<2>(),
            3 => self.add_rows_of::<3>(),
            4 => self.add_rows_of::<4>(),
            lanes => {
                for form in &self.forms {
                    let row = &self.rows[form.number as usize * lanes..][..lanes];
                    self.sums.iter_mut().zip(row).for_each(|(sums, numbers)| *sums = sum(*sums, *numbers));
                }
            }
        }
    }

    /// [`Memo::add_rows`] for rows of `N` steps, with the sums at hand in the processor until all are added: half the
    /// instructions for the bundled codebook.
    fn add_rows_of<const N: usize>(&mut self) {
        let rows = self.rows.as_chunks::<N>().0;
        let mut sums = [[0; LANES]; N];
        for form in &self.forms {
            let row = &rows[form.number as usize];
            sums = std::array::from_fn(|step| sum(sums[step], row[step]));
        }
        self.sums.iter_mut().zip(sums).for_each(|(own, sums)| *own = sum(*own, sums));
    }

    /// Adds to the sums what was learned of the pairs of stems in the window, given the stem before it; gives its last stem.
    pub fn add_pairs(&mut self, before: u32, model: &Model) -> u32 {
        let sums = &mut self.sums.as_flattened_mut()[self.layout.learned()];
        let together = self.forms.chunks(Model::TOGETHER);
        together.fold(before, |before, forms| model.add_pairs(before, forms.iter().map(|form| form.stem), sums))
    }

    /// The sums of what was learned, to add to.
    pub fn learned_sums(&mut self) -> &mut [i32] {
        &mut self.sums.as_flattened_mut()[self.layout.learned()]
    }

    /// What the point's words are in phrases, where one may begin, and the sums of what cues say, to add to.
    pub fn phrase_sums(&mut self) -> (&[PhraseWord], &[usize], &mut [i32]) {
        (&self.in_phrases, &self.starts, &mut self.sums.as_flattened_mut()[self.layout.cues()])
    }

    /// Adds the sums to the totals.
    pub fn flush(&mut self) {
        let sums = self.sums.as_flattened_mut();
        self.totals.iter_mut().zip(sums.iter()).for_each(|(total, sum)| *total += i64::from(*sum));
        sums.fill(0);
    }

    /// The numbers of a form.
    pub fn row(&self, form: Form) -> &[i32] {
        let lanes = self.layout.lanes();
        self.rows[form.number as usize * lanes..][..lanes].as_flattened()
    }

    /// What is known of the form at `start..end`, bytes of the text; worked out where it is new.
    #[inline]
    fn form(&mut self, text: &str, start: usize, end: usize, cues: &CueIndex, model: &Model) -> Form {
        if end - start > SHORT {
            return self.long_form(&text[start..end], cues, model);
        }
        let key = key(text.as_bytes(), start, end);
        let slot = &self.slots[hash(key) & (self.slots.len() - 1)];
        if slot.key == key { slot.form } else { self.short_form(&text[start..end], key, cues, model) }
    }

    /// [`Memo::form`] for a short one that is not in the first place where it may be.
    #[inline(never)]
    fn short_form(&mut self, form: &str, key: u128, cues: &CueIndex, model: &Model) -> Form {
        let slot = &self.slots[self.place(key)];
        if slot.key == key { slot.form } else { self.new_short_form(form, key, cues, model) }
    }

    /// The slot of a key, or the empty one where it belongs.
    #[inline]
    fn place(&self, key: u128) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = hash(key) & mask;
        while self.slots[at].key != key && self.slots[at].key != 0 {
            at = (at + 1) & mask;
        }
        at
    }

    #[cold]
    fn new_short_form(&mut self, form: &str, key: u128, cues: &CueIndex, model: &Model) -> Form {
        if self.count * 2 >= self.slots.len() {
            self.double_slots();
        }
        let form = self.work_out(form, cues, model);
        let at = self.place(key);
        self.slots[at] = Slot { key, form };
        form
    }

    fn long_form(&mut self, form: &str, cues: &CueIndex, model: &Model) -> Form {
        if let Some(known) = self.long.get(form) {
            return *known;
        }
        let known = self.work_out(form, cues, model);
        self.long.insert(form.into(), known);
        known
    }

    fn double_slots(&mut self) {
        let twice = vec![Slot::default(); self.slots.len() * 2];
        for slot in std::mem::replace(&mut self.slots, twice).into_iter().filter(|slot| slot.key != 0) {
            let at = self.place(slot.key);
            self.slots[at] = slot;
        }
    }

    fn forget(&mut self) {
        self.slots.fill(Slot::default());
        self.long.clear();
        self.rows.clear();
        self.count = 0;
    }

    /// Works out what a form adds to the sums of each text that it is in.
    fn work_out(&mut self, form: &str, cues: &CueIndex, model: &Model) -> Form {
        let lower = lower_case(form);
        let stem = stem(&lower);
        self.features.clear();
        let stem_number = features::add_form(&lower, &stem, &mut self.features);
        let (weights, in_phrases) = cues.form(&lower, &stem);
        let from = self.rows.len();
        self.rows.resize(from + self.layout.lanes(), [0; LANES]);
        let row = self.rows[from..].as_flattened_mut();
        model.add(&self.features, &mut row[self.layout.learned()]);
        for (number, weight) in row[self.layout.cues()].iter_mut().zip(weights) {
            *number = in_steps(weight);
        }
        self.count += 1;
        Form { number: (self.count - 1) as u32, stem: stem_number, in_phrases }
    }
}

/// A cue's weight in whole steps.
pub(super) fn in_steps(weight: f32) -> i32 {
    (weight.clamp(-HEAVIEST, HEAVIEST) * CUE_STEPS).round() as i32
}

fn sum(a: Lanes, b: Lanes) -> Lanes {
    std::array::from_fn(|lane| a[lane] + b[lane])
}

/// The bytes of a short form as one number, the rest 0.
#[inline]
fn key(bytes: &[u8], start: usize, end: usize) -> u128 {
    let len = end - start;
    if let Some(sixteen) = bytes[start..].first_chunk() {
        return u128::from_le_bytes(*sixteen) & KEEP[len];
    }
    if let Some(sixteen) = bytes[..end].last_chunk() {
        return u128::from_le_bytes(*sixteen) >> ((SHORT - len) * 8);
    }
    let mut sixteen = [0; SHORT];
    sixteen[..len].copy_from_slice(&bytes[start..end]);
    u128::from_le_bytes(sixteen)
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
fn hash(key: u128) -> usize {
    let (a, b) = (key as u64, (key >> 64) as u64);
    let product = u128::from(a ^ 0x9e37_79b9_7f4a_7c15) * u128::from(b ^ 0xd1b5_4a32_d192_ed03);
    (product as u64 ^ (product >> 64) as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_holds_the_form_and_nothing_of_what_follows() {
        let text = "mor og far med et langt navn".as_bytes();
        for start in 0..text.len() {
            for end in start + 1..=text.len().min(start + SHORT) {
                let alone = &text[start..end];
                let bytes = key(text, start, end).to_le_bytes();
                assert_eq!(&bytes[..alone.len()], alone);
                assert!(bytes[alone.len()..].iter().all(|&byte| byte == 0));
                assert_eq!(key(alone, 0, alone.len()).to_le_bytes(), bytes);
            }
        }
    }
}
