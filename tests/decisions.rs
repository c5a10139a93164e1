//! Decisions: written, filled in as spreadsheets do it, found again in edited notes, and kept through a run.

mod common;

use common::example;
use kodebok::codebook::Codebook;
use kodebok::coding::{self, Coder, Coding};
use kodebok::decisions::{self, FoundBy, Outcome};
use kodebok::notes::{self, Document, Folder, Point, read_folder};
use kodebok::report::{Language, Report};
use kodebok::themes::{self, Theme};
use std::fs;
use std::process::Command;
use tempfile::tempdir;

/// `decisions.csv` of a folder, with a code and a note for every point whose number `fill` takes.
fn filled_in(folder: &Folder, language: Language, fill: impl Fn(usize) -> bool) -> String {
    let codebook = Codebook::summit_2017();
    let points = notes::points(&folder.documents);
    let codings = coding::code(&points, &Coder::new(&codebook));
    let themes = themes::group(&points, &codings, themes::Options::default());
    let report = Report::new(folder, &codebook, &points, &codings, &themes);
    let written = String::from_utf8(report.decisions_csv(language)).unwrap();
    let mut reader =
        csv::ReaderBuilder::new().delimiter(b';').from_reader(written.trim_start_matches('\u{feff}').as_bytes());
    let mut writer =
        csv::WriterBuilder::new().delimiter(b';').terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(reader.headers().unwrap()).unwrap();
    let mut number = 0;
    for record in reader.records() {
        let mut cells: Vec<String> = record.unwrap().iter().map(str::to_owned).collect();
        let is_point = cells[0].starts_with("po");
        if is_point && fill(number) {
            cells[8] = ["holdninger", "Kunnskap", "-"][number % 3].to_owned();
            cells[11] = format!("merknad {number}: på øya");
        }
        number += usize::from(is_point);
        writer.write_record(&cells).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

fn bundled() -> Folder {
    read_folder("data/notes").unwrap()
}

#[test]
fn what_spreadsheets_make_of_it_reads_the_same() {
    let folder = bundled();
    let text = filled_in(&folder, Language::Bokmal, |number| number % 7 == 0);
    let expected = decisions::parse(text.as_bytes()).unwrap();
    assert!(expected.iter().filter(|row| row.is_decided()).count() > 25);
    let (windows, _, lossy) = encoding_rs::WINDOWS_1252.encode(&text);
    assert!(!lossy);
    for (name, bytes) in [
        ("Excel, UTF-8", [b"\xef\xbb\xbf", text.as_bytes()].concat()),
        ("Excel, Windows-1252", windows.into_owned()),
        ("LibreOffice, LF", text.replace("\r\n", "\n").into_bytes()),
    ] {
        let rows = decisions::parse(&bytes).unwrap();
        let cells = |rows: &[decisions::Row]| {
            rows.iter().map(|row| (row.id.clone(), row.own_code.clone(), row.note.clone())).collect::<Vec<_>>()
        };
        assert_eq!(cells(&rows), cells(&expected), "{name}");
    }
    for language in [Language::Nynorsk, Language::English] {
        let rows = decisions::parse(filled_in(&folder, language, |number| number == 3).as_bytes()).unwrap();
        assert_eq!(rows.iter().filter(|row| row.is_decided()).count(), 1, "{language:?}");
        assert!(rows.iter().any(|row| row.is_theme), "{language:?}");
    }
}

/// Where LibreOffice is installed, it opens the file and saves it as CSV of its own.
#[test]
fn libreoffice_gives_back_what_it_was_given() {
    if Command::new("soffice").arg("--version").output().is_err() {
        eprintln!("no soffice here: not tested");
        return;
    }
    let dir = tempdir().unwrap();
    let text = filled_in(&bundled(), Language::Bokmal, |number| number % 7 == 0);
    fs::write(dir.path().join("decisions.csv"), [b"\xef\xbb\xbf", text.as_bytes()].concat()).unwrap();
    // Token 1: separator 59 (;), text mark 34, character set 76 (UTF-8), first line 1.
    let convert = |format: &str, from: &str, to: &str| {
        let run = Command::new("soffice")
            .args(["--headless", "--infilter=CSV:59,34,76,1", "--convert-to", format, "--outdir"])
            .args([dir.path().join(to), dir.path().join(from)])
            .status()
            .unwrap();
        assert!(run.success());
    };
    convert("csv:Text - txt - csv (StarCalc):59,34,76,1", "decisions.csv", "saved");
    let rows = decisions::read(dir.path().join("saved/decisions.csv")).unwrap();
    let expected = decisions::parse(text.as_bytes()).unwrap();
    let notes = |rows: &[decisions::Row]| rows.iter().map(|row| row.note.clone()).collect::<Vec<_>>();
    assert_eq!(notes(&rows), notes(&expected));
}

/// The notes with every tenth point reworded; of other formats than plain text none, since their text is not the file's.
fn edited(folder: &Folder) -> Vec<Document> {
    let points = notes::points(&folder.documents);
    let is_plain = |document: usize| folder.documents[document].path.ends_with(".txt");
    let mut documents: Vec<(String, String)> =
        folder.documents.iter().map(|document| (document.path.clone(), document.text.clone())).collect();
    for (at, point) in points.iter().enumerate().rev().filter(|(at, point)| at % 10 == 3 && is_plain(point.document)) {
        let text = &mut documents[point.document].1;
        let end = point.span.end;
        let last = text[..end].rfind(char::is_alphanumeric).unwrap_or(end - 1);
        let after = last + text[last..].chars().next().map_or(1, char::len_utf8);
        text.insert_str(after, " hver dag");
        assert!(at < points.len());
    }
    let rebuilt = |(at, (path, text)): (usize, (String, String))| {
        if is_plain(at) { Document::from_text(path, &text) } else { folder.documents[at].clone() }
    };
    documents.into_iter().enumerate().map(rebuilt).collect()
}

#[test]
fn decisions_survive_editing() {
    let folder = bundled();
    let rows = decisions::parse(filled_in(&folder, Language::Bokmal, |_| true).as_bytes()).unwrap();
    let documents = edited(&folder);
    let points = notes::points(&documents);
    let before = notes::points(&folder.documents);
    assert_eq!(points.len(), before.len());
    let outcome = decisions::find(&rows, &Codebook::summit_2017(), &documents, &points);
    let found: Vec<Option<FoundBy>> = outcome.points.iter().map(|decided| Some(decided.as_ref()?.found_by)).collect();
    let lost = found.iter().filter(|by| by.is_none()).count();
    assert_eq!(lost, 0, "{:?}", outcome.problems);
    let by_id = found.iter().filter(|by| **by == Some(FoundBy::Id)).count();
    assert!(by_id * 10 >= before.len() * 8 && by_id < before.len(), "{by_id} of {}", before.len());
    for (at, decided) in outcome.points.iter().enumerate() {
        let note = decided.as_ref().and_then(|decided| decided.note.clone());
        assert_eq!(note, Some(format!("merknad {at}: på øya")), "{}", points[at].text);
    }
}

#[test]
fn what_was_removed_is_listed() {
    let folder = bundled();
    let rows = decisions::parse(filled_in(&folder, Language::Bokmal, |number| number < 20).as_bytes()).unwrap();
    let documents = &folder.documents[1..];
    let points = notes::points(documents);
    let outcome = decisions::find(&rows, &Codebook::summit_2017(), documents, &points);
    let listed = outcome.problems.iter().filter(|problem| problem.kind == decisions::ProblemKind::NotFound).count();
    assert_eq!(outcome.decided() + listed, 20, "{:?}", outcome.problems);
    assert!(listed >= 10);
}

/// Points, their codings and themes of a text, and the outcome of decisions on it.
fn decided(notes: &str, table: &str, check: impl Fn(&[Point<'_>], &[Coding], &[Theme], &Outcome)) {
    let codebook = Codebook::summit_2017();
    let documents = [Document::from_text("bord-1.txt", notes)];
    let points = notes::points(&documents);
    let mut codings = coding::code(&points, &Coder::new(&codebook));
    let outcome = decisions::find(&decisions::parse(table.as_bytes()).unwrap(), &codebook, &documents, &points);
    outcome.overrule(&mut codings);
    let themes = outcome.regroup(themes::group(&points, &codings, themes::Options::default()), &points, &codings);
    check(&points, &codings, &themes, &outcome);
}

#[test]
fn a_persons_word_wins() {
    let notes = "- Fem måneders ventetid på DPS\n- Lang ventetid på DPS\n- Barna blir ikke sett\n- Lunsj klokka tolv\n";
    let table = "type;id;fil;linje;tekst;tema;din kode;ditt tema;din formulering\n\
        poeng;a;bord-1.txt;1;Fem måneders ventetid på DPS;systemer-1;lover;eget;\n\
        poeng;b;bord-1.txt;2;Lang ventetid på DPS;systemer-1;;;\n\
        poeng;c;bord-1.txt;3;Barna blir ikke sett;holdninger-1;-;eget;\n\
        poeng;d;bord-1.txt;4;Lunsj klokka tolv;;kunnskap;;\n\
        tema;systemer-1;;;;;kunnskap;;Kort ned ventetiden\n";
    decided(notes, table, |_, codings, themes, outcome| {
        let codes: Vec<Option<usize>> = codings.iter().map(Coding::primary).collect();
        assert_eq!((codes[0], codes[2], codes[3]), (Some(2), None, Some(1)));
        let own = themes.iter().find(|theme| theme.points.contains(&0)).unwrap();
        assert_eq!(own.points, [0, 2], "named alike, so one theme");
        let rest = themes.iter().find(|theme| theme.points.contains(&1)).unwrap();
        assert_eq!((rest.points.as_slice(), rest.code), (&[1][..], Some(1)), "the theme's own code was decided");
        assert_eq!(outcome.of_theme(rest).and_then(|theme| theme.wording.as_deref()), Some("Kort ned ventetiden"));
        let mut all: Vec<usize> = themes.iter().flat_map(|theme| theme.points.iter().copied()).collect();
        all.sort_unstable();
        assert_eq!(all, [0, 1, 2, 3], "each point in one theme");
        assert_eq!(outcome.examples(&notes::points(&[Document::from_text("bord-1.txt", notes)])).len(), 3);
    });
}

#[test]
fn agreement_counts_what_was_coded() {
    let machine = |code: Option<usize>| Coding {
        codes: code.map(|code| coding::Assigned { code, score: 1.0, evidence: Vec::new() }).into_iter().collect(),
        scores: vec![0.0; 4],
        ..Coding::default()
    };
    let notes = "- Lang kø\n- Mer tid\n- Takk for maten\n- Ny lov\n";
    let table = "id;fil;linje;tekst;din kode\nx;bord-1.txt;1;Lang kø;systemer\nx;bord-1.txt;2;Mer tid;lover\n\
                 x;bord-1.txt;3;Takk for maten;-\n";
    decided(notes, table, |_, _, _, outcome| {
        let agreement = outcome.agreement(&[machine(Some(3)), machine(Some(3)), machine(None), machine(None)]).unwrap();
        assert_eq!(agreement.points, 3);
        assert!((agreement.percent - 2.0 / 3.0).abs() < 1e-9);
        assert!(agreement.percent_interval.is_some_and(|ends| ends.low < 0.67 && ends.high > 0.66));
    });
}

/// The whole way on the command line: out, filled in, back.
#[test]
fn the_example_takes_decisions_back() {
    let dir = tempdir().unwrap();
    let notes = dir.path().join("bord-1.txt");
    fs::write(&notes, "- Jeg har fått troen på framtida igjen\n- Noen som venter på meg\n- Buss for buss\n").unwrap();
    let run = |extra: &[&str]| {
        let mut command = example("summarise");
        command.arg(&notes).args(["--codebook", "data/codebooks/recovery.toml", "--out"]).arg(dir.path().join("ut"));
        command.args(extra).output().unwrap()
    };
    assert!(run(&[]).status.success());
    let table = dir.path().join("ut/decisions.csv");
    let rows = decisions::read(&table).unwrap();
    let bus = rows.iter().find(|row| !row.is_theme && row.text == "Buss for buss").unwrap();
    let filled = format!("id;tekst;din kode;ditt notat\r\n{};Buss for buss;hap;=2+2\r\nx;Borte vekk;hap;\r\n", bus.id);
    let codes: Vec<String> =
        Codebook::read("data/codebooks/recovery.toml").unwrap().codes.into_iter().map(|code| code.id).collect();
    let filled = filled.replace(";hap;", &format!(";{};", codes[0]));
    let own = dir.path().join("mine.csv");
    fs::write(&own, encoding_rs::WINDOWS_1252.encode(&filled).0).unwrap();
    let second = run(&["--decisions", own.to_str().unwrap()]);
    let (stdout, stderr) = (String::from_utf8(second.stdout).unwrap(), String::from_utf8(second.stderr).unwrap());
    assert!(stderr.contains("row 3: not found in the notes any more: \"Borte vekk\""), "{stderr}");
    assert!(stdout.contains("Buss for buss (bord-1.txt:3, bord 1) *(avgjort av et menneske)*"), "{stdout}");
    assert!(stdout.contains("## Menneskers avgjørelser"), "{stdout}");
    let lines = fs::read_to_string(dir.path().join("ut/points.jsonl")).unwrap();
    let point: serde_json::Value = serde_json::from_str(lines.lines().nth(2).unwrap()).unwrap();
    assert_eq!((point["code"].as_str(), point["decided"].as_bool()), (Some(codes[0].as_str()), Some(true)));
    let again = decisions::read(&table).unwrap();
    let kept = again.iter().find(|row| !row.is_theme && row.text == "Buss for buss").unwrap();
    assert_eq!((kept.own_code.as_str(), kept.note.as_str()), (codes[0].as_str(), "=2+2"), "kept for the next round");
}
