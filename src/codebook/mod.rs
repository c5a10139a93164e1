//! Codes, their cues and their anchor examples; reading and checking a codebook.

mod example;
mod read;

use crate::error::{Error, Result};
use crate::notes::hexadecimal;
use sha2::{Digest, Sha256};
use std::path::Path;

pub use example::{Example, Examples, examples_from_jsonl};

/// A codebook: what a study's codes mean and what speaks for them.
///
/// Read from TOML; the bundled `data/codebooks/summit-2017.toml` shows every field with a comment.
#[derive(Clone, Debug, PartialEq)]
pub struct Codebook {
    /// A short name, for files and reports.
    pub id: String,
    /// What the study is called.
    pub title: Label,
    /// The codes, in the order of the report's columns.
    pub codes: Vec<Code>,
    /// The name of the file of coded examples, from the codebook's folder.
    pub example_file: Option<String>,
    /// Coded examples to learn from, the codes' anchors not among them.
    pub examples: Examples,
    /// SHA-256 of the codebook's text and its examples' in hexadecimal: which codebook a result rests on.
    pub hash: String,
}

/// One code. Those of a summit's codebook are its categories.
#[derive(Clone, Debug, PartialEq)]
pub struct Code {
    /// The code's name in files: `lover`.
    pub id: String,
    /// The code's name in reports.
    pub label: Label,
    /// What a point with this code is about.
    pub definition: String,
    /// What belongs to the code, for human coders.
    pub include: Vec<String>,
    /// What does not, and where it belongs.
    pub exclude: Vec<String>,
    /// Example points that define the code. The coder does not learn from them.
    pub anchors: Vec<Sample>,
    /// Near misses: points that look as if they had the code and must not get it (`not = [...]`). The coder does not learn from
    /// them; [`crate::coding::check()`] holds it to them.
    pub not: Vec<Sample>,
    /// What in a text speaks for or against the code.
    pub cues: Vec<Cue>,
    /// The line of its id in the codebook's file, from 1.
    pub line: usize,
}

/// A point that the codebook itself holds, to show what belongs to a code or what does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The point.
    pub text: String,
    /// The line of the codebook's file on which it begins, from 1.
    pub line: usize,
}

/// Something in a text that speaks for a code, or against it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cue {
    /// How `text` is matched.
    pub kind: CueKind,
    /// The word, phrase or pattern.
    pub text: String,
    /// How much it says, in natural-logarithm odds (1 makes the code 2.7 times as likely); below 0 it speaks against.
    pub weight: f32,
    /// The line of the codebook's file, from 1.
    pub line: usize,
}

/// How a [`Cue`] is matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CueKind {
    /// This very form, whatever its case.
    Word,
    /// Every form with the same stem.
    Stem,
    /// A longer word that begins so: the modifier of a compound.
    Beginning,
    /// A longer word whose stem ends so: the head of a compound.
    Ending,
    /// Words in a row, each by its stem; `*` stands for none to three words.
    Phrase,
    /// A regular expression over the point's text, whatever its case.
    Pattern,
}

/// A name in the three languages of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Bokmål.
    pub nb: String,
    /// Nynorsk.
    pub nn: String,
    /// English.
    pub en: String,
}

impl Codebook {
    /// The bundled codebook of the 2017 summit: Holdninger, Kunnskap, Lover og sentrale føringer, Systemer.
    ///
    /// ```
    /// let codebook = kodebok::codebook::Codebook::summit_2017();
    /// let ids: Vec<&str> = codebook.codes.iter().map(|code| code.id.as_str()).collect();
    /// assert_eq!(ids, ["holdninger", "kunnskap", "lover", "systemer"]);
    /// ```
    #[must_use]
    pub fn summit_2017() -> Codebook {
        let mut codebook = summit_2017_alone();
        codebook.hash = hash_with(&codebook.hash, SUMMIT_2017_EXAMPLES);
        codebook.examples = Examples::later(|| {
            let examples = examples_from_jsonl(SUMMIT_2017_EXAMPLES, &summit_2017_alone().ids());
            examples.expect("the bundled examples are read by a test")
        });
        codebook
    }

    /// A codebook from the text of a TOML file.
    ///
    /// # Errors
    ///
    /// Where the text is no codebook: the line, the column, the offending text and what to do. Unknown fields, codes or cues
    /// given twice, empty cues and patterns that don't compile are errors, since each would silently change the coding. The file
    /// of examples that it names is not read: see [`Codebook::with_examples`].
    pub fn parse(text: &str) -> Result<Codebook> {
        read::parse(text)
    }

    /// The same codebook with coded examples: the text of a file of JSON lines, as [`examples_from_jsonl`] reads it.
    ///
    /// ```
    /// use kodebok::codebook::Codebook;
    ///
    /// let codebook = Codebook::parse("[[code]]\nid = \"haap\"")?;
    /// let codebook = codebook.with_examples("{\"text\": \"Det går an å bli frisk\", \"code\": \"haap\"}")?;
    /// assert_eq!(codebook.examples.len(), 1);
    /// # Ok::<(), kodebok::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`examples_from_jsonl`].
    pub fn with_examples(mut self, jsonl: &str) -> Result<Codebook> {
        self.examples = examples_from_jsonl(jsonl, &self.ids())?.into();
        self.hash = hash_with(&self.hash, jsonl);
        Ok(self)
    }

    /// The same codebook with further examples: points that a person coded in this very study. What is learned from it is learned
    /// anew, and its hash says so.
    #[must_use]
    pub fn with_further(mut self, examples: Vec<Example>) -> Codebook {
        let mut hash = Sha256::new_with_prefix(&self.hash);
        for example in &examples {
            hash.update(&example.text);
            hash.update(example.code.map_or(u64::MAX, |code| code as u64).to_le_bytes());
        }
        self.hash = hexadecimal(&hash.finalize());
        self.examples.extend(examples);
        self
    }

    /// Reads a codebook from a TOML file, and the file of coded examples that it names.
    ///
    /// ```
    /// let codebook = kodebok::codebook::Codebook::read("data/codebooks/summit-2017.toml")?;
    /// assert_eq!(codebook.codes.len(), 4);
    /// # Ok::<(), kodebok::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Codebook::parse`], with the file's name; and where the file can't be read.
    pub fn read(path: impl AsRef<Path>) -> Result<Codebook> {
        let path = path.as_ref();
        let codebook = text_of(path).and_then(|text| Codebook::parse(&text).map_err(|error| error.in_file(path)))?;
        let Some(name) = &codebook.example_file else { return Ok(codebook) };
        let beside = path.with_file_name(name);
        let examples = text_of(&beside)?;
        codebook.with_examples(&examples).map_err(|error| error.in_file(beside))
    }

    fn ids(&self) -> Vec<&str> {
        self.codes.iter().map(|code| code.id.as_str()).collect()
    }

    /// The index of a code by its id.
    ///
    /// ```
    /// let codebook = kodebok::codebook::Codebook::summit_2017();
    /// assert_eq!(codebook.index_of("kunnskap"), Some(1));
    /// assert_eq!(codebook.index_of("annet"), None);
    /// ```
    #[must_use]
    pub fn index_of(&self, id: &str) -> Option<usize> {
        self.codes.iter().position(|code| code.id == id)
    }
}

const SUMMIT_2017_EXAMPLES: &str = include_str!("../../data/codebooks/summit-2017.examples.jsonl");

/// The codebook of the 2017 summit without its examples.
fn summit_2017_alone() -> Codebook {
    let codebook = Codebook::parse(include_str!("../../data/codebooks/summit-2017.toml"));
    codebook.expect("the bundled codebook is read by a test")
}

/// The hash of a codebook with the text of its examples.
fn hash_with(codebook: &str, jsonl: &str) -> String {
    hexadecimal(&Sha256::new_with_prefix(codebook).chain_update(jsonl).finalize())
}

fn text_of(path: &Path) -> Result<String> {
    let bytes = std::fs::read(path).map_err(|error| Error::io(path, &error))?;
    let (text, _) = crate::notes::decode(&bytes).map_err(|error| error.in_file(path))?;
    Ok(text)
}
