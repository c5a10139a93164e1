//! Which Parquet file is broken: the engines' errors say what is wrong, and not where.

use anyhow::{Context, Result, ensure};
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fs::File;
use std::path::{Path, PathBuf};

/// Fails with the first file of a table whose end can't be read, where Parquet says what is in it: some kilobytes a file.
pub fn ends(table: &Path) -> Result<()> {
    let files = files(table).with_context(|| table.display().to_string())?;
    ensure!(!files.is_empty(), "{}: no .parquet file is there", table.display());
    for file in files {
        let end = File::open(&file).map_err(anyhow::Error::from);
        let end = end.and_then(|file| Ok(ParquetRecordBatchReaderBuilder::try_new(file)?));
        end.with_context(|| format!("{}: no whole Parquet file", file.display()))?;
    }
    Ok(())
}

/// The first file of a table that can't be read to its end, with the reason. It costs a reading of all that is before it, so it is
/// for after a query has failed.
pub fn find(table: &Path) -> Option<anyhow::Error> {
    files(table).unwrap_or_default().into_iter().find_map(|path| {
        let read = || -> Result<()> {
            for batch in ParquetRecordBatchReaderBuilder::try_new(File::open(&path)?)?.build()? {
                batch?;
            }
            Ok(())
        };
        read().with_context(|| format!("{}: a broken Parquet file", path.display())).err()
    })
}

/// The Parquet files of a table, by name: one, or those in a folder.
fn files(table: &Path) -> Result<Vec<PathBuf>> {
    if table.is_file() {
        return Ok(vec![table.to_owned()]);
    }
    let paths = std::fs::read_dir(table)?.map(|entry| Ok(entry?.path()));
    let mut paths = paths.collect::<std::io::Result<Vec<PathBuf>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "parquet"));
    paths.sort();
    Ok(paths)
}
