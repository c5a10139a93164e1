//! Codes points as they come, a line a point, of any number: what is larger than memory too, and what is larger than a machine.

mod input;
mod merge;
mod output;
#[cfg(feature = "parquet")]
mod parquet;
mod shard;

use anyhow::{Context, Result};
use clap::Parser;
use indicatif::HumanCount;
use input::{Format, NAMED, Part, Reading, Source};
use kodebok::codebook::Codebook;
use output::{Jsonl, Place};
use shard::{Kind, Share};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tempfile::NamedTempFile;

/// Codes the points of files, a line a point, and writes a line of JSON for each: its line, its codes with their
/// probabilities, its text.
#[derive(Parser)]
#[command(
    version,
    after_help = "Worked calls:\n  \
    cargo run --release --example code -- punkter.csv --out resultat/\n  \
    zcat korpus.jsonl.gz | cargo run --release --example code -- - --format jsonl | jq .code\n  \
    cargo run --release --example code -- korpus.jsonl --shard 3/20 --out deler/   # on each of 20 machines\n  \
    cargo run --release --example code -- --merge deler/                           # then once\n\
    Memory stays the same however long the files are: some 100 MB, and the longest line.\n\n\
    A shard codes the points whose lines begin in its share of the bytes: of the files' bytes, one after another in the order\n\
    given, shard I of N has those from (I-1)/N to I/N. It reads its own bytes alone, of .csv what stands before them too.\n\n\
    Exit status: 0 all was coded; 1 some lines could not be read (they are named); 2 nothing could be done."
)]
struct Arguments {
    /// .txt, .jsonl or .csv files of points; - for standard input. Of .jsonl the field \"text\" is read, of .csv the column
    /// \"text\". Empty points are left out. Of several files each point says which it is from.
    #[arg(required_unless_present = "merge")]
    files: Vec<PathBuf>,
    /// What the files are, whatever their names [default: by their names; txt for standard input].
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// The codebook, a TOML file [default: the bundled one of the 2017 summit].
    #[arg(long, value_name = "FILE")]
    codebook: Option<PathBuf>,
    /// Write points.jsonl there and not to standard output; made if it is not there.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// How many threads to use [default: one a core].
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    threads: usize,
    /// Code only this share of the points, and write it to --out as shard-I-of-N with a manifest.
    #[arg(long, value_name = "I/N", requires = "out")]
    shard: Option<Share>,
    /// What a shard's points are written as; Parquet with the feature `parquet`.
    #[arg(long, value_enum, default_value = "jsonl", requires = "shard")]
    kind: Kind,
    /// Join the shards in these folders: counts by code and file on standard output, with --out the points in one file too.
    #[arg(long, value_name = "DIR", num_args = 1.., conflicts_with_all = ["files", "format", "codebook", "shard"])]
    merge: Vec<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(all_well) => ExitCode::from(u8::from(!all_well)),
        Err(error) => {
            eprintln!("code: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Gives whether every line could be read.
fn run(arguments: &Arguments) -> Result<bool> {
    if !arguments.merge.is_empty() {
        return merge::run(&arguments.merge, arguments.out.as_deref());
    }
    rayon::ThreadPoolBuilder::new().num_threads(arguments.threads).build_global()?;
    let sources: Vec<Source> =
        arguments.files.iter().map(|path| Source::new(path, arguments.format)).collect::<Result<_>>()?;
    let codebook = match &arguments.codebook {
        Some(path) => Codebook::read(path)?,
        None => Codebook::summit_2017(),
    };
    let reading = Reading::new(&sources);
    match (arguments.shard, &arguments.out) {
        (Some(share), Some(out)) => shard::run(share, &reading, &codebook, arguments.kind, out)?,
        (_, Some(out)) => {
            write_file(&reading, &codebook, out).with_context(|| format!("{}: can't be written", out.display()))?;
        }
        (_, None) => write(&reading, &codebook, BufWriter::new(io::stdout().lock()))?,
    }
    reading.finish()?;
    if reading.wrong() > NAMED {
        eprintln!("code: {} lines were left out in all", HumanCount(reading.wrong()));
    }
    Ok(reading.wrong() == 0)
}

/// Writes the file beside its place and moves it there when it is whole.
fn write_file(reading: &Reading, codebook: &Codebook, out: &Path) -> Result<()> {
    std::fs::create_dir_all(out)?;
    let mut file = NamedTempFile::new_in(out)?;
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
