//! Takes codebooks from one format to another, and studies that were coded in other programs to a codebook with coded examples.

mod whole;

use anyhow::{Context, Result, anyhow, bail};
use clap::Parser;
use kodebok::codebook::Codebook;
use kodebok::exchange::dictionary::Dictionary;
use kodebok::exchange::refi::{self, LineEnds, Project};
use kodebok::exchange::sheet::{self, Separator};
use kodebok::exchange::{Carried, examples_jsonl, to_toml};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Takes a codebook or a coded study from one format to another.
#[derive(Parser)]
#[command(
    version,
    after_help = "Formats, by the file's ending:\n  \
    .toml  codebook of this program (its coded examples beside it)\n  \
    .qdc   REFI-QDA codebook          .yml .yaml  quanteda dictionary\n  \
    .csv   sheet, a row a cue          .dic        LIWC dictionary\n  \
    .xlsx  the same in Excel           .cat        Provalis WordStat dictionary\n  \
    .qdpx  REFI-QDA project: a study coded in NVivo, MAXQDA, ATLAS.ti, QualCoder ...\n\n\
    Worked calls:\n  \
    exchange ordbok.yml kodebok.toml          a dictionary as a codebook\n  \
    exchange kodebok.toml kodebok.xlsx        a codebook as a sheet\n  \
    exchange studie.qdpx studie/ --depth 1    codebook.toml, codebook.examples.jsonl and the texts; then\n                                            \
    summarise notater/ --codebook studie/codebook.toml\n  \
    exchange studie.qdpx                      what in it would not be kept, and what is wrong with it\n  \
    exchange a.qdpx b.qdpx --crlf             the project anew, with the line ends of MAXQDA and NVivo on Windows\n\n\
    What does not go along is listed on standard error. Exit status: 0 it was done (of IN alone: nothing was found),\n\
    1 IN was found to have something wrong, 2 it could not be done."
)]
struct Arguments {
    /// What to read.
    input: PathBuf,
    /// What to write: a file, or of a project also a folder; without it a project is checked.
    output: Option<PathBuf>,
    /// Of a project: how many levels of codes to keep; deeper codes' points become those of the code above.
    #[arg(long, value_name = "N", default_value_t = usize::MAX, hide_default_value = true)]
    depth: usize,
    /// Of a project: take this coder's codings alone.
    #[arg(long, value_name = "NAME")]
    coder: Option<String>,
    /// Of a project: give its codings in the codes of this codebook, with which it was made.
    #[arg(long, value_name = "FILE")]
    codebook: Option<PathBuf>,
    /// Of a project that is written: lines end with CR LF.
    #[arg(long)]
    crlf: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(is_fine) => ExitCode::from(u8::from(!is_fine)),
        Err(error) => {
            eprintln!("exchange: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<bool> {
    let input = &arguments.input;
    if ending(input) != "qdpx" {
        let Some(output) = &arguments.output else { bail!("no OUTPUT given (--help shows formats)") };
        write_codebook(output, &read_codebook(input)?)?;
        return Ok(true);
    }
    let project = listed(input, Project::from_qdpx(&read(input)?).map_err(|error| error.in_file(input))?);
    match &arguments.output {
        None => Ok(refi::check(&project).is_empty()),
        Some(output) if ending(output) == "qdpx" => {
            let line_ends = if arguments.crlf { LineEnds::CrLf } else { LineEnds::Lf };
            write(output, &project.to_qdpx(line_ends)?).map(|()| true)
        }
        Some(output) => write_study(output, &project, arguments).map(|()| true),
    }
}

/// A project as a codebook: in a file of its own, or in a folder together with its texts.
fn write_study(output: &Path, project: &Project, arguments: &Arguments) -> Result<()> {
    let input = &arguments.input;
    let codebook = match &arguments.codebook {
        Some(path) => Codebook::read(path)?,
        None => listed(input, project.codebook(arguments.depth).map_err(|error| error.in_file(input))?),
    };
    let examples = listed(input, project.examples(&codebook, arguments.coder.as_deref()));
    let codebook = Codebook { examples: examples.into(), ..codebook };
    if !ending(output).is_empty() {
        return write_codebook(output, &codebook);
    }
    std::fs::create_dir_all(output.join("sources")).with_context(|| output.display().to_string())?;
    for document in project.documents() {
        let plain: String = document.path.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
        let name = if plain.ends_with(".txt") { plain } else { format!("{plain}.txt") };
        write(&output.join("sources").join(name), document.text.as_bytes())?;
    }
    write_codebook(&output.join("codebook.toml"), &codebook)
}

/// Whether a character may stand in a file's name everywhere.
fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | '(' | ')')
}

fn read_codebook(path: &Path) -> Result<Codebook> {
    let bytes = || read(path);
    let dictionary = |dictionary: kodebok::Result<Carried<Dictionary>>| {
        let dictionary = listed(path, dictionary.map_err(|error| error.in_file(path))?);
        let id = path.file_stem().unwrap_or_default().to_string_lossy();
        dictionary.codebook(&id)
    };
    let carried = match ending(path).as_str() {
        "toml" => return Ok(Codebook::read(path)?),
        "qdc" => refi::codebook_from_qdc(&bytes()?),
        "csv" => sheet::codebook_from_csv(&bytes()?),
        "xlsx" => sheet::codebook_from_xlsx(&bytes()?),
        "yml" | "yaml" => dictionary(Dictionary::from_quanteda(&bytes()?)),
        "dic" => dictionary(Dictionary::from_liwc(&bytes()?)),
        "cat" => dictionary(Dictionary::from_provalis(&bytes()?)),
        _ => return Err(unknown(path)),
    };
    Ok(listed(path, carried.map_err(|error| error.in_file(path))?))
}

fn write_codebook(path: &Path, codebook: &Codebook) -> Result<()> {
    let dictionary = || listed(path, Dictionary::of_codebook(codebook));
    let text = match ending(path).as_str() {
        "toml" => return write_toml(path, codebook),
        "xlsx" => return write(path, &sheet::codebook_to_xlsx(codebook)?),
        "qdc" => listed(path, refi::codebook_to_qdc(codebook)),
        "csv" => sheet::codebook_to_csv(codebook, Separator::Semicolon),
        "yml" | "yaml" => listed(path, dictionary().to_quanteda()),
        "dic" => listed(path, dictionary().to_liwc()),
        "cat" => listed(path, dictionary().to_provalis()),
        _ => return Err(unknown(path)),
    };
    write(path, text.as_bytes())
}

/// A codebook and, beside it, its coded examples.
fn write_toml(path: &Path, codebook: &Codebook) -> Result<()> {
    let mut codebook = codebook.clone();
    codebook.example_file = None;
    if !codebook.examples.is_empty() {
        let beside = path.with_extension("examples.jsonl");
        write(&beside, examples_jsonl(&codebook).as_bytes())?;
        codebook.example_file = beside.file_name().map(|name| name.to_string_lossy().into_owned());
    }
    write(path, to_toml(&codebook).as_bytes())
}

fn ending(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_lowercase()
}

fn unknown(path: &Path) -> anyhow::Error {
    anyhow!("{}: a format that is not known here (--help shows which are)", path.display())
}

/// The value, its notices printed.
fn listed<T>(path: &Path, carried: Carried<T>) -> T {
    let name = path.display();
    for notice in &carried.notices {
        let space = if notice.place.is_some() { "" } else { " " };
        eprintln!("{name}:{space}{notice}");
    }
    carried.value
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| path.display().to_string())
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let written = whole::write(path, |to| Ok(to.write_all(bytes)?));
    written.with_context(|| format!("{}: can't be written", path.display()))
}
