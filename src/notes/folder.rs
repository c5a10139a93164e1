//! A folder of notes as documents, in the order of their paths.

use super::Document;
use crate::error::{Error, ErrorKind, Result};
use rayon::prelude::*;
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use walkdir::WalkDir;

/// A file may be so large, in bytes. A summit's notes are some kilobytes a table; scans with pictures reach tens of megabytes.
const LARGEST: u64 = 128 << 20;

/// What a folder held.
#[derive(Debug)]
pub struct Folder {
    /// The documents that could be read, in the order of their paths.
    pub documents: Vec<Document>,
    /// What could not be read, in the order of their paths: an error a file.
    pub problems: Vec<Error>,
}

/// Reads the notes in a folder and its sub-folders, in every [`Format`](super::Format); without the feature `documents`, `.txt`
/// and `.md` files.
///
/// Files are taken in the order of their paths, so that a run is repeatable, and read in parallel. Hidden files and the
/// temporary files of office programs are passed over; links are not followed. `path` may also be one file.
///
/// ```
/// let folder = kodebok::notes::read_folder("data/notes")?;
/// assert_eq!(folder.documents[0].path, "bord-01.txt");
/// # Ok::<(), kodebok::Error>(())
/// ```
///
/// # Errors
///
/// Only where the folder itself can't be read. A file in it that can't be read is listed in [`Folder::problems`].
pub fn read_folder(path: impl AsRef<Path>) -> Result<Folder> {
    let root = path.as_ref();
    let metadata = std::fs::metadata(root).map_err(|error| Error::io(root, error))?;
    let base = if metadata.is_dir() { root } else { root.parent().unwrap_or(root) };
    if metadata.is_dir() {
        std::fs::read_dir(root).map_err(|error| Error::io(root, error))?;
    }
    let (files, mut problems) = files_below(root);
    let read: Vec<Vec<Result<Document>>> = files.par_iter().map(|file| read_file(base, file)).collect();
    let mut documents = Vec::with_capacity(read.len());
    for result in read.into_iter().flatten() {
        match result {
            Ok(document) => documents.push(document),
            Err(error) => problems.push(error),
        }
    }
    problems.sort_by(|a, b| a.path().cmp(&b.path()));
    Ok(Folder { documents, problems })
}

/// The files below a folder in the order of their paths, and what stood in the way of looking.
fn files_below(root: &Path) -> (Vec<PathBuf>, Vec<Error>) {
    let mut files = Vec::new();
    let mut problems = Vec::new();
    let shown = |entry: &walkdir::DirEntry| entry.depth() == 0 || !is_passed_over(&entry.file_name().to_string_lossy());
    for entry in WalkDir::new(root).sort_by_file_name().into_iter().filter_entry(shown) {
        match entry {
            Ok(entry) if entry.path_is_symlink() && entry.depth() > 0 => {
                let message = "a link: links are not followed";
                problems.push(Error::new(ErrorKind::Io, message).in_file(entry.path()).advise("copy the file itself"));
            }
            Ok(entry) if entry.file_type().is_dir() => {}
            Ok(entry) => files.push(entry.into_path()),
            Err(error) => {
                let path = error.path().unwrap_or(root).to_owned();
                problems
                    .push(Error::io(&path, error.into_io_error().unwrap_or_else(|| std::io::ErrorKind::Other.into())));
            }
        }
    }
    files.sort();
    (files, problems)
}

/// Hidden files, and the owner files that Word and LibreOffice leave beside an open document.
fn is_passed_over(name: &str) -> bool {
    name.starts_with('.') || name.starts_with("~$") || matches!(name, "Thumbs.db" | "desktop.ini")
}

/// Reads one file: its documents, and what of it could not be read.
fn read_file(base: &Path, file: &Path) -> Vec<Result<Document>> {
    let bytes = match bytes_of(file) {
        Ok(bytes) => bytes,
        Err(error) => return vec![Err(error)],
    };
    let read = documents(&relative(base, file), &bytes).into_iter();
    read.map(|document| document.map_err(|error| error.in_file(file))).collect()
}

fn bytes_of(file: &Path) -> Result<Vec<u8>> {
    if !file.is_file() {
        return Err(Error::new(ErrorKind::Io, "no ordinary file, or gone").in_file(file));
    }
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file).map_err(|error| Error::io(file, error))?;
    // Of a file that grows while it is read no more than the bound is taken.
    opened.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| Error::io(file, error))?;
    if bytes.len() as u64 > LARGEST {
        let message = format!("larger than {} MB", LARGEST >> 20);
        return Err(Error::new(ErrorKind::Limit, message).in_file(file).advise("divide it"));
    }
    Ok(bytes)
}

#[cfg(feature = "documents")]
fn documents(path: &str, bytes: &[u8]) -> Vec<Result<Document>> {
    super::format::read(path, bytes)
}

#[cfg(not(feature = "documents"))]
fn documents(path: &str, bytes: &[u8]) -> Vec<Result<Document>> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').map_or("", |(_, last)| last).to_lowercase();
    if !matches!(extension.as_str(), "txt" | "md" | "markdown" | "") {
        let error = Error::new(ErrorKind::Format, "a format that is not read without the feature `documents`");
        return vec![Err(error.on(&format!(".{extension}")).advise("save it as .txt or .md"))];
    }
    vec![Document::from_bytes(path, bytes)]
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
    fn one_file_is_a_folder_of_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bord-3.txt");
        std::fs::write(&path, "- mer tid\n").unwrap();
        assert_eq!(read_folder(&path).unwrap().documents[0].path, "bord-3.txt");
    }
}
