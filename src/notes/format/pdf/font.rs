//! Fonts of a PDF: what its codes mean and how wide they are.

use super::super::limit;
use lopdf::{Dictionary, Document, Encoding, Object};
use std::collections::HashMap;

/// A font as far as text needs it.
pub(super) struct Font<'d> {
    /// What codes mean by the font's map to Unicode; where it says nothing, its encoding is asked.
    map: HashMap<u32, String>,
    encoding: Option<Encoding<'d>>,
    pub code_len: usize,
    widths: HashMap<u32, f32>,
    default_width: Option<f32>,
    pub is_bold: bool,
    known: HashMap<u32, String>,
}

impl<'d> Font<'d> {
    pub fn new(document: &'d Document, dictionary: &'d Dictionary) -> Font<'d> {
        let name = name_of(dictionary, b"BaseFont").to_lowercase();
        let is_composite = name_of(dictionary, b"Subtype") == "Type0";
        let (widths, default_width) = match is_composite {
            true => composite_widths(document, dictionary),
            false => simple_widths(document, dictionary),
        };
        Font {
            map: unicode_map(document, dictionary),
            encoding: dictionary.get_font_encoding_with_limit(document, limit::PDF_STREAM / 8).ok(),
            code_len: if is_composite { 2 } else { 1 },
            widths,
            default_width,
            is_bold: ["bold", "black", "heavy", "semibold"].iter().any(|word| name.contains(word)),
            known: HashMap::new(),
        }
    }

    /// What a code means; empty where the font does not say.
    pub fn text(&mut self, bytes: &[u8]) -> &str {
        let code = code(bytes);
        if !self.known.contains_key(&code) {
            let mapped = self.map.get(&code).cloned();
            let text = mapped.or_else(|| self.encoding.as_ref()?.bytes_to_string(bytes).ok()).unwrap_or_default();
            let is_said = !text.chars().all(|c| c == '\u{FFFD}' || c == '\0');
            self.known.insert(code, if is_said { text } else { String::new() });
        }
        &self.known[&code]
    }

    /// How wide a code's glyph is, in thousandths of the font's size.
    pub fn width(&self, bytes: &[u8], text: &str) -> f32 {
        self.widths.get(&code(bytes)).copied().or(self.default_width).unwrap_or_else(|| usual_width(text))
    }
}

fn code(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |code, &byte| code << 8 | u32::from(byte))
}

fn name_of(dictionary: &Dictionary, key: &[u8]) -> String {
    let name = dictionary.get(key).and_then(Object::as_name).unwrap_or_default();
    String::from_utf8_lossy(name).into_owned()
}

/// The font's map from codes to Unicode: `<code> <text>`, `<first> <last> <text>` or `<first> <last> [<text> ...]`.
fn unicode_map(document: &Document, dictionary: &Dictionary) -> HashMap<u32, String> {
    let content = dictionary
        .get_deref(b"ToUnicode", document)
        .and_then(Object::as_stream)
        .and_then(|stream| stream.get_plain_content_with_limit(limit::PDF_STREAM / 8));
    content.map_or_else(|_| HashMap::new(), |content| read_map(&String::from_utf8_lossy(&content)))
}

/// A map may have so many entries: all codes of two bytes.
const ENTRIES: usize = 65_536;

fn read_map(content: &str) -> HashMap<u32, String> {
    let mut map = HashMap::new();
    for section in sections(content, "beginbfchar", "endbfchar") {
        let strings: Vec<&str> = hex_strings(section).collect();
        for pair in strings.chunks_exact(2).take(ENTRIES) {
            map.extend(u32::from_str_radix(pair[0], 16).ok().map(|code| (code, utf16(pair[1], 0))));
        }
    }
    for section in sections(content, "beginbfrange", "endbfrange") {
        let mut rest = section;
        while let Some((first, after)) = next_hex(rest) {
            let Some((last, after)) = next_hex(after) else { break };
            let (Ok(first), Ok(last)) = (u32::from_str_radix(first, 16), u32::from_str_radix(last, 16)) else { break };
            let codes = first..=last.min(first.saturating_add(u32::from(u16::MAX)));
            rest = match after.trim_start().strip_prefix('[') {
                Some(list) => {
                    let (list, after) = list.split_once(']').unwrap_or((list, ""));
                    map.extend(codes.zip(hex_strings(list).map(|text| utf16(text, 0))));
                    after
                }
                None => {
                    let Some((text, after)) = next_hex(after) else { break };
                    map.extend(codes.map(|code| (code, utf16(text, code - first))));
                    after
                }
            };
            if map.len() > ENTRIES {
                break;
            }
        }
    }
    map
}

/// What stands between two words, each time.
fn sections<'c>(content: &'c str, begin: &'c str, end: &'c str) -> impl Iterator<Item = &'c str> {
    content.split(begin).skip(1).map(move |rest| rest.split(end).next().unwrap_or_default())
}

fn next_hex(text: &str) -> Option<(&str, &str)> {
    text.split_once('<')?.1.split_once('>')
}

fn hex_strings(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let (found, rest) = next_hex(text)?;
        text = rest;
        Some(found)
    })
}

/// Text in UTF-16 as hexadecimal digits, its last unit moved on by `offset`.
fn utf16(hex: &str, offset: u32) -> String {
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    let mut units: Vec<u16> =
        digits.chunks(4).filter_map(|unit| u16::from_str_radix(std::str::from_utf8(unit).ok()?, 16).ok()).collect();
    if let Some(last) = units.last_mut() {
        *last = last.wrapping_add((offset & 0xFFFF) as u16);
    }
    String::from_utf16_lossy(&units)
}

fn number(document: &Document, object: &Object) -> Option<f32> {
    document.dereference(object).ok()?.1.as_float().ok()
}

fn simple_widths(document: &Document, font: &Dictionary) -> (HashMap<u32, f32>, Option<f32>) {
    let first = font.get_deref(b"FirstChar", document).and_then(Object::as_i64).unwrap_or(0);
    let Ok(widths) = font.get_deref(b"Widths", document).and_then(Object::as_array) else {
        let is_fixed = name_of(font, b"BaseFont").contains("Courier");
        return (HashMap::new(), is_fixed.then_some(600.0));
    };
    let codes = (u32::try_from(first).unwrap_or(0)..=u32::MAX).zip(widths.iter().take(256));
    let widths = codes.filter_map(|(code, width)| Some((code, number(document, width)?))).collect();
    (widths, None)
}

/// The widths of a composite font: `code [w w w]` or `first last w`, again and again.
fn composite_widths(document: &Document, font: &Dictionary) -> (HashMap<u32, f32>, Option<f32>) {
    let descendant = font
        .get_deref(b"DescendantFonts", document)
        .and_then(Object::as_array)
        .ok()
        .and_then(|fonts| document.dereference(fonts.first()?).ok()?.1.as_dict().ok());
    let Some(descendant) = descendant else { return (HashMap::new(), Some(1000.0)) };
    let default = descendant.get(b"DW").ok().and_then(|width| number(document, width)).unwrap_or(1000.0);
    let mut widths = HashMap::new();
    let listed = descendant.get_deref(b"W", document).and_then(Object::as_array).map_or(&[][..], Vec::as_slice);
    let mut at = 0;
    while at + 1 < listed.len() {
        let Some(first) = number(document, &listed[at]).map(|first| first as u32) else { break };
        let Ok((_, second)) = document.dereference(&listed[at + 1]) else { break };
        if let Ok(row) = second.as_array() {
            let codes = (first..=u32::MAX).zip(row.iter().take(65_536));
            widths.extend(codes.filter_map(|(code, width)| Some((code, number(document, width)?))));
            at += 2;
        } else {
            let last = second.as_float().unwrap_or(0.0) as u32;
            let Some(width) = listed.get(at + 2).and_then(|width| number(document, width)) else { break };
            widths.extend((first..=last.min(first.saturating_add(65_535))).map(|code| (code, width)));
            at += 3;
        }
    }
    (widths, Some(default))
}

/// About how wide a letter is in a font whose widths the file leaves to the reader (Helvetica and its like).
fn usual_width(text: &str) -> f32 {
    text.chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | '\'' | '|' => 222.0,
            ' ' | 'f' | 't' | 'I' | '.' | ',' | ':' | ';' | '!' | '/' | '(' | ')' | '-' => 300.0,
            'm' | 'M' | 'W' | 'æ' => 850.0,
            'w' => 722.0,
            c if c.is_uppercase() => 680.0,
            _ => 550.0,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_at_the_end_of_the_codes() {
        let document = Document::new();
        let mut descendant = Dictionary::new();
        let widths = vec![Object::Integer(300), Object::Integer(400)];
        descendant.set("W", vec![Object::Integer(i64::from(u32::MAX)), Object::Array(widths)]);
        let mut font = Dictionary::new();
        font.set("DescendantFonts", vec![Object::Dictionary(descendant)]);
        assert_eq!(composite_widths(&document, &font).0.len(), 1);
    }

    #[test]
    fn maps_to_unicode() {
        let map = read_map(
            "2 beginbfchar <01> <00E6> <02> <00660066> endbfchar 2 beginbfrange <0010> <0012> <0061>\n<20> <21> [<00F8> <00E5>] endbfrange",
        );
        for (code, text) in [(1, "æ"), (2, "ff"), (0x10, "a"), (0x12, "c"), (0x20, "ø"), (0x21, "å")] {
            assert_eq!(map[&code], text);
        }
        assert_eq!(map.len(), 7);
    }
}
