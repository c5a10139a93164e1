//! The example `summarise` as its users call it: its output, its files, its exit status, and wrong input.

mod common;

use assert_cmd::Command;
use common::{example, example_path};
use std::collections::HashSet;
use std::fs;
use std::path::Path;
use tempfile::{TempDir, tempdir};

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

struct Run {
    status: i32,
    stdout: String,
    stderr: String,
}

fn run(command: &mut Command) -> Run {
    let output = command.output().unwrap();
    Run {
        status: output.status.code().expect("it ends by itself"),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn summarise(folder: &Path) -> Run {
    run(example("summarise").arg(folder))
}

#[test]
fn the_bundled_notes_give_every_part_of_the_report() {
    let run = run(&mut example("summarise"));
    assert_eq!(run.status, 0, "{}", run.stderr);
    for part in [
        "## Om metoden",
        "| Holdninger | Kunnskap | Lover og sentrale føringer | Systemer |",
        "av 10 bord",
        "## Uten kode",
        "## Usikre",
        "## Forbehold",
    ] {
        assert!(run.stdout.contains(part), "{part} is missing");
    }
}

#[test]
fn every_cell_of_the_table_leads_to_its_file_line_and_table() {
    let run = run(&mut example("summarise"));
    let rows = run
        .stdout
        .lines()
        .skip_while(|line| *line != "| --- | --- | --- | --- |")
        .skip(1)
        .take_while(|line| line.starts_with('|'));
    let mut cells = 0;
    for cell in
        rows.flat_map(|row| row.split(" | ")).map(|cell| cell.trim_matches(['|', ' '])).filter(|cell| !cell.is_empty())
    {
        let (text, source) = cell.split_once("<br>").unwrap_or_else(|| panic!("no source: {cell}"));
        let place = source.split_once('(').unwrap().1;
        let (file, rest) = place.split_once(':').unwrap();
        let line: usize = rest.split([',', ')']).next().unwrap().parse().unwrap();
        let table: usize = rest.split(", bord ").nth(1).unwrap().split([',', ')']).next().unwrap().parse().unwrap();
        let bytes = fs::read(Path::new("data/notes").join(file)).unwrap();
        let (notes, _) = kodebok::notes::decode(&bytes).unwrap();
        // A draft is a sentence of a point that may go on over some lines.
        let of_point = notes.lines().skip(line - 1).take(6).collect::<Vec<_>>().join(" ");
        let plain = text.trim_end_matches(" *(utkast)*").replace('\\', "").replace("&amp;", "&");
        let word = plain.split_whitespace().next().unwrap();
        assert!(of_point.contains(word), "{file}:{line} does not hold {plain:?}: {of_point}");
        assert_eq!(format!("bord-{table:02}"), file[..7], "{cell}");
        cells += 1;
    }
    assert!(cells >= 50, "only {cells} cells");
}

#[test]
fn a_manifest_says_what_the_files_do_not() {
    let folder = tempdir().unwrap();
    let manifest = "[[file]]\npath = \"*.txt\"\ntable = \"3\"\ndate = \"2017-10-20\"\nrole = \"pårørende\"\n";
    fs::write(folder.path().join("manifest.toml"), manifest).unwrap();
    fs::write(folder.path().join("notat.txt"), "- Lang ventetid på DPS").unwrap();
    let out = tempdir().unwrap();
    assert_eq!(run(example("summarise").arg(folder.path()).arg("--out").arg(out.path().join("ut"))).status, 0);
    let line = fs::read_to_string(out.path().join("ut/points.jsonl")).unwrap();
    let point: serde_json::Value = serde_json::from_str(line.trim()).unwrap();
    let said = ["table", "date", "speaker"].map(|field| point[field].as_str().unwrap_or_default());
    assert_eq!(said, ["3", "2017-10-20", "pårørende"]);
}

#[test]
fn the_points_file_is_as_documented() {
    let out = tempdir().unwrap();
    let run = run(example("summarise").args(["--lang", "en", "--threads", "2", "--out"]).arg(out.path().join("new")));
    assert_eq!(run.status, 0);
    assert_eq!(fs::read_to_string(out.path().join("new/report.md")).unwrap(), run.stdout);
    assert!(run.stdout.contains("| Attitudes | Knowledge | Laws and central policy | Systems |"));
    let lines = fs::read_to_string(out.path().join("new/points.jsonl")).unwrap();
    let mut ids = HashSet::new();
    for line in lines.lines() {
        let point: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(ids.insert(point["id"].as_str().unwrap().to_owned()), "two points with one id: {line}");
        let text: Vec<char> = point["text"].as_str().unwrap().chars().collect();
        assert!(point["line"].as_u64().unwrap() >= 1 && point["file"].is_string());
        assert!(point["code"].is_null() || point["theme"].is_string(), "coded and in no theme: {line}");
        for code in point["codes"].as_array().unwrap() {
            assert!((0.0..=1.0).contains(&code["score"].as_f64().unwrap()));
            for evidence in code["evidence"].as_array().unwrap() {
                let (start, end) =
                    (evidence["start"].as_u64().unwrap() as usize, evidence["end"].as_u64().unwrap() as usize);
                assert_eq!(text[start..end].iter().collect::<String>(), evidence["text"].as_str().unwrap());
                assert!(evidence["weight"].is_number());
            }
        }
    }
    assert!(ids.len() > 150);
}

#[test]
fn the_same_for_any_number_of_threads() {
    let one = run(example("summarise").args(["--threads", "1"]));
    let four = run(example("summarise").args(["--threads", "4"]));
    assert_eq!(one.stdout, four.stdout);
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_the_rest_is_analysed() {
    let files: [(&str, &[u8]); 5] = [
        ("bord-1.txt", "- Fem måneders ventetid på DPS\n".as_bytes()),
        ("bord-2.txt", &[0; 4096]),
        ("bord-3.txt", b"p\xc3\xa5r\xc3\xb8rende b\xc3r"),
        ("bord-4.docx", b"PK\x03\x04"),
        ("bord-5.txt", b""),
    ];
    let run = summarise(folder(&files).path());
    assert_eq!(run.status, 1);
    for named in [
        "bord-2.txt:byte 0: a zero byte",
        "bord-3.txt:byte 13: not valid UTF-8",
        "bord-4.docx: so broken that it can't be unpacked",
    ] {
        assert!(run.stderr.contains(named), "{named} is not in: {}", run.stderr);
        assert!(run.stdout.contains(named.split(':').next().unwrap()), "{named} is not in the report");
    }
    assert!(run.stdout.contains("Fem måneders ventetid på DPS"));
}

#[test]
fn personal_data_is_counted_or_replaced() {
    let notes = folder(&[
        ("bord-1.txt", "- Kari Nordmann fikk ikke svar på fem måneder\n- Ring Kari på 99 12 34 56\n".as_bytes()),
        ("Ola Hansen bord 2.txt", b"- Ventetiden er for lang\n"),
        ("~$Ola Hansen.docx", b""),
    ]);
    let seen = summarise(notes.path());
    assert!(seen.stdout.contains("- navn: 2 (bord-1.txt:1; bord-1.txt:2)"), "{}", seen.stdout);
    let out = tempdir().unwrap();
    let key = out.path().join("key.tsv");
    let replaced = run(example("summarise")
        .arg(notes.path())
        .arg("--pseudonymise")
        .arg("--out")
        .arg(out.path())
        .arg("--pseudonym-key")
        .arg(&key));
    let points = fs::read_to_string(out.path().join("points.jsonl")).unwrap();
    let written = |name: &str| fs::read_to_string(out.path().join(name)).unwrap();
    let others = ["themes.jsonl", "decisions.csv", "points.csv", "report.html", "audit.json"].map(written).concat();
    for written in [&replaced.stdout, &points, &others] {
        assert!(!["Kari", "Nordmann", "99 12", "Hansen"].iter().any(|data| written.contains(data)), "{written}");
    }
    assert!(points.contains("Ring [Person 1] på [Telefon 1]") && points.contains("[Person 2] bord 2.txt"), "{points}");
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&key).unwrap().permissions()) & 0o077, 0);
    assert_eq!(
        fs::read_to_string(key).unwrap(),
        "[Person 1]\tkari\n[Person 1]\tkari nordmann\n[Person 2]\tola hansen\n[Telefon 1]\t99123456\n"
    );
}

#[test]
fn wrong_folders() {
    let empty = tempdir().unwrap();
    for (name, path, message) in [
        ("an empty folder", empty.path().to_owned(), "no notes there"),
        ("no such folder", empty.path().join("nei"), "No such file"),
    ] {
        let run = summarise(&path);
        assert_eq!(run.status, 2, "{name}");
        assert!(
            run.stderr.contains(message) && run.stderr.contains(&*path.to_string_lossy()),
            "{name}: {}",
            run.stderr
        );
        assert!(run.stdout.is_empty(), "{name}");
    }
    let run = summarise(folder(&[("bord-1.txt", b"")]).path());
    assert_eq!(run.status, 0, "an empty file is no error: {}", run.stderr);
}

#[test]
fn one_line_of_50_megabytes() {
    let line = "Fem måneders ventetid på DPS, og ingen ringer tilbake. ".repeat(50 * 1024 * 1024 / 56);
    let bullet = format!("- {}", "ventetid og fordommer, ".repeat(50 * 1024 * 1024 / 23));
    for text in [&line, &bullet] {
        let run = summarise(folder(&[("bord-1.txt", text.as_bytes())]).path());
        assert_eq!(run.status, 0, "{}", run.stderr);
    }
}

#[test]
fn broken_codebooks() {
    for (name, toml, message) in [
        ("unknown field", "[[code]]\nid = \"a\"\nwieght = 1\n", ":3:1: unknown field `wieght`"),
        ("duplicate code", "[[code]]\nid = \"a\"\n[[code]]\nid = \"a\"\n", ":4:6: a code that is there already: \"a\""),
        (
            "bad regex",
            "[[code]]\nid = \"a\"\n[[code.cues]]\nweight = 1\npatterns = [\"(lov\"]\n",
            ":5:13: a pattern that is no regular expression",
        ),
    ] {
        let book = folder(&[("book.toml", toml.as_bytes())]);
        let run = run(example("summarise").arg("--codebook").arg(book.path().join("book.toml")));
        assert_eq!(run.status, 2, "{name}");
        assert!(run.stderr.contains(&format!("book.toml{message}")), "{name}: {}", run.stderr);
    }
}

#[test]
fn the_codebook_is_checked() {
    let cues =
        |id: &str, stem: &str| format!("[[code]]\nid = \"{id}\"\n[[code.cues]]\nweight = 3\nstems = [\"{stem}\"]\n");
    let sound = format!("examples = \"coded.jsonl\"\n{}{}", cues("a", "ventetid"), cues("b", "fordom"));
    let coded = "{\"text\": \"lang ventetid\", \"code\": \"a\"}\n{\"text\": \"en fordom\", \"code\": \"b\"}\n";
    let twice = format!("{coded}{{\"text\": \"Lang ventetid\", \"code\": null}}\n");
    for (name, toml, examples, status, expected) in [
        ("nothing to find", &sound, coded, 0, &[][..]),
        (
            "an example coded twice",
            &sound,
            &twice,
            1,
            &["coded.jsonl:3: a text coded both a and no code, first on line 1"],
        ),
        (
            "a cue of two codes",
            &sound.replace("fordom", "ventetid"),
            coded,
            1,
            &[
                "book.toml:11: a stem cue of b that fires on 1 of a and 0 of b: \"ventetid\"",
                "book.toml:11: a stem cue of b that is one of a too, on line 6: \"ventetid\"",
            ],
        ),
    ] {
        let book = folder(&[("book.toml", toml.as_bytes()), ("coded.jsonl", examples.as_bytes())]);
        let path = book.path().join("book.toml");
        let run = run(example("summarise").arg("--check").arg("--codebook").arg(&path));
        assert_eq!(run.status, status, "{name}: {}{}", run.stdout, run.stderr);
        assert_eq!(run.stdout.lines().count(), expected.len(), "{name}: {}", run.stdout);
        for message in expected {
            let line = book.path().join(message);
            assert!(run.stdout.contains(line.to_str().unwrap()), "{name}: {message} is not in: {}", run.stdout);
        }
    }
    let run = run(example("summarise").args(["--check", "--codebook", "no-such.toml"]));
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("no-such.toml"), "{}", run.stderr);
}

#[test]
fn help_shows_a_worked_call() {
    let run = run(example("summarise").arg("--help"));
    assert_eq!(run.status, 0);
    assert!(run.stdout.contains("cargo run --release --example summarise -- notater/ --out resultat/"));
}

#[cfg(unix)]
#[test]
fn links_and_permissions() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let notes = folder(&[("bord-1.txt", b"- mer ventetid\n"), ("closed/bord-2.txt", b"- mer ventetid\n")]);
    symlink(notes.path(), notes.path().join("loop")).unwrap();
    symlink("self", notes.path().join("self")).unwrap();
    let run_as_user = |path: &Path| {
        // Root may read anything: the example is run as a user who may not.
        let tool = folder(&[]);
        let copy = tool.path().join("summarise");
        fs::copy(example_path("summarise"), &copy).unwrap();
        let open = fs::Permissions::from_mode(0o755);
        for dir in [tool.path(), notes.path()] {
            fs::set_permissions(dir, open.clone()).unwrap();
        }
        let mut command = std::process::Command::new(&copy);
        if is_root() {
            std::os::unix::process::CommandExt::uid(&mut command, 65534);
        }
        run(&mut Command::from_std({
            command.arg(path);
            command
        }))
    };
    let closed = notes.path().join("closed");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    let some = run_as_user(notes.path());
    let none = run_as_user(&closed);
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(some.status, 1, "{}", some.stderr);
    for named in
        ["closed: Permission denied", "loop: a link: links are not followed", "self: a link: links are not followed"]
    {
        assert!(some.stderr.contains(named), "{named} is not in: {}", some.stderr);
    }
    assert_eq!(none.status, 2);
    assert!(none.stderr.contains("closed: Permission denied"), "{}", none.stderr);
    let looped = summarise(&notes.path().join("self"));
    assert_eq!(looped.status, 2);
    assert!(looped.stderr.contains("symbolic links"), "{}", looped.stderr);
}

#[cfg(unix)]
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    let own = tempdir().unwrap();
    fs::metadata(own.path()).unwrap().uid() == 0
}
