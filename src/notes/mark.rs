//! What a line begins with: a bullet, a table's or question's label, a speaker, a key of the page's head.

use crate::norwegian::{is_month, lower_case, word_list};
use regex::Regex;
use std::collections::HashSet;
use std::sync::LazyLock;

static METADATA_KEYS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| word_list(include_str!("../../data/layout/metadata-keys.txt")).collect());

static SPEAKER_ROLES: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| word_list(include_str!("../../data/layout/speaker-roles.txt")).collect());

/// A pattern of this file; that it compiles is what the tests below show for each.
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern of this crate compiles")
}

/// The kind of mark that a bullet has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bullet {
    /// `-`, `•` and their like.
    Sign,
    /// `1.`, `2)`, `a)`: could also number a heading.
    Counter,
    /// `e `, where an OCR program read a round bullet.
    OcrLetter,
}

/// The bullet at the beginning of a line, and the bytes that its mark takes, the space after it included.
///
/// `ocr`: whether this document has bullets that an OCR program read as `e `.
pub(super) fn bullet(body: &str, ocr: bool) -> Option<(Bullet, usize)> {
    static SIGN: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^(?:[-*+•–—·▪▫◦‣⁃●○■□➢➤→¤¢»\u{F0B7}\u{F0A7}]|o\s)\s*(?:\[[ xX]?\]\s*)?"));
    static COUNTER: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^\(?(?:(\d{1,2})([.)])|([A-Za-zæøåÆØÅ])([.)])|([ivx]{2,4})\))\s+"));
    if let Some(found) = SIGN.find(body) {
        return is_sign(body, found.len()).then_some((Bullet::Sign, found.len()));
    }
    if ocr && body.starts_with("e ") {
        return Some((Bullet::OcrLetter, 2));
    }
    let found = COUNTER.captures(body)?;
    let rest = &body[found.get(0)?.len()..];
    is_counter(&found, body, rest).then_some((Bullet::Counter, found.get(0)?.len()))
}

/// A sign before text is a bullet, unless it opens a number ("-3"), an emphasis ("**viktig**") or a rule ("---").
fn is_sign(body: &str, mark: usize) -> bool {
    let sign = body.chars().next().unwrap_or_default();
    let rest = &body[mark..];
    let spaced = body[sign.len_utf8()..].starts_with(char::is_whitespace);
    match sign {
        '*' | '+' | '»' => spaced,
        '-' | '–' | '—' => spaced || rest.starts_with(char::is_alphabetic),
        _ => !rest.starts_with(sign),
    }
}

/// A counter is a bullet, unless it is a date's day ("1. mai"), an initial ("A. Hansen") or an unopened bracket's end.
fn is_counter(found: &regex::Captures<'_>, body: &str, rest: &str) -> bool {
    let next_word = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let full_stop = found.get(2).or(found.get(4)).is_some_and(|mark| mark.as_str() == ".");
    if !full_stop {
        return true;
    }
    if body.starts_with('(') {
        return false;
    }
    match found.get(3) {
        Some(letter) => letter.as_str().chars().all(char::is_lowercase),
        None => !is_month(next_word) && !next_word.starts_with(|c: char| c.is_ascii_digit()),
    }
}

/// Whether a document has bullets that an OCR program read as `e `: two lines that begin so, or one before a capital.
pub(super) fn has_ocr_bullets<'d>(bodies: impl Iterator<Item = &'d str>) -> bool {
    let rests: Vec<&str> = bodies.filter_map(|body| body.strip_prefix("e ")).collect();
    rests.len() >= 2 || rests.iter().any(|rest| rest.starts_with(char::is_uppercase))
}

/// A label of a table or a question, or both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Label<'d> {
    pub table: Option<&'d str>,
    pub question: Option<&'d str>,
}

/// The label that a line is: `Bord 3`, `Table 3 - Question 1`, `Spørsmål 2: Hva må endres?`.
///
/// Prose that only begins with such words ("Bord 3 ble enige om ...") is none. In a page's head the label may stand after
/// others, set apart by a wide space ("Toppmøte 2017      Bord 3").
pub(super) fn label(line: &str) -> Option<Label<'_>> {
    static APART: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s{3,}|\t+"));
    label_alone(line).or_else(|| APART.split(line).skip(1).find_map(label_alone))
}

/// The number of a question that a moderator opens in speech: "Da er vi på spørsmål 2: Hva må endres?".
pub(super) fn question_in_speech(sentence: &str) -> Option<&str> {
    static OPENED: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i:sp.?.?rsm.l|question)\s*(?i:nr\.?|nummer)?\s*(\d{1,2})\s*(?:[:,.–-]|$)"));
    Some(number_of(OPENED.captures(sentence)?.get(1)?.as_str()))
}

fn label_alone(line: &str) -> Option<Label<'_>> {
    static TABLE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(?i:bord|table|gruppe|group)\s*(?i:nr\.?|nummer|no\.?)?\s*[:#]?\s*(\d{1,3}|[A-ZÆØÅ])(?:\s*[-:–—.,;(|/]|\s*$)",
        )
    });
    static QUESTION: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(?i:sp.?.?rsm.l|spm\.?|question)\s*(?i:nr\.?|nummer|no\.?)?\s*(?:(\d{1,2}|[A-Ea-e])(?:\s*[-:–—.,;)(|]\s*|\s*$)|:\s*)",
        )
    });
    let line = bare(line);
    let mut label = Label::default();
    let mut rest = line;
    if let Some(found) = TABLE.captures(rest) {
        label.table = found.get(1).map(|number| number_of(number.as_str()));
        rest = rest[found.get(0)?.len()..].trim_start_matches(|c: char| !c.is_alphanumeric());
    }
    if let Some(found) = QUESTION.captures(rest) {
        let wording = rest[found.get(0)?.len()..].trim();
        label.question = found.get(1).map(|number| number_of(number.as_str())).or(Some(wording));
        label.question = label.question.filter(|question| !question.is_empty());
        rest = "";
    }
    let is_label = label.question.is_some() || (label.table.is_some() && rest.chars().count() <= 60);
    is_label.then_some(label)
}

/// The table that a path names: `bord-05.txt`, `Bord 5/notater.txt`, `table_3.md`.
pub(super) fn table_in_path(path: &str) -> Option<&str> {
    static NAMED: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?i)(?:^|[^a-zæøå])(?:bord|table|gruppe|group)[\s_.#-]*(?:nr[\s_.-]*)?(\d{1,3})(?:\D|$)")
    });
    path.rsplit('/')
        .find_map(|part| NAMED.captures(part))
        .and_then(|found| found.get(1))
        .map(|number| number_of(number.as_str()))
}

/// A number as it is said: without leading zeros.
fn number_of(digits: &str) -> &str {
    let trimmed = digits.trim_start_matches('0');
    if trimmed.is_empty() { digits } else { trimmed }
}

/// A heading's own words: without Markdown's marks.
pub(super) fn bare(line: &str) -> &str {
    line.trim_start_matches(['#', '*', '_', '>', ' ']).trim_end_matches(['#', '*', '_', ' '])
}

/// A speaker's label before what they said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Speaker<'d> {
    pub name: &'d str,
    /// Whether a time stands before the name.
    pub timed: bool,
    /// The bytes that the label takes, the space after it included.
    pub len: usize,
}

/// The speaker's label at the beginning of a line: `Mor:`, `P3:`, `[00:12:31] Ordstyrer:`.
pub(super) fn speaker(body: &str) -> Option<Speaker<'_>> {
    static LABEL: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(?:\*\*)?([\[(]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?[\])]?\s*[-–]?\s*)?(?:\*\*)?(\p{Lu}[\p{L}\d.-]*(?: [\p{L}\d.-]+){0,2}(?: ?\([^)]{1,30}\))?)(?:\*\*)?\s?:(?:\*\*)?(?:\s+|$)",
        )
    });
    let found = LABEL.captures(body)?;
    let name = found.get(2)?.as_str();
    (name.chars().count() <= 40).then_some(Speaker { name, timed: found.get(1).is_some(), len: found.get(0)?.len() })
}

/// Whether a speaker's name is a role, alone or numbered ("Mor", "Mor 2"): one that speaks outside transcripts too.
pub(super) fn is_role(name: &str) -> bool {
    SPEAKER_ROLES.contains(lower_case(name).trim_end_matches(|c: char| c.is_ascii_digit() || c == ' '))
}

/// Whether a document is a transcript: times before names, or names that come back and head a fifth of its lines.
pub(super) fn is_transcript<'d>(bodies: impl Iterator<Item = &'d str>) -> bool {
    let mut lines = 0_usize;
    let mut names: Vec<&str> = Vec::new();
    let mut timed = 0_usize;
    for body in bodies.filter(|body| !body.is_empty()) {
        lines += 1;
        if let Some(speaker) = speaker(body).filter(|speaker| speaker.timed || metadata_key(speaker.name).is_none()) {
            timed += usize::from(speaker.timed);
            names.push(speaker.name);
        }
    }
    let turns = names.len();
    names.sort_unstable();
    names.dedup();
    timed >= 2 || (turns >= 4 && names.len() >= 2 && names.len() < turns && turns * 5 >= lines)
}

/// The key that a line of a page's head begins with ("Referent: Kari").
pub(super) fn metadata_key(line: &str) -> Option<&str> {
    let key = bare(line.split(':').next()?).trim();
    METADATA_KEYS.contains(lower_case(key).as_ref()).then_some(key)
}

/// A line that only counts pages: "7", "- 7 -", "Side 3 av 7".
pub(super) fn is_page_number(body: &str) -> bool {
    let mut words = body.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let is_counted = |word: &str| word.len() <= 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    let Some(first) = words.next() else { return false };
    let rest: Vec<&str> = words.collect();
    if ["side", "page", "s"].contains(&first.to_lowercase().as_str()) {
        return !rest.is_empty() && rest.iter().all(|word| is_counted(word) || matches!(*word, "av" | "of"));
    }
    is_counted(first) && rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bullets() {
        for (line, expected) in [
            ("- mer tid", Some("mer tid")),
            ("-mer tid", Some("mer tid")),
            ("* mer tid", Some("mer tid")),
            ("• mer tid", Some("mer tid")),
            ("•\tmer tid", Some("mer tid")),
            ("– mer tid", Some("mer tid")),
            ("- [ ] mer tid", Some("mer tid")),
            ("o mer tid", Some("mer tid")),
            ("1. mer tid", Some("mer tid")),
            ("12) Mer tid", Some("Mer tid")),
            ("(2) Mer tid", Some("Mer tid")),
            ("a) mer tid", Some("mer tid")),
            ("b. mer tid", Some("mer tid")),
            ("ii) mer tid", Some("mer tid")),
            ("e Mer tid", Some("Mer tid")),
            ("1. mai er fri", None),
            ("1.-linjen må med", None),
            ("A. Hansen sa det", None),
            ("-3 grader", None),
            ("**Viktig** for alle", None),
            ("---", None),
            ("2017 var året", None),
            ("I dag", None),
            ("etter hvert", None),
            ("12. 5. kl. 10", None),
        ] {
            assert_eq!(bullet(line, true).map(|(_, len)| &line[len..]), expected, "{line}");
        }
        assert_eq!(bullet("e Mer tid", false), None);
    }

    #[test]
    fn labels() {
        for (line, table, question) in [
            ("Bord 3", Some("3"), None),
            ("## Bord 03 – referat", Some("3"), None),
            ("BORD NR. 7", Some("7"), None),
            ("Table 10", Some("10"), None),
            ("Bord: 4", Some("4"), None),
            ("Bord B", Some("B"), None),
            ("Bord 3, spørsmål 2", Some("3"), Some("2")),
            ("Spørsmål 2: Hva må endres, og hvorfor?", None, Some("2")),
            ("Question 1", None, Some("1")),
            ("Spgrsmal 2: Hva ma endres?", None, Some("2")),
            ("**Spm. 4**", None, Some("4")),
            ("Spørsmål: Hva må endres?", None, Some("Hva må endres?")),
        ] {
            assert_eq!(label(line), Some(Label { table, question }), "{line}");
        }
        for line in [
            "Bord 3 ble enige om tre ting",
            "Spørsmål 2 rakk vi ikke",
            "Spørsmålet om tid",
            "Bordet var fullt",
            "Gruppe i midten",
        ] {
            assert_eq!(label(line), None, "{line}");
        }
    }

    #[test]
    fn tables_in_paths() {
        for (path, expected) in [
            ("bord-05.txt", Some("5")),
            ("Bord 12.md", Some("12")),
            ("dag1/table_3/notater.txt", Some("3")),
            ("notater_bord4_v2.txt", Some("4")),
            ("skrivebord 3.txt", None),
            ("notater.txt", None),
        ] {
            assert_eq!(table_in_path(path), expected, "{path}");
        }
    }

    #[test]
    fn speakers() {
        for (line, expected) in [
            ("Mor: vi ble ikke hørt", Some(("Mor", false, "vi ble ikke hørt"))),
            ("P3: ja", Some(("P3", false, "ja"))),
            ("[00:12:31] Ordstyrer: takk", Some(("Ordstyrer", true, "takk"))),
            ("00:12 Mor 2: nei", Some(("Mor 2", true, "nei"))),
            ("**Far:** nei", Some(("Far", false, "nei"))),
            ("Kari (pårørende): nei", Some(("Kari (pårørende)", false, "nei"))),
            ("vi sa: nei", None),
            ("Kl. 10:30 begynte vi", None),
        ] {
            let found = speaker(line).map(|speaker| (speaker.name, speaker.timed, &line[speaker.len..]));
            assert_eq!(found, expected, "{line}");
        }
        assert!(is_role("Mor") && is_role("Mor 2") && !is_role("Tiltak"));
    }

    #[test]
    fn transcripts() {
        assert!(is_transcript(["[00:01] Mor: hei", "[00:02] Far: hei"].into_iter()));
        assert!(is_transcript(["Mor: a", "Far: b", "Mor: c", "", "Far: d"].into_iter()));
        assert!(!is_transcript(["Viktig: a", "- b", "- c", "Tiltak: d"].into_iter()));
    }
}
