//! How much of the personal data in authored notes is found, and how many notes without any are touched.

use kodebok::privacy::find;
use std::ops::Range;

/// A note and what is personal in it: kind, and bytes of the text.
type Note = (String, Vec<(String, Range<usize>)>);

fn notes(file: &str) -> Vec<Note> {
    file.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(parse).collect()
}

fn parse(line: &str) -> Note {
    let mut text = String::new();
    let mut marked = Vec::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('⟦') {
        let (inner, after) = after.split_once('⟧').expect("a mark is closed");
        let (kind, shown) = inner.split_once(':').expect("a mark has a kind");
        text.push_str(before);
        marked.push((kind.to_owned(), text.len()..text.len() + shown.len()));
        text.push_str(shown);
        rest = after;
    }
    text.push_str(rest);
    (text, marked)
}

#[derive(Debug, Default)]
struct Measured {
    structured: (usize, usize),
    names: (usize, usize),
    touched: (usize, usize),
}

/// Found is what is wholly covered, but for a title before a name.
fn measure(notes: &[Note], show: bool) -> Measured {
    let mut measured = Measured::default();
    for (text, marked) in notes {
        let found = find(text);
        for (kind, span) in marked {
            let title = ["fru ", "Dr. "]
                .iter()
                .find(|title| text[span.clone()].starts_with(**title))
                .map_or(0, |title| title.len());
            let (start, end) = (span.start + title, span.end);
            let is_found = (start..end).all(|at| {
                found.iter().any(|found| found.span.contains(&at))
                    || !text.is_char_boundary(at)
                    || text[at..].starts_with([' ', ','])
            });
            let counted = if kind == "name" { &mut measured.names } else { &mut measured.structured };
            counted.1 += 1;
            counted.0 += usize::from(is_found);
            if show && !is_found {
                println!("missed {kind} {:?} in {text:?}: {found:?}", &text[span.clone()]);
            }
        }
        if marked.is_empty() {
            measured.touched.1 += 1;
            measured.touched.0 += usize::from(!found.is_empty());
            if show && !found.is_empty() {
                println!(
                    "touched {text:?}: {:?}",
                    found.iter().map(|found| &text[found.span.clone()]).collect::<Vec<_>>()
                );
            }
        }
    }
    measured
}

fn check(measured: &Measured) {
    let share = |(part, all): (usize, usize)| part as f64 / all as f64;
    println!(
        "structured {}/{}, names {}/{}, touched {}/{}",
        measured.structured.0,
        measured.structured.1,
        measured.names.0,
        measured.names.1,
        measured.touched.0,
        measured.touched.1
    );
    assert!(share(measured.structured) >= 0.98, "{measured:?}");
    assert!(share(measured.names) >= 0.9, "{measured:?}");
    assert!(share(measured.touched) <= 0.06, "{measured:?}");
}

#[test]
fn the_examples_that_it_was_made_on() {
    check(&measure(&notes(include_str!("privacy/examples.tsv")), true));
}

#[test]
#[ignore = "held back: measured by its figures alone"]
fn the_examples_held_back() {
    check(&measure(&notes(include_str!("privacy/heldback.tsv")), false));
}
