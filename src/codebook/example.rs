//! Coded examples: points with the codes that people gave them, from which the coder learns.

use crate::error::{Error, ErrorKind, Place, Result};
use serde::Deserialize;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;

/// A point that a person coded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The point.
    pub text: String,
    /// The index of its primary code in the codebook; `None` where it has none.
    pub code: Option<usize>,
    /// Further codes that a careful coder could defend. Indices; no code is not among them.
    pub also: Vec<usize>,
    /// Who wrote or coded it, or where it is from: examples of one group are left out together when the coder is tested.
    pub group: String,
    /// The kind of text: bullets, minutes, prose.
    pub genre: String,
    /// The line of its file, from 1.
    pub line: usize,
}

/// Coded examples: a list that the bundled codebook reads when it is first asked for, which takes longer than coding some hundred
/// points.
#[derive(Clone)]
pub struct Examples {
    read: OnceLock<Vec<Example>>,
    reader: fn() -> Vec<Example>,
}

impl Examples {
    /// Examples that are read when they are first asked for.
    pub(super) fn later(reader: fn() -> Vec<Example>) -> Examples {
        Examples { read: OnceLock::new(), reader }
    }

    /// Whether there are none; those that were not read yet are not read for that, they are some.
    pub(crate) fn are_none(&self) -> bool {
        self.read.get().is_some_and(Vec::is_empty)
    }
}

impl From<Vec<Example>> for Examples {
    fn from(examples: Vec<Example>) -> Examples {
        Examples { read: OnceLock::from(examples), reader: Vec::new }
    }
}

impl Deref for Examples {
    type Target = Vec<Example>;

    fn deref(&self) -> &Vec<Example> {
        self.read.get_or_init(self.reader)
    }
}

impl DerefMut for Examples {
    fn deref_mut(&mut self) -> &mut Vec<Example> {
        self.read.get_or_init(self.reader);
        self.read.get_mut().expect("they were read just now")
    }
}

impl PartialEq for Examples {
    fn eq(&self, other: &Examples) -> bool {
        **self == **other
    }
}

impl fmt::Debug for Examples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// What a line of a file of examples holds. Fields that are not of use here may stand beside them.
#[derive(Deserialize)]
struct Line {
    text: String,
    code: Option<String>,
    #[serde(default)]
    also: Vec<String>,
    #[serde(default)]
    group: String,
    #[serde(default)]
    genre: String,
}

/// What stands for no code in a file of examples, beside `null`.
const UNCODED: [&str; 4] = ["", "ingen", "uncoded", "none"];

/// Examples from JSON lines: an object a line with `text`, `code` (an id, or `null` for no code), and if there are any `also`,
/// `group` and `genre`.
///
/// `codes` are the ids of the codebook's codes in order.
///
/// ```
/// use kodebok::codebook::examples_from_jsonl;
///
/// let lines = "{\"text\": \"Lang kø\", \"code\": \"systemer\"}\n{\"text\": \"Hei\", \"code\": null}\n";
/// let examples = examples_from_jsonl(lines, &["kunnskap", "systemer"])?;
/// assert_eq!((examples[0].code, examples[1].code), (Some(1), None));
/// # Ok::<(), kodebok::Error>(())
/// ```
///
/// # Errors
///
/// A line that is no such object, or names a code that the codebook lacks: the line, the text and what to do.
pub fn examples_from_jsonl(text: &str, codes: &[&str]) -> Result<Vec<Example>> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(at, line)| example(line, at + 1, codes)).collect()
}

fn example(text: &str, line: usize, codes: &[&str]) -> Result<Example> {
    let wrong = |message: String, column: usize| {
        Error::new(ErrorKind::Codebook, message).at(Place::LineColumn(line, column)).on(text)
    };
    let read: Line =
        serde_json::from_str(text).map_err(|error| wrong(format!("no coded example: {error}"), error.column()))?;
    let index = |id: &str| {
        codes.iter().position(|code| *code == id).ok_or_else(|| {
            wrong(format!("a code that the codebook lacks, {id:?}"), 1)
                .advise(format!("its codes are {}", codes.join(", ")))
        })
    };
    let is_none = |id: &&String| !UNCODED.contains(&id.as_str()) || codes.contains(&id.as_str());
    let code = read.code.as_ref().filter(is_none).map(|id| index(id)).transpose()?;
    let mut also = read.also.iter().filter(is_none).map(|id| index(id)).collect::<Result<Vec<usize>>>()?;
    also.retain(|further| Some(*further) != code);
    Ok(Example { text: read.text, code, also, group: read.group, genre: read.genre, line })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (lines, expected) in [
            (
                "{\"text\": \"a\", \"code\": \"b\"}\n\n{\"text\": \"a\", \"code\": \"x\"}",
                "3:1: a code that the codebook lacks, \"x\"",
            ),
            ("{\"code\": \"b\"}", "1:13: no coded example: missing field `text`"),
            ("not json", "1:2: no coded example"),
        ] {
            let message = examples_from_jsonl(lines, &["b"]).expect_err(lines).to_string();
            assert!(message.starts_with(expected), "{message}");
        }
    }
}
