//! Word forms with their lemmas and parts of speech.
//!
//! Bokmål from Bokmålsordboka (© Universitetet i Bergen og Språkrådet) and Norsk ordbank, both CC BY 4.0; nynorsk generated from
//! a list of this project (`data/norwegian/README.md` has the details). The forms lie in a finite-state transducer that is used
//! as it is embedded: opening it copies nothing. Without the cargo feature `lexicon` no form is known.

use std::borrow::Cow;

/// What a word form can be: a lemma in some form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reading {
    /// The dictionary form, in lower case, of the bokmål word where there is one: *tenesta* has *tjeneste*, and spelling variants
    /// (*heim*, *hjem*) share that of the article they stand in.
    pub lemma: String,
    /// The part of speech. A participle is a form of its verb.
    pub part: PartOfSpeech,
    /// Which written standard has the form.
    pub language: Standard,
}

/// Part of speech.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PartOfSpeech {
    /// *bord*
    Noun,
    /// *skrive*
    Verb,
    /// *fin*
    Adjective,
    /// *aldri*
    Adverb,
    /// *noen*
    Determiner,
    /// *hun*
    Pronoun,
    /// *mellom*
    Preposition,
    /// *fordi*
    Conjunction,
    /// *hei*
    Interjection,
    /// *bl.a*, without its last full stop
    Abbreviation,
    /// *norge*
    ProperNoun,
}

impl PartOfSpeech {
    /// Whether words of this part carry a text's subject: nouns, verbs, adjectives and names.
    #[must_use]
    pub fn is_content(self) -> bool {
        matches!(self, Self::Noun | Self::Verb | Self::Adjective | Self::ProperNoun)
    }

    /// The part that a letter stands for in the tables of `data/norwegian/`.
    pub(crate) fn from_letter(letter: &str) -> Option<Self> {
        Some(match letter {
            "n" => Self::Noun,
            "v" => Self::Verb,
            "a" => Self::Adjective,
            "r" => Self::Adverb,
            "d" => Self::Determiner,
            "p" => Self::Pronoun,
            "t" => Self::Preposition,
            "k" => Self::Conjunction,
            "i" => Self::Interjection,
            "b" => Self::Abbreviation,
            "e" => Self::ProperNoun,
            _ => return None,
        })
    }
}

/// A written standard of Norwegian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standard {
    /// Bokmål.
    Nb,
    /// Nynorsk.
    Nn,
    /// Either.
    Both,
}

/// Whether a form, in lower case, is a known word of either standard.
///
/// A genitive in *-s* of a known noun, name or adjective counts as known.
///
/// ```
/// # #[cfg(feature = "lexicon")] {
/// use kodebok::norwegian::lexicon;
///
/// assert!(lexicon::contains("fordommer"));
/// assert!(lexicon::contains("pasientens"));
/// assert!(!lexicon::contains("fordømmmer"));
/// # }
/// ```
#[must_use]
pub fn contains(form: &str) -> bool {
    edits(form).next().is_some()
}

/// What a form, in lower case, can be, the likeliest first; nothing for an unknown word. A genitive has the readings of the form
/// without its *-s*. How likely a reading is was told from
/// counts of forms in text.
///
/// ```
/// # #[cfg(feature = "lexicon")] {
/// use kodebok::norwegian::lexicon::{self, PartOfSpeech};
///
/// let lemmas: Vec<_> = lexicon::readings("fordommene").map(|reading| (reading.lemma, reading.part)).collect();
/// assert_eq!(lemmas, [("fordom".to_owned(), PartOfSpeech::Noun)]);
/// # }
/// ```
pub fn readings(form: &str) -> impl Iterator<Item = Reading> {
    edits(form).map(|(base, edit)| Reading {
        lemma: edit.lemma(base).into_owned(),
        part: edit.part,
        language: edit.language,
    })
}

/// A reading as the way from a form to its lemma.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    /// How many bytes to take off the form's end.
    cut: u8,
    /// What to add there.
    suffix: &'static str,
    /// What to replace after that: from which byte, how many, by what. For compounds whose first part differs (sjukehus,
    /// sykehus).
    inner: Option<(u8, u8, &'static str)>,
    pub(crate) part: PartOfSpeech,
    pub(crate) language: Standard,
}

impl Edit {
    /// The lemma of a form that has this reading.
    pub(crate) fn lemma<'f>(&self, form: &'f str) -> Cow<'f, str> {
        let kept = &form[..form.len() - usize::from(self.cut)];
        if let Some((from, len, replacement)) = self.inner {
            let (start, end) = (usize::from(from), usize::from(from) + usize::from(len));
            return Cow::Owned([&kept[..start], replacement, &kept[end..], self.suffix].concat());
        }
        if self.suffix.is_empty() { Cow::Borrowed(kept) } else { Cow::Owned([kept, self.suffix].concat()) }
    }
}

/// The readings of a form, each with the form that it is to be applied to: the form itself, or that before a genitive's *-s*.
pub(crate) fn edits(form: &str) -> impl Iterator<Item = (&str, Edit)> {
    let own = table::edits(form);
    let genitive = if own.is_empty() { form.strip_suffix('s').filter(|base| base.len() > 2) } else { None };
    let base = genitive.unwrap_or(form);
    let found = genitive.map_or(own, table::edits);
    let kept = move |edit: &&Edit| genitive.is_none() || takes_genitive(edit.part);
    found.iter().filter(kept).map(move |edit| (base, *edit))
}

/// Whether a word of this part takes a genitive in *-s*.
fn takes_genitive(part: PartOfSpeech) -> bool {
    matches!(part, PartOfSpeech::Noun | PartOfSpeech::ProperNoun | PartOfSpeech::Adjective | PartOfSpeech::Abbreviation)
}

/// Which beginnings of a word are known as [`contains`] says, found together in the time of one look-up: a bit for each
/// length in bytes. No form of the lexicon is as long as there are bits (a test reads them all).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beginnings(u128);

impl Beginnings {
    pub(crate) fn of(word: &str) -> Self {
        let mut known = 0;
        table::each_beginning(word, |len, edits| {
            known |= 1 << len;
            let has_genitive = len > 2 && word.as_bytes().get(len) == Some(&b's');
            if has_genitive && edits.iter().any(|edit| takes_genitive(edit.part)) {
                known |= 1 << (len + 1);
            }
        });
        Self(known)
    }

    /// Whether the first so many bytes are a known word.
    pub(crate) fn has(self, len: usize) -> bool {
        len < 128 && self.0 >> len & 1 == 1
    }
}

#[cfg(feature = "lexicon")]
pub(crate) use table::set;

#[cfg(feature = "lexicon")]
mod table {
    use super::{Edit, PartOfSpeech, Standard};
    use foldhash::{HashMap, HashMapExt};
    use fst::raw::{CompiledAddr, Node};
    use std::sync::LazyLock;

    /// Every form; the value is its line in `lexicon-readings.tsv`.
    static FORMS: LazyLock<fst::Map<&'static [u8]>> = LazyLock::new(|| {
        fst::Map::new(&include_bytes!("../../data/norwegian/lexicon.fst")[..]).expect("the embedded table is whole")
    });

    static READINGS: LazyLock<Readings> =
        LazyLock::new(|| Readings::parse(include_str!("../../data/norwegian/lexicon-readings.tsv")));

    /// The sets of readings that forms have; some thousand, for 700,000 forms.
    struct Readings {
        edits: Vec<Edit>,
        /// Where each set ends in `edits`.
        ends: Vec<u32>,
    }

    impl Readings {
        fn parse(text: &'static str) -> Self {
            let mut readings = Self { edits: Vec::new(), ends: Vec::new() };
            for line in text.lines().filter(|line| !line.starts_with('#')) {
                readings.edits.extend(line.split(' ').map(parse_edit));
                readings.ends.push(u32::try_from(readings.edits.len()).expect("fewer readings than four billion"));
            }
            readings
        }

        fn get(&self, set: usize) -> &[Edit] {
            let start = if set == 0 { 0 } else { self.ends[set - 1] as usize };
            &self.edits[start..self.ends[set] as usize]
        }
    }

    /// `nb4en@1,4yke`: a noun of bokmål; four bytes off, "en" on, then four bytes from the first on make way for "yke".
    fn parse_edit(text: &'static str) -> Edit {
        let (marks, rest) = text.split_at(2);
        let (ending, inner) = rest.split_once('@').map_or((rest, None), |(ending, inner)| (ending, Some(inner)));
        let (cut, suffix) = number(ending);
        let inner = inner.and_then(|inner| inner.split_once(',')).map(|(from, replacement)| {
            let (len, replacement) = number(replacement);
            (number(from).0, len, replacement)
        });
        let part = PartOfSpeech::from_letter(&marks[..1]).expect("the embedded table names a part of speech");
        let language = match &marks[1..] {
            "b" => Standard::Nb,
            "n" => Standard::Nn,
            _ => Standard::Both,
        };
        Edit { cut, suffix, inner, part, language }
    }

    /// The number that a text begins with, and what follows.
    fn number(text: &'static str) -> (u8, &'static str) {
        let letters = text.trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = &text[..text.len() - letters.len()];
        (digits.parse().expect("the embedded table gives a number of bytes"), letters)
    }

    /// How far a walk through the automaton has come: at which node, and the sum of what stood on the way.
    #[derive(Clone, Copy)]
    struct Place {
        node: CompiledAddr,
        sum: u64,
    }

    impl Place {
        const START: usize = 3;

        fn root() -> Self {
            Self { node: FORMS.as_fst().root().addr(), sum: 0 }
        }

        fn node(self) -> Node<'static> {
            FORMS.as_fst().node(self.node)
        }

        fn behind(self, node: &Node<'_>, transition: usize) -> Self {
            let transition = node.transition(transition);
            Self { node: transition.addr, sum: self.sum + transition.out.value() }
        }

        /// The place behind all of `bytes`.
        fn walk(self, bytes: &[u8]) -> Option<Self> {
            bytes.iter().try_fold(self, |place, &byte| {
                let node = place.node();
                Some(place.behind(&node, node.find_input(byte)?))
            })
        }

        /// The readings of the form that ends here.
        fn edits(self) -> Option<&'static [Edit]> {
            let node = self.node();
            let set = self.sum + node.final_output().value();
            node.is_final().then(|| READINGS.get(usize::try_from(set).expect("a line number")))
        }
    }

    /// The places behind all first three bytes that forms have: the nodes on the way to them are the widest, and to search them
    /// took most of a look-up's time.
    static STARTS: LazyLock<HashMap<[u8; Place::START], Place>> = LazyLock::new(|| {
        let mut starts = HashMap::new();
        let after = |place: Place| {
            let node = place.node();
            (0..node.len()).map(|at| (node.transition(at).inp, place.behind(&node, at))).collect::<Vec<_>>()
        };
        for (a, place) in after(Place::root()) {
            for (b, place) in after(place) {
                starts.extend(after(place).into_iter().map(|(c, place)| ([a, b, c], place)));
            }
        }
        starts
    });

    pub(super) fn edits(form: &str) -> &'static [Edit] {
        let end = match form.as_bytes().split_first_chunk() {
            Some((start, rest)) => STARTS.get(start).and_then(|place| place.walk(rest)),
            None => Place::root().walk(form.as_bytes()),
        };
        end.and_then(Place::edits).unwrap_or_default()
    }

    /// Calls `found` for each beginning of a word that is a form, the shorter first: its length in bytes, its readings.
    pub(super) fn each_beginning(word: &str, mut found: impl FnMut(usize, &[Edit])) {
        let mut place = Place::root();
        for (at, byte) in word.bytes().enumerate() {
            let Some(next) = place.walk(&[byte]) else { return };
            place = next;
            if let Some(edits) = place.edits() {
                found(at + 1, edits);
            }
        }
    }

    /// Every known form, in lower case, for a search by prefix or automaton. Genitives in *-s* are not among them.
    pub(crate) fn set() -> &'static fst::Map<&'static [u8]> {
        &FORMS
    }
}

#[cfg(not(feature = "lexicon"))]
mod table {
    use super::Edit;

    pub(super) fn edits(_form: &str) -> &'static [Edit] {
        &[]
    }

    pub(super) fn each_beginning(_word: &str, _found: impl FnMut(usize, &[Edit])) {}
}

#[cfg(all(test, feature = "lexicon"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forms_have_their_lemmas() {
        for (form, lemma, part) in [
            ("fikk", "få", PartOfSpeech::Verb),
            ("mødre", "mor", PartOfSpeech::Noun),
            ("yngre", "ung", PartOfSpeech::Adjective),
            ("heim", "hjem", PartOfSpeech::Noun),
            ("tjenestene", "tjeneste", PartOfSpeech::Noun),
            ("tenestene", "tjeneste", PartOfSpeech::Noun),
            ("sjukehusa", "sykehus", PartOfSpeech::Noun),
            ("vore", "være", PartOfSpeech::Verb),
            ("pasientens", "pasient", PartOfSpeech::Noun),
            ("norge", "norge", PartOfSpeech::ProperNoun),
            ("bl.a", "bl.a", PartOfSpeech::Abbreviation),
        ] {
            assert!(readings(form).any(|found| found.lemma == lemma && found.part == part), "{form}");
        }
    }

    #[test]
    fn the_table_is_whole() {
        use fst::Streamer;
        let mut forms = set().stream();
        while let Some((form, _)) = forms.next() {
            let form = std::str::from_utf8(form).expect("forms are UTF-8");
            assert!(readings(form).all(|reading| !reading.lemma.is_empty()), "{form}");
            assert!(form.len() < 127, "{form}");
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_asked(text in "\\PC{0,20}") {
            prop_assert_eq!(contains(&text), readings(&text).next().is_some());
        }

        #[test]
        fn beginnings_are_known_where_each_alone_is(word in "(barn|e|vern|s|natt|år|øy|plikt|ene|å|-|er|İ|é|mål|over){1,12}|\\PC{0,200}") {
            let known = Beginnings::of(&word);
            for (at, _) in word.char_indices() {
                prop_assert_eq!(known.has(at), at > 0 && contains(&word[..at]), "{}", &word[..at]);
            }
        }
    }
}
