//! Personal data that has a shape: numbers with check digits, telephone numbers, addresses, dates of birth.

use super::{Found, Kind};
use crate::norwegian::word_list;
use regex::{Captures, Regex};
use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

/// A pattern of this file. Digits are 0 to 9 and runs of letters have no upper bound: with all of Unicode's digits and with bounds the
/// patterns took 0.25 thousand million instructions to compile, half of what the whole example took.
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern of this crate compiles")
}

static PUBLIC: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| word_list(include_str!("../../data/privacy/public-numbers.txt")).collect());

/// Gives the spans of one kind in a text.
type Finder = fn(&str) -> Vec<Range<usize>>;

/// What is looked for, with the fewest digits side by side that one has: most notes have too few, and need not wait for the patterns
/// to be compiled.
const FINDERS: [(Kind, usize, Finder); 8] = [
    (Kind::Mail, 0, mails),
    (Kind::Birth, 1, births),
    (Kind::NationalId, 11, national_ids),
    (Kind::Account, 11, accounts),
    (Kind::Address, 1, addresses),
    (Kind::Plate, 5, plates),
    (Kind::Phone, 8, phones),
    (Kind::Handle, 0, handles),
];

/// All in a text that has a shape, the surer kinds first; what overlaps a surer one is left out.
pub(super) fn find(text: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let most = most_digits(text);
    for (kind, _, finder) in FINDERS.into_iter().filter(|&(_, fewest, _)| fewest <= most) {
        for span in finder(text) {
            if found.iter().all(|other| span.end <= other.span.start || other.span.end <= span.start) {
                found.push(Found { kind, span });
            }
        }
    }
    found
}

/// The spans of a pattern's group `it`, or of all of it.
fn spans<'t>(regex: &Regex, text: &'t str, keep: impl Fn(&Captures<'t>, &str) -> bool) -> Vec<Range<usize>> {
    regex
        .captures_iter(text)
        .filter_map(|captures| {
            let span = captures.name("it").or(captures.get(0))?.range();
            keep(&captures, &text[..span.start]).then_some(span)
        })
        .collect()
}

/// The most digits in a row, with at most one other sign, no letter, between two of them.
fn most_digits(text: &str) -> usize {
    let (mut most, mut count, mut others) = (0, 0, 0);
    for c in text.chars() {
        if c.is_ascii_digit() {
            (count, others) = (count + 1, 0);
            most = most.max(count);
        } else {
            others += 1;
            if others > 1 || c.is_alphabetic() {
                count = 0;
            }
        }
    }
    most
}

fn digits(text: &str) -> Vec<u32> {
    text.chars().filter_map(|c| c.to_digit(10)).collect()
}

/// Whether no digit stands on either side, with or without a mark between: part of a longer number is none.
fn is_alone(text: &str, span: &Range<usize>) -> bool {
    let is_number = |rest: &mut dyn Iterator<Item = char>| match (rest.next(), rest.next()) {
        (Some(c), _) if c.is_alphanumeric() => true,
        (Some('.' | ',' | '-' | '/' | ':'), Some(c)) => c.is_ascii_digit(),
        _ => false,
    };
    !is_number(&mut text[..span.start].chars().rev()) && !is_number(&mut text[span.end..].chars())
}

/// Whether one of the words stands shortly before, on the same line.
fn has_before(before: &str, words: &[&str]) -> bool {
    let near: String = before.chars().rev().take(28).collect::<Vec<_>>().into_iter().rev().collect();
    let near = near.to_lowercase();
    words.iter().any(|word| near.contains(word))
}

fn mails(text: &str) -> Vec<Range<usize>> {
    static MAIL: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"[\p{L}0-9][\p{L}0-9._%+-]*\s?(?:@|\(at\)|\[at\])\s?[\p{L}0-9][\p{L}0-9-]*(?:\.[\p{L}0-9-]+)*\.\p{L}{2,}",
        )
    });
    let may_be = ["@", "(at)", "[at]"].iter().any(|sign| text.contains(sign));
    if may_be { spans(&MAIL, text, |_, _| true) } else { Vec::new() }
}

/// Modulus 11 with weights: the check digit, none where it would be 10.
fn check_digit(digits: &[u32], weights: &[u32]) -> Option<u32> {
    let sum: u32 = digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum();
    match 11 - sum % 11 {
        11 => Some(0),
        10 => None,
        digit => Some(digit),
    }
}

fn is_national_id(digits: &[u32]) -> bool {
    let pair = |at: usize| digits[at] * 10 + digits[at + 1];
    let day = pair(0) % 40;
    let month = pair(2) % 40;
    (1..=31).contains(&day)
        && pair(0) <= 71
        && (1..=12).contains(&month)
        && check_digit(&digits[..9], &[3, 7, 6, 1, 8, 9, 4, 5, 2]) == Some(digits[9])
        && check_digit(&digits[..10], &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) == Some(digits[10])
}

fn is_account(digits: &[u32]) -> bool {
    check_digit(&digits[..10], &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) == Some(digits[10])
}

fn national_ids(text: &str) -> Vec<Range<usize>> {
    static ELEVEN: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"[0-9]{6}[ .\u{A0}-]?[0-9]{5}|[0-9]{2} [0-9]{2} [0-9]{2} [0-9]{5}"));
    spans(&ELEVEN, text, |captures, before| {
        let Some(whole) = captures.get(0) else { return false };
        let called =
            ["fødselsn", "fødselnr", "personn", "personnr", "fnr", "d-num", "dnr", "f.nr", "p.nr", "fødselsnr"];
        let is_called = has_before(before, &called);
        is_alone(text, &whole.range()) && (is_national_id(&digits(whole.as_str())) || is_called)
    })
}

fn accounts(text: &str) -> Vec<Range<usize>> {
    static ACCOUNT: LazyLock<Regex> = LazyLock::new(|| pattern(r"[0-9]{4}[. \u{A0}]?[0-9]{2}[. \u{A0}]?[0-9]{5}"));
    spans(&ACCOUNT, text, |captures, before| {
        let Some(whole) = captures.get(0) else { return false };
        let is_set_apart = whole.as_str().contains(['.', ' ', '\u{A0}']);
        let is_called = has_before(before, &["konto", "kto", "bankgiro", "overfør", "betal"]);
        is_alone(text, &whole.range()) && ((is_set_apart && is_account(&digits(whole.as_str()))) || is_called)
    })
}

fn phones(text: &str) -> Vec<Range<usize>> {
    static PHONE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?:(?:\+|00)\s?47[\s-]?)?\(?(?:[2-9][0-9][\s.-][0-9]{2}[\s.-][0-9]{2}[\s.-][0-9]{2}|[2-9][0-9]{2}[\s.-][0-9]{2}[\s.-][0-9]{3}|[2-9][0-9]{3}[\s-][0-9]{4}|[2-9][0-9]{7}|[0-9]{3} [0-9]{2} [0-9]{3})\)?|\+[0-9]{2,3}(?:[\s-]?[0-9]){7,11}",
        )
    });
    let called = [
        "tlf",
        "tel",
        "telefon",
        "mobil",
        "nummer",
        "ring",
        "sms",
        "tekst",
        "nr",
        "dame på",
        "nå meg",
        "på ",
        "sentralbord",
    ];
    let mut found = spans(&PHONE, text, |captures, before| {
        let Some(whole) = captures.get(0) else { return false };
        let shown = whole.as_str();
        let all: String = shown.chars().filter(char::is_ascii_digit).collect();
        let number = &all[all.len().saturating_sub(8)..];
        let after = text[whole.end()..].trim_start().to_lowercase();
        let is_sum = ["kr", "kroner", "mill", "%", "nok", "personer", "brukere", "stk"]
            .iter()
            .any(|unit| after.starts_with(unit));
        let is_thing = has_before(before, &["org.nr", "orgnr", "org nr", "isbn", "sak ", "saksn", "saknr", "kr "]);
        let has_code = shown.starts_with('+') || shown.starts_with("00");
        let in_pairs = shown.trim_matches(['(', ')']).split([' ', '-', '.']).all(|part| part.len() == 2);
        let is_mobile = number.starts_with(['4', '9']) && all.len() == 8;
        let is_likely = has_code || in_pairs || is_mobile || has_before(before, &called);
        is_alone(text, &whole.range()) && !is_sum && !is_thing && is_likely && !PUBLIC.contains(number)
    });
    // Brackets around a number stay.
    for span in &mut found {
        let shown = &text[span.clone()];
        if shown.starts_with('(') {
            span.start += 1;
        }
        if shown.ends_with(')') {
            span.end -= 1;
        }
    }
    found
}

fn births(text: &str) -> Vec<Range<usize>> {
    static BIRTH: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:født|fødd|fødselsdato|fødselsdag|fødselsdagen|fødedato|født den|f|born)\b\.?\s*(?:dato|den|er|var|:|,)?\s*:?\s*(?P<it>[0-9]{1,2}[./-]\s?[0-9]{1,2}[./-]\s?(?:[0-9]{4}|[0-9]{2})|[0-9]{1,2}\.?\s(?:januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember|jan|feb|mar|apr|jun|jul|aug|sep|sept|okt|nov|des)\.?,?\s?(?:[0-9]{4}|[0-9]{2})?|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{6})\b",
        )
    });
    spans(&BIRTH, text, |captures, _| captures.name("it").is_some_and(|it| is_alone(text, &it.range())))
}

/// How names of streets end.
static STREETS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| word_list(include_str!("../../data/privacy/streets.txt")).collect());

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    let post = r"(?:,?\s+(?:N-)?[0-9]{4}\s+\p{Lu}\p{L}+(?:\s(?:i\s)?\p{Lu}\p{L}+)?)?";
    pattern(&format!(
        r"(?:(?:\p{{Lu}}[\p{{L}}.'’-]*\s){{0,3}}(?:\p{{Lu}}\p{{L}}*(?:{ends})|\p{{Lu}}[\p{{L}}'’-]+\s(?i:{ends}))\s[0-9]{{1,4}}\s?[A-Za-z]?\b|(?i:postboks|pb\.?)\s[0-9]{{1,5}}(?:\s\p{{Lu}}\p{{L}}+)?){post}",
        ends = STREETS.join("|")
    ))
});

/// Whether a number stands behind a word that ends as a street does, or behind a post box: no address is without, and most notes
/// need not wait for the pattern to be compiled.
fn has_numbered_street(text: &str) -> bool {
    let mut before = "";
    text.split_whitespace().any(|word| {
        let place = std::mem::replace(&mut before, word).to_lowercase();
        word.starts_with(|c: char| c.is_ascii_digit())
            && STREETS.iter().chain(&["postboks", "pb", "pb."]).any(|end| place.ends_with(end))
    })
}

fn addresses(text: &str) -> Vec<Range<usize>> {
    static POST: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?i:postnr\.?|postnummer|poststed|postadresse|adresse)\s*:?\s*(?P<it>[0-9]{4}(?:\s\p{Lu}\p{L}+)?)\b")
    });
    let mut found = if has_numbered_street(text) { spans(&ADDRESS, text, |_, _| true) } else { Vec::new() };
    for span in &mut found {
        // A word that begins the sentence is not the street's.
        let shown = &text[span.clone()];
        for word in ["Adressen ", "Adresse ", "Huset ", "I ", "Bor ", "Hun ", "Han ", "Ho "] {
            if shown.starts_with(word) {
                span.start += word.len();
                break;
            }
        }
    }
    found.extend(spans(&POST, text, |_, _| true));
    found
}

fn plates(text: &str) -> Vec<Range<usize>> {
    static PLATE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b[A-HJ-NPR-Z]{2}\s?[0-9]{5}\b"));
    spans(&PLATE, text, |captures, _| {
        let Some(whole) = captures.get(0) else { return false };
        !["IS", "NS", "HR", "RT"].iter().any(|other| whole.as_str().starts_with(other))
            && is_alone(text, &whole.range())
    })
}

fn handles(text: &str) -> Vec<Range<usize>> {
    static HANDLE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?:^|[\s(«])(?P<it>@[\p{L}0-9_][\p{L}0-9_.]{2,})|(?i:\bsnap(?:chat)?|\bbrukernavn|\bbrukarnamn|\binsta(?:gram)?|\bdiscord|\btiktok)(?:et|en)?\s*(?::|er|heter)?\s*(?P<named>[\p{L}0-9_][\p{L}0-9_.-]{2,})",
        )
    });
    HANDLE
        .captures_iter(text)
        .filter_map(|captures| {
            let named = captures.name("named");
            let span = captures.name("it").or(named)?.range();
            // After the word for a net a plain word is no user name: a digit, a mark or a word that no one knows is.
            let shown = &text[span.clone()];
            let is_odd = shown.contains(|c: char| c.is_ascii_digit() || c == '_')
                || !crate::norwegian::lexicon::contains(&shown.to_lowercase());
            (named.is_none() || is_odd).then_some(span)
        })
        .map(|span| {
            let shown = &text[span.clone()];
            span.start..span.start + shown.trim_end_matches('.').len()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_is_lost_by_not_looking(
            text in "(Storgata|Ola|VEI|Pb\\.?|postboks|tlf|født|adresse|AB|kr|[0-9]{1,3}|[ .,:+/@()\u{A0}\n-]| ){1,16}",
        ) {
            let most = most_digits(&text);
            for (kind, _, finder) in FINDERS.into_iter().filter(|&(_, fewest, _)| fewest > most) {
                prop_assert!(finder(&text).is_empty(), "{kind:?} in {text:?}");
            }
            prop_assert!(has_numbered_street(&text) || !ADDRESS.is_match(&text), "{text:?}");
        }
    }

    fn kinds(text: &str) -> Vec<(Kind, &str)> {
        find(text).into_iter().map(|found| (found.kind, &text[found.span])).collect()
    }

    #[test]
    fn numbers_with_check_digits() {
        for (text, expected) in [
            ("nr 13097248022", Some((Kind::NationalId, "13097248022"))),
            ("nr 130972 48022", Some((Kind::NationalId, "130972 48022"))),
            ("nr 13097248023", None),
            ("fnr 13097248023", Some((Kind::NationalId, "13097248023"))),
            ("1234.56.78903", Some((Kind::Account, "1234.56.78903"))),
            ("1234.56.78901", None),
            ("konto 1234.56.78901", Some((Kind::Account, "1234.56.78901"))),
            ("112345678903", None),
        ] {
            assert_eq!(kinds(text).first().copied(), expected, "{text}");
        }
    }

    #[test]
    fn shapes_that_are_nobodys() {
        for text in
            ["116 117", "org.nr. 983 658 776", "12 345 678 kroner", "20.10.2017", "IS-1512", "kl. 09.30", "2015–2017"]
        {
            assert_eq!(kinds(text), [], "{text}");
        }
    }
}
