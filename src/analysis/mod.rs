//! What users of quanteda, KH Coder and MAXQDA expect of words and codes: keyness, keyword in context, frequencies by lemma,
//! co-occurrence and cross tables.
//!
//! These functions know words and numbers, not codebooks: codes, tables and questions come in as the caller names them.

mod keyness;

pub use keyness::{Keyness, keyness};
