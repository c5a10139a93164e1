//! The example `repair` as its users call it: on standard input and on files, its output, and its errors.

mod common;

use common::example;
use std::fs;
use std::path::Path;
use tempfile::tempdir;

const DAMAGED: &str = "tests/norwegian/repair/17-ocr.txt";

fn damaged() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(DAMAGED)).unwrap()
}

fn stdout(command: &mut assert_cmd::Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_damaged_file_is_written_mended_line_for_line() {
    let mended = stdout(example("repair").arg(DAMAGED));
    assert_eq!(mended.lines().count(), damaged().lines().count());
    for line in [
        "PROTOKOLL FRA ÅRSMØTET I LOKALLAGET",
        "Møtet ble hevet klokka ni, og praten gikk videre over vafler og kaffe på kjøkkenet.",
    ] {
        assert!(mended.lines().any(|mended| mended == line), "no {line:?} in\n{mended}");
    }
    assert_eq!(stdout(example("repair").write_stdin(damaged())), mended, "standard input gives the same");
}

#[test]
fn every_change_is_where_it_is_said_to_be() {
    let damaged = damaged();
    let lines: Vec<&str> = damaged.lines().collect();
    let listed = stdout(example("repair").args(["--changes", DAMAGED]));
    let mut rows = listed.lines();
    assert_eq!(rows.next(), Some("line\tcolumn\toriginal\treplacement\treason"));
    let mut count = 0;
    for row in rows {
        let cells: Vec<&str> = row.split('\t').collect();
        let [line, column, original, _, reason] = cells[..] else { panic!("{row:?} has not five cells") };
        let (line, column): (usize, usize) = (line.parse().unwrap(), column.parse().unwrap());
        let found: String = lines[line - 1].chars().skip(column - 1).take(original.chars().count()).collect();
        assert_eq!(found, original, "{row}");
        assert!(["letter", "context", "look-alike", "typing", "joined", "split"].contains(&reason), "{row}");
        count += 1;
    }
    assert!(count >= 30, "only {count} changes");
}

#[test]
fn a_clean_file_comes_back_as_it_is() {
    let path = "tests/norwegian/repair/17-clean.txt";
    let clean = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    assert_eq!(stdout(example("repair").arg(path)), clean);
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = tempdir().unwrap();
    let missing = folder.path().join("borte.txt");
    for (path, name) in [(missing.as_path(), "borte.txt"), (folder.path(), folder.path().to_str().unwrap())] {
        let output = example("repair").arg(path).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stdout.is_empty());
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.starts_with("repair: ") && error.contains(name), "{error}");
    }
}
