//! A text cut into the pieces that are mended: words as OCR leaves them, with signs such as `&` and `@` inside.

use std::collections::HashSet;
use std::sync::LazyLock;

/// What stands between a piece and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// One space.
    Space,
    /// One hyphen.
    Hyphen,
    /// A line break or wider space inside a sentence.
    Wide,
    /// A comma or quotation mark.
    Comma,
    /// The start of the text, an end of sentence, or any other sign.
    Break,
}

/// A piece of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'t> {
    /// As it stands.
    pub text: &'t str,
    /// Bytes from the text's start.
    pub start: usize,
    /// What stands before it.
    pub before: Gap,
    /// Whether it is free on both sides: spaces or the line's ends, no sign that touches it.
    pub free: bool,
    /// Whether it stands in an address or an abbreviation, or behind a §, and is left as it is.
    pub fixed: bool,
    /// Whether its line has letters, and all of them are capitals.
    pub capital_line: bool,
}

impl Piece<'_> {
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

static ABBREVIATIONS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    crate::norwegian::word_list(include_str!("../../../data/norwegian/abbreviations.txt"))
        .map(|entry| entry.trim_end_matches('+').trim_end())
        .collect()
});

/// Abbreviations that a name follows.
const TITLES: [&str; 2] = ["dr", "hr"];

/// The pieces of a text, in order.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found: Vec<Piece<'_>> = Vec::with_capacity(text.len() / 6);
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let capital_line = is_capital(line);
        for chunk in line.split_whitespace() {
            let at = start + (chunk.as_ptr() as usize - line.as_ptr() as usize);
            cut_chunk(text, chunk, at, capital_line, &mut found);
        }
        start += line.len();
    }
    found
}

/// Whether a line is in capitals: more than one, and no small letter.
pub(super) fn is_capital(line: &str) -> bool {
    line.chars().filter(|c| c.is_uppercase()).count() > 1 && !line.chars().any(char::is_lowercase)
}

/// Cuts what stands between two spaces at its signs.
fn cut_chunk<'t>(text: &'t str, chunk: &'t str, at: usize, capital_line: bool, found: &mut Vec<Piece<'t>>) {
    let fixed = is_fixed(chunk, &text[at + chunk.len()..]) || is_section(chunk, &text[..at]);
    let mut rest = chunk;
    while let Some(first) = rest.find(is_inside) {
        let tail = &rest[first..];
        let length = tail.find(|c| !is_inside(c)).unwrap_or(tail.len());
        let start = at + (chunk.len() - rest.len()) + first;
        let piece = &text[start..start + length];
        let before = gap(text, found.last().map_or(0, Piece::end), start);
        let label = is_label(piece, &text[start + length..]);
        found.push(Piece {
            text: piece,
            start,
            before,
            free: piece.len() == chunk.len(),
            fixed: fixed || label,
            capital_line,
        });
        rest = &tail[length..];
    }
}

/// Letters, digits, accents that stand alone, and the signs that å, ø and l are read as.
fn is_inside(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '&' | '@' | '$' | '¢' | '£' | '\u{300}'..='\u{36f}')
}

/// The letter of an item (`d)`) or a speaker's number (`P3:`).
fn is_label(piece: &str, behind: &str) -> bool {
    let mut letters = piece.chars();
    let Some(first) = letters.next() else { return false };
    let rest = letters.as_str();
    if rest.is_empty() {
        return first.is_alphabetic() && behind.starts_with([')', '.', ':']);
    }
    first.is_uppercase() && rest.bytes().all(|byte| byte.is_ascii_digit()) && behind.starts_with(':')
}

/// The number of a section, and the letter behind it: *§ 10 a*.
fn is_section(chunk: &str, before: &str) -> bool {
    let before = before.trim_end();
    let letter = chunk.trim_end_matches(|c: char| !is_inside(c));
    before.ends_with('§')
        || (letter.len() == 1
            && before.ends_with(|c: char| c.is_ascii_digit())
            && before.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-').trim_end().ends_with('§'))
}

/// Addresses, abbreviations and numbers with a section sign.
fn is_fixed(chunk: &str, behind: &str) -> bool {
    is_address(chunk) || chunk.starts_with(['§', '#']) || {
        let bare = chunk.trim_matches(|c: char| !is_inside(c));
        let dotted = bare.contains('.') && bare.split('.').any(|part| part.chars().count() < 3);
        dotted
            || (chunk.contains('.')
                && ABBREVIATIONS.contains(bare.to_lowercase().as_str())
                && !ends_a_line(bare, behind))
    }
}

/// Whether a title such as *dr.* has no name behind it on its line: then it is a word, as *år* that is seen as *dr*.
fn ends_a_line(bare: &str, behind: &str) -> bool {
    let line = behind.split('\n').next().unwrap_or_default().trim_start();
    TITLES.contains(&bare) && !line.starts_with(char::is_uppercase)
}

fn is_address(chunk: &str) -> bool {
    if chunk.contains("://") || chunk.starts_with("www.") {
        return true;
    }
    let host = chunk.split_once('@').map_or(chunk, |(_, host)| host).trim_end_matches(|c: char| !c.is_alphanumeric());
    let has_domain = host.rsplit_once('.').is_some_and(|(name, top)| {
        !name.is_empty() && (2..=4).contains(&top.len()) && top.chars().all(|c| c.is_ascii_lowercase())
    });
    has_domain
        && (chunk.contains('@')
            || ["no", "com", "org", "net", "eu", "se", "dk"].iter().any(|top| host.ends_with(&format!(".{top}"))))
}

fn gap(text: &str, from: usize, to: usize) -> Gap {
    let between = &text[from..to];
    match between {
        " " => return Gap::Space,
        "-" => return Gap::Hyphen,
        _ => {}
    }
    let breaks = from == 0
        || between.matches('\n').count() > 1
        || between.contains(|c: char| !c.is_whitespace() && !matches!(c, ',' | '«' | '»' | '"' | '-'));
    // A new line goes on with the sentence only when it doesn't begin with a capital.
    let new_line = between.contains('\n') && text[to..].starts_with(char::is_uppercase);
    if breaks || new_line || (between.contains('\n') && between.contains('-')) {
        Gap::Break
    } else if between.contains([',', '«', '»', '"']) {
        Gap::Comma
    } else {
        Gap::Wide
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_cut_at_signs() {
        for (text, expected) in [
            ("g@ p& m&te, og/eller", &["g@", "p&", "m&te", "og", "eller"][..]),
            ("«brysomme» (familie- og)", &["brysomme", "familie", "og"]),
            ("1.- og 2.-linjen", &["1", "og", "2", "linjen"]),
        ] {
            let found: Vec<_> = pieces(text).iter().map(|piece| piece.text).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn a_title_is_fixed_before_a_name() {
        for (text, fixed) in [("dr. Hansen", true), ("dr. og", false), ("dr.", false), ("ca. ti", true)] {
            assert_eq!(pieces(text)[0].fixed, fixed, "{text}");
        }
    }

    #[test]
    fn addresses_abbreviations_and_sections_are_fixed() {
        for (text, fixed) in [
            ("post@kommune.no", true),
            ("https://ex.no/sa", true),
            ("www.sporsmal.no", true),
            ("bl.a.", true),
            ("f.eks.", true),
            ("§10a", true),
            ("§ 10a", true),
            ("§ 10 a", true),
            ("kl. 10 a", false),
            ("@konomi", false),
            ("g@.", false),
            ("slutt.Ny", true),
            ("d)", true),
            ("P3: ", true),
            ("p3 ", false),
        ] {
            assert_eq!(pieces(text).iter().all(|piece| piece.fixed), fixed, "{text}");
        }
    }
}
