//! Personal data in notes: found, counted, and on wish replaced by names that say nothing.
//!
//! Numbers are told by their shape and check digits, names by lists and by the words around them. No finder of names is whole:
//! a person reads what is to be shared.
//!
//! ```
//! use kodebok::privacy::{self, Kind};
//!
//! let found = privacy::find("Kari Nordmann ringte 99 12 34 56. Bjørnen sov.");
//! let kinds: Vec<Kind> = found.iter().map(|found| found.kind).collect();
//! assert_eq!(kinds, [Kind::Name, Kind::Phone]);
//! ```

mod names;
mod numbers;
mod pseudonym;
mod survey;

use std::ops::Range;

pub use pseudonym::{Pseudonyms, pseudonymise};
pub use survey::{Seen, survey};

/// What a piece of personal data is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// A person's name, whole or a part of it, a nickname too.
    Name,
    /// A fødselsnummer or D-number.
    NationalId,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Mail,
    /// A street address or post box, its post code too.
    Address,
    /// A bank account's number.
    Account,
    /// A date of birth.
    Birth,
    /// A user name on the net.
    Handle,
    /// A car's number plate.
    Plate,
}

impl Kind {
    /// All kinds, in the order in which reports list them.
    pub const ALL: [Kind; 9] = [
        Kind::Name,
        Kind::NationalId,
        Kind::Phone,
        Kind::Mail,
        Kind::Address,
        Kind::Account,
        Kind::Birth,
        Kind::Handle,
        Kind::Plate,
    ];

    /// What stands for it in a text that was made anonymous: "Person", "Telefon".
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Kind::Name => "Person",
            Kind::NationalId => "Fødselsnummer",
            Kind::Phone => "Telefon",
            Kind::Mail => "E-post",
            Kind::Address => "Adresse",
            Kind::Account => "Konto",
            Kind::Birth => "Fødselsdato",
            Kind::Handle => "Brukernavn",
            Kind::Plate => "Bilskilt",
        }
    }
}

/// A piece of personal data in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is.
    pub kind: Kind,
    /// Where it stands: bytes, end exclusive.
    pub span: Range<usize>,
}

/// The personal data in a text, in order, apart from each other. Line ends count as spaces.
///
/// Numbers: a fødselsnummer or D-number has both check digits right, or a word before it that calls it one (Skatteetaten's rules
/// of 1967; the later synthetic series, months 41 to 52 and 81 to 92, too); an account number its check digit (modulus 11).
#[must_use]
pub fn find(text: &str) -> Vec<Found> {
    let mut found = numbers::find(text);
    let taken: Vec<Range<usize>> = found.iter().map(|found| found.span.clone()).collect();
    let is_free = |span: &Range<usize>| taken.iter().all(|other| span.end <= other.start || other.end <= span.start);
    found.extend(names::find(text).into_iter().filter(is_free).map(|span| Found { kind: Kind::Name, span }));
    found.sort_by_key(|found| (found.span.start, std::cmp::Reverse(found.span.end)));
    let mut last = 0;
    found.retain(|found| {
        let is_apart = found.span.start >= last && found.span.start < found.span.end;
        last = if is_apart { found.span.end } else { last };
        is_apart
    });
    found
}
