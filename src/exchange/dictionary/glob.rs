//! Terms with wildcards as cues, and back.

use crate::codebook::CueKind;
use crate::norwegian::words;

/// The cues that together match what a term matches.
///
/// A word is a word; one with `*` at its end also a beginning; with `?*` a beginning alone, which stands for longer words only.
/// Whatever else is a pattern.
pub(super) fn cues(term: &str) -> Vec<(CueKind, String)> {
    let is_plain = |text: &str| {
        let mut found = words(text);
        !text.contains(['*', '?']) && found.next().is_some_and(|word| word.text == text)
    };
    if is_plain(term) {
        return vec![(CueKind::Word, term.to_owned())];
    }
    if let Some(beginning) = term.strip_suffix("?*").filter(|beginning| is_plain(beginning)) {
        return vec![(CueKind::Beginning, beginning.to_owned())];
    }
    if let Some(beginning) = term.strip_suffix('*').filter(|beginning| is_plain(beginning)) {
        return vec![(CueKind::Word, beginning.to_owned()), (CueKind::Beginning, beginning.to_owned())];
    }
    vec![(CueKind::Pattern, pattern(term))]
}

/// A term as a regular expression. Words follow each other with white space alone between them; `\w` and `\b` are Unicode's.
fn pattern(term: &str) -> String {
    let words: Vec<String> = term.split_whitespace().map(word_pattern).collect();
    words.join(r"\s+")
}

fn word_pattern(word: &str) -> String {
    if word == "*" {
        return r"\w+".to_owned();
    }
    let is_inner = |c: char| c.is_alphanumeric() || matches!(c, '*' | '?' | '_');
    let mut out = if word.starts_with(is_inner) { r"\b".to_owned() } else { String::new() };
    for c in word.chars() {
        match c {
            '*' => out += r"\w*",
            '?' => out += r"\w",
            c => out += &regex::escape(c.encode_utf8(&mut [0; 4])),
        }
    }
    out + if word.ends_with(is_inner) { r"\b" } else { "" }
}

/// The term that a regular expression was made of; `None` for one that says more than a term can.
pub(super) fn of_pattern(written: &str) -> Option<String> {
    let mut term = String::new();
    let mut rest = written;
    while let Some(c) = rest.chars().next() {
        let found = [(r"\s+", " "), (r"\w+", "*"), (r"\w*", "*"), (r"\w", "?"), (r"\b", "")]
            .into_iter()
            .find(|(part, _)| rest.starts_with(part));
        if let Some((part, sign)) = found {
            term += sign;
            rest = &rest[part.len()..];
            continue;
        }
        if c == '\\' {
            let literal = rest[1..].chars().next()?;
            term.push(literal);
            rest = &rest[1 + literal.len_utf8()..];
        } else {
            term.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    (pattern(&term) == written).then_some(term)
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::RegexBuilder;

    #[test]
    fn what_terms_match() {
        for (term, text, expected) in [
            ("*tid", "Lang ventetid her", Some("ventetid")),
            ("*tid", "tidsbruk", None),
            ("??tid", "intid", Some("intid")),
            ("lang kø*", "en lang køordning", Some("lang køordning")),
            ("lang kø", "en lang, kø", None),
            ("aldri * tid", "Aldri nok tid", Some("Aldri nok tid")),
            ("aldri * tid", "aldri tid", None),
            ("e-post", "send E-post", Some("E-post")),
            ("§ 3-1", "etter § 3-1 her", Some("§ 3-1")),
        ] {
            let [(CueKind::Pattern, pattern)] = &cues(term)[..] else { panic!("{term} is no pattern") };
            let regex = RegexBuilder::new(pattern).case_insensitive(true).build().unwrap();
            assert_eq!(regex.find(text).map(|found| found.as_str()), expected, "{term} in {text}");
            assert_eq!(of_pattern(pattern).as_deref(), Some(term));
        }
    }

    #[test]
    fn patterns_that_say_more_are_no_terms() {
        for pattern in [r"§ ?\d+", "a|b", r"\bkø", "kø.", r"\b(a)\b", r"\bkø\b\b"] {
            assert_eq!(of_pattern(pattern), None, "{pattern}");
        }
    }
}
