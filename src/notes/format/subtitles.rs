//! `.vtt` and `.srt`: what a speech recogniser writes, a cue at a time.

use super::super::block::{BlockKind, Stand};
use super::super::document::{Document, Format};
use super::super::mark;
use super::body::{Body, number};
use super::html::unescape;
use crate::error::Result;

/// Silence of so many seconds ends what is said without a speaker's name.
const PAUSE: f64 = 2.5;

/// Whether a text begins as subtitles do: a number, times, text.
pub(super) fn looks_like_srt(head: &str) -> bool {
    let mut lines = head.lines().filter(|line| !line.trim().is_empty());
    let is_number = lines.next().is_some_and(|line| line.trim().bytes().all(|byte| byte.is_ascii_digit()));
    is_number && lines.next().is_some_and(|line| times(line).is_some())
}

/// The document in a file of subtitles.
pub(super) fn read(path: &str, bytes: &[u8], format: Format) -> Result<Document> {
    let (text, encoding) = super::super::decode(bytes)?;
    let mut document = lines(&cues(&text)).finish(path, format)?;
    document.encoding = encoding;
    Ok(document)
}

/// What is said between two times.
struct Cue {
    start: f64,
    end: f64,
    /// Lines with who says each, where it says so, and the line of the file.
    lines: Vec<(Option<String>, String, usize)>,
}

fn cues(text: &str) -> Vec<Cue> {
    let mut cues: Vec<Cue> = Vec::new();
    let mut is_open = false;
    for (at, line) in text.split('\n').enumerate() {
        let line = line.trim_end_matches('\r').trim();
        if let Some((start, end)) = times(line) {
            cues.push(Cue { start, end, lines: Vec::new() });
            is_open = true;
        } else if line.is_empty() {
            is_open = false;
        } else if let Some(cue) = cues.last_mut().filter(|_| is_open) {
            let (speaker, said) = spoken(line);
            cue.lines.push((speaker, said, at + 1));
        }
    }
    cues
}

/// Who speaks and what, of a line of a cue: `<v Mor>vi ble ikke hørt</v>`, `Mor: vi ble ikke hørt`.
fn spoken(line: &str) -> (Option<String>, String) {
    let voice = line.strip_prefix("<v").and_then(|rest| rest.split_once('>'));
    let (named, rest) = match voice {
        Some((head, rest)) => (head.split_once(' ').map(|(_, name)| unescape(name.trim())), rest),
        None => (None, line),
    };
    let said = unescape(&without_tags(rest));
    match mark::speaker(&said).filter(|_| named.is_none()) {
        Some(speaker) => (Some(speaker.name.to_owned()), said[speaker.len..].to_owned()),
        None => (named, said),
    }
}

fn without_tags(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        match after.split_once('>') {
            Some((_, after)) => rest = after,
            None => {
                plain.push('<');
                rest = after;
            }
        }
    }
    plain + rest
}

/// The times of a cue, in seconds: `00:00:01,000 --> 00:00:04,500`.
fn times(line: &str) -> Option<(f64, f64)> {
    let (start, end) = line.split_once("-->")?;
    Some((seconds(start)?, seconds(end.split_whitespace().next()?)?))
}

fn seconds(text: &str) -> Option<f64> {
    let fields: Vec<&str> = text.trim().split(':').collect();
    if !(2..=3).contains(&fields.len()) {
        return None;
    }
    fields.iter().try_fold(0.0, |sum, field| Some(sum * 60.0 + field.replace(',', ".").parse::<f64>().ok()?))
}

/// Cues as turns: a speaker's goes on until another speaks, unnamed speech until a pause after a whole sentence.
fn lines(cues: &[Cue]) -> Body {
    let mut body = Body::default();
    let mut speaker: Option<&str> = None;
    let mut last: Option<(f64, String)> = None;
    // A recogniser that writes no full stops gives a cue a point, since nothing else parts them.
    let texts = || cues.iter().flat_map(|cue| &cue.lines).map(|(_, text, _)| text.as_str());
    let has_sentences = texts().filter(|text| text.ends_with(['.', '!', '?'])).count() * 8 >= texts().count();
    for cue in cues {
        for (at, (named, text, line)) in cue.lines.iter().enumerate() {
            let stand = Stand::Line(number(*line));
            let is_pause = last.as_ref().is_none_or(|(end, said)| {
                let is_whole = said.ends_with(['.', '!', '?']);
                cue.start - end > PAUSE && (is_whole || !has_sentences)
            });
            match named.as_deref() {
                Some(name) if speaker != Some(name) || (at == 0 && is_pause) => {
                    let label = format!("{name}: ");
                    body.add_at(BlockKind::Turn(number(label.len())), &(label + text), stand);
                    speaker = Some(name);
                }
                None if at == 0 && (is_pause || !has_sentences) => {
                    body.add_at(BlockKind::Note, text, stand);
                    speaker = None;
                }
                _ => body.add_at(BlockKind::More, text, stand),
            }
            last = Some((cue.end, text.clone()));
        }
    }
    body
}

#[cfg(test)]
mod tests {
    use super::super::super::{Position, points};
    use super::*;

    fn found(text: &str, format: Format) -> Vec<(Option<String>, String, Position<'static>)> {
        let document = [read("a.vtt", text.as_bytes(), format).unwrap()];
        let line = |position| match position {
            Position::Line(line) => Position::Line(line),
            _ => Position::Margin,
        };
        let all = points(&document).into_iter();
        all.map(|p| (p.speaker.map(str::to_owned), p.text.into_owned(), line(p.position))).collect()
    }

    #[test]
    fn turns_run_over_cues() {
        let text = "WEBVTT\n\nNOTE laget av en maskin\n\n1\n00:01.000 --> 00:03.000\n<v Mor>Jeg ble <i>ikke</i> hørt</v>\n\n00:03.000 --> 00:05.000\n<v Mor>den gangen. Aldri.</v>\n\n00:05.000 --> 00:06.000\nFar: Nei &amp; nei.\n";
        let mor = Some("Mor".to_owned());
        let expected = [
            (mor.clone(), "Jeg ble ikke hørt den gangen.".to_owned(), Position::Line(7)),
            (mor, "Aldri.".to_owned(), Position::Line(10)),
            (Some("Far".to_owned()), "Nei & nei.".to_owned(), Position::Line(13)),
        ];
        assert_eq!(found(text, Format::Vtt), expected);
    }

    #[test]
    fn subtitles_without_speakers() {
        let text = "1\r\n00:00:01,000 --> 00:00:03,000\r\nDet trengs mer\r\ntid til mor.\r\n\r\n2\r\n00:00:09,000 --> 00:00:12,000\r\nOg flere folk.\r\n";
        let texts: Vec<String> = found(text, Format::Srt).into_iter().map(|(_, text, _)| text).collect();
        assert_eq!(texts, ["Det trengs mer tid til mor.", "Og flere folk."]);
    }
}
