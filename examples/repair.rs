//! Mends OCR and typing damage in a Norwegian text: `repair scanned.txt > mended.txt`.

use anyhow::Context;
use clap::Parser;
use kodebok::norwegian::repair::{Repaired, repair};
use std::fs;
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Writes a text to standard output, mended, line for line.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The text's file; standard input where none is given
    file: Option<PathBuf>,
    /// List the changes instead, tab-separated: line and column (code points), both from 1, original, replacement, reason
    #[arg(long)]
    changes: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("repair: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let text = match &arguments.file {
        Some(path) => read(path).with_context(|| path.display().to_string())?,
        None => read_input().context("standard input")?,
    };
    let repaired = repair(&text);
    let written = if arguments.changes { write_changes(&repaired) } else { write_text(&repaired) };
    match written {
        // Whoever reads has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    Ok(kodebok::notes::decode(&fs::read(path)?)?.0)
}

fn read_input() -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(kodebok::notes::decode(&bytes)?.0)
}

fn write_text(repaired: &Repaired<'_>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(repaired.text.as_bytes())?;
    out.flush()
}

fn write_changes(repaired: &Repaired<'_>) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    writeln!(out, "line\tcolumn\toriginal\treplacement\treason")?;
    let (mut line, mut line_start, mut seen) = (1, 0, 0);
    for change in &repaired.changes {
        let passed = &repaired.original[seen..change.span.start];
        line += passed.matches('\n').count();
        line_start = passed.rfind('\n').map_or(line_start, |at| seen + at + 1);
        seen = change.span.start;
        let column = repaired.original[line_start..seen].chars().count() + 1;
        let original = &repaired.original[change.span.clone()];
        writeln!(out, "{line}\t{column}\t{original}\t{}\t{}", change.replacement, change.reason)?;
    }
    out.flush()
}
