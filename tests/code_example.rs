//! The example `code` as its users call it: every format, its output, its exit status, and wrong lines.

mod common;

use common::example;
use serde_json::Value;
use std::fs;
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
    assert!(coded.stderr.ends_with("code: 100 lines were left out in all\n"));
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
