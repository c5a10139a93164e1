//! What users of quanteda, KH Coder and MAXQDA expect of words and codes: keyness, keyword in context, frequencies by lemma,
//! co-occurrence and cross tables.
//!
//! These functions know words and numbers, not codebooks: codes, tables and questions come in as the caller names them.

mod context;
mod cooccurrence;
mod crosstab;
mod frequency;
mod keyness;

pub use context::{Hit, MatchBy, keyword_in_context};
pub use cooccurrence::{Pair, cooccurrence};
pub use crosstab::{ChiSquare, CrossTable};
pub use frequency::{Frequency, frequencies};
pub use keyness::{Keyness, keyness};
