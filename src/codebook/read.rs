//! TOML to a codebook, with the place of whatever is wrong.

use super::{Code, Codebook, Cue, CueKind, Label, Sample};
use crate::error::{Error, ErrorKind, Place, Result};
use crate::norwegian::words;
use regex::RegexBuilder;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    id: String,
    #[serde(default)]
    title: Label,
    examples: Option<String>,
    #[serde(default)]
    code: Vec<CodeEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeEntry {
    id: Spanned<String>,
    label: Option<Label>,
    #[serde(default)]
    definition: String,
    #[serde(default)]
    include: Vec<String>,
    #[serde(default)]
    exclude: Vec<String>,
    #[serde(default)]
    anchors: Vec<Spanned<String>>,
    #[serde(default)]
    not: Vec<Spanned<String>>,
    #[serde(default)]
    cues: Vec<CueGroup>,
}

/// Cues of one weight.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CueGroup {
    weight: Spanned<f32>,
    #[serde(default)]
    against: bool,
    #[serde(default)]
    words: Vec<Spanned<String>>,
    #[serde(default)]
    stems: Vec<Spanned<String>>,
    #[serde(default)]
    beginnings: Vec<Spanned<String>>,
    #[serde(default)]
    endings: Vec<Spanned<String>>,
    #[serde(default)]
    phrases: Vec<Spanned<String>>,
    #[serde(default)]
    patterns: Vec<Spanned<String>>,
}

pub(super) fn parse(text: &str) -> Result<Codebook> {
    let file: File = toml::from_str(text).map_err(|error| {
        let wrong = Error::new(ErrorKind::Codebook, error.message().replace('\n', " "));
        match error.span() {
            Some(span) => wrong.at(Place::in_text(text, span.start)).on(line_at(text, span.start)),
            None => wrong,
        }
    })?;
    if file.code.is_empty() {
        return Err(Error::new(ErrorKind::Codebook, "a codebook without codes").advise("add a [[code]] with an id"));
    }
    let mut ids = HashSet::new();
    let mut codes = Vec::with_capacity(file.code.len());
    for entry in file.code {
        check_id(text, &entry.id, &mut ids)?;
        codes.push(code(text, entry)?);
    }
    let hash = crate::notes::hexadecimal(&Sha256::digest(text));
    Ok(Codebook {
        id: file.id,
        title: file.title,
        codes,
        example_file: file.examples,
        examples: Vec::new().into(),
        hash,
    })
}

fn check_id(text: &str, id: &Spanned<String>, seen: &mut HashSet<String>) -> Result<()> {
    let name = id.get_ref();
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || !name.chars().all(is_plain) {
        return Err(wrong(text, id.span(), "a code's id is letters, digits, '-', '_' and '.'"));
    }
    if !seen.insert(name.clone()) {
        return Err(wrong(text, id.span(), "a code that is there already").advise("give each code an id of its own"));
    }
    Ok(())
}

fn code(text: &str, entry: CodeEntry) -> Result<Code> {
    let line = line_of(text, &entry.id);
    let id = entry.id.into_inner();
    let label = entry.label.unwrap_or_else(|| Label { nb: id.clone(), nn: id.clone(), en: id.clone() });
    let mut cues = Vec::new();
    let mut seen = HashMap::new();
    for group in entry.cues {
        let weight = weight(text, &group)?;
        for (kind, entries) in [
            (CueKind::Word, group.words),
            (CueKind::Stem, group.stems),
            (CueKind::Beginning, group.beginnings),
            (CueKind::Ending, group.endings),
            (CueKind::Phrase, group.phrases),
            (CueKind::Pattern, group.patterns),
        ] {
            for entry in entries {
                let cue = cue(text, kind, &entry, weight)?;
                if let Some(line) = seen.insert((kind, cue.text.clone()), cue.line) {
                    let message = format!("a cue that this code has already, on line {line}");
                    return Err(wrong(text, entry.span(), &message).advise("keep one of the two"));
                }
                cues.push(cue);
            }
        }
    }
    Ok(Code {
        id,
        label,
        definition: entry.definition,
        include: entry.include,
        exclude: entry.exclude,
        anchors: samples(text, entry.anchors),
        not: samples(text, entry.not),
        cues,
        line,
    })
}

fn samples(text: &str, entries: Vec<Spanned<String>>) -> Vec<Sample> {
    entries.into_iter().map(|entry| Sample { line: line_of(text, &entry), text: entry.into_inner() }).collect()
}

fn weight(text: &str, group: &CueGroup) -> Result<f32> {
    let weight = *group.weight.get_ref();
    if !(weight > 0.0 && weight <= 20.0) {
        return Err(wrong(text, group.weight.span(), "a weight is above 0 and at most 20")
            .advise("for cues that speak against a code write against = true"));
    }
    Ok(if group.against { -weight } else { weight })
}

fn cue(text: &str, kind: CueKind, entry: &Spanned<String>, weight: f32) -> Result<Cue> {
    let written = entry.get_ref().trim();
    let count = words(written).count();
    match kind {
        CueKind::Pattern => {
            RegexBuilder::new(written)
                .case_insensitive(true)
                .build()
                .map_err(|error| bad_pattern(text, entry, &error))?;
        }
        CueKind::Phrase if count < 2 => {
            return Err(
                wrong(text, entry.span(), "a phrase of less than two words").advise("write it under words or stems")
            );
        }
        CueKind::Phrase if written.starts_with('*') || written.ends_with('*') => {
            return Err(wrong(text, entry.span(), "a phrase that begins or ends with *").advise("leave the * out"));
        }
        CueKind::Word | CueKind::Stem | CueKind::Beginning | CueKind::Ending if count != 1 => {
            return Err(wrong(text, entry.span(), "not one word").advise("write several words under phrases"));
        }
        _ => {}
    }
    Ok(Cue { kind, text: written.to_owned(), weight, line: line_of(text, entry) })
}

/// The line on which an entry begins, from 1.
fn line_of(text: &str, entry: &Spanned<String>) -> usize {
    text.as_bytes()[..entry.span().start].iter().filter(|&&byte| byte == b'\n').count() + 1
}

fn bad_pattern(text: &str, entry: &Spanned<String>, error: &regex::Error) -> Error {
    // The last line of a syntax error says what is wrong; those before it draw where.
    let message = error.to_string();
    let reason = message.lines().last().unwrap_or_default().trim_start_matches("error: ");
    wrong(text, entry.span(), &format!("a pattern that is no regular expression, {reason}"))
}

fn wrong(text: &str, span: Range<usize>, message: &str) -> Error {
    Error::new(ErrorKind::Codebook, message).at(Place::in_text(text, span.start)).on(&text[span])
}

/// The line of a text in which a byte stands.
fn line_at(text: &str, at: usize) -> &str {
    let at = text.floor_char_boundary(at);
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    text[start..].lines().next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (name, toml, expected) in [
            ("unknown field", "[[code]]\nid = \"a\"\nwieght = 1\n", "3:1: unknown field `wieght`"),
            (
                "unknown field in cues",
                "[[code]]\nid = \"å\"\n[[code.cues]]\nweight = 1\nstem = []",
                "5:1: unknown field `stem`",
            ),
            (
                "duplicate code",
                "[[code]]\nid = \"a\"\n[[code]]\nid = \"a\"\n",
                "4:6: a code that is there already: \"a\"",
            ),
            (
                "bad pattern",
                "[[code]]\nid = \"a\"\n[[code.cues]]\nweight = 1\npatterns = [\"§\", \"(a\"]",
                "5:18: a pattern that is no regular expression, unclosed group: \"(a\"",
            ),
            ("no codes", "id = \"a\"", "a codebook without codes"),
            ("no toml", "[[code]\n", "1:8: "),
            ("weight", "[[code]]\nid = \"a\"\n[[code.cues]]\nweight = -1\n", "4:10: a weight is above 0"),
            (
                "cue twice",
                "[[code]]\nid = \"a\"\n[[code.cues]]\nweight = 1\nstems = [\"lov\", \"lov\"]",
                "5:17: a cue that this code has already, on line 5",
            ),
            (
                "two words",
                "[[code]]\nid = \"a\"\n[[code.cues]]\nweight = 1\nstems = [\"ny lov\"]",
                "5:10: not one word: \"ny lov\"",
            ),
            ("odd id", "[[code]]\nid = \"a b\"", "2:6: a code's id is"),
        ] {
            let message = parse(toml).map(|_| ()).expect_err(name).to_string();
            assert!(message.starts_with(expected), "{name}: {message}");
        }
    }

    #[test]
    fn the_bundled_codebook_is_whole() {
        let codebook = Codebook::summit_2017();
        assert_eq!(codebook.hash.len(), 64);
        for code in &codebook.codes {
            assert!(!code.definition.is_empty() && !code.include.is_empty() && !code.exclude.is_empty(), "{}", code.id);
            assert!(code.anchors.len() >= 3 && code.cues.len() >= 50, "{}", code.id);
            assert!(![&code.label.nb, &code.label.nn, &code.label.en].iter().any(|label| label.is_empty()));
        }
    }

    #[test]
    fn anchors_and_near_misses_have_their_lines() {
        let sample = |text: &str, line| Sample { text: text.to_owned(), line };
        let toml = "id = \"å\"\n[[code]]\nid = \"a\"\nanchors = [\n  \"én\",\n  \"to\",\n]\nnot = [\"tre\"]\n";
        let code = &parse(toml).unwrap().codes[0];
        assert_eq!(code.line, 3);
        assert_eq!(code.anchors, [sample("én", 5), sample("to", 6)]);
        assert_eq!(code.not, [sample("tre", 8)]);
    }

    proptest! {
        #[test]
        fn never_panics(text in "(\\[\\[code\\]\\]\n|id = \"[a-zå]?\"\n|weight = 1\n|\\PC{0,20}\n){0,6}") {
            let _ = parse(&text);
        }
    }
}
