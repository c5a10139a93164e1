//! Shards joined: only of one codebook, one version and the same files, and only when each is there once and whole.

use super::input::Format;
use super::output::{Count, Record};
use super::shard::{Book, Kind, Manifest, Share, Whole};
use crate::whole;
use anyhow::{Context, Result, anyhow, bail, ensure};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

/// A shard and where its manifest is.
struct Shard {
    manifest: Manifest,
    path: PathBuf,
}

/// What is written of all shards together.
#[derive(Serialize)]
struct Joined<'a> {
    kodebok: &'a str,
    codebook: &'a Book,
    shards: u64,
    nodes: BTreeSet<&'a str>,
    wrong: u64,
    #[serde(flatten)]
    total: Counts<'a>,
    files: Vec<Source<'a>>,
}

#[derive(Serialize)]
struct Source<'a> {
    file: &'a str,
    bytes: u64,
    wrong: u64,
    #[serde(flatten)]
    counts: Counts<'a>,
}

#[derive(Serialize)]
struct Counts<'a> {
    points: u64,
    uncoded: u64,
    codes: Vec<Code<'a>>,
}

/// How many points have a code as their first, and how many have it at all.
#[derive(Serialize)]
struct Code<'a> {
    code: &'a str,
    primary: u64,
    given: u64,
}

/// Joins the shards of folders. Gives whether every line could be read.
pub fn run(folders: &[PathBuf], out: Option<&Path>) -> Result<bool> {
    let mut shards = Vec::new();
    let mut unfinished = BTreeSet::new();
    for folder in folders {
        read(folder, &mut shards, &mut unfinished).with_context(|| folder.display().to_string())?;
    }
    shards.sort_by(|a, b| a.manifest.share.shard.cmp(&b.manifest.share.shard).then_with(|| a.path.cmp(&b.path)));
    alike(&shards)?;
    complete(&shards, &unfinished)?;
    for shard in &shards {
        whole(shard)?;
    }
    let joined = serde_json::to_string_pretty(&joined(&shards))?;
    if let Some(out) = out {
        std::fs::create_dir_all(out)?;
        whole::write(&out.join("points.jsonl"), |to| points(&shards, to))?;
        whole::write(&out.join("counts.json"), |to| Ok(writeln!(to, "{joined}")?))?;
    }
    println!("{joined}");
    Ok(shards.iter().flat_map(|shard| &shard.manifest.sources).all(|source| source.wrong == 0))
}

/// The shards of a folder, and the names of those of which only a beginning is there.
fn read(folder: &Path, shards: &mut Vec<Shard>, unfinished: &mut BTreeSet<String>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if let Some(begun) = name.strip_prefix('.').filter(|name| name.starts_with("shard-") && name.ends_with(".part"))
        {
            unfinished.extend(begun.split('.').next().map(str::to_owned));
        } else if name.starts_with("shard-") && name.ends_with(".json") {
            let manifest = std::fs::read(&path).map_err(anyhow::Error::from);
            let manifest = manifest.and_then(|bytes| Ok(serde_json::from_slice(&bytes)?));
            let manifest = manifest.with_context(|| format!("{}: no manifest of a shard", path.display()))?;
            shards.push(Shard { manifest, path });
        }
    }
    Ok(())
}

/// Fails unless all shards come from one version, one codebook, one number of shards and the same files.
fn alike(shards: &[Shard]) -> Result<()> {
    let Some((first, rest)) = shards.split_first() else { bail!("no shard is there, not one manifest shard-*.json") };
    for shard in rest {
        let what = |manifest: &Manifest| {
            let wholes: Vec<Whole> = manifest.sources.iter().map(|source| source.whole.clone()).collect();
            let Manifest { kodebok, codebook, share, .. } = manifest;
            [
                format!("codebook {} with hash {}", codebook.id, codebook.hash),
                format!("kodebok {kodebok}"),
                format!("{} shards", share.of),
                files(&wholes),
            ]
        };
        for (one, other) in what(&first.manifest).into_iter().zip(what(&shard.manifest)) {
            ensure!(
                one == other,
                "shards that do not belong together: {} is of {one}, {} of {other}",
                first.path.display(),
                shard.path.display()
            );
        }
    }
    Ok(())
}

fn files(wholes: &[Whole]) -> String {
    let file =
        |whole: &Whole| format!("{} ({:?}, {} bytes, sample {})", whole.file, whole.format, whole.bytes, &whole.sample);
    wholes.iter().map(file).collect::<Vec<_>>().join(", ")
}

/// Fails unless each shard is there once.
fn complete(shards: &[Shard], unfinished: &BTreeSet<String>) -> Result<()> {
    let of = shards[0].manifest.share.of;
    let mut paths: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for shard in shards {
        paths.entry(shard.manifest.share.shard).or_default().push(shard.path.display().to_string());
    }
    let mut amiss = Vec::new();
    for (shard, paths) in paths.iter().filter(|(_, paths)| paths.len() > 1) {
        amiss.push(format!("shard {shard} of {of} is there {} times: {}", paths.len(), paths.join(", ")));
    }
    let lacking = |begun: bool| {
        let lacks = |shard: &u64| {
            !paths.contains_key(shard) && unfinished.contains(&Share { shard: *shard, of }.name()) == begun
        };
        runs((1..=of).filter(lacks))
    };
    for (begun, how) in [(false, "missing"), (true, "unfinished: only a beginning of it is there")] {
        let shards = lacking(begun);
        if !shards.is_empty() {
            amiss.push(format!("shard {shards} of {of} is {how}"));
        }
    }
    ensure!(amiss.is_empty(), "{}", amiss.join("; "));
    Ok(())
}

/// Numbers in rising order, those that follow each other as one: `3, 7-9`.
fn runs(numbers: impl Iterator<Item = u64>) -> String {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => runs.push((number, number)),
        }
    }
    let written = |&(first, last): &(u64, u64)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    };
    runs.iter().map(written).collect::<Vec<_>>().join(", ")
}

/// Fails unless a shard's points are as its manifest says.
fn whole(shard: &Shard) -> Result<()> {
    let path = shard.path.with_file_name(&shard.manifest.file);
    let bytes = path.metadata().map(|data| data.len());
    let bytes = bytes.with_context(|| format!("{}: the points of a shard can't be read", path.display()))?;
    let expected = shard.manifest.bytes;
    ensure!(bytes == expected, "{}: has {bytes} bytes, and by its manifest {expected}", path.display());
    #[cfg(feature = "parquet")]
    if shard.manifest.kind == Kind::Parquet {
        let rows = super::parquet::rows(&path).with_context(|| format!("{}: no whole Parquet file", path.display()))?;
        let points: u64 = shard.manifest.sources.iter().map(|source| source.count.points).sum();
        ensure!(rows == points, "{}: has {rows} points, and by its manifest {points}", path.display());
    }
    Ok(())
}

fn joined(shards: &[Shard]) -> Joined<'_> {
    let Manifest { kodebok, codebook, share, sources, .. } = &shards[0].manifest;
    let mut total = Count::new(codebook.codes.len());
    let (mut files, mut all_wrong) = (Vec::new(), 0);
    for (at, source) in sources.iter().enumerate() {
        let mut count = Count::new(codebook.codes.len());
        let mut wrong = 0;
        for found in shards.iter().map(|shard| &shard.manifest.sources[at]) {
            count.join(&found.count);
            wrong += found.wrong;
        }
        total.join(&count);
        all_wrong += wrong;
        let counts = counts(&count, codebook);
        files.push(Source { file: &source.whole.file, bytes: source.whole.bytes, wrong, counts });
    }
    let nodes = shards.iter().map(|shard| &*shard.manifest.node).collect();
    Joined { kodebok, codebook, shards: share.of, nodes, wrong: all_wrong, total: counts(&total, codebook), files }
}

fn counts<'a>(count: &Count, codebook: &'a Book) -> Counts<'a> {
    let numbers = count.primary.iter().zip(&count.given);
    let codes = codebook.codes.iter().zip(numbers);
    let codes = codes.map(|(code, (&primary, &given))| Code { code, primary, given }).collect();
    Counts { points: count.points, uncoded: count.uncoded, codes }
}

/// All points in one file, to the byte what one machine would have written: the lines that a shard counted from its own first
/// are counted on from those of the shards before it.
fn points(shards: &[Shard], to: &mut dyn Write) -> Result<()> {
    let several = shards[0].manifest.sources.len() > 1;
    let mut before: BTreeMap<&str, u64> = BTreeMap::new();
    for shard in shards {
        let path = shard.path.with_file_name(&shard.manifest.file);
        ensure!(
            shard.manifest.kind == Kind::Jsonl,
            "{}: only shards of JSON lines are joined to one file; a folder of Parquet files is read as one table",
            path.display()
        );
        let mut read = 0;
        for line in BufReader::with_capacity(1 << 16, File::open(&path)?).lines() {
            let line = line.with_context(|| path.display().to_string())?;
            let record = record(&line, &before, several);
            let record = record.with_context(|| format!("{}: point {}", path.display(), read + 1))?;
            serde_json::to_writer(&mut *to, &record)?;
            to.write_all(b"\n")?;
            read += 1;
        }
        let points: u64 = shard.manifest.sources.iter().map(|source| source.count.points).sum();
        ensure!(read == points, "{}: has {read} points, and by its manifest {points}", path.display());
        for source in shard.manifest.sources.iter().filter(|source| source.whole.format != Format::Csv) {
            *before.entry(&source.whole.file).or_default() += source.lines;
        }
    }
    Ok(())
}

fn record<'a>(line: &'a str, before: &BTreeMap<&str, u64>, several: bool) -> Result<Record<'a>> {
    let mut record: Record = serde_json::from_str(line)?;
    let file = record.file.take().unwrap_or_default();
    let nth = record.nth.take().ok_or_else(|| anyhow!("no point of a shard, without \"nth\""))?;
    record.line = Some(before.get(&*file).unwrap_or(&0) + nth);
    record.at = None;
    record.file = several.then_some(file);
    Ok(record)
}
