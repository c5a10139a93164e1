//! The example `explore` as its users call it.

mod common;

use common::example;

/// The rows that a call prints, as cells.
fn rows(arguments: &[&str]) -> Vec<Vec<String>> {
    let output = example("explore").args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let rows: Vec<Vec<String>> = text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect();
    assert!(rows.len() > 1, "{arguments:?}: {text}");
    rows
}

#[test]
fn every_table_has_its_columns() {
    for (arguments, head) in [
        (&["kwic", "taushetsplikt"][..], "file place left found right"),
        (&["frequencies", "--rows", "20"], "word count points forms"),
        (&["keyness", "lover"], "word in_code elsewhere log_likelihood log_ratio"),
        (&["cooccurrence", "words", "--least", "3"], "one other both of_one of_other jaccard dice npmi"),
        (&["crosstab", "table"], "row holdninger kunnskap lover systemer - all"),
    ] {
        let rows = rows(arguments);
        assert!(rows[0].join(" ").starts_with(head), "{arguments:?}: {:?}", rows[0]);
        assert!(rows.iter().all(|row| row.len() >= head.split(' ').count()), "{arguments:?}");
    }
}

#[test]
fn what_they_say_holds() {
    let found = rows(&["kwic", "taushetsplikt", "--by", "stem", "--window", "3"]);
    let stem = |word: &str| kodebok::norwegian::stem(&word.to_lowercase());
    assert!(found[1..].iter().all(|row| stem(&row[3]) == stem("taushetsplikt")), "{found:?}");
    let words = rows(&["frequencies"]);
    let count = |row: &Vec<String>| row[1].parse::<usize>().unwrap();
    assert!(words[1..].is_sorted_by(|a, b| count(a) >= count(b)));
    let table = rows(&["crosstab", "table"]);
    let (all, tables) = (table.last().unwrap(), &table[1..table.len() - 1]);
    assert_eq!(
        tables.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(),
        ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]
    );
    for column in 1..=6 {
        let sum: usize = tables.iter().map(|row| row[column].parse::<usize>().unwrap()).sum();
        assert_eq!(sum.to_string(), all[column]);
    }
}

#[test]
fn wrong_calls() {
    for (arguments, message) in
        [(["keyness", "annet"], "annet: the codebook has no such code"), (["kwic", "--folder=nei"], "required")]
    {
        let output = example("explore").args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains(message), "{stderr}");
    }
}
