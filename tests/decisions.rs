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

#[cfg(all(feature = "documents", feature = "exchange"))]
mod workbooks {
    use super::*;
    use std::path::Path;
    use std::process::Command;

    /// The same decisions as a run writes them again: `decisions.csv` and `decisions.xlsx`.
    fn written_again(folder: &Folder, text: &str) -> (Vec<u8>, Vec<u8>) {
        let codebook = Codebook::summit_2017();
        let points = notes::points(&folder.documents);
        let mut codings = coding::code(&points, &Coder::new(&codebook));
        let outcome =
            decisions::find(&decisions::parse(text.as_bytes()).unwrap(), &codebook, &folder.documents, &points);
        outcome.overrule(&mut codings);
        let themes = outcome.regroup(themes::group(&points, &codings, themes::Options::default()), &points, &codings);
        let report = Report::new(folder, &codebook, &points, &codings, &themes).with_decisions(&outcome, None);
        let workbook = kodebok::exchange::sheet::decisions_to_xlsx(&report, Language::Nynorsk).unwrap();
        (report.decisions_csv(Language::Nynorsk), workbook)
    }

    /// What a person filled in, by the point's text.
    fn filled(rows: &[decisions::Row]) -> Vec<(String, String, String)> {
        rows.iter().map(|row| (row.text.clone(), row.own_code.clone(), row.note.clone())).collect()
    }

    #[test]
    fn a_workbook_says_what_the_text_says() {
        let (csv, xlsx) = written_again(&bundled(), &filled_in(&bundled(), Language::Bokmal, |number| number % 7 == 0));
        let rows = decisions::parse(&xlsx).unwrap();
        assert_eq!(rows, decisions::parse(&csv).unwrap());
        assert!(rows.iter().filter(|row| row.is_decided()).count() > 25);
        let dir = tempdir().unwrap();
        let path = dir.path().join("avgjørelser.csv");
        fs::write(&path, &xlsx).unwrap();
        assert_eq!(decisions::read(&path).unwrap(), rows, "whatever it is called");
        let message = decisions::parse(&xlsx[..xlsx.len() / 2]).unwrap_err().to_string();
        assert!(message.contains("so broken that it can't be unpacked"), "{message}");
    }

    /// LibreOffice's, with a profile of its own so that others may run beside it; opens a file and saves it by a filter.
    fn resaved(dir: &Path, file: &str, filter: &str) -> Vec<u8> {
        let extension = filter.split(':').next().unwrap();
        // 59: semicolon, 34: quotation mark, 76: UTF-8, 1: from the first line, 1044: bokmål of Norway.
        let run = Command::new("soffice")
            .arg(format!("-env:UserInstallation=file://{}", dir.join("profile").display()))
            .args(["--headless", "--infilter=CSV:59,34,76,1,,1044", "--convert-to", filter, "--outdir"])
            .args([dir.join("saved"), dir.join(file)])
            .output()
            .unwrap();
        let saved = dir.join("saved").join(Path::new(file).with_extension(extension));
        fs::read(saved).unwrap_or_else(|error| panic!("{filter}: {error}: {}", String::from_utf8_lossy(&run.stderr)))
    }

    /// Where LibreOffice is installed, it opens what a run wrote and saves it as it likes.
    #[test]
    fn libreoffice_gives_back_what_it_was_given() {
        if Command::new("soffice").arg("--version").output().is_err() {
            eprintln!("no soffice here: not tested");
            return;
        }
        let dir = tempdir().unwrap();
        let (csv, xlsx) = written_again(&bundled(), &filled_in(&bundled(), Language::Bokmal, |number| number % 7 == 0));
        fs::write(dir.path().join("text.csv"), &csv).unwrap();
        fs::write(dir.path().join("sheet.xlsx"), &xlsx).unwrap();
        let expected = filled(&decisions::parse(&csv).unwrap());
        for (name, file, filter) in [
            ("the text in UTF-8", "text.csv", "csv:Text - txt - csv (StarCalc):59,34,76,1,,1044"),
            ("the text in Windows-1252", "text.csv", "csv:Text - txt - csv (StarCalc):59,34,1,1,,1044"),
            ("the text as a workbook", "text.csv", "xlsx"),
            ("the workbook", "sheet.xlsx", "xlsx"),
            ("the workbook as its own", "sheet.xlsx", "ods"),
            ("the workbook as text", "sheet.xlsx", "csv:Text - txt - csv (StarCalc):59,34,1,1,,1044"),
        ] {
            let rows = decisions::parse(&resaved(dir.path(), file, filter)).unwrap();
            assert_eq!(filled(&rows), expected, "{name}");
        }
    }
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

/// Points reworded before and behind, points taken out, and points put in, in plain text; gives also which points are left.
fn worked_over(folder: &Folder) -> (Vec<Document>, Vec<usize>) {
    let points = notes::points(&folder.documents);
    let mut documents: Vec<(String, String)> =
        folder.documents.iter().map(|document| (document.path.clone(), document.text.clone())).collect();
    let mut left: Vec<usize> = Vec::new();
    for (at, point) in points.iter().enumerate().rev() {
        let text = &mut documents[point.document].1;
        let is_bullet = text[point.span.clone()].starts_with("- ") && point.document != 1;
        match at % 20 {
            4 if is_bullet => text.replace_range(point.span.start + 2..point.span.start + 2, "Ofte: "),
            8 if is_bullet => text.insert_str(point.span.end, ", sa hun"),
            12 if is_bullet => {
                text.replace_range(point.span.clone(), "");
                continue;
            }
            16 if is_bullet => text.insert_str(point.span.end, "\n- Noe helt nytt om kaffen"),
            _ => {}
        }
        left.push(at);
    }
    left.reverse();
    (documents.into_iter().map(|(path, text)| Document::from_text(path, &text)).collect(), left)
}

#[test]
fn decisions_survive_notes_that_were_worked_over() {
    let mut folder = bundled();
    folder.documents.retain(|document| document.path.ends_with(".txt"));
    let rows = decisions::parse(filled_in(&folder, Language::Bokmal, |_| true).as_bytes()).unwrap();
    let (documents, left) = worked_over(&folder);
    let points = notes::points(&documents);
    let all = notes::points(&folder.documents).len();
    assert!(left.len() < all && all - left.len() < all / 10, "{} of {all}", left.len());
    let outcome = decisions::find(&rows, &Codebook::summit_2017(), &documents, &points);
    let mut kept: Vec<String> =
        outcome.points.iter().filter_map(|decided| decided.as_ref().and_then(|decided| decided.note.clone())).collect();
    let mut expected: Vec<String> = left.iter().map(|at| format!("merknad {at}: på øya")).collect();
    kept.sort();
    expected.sort();
    assert_eq!(kept, expected);
    for (point, decided) in points.iter().zip(&outcome.points) {
        assert_eq!(decided.is_none(), point.text.starts_with("Noe helt nytt"), "{}", point.text);
    }
    let listed = outcome.problems.iter().filter(|problem| problem.kind == decisions::ProblemKind::NotFound).count();
    assert_eq!(listed, all - left.len(), "what was taken out is listed");
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
