//! A shard: the share of the points that one machine codes, and the manifest that says what it is a share of.

use super::input::{Format, Part, Reading, Source};
use super::output::{self, Count, Jsonl, Place};
use crate::whole::beside;
use anyhow::{Context, Result, anyhow, ensure};
use clap::ValueEnum;
use kodebok::codebook::Codebook;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;
use std::str::FromStr;
use tempfile::NamedTempFile;

/// One share of so many, from 1.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Share {
    pub shard: u64,
    pub of: u64,
}

impl FromStr for Share {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts = text.split_once('/').and_then(|(shard, of)| Some((shard.parse().ok()?, of.parse().ok()?)));
        let (shard, of) = parts.ok_or_else(|| anyhow!("not of the form I/N, such as 3/20"))?;
        ensure!((1..=of).contains(&shard), "I of I/N is from 1 to N");
        Ok(Share { shard, of })
    }
}

impl Share {
    /// What its files begin with; as many digits in each, so that they sort.
    pub fn name(self) -> String {
        let digits = self.of.to_string().len();
        format!("shard-{:0digits$}-of-{}", self.shard, self.of)
    }

    /// Its part of so many bytes.
    fn range(self, bytes: u64) -> Range<u64> {
        let cut = |shard: u64| (u128::from(bytes) * u128::from(shard) / u128::from(self.of)) as u64;
        cut(self.shard - 1)..cut(self.shard)
    }

    /// Its parts of sources of so many bytes, one after another.
    fn parts(self, sizes: &[u64]) -> Vec<Part> {
        let share = self.range(sizes.iter().sum());
        let mut parts = Vec::new();
        let mut begin = 0;
        for (source, size) in sizes.iter().enumerate() {
            let bytes = share.start.clamp(begin, begin + size) - begin..share.end.clamp(begin, begin + size) - begin;
            if !bytes.is_empty() {
                parts.push(Part { source, bytes: Some(bytes) });
            }
            begin += size;
        }
        parts
    }
}

/// What a shard's points are written as.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Lines of JSON.
    Jsonl,
    /// An Apache Parquet file.
    Parquet,
}

/// What a shard is: written when its points are, so that a shard with a manifest is whole.
#[derive(Debug, Deserialize, Serialize)]
pub struct Manifest {
    /// The version of the software.
    pub kodebok: String,
    pub codebook: Book,
    #[serde(flatten)]
    pub share: Share,
    /// The machine that it was coded on.
    pub node: String,
    pub kind: Kind,
    /// The points' file, beside the manifest.
    pub file: String,
    pub bytes: u64,
    pub sources: Vec<Found>,
}

/// A codebook, as results tell it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Book {
    pub id: String,
    /// SHA-256 of its file and its examples.
    pub hash: String,
    pub codes: Vec<String>,
}

/// A source as a whole, by which shards of other sources are told.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Whole {
    pub file: String,
    pub format: Format,
    pub bytes: u64,
    /// SHA-256 of [`SAMPLES`] blocks of [`SAMPLE`] bytes, spread evenly, or of all where that is less: hashing all of a large file
    /// would mean that each shard reads all.
    pub sample: String,
}

/// What a shard found in its share of a source.
#[derive(Debug, Deserialize, Serialize)]
pub struct Found {
    #[serde(flatten)]
    pub whole: Whole,
    pub lines: u64,
    pub wrong: u64,
    #[serde(flatten)]
    pub count: Count,
}

const SAMPLES: u64 = 16;
const SAMPLE: u64 = 1 << 16;

/// Codes a share. Its files appear whole or not at all: the points first, then the manifest. What an earlier try left is
/// taken away before, so that a manifest never stands beside points that it does not speak of.
pub fn run(share: Share, reading: &Reading, codebook: &Codebook, kind: Kind, out: &Path) -> Result<()> {
    let wholes: Vec<Whole> = reading.sources.iter().map(whole).collect::<Result<_>>()?;
    let sizes: Vec<u64> = wholes.iter().map(|whole| whole.bytes).collect();
    let book = Book {
        id: codebook.id.clone(),
        hash: codebook.hash.clone(),
        codes: codebook.codes.iter().map(|code| code.id.clone()).collect(),
    };
    std::fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    let name = share.name();
    let mut file = beside(out, &name).with_context(|| format!("{}: can't be written", out.display()))?;
    let parts = share.parts(&sizes);
    let counts = match kind {
        Kind::Jsonl => {
            let mut records = Jsonl::new(BufWriter::new(&mut file), Place::Byte, reading.sources);
            output::code(reading, parts, codebook, &mut records)?
        }
        Kind::Parquet => parquet(&mut file, share, reading, parts, codebook)?,
    };
    reading.finish()?;
    let extension = if kind == Kind::Parquet { "parquet" } else { "jsonl" };
    let shares = wholes.into_iter().zip(&reading.tallies).zip(counts);
    let manifest = Manifest {
        kodebok: env!("CARGO_PKG_VERSION").to_owned(),
        codebook: book,
        share,
        node: node(),
        kind,
        file: format!("{name}.{extension}"),
        bytes: file.as_file().metadata()?.len(),
        sources: shares
            .map(|((whole, tally), count)| {
                let tally = tally.get();
                Found { whole, lines: tally.lines, wrong: tally.wrong, count }
            })
            .collect(),
    };
    let mut written = beside(out, &name).with_context(|| format!("{}: can't be written", out.display()))?;
    written.write_all(&serde_json::to_vec_pretty(&manifest)?)?;
    for kind in ["json", "jsonl", "parquet"] {
        remove(&out.join(format!("{name}.{kind}")))?;
    }
    persist(file, &out.join(&manifest.file))?;
    persist(written, &out.join(format!("{name}.json")))
}

#[cfg(feature = "parquet")]
fn parquet(
    file: &mut NamedTempFile,
    share: Share,
    reading: &Reading,
    parts: Vec<Part>,
    codebook: &Codebook,
) -> Result<Vec<Count>> {
    let mut records = super::parquet::Parquet::new(BufWriter::new(file), reading.sources, codebook, share)?;
    output::code(reading, parts, codebook, &mut records)
}

#[cfg(not(feature = "parquet"))]
fn parquet(_: &mut NamedTempFile, _: Share, _: &Reading, _: Vec<Part>, _: &Codebook) -> Result<Vec<Count>> {
    Err(anyhow!("Parquet is written only by a build with --features parquet"))
}

fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error).with_context(|| path.display().to_string()),
        _ => Ok(()),
    }
}

/// Gives a written file its name, once it is on the disk.
fn persist(file: NamedTempFile, path: &Path) -> Result<()> {
    file.as_file().sync_all().with_context(|| path.display().to_string())?;
    file.persist(path).with_context(|| path.display().to_string())?;
    Ok(())
}

/// A source's size and a hash of samples of it.
fn whole(source: &Source) -> Result<Whole> {
    let whole = || -> Result<Whole> {
        let mut file = File::open(&source.path)?;
        let data = file.metadata()?;
        ensure!(data.is_file(), "a shard can be had of files alone, whose bytes can be counted");
        let mut hash = Sha256::new();
        for begin in samples(data.len()) {
            file.seek(SeekFrom::Start(begin))?;
            let mut bytes = Vec::new();
            Read::by_ref(&mut file).take(SAMPLE).read_to_end(&mut bytes)?;
            hash.update(&bytes);
        }
        let sample = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Whole { file: source.name.clone(), format: source.format, bytes: data.len(), sample })
    };
    whole().with_context(|| source.name.clone())
}

/// Where the samples of so many bytes begin: of few bytes all are taken.
fn samples(bytes: u64) -> Vec<u64> {
    if bytes <= SAMPLES * SAMPLE {
        return (0..bytes).step_by(SAMPLE as usize).collect();
    }
    (0..SAMPLES).map(|sample| (bytes - SAMPLE) * sample / (SAMPLES - 1)).collect()
}

/// The name of this machine, as Slurm calls it or as it calls itself.
fn node() -> String {
    let named = std::env::var("SLURMD_NODENAME").or_else(|_| std::fs::read_to_string("/proc/sys/kernel/hostname"));
    named.map_or_else(|_| "not known".to_owned(), |name| name.trim().to_owned())
}
