//! Texts as HTML.

use std::fmt::{self, Display, Formatter, Write};

/// A text that displays as HTML, as [`plain`] says.
#[derive(Clone, Copy)]
pub(super) struct Plain<'t>(&'t str);

/// A text in which nothing is taken for an element, an entity or the end of an attribute in quotes, on one line.
pub(super) fn plain(text: &str) -> Plain<'_> {
    Plain(text)
}

impl Display for Plain<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut from = 0;
        for (at, c) in self.0.char_indices() {
            let instead = match c {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\'' => "&#39;",
                c if c.is_control() || c == '\u{2028}' || c == '\u{2029}' => " ",
                _ => continue,
            };
            f.write_str(&self.0[from..at])?;
            f.write_str(instead)?;
            from = at + c.len_utf8();
        }
        f.write_str(&self.0[from..])
    }
}

/// A name as part of an `id` and of a link to it: letters, digits, `-` and `.` stay, `_` is doubled, and every other character
/// is its number between two of them. No two names are one.
pub(super) fn anchor(name: &str) -> String {
    let mut anchor = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '_' => anchor.push_str("__"),
            c if c.is_alphanumeric() || c == '-' || c == '.' => anchor.push(c),
            c => {
                let _ = write!(anchor, "_{:x}_", u32::from(c));
            }
        }
    }
    anchor
}

/// Bytes in base 64 (RFC 4648), as a content security policy names a script by its hash.
pub(super) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, at| bits << 8 | u32::from(three.get(at).copied().unwrap_or_default()));
        for digit in 0..4 {
            let is_there = digit <= three.len();
            let value = bits >> (18 - 6 * digit) & 63;
            text.push(if is_there { char::from(DIGITS[value as usize]) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_html_acts_on_is_made_plain() {
        for (text, html) in [
            ("<b title=\"x\">å & 'ø'</b>", "&lt;b title=&quot;x&quot;&gt;å &amp; &#39;ø&#39;&lt;/b&gt;"),
            ("a\r\n\0b\u{2028}c", "a   b c"),
            ("", ""),
        ] {
            assert_eq!(plain(text).to_string(), html);
        }
    }

    #[test]
    fn anchors_are_their_own() {
        for (name, expected) in
            [("lover-3", "lover-3"), ("lover_nye", "lover__nye"), ("a \"b", "a_20__22_b"), ("på", "på")]
        {
            assert_eq!(anchor(name), expected);
        }
    }

    #[test]
    fn base64_as_in_rfc_4648() {
        for (text, expected) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(text.as_bytes()), expected);
        }
    }
}
