//! Thousands of damaged copies of the fixtures through the whole program: no panic, no hang, bounded memory, every file's outcome
//! known. Heavy, so it is run by hand:
//!
//! ```sh
//! SOAK=20000 cargo test --test soak -- --ignored --nocapture
//! ```
#![cfg(all(feature = "documents", target_os = "linux"))]

mod common;

use common::{example, example_path};
use rand::prelude::*;
use rand::rngs::SmallRng;
use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Copies that one run of the program reads: a run may take as long as one file may.
const BATCH: usize = 100;
const LONGEST: Duration = Duration::from_secs(10);
const MOST_MEMORY: u64 = 1 << 30;

/// What became of the copies of one format.
#[derive(Default)]
struct Outcomes {
    copies: usize,
    refused: BTreeMap<String, usize>,
}

#[test]
#[ignore = "takes an hour"]
fn damaged_copies() {
    let copies: usize = std::env::var("SOAK").ok().and_then(|count| count.parse().ok()).unwrap_or(1_000);
    let first: u64 = std::env::var("SOAK_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(0);
    example("summarise").arg("--version").assert().success();
    let fixtures = fixtures();
    let mut table: BTreeMap<String, Outcomes> = BTreeMap::new();
    let (mut slowest, mut largest, mut caught) = (Duration::ZERO, 0, 0);
    for batch in 0..copies.div_ceil(BATCH) {
        let folder = tempfile::tempdir().unwrap();
        for at in 0..BATCH {
            let seed = first + (batch * BATCH + at) as u64;
            let mut random = SmallRng::seed_from_u64(seed);
            let (name, bytes) = fixtures.choose(&mut random).unwrap();
            let extension = name.rsplit_once('.').unwrap().1;
            fs::write(folder.path().join(format!("{at:03}-{seed}.{extension}")), copy(bytes, &mut random)).unwrap();
            table.entry(extension.to_owned()).or_default().copies += 1;
        }
        let run = run(folder.path());
        assert!(
            run.status.is_some_and(|status| status <= 1),
            "batch {batch}, kept at {:?}: {}",
            folder.keep(),
            run.stderr
        );
        slowest = slowest.max(run.time);
        if run.time > LONGEST / 4 {
            println!("slow: {:?} for the seeds from {}", run.time, first + (batch * BATCH) as u64);
        }
        largest = largest.max(run.memory);
        for line in run.stderr.lines().filter(|line| line.contains("panicked at")) {
            caught += 1;
            println!("caught for the seeds from {}: {line}", first + (batch * BATCH) as u64);
        }
        for line in run.stderr.lines().filter_map(|line| line.strip_prefix("summarise: not read: ")) {
            let file = Path::new(line.split(": ").next().unwrap_or_default().split(".tmp").last().unwrap_or_default());
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let extension =
                name.rsplit('.').next().unwrap_or_default().split(':').next().unwrap_or_default().to_owned();
            *table.entry(extension).or_default().refused.entry(kind(line).to_owned()).or_default() += 1;
        }
    }
    println!("| format | copies | read | refused |\n| --- | --- | --- | --- |");
    for (extension, outcomes) in &table {
        let refused: usize = outcomes.refused.values().sum();
        let why: Vec<String> = outcomes.refused.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        println!(
            "| {extension} | {} | {} | {} |",
            outcomes.copies,
            outcomes.copies.saturating_sub(refused),
            why.join(", ")
        );
    }
    println!("slowest run of {BATCH}: {slowest:?}; most memory: {} MiB; panics caught: {caught}", largest >> 20);
    assert!(slowest < LONGEST && largest < MOST_MEMORY);
}

/// What a message says, in a word or two.
fn kind(line: &str) -> &'static str {
    [
        ("gave up", "reader gave up"),
        ("UTF-8", "not text"),
        ("zero byte", "not text"),
        ("control characters", "not text"),
        ("neither", "not text"),
        ("DOS", "not text"),
        ("not text", "not text"),
        ("unpack", "broken archive"),
        ("part", "broken part"),
        ("XML", "broken XML"),
        ("cut short", "cut short"),
        ("scan", "no text"),
        ("picture", "no text"),
        ("without text", "no text"),
        ("fonts", "no text"),
        ("PDF", "broken PDF"),
        ("archive", "broken archive"),
        ("password", "password"),
    ]
    .iter()
    .find(|(mark, _)| line.contains(mark))
    .map_or("other", |(_, kind)| kind)
}

fn fixtures() -> Vec<(String, Vec<u8>)> {
    let files = fs::read_dir("tests/formats").unwrap().map(|entry| entry.unwrap().path());
    let mut fixtures: Vec<(String, Vec<u8>)> = files
        .filter(|path| path.extension().is_some_and(|extension| extension != "py"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    fixtures.sort();
    fixtures
}

/// A damaged copy. Of half the archives it is a part that is damaged and packed again, since damage to the archive seldom lets
/// anything through to the parsers.
fn copy(bytes: &[u8], random: &mut SmallRng) -> Vec<u8> {
    match bytes.starts_with(b"PK") && random.random_bool(0.5) {
        true => packed_anew(bytes, random).unwrap_or_else(|| damaged(bytes, random)),
        false => damaged(bytes, random),
    }
}

fn packed_anew(bytes: &[u8], random: &mut SmallRng) -> Option<Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).ok()?;
        let mut content = Vec::new();
        part.read_to_end(&mut content).ok()?;
        parts.push((String::from_utf8_lossy(part.name_raw()).into_owned(), content));
    }
    let text_parts = ["document.xml", "content.xml", "sheet1.xml", "sharedStrings.xml", "styles.xml", "footnotes.xml"];
    let wanted: Vec<usize> =
        (0..parts.len()).filter(|&at| text_parts.iter().any(|name| parts[at].0.ends_with(name))).collect();
    let at = *wanted.choose(random)?;
    parts[at].1 = damaged(&parts[at].1, random);
    let mut packed = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in parts {
        packed.start_file(name, stored).ok()?;
        packed.write_all(&content).ok()?;
    }
    Some(packed.finish().ok()?.into_inner())
}

/// One to four damages: bytes changed, cut out, doubled, put in, the end cut off, numbers made large.
fn damaged(bytes: &[u8], random: &mut SmallRng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..random.random_range(1..=4) {
        if bytes.is_empty() {
            break;
        }
        let at = random.random_range(0..bytes.len());
        let len = random.random_range(1..=bytes.len().min(400)).min(bytes.len() - at);
        match random.random_range(0..7) {
            0 => bytes[at] ^= 1 << random.random_range(0..8),
            1 => random.fill(&mut bytes[at..at + len]),
            2 => drop(bytes.drain(at..at + len)),
            3 => {
                let doubled = bytes[at..at + len].to_vec();
                bytes.splice(at..at, doubled);
            }
            4 => bytes.truncate(at),
            5 => {
                if let Some(digit) = (at..bytes.len()).find(|&at| bytes[at].is_ascii_digit()) {
                    bytes.splice(digit..digit, *b"99999999");
                }
            }
            _ => {
                let extremes: [&[u8]; 6] = [b"\xFF\xFF\xFF\xFF", b"\0\0\0\0", b"<a><a><a>", b"{{{{", b"<<<<", b"[[[[["];
                bytes.splice(at..at, extremes.choose(random).unwrap().repeat(40));
            }
        }
    }
    bytes
}

struct Run {
    status: Option<i32>,
    stderr: String,
    time: Duration,
    memory: u64,
}

/// Runs the program on a folder, its memory watched.
fn run(folder: &Path) -> Run {
    let start = Instant::now();
    let mut child = Command::new(example_path("summarise"))
        .arg(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut text = Vec::new();
        let _ = stderr.read_to_end(&mut text);
        String::from_utf8_lossy(&text).into_owned()
    });
    let mut memory = 0;
    let status = loop {
        memory = memory.max(peak(child.id()));
        if let Some(status) = child.try_wait().unwrap() {
            break status.code();
        }
        if start.elapsed() > 3 * LONGEST {
            let _ = child.kill();
        }
        std::thread::sleep(Duration::from_millis(15));
    };
    Run { status, stderr: reader.join().unwrap(), time: start.elapsed(), memory }
}

/// The most memory that a process has had, in bytes.
fn peak(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}
