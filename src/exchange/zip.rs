//! ZIP archives, with bounds on what they unpack to.

use crate::error::{Error, ErrorKind, Result};
use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use zip::result::ZipError;
use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime, ZipArchive};

/// The most bytes that the wanted files of an archive may unpack to together. A summit's project is below 10 MB, a study with 500
/// interviews of 100 kB is 50 MB.
pub(super) const MAX_UNPACKED: u64 = 256 << 20;

/// The most files that an archive may hold.
pub(super) const MAX_FILES: usize = 100_000;

/// The files of an archive for which `wanted` says so, by their names.
pub(super) fn unpack(bytes: &[u8], wanted: impl Fn(&str) -> bool) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    if archive.len() > MAX_FILES {
        return Err(too_large(format!("it holds {} files, and at most {MAX_FILES} are read", archive.len())));
    }
    let mut files = BTreeMap::new();
    let mut left = MAX_UNPACKED;
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(|error| damaged(&error))?;
        let name = file.name().map_err(|error| damaged(&error))?.replace('\\', "/");
        if file.is_dir() || !wanted(&name) {
            continue;
        }
        let mut content = Vec::new();
        let read = file.take(left + 1).read_to_end(&mut content);
        read.map_err(|error| damaged(&ZipError::Io(error)).on(&name))?;
        let Some(rest) = left.checked_sub(content.len() as u64) else {
            return Err(too_large(format!("it unpacks to more than {} MB", MAX_UNPACKED >> 20)).on(&name));
        };
        left = rest;
        files.insert(name, content);
    }
    Ok(files)
}

fn damaged(error: &ZipError) -> Error {
    Error::new(ErrorKind::Exchange, format!("no ZIP archive that can be read, {error}"))
        .advise("copy or export the file again")
}

fn too_large(message: String) -> Error {
    Error::new(ErrorKind::Exchange, message)
}

/// An archive of files, in their order. The same bytes for the same files: all are of the ZIP format's first day.
pub(super) fn pack<'f>(files: impl IntoIterator<Item = (String, &'f [u8])>) -> Result<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let all = || {
        for (name, content) in files {
            writer.start_file(name, options)?;
            writer.write_all(content)?;
        }
        Ok::<(), ZipError>(())
    };
    all().map_err(|error| unwritten(&error))?;
    Ok(writer.finish().map_err(|error| unwritten(&error))?.into_inner())
}

fn unwritten(error: &ZipError) -> Error {
    Error::new(ErrorKind::Exchange, format!("no ZIP archive can be made of this, {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_back_and_only_those_wanted() {
        let packed = pack([("a.txt".to_owned(), &b"a"[..]), ("b/c.bin".to_owned(), b"c")]).unwrap();
        assert_eq!(packed, pack([("a.txt".to_owned(), &b"a"[..]), ("b/c.bin".to_owned(), b"c")]).unwrap());
        let files = unpack(&packed, |name| name.ends_with(".txt")).unwrap();
        assert_eq!(files.into_iter().collect::<Vec<_>>(), [("a.txt".to_owned(), b"a".to_vec())]);
    }

    #[test]
    fn a_bomb_is_an_error() {
        let zeros = vec![0; (MAX_UNPACKED / 4) as usize + 1];
        let four = ["a", "b", "c", "d"].map(|name| (name.to_owned(), &zeros[..]));
        let bomb = pack(four).unwrap();
        assert!(bomb.len() < 1 << 20);
        let message = unpack(&bomb, |_| true).unwrap_err().to_string();
        assert!(message.contains("more than 256 MB"), "{message}");
    }

    #[test]
    fn damage_is_an_error() {
        let packed = pack([("a.txt".to_owned(), &b"some text that is long enough to be packed"[..])]).unwrap();
        for at in 0..packed.len() {
            let _ = unpack(&packed[..at], |_| true).unwrap_err();
            let mut flipped = packed.clone();
            flipped[at] ^= 0xFF;
            let _ = unpack(&flipped, |_| true);
        }
    }
}
