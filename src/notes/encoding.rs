//! Bytes to text: detected from the bytes alone, and refused with the place where they can't be read.

use super::Encoding;
use crate::error::{Error, ErrorKind, Place, Result};
use encoding_rs::{MACINTOSH, UTF_16BE, UTF_16LE, WINDOWS_1252};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// What æøåÆØÅ are in the single-byte encodings that Norwegian notes come in.
const WINDOWS_LETTERS: [u8; 6] = [0xE6, 0xF8, 0xE5, 0xC6, 0xD8, 0xC5];
const MAC_LETTERS: [u8; 6] = [0xBE, 0xBF, 0x8C, 0xAE, 0xAF, 0x81];
const DOS_LETTERS: [u8; 6] = [0x91, 0x9B, 0x86, 0x92, 0x9D, 0x8F];

/// The text that bytes hold, in NFC, and the encoding that they were read by.
///
/// Tried in turn: a byte order mark; UTF-8; UTF-16 without a mark, by where its zero bytes stand; then Windows-1252 or Mac OS
/// Roman, by which of them makes letters of the bytes that stand between letters. No byte is dropped or replaced.
///
/// ```
/// use kodebok::notes::{Encoding, decode};
///
/// let (text, encoding) = decode(b"\xff\xfeb\0\xf8\0r\0")?;
/// assert_eq!((text.as_str(), encoding), ("bør", Encoding::Utf16Le));
/// # Ok::<(), kodebok::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Encoding`] with the byte (from 0) that can't be read, and what to do.
pub fn decode(bytes: &[u8]) -> Result<(String, Encoding)> {
    let (text, encoding) = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => (utf8(rest, 3)?, Encoding::Utf8),
        [0xFF, 0xFE, rest @ ..] => (utf16(rest, Encoding::Utf16Le, 2)?, Encoding::Utf16Le),
        [0xFE, 0xFF, rest @ ..] => (utf16(rest, Encoding::Utf16Be, 2)?, Encoding::Utf16Be),
        _ => without_mark(bytes)?,
    };
    refuse_controls(&text)?;
    Ok((compose(text), encoding))
}

/// The text in NFC; untouched where it is so already, as nearly all text is.
pub(super) fn compose(text: String) -> String {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => text,
        _ => text.nfc().collect(),
    }
}

fn without_mark(bytes: &[u8]) -> Result<(String, Encoding)> {
    if let Some(encoding) = utf16_by_zeros(bytes) {
        return Ok((utf16(bytes, encoding, 0)?, encoding));
    }
    if let Some(at) = memchr_zero(bytes) {
        return Err(refused("a zero byte: this is no text", at).advise("is it a document of another kind, named .txt?"));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(match written_twice(text) {
            Some(mended) => (mended, Encoding::Utf8Twice),
            None => (text.to_owned(), Encoding::Utf8),
        });
    }
    if is_damaged_utf8(bytes) {
        return utf8(bytes, 0).map(|text| (text, Encoding::Utf8));
    }
    single_byte(bytes)
}

fn memchr_zero(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|&byte| byte == 0)
}

fn utf8(bytes: &[u8], skipped: usize) -> Result<String> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let at = error.valid_up_to();
            let found = format!("0x{:02X} after {:?}", bytes[at], tail(bytes, at));
            Err(refused("not valid UTF-8", skipped + at).on(&found).advise("save the file as UTF-8 again"))
        }
    }
}

/// The last few characters before a byte, to find the place by eye.
fn tail(bytes: &[u8], at: usize) -> String {
    let text = String::from_utf8_lossy(&bytes[at.saturating_sub(24)..at]);
    text.chars().rev().take(12).collect::<Vec<_>>().into_iter().rev().collect()
}

fn utf16(bytes: &[u8], encoding: Encoding, skipped: usize) -> Result<String> {
    let decoder = if encoding == Encoding::Utf16Le { UTF_16LE } else { UTF_16BE };
    if let Some(text) = decoder.decode_without_bom_handling_and_without_replacement(bytes) {
        return Ok(text.into_owned());
    }
    let unit = |pair: &[u8]| {
        if encoding == Encoding::Utf16Le {
            u16::from_le_bytes([pair[0], pair[1]])
        } else {
            u16::from_be_bytes([pair[0], pair[1]])
        }
    };
    let mut read = 0;
    for decoded in char::decode_utf16(bytes.chunks_exact(2).map(unit)) {
        match decoded {
            Ok(c) => read += 2 * c.len_utf16(),
            Err(_) => break,
        }
    }
    Err(refused("not valid UTF-16", skipped + read).advise("save the file as UTF-8"))
}

/// UTF-16 without a mark has its zero bytes nearly all on one side, and on that side they are many.
fn utf16_by_zeros(bytes: &[u8]) -> Option<Encoding> {
    let head = &bytes[..bytes.len().min(4096) & !1];
    let zeros = |side: usize| head.iter().skip(side).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let many = head.len() / 2 * 7 / 10;
    if even + odd == 0 || even.max(odd) < many || even.min(odd) * 10 > even.max(odd) {
        return None;
    }
    Some(if odd > even { Encoding::Utf16Le } else { Encoding::Utf16Be })
}

/// The text before it was taken for Windows-1252 and written as UTF-8 a second time.
fn written_twice(text: &str) -> Option<String> {
    let doubled = ["Ã¸", "Ã¥", "Ã¦"].iter().any(|pair| text.contains(pair));
    if !doubled || text.contains(['ø', 'å', 'æ']) {
        return None;
    }
    let (bytes, _, had_errors) = WINDOWS_1252.encode(text);
    if had_errors {
        return None;
    }
    String::from_utf8(bytes.into_owned()).ok()
}

/// Bytes that hold more whole UTF-8 characters beyond ASCII than broken ones were UTF-8 once.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let mut whole = 0_usize;
    let mut broken = 0_usize;
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    whole > 0 && whole >= broken
}

fn single_byte(bytes: &[u8]) -> Result<(String, Encoding)> {
    let windows = letters_inside_words(bytes, WINDOWS_LETTERS);
    let mac = letters_inside_words(bytes, MAC_LETTERS);
    let dos = letters_inside_words(bytes, DOS_LETTERS);
    if dos > windows.max(mac) {
        let at = bytes.iter().position(|byte| DOS_LETTERS.contains(byte)).unwrap_or_default();
        return Err(refused("text of DOS (code page 850 or 865)", at).advise("save the file as UTF-8"));
    }
    if mac > windows {
        return Ok((MACINTOSH.decode_without_bom_handling(bytes).0.into_owned(), Encoding::MacRoman));
    }
    refuse_unlikely(bytes)?;
    Ok((WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(), Encoding::Windows1252))
}

fn letters_inside_words(bytes: &[u8], letters: [u8; 6]) -> usize {
    let beside_letter = |at: usize| {
        let before = at.checked_sub(1).is_some_and(|before| bytes[before].is_ascii_alphabetic());
        before || bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic)
    };
    bytes.iter().enumerate().filter(|(at, byte)| letters.contains(byte) && beside_letter(*at)).count()
}

/// Nearly any bytes can be called Windows-1252: refuse those in which many bytes beyond ASCII are none that notes hold.
fn refuse_unlikely(bytes: &[u8]) -> Result<()> {
    let likely = |byte: u8| {
        matches!(byte, 0x80 | 0x82..=0x85 | 0x8A | 0x91..=0x97 | 0x99 | 0xA0 | 0xA7 | 0xAB | 0xB0 | 0xB4 | 0xB7 | 0xBB | 0xBD)
            || (matches!(byte, 0xC0..=0xFE) && !matches!(byte, 0xD7 | 0xF7))
    };
    let beyond = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    let unlikely: Vec<usize> =
        bytes.iter().enumerate().filter(|(_, byte)| !byte.is_ascii() && !likely(**byte)).map(|(at, _)| at).collect();
    match unlikely.first() {
        Some(&at) if unlikely.len() * 4 > beyond => {
            let found = format!("0x{:02X}", bytes[at]);
            Err(refused("neither UTF-8, UTF-16 nor Windows-1252", at).on(&found).advise("save the file as UTF-8"))
        }
        _ => Ok(()),
    }
}

/// Control characters beyond tab, line ends and form feed: a few may stray in, more than one in a hundred is no text.
fn refuse_controls(text: &str) -> Result<()> {
    let is_odd = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{0B}' | '\u{0C}' | '\u{85}');
    let odd = text.chars().filter(|&c| is_odd(c)).count();
    match text.find(is_odd) {
        Some(at) if odd * 100 > text.len() => Err(refused("control characters: this is no text", at)),
        _ => Ok(()),
    }
}

fn refused(message: &str, byte: usize) -> Error {
    Error::new(ErrorKind::Encoding, message).at(Place::Byte(byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = "Pårørende bør høres.\r\nÆrlig talt – «nå».";

    fn utf16_bytes(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        let marked = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
        let twice = WINDOWS_1252.decode_without_bom_handling(TEXT.as_bytes()).0.into_owned().into_bytes();
        for (name, bytes, expected) in [
            ("utf-8", TEXT.as_bytes().to_vec(), Encoding::Utf8),
            ("utf-8 with a mark", marked(b"\xEF\xBB\xBF", TEXT.as_bytes().to_vec()), Encoding::Utf8),
            ("utf-16le with a mark", marked(b"\xFF\xFE", utf16_bytes(TEXT, true)), Encoding::Utf16Le),
            ("utf-16be with a mark", marked(b"\xFE\xFF", utf16_bytes(TEXT, false)), Encoding::Utf16Be),
            ("utf-16le", utf16_bytes(TEXT, true), Encoding::Utf16Le),
            ("utf-16be", utf16_bytes(TEXT, false), Encoding::Utf16Be),
            ("windows-1252", WINDOWS_1252.encode(TEXT).0.into_owned(), Encoding::Windows1252),
            ("utf-8 twice", twice, Encoding::Utf8Twice),
            ("decomposed", TEXT.nfd().collect::<String>().into_bytes(), Encoding::Utf8),
        ] {
            let (text, encoding) = decode(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!((text.as_str(), encoding), (TEXT, expected), "{name}");
        }
        let mac = b"P\x8cr\xbfrende b\xbfr h\xbfres. \xaerlig";
        assert_eq!(decode(mac).unwrap(), ("Pårørende bør høres. Ærlig".to_owned(), Encoding::MacRoman));
    }

    #[test]
    fn what_is_no_text_is_refused_with_its_place() {
        for (name, bytes, expected) in [
            (
                "broken utf-8",
                &b"p\xc3\xa5r\xc3\xb8rende b\xc3r"[..],
                "byte 13: not valid UTF-8: 0xC3 after \"pårørende b\"",
            ),
            ("zero bytes", &[0; 64][..], "byte 0: a zero byte: this is no text"),
            ("zero bytes in text", &b"mor\0far"[..], "byte 3: a zero byte"),
            ("half a utf-16 pair", &b"\xff\xfeb\0\x00\xd8r\0"[..], "byte 4: not valid UTF-16"),
            ("odd bytes", &b"\xff\x01\x02\x03\xfe\x81\x9d\x8f"[..], "byte 0: neither UTF-8"),
            ("dos", &b"p\x86r\x9brende"[..], "byte 1: text of DOS"),
            ("control characters", &b"\x01\x02\x03abc"[..], "byte 0: control characters"),
        ] {
            let message = decode(bytes).map(|_| ()).expect_err(name).to_string();
            assert!(message.starts_with(expected), "{name}: {message}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
        }

        #[test]
        fn utf8_comes_back_composed(text in "[a-zæøåÆØÅ .,\\n]{0,80}") {
            prop_assert_eq!(decode(text.as_bytes()).unwrap().0, text);
        }
    }
}
