//! Files that are there whole or not at all.

use anyhow::Result;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use tempfile::{Builder, NamedTempFile};

/// Fills a file beside its place and moves it there when it is whole.
pub fn write(path: &Path, fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut file = beside(folder_of(path), &name)?;
    let mut to = BufWriter::new(&mut file);
    fill(&mut to)?;
    to.flush()?;
    drop(to);
    file.persist(path)?;
    Ok(())
}

/// A file to be filled and then moved to its place in the same folder; left behind, its name says what it was to be. Others may
/// read it as they may any new file, so that a folder that is shared stays shared.
pub fn beside(folder: &Path, name: &str) -> io::Result<NamedTempFile> {
    let prefix = format!(".{name}.");
    let mut builder = Builder::new();
    builder.prefix(&prefix).suffix(".part");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

/// The folder that a file is to lie in.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
