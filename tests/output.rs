//! The files of `summarise --out`: all of one run or none whenever it is killed, nothing of a person's lost, and a record that is true.

mod common;

use common::example;
use kodebok::decisions;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;
use tempfile::tempdir;

const OUTPUTS: [&str; 10] = [
    "report.md",
    "report.html",
    "report.docx",
    "points.jsonl",
    "points.csv",
    "points.xlsx",
    "themes.jsonl",
    "decisions.csv",
    "decisions.xlsx",
    "audit.json",
];

const NOTES: &str =
    "- Fem måneders ventetid på DPS\n- Lang ventetid på DPS\n- Barna blir ikke sett\n- Lunsj klokka tolv\n";

fn json(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))).unwrap()
}

fn hash(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The language of the run whose files a folder holds; fails where they are not one run's, and all of it.
fn run_in(folder: &Path) -> String {
    let record = json(&folder.join("audit.json"));
    let outputs = record["outputs"].as_array().unwrap();
    assert_eq!(outputs.len(), OUTPUTS.len() - 1);
    for output in outputs {
        let name = output["path"].as_str().unwrap();
        assert_eq!(output["sha256"].as_str().unwrap(), hash(&folder.join(name)), "{name} is of another run");
    }
    record["settings"]["lang"].as_str().unwrap().to_owned()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Runs the example and kills it so long after it began to write, unless it ended by then.
#[cfg(target_os = "linux")]
fn killed(notes: &Path, out: &Path, lang: &str, after: std::time::Duration) {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};
    // A killed run's folder may stand there: this run's work shows by the time of the last change.
    let changed = || fs::metadata(out.with_file_name(".ut.kodebok")).and_then(|folder| folder.modified()).ok();
    let before = changed();
    let mut run = Command::new(common::example_path("summarise"))
        .arg(notes)
        .args(["--lang", lang, "--threads", "1", "--out"])
        .arg(out)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let start = Instant::now();
    let waits = || changed().is_none_or(|at| Some(at) == before) && start.elapsed() < Duration::from_secs(60);
    while waits() && run.try_wait().unwrap().is_none() {}
    let writing = Instant::now();
    while writing.elapsed() < after && run.try_wait().unwrap().is_none() {}
    let _ = run.kill();
    run.wait().unwrap();
}

/// Whatever the moment, there is one run's output, whole, or none; and what else stands there is as it was.
#[cfg(target_os = "linux")]
#[test]
fn a_killed_run_leaves_all_or_nothing() {
    use std::time::{Duration, Instant};
    const KILLS: u32 = 40;
    let dir = tempdir().unwrap();
    let (notes, out) = (dir.path().join("bord-1.txt"), dir.path().join("ut"));
    fs::write(&notes, NOTES).unwrap();
    let langs = ["nb", "nn", "en"];
    let start = Instant::now();
    killed(&notes, &out, "nb", Duration::from_secs(60));
    let longest = start.elapsed();
    run_in(&out);
    fs::remove_dir_all(&out).unwrap();
    for moment in 0..8 {
        killed(&notes, &out, langs[moment % 3], longest * moment as u32 / 24);
        if out.exists() {
            run_in(&out);
            fs::remove_dir_all(&out).unwrap();
        }
    }
    killed(&notes, &out, "nb", Duration::from_secs(60));
    fs::create_dir_all(out.join("eget/inne")).unwrap();
    let own = ["notat.txt", "eget/inne/side.md", "eget/brev.odt"];
    own.iter().for_each(|name| fs::write(out.join(name), name).unwrap());
    let (mut before, mut swapped) = (run_in(&out), 0);
    let mut after = Duration::ZERO;
    for moment in 0..KILLS {
        let lang = langs[moment as usize % 3];
        killed(&notes, &out, lang, after);
        let found = run_in(&out);
        assert!(found == before || found == lang, "neither the last run's nor this one's: {found}");
        // Ever later until the files were put in place, then earlier again: most kills are around that moment.
        after = if found == before { after + longest / 40 } else { after.saturating_sub(longest / 15) };
        swapped += u32::from(found != before);
        before = found;
        for name in own {
            assert_eq!(fs::read_to_string(out.join(name)).unwrap(), name, "killed at moment {moment}");
        }
    }
    eprintln!("{swapped} of {KILLS} killed runs had put their files in place");
    killed(&notes, &out, "nb", Duration::from_secs(60));
    assert_eq!(run_in(&out), "nb");
    let mut expected: Vec<&str> = OUTPUTS.into_iter().chain(["eget", "notat.txt"]).collect();
    expected.sort_unstable();
    assert_eq!(names(&out), expected, "nothing is left over");
    assert_eq!(names(dir.path()), ["bord-1.txt", "ut"]);
}

/// The file of decisions with a code for the point of a text.
fn fill_in(table: &Path, text: &str, code: &str) {
    let bytes = fs::read_to_string(table).unwrap();
    let mut filled = String::new();
    for line in bytes.lines() {
        let mut cells: Vec<&str> = line.split(';').collect();
        if cells[5] == text && cells[0] == "poeng" {
            cells[8] = code;
        }
        filled += &(cells.join(";") + "\r\n");
    }
    assert_ne!(filled, bytes);
    fs::write(table, filled).unwrap();
}

fn run(notes: &Path, out: &Path, extra: &[&str]) -> String {
    let output = example("summarise").arg(notes).arg("--out").arg(out).args(extra).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{stderr}");
    run_in(out);
    stderr
}

#[test]
fn what_a_person_wrote_is_never_overwritten() {
    let dir = tempdir().unwrap();
    let (notes, out) = (dir.path().join("bord-1.txt"), dir.path().join("ut"));
    fs::write(&notes, NOTES).unwrap();
    let kept = || names(&out).into_iter().filter(|name| name.contains("kept")).collect::<Vec<_>>();
    let table = out.join("decisions.csv");
    // A small codebook, which is learned anew with what was decided in a moment.
    let codebook = "data/codebooks/recovery.toml";
    let codes: Vec<String> =
        kodebok::codebook::Codebook::read(codebook).unwrap().codes.into_iter().map(|code| code.id).collect();
    let run = |extra: &[&str]| run(&notes, &out, &[&["--codebook", codebook][..], extra].concat());
    run(&[]);
    run(&["--lang", "en"]);
    assert_eq!(kept(), [""; 0], "what a run wrote gives way to the next");
    run(&[]);
    fill_in(&table, "Barna blir ikke sett", &codes[0]);
    let stderr = run(&[]);
    assert_eq!(kept(), ["decisions.kept-1.csv"], "filled in and not given");
    assert!(stderr.contains("kept as") && stderr.contains("decisions.kept-1.csv"), "{stderr}");
    let kept_table = out.join("decisions.kept-1.csv");
    assert!(decisions::read(&kept_table).unwrap().iter().any(|row| row.own_code == codes[0]));
    let stderr = run(&["--decisions", kept_table.to_str().unwrap()]);
    assert_eq!(kept().len(), 1, "given, and carried along: {stderr}");
    fs::remove_file(&kept_table).unwrap();
    fill_in(&table, "Lang ventetid på DPS", &codes[1]);
    run(&["--decisions", table.to_str().unwrap()]);
    assert_eq!(kept(), [""; 0], "the sheet beside it was as the run left it");
    let rows = decisions::read(out.join("decisions.xlsx")).unwrap();
    assert_eq!(rows.iter().filter(|row| row.is_decided()).count(), 2);
    run(&[]);
    assert_eq!(
        kept(),
        ["decisions.kept-1.csv", "decisions.kept-1.xlsx"],
        "decisions of an earlier run, not given again"
    );
    fs::remove_file(out.join("decisions.kept-1.xlsx")).unwrap();
    fs::write(&notes, NOTES.replace("- Barna blir ikke sett\n", "")).unwrap();
    fs::rename(out.join("decisions.kept-1.csv"), &table).unwrap();
    run(&["--decisions", table.to_str().unwrap()]);
    assert_eq!(kept(), ["decisions.kept-1.csv"], "one of its points is not there any more");
    fs::write(out.join("report.docx"), "mitt eget").unwrap();
    run(&["--decisions", table.to_str().unwrap()]);
    assert_eq!(fs::read_to_string(out.join("report.kept-1.docx")).unwrap(), "mitt eget");
}

#[test]
fn the_record_is_true_and_the_same_again() {
    let dir = tempdir().unwrap();
    let notes = dir.path().join("notater");
    fs::create_dir(&notes).unwrap();
    fs::write(notes.join("bord-1.txt"), NOTES).unwrap();
    fs::write(notes.join("bord-2.txt"), b"- p\xe5 vent\r\n").unwrap();
    fs::write(notes.join(".skjult"), "").unwrap();
    let audit = |out: &str| {
        let mut command = example("summarise");
        command.env("SOURCE_DATE_EPOCH", "1508491800").arg(&notes).arg("--out").arg(dir.path().join(out));
        assert!(command.output().unwrap().status.success());
        fs::read_to_string(dir.path().join(out).join("audit.json")).unwrap()
    };
    let first = audit("en");
    assert_eq!(first, audit("to"), "two runs differ");
    let record: serde_json::Value = serde_json::from_str(&first).unwrap();
    assert_eq!(record["started"], "2017-10-20T09:30:00Z");
    assert_eq!(record["inputs"][1]["sha256"], hash(&notes.join("bord-1.txt")));
    assert_eq!(record["inputs"][2]["encoding"], "windows1252");
    let count = |path: &str| record["counts"].pointer(path).and_then(serde_json::Value::as_u64).unwrap();
    assert_eq!((count("/files/found"), count("/files/read"), count("/files/skipped")), (3, 2, 1));
    assert_eq!(count("/characters/all"), NOTES.chars().count() as u64 + 11);
    assert_eq!((count("/points/all"), count("/points/coded") + count("/points/uncoded")), (5, 5));
    let themes = fs::read_to_string(dir.path().join("en/themes.jsonl")).unwrap();
    assert_eq!(themes.lines().count() as u64, count("/themes/named"));
    let points: Vec<String> =
        fs::read_to_string(dir.path().join("en/points.jsonl")).unwrap().lines().map(str::to_owned).collect();
    let ids: Vec<serde_json::Value> =
        points.iter().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].clone()).collect();
    for line in themes.lines() {
        let theme: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(theme["points"].as_array().unwrap().iter().all(|id| ids.contains(id)), "{line}");
        let draft = &theme["draft"];
        let at = ids.iter().position(|id| *id == draft["point"]).unwrap();
        let text: Vec<char> =
            serde_json::from_str::<serde_json::Value>(&points[at]).unwrap()["text"].as_str().unwrap().chars().collect();
        let part = |key: &str| draft[key].as_u64().unwrap() as usize;
        assert_eq!(text[part("start")..part("end")].iter().collect::<String>(), draft["text"].as_str().unwrap());
    }
}

#[test]
fn learned_decisions_are_in_the_record() {
    let dir = tempdir().unwrap();
    let (notes, out) = (dir.path().join("bord-1.txt"), dir.path().join("ut"));
    fs::write(&notes, "- Jeg har fått troen på framtida igjen\n- Buss for buss\n").unwrap();
    let own = dir.path().join("mine.csv");
    let codebook = ["--codebook", "data/codebooks/recovery.toml"];
    run(&notes, &out, &codebook);
    let code = json(&out.join("audit.json"))["codebook"]["codes"][0].as_str().unwrap().to_owned();
    let rows = decisions::read(out.join("decisions.csv")).unwrap();
    let bus = rows.iter().find(|row| row.text == "Buss for buss" && !row.is_theme).unwrap();
    fs::write(&own, format!("id;tekst;din kode\n{};Buss for buss;{code}\nx;Borte vekk;{code}\n", bus.id)).unwrap();
    let before = json(&out.join("audit.json"));
    run(&notes, &out, &[&codebook[..], &["--decisions", own.to_str().unwrap()]].concat());
    let record = json(&out.join("audit.json"));
    let learned = &record["decisions"]["learned"];
    assert_eq!(learned.as_array().unwrap().len(), 1);
    assert_eq!(
        (&learned[0]["point"], &learned[0]["code"], &learned[0]["row"]),
        (&bus.id.clone().into(), &code.into(), &2.into())
    );
    assert_eq!(record["decisions"]["file"]["sha256"], hash(&own));
    assert_eq!(record["decisions"]["problems"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&record["counts"]["points"]["decided"], &record["counts"]["points"]["undecided"]),
        (&1.into(), &1.into())
    );
    let examples = |record: &serde_json::Value| record["codebook"]["examples"].as_u64().unwrap();
    assert_eq!(examples(&record), examples(&before) + 1);
    assert_ne!(record["codebook"]["sha256"], before["codebook"]["sha256"]);
}
