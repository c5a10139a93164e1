//! Words with their places, exactly as Unicode's word boundaries (UAX #29) give them; and tokens, which keep whole what notes
//! write as one: abbreviations, sections, dates, times, numbers, addresses.

use super::scan::Scanner;
use super::sentence::is_abbreviation;
use std::ops::Range;

/// A word of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'t> {
    /// The word as it stands.
    pub text: &'t str,
    /// Where it begins: bytes from the text's start.
    pub start: usize,
}

impl Word<'_> {
    /// Where the word ends: bytes from the text's start, exclusive.
    #[must_use]
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// The words of a text, in order: the segments between word boundaries that hold a letter or a digit.
///
/// The same as [`unicode_segmentation::UnicodeSegmentation::unicode_word_indices`], several times faster.
///
/// ```
/// use kodebok::norwegian::words;
///
/// let found: Vec<_> = words("Mor ble ikke hørt.").map(|word| (word.text, word.start, word.end())).collect();
/// assert_eq!(found, [("Mor", 0, 3), ("ble", 4, 7), ("ikke", 8, 12), ("hørt", 13, 18)]);
/// ```
pub fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let mut scanner = Scanner::default();
    let (mut from, mut at) = (0, 0);
    std::iter::from_fn(move || {
        while at == scanner.spans.len() {
            if from == text.len() {
                return None;
            }
            (from, at) = (scanner.window(text, from), 0);
        }
        let (start, end) = scanner.spans[at];
        at += 1;
        Some(Word { text: &text[start..end], start })
    })
}

/// A word, or a unit of several characters and words that reads as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'t> {
    /// The token as it stands.
    pub text: &'t str,
    /// Where it begins: bytes from the text's start.
    pub start: usize,
    /// What it is.
    pub kind: TokenKind,
}

impl Token<'_> {
    /// Where the token ends: bytes from the text's start, exclusive.
    #[must_use]
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenKind {
    /// A word as [`words`] gives it.
    Word,
    /// A number with its decimals, thousands and percent sign: `3,5`, `10 000`, `50 %`.
    Number,
    /// `12.05.2017`, `2017-05-12`, `12/5`, `12. mai 2017`.
    Date,
    /// `kl. 14.15`, `kl 9`, `14:15`.
    Time,
    /// A section of a law: `§ 10a`, `§ 10 a`, `§§ 3-5`, `§ 4-3`.
    Section,
    /// An ordinal joined to a word: `1.-linjen`.
    Ordinal,
    /// An abbreviation with its full stops: `bl.a.`, `f. eks.`, `osv.`.
    Abbreviation,
    /// `#pårørende`
    Hashtag,
    /// `post@nav.no`
    Email,
    /// `https://www.nav.no/pleiepenger`, `helsenorge.no`
    Address,
}

/// The tokens of a text, in order: its words, but for units that notes write as several words or with signs of their own,
/// which stay whole.
///
/// Every word of [`words`] lies in exactly one token, and tokens do not overlap. White space in a unit is one space, or one
/// no-break space. Where a unit could be read in two ways, the one that begins first is taken: addresses, then sections,
/// times, dates, ordinals, abbreviations, numbers. Time is linear in the text's length.
///
/// ```
/// use kodebok::norwegian::{TokenKind, tokens};
///
/// let found: Vec<_> = tokens("Jf. § 10a, ring 1.-linjen kl. 14.15!").map(|token| (token.text, token.kind)).collect();
/// assert_eq!(found, [
///     ("Jf.", TokenKind::Abbreviation),
///     ("§ 10a", TokenKind::Section),
///     ("ring", TokenKind::Word),
///     ("1.-linjen", TokenKind::Ordinal),
///     ("kl. 14.15", TokenKind::Time),
/// ]);
/// ```
pub fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let words: Vec<Word> = words(text).collect();
    let (mut at, mut from) = (0, 0);
    // Addresses are looked for once in each piece between white space, at its first word.
    let mut piece_end = 0;
    std::iter::from_fn(move || {
        let word = words.get(at)?;
        let place = Place { text, words: &words, at, from };
        let address = if word.start >= piece_end {
            piece_end = place.piece().end;
            place.address()
        } else {
            None
        };
        let (kind, span) = address.or_else(|| place.unit()).unwrap_or((TokenKind::Word, word.start..word.end()));
        from = span.end;
        while words.get(at).is_some_and(|word| word.start < span.end) {
            at += 1;
        }
        Some(Token { text: &text[span.clone()], start: span.start, kind })
    })
}

/// A word among those of its text, with nothing before `from` left to take.
#[derive(Clone, Copy)]
struct Place<'p, 't> {
    text: &'t str,
    words: &'p [Word<'t>],
    at: usize,
    from: usize,
}

type Unit = (TokenKind, Range<usize>);

impl<'t> Place<'_, 't> {
    fn word(&self) -> Word<'t> {
        self.words[self.at]
    }

    /// The unit that begins with this word, or with a sign right before it.
    fn unit(&self) -> Option<Unit> {
        self.hashtag()
            .or_else(|| self.section())
            .or_else(|| self.time())
            .or_else(|| self.date())
            .or_else(|| self.ordinal())
            .or_else(|| self.abbreviation())
            .or_else(|| self.number())
    }

    /// The word that stands right after `gap`, which begins at the byte `end`.
    fn after(&self, end: usize, gap: &str) -> Option<Word<'t>> {
        let start = end + self.text[end..].strip_prefix(gap).map(|_| gap.len())?;
        self.word_at(start)
    }

    /// The word that stands after `sign` and one space.
    fn after_spaced(&self, end: usize, sign: &str) -> Option<Word<'t>> {
        let rest = self.text[end..].strip_prefix(sign)?;
        let spaced = rest.strip_prefix(is_space)?;
        self.word_at(self.text.len() - spaced.len())
    }

    /// The word that begins at a byte; it is one of the next few.
    fn word_at(&self, start: usize) -> Option<Word<'t>> {
        self.words[self.at + 1..]
            .iter()
            .take_while(|word| word.start <= start)
            .find(|word| word.start == start)
            .copied()
    }

    /// The bytes around the word up to white space.
    fn piece(&self) -> Range<usize> {
        let word = self.word();
        let start = self.text[self.from..word.start].rfind(char::is_whitespace).map_or(self.from, |at| {
            let space = self.from + at;
            space + self.text[space..].chars().next().map_or(1, char::len_utf8)
        });
        let end = self.text[word.start..].find(char::is_whitespace).map_or(self.text.len(), |len| word.start + len);
        start..end
    }

    fn address(&self) -> Option<Unit> {
        let piece = self.piece();
        let body = self.text[piece.clone()].trim_start_matches(|c| "\"'«“‘(<[{".contains(c));
        let start = piece.end - body.len();
        let body = body.trim_end_matches(|c| "\"'»”’)>]}.,;:!?…".contains(c));
        let kind = if is_email(body) {
            TokenKind::Email
        } else if is_address(body) {
            TokenKind::Address
        } else {
            return None;
        };
        self.covers_words(start..start + body.len()).map(|span| (kind, span))
    }

    /// The span, if it begins at or before the word and cuts no word in two.
    fn covers_words(&self, span: Range<usize>) -> Option<Range<usize>> {
        let inside = self.words[self.at..].iter().take_while(|word| word.start < span.end).last()?;
        (span.start >= self.from && span.start <= self.word().start && inside.end() <= span.end).then_some(span)
    }

    fn hashtag(&self) -> Option<Unit> {
        let word = self.word();
        let before = self.text[self.from..word.start].strip_suffix('#')?;
        let free =
            !before.ends_with('#') && (word.start - 1 > self.from || !self.text[..self.from].ends_with(is_tight));
        free.then(|| (TokenKind::Hashtag, word.start - 1..word.end()))
    }

    fn section(&self) -> Option<Unit> {
        let word = self.word();
        if !word.text.starts_with(is_digit) {
            return None;
        }
        let before = &self.text[self.from..word.start];
        let signs = before.strip_suffix(is_space).unwrap_or(before);
        let start = self.from + signs.strip_suffix("§§").or_else(|| signs.strip_suffix('§'))?.len();
        let mut end = word.end();
        if let Some(last) =
            ["-", "–"].iter().find_map(|dash| self.after(end, dash)).filter(|last| last.text.starts_with(is_digit))
        {
            end = last.end();
        }
        // A letter after a space belongs to the number; i is rather the preposition.
        let letter = self.after_spaced(end, "").filter(|letter| matches!(letter.text.as_bytes(), [b'a'..=b'h']));
        Some((TokenKind::Section, start..letter.map_or(end, |letter| letter.end())))
    }

    fn time(&self) -> Option<Unit> {
        let word = self.word();
        if ["kl", "klokka", "klokken"].iter().any(|name| super::lower_case(word.text) == *name) {
            let hour = self.after_spaced(word.end(), ".").or_else(|| self.after_spaced(word.end(), ""))?;
            let end = Place { at: self.index(hour), ..*self }.clock_end(true)?;
            return Some((TokenKind::Time, word.start..end));
        }
        Some((TokenKind::Time, word.start..self.clock_end(false)?))
    }

    /// Where the clock time that the word begins ends: `14:15`; where it `is_named` so, `14.15` and `14`, too.
    fn clock_end(&self, is_named: bool) -> Option<usize> {
        let word = self.word();
        let minutes =
            self.after(word.end(), ":").filter(|minutes| minutes.text.len() == 2 && is_below(minutes.text, 60));
        match word.text.split_once(['.', ':']) {
            Some((hour, minutes)) if is_named || word.text.contains(':') => {
                (is_below(hour, 25) && minutes.len() == 2 && is_below(minutes, 60)).then(|| word.end())
            }
            None if is_below(word.text, 25) => {
                minutes.map(|minutes| minutes.end()).or_else(|| is_named.then(|| word.end()))
            }
            _ => None,
        }
    }

    fn date(&self) -> Option<Unit> {
        let word = self.word();
        let end = self.dotted_date().or_else(|| self.dashed_date()).or_else(|| self.named_date())?;
        Some((TokenKind::Date, word.start..end))
    }

    /// `12.05.2017`
    fn dotted_date(&self) -> Option<usize> {
        let mut numbers = self.word().text.split('.');
        let (day, month, year) = (numbers.next()?, numbers.next()?, numbers.next()?);
        (numbers.next().is_none() && is_day(day) && is_month_number(month) && is_year(year)).then(|| self.word().end())
    }

    /// `2017-05-12`, `12/5`, `12/5-17`
    fn dashed_date(&self) -> Option<usize> {
        let first = self.word();
        if first.text.len() == 4 && is_year(first.text) {
            let month = self.after(first.end(), "-").filter(|month| is_month_number(month.text))?;
            return self.after(month.end(), "-").filter(|day| is_day(day.text)).map(|day| day.end());
        }
        let month = self.after(first.end(), "/").filter(|month| is_day(first.text) && is_month_number(month.text))?;
        let year = ["-", "/"].iter().find_map(|sign| self.after(month.end(), sign)).filter(|year| is_year(year.text));
        Some(year.unwrap_or(month).end())
    }

    /// `12. mai`, `12. mai 2017`
    fn named_date(&self) -> Option<usize> {
        let day = self.word();
        let month = self.after_spaced(day.end(), ".").or_else(|| self.after(day.end(), "."))?;
        if !is_day(day.text) || !super::is_month(month.text) {
            return None;
        }
        let year = self.after_spaced(month.end(), "").or_else(|| self.after_spaced(month.end(), "."));
        let year = year.filter(|year| year.text.len() == 4 && is_year(year.text));
        Some(year.unwrap_or(month).end())
    }

    /// `1.-linjen`, and `1.-` before `og 2.-linjen`.
    fn ordinal(&self) -> Option<Unit> {
        let number = self.word();
        if !number.text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let sign = self.text[number.end()..].strip_prefix(".-").map(|_| number.end() + 2)?;
        let noun = self.after(number.end(), ".-").filter(|noun| noun.text.starts_with(char::is_alphabetic));
        Some((TokenKind::Ordinal, number.start..noun.map_or(sign, |noun| noun.end())))
    }

    fn abbreviation(&self) -> Option<Unit> {
        let word = self.word();
        let stop = |end: usize| self.text[end..].starts_with('.').then_some(end + 1);
        let spaced = self.after_spaced(word.end(), ".").filter(|next| {
            next.text.len() <= LONGEST_ABBREVIATION && is_abbreviation(&format!("{}.{}", word.text, next.text))
        });
        if let Some(end) = spaced.and_then(|next| stop(next.end())) {
            return Some((TokenKind::Abbreviation, word.start..end));
        }
        if word.text.len() > LONGEST_ABBREVIATION || !is_abbreviation(word.text) {
            return None;
        }
        let end = stop(word.end()).or_else(|| word.text.contains('.').then(|| word.end()))?;
        Some((TokenKind::Abbreviation, word.start..end))
    }

    fn number(&self) -> Option<Unit> {
        let word = self.word();
        if !is_number(word.text) {
            return None;
        }
        let mut last = word;
        let mut place = *self;
        while last.text.len() <= 3 && is_plain_number(last.text) {
            let thousands = |next: &Word| {
                let whole = next.text.split(',').next().unwrap_or_default();
                whole.len() == 3 && is_plain_number(whole) && is_number(next.text)
            };
            let Some(next) = place.after_spaced(last.end(), "").filter(thousands) else { break };
            place.at = place.index(next);
            last = next;
        }
        let rest = &self.text[last.end()..];
        let sign = rest.strip_prefix(is_space).unwrap_or(rest).strip_prefix(['%', '‰']);
        let end = sign.map_or(last.end(), |after| self.text.len() - after.len());
        // A sign with a mark on it can be a word of its own.
        let cuts_word =
            self.words[self.at..].iter().take_while(|next| next.start < end).any(|next| next.start >= last.end());
        Some((TokenKind::Number, word.start..if cuts_word { last.end() } else { end }))
    }

    /// Where a later word stands among the words.
    fn index(&self, later: Word) -> usize {
        self.at + self.words[self.at..].iter().take_while(|word| word.start < later.start).count()
    }
}

/// Bytes of the longest abbreviation that is looked up: longer than any of the list.
const LONGEST_ABBREVIATION: usize = 16;

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}')
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// Whether a character before a number sign makes it part of something longer.
fn is_tight(c: char) -> bool {
    c.is_alphanumeric() || c == '&'
}

fn is_plain_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Digits with points or commas between them.
fn is_number(text: &str) -> bool {
    text.starts_with(is_digit) && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b','))
}

fn is_below(text: &str, limit: u32) -> bool {
    text.len() <= 2 && is_plain_number(text) && text.parse().is_ok_and(|number: u32| number < limit)
}

fn is_day(text: &str) -> bool {
    is_below(text, 32) && !matches!(text, "0" | "00")
}

fn is_month_number(text: &str) -> bool {
    is_below(text, 13) && !matches!(text, "0" | "00")
}

fn is_year(text: &str) -> bool {
    matches!(text.len(), 2 | 4) && is_plain_number(text)
}

/// Something, one at sign, and a host.
fn is_email(body: &str) -> bool {
    let body = body.strip_prefix("mailto:").unwrap_or(body);
    body.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "._%+-".contains(c)) && is_host(host)
    })
}

fn is_address(body: &str) -> bool {
    let schemeless = ["http://", "https://", "ftp://"].iter().find_map(|scheme| body.strip_prefix(scheme));
    if let Some(rest) = schemeless {
        return rest.starts_with(char::is_alphanumeric);
    }
    let host = body.split(['/', '?', '#']).next().unwrap_or_default();
    let is_common = || host.rsplit('.').next().is_some_and(|end| COMMON_DOMAINS.contains(&end));
    is_host(host) && (host.starts_with("www.") || is_common())
}

/// Endings of hosts that are recognised without `www.` before them.
const COMMON_DOMAINS: [&str; 10] = ["no", "com", "org", "net", "eu", "se", "dk", "info", "io", "uk"];

/// Names with points between them, the last of two letters or more.
fn is_host(host: &str) -> bool {
    let label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    let last = host.rsplit('.').next().unwrap_or_default();
    host.contains('.') && host.split('.').all(label) && last.len() >= 2 && last.chars().all(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// In each case `|` stands between tokens; a token that is no word has the first letters of its kind after it.
    #[test]
    fn units_stay_whole() {
        for (text, expected) in [
            ("Jf. lov § 10a og § 10 a.", "Jf.:Abb|lov|§ 10a:Sec|og|§ 10 a:Sec"),
            ("§ 3 i loven, §§ 3-5, §4-3", "§ 3:Sec|i|loven|§§ 3-5:Sec|§4-3:Sec"),
            ("Ring 1.-linjen og 2.- linja", "Ring|1.-linjen:Ord|og|2.-:Ord|linja"),
            ("Møtet 12.05.2017 kl. 14.15.", "Møtet|12.05.2017:Dat|kl. 14.15:Tim"),
            ("12. mai kl 9, 1.juni 2018", "12. mai:Dat|kl 9:Tim|1.juni 2018:Dat"),
            ("2017-05-12 14:15, 12/5", "2017-05-12:Dat|14:15:Tim|12/5:Dat"),
            ("bl.a. mor, f. eks. far osv.", "bl.a.:Abb|mor|f. eks.:Abb|far|osv.:Abb"),
            ("bl.a mor; evt far", "bl.a:Abb|mor|evt|far"),
            ("#pårørende a#b ##c", "#pårørende:Has|a|b|c"),
            ("(post@nav.no), se www.nav.no/å.", "post@nav.no:Ema|se|www.nav.no/å:Add"),
            ("https://nav.no/a-b?c=1 helsenorge.no", "https://nav.no/a-b?c=1:Add|helsenorge.no:Add"),
            ("3,5 % av 10 000 og 50%", "3,5 %:Num|av|10 000:Num|og|50%:Num"),
            ("I 2017 100 stk. på 10a", "I|2017:Num|100:Num|stk.:Abb|på|10a"),
            ("99.99.2017 kl. 25.61 kl.", "99.99.2017:Num|kl.:Abb|25.61:Num|kl.:Abb"),
        ] {
            let found: Vec<String> = tokens(text).map(|token| shown(&token)).collect();
            assert_eq!(found.join("|"), expected);
        }
    }

    fn shown(token: &Token) -> String {
        let kind = format!("{:?}", token.kind);
        if token.kind == TokenKind::Word { token.text.to_owned() } else { format!("{}:{}", token.text, &kind[..3]) }
    }

    fn check_tokens(text: &str) -> Result<(), TestCaseError> {
        let mut words = words(text).peekable();
        let mut last = 0;
        for token in tokens(text) {
            prop_assert!(token.start >= last, "{token:?} begins before {last}");
            prop_assert_eq!(&text[token.start..token.end()], token.text);
            let mut holds_word = false;
            while let Some(word) = words.next_if(|word| word.start < token.end()) {
                prop_assert!(token.start <= word.start && word.end() <= token.end(), "{token:?} cuts {word:?}");
                holds_word = true;
            }
            prop_assert!(holds_word, "{token:?}");
            last = token.end();
        }
        prop_assert_eq!(words.next(), None);
        Ok(())
    }

    #[test]
    fn a_percent_sign_with_a_mark_on_it_is_a_word_of_its_own() {
        let found: Vec<_> = tokens("0%\u{1772}").map(|token| token.text).collect();
        assert_eq!(found, ["0", "%\u{1772}"]);
    }

    proptest! {
        #[test]
        fn words_slice_back_in_order(text in "\\PC{0,80}") {
            let mut last = 0;
            for word in words(&text) {
                prop_assert!(word.start >= last);
                prop_assert_eq!(&text[word.start..word.end()], word.text);
                last = word.end();
            }
        }

        #[test]
        fn tokens_hold_each_word_once(text in "\\PC{0,80}") {
            check_tokens(&text)?;
        }

        #[test]
        fn tokens_hold_each_word_once_in_dense_text(text in "(kl|bl|a|f|eks|mai|12|5|2017|no|www|#|§| |\u{a0}|\\.|-|:|/|,|%|@|\n|é){0,30}") {
            check_tokens(&text)?;
        }
    }
}
