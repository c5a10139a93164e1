//! What to read: a folder, which of its files, and what is known of them beforehand.

use super::Columns;
use crate::error::{Error, ErrorKind, Place, Result};
use serde::Deserialize;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The file in a folder that says what its files are, if there is one.
pub(super) const MANIFEST: &str = "manifest.toml";

/// What [`read_folder`](super::read_folder) reads: a path, or a path with wishes.
///
/// ```
/// use kodebok::notes::{Source, read_folder};
///
/// let source = Source { include: vec!["bord-0*.txt".into()], exclude: vec!["*-09.*".into()], ..Source::from("data/notes") };
/// assert_eq!(read_folder(source)?.documents.len(), 7);
/// # Ok::<(), kodebok::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Source {
    /// The folder, or one file.
    pub path: PathBuf,
    /// Globs over paths from the folder: only files that fit one are read; all, where there is none. `*` and `?` stay within a
    /// name, `**` crosses folders; a glob without `/` is tried on the name alone.
    pub include: Vec<String>,
    /// Globs of files that are not read.
    pub exclude: Vec<String>,
    /// Whether links are followed, out of the folder too.
    pub follow_links: bool,
    /// The headings of a spreadsheet's columns, where they are none of those that are known.
    pub columns: Columns,
    /// Called as files are read, from any thread, with how many were and how many there are.
    pub progress: Option<Progress>,
}

/// Called with how many files were read and how many there are.
pub type Progress = Arc<dyn Fn(usize, usize) + Send + Sync>;

impl<P: AsRef<Path>> From<P> for Source {
    fn from(path: P) -> Source {
        Source { path: path.as_ref().to_owned(), ..Source::default() }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("path", &self.path)
            .field("include", &self.include)
            .field("exclude", &self.exclude)
            .field("follow_links", &self.follow_links)
            .field("columns", &self.columns)
            .finish_non_exhaustive()
    }
}

impl Source {
    /// Whether a file is wanted, by its path from the folder.
    pub(super) fn wants(&self, path: &str) -> bool {
        let fits = |globs: &[String]| globs.iter().any(|glob| fits(glob, path));
        (self.include.is_empty() || fits(&self.include)) && !fits(&self.exclude)
    }
}

/// What is known of files before they are read: `manifest.toml` in the folder.
///
/// ```toml
/// [[file]]
/// path = "dag-1/*.docx"   # a glob
/// table = "3"
/// question = "2"
/// date = "2017-10-20"
/// role = "pårørende"
/// ```
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    #[serde(default)]
    file: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    path: String,
    table: Option<String>,
    question: Option<String>,
    date: Option<String>,
    role: Option<String>,
}

/// What was said of a file beforehand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// The table at which its points were noted, where its text says no other.
    pub table: Option<String>,
    /// The question that they answer, likewise.
    pub question: Option<String>,
    /// The date of the talk, as it was written.
    pub date: Option<String>,
    /// Whose words they are, where the text names no speaker.
    pub role: Option<String>,
}

impl Manifest {
    /// The manifest of a folder; an empty one where there is none.
    ///
    /// # Errors
    ///
    /// Where it can't be read or is no manifest.
    pub fn of(folder: &Path) -> Result<Manifest> {
        let path = folder.join(MANIFEST);
        if !path.is_file() {
            return Ok(Manifest::default());
        }
        let bytes = std::fs::read(&path).map_err(|error| Error::io(&path, &error))?;
        let (text, _) = super::decode(&bytes).map_err(|error| error.in_file(&path))?;
        toml::from_str(&text).map_err(|error| {
            let place = Place::in_text(&text, error.span().map_or(0, |span| span.start));
            Error::new(ErrorKind::Format, error.message().trim()).at(place).in_file(&path)
        })
    }

    /// What it says of a file; what later entries say wins.
    pub fn given(&self, path: &str) -> Given {
        let mut given = Given::default();
        for entry in self.file.iter().filter(|entry| fits(&entry.path, path)) {
            for (to, from) in [
                (&mut given.table, &entry.table),
                (&mut given.question, &entry.question),
                (&mut given.date, &entry.date),
                (&mut given.role, &entry.role),
            ] {
                if from.is_some() {
                    to.clone_from(from);
                }
            }
        }
        given
    }
}

/// Whether a path fits a glob; case counts for nothing in ASCII.
fn fits(glob: &str, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let path = if glob.contains('/') { path } else { name };
    let lower = |text: &str| text.to_lowercase().chars().collect::<Vec<char>>();
    fits_from(&lower(glob.trim_start_matches("./")), &lower(path))
}

/// Tries every length for each star: globs are short, and the caller's own.
fn fits_from(glob: &[char], path: &[char]) -> bool {
    match glob {
        [] => path.is_empty(),
        ['*', '*', '/', rest @ ..] => {
            fits_from(rest, path)
                || (0..path.len()).filter(|&at| path[at] == '/').any(|at| fits_from(rest, &path[at + 1..]))
        }
        ['*', '*', rest @ ..] => (0..=path.len()).any(|at| fits_from(rest, &path[at..])),
        ['*', rest @ ..] => {
            let name = path.iter().position(|&c| c == '/').unwrap_or(path.len());
            (0..=name).any(|at| fits_from(rest, &path[at..]))
        }
        ['?', rest @ ..] => path.first().is_some_and(|&c| c != '/') && fits_from(rest, &path[1..]),
        [c, rest @ ..] => path.first() == Some(c) && fits_from(rest, &path[1..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs() {
        for (glob, path, expected) in [
            ("*.docx", "a/b.docx", true),
            ("*.docx", "a/b.DOCX", true),
            ("*.docx", "a/b.doc", false),
            ("a/*", "a/b.doc", true),
            ("a/*", "a/b/c.doc", false),
            ("a/**", "a/b/c.doc", true),
            ("**/utkast/*", "a/b/utkast/c.doc", true),
            ("**/utkast/*", "utkast/c.doc", true),
            ("bord-?.txt", "bord-1.txt", true),
            ("bord-?.txt", "bord-10.txt", false),
            ("møte*", "MØTE 1.txt", true),
        ] {
            assert_eq!(fits(glob, path), expected, "{glob} {path}");
        }
    }

    #[test]
    fn later_entries_win() {
        let manifest: Manifest = toml::from_str(
            "[[file]]\npath = \"**\"\ntable = \"1\"\ndate = \"2017\"\n[[file]]\npath = \"b*\"\ntable = \"2\"\n",
        )
        .unwrap();
        assert_eq!(manifest.given("a.txt").table.as_deref(), Some("1"));
        let given = manifest.given("b.txt");
        assert_eq!((given.table.as_deref(), given.date.as_deref()), (Some("2"), Some("2017")));
    }
}
