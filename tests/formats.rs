//! Notes in the formats that people hand in, made by the programs that they use: `tests/formats/README.md`.
#![cfg(feature = "documents")]

use kodebok::notes::{self, Document, Folder, PassageKind, Point, Position, read_folder};
use std::path::Path;

fn fixture(name: &str) -> Folder {
    read_folder(Path::new("tests/formats").join(name)).unwrap()
}

/// Table, question, text.
type Found = (Option<String>, Option<String>, String);

fn found(point: &Point<'_>) -> Found {
    (point.table.map(str::to_owned), point.question.map(str::to_owned), point.text.to_string())
}

fn points(name: &str) -> Vec<Found> {
    let folder = fixture(name);
    assert!(folder.problems.is_empty(), "{name}: {:?}", folder.problems);
    // What the moderator of a transcript says stands in headings elsewhere.
    let points = notes::points(&folder.documents);
    points.iter().filter(|point| point.speaker != Some("Ordstyrer")).map(found).collect()
}

fn texts(name: &str) -> Vec<String> {
    points(name).into_iter().map(|(_, _, text)| text).collect()
}

#[test]
fn the_same_notes_give_the_same_points_in_every_format() {
    let expected = points("bord-4.txt");
    assert_eq!(expected.len(), 10);
    assert!(expected.iter().all(|(table, question, _)| table.as_deref() == Some("4") && question.is_some()));
    let mut files = 0;
    for entry in std::fs::read_dir("tests/formats").unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.starts_with("bord-4") {
            assert_eq!(points(&name), expected, "{name}");
            files += 1;
        }
    }
    assert!(files >= 20, "only {files} files");
}

#[test]
fn points_know_their_place() {
    for (name, expected) in [
        ("bord-4.txt", Position::Line(12)),
        ("bord-4.md", Position::Line(12)),
        ("bord-4-python-docx.docx", Position::Paragraph(8)),
        ("bord-4-libreoffice.odt", Position::Paragraph(8)),
        ("bord-4-libreoffice.rtf", Position::Paragraph(8)),
        ("bord-4-libreoffice.html", Position::Paragraph(8)),
        ("bord-4-libreoffice.pdf", Position::Page(1)),
        ("bord-4-openpyxl.xlsx", Position::SheetCell { sheet: "Notater", row: 6, column: 3 }),
        ("bord-4-libreoffice.ods", Position::SheetCell { sheet: "Notater", row: 6, column: 3 }),
        ("bord-4-libreoffice.csv", Position::SheetCell { sheet: "", row: 6, column: 3 }),
    ] {
        let folder = fixture(name);
        assert_eq!(notes::points(&folder.documents)[4].position, expected, "{name}");
    }
}

#[test]
fn columns_are_read_one_after_the_other() {
    let points = texts("two-columns-libreoffice.pdf");
    let expected: Vec<String> = (1..=20)
        .map(|at| format!("Punkt nummer {at} handler om noe som pårørende sa på møtet i fjor, og det går over flere linjer i spalten."))
        .collect();
    assert_eq!(points, expected);
    assert_eq!(
        texts("two-columns-by-row-reportlab.pdf"),
        [
            "Venstre spalte begynner her og handler om tid til samtaler med pårørende, som alle er enige om at det er for lite av i dag.",
            "Andre setning står også til venstre og er ganske lang, slik at den går over flere linjer før den tar slutt.",
            "Høyre spalte handler om kunnskap og opplæring av ansatte, som bør begynne i utdanningen og ikke først på jobben.",
            "Neste setning i høyre er også lang og går over to linjer, helt til det er slutt på siden og ingen har mer å si om det.",
        ]
    );
}

#[test]
fn tables_are_read_row_by_row() {
    for name in [
        "table-python-docx.docx",
        "table-libreoffice.odt",
        "table-libreoffice.rtf",
        "table-libreoffice.html",
        "table-libreoffice.pdf",
        "table-chromium.pdf",
    ] {
        assert_eq!(
            texts(name),
            [
                "Ventetiden på DPS er altfor lang for de fleste av oss.",
                "Flere ansatte på kveldstid.",
                "Ansatte vet for lite om barn som pårørende, og de tør ikke spørre barna om hvordan de har det hjemme.",
                "Opplæring av alle nye ansatte i samtaler med barn.",
                "Taushetsplikten brukes som unnskyldning.",
                "En tydelig veileder om hva loven sier.",
            ],
            "{name}"
        );
    }
}

#[test]
fn heads_and_numbers_of_pages_are_no_points() {
    let folder = fixture("pages-libreoffice.pdf");
    let points = notes::points(&folder.documents);
    assert_eq!(points.len(), 90, "{:#?}", points.iter().map(|point| &point.text).collect::<Vec<_>>());
    for (at, three) in points.chunks(3).enumerate() {
        assert!(three[0].text.starts_with(&format!("Avsnitt {} er om fiffige løsninger", at + 1)), "{}", three[0].text);
        assert!(three[1].text.contains("effektivt å finne flere folk, og å flytte"), "{}", three[1].text);
        assert!(three[2].text.ends_with("flere linjer og sider i dokumentet."), "{}", three[2].text);
    }
    assert_eq!(points[0].table, Some("7"));
    assert_eq!(points[89].position, Position::Page(4));
    let outline = notes::outline(0, &folder.documents[0]);
    assert!(outline.passages.iter().any(|passage| passage.kind == PassageKind::Remainder));
}

#[test]
fn words_that_lines_part_are_mended() {
    assert_eq!(
        texts("hyphens-chromium.pdf"),
        [
            "Brukermedvirkning og pårørendesamarbeid må inn i helhetstenkningen om kommunehelsetjenesten.",
            "Offentlige tilbud må finnes i fjellbygdene.",
        ]
    );
}

#[test]
fn footnotes_and_comments_are_points_of_their_own() {
    for (name, expected) in [
        ("footnote-pandoc.docx", ["Ventetiden er for lang.", "Den er nå fem måneder.", "Flere må få hjelp."]),
        ("footnote-pandoc.odt", ["Ventetiden er for lang.", "Den er nå fem måneder.", "Flere må få hjelp."]),
        ("footnote-pandoc.rtf", ["Ventetiden er for lang.", "Den er nå fem måneder.", "Flere må få hjelp."]),
        ("comment-python-docx.docx", ["Ventetiden er for lang.", "Dette sa alle rundt bordet.", "Flere må få hjelp."]),
        ("comment-libreoffice.odt", ["Ventetiden er for lang.", "Dette sa alle rundt bordet.", "Flere må få hjelp."]),
        ("comment-libreoffice.rtf", ["Ventetiden er for lang.", "Dette sa alle rundt bordet.", "Flere må få hjelp."]),
    ] {
        assert_eq!(texts(name), expected, "{name}");
        let folder = fixture(name);
        let position = notes::points(&folder.documents)[1].position;
        assert!(matches!(position, Position::Footnote(1) | Position::Comment(1)), "{name}: {position}");
    }
}

#[test]
fn a_scan_is_said_to_be_one() {
    let folder = fixture("scan-reportlab.pdf");
    assert!(folder.documents.is_empty());
    let message = folder.problems[0].to_string();
    assert!(message.ends_with("a scan: its pages are pictures, without text (run OCR on it first)"), "{message}");
}

#[test]
fn nothing_is_lost_of_any_format() {
    for document in read_folder("tests/formats").unwrap().documents {
        assert_covered(&document);
    }
}

/// Every character that is not white space lies in exactly one point or passage.
fn assert_covered(document: &Document) {
    let outline = notes::outline(0, document);
    let mut spans: Vec<_> = outline.points.iter().map(|point| point.span.clone()).collect();
    spans.extend(outline.passages.iter().map(|passage| passage.span.clone()));
    spans.sort_by_key(|span| span.start);
    let mut last = 0;
    for span in spans {
        assert!(span.start >= last, "{}: overlap at {span:?}", document.path);
        assert!(document.text[last..span.start].trim().is_empty(), "{}: lost before {span:?}", document.path);
        last = span.end;
    }
    assert!(document.text[last..].trim().is_empty(), "{}: lost at the end", document.path);
}
