//! A folder of notes as documents, in the order of their paths.

use super::source::{MANIFEST, Manifest};
use super::{Columns, Document, Source, hexadecimal};
use crate::error::{Error, ErrorKind, Result};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::io::Read;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use walkdir::WalkDir;

/// A file may be so large, in bytes. A summit's notes are some kilobytes a table; scans with pictures reach tens of megabytes.
const LARGEST: u64 = 128 << 20;

/// Files of fewer bytes can be alike by chance: a line or two of two tables.
const ALIKE: usize = 100;

/// All texts of a folder may be so many bytes together.
const TEXTS: usize = 400 << 20;

/// What a folder held.
#[derive(Debug, Default)]
pub struct Folder {
    /// The documents that could be read, in the order of their paths.
    pub documents: Vec<Document>,
    /// What could not be read, in the order of their paths: an error a file.
    pub problems: Vec<Error>,
    /// What was passed over with reason, in the order of their paths.
    pub skipped: Vec<Skipped>,
    /// Everything that was found, in the order of the paths, and what came of it; for the record of a run.
    pub found: Vec<Found>,
}

/// A file that was found in a folder; also what stood in its place, a link or a folder that could not be entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its path from the folder, with `/` between its parts.
    pub path: String,
    /// How many bytes it has and their SHA-256 in hexadecimal, where they were read.
    pub content: Option<(usize, String)>,
    /// What came of it.
    pub fate: Fate,
}

/// What came of a file that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fate {
    /// It was read as these of [`Folder::documents`]: one, and those that are attached to an e-mail.
    Read(Range<usize>),
    /// It could not be read: [`Folder::problems`] says why.
    Unread,
    /// It was passed over: [`Folder::skipped`] says why.
    Skipped,
    /// It says what the other files are.
    Manifest,
}

/// A file that was passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its path from the folder.
    pub path: String,
    /// Why.
    pub reason: SkipReason,
}

/// Why a file was passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SkipReason {
    /// A hidden file, or one that an operating system or an office program keeps for itself.
    Temporary,
    /// [`Source::include`] or [`Source::exclude`] leave it out.
    Unwanted,
    /// The same file, byte for byte, as the one of this path.
    SameAs(String),
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            SkipReason::Temporary => write!(f, "{}: a program's own file", self.path),
            SkipReason::Unwanted => write!(f, "{}: left out as asked", self.path),
            SkipReason::SameAs(other) => write!(f, "{}: the same file as {other}", self.path),
        }
    }
}

/// Reads the notes in a folder and its sub-folders, in every [`Format`](super::Format); without the feature `documents`, `.txt`
/// and `.md` files.
///
/// Files are taken in the order of their paths, so that a run is repeatable, and read in parallel. Hidden files and the
/// temporary files of office programs are passed over, and a file that is there twice is read once; links are not followed
/// unless [`Source::follow_links`] says so. `source` may also be one file. A `manifest.toml` in the folder may say what its files
/// are: see [`Given`](super::Given).
///
/// A file of more than 128 MiB is refused, and what would bring the texts to more than 400 MiB together.
///
/// ```
/// let folder = kodebok::notes::read_folder("data/notes")?;
/// assert_eq!(folder.documents[0].path, "bord-01.txt");
/// # Ok::<(), kodebok::Error>(())
/// ```
///
/// # Errors
///
/// Only where the folder itself or its manifest can't be read. A file in it that can't be read is listed in
/// [`Folder::problems`].
pub fn read_folder(source: impl Into<Source>) -> Result<Folder> {
    let source = source.into();
    let root = source.path.as_path();
    let metadata = std::fs::metadata(root).map_err(|error| Error::io(root, &error))?;
    let base = if metadata.is_dir() { root } else { root.parent().unwrap_or(root) };
    if metadata.is_dir() {
        std::fs::read_dir(root).map_err(|error| Error::io(root, &error))?;
    }
    let manifest = if metadata.is_dir() { Manifest::of(root)? } else { Manifest::default() };
    let mut found = files_below(&source, base);
    let shelf = Shelf { source: &source, base, manifest, read: AtomicUsize::new(0), bytes: AtomicUsize::new(0) };
    let read: Vec<FileRead> = found.files.par_iter().map(|file| shelf.read(file, found.files.len())).collect();
    let mut seen: HashMap<String, String> = HashMap::new();
    let mut documents = Vec::with_capacity(read.len());
    for file in read {
        // Files of few bytes can be alike by chance.
        let known = file.content.as_ref().filter(|(bytes, _)| *bytes >= ALIKE).map(|(_, hash)| hash.clone());
        let first = known.and_then(|hash| match seen.entry(hash) {
            Entry::Occupied(first) => Some(first.get().clone()),
            Entry::Vacant(place) => {
                place.insert(file.path.clone());
                None
            }
        });
        if let Some(first) = first {
            found.found.push(Found { path: file.path.clone(), content: file.content, fate: Fate::Skipped });
            found.skipped.push(Skipped { path: file.path, reason: SkipReason::SameAs(first) });
            continue;
        }
        let start = documents.len();
        for result in file.documents {
            match result {
                Ok(document) => documents.push(document),
                Err(error) => found.problems.push(error),
            }
        }
        let fate = if documents.len() > start { Fate::Read(start..documents.len()) } else { Fate::Unread };
        found.found.push(Found { path: file.path, content: file.content, fate });
    }
    found.problems.sort_by(|a, b| a.path().cmp(&b.path()));
    found.skipped.sort_by(|a, b| a.path.cmp(&b.path));
    found.found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Folder { documents, problems: found.problems, skipped: found.skipped, found: found.found })
}

/// What a folder's tree holds: the files to be read, and what is no such file.
#[derive(Default)]
struct Tree {
    files: Vec<PathBuf>,
    problems: Vec<Error>,
    skipped: Vec<Skipped>,
    found: Vec<Found>,
}

impl Tree {
    /// Notes what was found and will not be read.
    fn note(&mut self, path: String, fate: Fate) {
        self.found.push(Found { path, content: None, fate });
    }
}

/// The files below a folder in the order of their paths, and what stood in the way of looking.
fn files_below(source: &Source, base: &Path) -> Tree {
    let mut tree = Tree::default();
    let mut passed: Vec<PathBuf> = Vec::new();
    let shown = |entry: &walkdir::DirEntry| {
        let is_passed = entry.depth() > 0 && is_passed_over(&entry.file_name().to_string_lossy());
        if is_passed {
            passed.push(entry.path().to_owned());
        }
        !is_passed
    };
    let walk = WalkDir::new(&source.path).sort_by_file_name().follow_links(source.follow_links);
    for entry in walk.into_iter().filter_entry(shown) {
        match entry {
            Ok(entry) if entry.path_is_symlink() && entry.depth() > 0 && !source.follow_links => {
                let message = "a link: links are not followed";
                let error = Error::new(ErrorKind::Io, message).in_file(entry.path());
                tree.problems.push(error.advise("copy the file itself"));
                tree.note(relative(base, entry.path()), Fate::Unread);
            }
            Ok(entry) if entry.file_type().is_dir() => {}
            Ok(entry) if entry.depth() == 1 && entry.file_name() == MANIFEST => {
                let content = std::fs::read(entry.path()).ok().map(|bytes| content_of(&bytes));
                tree.found.push(Found { path: MANIFEST.to_owned(), content, fate: Fate::Manifest });
            }
            Ok(entry) => match relative(base, entry.path()) {
                path if entry.depth() > 0 && !source.wants(&path) => {
                    tree.note(path.clone(), Fate::Skipped);
                    tree.skipped.push(Skipped { path, reason: SkipReason::Unwanted });
                }
                _ => tree.files.push(entry.into_path()),
            },
            Err(error) => {
                let path = error.path().unwrap_or(&source.path).to_owned();
                tree.note(relative(base, &path), Fate::Unread);
                let cause = error.into_io_error().unwrap_or_else(|| std::io::ErrorKind::Other.into());
                tree.problems.push(Error::io(&path, &cause));
            }
        }
    }
    for path in passed.iter().map(|path| relative(base, path)) {
        tree.note(path.clone(), Fate::Skipped);
        tree.skipped.push(Skipped { path, reason: SkipReason::Temporary });
    }
    tree.files.sort();
    tree
}

/// Hidden files, and the owner files that Word and LibreOffice leave beside an open document.
fn is_passed_over(name: &str) -> bool {
    name.starts_with('.')
        || name.starts_with("~$")
        || (name.starts_with("~") && name.ends_with(".tmp"))
        || matches!(name, "Thumbs.db" | "desktop.ini" | "__MACOSX" | "Icon\r")
}

/// One file as it was read.
struct FileRead {
    path: String,
    content: Option<(usize, String)>,
    documents: Vec<Result<Document>>,
}

/// What is shared while files are read.
struct Shelf<'s> {
    source: &'s Source,
    base: &'s Path,
    manifest: Manifest,
    read: AtomicUsize,
    bytes: AtomicUsize,
}

impl Shelf<'_> {
    fn read(&self, file: &Path, all: usize) -> FileRead {
        let path = relative(self.base, file);
        let mut content = None;
        let documents = match bytes_of(file) {
            Ok(bytes) => {
                content = Some(content_of(&bytes));
                let read = read_with(&path, &bytes, &self.source.columns).into_iter();
                read.map(|document| self.kept(document, &path).map_err(|error| error.in_file(file))).collect()
            }
            Err(error) => vec![Err(error)],
        };
        let read = self.read.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(progress) = &self.source.progress {
            progress(read, all);
        }
        FileRead { path, content, documents }
    }

    /// A document with what the manifest says of it, unless the folder's texts are too much for the memory.
    fn kept(&self, document: Result<Document>, path: &str) -> Result<Document> {
        let mut document = document?;
        document.given = self.manifest.given(path);
        let before = self.bytes.fetch_add(document.text.len(), Ordering::Relaxed);
        if before + document.text.len() > TEXTS {
            self.bytes.fetch_sub(document.text.len(), Ordering::Relaxed);
            let message = format!("the folder's texts are more than {} MB together", TEXTS >> 20);
            return Err(Error::new(ErrorKind::Limit, message).advise("read it in parts"));
        }
        Ok(document)
    }
}

/// The documents in a file's bytes: one, and those attached to an e-mail; and what of them could not be read.
///
/// `path` is what the file is called; the format shows from the bytes.
///
/// ```
/// let read = kodebok::notes::read_bytes("bord-3.txt", b"{\\rtf1 Mer tid\\par}");
/// assert_eq!(read[0].as_ref().unwrap().text, "Mer tid\n");
/// ```
#[must_use]
pub fn read_bytes(path: &str, bytes: &[u8]) -> Vec<Result<Document>> {
    read_with(path, bytes, &Columns::default())
}

fn bytes_of(file: &Path) -> Result<Vec<u8>> {
    if !file.is_file() {
        return Err(Error::new(ErrorKind::Io, "no ordinary file, or gone").in_file(file));
    }
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file).map_err(|error| Error::io(file, &error))?;
    // Of a file that grows while it is read no more than the bound is taken.
    opened.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| Error::io(file, &error))?;
    if bytes.len() as u64 > LARGEST {
        let message = format!("larger than {} MB", LARGEST >> 20);
        return Err(Error::new(ErrorKind::Limit, message).in_file(file).advise("divide it"));
    }
    Ok(bytes)
}

#[cfg(feature = "documents")]
fn read_with(path: &str, bytes: &[u8], columns: &Columns) -> Vec<Result<Document>> {
    super::format::read(path, bytes, columns)
}

#[cfg(not(feature = "documents"))]
fn read_with(path: &str, bytes: &[u8], _: &Columns) -> Vec<Result<Document>> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').map_or("", |(_, last)| last).to_lowercase();
    if !matches!(extension.as_str(), "txt" | "md" | "markdown" | "") {
        let error = Error::new(ErrorKind::Format, "a format that is not read without the feature `documents`");
        return vec![Err(error.on(&format!(".{extension}")).advise("save it as .txt or .md"))];
    }
    vec![Document::from_bytes(path, bytes)]
}

/// How many bytes there are, and their SHA-256 in hexadecimal.
fn content_of(bytes: &[u8]) -> (usize, String) {
    (bytes.len(), hexadecimal(&Sha256::digest(bytes)))
}

/// A path from the folder that was read, with `/` between its parts on every system.
fn relative(base: &Path, file: &Path) -> String {
    let inner = file.strip_prefix(base).unwrap_or(file);
    let parts = inner.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy()),
        _ => None,
    });
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_in_the_order_of_their_paths() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.txt", "a/z.md", "a.txt", "~$b.txt", ".DS_Store", "c.doc"] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, if name == "c.doc" { &b"\xD0\xCF\x11\xE0"[..] } else { b"- mer tid\n" }).unwrap();
        }
        let read = read_folder(folder.path()).unwrap();
        let paths: Vec<&str> = read.documents.iter().map(|document| document.path.as_str()).collect();
        assert_eq!(paths, ["a/z.md", "a.txt", "b.txt"]);
        let problems: Vec<String> = read.problems.iter().map(Error::to_string).collect();
        assert!(problems.len() == 1 && problems[0].contains("c.doc: "), "{problems:?}");
    }

    #[test]
    fn twins_and_what_is_left_out_are_said() {
        let folder = tempfile::tempdir().unwrap();
        let long = "- mer tid til samtaler med pårørende, og flere som kan ta dem\n".repeat(3);
        for (name, text) in [
            ("a.txt", long.as_str()),
            ("b/kopi av a.txt", &long),
            ("c.txt", "- ro\n"),
            ("utkast/d.txt", "- støy\n"),
            ("~$a.docx", ""),
            ("manifest.toml", "[[file]]\npath = \"c.txt\"\ntable = \"7\"\ndate = \"2017-10-20\"\nrole = \"Mor\"\n"),
        ] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let read = read_folder(Source { exclude: vec!["utkast/**".into()], ..folder.path().into() }).unwrap();
        let said: Vec<String> = read.skipped.iter().map(Skipped::to_string).collect();
        assert_eq!(
            said,
            [
                "b/kopi av a.txt: the same file as a.txt",
                "utkast/d.txt: left out as asked",
                "~$a.docx: a program's own file"
            ]
        );
        let fates: Vec<(&str, &Fate)> = read.found.iter().map(|found| (found.path.as_str(), &found.fate)).collect();
        assert_eq!(
            fates,
            [
                ("a.txt", &Fate::Read(0..1)),
                ("b/kopi av a.txt", &Fate::Skipped),
                ("c.txt", &Fate::Read(1..2)),
                ("manifest.toml", &Fate::Manifest),
                ("utkast/d.txt", &Fate::Skipped),
                ("~$a.docx", &Fate::Skipped),
            ]
        );
        assert_eq!(read.found[2].content.as_ref().map(|(bytes, hash)| (*bytes, &hash[..8])), Some((5, "aa0060ee")));
        let points = super::super::points(&read.documents);
        let last = points.last().unwrap();
        assert_eq!((last.table, last.speaker), (Some("7"), Some("Mor")));
        assert_eq!(read.documents[1].given.date.as_deref(), Some("2017-10-20"));
        std::fs::write(folder.path().join("manifest.toml"), "[[file]]\nsti = 1\n").unwrap();
        let error = read_folder(folder.path()).unwrap_err().to_string();
        assert!(error.contains("manifest.toml:2:1: unknown field"), "{error}");
    }

    #[test]
    fn one_file_is_a_folder_of_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bord-3.txt");
        std::fs::write(&path, "- mer tid\n").unwrap();
        assert_eq!(read_folder(&path).unwrap().documents[0].path, "bord-3.txt");
    }
}
