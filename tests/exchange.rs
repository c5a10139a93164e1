//! Exchange as other programs and people use it: a study of another program comes in whole or is listed, and a dictionary codes the
//! same points as the codebook made of it.
#![cfg(feature = "exchange")]

mod common;

use common::example;
use kodebok::codebook::Codebook;
use kodebok::coding::{self, Coder};
use kodebok::exchange::dictionary::{Dictionary, Entry};
use kodebok::exchange::refi::{Decision, LineEnds, Options, Project};
use kodebok::exchange::{Notice, to_toml};
use kodebok::notes::{self, Document, Folder};
use kodebok::report::{Language, Report};
use kodebok::themes;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use tempfile::tempdir;

const DICTIONARY: &[u8] = include_bytes!("../data/codebooks/next-of-kin.quanteda.yml");

/// All texts that are bundled: notes, the summit's recommendations and a part of the coded examples.
fn points() -> Vec<String> {
    let mut texts = Vec::new();
    for path in ["data/notes", "data/summit-2017", "data/codebooks/recovery-notes.txt"] {
        let folder = notes::read_folder(path).unwrap();
        texts.extend(notes::points(&folder.documents).iter().map(|point| point.as_ref().to_owned()));
    }
    let examples = Codebook::summit_2017().examples;
    texts.extend(examples.iter().step_by(10).map(|example| example.text.clone()));
    texts
}

/// A part of a text or of a term: a run of letters, digits and wildcards, white space, or a sign.
#[derive(Debug, PartialEq)]
enum Part {
    Word(Vec<char>),
    Space,
    Sign(char),
}

fn parts(text: &str, wildcards: &[char]) -> Vec<Part> {
    let is_inner = |c: char| c.is_alphanumeric() || wildcards.contains(&c);
    let mut parts = Vec::new();
    for c in text.to_lowercase().chars() {
        match (c, parts.last_mut()) {
            (c, Some(Part::Word(word))) if is_inner(c) => word.push(c),
            (c, _) if is_inner(c) => parts.push(Part::Word(vec![c])),
            (c, Some(Part::Space)) if c.is_whitespace() => {}
            (c, _) if c.is_whitespace() => parts.push(Part::Space),
            (c, _) => parts.push(Part::Sign(c)),
        }
    }
    parts
}

/// Whether a term matches a text, written anew by what quanteda says of its "glob" patterns: word by word, whatever the case.
fn matches(term: &[Part], text: &[Part]) -> bool {
    text.windows(term.len()).any(|run| {
        run.iter().zip(term).all(|pair| match pair {
            (Part::Word(word), Part::Word(glob)) => glob_matches(glob, word),
            (part, wanted) => part == wanted,
        })
    })
}

fn glob_matches(glob: &[char], token: &[char]) -> bool {
    match glob.split_first() {
        None => token.is_empty(),
        Some(('*', rest)) => (0..=token.len()).any(|taken| glob_matches(rest, &token[taken..])),
        Some(('?', rest)) => !token.is_empty() && glob_matches(rest, &token[1..]),
        Some((c, rest)) => token.first() == Some(c) && glob_matches(rest, &token[1..]),
    }
}

/// The categories of a dictionary with their terms, in the order of the codebook's codes.
fn flat<'d>(entries: &'d [Entry], all: &mut Vec<&'d Entry>) {
    for entry in entries {
        all.push(entry);
        flat(&entry.entries, all);
    }
}

#[test]
fn a_dictionary_codes_the_same_points_as_the_codebook_made_of_it() {
    let dictionary = Dictionary::from_quanteda(DICTIONARY).unwrap();
    assert_eq!(dictionary.notices, []);
    let mut entries = Vec::new();
    flat(&dictionary.value.entries, &mut entries);
    assert!(entries.iter().map(|entry| entry.terms.len()).sum::<usize>() >= 300);

    let made = dictionary.value.codebook("next-of-kin").unwrap();
    let doubled: Vec<String> = made.notices.iter().map(Notice::to_string).collect();
    assert!(doubled.iter().all(|notice| notice.starts_with("a cue that is there already")), "{doubled:?}");
    let read = Codebook::parse(&to_toml(&made.value)).unwrap();
    assert_eq!(read.codes.len(), entries.len());

    let texts = points();
    let codings = coding::code(&texts, &Coder::new(&read));
    assert_eq!(codings, coding::code(&texts, &Coder::new(&made.value)));
    let globs: Vec<Vec<Vec<Part>>> =
        entries.iter().map(|entry| entry.terms.iter().map(|term| parts(&term.text, &['*', '?'])).collect()).collect();
    let (mut coded, mut left_aside) = (0, 0);
    for (text, coding) in texts.iter().zip(&codings) {
        // What is one word is said differently of these: på'e, 3.5, kl.12.
        if kodebok::norwegian::words(text).any(|word| !word.text.chars().all(char::is_alphanumeric)) {
            left_aside += 1;
            continue;
        }
        let read_parts = parts(text, &[]);
        let found: BTreeSet<usize> =
            (0..entries.len()).filter(|&at| globs[at].iter().any(|term| matches(term, &read_parts))).collect();
        match coding.primary() {
            Some(code) => assert!(found.contains(&code), "{} does not match: {text}", read.codes[code].id),
            None => assert!(found.is_empty(), "{:?} match: {text}", found),
        }
        if let ([only], Some(primary)) = (&found.iter().collect::<Vec<_>>()[..], coding.primary()) {
            assert_eq!(**only, primary, "{text}");
        }
        coded += usize::from(!found.is_empty());
    }
    println!("{} points, {coded} coded, {left_aside} left aside", texts.len());
    assert!(coded * 3 > texts.len() && left_aside * 20 < texts.len(), "{coded}, {left_aside} of {}", texts.len());
}

#[test]
fn the_dictionary_survives_the_other_formats() {
    let dictionary = Dictionary::from_quanteda(DICTIONARY).unwrap().value;
    let again = Dictionary::from_quanteda(dictionary.to_quanteda().value.as_bytes()).unwrap().value;
    assert_eq!(again, dictionary);
    let provalis = dictionary.to_provalis();
    assert_eq!(provalis.notices, []);
    assert_eq!(Dictionary::from_provalis(provalis.value.as_bytes()).unwrap().value, dictionary);
    let liwc = dictionary.to_liwc();
    let lost: Vec<String> = liwc.notices.iter().map(Notice::to_string).collect();
    assert!(lost.contains(&"a term that LIWC can't express: opplæring: kurs?r".to_owned()), "{lost:?}");
    let mut kept = Vec::new();
    let back = Dictionary::from_liwc(liwc.value.as_bytes()).unwrap().value;
    flat(&back.entries, &mut kept);
    let mut all = Vec::new();
    flat(&dictionary.entries, &mut all);
    let count = |entries: &[&Entry]| entries.iter().map(|entry| entry.terms.len()).sum::<usize>();
    assert_eq!(count(&kept) + lost.len(), count(&all));
}

/// A project as no single program writes it, with what each of them does differently: nested codes of which one holds others only,
/// two coders, overlapping places, CR LF that is counted, an inline text, a PDF with its text, a transcript, a picture, a recording,
/// a text that is not there, braces and upper case in GUIDs, a short colour, sets, links, and references that point nowhere.
fn foreign_project() -> Vec<u8> {
    let qde = r##"<?xml version="1.0" encoding="utf-8"?>
<qda:Project xmlns:qda="urn:QDA-XML:project:1.5" name="Møter &amp; svar" origin="MAXQDA 2022" creationDateTime="2022-05-04T09:00:00Z">
<qda:Users><qda:User guid="{A0000000-0000-0000-0000-000000000001}" name="Kari"/><qda:User guid="a0000000-0000-0000-0000-000000000002" name="Ola"/></qda:Users>
<qda:CodeBook><qda:Codes>
 <qda:Code guid="b0000000-0000-0000-0000-000000000001" name="Tjenester" isCodable="false">
  <qda:Code guid="b0000000-0000-0000-0000-000000000002" name="Tid" isCodable="true" color="#0f0"><qda:Description>Ventetid
+ kø</qda:Description>
   <qda:Code guid="b0000000-0000-0000-0000-000000000003" name="Kø" isCodable="1" color="green"/>
  </qda:Code>
 </qda:Code>
 <qda:Code guid="B0000000-0000-0000-0000-000000000004" name="Møte" isCodable="true"/>
</qda:Codes></qda:CodeBook>
<qda:Sources>
 <qda:TextSource guid="c0000000-0000-0000-0000-000000000001" name="Bord 1" plainTextPath="internal://C0000000-0000-0000-0000-000000000001.TXT">
  <qda:PlainTextSelection guid="d0000000-0000-0000-0000-000000000001" name="x" startPosition="13" endPosition="25">
   <qda:Coding guid="e0000000-0000-0000-0000-000000000001" creatingUser="{a0000000-0000-0000-0000-000000000001}"><qda:CodeRef targetGUID="{B0000000-0000-0000-0000-000000000003}"/></qda:Coding>
   <qda:Coding guid="e0000000-0000-0000-0000-000000000002" creatingUser="a0000000-0000-0000-0000-000000000002"><qda:CodeRef targetGUID="b0000000-0000-0000-0000-000000000004"/></qda:Coding>
   <qda:Coding guid="e0000000-0000-0000-0000-000000000003" creatingUser="a0000000-0000-0000-0000-000000000002"><qda:CodeRef targetGUID="b0000000-0000-0000-0000-000000000099"/></qda:Coding>
  </qda:PlainTextSelection>
  <qda:PlainTextSelection guid="d0000000-0000-0000-0000-000000000002" startPosition="0" endPosition="18">
   <qda:Coding guid="e0000000-0000-0000-0000-000000000004" creatingUser="a0000000-0000-0000-0000-000000000002"><qda:CodeRef targetGUID="b0000000-0000-0000-0000-000000000004"/></qda:Coding>
  </qda:PlainTextSelection>
  <qda:PlainTextSelection guid="d0000000-0000-0000-0000-000000000003" startPosition="20" endPosition="900">
   <qda:Coding guid="e0000000-0000-0000-0000-000000000005"><qda:CodeRef targetGUID="b0000000-0000-0000-0000-000000000004"/></qda:Coding>
  </qda:PlainTextSelection>
  <qda:PlainTextSelection guid="d0000000-0000-0000-0000-000000000004" startPosition="x" endPosition="9"/>
 </qda:TextSource>
 <qda:TextSource guid="c0000000-0000-0000-0000-000000000002" name="Bord 2"><qda:PlainTextContent>Lang kø, igjen.</qda:PlainTextContent>
  <qda:PlainTextSelection guid="d0000000-0000-0000-0000-000000000005" startPosition="0" endPosition="7">
   <qda:Coding guid="e0000000-0000-0000-0000-000000000006" creatingUser="a0000000-0000-0000-0000-000000000001"><qda:CodeRef targetGUID="b0000000-0000-0000-0000-000000000003"/></qda:Coding>
  </qda:PlainTextSelection>
 </qda:TextSource>
 <qda:TextSource guid="c0000000-0000-0000-0000-000000000003" name="Borte" plainTextPath="internal://borte.txt"/>
 <qda:PDFSource guid="c0000000-0000-0000-0000-000000000004" name="Rapport" path="internal://r.pdf">
  <qda:PDFSelection guid="d0000000-0000-0000-0000-000000000006" page="1" firstX="1" firstY="1" secondX="2" secondY="2"><qda:Coding guid="e0000000-0000-0000-0000-000000000007"><qda:CodeRef targetGUID="b0000000-0000-0000-0000-000000000004"/></qda:Coding></qda:PDFSelection>
  <qda:Representation guid="c0000000-0000-0000-0000-000000000005" plainTextPath="internal://rapport.txt">
   <qda:PlainTextSelection guid="d0000000-0000-0000-0000-000000000007" startPosition="0" endPosition="8"><qda:Coding guid="e0000000-0000-0000-0000-000000000008"><qda:CodeRef targetGUID="b0000000-0000-0000-0000-000000000002"/></qda:Coding></qda:PlainTextSelection>
  </qda:Representation>
 </qda:PDFSource>
 <qda:PictureSource guid="c0000000-0000-0000-0000-000000000006" name="Tavle" path="internal://t.png">
  <qda:PictureSelection guid="d0000000-0000-0000-0000-000000000008" firstX="1" firstY="1" secondX="2" secondY="2"><qda:Coding guid="e0000000-0000-0000-0000-000000000009"><qda:CodeRef targetGUID="b0000000-0000-0000-0000-000000000004"/></qda:Coding></qda:PictureSelection>
 </qda:PictureSource>
 <qda:AudioSource guid="c0000000-0000-0000-0000-000000000007" name="Opptak" path="internal://o.mp3">
  <qda:Transcript guid="c0000000-0000-0000-0000-000000000008" name="t"><qda:PlainTextContent>Vi fikk vente.</qda:PlainTextContent>
   <qda:SyncPoint guid="f0000000-0000-0000-0000-000000000001" timeStamp="0" position="0"/><qda:SyncPoint guid="f0000000-0000-0000-0000-000000000002" timeStamp="9" position="14"/>
   <qda:TranscriptSelection guid="d0000000-0000-0000-0000-000000000009" fromSyncPoint="f0000000-0000-0000-0000-000000000001" toSyncPoint="f0000000-0000-0000-0000-000000000002"><qda:Coding guid="e0000000-0000-0000-0000-00000000000a"><qda:CodeRef targetGUID="b0000000-0000-0000-0000-000000000002"/></qda:Coding></qda:TranscriptSelection>
  </qda:Transcript>
 </qda:AudioSource>
</qda:Sources>
<qda:Links><qda:Link guid="f0000000-0000-0000-0000-000000000003"/></qda:Links>
<qda:Sets><qda:Set guid="f0000000-0000-0000-0000-000000000004" name="Utvalg"/></qda:Sets>
</qda:Project>"##;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    // "Først dette" and a line end of two make 13 code points, the mark before them none.
    let text = "\u{FEFF}Først dette\r\nVi venter 😀.\r\nTakk.";
    let files = [
        ("Studie.qde", qde),
        ("Sources/c0000000-0000-0000-0000-000000000001.txt", text),
        ("Sources/rapport.txt", "Treg tid her."),
    ];
    for (name, content) in files {
        writer.start_file(name, options).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_study_of_another_program_keeps_all_that_is_text_and_lists_the_rest() {
    let carried = Project::from_qdpx(&foreign_project()).unwrap();
    let project = carried.value;
    let names: Vec<&str> = project.sources.iter().map(|source| source.name.as_str()).collect();
    assert_eq!(names, ["Bord 1", "Bord 2", "Rapport", "Opptak"]);
    assert_eq!(project.codes[0].codes[0].colour.as_deref(), Some("#00ff00"));
    let notices: Vec<String> =
        carried.notices.iter().map(|notice| Notice { place: None, ..notice.clone() }.to_string()).collect();
    let expected = [
        "a colour that can't be read: green",
        "a selection whose positions can't be read is not kept: \"x\"..\"9\"",
        "not kept, since its text is not in the archive: \"Borte\": internal://borte.txt, with 0 marked parts",
        "only its text is kept: PDFSource \"Rapport\", with 1 coded parts",
        "not kept: PictureSource \"Tavle\", with 1 coded parts",
        "only its text is kept: AudioSource \"Opptak\", with 0 coded parts",
        "not kept: Links (1)",
        "not kept: Sets (1)",
        "a code that is not there: b0000000-0000-0000-0000-000000000099 at Bord 1 12..24",
        "a selection that is outside of its text: Bord 1 19..898 of 30",
    ];
    assert_eq!(notices, expected);

    // What came in goes out and comes in again.
    let again = Project::from_qdpx(&project.to_qdpx(LineEnds::CrLf).unwrap()).unwrap().value;
    let bytes = project.to_qdpx(LineEnds::Lf).unwrap();
    assert!(Project::from_qdpx(&bytes).unwrap().value.to_qdpx(LineEnds::Lf).unwrap() == bytes);
    assert_eq!(again.sources[0].text, project.sources[0].text);

    let codebook = project.codebook(usize::MAX).unwrap().value;
    let ids: Vec<&str> = codebook.codes.iter().map(|code| code.id.as_str()).collect();
    assert_eq!(ids, ["tjenester.tid", "tjenester.tid.kø", "møte"]);
    assert_eq!((codebook.codes[0].definition.as_str(), &codebook.codes[0].include[0][..]), ("Ventetid", "kø"));
    let coded = |codebook: &Codebook, coder| -> Vec<(String, Option<String>, Vec<String>)> {
        let id = |code: usize| codebook.codes[code].id.clone();
        let examples = project.examples(codebook, coder).value.into_iter();
        examples.map(|it| (it.text, it.code.map(id), it.also.into_iter().map(id).collect())).collect()
    };
    let row = |text: &str, code: &str, also: &[&str]| {
        (text.to_owned(), Some(code.to_owned()), also.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>())
    };
    let expected = [
        row("Først dette Vi ve", "møte", &[]),
        row("Vi venter 😀.", "tjenester.tid.kø", &["møte"]),
        row("Lang kø", "tjenester.tid.kø", &[]),
        row("Treg tid", "tjenester.tid", &[]),
        row("Vi fikk vente.", "tjenester.tid", &[]),
    ];
    assert_eq!(coded(&codebook, None), expected);
    assert_eq!(
        coded(&codebook, Some("kari")),
        [expected[1].clone(), expected[2].clone()].map(|(text, code, _)| (text, code, vec![]))
    );

    // Two levels: what has "Kø" has "Tid"; one: "Tjenester" is a code, since points have it.
    let ids = |depth| project.codebook(depth).unwrap().value.codes.into_iter().map(|code| code.id).collect::<Vec<_>>();
    assert_eq!(ids(2), ["tjenester.tid", "møte"]);
    assert_eq!(ids(1), ["tjenester", "møte"]);
    let shallow = project.codebook(1).unwrap().value;
    assert_eq!(coded(&shallow, None)[2], row("Lang kø", "tjenester", &[]));
}

/// A filled-in file of decisions goes along as a user's own codings, beside what the machine said.
#[test]
fn decisions_of_the_report_stand_beside_the_machines_codings() {
    let codebook = Codebook::parse(
        "id = \"k\"\n[[code]]\nid = \"a\"\n[[code.cues]]\nweight = 3\nstems = [\"tid\"]\n[[code]]\nid = \"b\"",
    )
    .unwrap();
    let folder =
        Folder { documents: vec![Document::from_text("bord-1.txt", "- mer tid\n- lunsj")], ..Folder::default() };
    let points = notes::points(&folder.documents);
    let codings = coding::code(&points, &Coder::new(&codebook));
    let themes = themes::group(&points, &codings, themes::Options::default());
    let report = Report::new(&folder, &codebook, &points, &codings, &themes);
    let file = String::from_utf8(report.decisions_csv(Language::Bokmal)).unwrap();
    let fill = |line: &str| if line.contains(";mer tid;a;") { line.replace(";;;;", ";b;;;") } else { line.to_owned() };
    let filled: String = file.lines().map(|line| fill(line) + "\r\n").collect();
    let rows = kodebok::decisions::parse(filled.as_bytes()).unwrap();
    let outcome = kodebok::decisions::find(&rows, &codebook, &folder.documents, &points);
    assert_eq!(outcome.decided(), 1, "{filled}");
    let project = Project::of_report(&report.with_decisions(&outcome, None), &[], &Options::default());
    let given: Vec<(&str, Vec<&str>)> = project.sources[0]
        .selections
        .iter()
        .map(|selection| {
            let user = project.users.iter().find(|user| Some(user.guid) == selection.user).unwrap();
            let code = |guid| project.codes.iter().find(|code| code.guid == guid).map(|code| code.name.as_str());
            (user.name.as_str(), selection.codings.iter().filter_map(|coding| code(coding.code)).collect())
        })
        .collect();
    assert_eq!(given, [("kodebok", vec!["a"]), ("menneske", vec!["b"]), ("kodebok", vec![])]);
}

#[test]
fn what_people_decided_comes_back_as_examples_of_the_codebook() {
    let codebook = Codebook::summit_2017();
    let documents = vec![Document::from_text(
        "bord-1.txt",
        "- Fem måneders ventetid på DPS\n- Lunsj\n- Foreldre blir møtt med fordommer",
    )];
    let folder = Folder { documents, ..Folder::default() };
    let points = notes::points(&folder.documents);
    let codings = coding::code(&points, &Coder::new(&codebook));
    let themes = themes::group(&points, &codings, themes::Options::default());
    let report = Report::new(&folder, &codebook, &points, &codings, &themes);
    let decided = |point, codes: &[usize]| Decision { coder: "Kari".to_owned(), point, codes: codes.to_vec() };
    let project = Project::of_report(&report, &[decided(0, &[2, 3]), decided(1, &[])], &Options::default());
    let back = Project::from_qdpx(&project.to_qdpx(LineEnds::CrLf).unwrap()).unwrap().value;

    let rows = |coder| -> Vec<(String, Option<usize>, Vec<usize>)> {
        let examples = back.examples(&codebook, coder);
        assert_eq!(examples.notices, []);
        examples.value.into_iter().map(|it| (it.text, it.code, it.also)).collect()
    };
    let text = |at: usize| points[at].text.to_string();
    assert_eq!(rows(Some("Kari")), [(text(0), Some(2), vec![3]), (text(1), None, vec![])]);
    // Themes count as the category above them.
    let machine = rows(Some("kodebok"));
    let primary: Vec<Option<usize>> = codings.iter().map(|coding| coding.primary()).collect();
    assert_eq!(machine.iter().map(|(_, code, _)| *code).collect::<Vec<_>>(), primary);
    assert_eq!(rows(None).len(), 3);
}

/// Runs an example and gives its exit status, its standard output and its standard error.
fn run(name: &str, arguments: &[&Path]) -> (i32, String, String) {
    let mut command = example(name);
    let output = command.args(arguments).env("SOURCE_DATE_EPOCH", "1493888400").output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().expect("it ends by itself"), text(output.stdout), text(output.stderr))
}

#[test]
fn summarise_writes_a_project_and_tables() {
    let folder = tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (status, _, stderr) = run(
        "summarise",
        &[
            Path::new("--qdpx"),
            &path("a.qdpx"),
            Path::new("--tables"),
            &path("tables"),
            Path::new("--out"),
            folder.path(),
        ],
    );
    assert_eq!(status, 0, "{stderr}");
    let project = Project::from_qdpx(&fs::read(path("a.qdpx")).unwrap()).unwrap();
    assert_eq!(project.notices, []);
    assert_eq!(project.value.created.as_deref(), Some("2017-05-04T09:00:00Z"));
    let points = fs::read_to_string(path("points.jsonl")).unwrap().lines().count();
    let selections: usize = project.value.sources.iter().map(|source| source.selections.len()).sum();
    let mut rows = csv::Reader::from_path(path("tables/points.csv")).unwrap();
    assert_eq!((selections, rows.records().count()), (points, points));
    for name in ["themes", "tables", "columns"] {
        assert!(fs::metadata(path("tables").join(format!("{name}.csv"))).unwrap().len() > 100, "{name}");
    }
    run("summarise", &[Path::new("--qdpx"), &path("b.qdpx")]);
    assert!(fs::read(path("a.qdpx")).unwrap() == fs::read(path("b.qdpx")).unwrap());
}

#[test]
fn the_example_takes_codebooks_through_every_format() {
    let folder = tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let bundled = Path::new("data/codebooks/recovery.toml");
    for (from, to) in
        [("csv", "xlsx"), ("xlsx", "toml"), ("toml", "qdc"), ("yml", "dic"), ("dic", "cat"), ("cat", "yaml")]
    {
        for (input, output) in
            [(bundled, path(&format!("a.{from}"))), (&path(&format!("a.{from}")), path(&format!("b.{to}")))]
        {
            let (status, _, stderr) = run("exchange", &[input, &output]);
            assert_eq!(status, 0, "{from} {to}: {stderr}");
        }
    }
    let same = |name: &str| fs::read_to_string(path(name)).unwrap().replace("b.examples", "a.examples");
    assert_eq!(same("b.toml"), same("a.toml"));
    assert_eq!(Codebook::read(path("b.toml")).unwrap().examples.len(), Codebook::read(bundled).unwrap().examples.len());

    fs::write(path("damaged.qdpx"), "PK").unwrap();
    fs::write(path("odd.doc"), "").unwrap();
    for (arguments, expected) in [
        (vec![path("damaged.qdpx")], "damaged.qdpx: no ZIP archive that can be read"),
        (vec![path("odd.doc"), path("b.toml")], "odd.doc: a format that is not known here"),
        (vec![path("a.toml"), path("b.doc")], "b.doc: a format that is not known here"),
        (vec![path("a.toml")], "no OUTPUT given"),
    ] {
        let paths: Vec<&Path> = arguments.iter().map(|path| path.as_path()).collect();
        let (status, _, stderr) = run("exchange", &paths);
        assert!(status == 2 && stderr.contains(expected), "{status} {stderr}");
    }
    fs::write(path("study.qdpx"), foreign_project()).unwrap();
    let (status, _, stderr) = run("exchange", &[&path("study.qdpx")]);
    assert!(status == 1 && stderr.contains("a code that is not there"), "{status} {stderr}");
    let (status, _, stderr) =
        run("exchange", &[&path("study.qdpx"), &path("study"), Path::new("--depth"), Path::new("1")]);
    assert_eq!(status, 0, "{stderr}");
    let study = Codebook::read(path("study/codebook.toml")).unwrap();
    assert_eq!((study.codes.len(), study.examples.len()), (2, 5));
    assert_eq!(fs::read_to_string(path("study/sources/Bord 2.txt")).unwrap(), "Lang kø, igjen.");
}
