//! Points as they come, a line a point, of any number: what is larger than memory too, and what is larger than a machine.

mod input;
mod merge;
mod output;
#[cfg(feature = "parquet")]
mod parquet;
mod shard;

use crate::whole::beside;
use anyhow::{Context, Result};
use indicatif::HumanCount;
use input::{Format, NAMED, Part, Reading, Source};
use kodebok::codebook::Codebook;
use output::{Jsonl, Place};
use shard::{Kind, Share};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

/// How files of points, the group of arguments `files_of_points`, are read and shared out; `--codebook`, `--out` and `--threads`
/// are the program's.
#[derive(clap::Args)]
pub struct Options {
    /// What the files of points are, whatever their names [default: by their names; txt for standard input].
    #[arg(long, value_enum, requires = "files_of_points")]
    format: Option<Format>,
    /// Code only this share of the points, and write it to --out as shard-I-of-N with a manifest.
    #[arg(long, value_name = "I/N", requires_all = ["files_of_points", "out"])]
    shard: Option<Share>,
    /// What a shard's points are written as; Parquet with the feature `parquet`.
    #[arg(long, value_enum, default_value = "jsonl", requires = "shard")]
    kind: Kind,
    /// Join the shards in these folders: counts by code and file on standard output, with --out the points in one file too.
    #[arg(long, value_name = "DIR", num_args = 1.., conflicts_with_all = ["files_of_points", "codebook"])]
    merge: Vec<PathBuf>,
}

impl Options {
    /// Whether shards are to be joined, and no files to be read.
    pub fn joins(&self) -> bool {
        !self.merge.is_empty()
    }
}

/// Codes the points of files, or joins shards; gives whether every line could be read.
pub fn run(files: &[PathBuf], options: &Options, codebook: Option<&Path>, out: Option<&Path>) -> Result<bool> {
    if options.joins() {
        return merge::run(&options.merge, out);
    }
    let sources: Vec<Source> = files.iter().map(|path| Source::new(path, options.format)).collect::<Result<_>>()?;
    let codebook = match codebook {
        Some(path) => Codebook::read(path)?,
        None => Codebook::summit_2017(),
    };
    let reading = Reading::new(&sources);
    match (options.shard, out) {
        (Some(share), Some(out)) => shard::run(share, &reading, &codebook, options.kind, out)?,
        (_, Some(out)) => {
            write_file(&reading, &codebook, out).with_context(|| format!("{}: can't be written", out.display()))?;
        }
        (_, None) => write(&reading, &codebook, BufWriter::new(io::stdout().lock()))?,
    }
    reading.finish()?;
    if reading.wrong() > NAMED {
        eprintln!("{} lines were left out in all", HumanCount(reading.wrong()));
    }
    Ok(reading.wrong() == 0)
}

/// Writes the file beside its place and moves it there when it is whole.
fn write_file(reading: &Reading, codebook: &Codebook, out: &Path) -> Result<()> {
    std::fs::create_dir_all(out)?;
    let mut file = beside(out, "points")?;
    write(reading, codebook, BufWriter::new(&mut file))?;
    if reading.finish().is_ok() {
        file.persist(out.join("points.jsonl"))?;
    }
    Ok(())
}

fn write(reading: &Reading, codebook: &Codebook, to: impl io::Write) -> Result<()> {
    let parts = (0..reading.sources.len()).map(|source| Part { source, bytes: None }).collect();
    output::code(reading, parts, codebook, &mut Jsonl::new(to, Place::Line, reading.sources))?;
    Ok(())
}
