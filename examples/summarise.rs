//! Reads a folder of table notes and writes the table of recommendations, the themes and the coded points.

use anyhow::{Context, Result, anyhow};
use clap::{Parser, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kodebok::codebook::Codebook;
use kodebok::coding::{self, CodebookFile, Coder, Coding};
use kodebok::decisions;
use kodebok::notes::{self, Folder, Point};
use kodebok::report::{Language, Report};
use kodebok::themes;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tempfile::NamedTempFile;

/// Codes the points of a folder of notes, gathers them into themes, and reports.
#[derive(Parser)]
#[command(
    version,
    after_help = "A worked call:\n  \
    cargo run --release --example summarise -- notater/ --out resultat/ --lang nn\n\
    reads the .txt and .md files below notater/, prints the report in nynorsk, and writes resultat/report.md,\n\
    resultat/points.jsonl and resultat/decisions.csv, which a person can fill in and give back with --decisions.\n\n\
    Exit status: 0 all was read; 1 some files could not be read (they are named here and in the report); 2 nothing\n\
    could be done. With --check: 0 nothing was found; 1 something was; 2 the codebook could not be read."
)]
struct Arguments {
    /// The folder of notes, or one file [default: the bundled notes].
    folder: Option<PathBuf>,
    /// The codebook, a TOML file [default: the bundled one of the 2017 summit].
    #[arg(long, value_name = "FILE")]
    codebook: Option<PathBuf>,
    /// Test the codebook instead of reading notes: what contradicts itself or is coded otherwise than it says, as FILE:LINE:
    /// what is wrong and what to do.
    #[arg(long, conflicts_with_all = ["folder", "out"])]
    check: bool,
    /// Where to write report.md, points.jsonl and decisions.csv; made if it is not there.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// A file of decisions, decisions.csv as filled in by a person: what is decided there wins over the machine, and the coder learns
    /// from it.
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,
    /// The language of the report.
    #[arg(long, value_enum, default_value_t = Lang::Nb)]
    lang: Lang,
    /// How many threads to use [default: one a core].
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    threads: usize,
}

#[derive(Clone, Copy, ValueEnum)]
enum Lang {
    /// Bokmål.
    Nb,
    /// Nynorsk.
    Nn,
    /// English.
    En,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Language {
        match lang {
            Lang::Nb => Language::Bokmal,
            Lang::Nn => Language::Nynorsk,
            Lang::En => Language::English,
        }
    }
}

/// Points are coded so many at a time, to show how far it is.
const BATCH: usize = 20_000;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(all_well) => ExitCode::from(u8::from(!all_well)),
        Err(error) => {
            eprintln!("summarise: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Gives whether every file could be read; of a codebook to be tested, whether nothing was found.
fn run(arguments: &Arguments) -> Result<bool> {
    rayon::ThreadPoolBuilder::new().num_threads(arguments.threads).build_global()?;
    let mut codebook = match &arguments.codebook {
        Some(path) => Codebook::read(path)?,
        None => Codebook::summit_2017(),
    };
    if arguments.check {
        return check(&codebook, arguments.codebook.as_deref());
    }
    let folder = read(arguments.folder.as_deref())?;
    let points = notes::points(&folder.documents);
    let mut codings = code(&points, &Coder::new(&codebook));
    let decisions = match &arguments.decisions {
        Some(path) => Some(decisions::find(&decisions::read(path)?, &codebook, &folder.documents, &points)),
        None => None,
    };
    let agreement = decisions.as_ref().and_then(|decisions| decisions.agreement(&codings));
    let mut themes = None;
    if let Some(decisions) = &decisions {
        decisions.problems.iter().for_each(|problem| eprintln!("summarise: decisions: {problem}"));
        let examples = decisions.examples(&points);
        if !examples.is_empty() {
            codebook = codebook.with_further(examples);
            codings = code(&points, &Coder::new(&codebook));
        }
        decisions.overrule(&mut codings);
        let machine = themes::group(&points, &codings, themes::Options::default());
        themes = Some(decisions.regroup(machine, &points, &codings));
    }
    let themes = themes.unwrap_or_else(|| themes::group(&points, &codings, themes::Options::default()));
    let report = Report {
        folder: &folder,
        codebook: &codebook,
        points: &points,
        codings: &codings,
        themes: &themes,
        decisions: decisions.as_ref(),
        agreement: agreement.as_ref(),
    };
    let markdown = report.markdown(arguments.lang.into()).to_string();
    if let Some(out) = &arguments.out {
        write_files(out, &report, &markdown, arguments.lang.into())
            .with_context(|| format!("{}: can't be written", out.display()))?;
    }
    print(&markdown)?;
    Ok(folder.problems.is_empty())
}

/// Prints what is found in a codebook, and gives whether that is nothing.
fn check(codebook: &Codebook, path: Option<&Path>) -> Result<bool> {
    let path = path.unwrap_or(Path::new("data/codebooks/summit-2017.toml"));
    let examples = path.with_file_name(codebook.example_file.as_deref().unwrap_or_default());
    let findings = coding::check(codebook);
    let mut lines = String::new();
    for finding in &findings {
        let file = match finding.line.file {
            CodebookFile::Codes => path,
            CodebookFile::Examples => &examples,
        };
        lines += &format!("{}:{}: {finding}\n", file.display(), finding.line.line);
    }
    print(&lines)?;
    Ok(findings.is_empty())
}

fn read(path: Option<&Path>) -> Result<Folder> {
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/notes");
    if path.is_none() {
        eprintln!("summarise: no FOLDER given, so the bundled notes are read (--help shows more)");
    }
    let path = path.unwrap_or(&bundled);
    let folder = notes::read_folder(path)?;
    for problem in &folder.problems {
        eprintln!("summarise: not read: {problem}");
    }
    if folder.documents.is_empty() && folder.problems.is_empty() {
        return Err(anyhow!("{}: no notes there (.txt and .md files are read)", path.display()));
    }
    Ok(folder)
}

fn code(points: &[Point<'_>], coder: &Coder) -> Vec<Coding> {
    let is_long = points.len() > BATCH;
    let target = if is_long { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(points.len() as u64), target);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {human_pos} of {human_len} points, {eta} left") {
        bar.set_style(style);
    }
    let mut codings = Vec::with_capacity(points.len());
    for batch in points.chunks(BATCH) {
        codings.extend(coding::code(batch, coder));
        bar.inc(batch.len() as u64);
    }
    bar.finish_and_clear();
    codings
}

/// Writes each file beside its place and moves it there when it is whole.
fn write_files(out: &Path, report: &Report<'_>, markdown: &str, language: Language) -> Result<()> {
    std::fs::create_dir_all(out)?;
    let mut report_file = NamedTempFile::new_in(out)?;
    report_file.write_all(markdown.as_bytes())?;
    let mut points_file = io::BufWriter::new(NamedTempFile::new_in(out)?);
    for record in report.point_records() {
        serde_json::to_writer(&mut points_file, &record)?;
        points_file.write_all(b"\n")?;
    }
    let points_file = points_file.into_inner()?;
    let mut decisions_file = NamedTempFile::new_in(out)?;
    decisions_file.write_all(&report.decisions_csv(language))?;
    decisions_file.persist(out.join("decisions.csv"))?;
    report_file.persist(out.join("report.md"))?;
    points_file.persist(out.join("points.jsonl"))?;
    Ok(())
}

/// Prints to standard output; that its reader has seen enough (`| head`) is no error.
fn print(text: &str) -> Result<()> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
