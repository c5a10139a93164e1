//! Codes points as they come, a line a point, of any number. `summarise --points` does the same beside what it does with folders.

mod stream;
mod whole;

use anyhow::Result;
use clap::Parser;
use std::path::PathBuf;
use std::process::ExitCode;

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
    #[arg(required_unless_present = "merge", group = "files_of_points")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    options: stream::Options,
    /// The codebook, a TOML file [default: the bundled one of the 2017 summit].
    #[arg(long, value_name = "FILE")]
    codebook: Option<PathBuf>,
    /// Write points.jsonl there and not to standard output; made if it is not there.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// How many threads to use [default: one a core].
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    threads: usize,
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
    rayon::ThreadPoolBuilder::new().num_threads(arguments.threads).build_global()?;
    let Arguments { files, options, codebook, out, .. } = arguments;
    stream::run(files, options, codebook.as_deref(), out.as_deref())
}
