//! What the tests of the examples share.

use assert_cmd::Command;
use std::path::PathBuf;

/// The built example of a name. Cargo builds examples with the tests; where only one test was asked for, it is built here.
pub fn example_path(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    let target = test.parent().and_then(|deps| deps.parent()).expect("a test lies in target/PROFILE/deps");
    let path = target.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if !path.exists() {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        Command::new(cargo).args(["build", "--example", name]).assert().success();
    }
    path
}

/// A call of the example of a name.
pub fn example(name: &str) -> Command {
    Command::new(example_path(name))
}
