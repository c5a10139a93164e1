//! Reads a folder of table notes and writes the table of recommendations, the themes and the coded points.

mod output;
mod stream;
mod whole;

use anyhow::{Context, Result, anyhow};
use clap::{Parser, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kodebok::codebook::Codebook;
use kodebok::coding::{self, CodebookFile, Coder, Coding};
use kodebok::decisions;
use kodebok::exchange::sheet::decisions_to_xlsx;
use kodebok::exchange::word::report_to_docx;
use kodebok::exchange::{refi, tables};
use kodebok::notes::{self, Columns, Folder, Point, Progress, SkipReason, Source};
use kodebok::privacy;
use kodebok::report::{FileRecord, Language, Report, Run, personal_data};
use kodebok::themes;
use output::Output;
use serde::Serialize;
use std::collections::BTreeMap;
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
    reads the files below notater/, prints the report in nynorsk, and writes it to resultat/ with the coded points and\n\
    themes, and decisions.xlsx, which a person can fill in and give back with --decisions resultat/decisions.xlsx.\n\n\
    Points that are more than a folder of notes, up to a corpus, are coded as they are read, without themes and report:\n  \
    cargo run --release --example summarise -- --points korpus.jsonl > kodet.jsonl\n\n\
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
    /// Where to write report.html, .docx and .md, points.csv, .xlsx and .jsonl, themes.jsonl, decisions.csv and .xlsx, and
    /// audit.json: all of them or none. Made if it is not there; what else is there stays, and so does what a person changed.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write the analysis as a REFI-QDA project too, which NVivo, MAXQDA, ATLAS.ti and QualCoder open.
    #[arg(long, value_name = "FILE")]
    qdpx: Option<PathBuf>,
    /// Write tables for R, Python and statistics programs: points.csv, themes.csv, tables.csv and columns.csv.
    #[arg(long, value_name = "DIR")]
    tables: Option<PathBuf>,
    /// A file of decisions, decisions.csv or decisions.xlsx as filled in by a person: what is decided there wins over the machine,
    /// and the coder learns from it.
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
    /// Code the points of these .txt, .jsonl or .csv files, a line a point, - for standard input, and write a line of JSON for
    /// each, to points.jsonl in --out where that is given: of any length, in some 100 MB of memory. Of .jsonl the field "text"
    /// is read, of .csv the column "text".
    #[arg(long, value_name = "FILE", num_args = 1.., group = "files_of_points", conflicts_with_all = OF_FOLDERS, help_heading = "Points as they come")]
    points: Vec<PathBuf>,
    #[command(flatten, next_help_heading = "Points as they come")]
    stream: stream::Options,
}

/// What is a matter of folders of notes, and not of points as they come.
const OF_FOLDERS: [&str; 15] = [
    "folder",
    "check",
    "qdpx",
    "tables",
    "decisions",
    "lang",
    "include",
    "exclude",
    "follow_links",
    "point_column",
    "table_column",
    "question_column",
    "speaker_column",
    "pseudonymise",
    "pseudonym_key",
];

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
    if !arguments.points.is_empty() || arguments.stream.joins() {
        return stream::run(
            &arguments.points,
            &arguments.stream,
            arguments.codebook.as_deref(),
            arguments.out.as_deref(),
        );
    }
    let own = arguments.codebook.as_ref().map(Codebook::read).transpose()?;
    let codebook = || own.unwrap_or_else(Codebook::summit_2017);
    if arguments.check {
        return check(&codebook(), arguments.codebook.as_deref());
    }
    let started = now();
    let ready = || {
        let codebook = codebook();
        (Coder::new(&codebook), codebook)
    };
    let ((coder, mut codebook), (folder, ())) = rayon::join(ready, || rayon::join(|| read(arguments), themes::load));
    let mut folder = folder?;
    if arguments.pseudonymise {
        pseudonymise(&mut folder, arguments.pseudonym_key.as_deref())?;
    }
    let points = notes::points(&folder.documents);
    let language = arguments.lang.into();
    let (machine, personal) = rayon::join(
        || code(&points, &coder),
        || if arguments.pseudonymise { String::new() } else { personal_data(&folder, language) },
    );
    let given = arguments.decisions.as_deref().map(Given::read).transpose()?;
    let decisions = given.as_ref().map(|given| decisions::find(&given.rows, &codebook, &folder.documents, &points));
    let agreement = decisions.as_ref().and_then(|decisions| decisions.agreement(&machine));
    let mut overruled = None;
    if let Some(decisions) = &decisions {
        decisions.problems.iter().for_each(|problem| eprintln!("summarise: decisions: {problem}"));
        let examples = decisions.examples(&points);
        let mut codings = machine.clone();
        if !examples.is_empty() {
            codebook = codebook.with_further(examples);
            codings = code(&points, &Coder::new(&codebook));
        }
        decisions.overrule(&mut codings);
        overruled = Some(codings);
    }
    let codings = overruled.as_ref().unwrap_or(&machine);
    let mut themes = themes::group(&points, codings, themes::Options::default());
    if let Some(decisions) = &decisions {
        themes = decisions.regroup(themes, &points, codings);
    }
    let mut report = Report::new(&folder, &codebook, &points, codings, &themes);
    if let Some(decisions) = &decisions {
        report = report.with_decisions(decisions, agreement.as_ref());
    }
    let markdown = report.markdown(language).to_string() + &personal;
    if let Some(out) = &arguments.out {
        let run = Run {
            started,
            codebook: arguments.codebook.as_ref().map(|path| path.display().to_string()),
            decisions: given.as_ref().map(|given| given.record.clone()),
            settings: settings(arguments),
        };
        write_files(out, &report, markdown.clone(), language, run, given.as_ref())
            .with_context(|| format!("{}: can't be written", out.display()))?;
    }
    if let Some(file) = &arguments.qdpx {
        // What the machine said by itself stands beside the decisions.
        write_project(file, &Report { codings: &machine, ..report }, language)
            .with_context(|| format!("{}: can't be written", file.display()))?;
    }
    if let Some(folder) = &arguments.tables {
        write_tables(folder, &report, language).with_context(|| format!("{}: can't be written", folder.display()))?;
    }
    print(&markdown)?;
    Ok(folder.problems.is_empty())
}

/// Takes the personal data out of a folder's documents; writes the key where one is asked for.
fn pseudonymise(folder: &mut Folder, key: Option<&Path>) -> Result<()> {
    let pseudonyms = privacy::pseudonymise(&mut folder.documents);
    let Some(path) = key else { return Ok(()) };
    let rows: String = pseudonyms.key().into_iter().map(|(label, shown)| format!("{label}\t{shown}\n")).collect();
    write_private(path, &rows).with_context(|| format!("{}: can't be written", path.display()))
}

/// Writes a file that its writer alone may read, as the key to all pseudonyms is.
fn write_private(path: &Path, text: &str) -> Result<()> {
    let mut file = NamedTempFile::new_in(whole::folder_of(path))?;
    file.write_all(text.as_bytes())?;
    file.persist(path)?;
    Ok(())
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

/// A file of decisions that was given.
struct Given {
    path: PathBuf,
    record: FileRecord,
    rows: Vec<decisions::Row>,
}

impl Given {
    fn read(path: &Path) -> Result<Given> {
        let bytes = std::fs::read(path).with_context(|| format!("{}: can't be read", path.display()))?;
        let rows = decisions::parse(&bytes).map_err(|error| error.in_file(path))?;
        Ok(Given { path: path.to_owned(), record: FileRecord::of(path.display().to_string(), &bytes), rows })
    }
}

/// What a run was told that changes what it gives.
fn settings(arguments: &Arguments) -> BTreeMap<String, String> {
    let source = arguments.folder.as_ref().map_or("data/notes".to_owned(), |path| path.display().to_string());
    let likeness = themes::Options::default().likeness.to_string();
    let columns = [
        ("point_column", &arguments.point_column),
        ("table_column", &arguments.table_column),
        ("question_column", &arguments.question_column),
        ("speaker_column", &arguments.speaker_column),
    ];
    let lang = arguments.lang.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    let mut settings = vec![
        ("folder", source),
        ("lang", lang),
        ("include", arguments.include.join(" ")),
        ("exclude", arguments.exclude.join(" ")),
        ("follow_links", arguments.follow_links.to_string()),
        ("pseudonymise", arguments.pseudonymise.to_string()),
        ("themes_likeness", likeness),
    ];
    settings.extend(columns.map(|(name, heading)| (name, heading.clone().unwrap_or_default())));
    settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Writes a run's files, all or none.
fn write_files(
    out: &Path,
    report: &Report<'_>,
    markdown: String,
    language: Language,
    run: Run,
    given: Option<&Given>,
) -> Result<()> {
    let points = tables::points(report);
    let decisions_csv = report.decisions_csv(language);
    let written = decisions::parse(&decisions_csv)?;
    let mut files: Vec<Output> = vec![
        ("report.md", markdown.into_bytes()),
        ("report.html", report.html(language).to_string().into_bytes()),
        ("report.docx", report_to_docx(report, language)?),
        ("points.jsonl", lines(report.point_records())?),
        ("points.csv", points.to_csv().into_bytes()),
        ("themes.jsonl", lines(report.theme_records())?),
        ("decisions.csv", decisions_csv),
    ];
    for (name, sheet) in [("points.xlsx", points.to_xlsx()), ("decisions.xlsx", decisions_to_xlsx(report, language))] {
        match sheet {
            Ok(bytes) => files.push((name, bytes)),
            Err(error) => eprintln!("summarise: {name} is not written: {error}"),
        }
    }
    let is_anonymous = run.settings.get("pseudonymise").is_some_and(|set| set == "true");
    let mut audit = report.audit(run);
    if is_anonymous {
        // Documents' names were made anonymous with their texts; what was passed over has kept its own.
        audit.inputs.iter_mut().filter(|input| input.outcome == "skipped").for_each(|input| {
            input.path = "[Fil]";
            input.reason = None;
        });
    }
    audit.outputs = files.iter().map(|(name, bytes)| FileRecord::of(*name, bytes)).collect();
    files.push((output::RECORD, serde_json::to_vec_pretty(&audit)?));
    // What a person decided goes only where it was carried along.
    let is_whole = report.decisions.is_some_and(|decisions| decisions.problems.is_empty());
    let carried: Vec<decisions::Row> = written
        .into_iter()
        .chain(given.into_iter().filter(|_| is_whole).flat_map(|given| given.rows.clone()))
        .collect();
    // The other of two files of decisions, as a run left it, when the one beside it was filled in and given.
    let is_twin = |name: &str| {
        given.is_some_and(|given| {
            let parent = given.path.canonicalize().ok().and_then(|path| path.parent().map(Path::to_owned));
            parent.is_some() && parent == out.canonicalize().ok() && !given.path.ends_with(name)
        })
    };
    let may_go = |name: &str, bytes: &[u8], is_untouched: bool| {
        if !name.starts_with("decisions.") {
            return is_untouched;
        }
        let is_carried = || decisions::parse(bytes).is_ok_and(|rows| decisions::lost(&rows, &carried).is_empty());
        (is_untouched && is_twin(name)) || is_carried()
    };
    for kept in output::put(out, &files, &may_go)? {
        eprintln!("summarise: a file that a person had changed is kept as {}", out.join(kept).display());
    }
    Ok(())
}

/// Records as JSON, a line each.
fn lines<T: Serialize>(records: impl Iterator<Item = T>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for record in records {
        serde_json::to_writer(&mut bytes, &record)?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

fn write_project(file: &Path, report: &Report<'_>, language: Language) -> Result<()> {
    let options = refi::Options { language, created: now(), ..refi::Options::default() };
    let project = refi::Project::of_report(report, &[], &options);
    let bytes = project.to_qdpx(refi::LineEnds::Lf)?;
    whole::write(file, |to| Ok(to.write_all(&bytes)?))
}

fn write_tables(folder: &Path, report: &Report<'_>, language: Language) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    for table in tables::tables(report, language) {
        let path = |extension: &str| folder.join(format!("{}.{extension}", table.name));
        whole::write(&path("csv"), |to| Ok(to.write_all(table.to_csv().as_bytes())?))?;
        #[cfg(feature = "parquet")]
        whole::write(&path("parquet"), |to| Ok(to.write_all(&table.to_parquet()?)?))?;
    }
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
