//! All files of a run in a folder at once, or none of them.
//!
//! The files are written into a hidden folder beside the one that they are for, and brought to the disk. All else that stands in the
//! one is linked into the other, then the two change places in one step of the file system (`renameat2` with `RENAME_EXCHANGE`), so
//! that whoever looks, and whoever is killed, finds one run's files or the other's. What is left of the old folder is then taken
//! away; a killed run's leavings are taken away by the next.
//!
//! That step is Linux's, and some file systems lack it, or links. There, and where the folder is the one in which the program runs,
//! the files are moved one by one, `audit.json` taken away first and put last: a folder without it is not whole.
//!
//! What a person changed since it was written is not overwritten: it is kept under another name.

use anyhow::{Context, Result, anyhow, bail};
use kodebok::report::FileRecord;
use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The file that names the others; written last.
pub const RECORD: &str = "audit.json";

/// Stands in a folder that is being written.
const UNFINISHED: &str = ".kodebok-unfinished";

/// A file to be written: its name, and its bytes.
pub type Output = (&'static str, Vec<u8>);

/// Says whether an old file may give way: its name, its bytes, and whether it is as a run left it.
pub type MayGo<'m> = dyn Fn(&str, &[u8], bool) -> bool + 'm;

/// Puts files into a folder, all or none; gives the names under which older ones were kept that a person had changed.
pub fn put(folder: &Path, files: &[Output], may_go: &MayGo<'_>) -> Result<Vec<String>> {
    let folder = &place_of(folder)?;
    let (parent, name) = (folder.parent().unwrap_or(folder), folder.file_name().unwrap_or_default());
    fs::create_dir_all(parent)?;
    let beside = parent.join(format!(".{}.kodebok", name.to_string_lossy()));
    let mut kept = Vec::new();
    let _claim = claim(&beside, folder, files, may_go, &mut kept)?;
    let mut written = Vec::new();
    for (name, bytes) in files {
        let mut file = File::create(beside.join(name))?;
        file.write_all(bytes)?;
        written.push(file);
    }
    // All written before the first is brought to the disk: the file system then brings them there together.
    written.iter().try_for_each(File::sync_all)?;
    if !folder.exists() {
        sync(&beside);
        fs::rename(&beside, folder)?;
        sync(parent);
        fs::remove_file(folder.join(UNFINISHED))?;
        return Ok(kept);
    }
    // Of a run that was killed when all else was done.
    if folder.join(UNFINISHED).exists() {
        fs::remove_file(folder.join(UNFINISHED))?;
    }
    let in_the_way = in_the_way(folder, files, may_go)?;
    kept.extend(in_the_way.iter().map(|(_, kept)| kept.clone()));
    let _other_claim = locked(folder)?;
    if is_swapped(&beside, folder, files, &in_the_way) {
        sync(parent);
        fs::remove_file(folder.join(UNFINISHED))?;
        retire(&beside, folder, files, may_go, &mut kept)?;
    } else {
        move_each(&beside, folder, files, &in_the_way)?;
    }
    Ok(kept)
}

/// The folder's own path, links followed.
fn place_of(folder: &Path) -> Result<PathBuf> {
    if folder.exists() {
        return Ok(folder.canonicalize()?);
    }
    Ok(std::path::absolute(folder)?)
}

/// Makes the hidden folder, and holds it until the result is dropped; a killed run's is done away with first.
fn claim(
    beside: &Path,
    folder: &Path,
    files: &[Output],
    may_go: &MayGo<'_>,
    kept: &mut Vec<String>,
) -> Result<Option<File>> {
    if beside.exists() {
        let _claim = locked(beside)?;
        if beside.join(UNFINISHED).exists() || !folder.exists() {
            discard(beside)?;
        } else {
            retire(beside, folder, files, may_go, kept)?;
        }
    }
    fs::create_dir(beside)?;
    let claim = locked(beside)?;
    File::create(beside.join(UNFINISHED))?;
    Ok(claim)
}

/// Removes a hidden folder, its mark last: killed meanwhile, it is known for what it is.
fn discard(beside: &Path) -> io::Result<()> {
    let mark = beside.join(UNFINISHED);
    for path in entries(beside)?.into_iter().filter(|path| *path != mark) {
        if fs::symlink_metadata(&path)?.is_dir() { fs::remove_dir_all(&path)? } else { fs::remove_file(&path)? }
    }
    if mark.exists() {
        fs::remove_file(mark)?;
    }
    fs::remove_dir(beside)
}

/// A lock on a folder, where the system has such; given back by the system when a run is killed.
fn locked(folder: &Path) -> Result<Option<File>> {
    let Ok(file) = File::open(folder) else { return Ok(None) };
    match file.try_lock() {
        Err(fs::TryLockError::WouldBlock) => bail!("another run is writing there"),
        _ => Ok(Some(file)),
    }
}

/// The files that would be overwritten and must not be, with the names under which they are kept.
fn in_the_way(folder: &Path, files: &[Output], may_go: &MayGo<'_>) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for (name, _) in files {
        let old = folder.join(name);
        if old.is_dir() {
            bail!("{} is a folder", old.display());
        }
        if old.is_file() && !goes(folder, name, &fs::read(&old)?, files, may_go) {
            found.push(((*name).to_owned(), free_name(folder, name)));
        }
    }
    Ok(found)
}

/// Whether a file that an earlier run may have written can go.
fn goes(folder: &Path, name: &str, bytes: &[u8], files: &[Output], may_go: &MayGo<'_>) -> bool {
    let is_same = files.iter().any(|(new, content)| *new == name && content == bytes);
    let is_untouched = recorded(folder).is_some_and(|recorded| match recorded.get(name) {
        Some(hash) => *hash == sha256(bytes),
        None => name == RECORD,
    });
    is_same || may_go(name, bytes, is_untouched)
}

/// The SHA-256 of each file by the record that stands beside it; `None` where there is no such record.
fn recorded(folder: &Path) -> Option<HashMap<String, String>> {
    let record: serde_json::Value = serde_json::from_slice(&fs::read(folder.join(RECORD)).ok()?).ok()?;
    let text = |file: &serde_json::Value, key: &str| Some(file.get(key)?.as_str()?.to_owned());
    record.get("outputs")?.as_array()?.iter().map(|file| Some((text(file, "path")?, text(file, "sha256")?))).collect()
}

fn sha256(bytes: &[u8]) -> String {
    FileRecord::of("", bytes).sha256
}

/// A name that no file has: `decisions.kept-1.csv`.
fn free_name(folder: &Path, name: &str) -> String {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let mut names = (1..).map(|number| format!("{stem}.kept-{number}.{extension}"));
    names.find(|name| !folder.join(name).exists()).unwrap_or_default()
}

/// Links what must stay into the new folder and lets the two change places; where it can't be done, all is as it was.
fn is_swapped(beside: &Path, folder: &Path, files: &[Output], in_the_way: &[(String, String)]) -> bool {
    if !cfg!(target_os = "linux") || std::env::current_dir().is_ok_and(|current| current.starts_with(folder)) {
        return false;
    }
    let linked = || -> io::Result<()> {
        fs::set_permissions(beside, fs::metadata(folder)?.permissions())?;
        for (name, kept) in in_the_way {
            fs::hard_link(folder.join(name), beside.join(kept))?;
        }
        let stale = recorded(folder).unwrap_or_default();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let is_ours = files.iter().any(|(file, _)| name == **file);
            // A file of an earlier run that this one does not write goes with that run, unless a person changed it.
            let is_stale = || {
                let hash = name.to_str().and_then(|name| stale.get(name));
                hash.is_some_and(|hash| fs::read(entry.path()).is_ok_and(|bytes| sha256(&bytes) == *hash))
            };
            if !is_ours && !is_stale() {
                link(&entry.path(), &beside.join(&name))?;
            }
        }
        sync(beside);
        exchange(beside, folder)
    };
    linked().is_ok()
}

/// Links a file, or a folder's files in a folder of the same name.
fn link(from: &Path, to: &Path) -> io::Result<()> {
    if !fs::symlink_metadata(from)?.is_dir() {
        return fs::hard_link(from, to);
    }
    fs::create_dir(to)?;
    fs::set_permissions(to, fs::metadata(from)?.permissions())?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        link(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

#[cfg(target_os = "linux")]
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

#[cfg(not(target_os = "linux"))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Takes an old folder away whose files were linked into the new one; what was changed since then is moved there.
fn retire(old: &Path, folder: &Path, files: &[Output], may_go: &MayGo<'_>, kept: &mut Vec<String>) -> Result<()> {
    let linked: HashSet<_> = entries(folder)?.iter().filter_map(|path| identity(path)).collect();
    let mut entries = entries(old)?;
    // The record goes last, since the others are judged by it.
    entries.sort_by_key(|path| path.file_name().is_some_and(|name| name == RECORD));
    for path in entries {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let twin = folder.join(&name);
        let is_linked = identity(&path).is_some_and(|identity| linked.contains(&identity));
        if fs::symlink_metadata(&path)?.is_dir() && twin.is_dir() {
            retire(&path, &twin, &[], &|_, _, _| false, kept)?;
        } else if is_linked || goes(old, &name, &fs::read(&path).unwrap_or_default(), files, may_go) {
            fs::remove_file(&path)?;
        } else {
            let name = if twin.exists() { free_name(folder, &name) } else { name };
            fs::rename(&path, folder.join(&name))?;
            kept.push(name);
        }
    }
    fs::remove_dir(old).with_context(|| anyhow!("{}: can't be removed", old.display()))
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
}

/// What a file is, under whichever name.
#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    fs::symlink_metadata(path).ok().map(|data| (data.dev(), data.ino()))
}

#[cfg(not(unix))]
fn identity(_: &Path) -> Option<(u64, u64)> {
    None
}

/// Brings a folder's names to the disk, where the system does that.
fn sync(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// Moves the files one by one, the record last.
fn move_each(beside: &Path, folder: &Path, files: &[Output], in_the_way: &[(String, String)]) -> Result<()> {
    for (name, kept) in in_the_way {
        fs::rename(folder.join(name), folder.join(kept))?;
    }
    match fs::remove_file(folder.join(RECORD)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let (record, others): (Vec<&Output>, Vec<&Output>) = files.iter().partition(|(name, _)| *name == RECORD);
    for (name, _) in others.into_iter().chain(record) {
        fs::rename(beside.join(name), folder.join(name))?;
    }
    Ok(discard(beside)?)
}
