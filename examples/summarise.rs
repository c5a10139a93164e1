//! Reads a folder of table notes and writes the table of recommendations, the themes and the coded points.

use anyhow::{Context, Result, anyhow};
use clap::{Parser, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kodebok::codebook::Codebook;
use kodebok::coding::{self, CodebookFile, Coder, Coding};
use kodebok::decisions;
use kodebok::exchange::{refi, tables};
use kodebok::notes::{self, Columns, Folder, Point, Progress, SkipReason, Source};
use kodebok::privacy;
use kodebok::report::{Language, Report, personal_data};
use kodebok::themes;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::SystemTime;
use tempfile::NamedTempFile;

/// Codes the points of a folder of notes, gathers them into themes, and reports.
#[derive(Parser)]
#[command(
    version,
    after_help = "A worked call:\n  \
    cargo run --release --example summarise -- notater/ --out resultat/ --lang nn\n\
    reads the files below notater/, prints the report in nynorsk, and writes resultat/report.md,\n\
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
    #[arg(long, conflicts_with_all = ["folder", "out", "qdpx", "tables"])]
    check: bool,
    /// Where to write report.md, points.jsonl and decisions.csv; made if it is not there.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write the analysis as a REFI-QDA project too, which NVivo, MAXQDA, ATLAS.ti and QualCoder open.
    #[arg(long, value_name = "FILE")]
    qdpx: Option<PathBuf>,
    /// Write tables for R, Python and statistics programs: points.csv, themes.csv, tables.csv and columns.csv.
    #[arg(long, value_name = "DIR")]
    tables: Option<PathBuf>,
    /// A file of decisions, decisions.csv as filled in by a person: what is decided there wins over the machine, and the coder learns
    /// from it.
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,
    /// The language of the report.
    #[arg(long, value_enum, default_value_t = Lang::Nb)]
    lang: Lang,
    /// Read only files that fit this glob ("*.docx", "dag-1/**"); may be given again.
    #[arg(long, value_name = "GLOB")]
    include: Vec<String>,
    /// Leave out files that fit this glob; may be given again.
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// Follow links, out of the folder too.
    #[arg(long)]
    follow_links: bool,
    /// The heading of the column of points in spreadsheets, where it is not found by itself.
    #[arg(long, value_name = "HEADING")]
    point_column: Option<String>,
    /// The heading of the column of tables.
    #[arg(long, value_name = "HEADING")]
    table_column: Option<String>,
    /// The heading of the column of questions.
    #[arg(long, value_name = "HEADING")]
    question_column: Option<String>,
    /// The heading of the column of speakers.
    #[arg(long, value_name = "HEADING")]
    speaker_column: Option<String>,
    /// Replace names, telephone numbers and other personal data by [Person 1], [Telefon 1] ... in all that is written. Without
    /// it the report ends with how many were seen and where.
    #[arg(long)]
    pseudonymise: bool,
    /// Write which label stands for what, a line each. Keep it apart from the report.
    #[arg(long, value_name = "FILE", requires = "pseudonymise")]
    pseudonym_key: Option<PathBuf>,
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

/// A bar is shown for so many files.
const MANY_FILES: usize = 100;

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
    let mut folder = read(arguments)?;
    if arguments.pseudonymise {
        pseudonymise(&mut folder, arguments.pseudonym_key.as_deref())?;
    }
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
    let mut report = Report::new(&folder, &codebook, &points, &codings, &themes);
    if let Some(decisions) = &decisions {
        report = report.with_decisions(decisions, agreement.as_ref());
    }
    let mut markdown = report.markdown(arguments.lang.into()).to_string();
    if !arguments.pseudonymise {
        markdown += &personal_data(&folder, arguments.lang.into());
    }
    if let Some(out) = &arguments.out {
        write_files(out, &report, &markdown, arguments.lang.into())
            .with_context(|| format!("{}: can't be written", out.display()))?;
    }
    if let Some(file) = &arguments.qdpx {
        write_project(file, &report, arguments.lang.into())
            .with_context(|| format!("{}: can't be written", file.display()))?;
    }
    if let Some(folder) = &arguments.tables {
        write_tables(folder, &report, arguments.lang.into())
            .with_context(|| format!("{}: can't be written", folder.display()))?;
    }
    print(&markdown)?;
    Ok(folder.problems.is_empty())
}

/// Takes the personal data out of a folder's documents; writes the key where one is asked for.
fn pseudonymise(folder: &mut Folder, key: Option<&Path>) -> Result<()> {
    let pseudonyms = privacy::pseudonymise(&mut folder.documents);
    let Some(path) = key else { return Ok(()) };
    let rows: String = pseudonyms.key().into_iter().map(|(label, shown)| format!("{label}\t{shown}\n")).collect();
    std::fs::write(path, rows).with_context(|| format!("{}: can't be written", path.display()))
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

/// What is to be read, by the options.
fn source(arguments: &Arguments, path: &Path) -> Source {
    Source {
        include: arguments.include.clone(),
        exclude: arguments.exclude.clone(),
        follow_links: arguments.follow_links,
        columns: Columns {
            point: arguments.point_column.clone(),
            table: arguments.table_column.clone(),
            question: arguments.question_column.clone(),
            speaker: arguments.speaker_column.clone(),
        },
        ..Source::from(path)
    }
}

/// A bar of the files that were read, shown where there are many.
fn file_progress() -> Progress {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {human_pos} of {human_len} files, {eta} left") {
        bar.set_style(style);
    }
    Arc::new(move |read, all| {
        if read == 1 && all >= MANY_FILES {
            bar.set_length(all as u64);
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        bar.set_position(read as u64);
        if read == all {
            bar.finish_and_clear();
        }
    })
}

fn read(arguments: &Arguments) -> Result<Folder> {
    let path = arguments.folder.as_deref();
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/notes");
    if path.is_none() {
        eprintln!("summarise: no FOLDER given, so the bundled notes are read (--help shows more)");
    }
    let path = path.unwrap_or(&bundled);
    let folder = notes::read_folder(Source { progress: Some(file_progress()), ..source(arguments, path) })?;
    for skipped in folder.skipped.iter().filter(|skipped| skipped.reason != SkipReason::Unwanted) {
        eprintln!("summarise: passed over: {skipped}");
    }
    for problem in &folder.problems {
        eprintln!("summarise: not read: {problem}");
    }
    if folder.documents.is_empty() && folder.problems.is_empty() {
        return Err(anyhow!("{}: no notes there", path.display()));
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
    write_whole(&out.join("report.html"), report.html(language).to_string().as_bytes())?;
    points_file.persist(out.join("points.jsonl"))?;
    Ok(())
}

fn write_project(file: &Path, report: &Report<'_>, language: Language) -> Result<()> {
    let options = refi::Options { language, created: now(), ..refi::Options::default() };
    let project = refi::Project::of_report(report, &[], &options);
    write_whole(file, &project.to_qdpx(refi::LineEnds::Lf)?)
}

fn write_tables(folder: &Path, report: &Report<'_>, language: Language) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    for table in tables::tables(report, language) {
        write_whole(&folder.join(format!("{}.csv", table.name)), table.to_csv().as_bytes())?;
        #[cfg(feature = "parquet")]
        write_whole(&folder.join(format!("{}.parquet", table.name)), &table.to_parquet()?)?;
    }
    Ok(())
}

/// Writes a file beside its place and moves it there when it is whole.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}

/// The time in UTC as XML writes it; SOURCE_DATE_EPOCH, seconds since 1970, sets it where two runs must give the same file.
fn now() -> String {
    let set = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok());
    let since = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let seconds: u64 = set.unwrap_or_else(since);
    // From days to a date by Howard Hinnant's algorithm: eras of 400 years, years that begin in March.
    let days = seconds / 86_400 + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Prints to standard output; that its reader has seen enough (`| head`) is no error.
fn print(text: &str) -> Result<()> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
