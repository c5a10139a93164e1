//! The example `code` as its users call it: every format, its output, its exit status, and wrong lines.

mod common;

use assert_cmd::Command;
use common::example;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::tempdir;

struct Coded {
    status: i32,
    points: Vec<Value>,
    stderr: String,
}

/// Codes a file of this name and content, or standard input where the name is `-`.
fn code(name: &str, bytes: &[u8], more: &[&str]) -> Coded {
    let folder = tempdir().unwrap();
    let path = folder.path().join(name);
    let mut command = example("code");
    if name == "-" {
        command.arg("-").write_stdin(bytes);
    } else {
        fs::write(&path, bytes).unwrap();
        command.arg(&path);
    }
    let output = command.args(more).output().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    Coded {
        status: output.status.code().expect("it ends by itself"),
        points: lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn each_format_gives_the_same_codes() {
    let txt = "\u{FEFF}Lang ventetid på DPS\n\nSkam, skyld og \"tabu\" i familien\r\nLunsj kl. 12";
    let jsonl = "{\"text\": \"Lang ventetid på DPS\"}\n\n{\"id\": 2, \"text\": \"Skam, skyld og \\\"tabu\\\" i familien\"}\n\
                 {\"text\": \"Lunsj kl. 12\"}\n";
    let csv = "nr,text\n1,Lang ventetid på DPS\n2,\"Skam, skyld og \"\"tabu\"\" i familien\"\n3,Lunsj kl. 12\n";
    for (name, text, more, lines) in [
        ("a.txt", txt, &[][..], [1, 3, 4]),
        ("-", txt, &[], [1, 3, 4]),
        ("a.jsonl", jsonl, &[], [1, 3, 4]),
        ("-", jsonl, &["--format", "jsonl"], [1, 3, 4]),
        ("a.csv", csv, &["--threads", "2"], [2, 3, 4]),
        ("a.data", csv, &["--format", "csv"], [2, 3, 4]),
    ] {
        let coded = code(name, text.as_bytes(), more);
        assert_eq!((coded.status, &*coded.stderr), (0, ""), "{name}");
        assert!(coded.points.iter().map(|point| point["line"].as_u64().unwrap()).eq(lines), "{name}");
        let codes: Vec<&Value> = coded.points.iter().map(|point| &point["code"]).collect();
        assert_eq!(codes, [&Value::from("systemer"), &Value::from("holdninger"), &Value::Null], "{name}");
        assert_eq!(coded.points[1]["text"], "Skam, skyld og \"tabu\" i familien", "{name}");
        assert!(coded.points[0]["codes"][0]["score"].as_f64().unwrap() > 0.5);
    }
}

#[test]
fn wrong_lines_are_named_and_the_rest_is_coded() {
    for (name, bytes, message) in [
        ("a.txt", &b"ventetid\nb\xE5r\nlunsj\n"[..], "line 2 is left out: invalid utf-8"),
        (
            "a.jsonl",
            b"{\"text\": \"ventetid\"}\n{\"tekst\": 1}\n{\"text\": \"lunsj\"}",
            "line 2 is left out: missing field `text`",
        ),
        ("a.jsonl", b"{\"text\": \"ventetid\"}\n{\"text\": \n{\"text\": \"lunsj\"}", "line 2 is left out: EOF"),
        ("a.csv", b"nr,text\n1,ventetid\n2\n3,lunsj\n", "line 3 is left out: fewer columns"),
        ("a.csv", b"nr,text\n1,ventetid\n2,b\xE5r\n3,lunsj\n", "line 3 is left out: invalid utf-8"),
    ] {
        let coded = code(name, bytes, &[]);
        assert_eq!((coded.status, coded.points.len()), (1, 2), "{name}: {}", coded.stderr);
        assert!(coded.stderr.contains(message), "{name}: {}", coded.stderr);
    }
    let coded = code("a.txt", &b"\xFF\n".repeat(100), &[]);
    assert_eq!(coded.stderr.lines().count(), 21);
    assert!(coded.stderr.ends_with("\n100 lines were left out in all\n"));
}

#[test]
fn what_can_not_be_read_at_all() {
    for (name, bytes, message) in
        [("a.docx", &b"PK"[..], "neither .txt, .jsonl nor .csv"), ("a.csv", b"nr,tekst\n", "no column \"text\"")]
    {
        let coded = code(name, bytes, &[]);
        assert_eq!(coded.status, 2, "{name}");
        assert!(coded.stderr.contains(message), "{name}: {}", coded.stderr);
    }
    let output = example("code").arg("nowhere/a.txt").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn points_are_written_to_a_file() {
    let out = tempdir().unwrap();
    let folder = out.path().join("new");
    let coded = code("-", b"ventetid\n", &["--out", folder.to_str().unwrap()]);
    assert_eq!((coded.status, coded.points.len()), (0, 0), "{}", coded.stderr);
    let written = fs::read_to_string(folder.join("points.jsonl")).unwrap();
    assert!(
        written.starts_with("{\"line\":1,\"code\":\"systemer\",\"codes\":[{\"code\":\"systemer\",\"score\":"),
        "{written}"
    );
}

/// Files with all that makes lines hard to share: empty and wrong lines, a long one, line ends of both kinds, none at the end.
fn corpus(folder: &Path) -> Vec<PathBuf> {
    let long = "ventetid ".repeat(200);
    let txt = format!("\u{FEFF}Lang ventetid på DPS\r\n\nSkam og tabu\n{long}\n\n\nLunsj kl. 12");
    let jsonl = "{\"text\": \"Bryt taushetsplikta\"}\n\n{\"tekst\": 1}\n{\"text\": \"Åpningstid på legevakt\"}\n";
    let csv = "nr,text\n1,\"Lang\nventetid\"\n2,\n3\n4,\"Skam, \"\"tabu\"\"\"\n5,Møte kl. 10\n";
    let files = [("a.txt", &*txt), ("b.jsonl", jsonl), ("empty.txt", ""), ("c.csv", csv)];
    files.map(|(name, text)| written(folder.join(name), text)).to_vec()
}

fn written(path: PathBuf, text: &str) -> PathBuf {
    fs::write(&path, text).unwrap();
    path
}

/// The status and standard error of a call.
fn called(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().expect("it ends by itself"), text(output.stdout), text(output.stderr))
}

fn shard(files: &[PathBuf], share: &str, out: &Path, more: &[&str]) -> (i32, String) {
    let (status, _, stderr) = called(example("code").args(files).args(["--shard", share, "--out"]).arg(out).args(more));
    (status, stderr)
}

fn merge(folders: &[&Path], more: &[&str]) -> (i32, String, String) {
    called(example("code").arg("--merge").args(folders).args(more))
}

#[test]
fn shards_joined_are_what_one_machine_writes() {
    let folder = tempdir().unwrap();
    let files = corpus(folder.path());
    let one = folder.path().join("one");
    let (status, ..) = called(example("code").args(&files).arg("--out").arg(&one));
    assert_eq!(status, 1);
    let expected = fs::read_to_string(one.join("points.jsonl")).unwrap();
    assert_eq!(expected.lines().count(), 9);
    for of in [1, 2, 3, 7, 40, 3000] {
        let (out, merged) = (folder.path().join(format!("{of}")), folder.path().join(format!("{of}-merged")));
        let shares = if of < 100 { (1..=of).collect() } else { vec![1, 700, of] };
        for number in &shares {
            let (status, stderr) = shard(&files, &format!("{number}/{of}"), &out, &[]);
            assert!(status < 2, "{stderr}");
        }
        let (status, stdout, stderr) = merge(&[&out], &["--out", merged.to_str().unwrap()]);
        if shares.len() < of {
            assert_eq!((status, &*stdout), (2, ""));
            assert!(stderr.contains("shard 2-699, 701-2999 of 3000 is missing"), "{stderr}");
            continue;
        }
        assert_eq!(status, 1, "{stderr}");
        assert_eq!(fs::read_to_string(merged.join("points.jsonl")).unwrap(), expected, "{of} shards");
        assert_eq!(fs::read_to_string(merged.join("counts.json")).unwrap(), stdout);
        let counts: Value = serde_json::from_str(&stdout).unwrap();
        assert_eq!((&counts["points"], &counts["wrong"], &counts["shards"]), (&9.into(), &2.into(), &of.into()));
        let of_expected = |code: Value| {
            let points = expected.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
            Value::from(points.filter(|point| point["code"] == code).count())
        };
        assert_eq!(counts["uncoded"], of_expected(Value::Null));
        for code in counts["codes"].as_array().unwrap() {
            assert_eq!(code["primary"], of_expected(code["code"].clone()), "{code}");
        }
        let points: Vec<&Value> = counts["files"].as_array().unwrap().iter().map(|file| &file["points"]).collect();
        assert_eq!(points, [&Value::from(4), &Value::from(2), &Value::from(0), &Value::from(3)]);
    }
}

#[test]
fn summarise_codes_points_as_they_come_as_code_does() {
    let folder = tempdir().unwrap();
    let files = corpus(folder.path());
    let of_code = called(example("code").args(&files));
    assert_eq!(called(example("summarise").arg("--points").args(&files)), of_code);
    let mut from_input = example("summarise");
    from_input.args(["--points", "-"]).write_stdin("Lang ventetid på DPS");
    assert_eq!(called(&mut from_input), called(example("code").arg("-").write_stdin("Lang ventetid på DPS")));
    let out = folder.path().join("out");
    for share in ["1/2", "2/2"] {
        let mut call = example("summarise");
        let (status, ..) = called(call.arg("--points").args(&files).args(["--shard", share, "--out"]).arg(&out));
        assert!(status < 2);
    }
    assert_eq!(called(example("summarise").arg("--merge").arg(&out)), merge(&[&out], &[]));
}

/// Nobody shall believe that names were taken out of points that were coded as they came.
#[test]
fn what_is_for_folders_alone_is_refused_beside_points() {
    for more in ["--pseudonymise", "--check", "--follow-links"] {
        let (status, _, stderr) = called(example("summarise").args(["--points", "-", more]));
        assert_eq!(status, 2, "{more}");
        assert!(stderr.contains("cannot be used with"), "{stderr}");
    }
}

/// Whoever may read the folder may read what is written there, as with any new file.
#[cfg(unix)]
#[test]
fn what_is_written_can_be_shared() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempdir().unwrap();
    let points = written(folder.path().join("points.txt"), "Lang ventetid\n");
    let out = folder.path().join("out");
    called(example("code").arg(&points).arg("--out").arg(&out));
    shard(std::slice::from_ref(&points), "1/1", &out, &[]);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    for name in ["points.jsonl", "shard-1-of-1.jsonl", "shard-1-of-1.json"] {
        assert_eq!(mode(&out.join(name)), mode(&points), "{name}");
    }
}

#[test]
fn shards_that_do_not_make_a_whole_are_refused() {
    let folder = tempdir().unwrap();
    let files = corpus(folder.path());
    let [good, other] = ["good", "other"].map(|name| folder.path().join(name));
    for share in ["1/3", "2/3", "3/3"] {
        shard(&files, share, &good, &[]);
    }
    let book = concat!(env!("CARGO_MANIFEST_DIR"), "/data/codebooks/recovery.toml");
    let manifest = |folder: &Path, number: u64| folder.join(format!("shard-{number}-of-3.json"));
    let hash = |path: &Path| {
        let manifest: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        manifest["codebook"]["hash"].as_str().unwrap().to_owned()
    };
    let refused = |folders: &[&Path], parts: &[&str]| {
        let (status, stdout, stderr) = merge(folders, &[]);
        assert_eq!((status, &*stdout), (2, ""), "{stderr}");
        parts.iter().for_each(|part| assert!(stderr.contains(part), "{part}: {stderr}"));
    };
    let emptied = || {
        let _ = fs::remove_dir_all(&other);
        fs::create_dir(&other).unwrap();
    };
    assert_eq!(merge(&[&good], &[]).0, 1);

    emptied();
    shard(&files, "2/3", &other, &["--codebook", book]);
    let hashes = [hash(&manifest(&good, 1)), hash(&manifest(&other, 2))];
    refused(&[&good, &other], &[&hashes[0], &hashes[1], "shard-1-of-3.json", "shard-2-of-3.json"]);

    emptied();
    shard(&files, "2/3", &other, &[]);
    refused(&[&good, &other], &["shard 2 of 3 is there 2 times", "good/shard-2-of-3.json", "other/shard-2-of-3.json"]);
    let text = fs::read_to_string(manifest(&other, 2)).unwrap();
    fs::write(manifest(&other, 2), text.replacen("\"kodebok\": \"", "\"kodebok\": \"9", 1)).unwrap();
    refused(&[&good, &other], &[concat!("is of kodebok ", env!("CARGO_PKG_VERSION")), "of kodebok 9"]);

    emptied();
    shard(&files, "1/2", &other, &[]);
    refused(&[&good, &other], &["3 shards", "2 shards"]);

    emptied();
    shard(&files, "1/3", &other, &[]);
    fs::write(other.join(".shard-3-of-3.x1y2z3.part"), "{\"file\":").unwrap();
    refused(&[&other], &["shard 2 of 3 is missing", "shard 3 of 3 is unfinished"]);
    refused(&[folder.path()], &["no shard is there"]);
    refused(&[&folder.path().join("nowhere")], &["nowhere"]);

    emptied();
    let changed: Vec<PathBuf> = fs::read_dir(&good).unwrap().map(|entry| entry.unwrap().path()).collect();
    for path in &changed {
        fs::copy(path, other.join(path.file_name().unwrap())).unwrap();
    }
    let points = other.join("shard-1-of-3.jsonl");
    let whole = fs::read(&points).unwrap();
    fs::write(&points, &whole[..whole.len() - 1]).unwrap();
    refused(&[&other], &["shard-1-of-3.jsonl: has", "by its manifest"]);
    fs::remove_file(&points).unwrap();
    refused(&[&other], &["shard-1-of-3.jsonl: the points of a shard can't be read"]);
    fs::write(manifest(&other, 2), "{\"kodebok\": ").unwrap();
    refused(&[&other], &["shard-2-of-3.json: no manifest of a shard"]);

    emptied();
    fs::write(&files[1], fs::read_to_string(&files[1]).unwrap().replace('B', "b")).unwrap();
    shard(&files, "2/3", &other, &[]);
    fs::remove_file(manifest(&good, 2)).unwrap();
    refused(&[&good, &other], &["b.jsonl (Jsonl", "sample"]);
}

#[test]
fn a_shard_of_what_can_not_be_shared_is_refused() {
    let folder = tempdir().unwrap();
    let files = [written(folder.path().join("a.txt"), "ventetid\n")];
    for (files, share, message) in [
        (&files[..], "0/3", "I of I/N is from 1 to N"),
        (&files, "4/3", "I of I/N is from 1 to N"),
        (&files, "3", "not of the form I/N"),
        (&[PathBuf::from("-")], "1/3", "-"),
        (&[folder.path().join("b.txt")], "1/3", "b.txt: No such file"),
    ] {
        let (status, stderr) = shard(files, share, &folder.path().join("out"), &[]);
        assert!(status == 2 && stderr.contains(message), "{stderr}");
    }
}

/// Needs an example built with the feature: `cargo build --example code --features parquet`.
#[cfg(feature = "parquet")]
#[test]
fn shards_as_parquet_hold_what_those_of_lines_do() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::{Field, RowAccessor};

    let folder = tempdir().unwrap();
    let files = corpus(folder.path());
    let [lines, rows] = ["lines", "rows"].map(|name| folder.path().join(name));
    for share in ["1/2", "2/2"] {
        shard(&files, share, &lines, &[]);
        let (status, stderr) = shard(&files, share, &rows, &["--kind", "parquet"]);
        assert!(status < 2, "{stderr}");
    }
    assert_eq!(merge(&[&lines], &[]), merge(&[&rows], &[]));
    for number in ["1", "2"] {
        let path = rows.join(format!("shard-{number}-of-2.parquet"));
        let reader = SerializedFileReader::new(fs::File::open(&path).unwrap()).unwrap();
        let metadata = reader.metadata().file_metadata().key_value_metadata().unwrap();
        let hash = metadata.iter().find(|entry| entry.key == "kodebok.codebook.sha256").unwrap();
        let manifest = fs::read_to_string(rows.join(format!("shard-{number}-of-2.json"))).unwrap();
        assert!(manifest.contains(hash.value.as_deref().unwrap()));
        let points = fs::read_to_string(lines.join(format!("shard-{number}-of-2.jsonl"))).unwrap();
        let mut points = points.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        for row in reader.get_row_iter(None).unwrap() {
            let (row, point) = (row.unwrap(), points.next().unwrap());
            assert_eq!(
                (row.get_string(0).unwrap().as_str(), row.get_string(5).unwrap().as_str()),
                (point["file"].as_str().unwrap(), point["text"].as_str().unwrap(),)
            );
            assert_eq!(
                [row.get_long(1).unwrap(), row.get_long(2).unwrap()],
                [point["at"].as_i64().unwrap(), point["nth"].as_i64().unwrap(),]
            );
            assert_eq!(row.get_string(3).ok().map(String::as_str), point["code"].as_str());
            let given = row.get_list(4).unwrap().elements().iter().map(|entry| match entry {
                Field::Group(entry) => (entry.get_string(0).unwrap().clone(), entry.get_float(1).unwrap()),
                other => panic!("{other:?}"),
            });
            let expected = point["codes"].as_array().unwrap().iter();
            let expected = expected
                .map(|given| (given["code"].as_str().unwrap().to_owned(), given["score"].as_f64().unwrap() as f32));
            assert!(given.eq(expected));
        }
        assert!(points.next().is_none());
    }
    let broken = rows.join("shard-2-of-2.parquet");
    let mut bytes = fs::read(&broken).unwrap();
    *bytes.last_mut().unwrap() = b'?';
    fs::write(&broken, bytes).unwrap();
    let (status, _, stderr) = merge(&[&rows], &[]);
    assert!(status == 2 && stderr.contains("shard-2-of-2.parquet: no whole Parquet file"), "{stderr}");
}
