//! The 2017 summit's own text: each of its sentences lands in the category where the summit published it.
//!
//! The sentences are cut from the document by the program itself, and none of them is an example or anchor of the codebook.

use kodebok::codebook::Codebook;
use kodebok::coding::{self, Coder};
use kodebok::notes::{Folder, Point, points, read_folder};

/// The categories of the four-column table's sentences, cell by cell as the clean text has them.
const TABLE: [&str; 16] = [
    "holdninger",
    "kunnskap",
    "lover",
    "systemer", // the first row
    "holdninger",
    "kunnskap",
    "lover",
    "lover",
    "systemer", // two sentences in one cell
    "holdninger",
    "kunnskap",
    "lover",
    "systemer",
    "kunnskap",
    "systemer",
    "systemer",
];

fn summit() -> Folder {
    read_folder("data/summit-2017").unwrap()
}

/// The sentences of a document's four numbered sections with the code of the section.
fn sections<'d>(folder: &'d Folder, file: &str) -> Vec<(Point<'d>, &'static str)> {
    let codes = [("1)", "holdninger"), ("2)", "kunnskap"), ("3)", "systemer"), ("4)", "lover")];
    points(&folder.documents)
        .into_iter()
        .filter(|point| folder.documents[point.document].path == file)
        .filter_map(|point| {
            let (_, code) =
                codes.iter().find(|(number, _)| point.section.is_some_and(|section| section.starts_with(number)))?;
            Some((point, *code))
        })
        .take(20)
        .collect()
}

fn table(folder: &Folder) -> Vec<(Point<'_>, &'static str)> {
    let in_table = |point: &Point<'_>| {
        folder.documents[point.document].path == "recommendations.txt"
            && point.section == Some("Holdninger Kunnskap Lover og sentrale føringer Systemer")
    };
    points(&folder.documents).into_iter().filter(in_table).zip(TABLE).collect()
}

/// How many sentences have the code that the summit gave them; those that don't are printed.
fn right(expected: &[(Point<'_>, &str)]) -> usize {
    let codebook = Codebook::summit_2017();
    let sentences: Vec<&Point<'_>> = expected.iter().map(|(point, _)| point).collect();
    let codings = coding::code(&sentences, &Coder::new(&codebook));
    let is_right = |at: &usize| {
        let found = codings[*at].primary().map(|code| codebook.codes[code].id.as_str());
        let (point, code) = &expected[*at];
        if found != Some(*code) {
            println!("{:?}, not {code}: {}", found, point.text);
        }
        found == Some(*code)
    };
    (0..expected.len()).filter(is_right).count()
}

#[test]
fn the_clean_text() {
    let folder = summit();
    let (sections, table) = (sections(&folder, "recommendations.txt"), table(&folder));
    assert_eq!((sections.len(), table.len()), (20, 16));
    assert!(sections[19].0.text.starts_with("Formelle rettigheter"), "{}", sections[19].0.text);
    assert!(table[15].0.text.starts_with("Forebygging"), "{}", table[15].0.text);
    let found = right(&sections) + right(&table);
    println!("clean text: {found} of 36");
    assert!(found >= 34, "{found} of 36");
}

#[test]
fn the_ocr_text() {
    let folder = summit();
    let sections = sections(&folder, "recommendations-ocr.txt");
    assert_eq!(sections.len(), 20);
    assert!(sections[19].0.text.starts_with("Formelle rettigheter"), "{}", sections[19].0.text);
    let found = right(&sections);
    println!("OCR text: {found} of 20");
    assert!(found >= 18, "{found} of 20");
}

#[test]
fn no_sentence_of_it_is_in_the_codebook() {
    let folder = summit();
    let codebook = Codebook::summit_2017();
    let expected = [sections(&folder, "recommendations.txt"), table(&folder)].concat();
    for (point, _) in expected {
        for code in &codebook.codes {
            assert!(
                !code.anchors.iter().any(|anchor| strsim::sorensen_dice(&anchor.text, &point.text) > 0.8),
                "{}",
                point.text
            );
            assert!(
                !code.cues.iter().any(|cue| cue.text.split_whitespace().count() > 4),
                "{}: a cue that is a sentence",
                code.id
            );
        }
    }
}
