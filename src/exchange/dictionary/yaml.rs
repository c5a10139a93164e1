//! The part of YAML that dictionaries are written in: maps, lists and texts, by indentation or in brackets.

use crate::error::{Error, ErrorKind, Place, Result};

/// No dictionary nests deeper; a file that does would exhaust the stack.
const MAX_DEPTH: usize = 64;

#[derive(Debug, PartialEq)]
pub(super) enum Node {
    /// A text with its line, from 1.
    Text(String, usize),
    List(Vec<Node>),
    /// Keys with their lines, from 1.
    Map(Vec<(String, Node, usize)>),
}

/// The most lines that a list in brackets runs over: it is read again with each of them.
const MAX_LINES: usize = 2_000;

/// A line without its indentation: how many columns that is, the rest, and its number from 1.
#[derive(Clone)]
struct Line<'t> {
    indent: usize,
    text: &'t str,
    number: usize,
}

/// The root of a document; an empty map where there is nothing.
pub(super) fn parse(text: &str) -> Result<Node> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let body = line.trim_start_matches(' ');
        if body.starts_with('\t') && !body.trim().is_empty() {
            return Err(
                wrong(at + 1, line.len() - body.len() + 1, "a tab before a line's text").advise("indent by spaces")
            );
        }
        let body = body.trim_end();
        if !body.is_empty() && !body.starts_with('#') && body != "---" && body != "..." {
            lines.push(Line { indent: line.len() - line.trim_start_matches(' ').len(), text: body, number: at + 1 });
        }
    }
    let Some(first) = lines.first() else { return Ok(Node::Map(Vec::new())) };
    let indent = first.indent;
    let mut at = 0;
    let node = block(&mut lines, &mut at, indent, 0)?;
    match lines.get(at) {
        Some(line) => {
            Err(wrong(line.number, line.indent + 1, "a line that is indented less than those before it").on(line.text))
        }
        None => Ok(node),
    }
}

fn wrong(line: usize, column: usize, message: &str) -> Error {
    Error::new(ErrorKind::Exchange, message).at(Place::LineColumn(line, column))
}

/// The map or list whose lines have an indentation.
fn block(lines: &mut [Line<'_>], at: &mut usize, indent: usize, depth: usize) -> Result<Node> {
    let line = lines[*at].clone();
    if depth > MAX_DEPTH {
        return Err(wrong(line.number, line.indent + 1, "too many maps and lists inside each other"));
    }
    if is_item(line.text) { list(lines, at, indent, depth) } else { map(lines, at, indent, depth) }
}

fn is_item(text: &str) -> bool {
    text == "-" || text.starts_with("- ")
}

fn list(lines: &mut [Line<'_>], at: &mut usize, indent: usize, depth: usize) -> Result<Node> {
    let mut nodes = Vec::new();
    while let Some(line) = lines.get(*at).cloned().filter(|line| line.indent == indent && is_item(line.text)) {
        let rest = line.text[1..].trim_start();
        if rest.is_empty() {
            *at += 1;
            if let Some(below) = lines.get(*at).filter(|below| below.indent > indent).map(|below| below.indent) {
                nodes.push(block(lines, at, below, depth + 1)?);
            }
        } else if is_item(rest) || key(rest, &line)?.is_some() {
            // What follows the hyphen is the first line of a block of its own.
            let inner = indent + (line.text.len() - rest.len());
            lines[*at] = Line { indent: inner, text: rest, number: line.number };
            nodes.push(block(lines, at, inner, depth + 1)?);
        } else {
            nodes.push(value(lines, at, rest, &line)?);
        }
    }
    Ok(Node::List(nodes))
}

fn map(lines: &mut [Line<'_>], at: &mut usize, indent: usize, depth: usize) -> Result<Node> {
    let mut pairs = Vec::new();
    while let Some(line) =
        lines.get(*at).cloned().filter(|line| line.indent >= indent && !(line.indent == indent && is_item(line.text)))
    {
        if line.indent > indent {
            return Err(
                wrong(line.number, line.indent + 1, "a line that is indented more than those before it").on(line.text)
            );
        }
        let Some((name, rest)) = key(line.text, &line)? else {
            let message = "neither `name:` nor `- term`";
            return Err(wrong(line.number, line.indent + 1, message).on(line.text));
        };
        let node = if rest.is_empty() {
            *at += 1;
            let below =
                lines.get(*at).filter(|below| below.indent > indent || (below.indent == indent && is_item(below.text)));
            match below.map(|below| below.indent) {
                Some(below) => block(lines, at, below, depth + 1)?,
                None => Node::List(Vec::new()),
            }
        } else {
            value(lines, at, rest, &line)?
        };
        pairs.push((name, node, line.number));
    }
    Ok(Node::Map(pairs))
}

/// The key with which a line begins and what follows its colon; `None` for a line that has none.
fn key<'t>(text: &'t str, line: &Line<'_>) -> Result<Option<(String, &'t str)>> {
    if text.starts_with(['\'', '"']) {
        let (name, rest) = quoted_text(text, line)?;
        let rest = rest.trim_start();
        let after = rest.strip_prefix(':').filter(|after| after.is_empty() || after.starts_with(' '));
        return Ok(after.map(|after| (name, without_comment(after))));
    }
    if text.starts_with('[') {
        return Ok(None);
    }
    let text = without_comment(text);
    let end = text.find(": ").or_else(|| text.ends_with(':').then(|| text.len() - 1));
    Ok(end.map(|end| (text[..end].trim_end().to_owned(), text[end + 1..].trim_start())))
}

/// A text without the comment at its end.
fn without_comment(text: &str) -> &str {
    let text = text.trim_start();
    if text.starts_with('#') {
        return "";
    }
    if text.starts_with(['\'', '"', '[']) {
        return text;
    }
    text.find(" #").map_or(text, |at| &text[..at]).trim_end()
}

/// A text or a list in brackets, which may run over lines.
fn value(lines: &[Line<'_>], at: &mut usize, text: &str, line: &Line<'_>) -> Result<Node> {
    *at += 1;
    if !text.starts_with('[') {
        return scalar(text, line).map(|text| Node::Text(text, line.number));
    }
    let mut whole = text.to_owned();
    loop {
        if let Some(nodes) = flow(&whole, line)? {
            return Ok(Node::List(nodes));
        }
        let Some(next) = lines.get(*at).filter(|next| next.number - line.number < MAX_LINES) else {
            return Err(wrong(line.number, line.indent + 1, "a bracket that is not closed").on(line.text));
        };
        whole = format!("{whole} {}", next.text);
        *at += 1;
    }
}

/// The texts of a list in brackets; `None` where it is not closed yet.
fn flow(text: &str, line: &Line<'_>) -> Result<Option<Vec<Node>>> {
    let mut nodes = Vec::new();
    let mut rest = text[1..].trim_start();
    loop {
        if let Some(after) = rest.strip_prefix(']') {
            return match without_comment(after) {
                "" => Ok(Some(nodes)),
                after => Err(wrong(line.number, line.indent + 1, "something after a closed bracket").on(after)),
            };
        }
        if rest.is_empty() {
            return Ok(None);
        }
        let (item, after) = if rest.starts_with(['\'', '"']) {
            match quoted_text(rest, line) {
                Ok((item, after)) => (item, after.trim_start()),
                Err(_) => return Ok(None),
            }
        } else {
            let end = rest.find([',', ']']).unwrap_or(rest.len());
            (rest[..end].trim().to_owned(), &rest[end..])
        };
        if item.starts_with(['[', '{']) {
            return Err(wrong(line.number, line.indent + 1, "a list inside a list in brackets").on(&item));
        }
        if !item.is_empty() {
            nodes.push(Node::Text(item, line.number));
        }
        rest = match after.strip_prefix(',') {
            Some(after) => after.trim_start(),
            None if after.is_empty() || after.starts_with(']') => after,
            None => return Err(wrong(line.number, line.indent + 1, "no comma after a text").on(after)),
        };
    }
}

fn scalar(text: &str, line: &Line<'_>) -> Result<String> {
    if text.starts_with(['\'', '"']) {
        let (quoted, rest) = quoted_text(text, line)?;
        return match without_comment(rest) {
            "" => Ok(quoted),
            rest => Err(wrong(line.number, line.indent + 1, "something after a closed quotation mark").on(rest)),
        };
    }
    // A term may begin with `*`, as some write it without quotation marks; what begins with these is YAML that no dictionary needs.
    if text.starts_with(['&', '!', '|', '>', '{', '%', '@', '`']) {
        let error = wrong(line.number, line.indent + 1, "a kind of YAML that is not read").on(text);
        return Err(error.advise("put the text in quotation marks"));
    }
    Ok(without_comment(text).to_owned())
}

/// A text in quotation marks, and what follows it.
fn quoted_text<'t>(text: &'t str, line: &Line<'_>) -> Result<(String, &'t str)> {
    let open = || wrong(line.number, line.indent + 1, "a quotation mark that is not closed").on(text);
    let mut out = String::new();
    let mut characters = text.char_indices();
    let is_double = characters.next().is_some_and(|(_, mark)| mark == '"');
    while let Some((at, c)) = characters.next() {
        match c {
            '\'' if !is_double && text[at + 1..].starts_with('\'') => {
                characters.next();
                out.push('\'');
            }
            '\'' if !is_double => return Ok((out, &text[at + 1..])),
            '"' if is_double => return Ok((out, &text[at + 1..])),
            '\\' if is_double => {
                let (at, escaped) = characters.next().ok_or_else(open)?;
                match escaped {
                    'n' => out.push('\n'),
                    't' => out.push('\t'),
                    'r' => out.push('\r'),
                    '0' => out.push('\0'),
                    'x' | 'u' | 'U' => {
                        let len = match escaped {
                            'x' => 2,
                            'u' => 4,
                            _ => 8,
                        };
                        let code = text.get(at + 1..at + 1 + len).and_then(|code| u32::from_str_radix(code, 16).ok());
                        let unknown = || wrong(line.number, line.indent + 1, "no character has this number").on(text);
                        out.push(code.and_then(char::from_u32).ok_or_else(unknown)?);
                        characters.nth(len - 1);
                    }
                    other => out.push(other),
                }
            }
            c => out.push(c),
        }
    }
    Err(open())
}

/// A text as YAML writes it: as it is where nothing could be taken for anything else, in quotation marks otherwise. Many programs read
/// `no` and `on` as false and true.
pub(super) fn quoted(text: &str) -> String {
    const KEYWORDS: [&str; 10] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan"];
    let is_plain = text.starts_with(char::is_alphabetic)
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '*' | '?'))
        && !text.ends_with(' ')
        && !KEYWORDS.contains(&text.to_lowercase().as_str());
    if is_plain {
        text.to_owned()
    } else if text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{85}' | '\u{FEFF}')) {
        let escaped = |c: char| match c {
            '"' | '\\' => format!("\\{c}"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{FEFF}') => format!("\\u{:04X}", c as u32),
            c => c.to_string(),
        };
        format!("\"{}\"", text.chars().map(escaped).collect::<String>())
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str, line: usize) -> Node {
        Node::Text(text.to_owned(), line)
    }

    #[test]
    fn dialects() {
        let expected = Node::Map(vec![(
            "a b".to_owned(),
            Node::List(vec![
                text("x*", 2),
                text("y: z", 3),
                Node::Map(vec![("c".to_owned(), Node::List(vec![text("d", 5)]), 4)]),
            ]),
            1,
        )]);
        for written in [
            "a b:\n  - x*\n  - 'y: z'\n  - c:\n      - d\n",
            "'a b':   # a comment\n- x* # another\n- \"y: z\"\n- c:\n  - d",
            "a b :\n    - \"\\x78*\"\n    - \"y\\u003A z\"\n    -  \"c\" :\n        - 'd'\n",
        ] {
            assert_eq!(parse(written).unwrap(), expected, "{written}");
        }
        let brackets = parse("a: [x, 'y, z', \"]\",\n  \u{e5}]\nb: []\nc: d\n").unwrap();
        let list = Node::List(vec![text("x", 1), text("y, z", 1), text("]", 1), text("å", 1)]);
        let pairs =
            vec![("a".to_owned(), list, 1), ("b".to_owned(), Node::List(vec![]), 3), ("c".to_owned(), text("d", 4), 4)];
        assert_eq!(brackets, Node::Map(pairs));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (name, written, expected) in [
            ("tab", "a:\n\t- b", "2:1: a tab before"),
            ("no key", "a:\n  - b\nc", "3:1: neither `name:` nor `- term`: c"),
            ("open bracket", "a: [b", "1:1: a bracket that is not closed"),
            ("open quote", "a: 'b", "1:1: a quotation mark that is not closed"),
            ("block text", "a: |\n  b", "1:1: a kind of YAML that is not read: |"),
            ("indented less", "  a:\n    - b\n c: d", "3:2: a line that is indented less"),
            ("indented more", "a: b\n  c: d", "2:3: a line that is indented more"),
            ("deep", &"- ".repeat(100), "1:"),
        ] {
            let message = parse(written).map(|_| ()).expect_err(name).to_string();
            assert!(message.starts_with(expected), "{name}: {message}");
        }
    }
}
