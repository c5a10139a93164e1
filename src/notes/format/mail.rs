//! `.eml`: an e-mail with its text and what is attached to it (RFC 5322, 2045 to 2047 and 2231).

use super::super::block::{BlockKind, Stand};
use super::super::document::{Columns, Document, Format};
use super::body::Body;
use super::html;
use crate::error::{Error, ErrorKind, Result};
use encoding_rs::Encoding;

/// Parts may hold parts so deep; mail programs nest three or four.
const DEPTH: usize = 8;

/// A mail may have so many parts.
const PARTS: usize = 200;

/// Headers that say where the notes come from.
const SHOWN: [(&str, &str); 3] = [("from", "Fra"), ("date", "Dato"), ("to", "Til")];

/// Whether a text begins with a mail's headers, one of which only mail has.
pub(super) fn looks_like(head: &str) -> bool {
    let only_mail =
        ["mime-version", "received", "message-id", "return-path", "content-type", "x-mozilla-status", "delivered-to"];
    let mut names = Vec::new();
    for line in head.lines().skip_while(|line| line.starts_with("From ")) {
        if line.trim().is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) {
            continue;
        }
        let Some((name, _)) = line.split_once(':') else { break };
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            break;
        }
        names.push(name.to_ascii_lowercase());
    }
    names.len() >= 2 && names.iter().any(|name| only_mail.contains(&name.as_str()))
}

/// The documents in a mail: its text, and each file attached to it under the path `mail.eml/file.docx`.
pub(super) fn read(path: &str, bytes: &[u8], columns: &Columns) -> Vec<Result<Document>> {
    let mut mail = Mail { plain: None, page: None, attached: Vec::new(), parts: 0, is_cut: false };
    let headers = mail.part(bytes, 0);
    let mut read = vec![text(path, &headers, &mail)];
    if mail.is_cut {
        read.push(Err(Error::new(
            ErrorKind::Limit,
            format!("a mail of over {PARTS} parts, or nested over {DEPTH} deep"),
        )));
    }
    for (name, content) in mail.attached {
        let inner = format!("{path}/{name}");
        // Pictures in a mail are signatures and logos.
        let read_one = super::read(&inner, &content, columns).into_iter();
        let kept = read_one.filter(|one| one.as_ref().err().is_none_or(|error| error.kind() != ErrorKind::Scan));
        read.extend(kept.map(|one| one.map_err(|error| error.in_attachment(&name))));
    }
    read
}

struct Mail {
    plain: Option<String>,
    page: Option<String>,
    attached: Vec<(String, Vec<u8>)>,
    parts: usize,
    is_cut: bool,
}

type Headers = Vec<(String, String)>;

fn header<'h>(headers: &'h Headers, name: &str) -> Option<&'h str> {
    headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
}

impl Mail {
    /// Reads a part; gives its headers.
    fn part(&mut self, bytes: &[u8], depth: usize) -> Headers {
        let (headers, body) = split(bytes);
        self.parts += 1;
        if self.parts > PARTS || depth > DEPTH {
            self.is_cut = true;
            return headers;
        }
        let kind = header(&headers, "content-type").unwrap_or("text/plain").to_owned();
        let media = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if let (true, Some(boundary)) = (media.starts_with("multipart/"), parameter(&kind, "boundary")) {
            for part in parts(body, &boundary) {
                self.part(part, depth + 1);
            }
            return headers;
        }
        if media == "message/rfc822" {
            self.part(body, depth + 1);
            return headers;
        }
        let content = decoded(body, header(&headers, "content-transfer-encoding").unwrap_or_default());
        let disposition = header(&headers, "content-disposition").unwrap_or_default();
        let name = parameter(disposition, "filename").or_else(|| parameter(&kind, "name"));
        let is_text = media.starts_with("text/") && !disposition.to_ascii_lowercase().starts_with("attachment");
        match name {
            Some(name) if !is_text => self.attached.push((name.replace(['/', '\\', '\n', '\r'], "_"), content)),
            _ if media == "text/html" && self.page.is_none() => self.page = Some(in_charset(&content, &kind)),
            _ if is_text && self.plain.is_none() => self.plain = Some(in_charset(&content, &kind)),
            _ if is_text => {
                let more = in_charset(&content, &kind);
                self.plain.iter_mut().for_each(|plain| *plain = format!("{plain}\n{more}"));
            }
            _ => {}
        }
        headers
    }
}

/// The mail's own text as a document.
fn text(path: &str, headers: &Headers, mail: &Mail) -> Result<Document> {
    let mut body = Body::default();
    if let Some(subject) = header(headers, "subject") {
        let subject = words(subject);
        let bare = subject.trim_start_matches(|c: char| c.is_whitespace());
        let bare = ["SV:", "VS:", "Re:", "RE:", "Fwd:", "FW:", "Fw:"]
            .iter()
            .fold(bare, |rest, mark| rest.strip_prefix(mark).map_or(rest, str::trim_start));
        body.add_at(BlockKind::Head, bare, Stand::Margin);
    }
    for (name, shown) in SHOWN {
        if let Some(value) = header(headers, name) {
            body.add_at(BlockKind::Head, &format!("{shown}: {}", words(value)), Stand::Margin);
        }
    }
    match (&mail.plain, &mail.page) {
        (Some(plain), _) if plain.chars().any(char::is_alphanumeric) => plain_lines(&mut body, plain),
        (_, Some(page)) => html::read_into(&mut body, page),
        _ => {}
    }
    body.finish(path, Format::Mail)
}

/// The lines of a plain mail: quotes of earlier mails and the signature are set aside.
fn plain_lines(body: &mut Body, text: &str) {
    let lines: Vec<&str> = text.lines().collect();
    let filled = lines.iter().filter(|line| !line.trim().is_empty()).count();
    let quoted = lines.iter().filter(|line| line.starts_with('>')).count();
    let is_forwarded = quoted * 2 > filled;
    let signature = lines.iter().rposition(|line| matches!(*line, "-- " | "--")).unwrap_or(lines.len());
    for (at, line) in lines.iter().enumerate() {
        let stand = Stand::Line(super::body::number(at + 1));
        let own = if is_forwarded { line.trim_start_matches(['>', ' ']) } else { line };
        let is_aside = at >= signature || (!is_forwarded && line.starts_with('>'));
        body.add_raw(if is_aside { BlockKind::Aside } else { BlockKind::Line }, own, stand);
    }
}

/// Headers, unfolded, their names in lower case; and the body after them.
fn split(bytes: &[u8]) -> (Headers, &[u8]) {
    let mut headers: Headers = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let end = bytes[at..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |len| at + len + 1);
        let raw = &bytes[at..end];
        at = end;
        let line = match std::str::from_utf8(raw) {
            Ok(line) => line.to_owned(),
            Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(raw).0.into_owned(),
        };
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = headers.last_mut() {
                value.push(' ');
                value.push_str(line.trim_start());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        } else if !line.starts_with("From ") {
            // A part without headers begins with its text.
            at -= raw.len();
            break;
        }
    }
    (headers, &bytes[at..])
}

/// The parts between boundaries.
fn parts<'b>(body: &'b [u8], boundary: &str) -> Vec<&'b [u8]> {
    let mark = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut start: Option<usize> = None;
    let mut at = 0;
    while at < body.len() {
        let end = body[at..].iter().position(|&byte| byte == b'\n').map_or(body.len(), |len| at + len + 1);
        if body[at..end].starts_with(mark.as_bytes()) {
            parts.extend(start.map(|start| &body[start..at]));
            start = Some(end);
            if body[at + mark.len()..end].starts_with(b"--") {
                return parts;
            }
        }
        at = end;
    }
    parts.extend(start.map(|start| &body[start.min(body.len())..]));
    parts
}

/// A parameter of a header: `charset="utf-8"`, `filename*=utf-8''b%C3%B8r.docx`, or in pieces `filename*0="..."`.
fn parameter(value: &str, name: &str) -> Option<String> {
    let mut pieces = Vec::new();
    for field in fields(value) {
        let Some((key, value)) = field.split_once('=') else { continue };
        let key = key.trim().to_ascii_lowercase();
        let value = value.trim().trim_matches('"');
        if key == name {
            return Some(words(value));
        }
        if let Some(rest) = key.strip_prefix(name).and_then(|rest| rest.strip_prefix('*')) {
            let is_encoded = rest.is_empty() || rest.ends_with('*');
            pieces.push(if is_encoded { percent_decoded(value) } else { value.to_owned() });
        }
    }
    (!pieces.is_empty()).then(|| pieces.concat())
}

/// The fields of a header's value: a semicolon in quotes parts none.
fn fields(value: &str) -> Vec<&str> {
    let mut is_quoted = false;
    value
        .split(|c| {
            is_quoted ^= c == '"';
            c == ';' && !is_quoted
        })
        .skip(1)
        .collect()
}

fn percent_decoded(value: &str) -> String {
    let value = value.rsplit("''").next().unwrap_or(value);
    let mut bytes = Vec::new();
    let mut rest = value.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = after.get(..2).filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn decoded(body: &[u8], encoding: &str) -> Vec<u8> {
    match encoding.trim().to_ascii_lowercase().as_str() {
        "base64" => base64(body),
        "quoted-printable" => quoted_printable(body, false),
        _ => body.to_owned(),
    }
}

/// Base64, what is none of its letters left out.
fn base64(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0);
    for byte in text {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => continue,
        };
        bits = (bits << 6 | u32::from(value)) & 0xFF_FFFF;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xFF) as u8);
        }
    }
    bytes
}

/// Quoted-printable; in headers `_` is a space.
fn quoted_printable(text: &[u8], in_header: bool) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let hex = rest.get(1..3).and_then(|hex| std::str::from_utf8(hex).ok());
        match (rest[0], hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'=', Some(byte)) => {
                bytes.push(byte);
                at += 3;
            }
            (b'=', None) if rest.starts_with(b"=\r\n") => at += 3,
            (b'=', None) if rest.starts_with(b"=\n") => at += 2,
            (b'_', _) if in_header => {
                bytes.push(b' ');
                at += 1;
            }
            (byte, _) => {
                bytes.push(byte);
                at += 1;
            }
        }
    }
    bytes
}

/// Text in the character set that a part names, unless its bytes say otherwise.
fn in_charset(bytes: &[u8], kind: &str) -> String {
    let named = parameter(kind, "charset").and_then(|name| Encoding::for_label(name.as_bytes()));
    match super::super::decode(bytes) {
        Ok((text, _)) if named.is_none_or(|named| !named.is_single_byte() || bytes.is_ascii()) => text,
        read => match named {
            Some(named) => named.decode(bytes).0.into_owned(),
            None => read.map_or_else(|_| String::from_utf8_lossy(bytes).into_owned(), |(text, _)| text),
        },
    }
}

/// A header with its encoded words resolved: `=?utf-8?q?sp=C3=B8rsm=C3=A5l?=`.
fn words(value: &str) -> String {
    let mut plain = String::new();
    let mut rest = value;
    let mut after_word = false;
    while let Some(at) = rest.find("=?") {
        let Some((word, len)) = encoded_word(&rest[at..]) else {
            plain.push_str(&rest[..at + 2]);
            rest = &rest[at + 2..];
            after_word = false;
            continue;
        };
        // White space between two encoded words is not part of the text.
        if !(after_word && rest[..at].trim().is_empty()) {
            plain.push_str(&rest[..at]);
        }
        plain.push_str(&word);
        rest = &rest[at + len..];
        after_word = true;
    }
    plain + rest
}

fn encoded_word(text: &str) -> Option<(String, usize)> {
    let mut fields = text[2..].splitn(3, '?');
    let (charset, encoding, rest) = (fields.next()?, fields.next()?, fields.next()?);
    let end = rest.find("?=")?;
    let content = &rest.as_bytes()[..end];
    let bytes = match encoding {
        "B" | "b" => base64(content),
        "Q" | "q" => quoted_printable(content, true),
        _ => return None,
    };
    let charset = Encoding::for_label(charset.split('*').next()?.as_bytes())?;
    let len = 2 + charset_len(text, rest) + end + 2;
    Some((charset.decode(&bytes).0.into_owned(), len))
}

/// The bytes of an encoded word between `=?` and its content.
fn charset_len(text: &str, rest: &str) -> usize {
    text.len() - 2 - rest.len()
}

#[cfg(test)]
mod tests {
    use super::super::super::points;
    use super::*;

    fn documents(mail: &str) -> Vec<Document> {
        read("a.eml", mail.as_bytes(), &Columns::default()).into_iter().map(Result::unwrap).collect()
    }

    #[test]
    fn text_in_every_encoding() {
        let head = "From: =?iso-8859-1?Q?K=E5re?= <kare@example.no>\nSubject: =?utf-8?B?U1Y6IEJvcmQgMw==?=\nMIME-Version: 1.0\n";
        for (name, rest) in [
            ("utf-8", "Content-Type: text/plain; charset=utf-8\n\n- Pårørende bør høres\n"),
            (
                "quoted",
                "Content-Type: text/plain; charset=\"iso-8859-1\"\nContent-Transfer-Encoding: quoted-printable\n\n- P=E5r=F8rende b=\n=F8r h=F8res\n",
            ),
            (
                "base64",
                "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nLSBQw6Vyw7hyZW5kZSBi\nw7hyIGjDuHJlcwo=\n",
            ),
            ("a page", "Content-Type: text/html; charset=utf-8\n\n<ul><li>P&aring;rørende bør høres</ul>\n"),
            (
                "parts",
                "Content-Type: multipart/alternative; boundary=\"b;1\"\n\nno\n--b;1\nContent-Type: text/plain\n\n- Pårørende bør høres\n--b;1\nContent-Type: text/html\n\n<p>nei\n--b;1--\n",
            ),
            ("quotes", "\n- Pårørende bør høres\n\n> - eldre\n-- \nHilsen Kåre\n"),
        ] {
            let documents = documents(&(head.to_owned() + rest));
            let found: Vec<_> = points(&documents).into_iter().map(|p| (p.table, p.text.into_owned())).collect();
            assert_eq!(found, [(Some("3"), "Pårørende bør høres".to_owned())], "{name}");
            assert!(documents[0].text.contains("Fra: Kåre <kare@example.no>"), "{name}");
        }
    }

    #[test]
    fn what_is_attached_is_a_document_of_its_own() {
        let mail = "Subject: notater\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nSe vedlegg, og takk for i går.\n--x\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename*=utf-8''b%C3%B8r-bord-4.txt\n\n- Mer tid\n--x--\n";
        let documents = documents(mail);
        assert_eq!(documents[1].path, "a.eml/bør-bord-4.txt");
        assert_eq!(points(&documents)[1].table, Some("4"));
    }

    #[test]
    fn only_mail_looks_like_mail() {
        assert!(looks_like("Return-Path: <a@b>\nSubject: x\n\n"));
        assert!(!looks_like("Fra: Kari\nTil: Ola\n\n"));
        assert!(!looks_like("Subject: Bord 3\nDate: i dag\n\n"));
    }
}
