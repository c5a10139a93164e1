//! Looks into a folder of notes: words in context, word frequencies, keyness, co-occurrence and cross tables, as tab-separated tables.

use anyhow::{Context, Result, bail};
use clap::{Args, Parser, Subcommand, ValueEnum};
use kodebok::analysis::{CrossTable, MatchBy, cooccurrence, frequencies, keyness, keyword_in_context};
use kodebok::codebook::Codebook;
use kodebok::coding::{self, Coder, Coding};
use kodebok::notes::{self, Folder, Point};
use std::collections::HashMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Looks into a folder of notes; prints tab-separated tables.
#[derive(Parser)]
#[command(
    version,
    after_help = "Worked calls:\n  \
    cargo run --release --example explore -- kwic ventetid\n  \
    cargo run --release --example explore -- keyness systemer --folder notater/\n  \
    cargo run --release --example explore -- crosstab table"
)]
struct Arguments {
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    from: Input,
}

#[derive(Args)]
struct Input {
    /// The folder of notes, or one file [default: the bundled notes].
    #[arg(long, global = true)]
    folder: Option<PathBuf>,
    /// The codebook, a TOML file [default: the bundled one of the 2017 summit].
    #[arg(long, global = true, value_name = "FILE")]
    codebook: Option<PathBuf>,
    /// Print no more rows than this.
    #[arg(long, global = true, value_name = "N", default_value_t = usize::MAX, hide_default_value = true)]
    rows: usize,
}

#[derive(Subcommand)]
enum What {
    /// Every place of a word or phrase, with what stands around it.
    Kwic {
        /// The word, or several in a row.
        query: String,
        /// By what words are the same.
        #[arg(long, value_enum, default_value_t = By::Lemma)]
        by: By,
        /// How many words are shown on either side.
        #[arg(long, value_name = "N", default_value_t = 8)]
        window: usize,
    },
    /// How often words occur, their forms taken together.
    Frequencies {
        /// All words, not only nouns, verbs, adjectives and names.
        #[arg(long)]
        all: bool,
    },
    /// Which words the points of a code have more of than the others, or fewer.
    Keyness {
        /// The code's id, or - for points without a code.
        code: String,
    },
    /// What occurs together in a point.
    Cooccurrence {
        /// Of what.
        #[arg(value_enum)]
        of: Units,
        /// Together in at least so many points.
        #[arg(long, value_name = "N", default_value_t = 2)]
        least: usize,
    },
    /// How many points have each code, with margins, residuals and Cramér's V.
    Crosstab {
        /// By what.
        #[arg(value_enum)]
        by: Rows,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum By {
    /// Their form.
    Form,
    /// Their stem.
    Stem,
    /// Their dictionary form.
    Lemma,
}

#[derive(Clone, Copy, ValueEnum)]
enum Units {
    /// Codes.
    Codes,
    /// Words that carry a subject.
    Words,
}

#[derive(Clone, Copy, ValueEnum)]
enum Rows {
    /// The table.
    Table,
    /// The question.
    Question,
    /// Who spoke.
    Speaker,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("explore: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// A row of a table, its cells not yet made plain.
type Row = Vec<String>;

fn run(arguments: &Arguments) -> Result<()> {
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/notes");
    let folder = notes::read_folder(arguments.from.folder.as_deref().unwrap_or(&bundled))?;
    folder.problems.iter().for_each(|problem| eprintln!("explore: not read: {problem}"));
    let codebook = match &arguments.from.codebook {
        Some(path) => Codebook::read(path)?,
        None => Codebook::summit_2017(),
    };
    let points = notes::points(&folder.documents);
    let codings = || coding::code(&points, &Coder::new(&codebook));
    let rows = match &arguments.what {
        What::Kwic { query, by, window } => contexts(&folder, &points, query, *by, *window),
        What::Frequencies { all } => words(&points, *all),
        What::Keyness { code } => key_words(&points, &codings(), &codebook, code)?,
        What::Cooccurrence { of: Units::Codes, least } => code_pairs(&codings(), &codebook, *least),
        What::Cooccurrence { of: Units::Words, least } => word_pairs(&points, *least),
        What::Crosstab { by } => crosstab(&folder, &points, &codings(), &codebook, *by),
    };
    print(&rows, arguments.from.rows)
}

fn head(columns: &[&str]) -> Row {
    columns.iter().map(|&column| column.to_owned()).collect()
}

fn contexts(folder: &Folder, points: &[Point<'_>], query: &str, by: By, window: usize) -> Vec<Row> {
    let by = match by {
        By::Form => MatchBy::Form,
        By::Stem => MatchBy::Stem,
        By::Lemma => MatchBy::Lemma,
    };
    let hits = keyword_in_context(points.iter().map(|point| point.text.as_ref()), query, by, window);
    let row = |hit: kodebok::analysis::Hit<'_>| {
        let point = &points[hit.text];
        let place = [&folder.documents[point.document].path, &*point.position.to_string()].map(str::to_owned);
        place.into_iter().chain([hit.left, hit.found, hit.right].map(str::to_owned)).collect()
    };
    [head(&["file", "place", "left", "found", "right"])].into_iter().chain(hits.into_iter().map(row)).collect()
}

fn words(points: &[Point<'_>], all: bool) -> Vec<Row> {
    let found = frequencies(points.iter().map(|point| point.text.as_ref()));
    let rows = found.into_iter().filter(|word| all || word.is_content).map(|word| {
        let forms: Vec<String> = word.forms.iter().map(|(form, count)| format!("{form} {count}")).collect();
        vec![word.word, word.count.to_string(), word.texts.to_string(), forms.join(", ")]
    });
    [head(&["word", "count", "points", "forms"])].into_iter().chain(rows).collect()
}

fn key_words(points: &[Point<'_>], codings: &[Coding], codebook: &Codebook, code: &str) -> Result<Vec<Row>> {
    let sought = match code {
        "-" => None,
        id => Some(codebook.index_of(id).with_context(|| format!("{id}: the codebook has no such code"))?),
    };
    let texts = |inside: bool| {
        let all = points.iter().zip(codings).filter(move |(_, coding)| (coding.primary() == sought) == inside);
        frequencies(all.map(|(point, _)| point.text.as_ref()))
    };
    let (own, others) = (texts(true), texts(false));
    let size = |words: &[kodebok::analysis::Frequency]| words.iter().map(|word| word.count).sum::<usize>();
    let (own_size, other_size) = (size(&own), size(&others));
    if own_size == 0 {
        bail!("{code}: no point has it");
    }
    let mut counts: HashMap<String, [usize; 2]> = HashMap::new();
    for (side, words) in [own, others].into_iter().enumerate() {
        words
            .into_iter()
            .filter(|word| word.is_content)
            .for_each(|word| counts.entry(word.word).or_default()[side] += word.count);
    }
    let mut found: Vec<_> =
        counts.into_iter().map(|(word, [a, b])| (keyness(a, own_size, b, other_size), word, a, b)).collect();
    found.sort_by(|a, b| b.0.log_likelihood.total_cmp(&a.0.log_likelihood).then_with(|| a.1.cmp(&b.1)));
    let rows = found.into_iter().map(|(key, word, own, other)| {
        vec![word, own.to_string(), other.to_string(), number(key.log_likelihood), number(key.log_ratio)]
    });
    Ok([head(&["word", "in_code", "elsewhere", "log_likelihood", "log_ratio"])].into_iter().chain(rows).collect())
}

fn code_pairs(codings: &[Coding], codebook: &Codebook, least: usize) -> Vec<Row> {
    let units = codings.iter().map(|coding| coding.codes.iter().map(|assigned| assigned.code));
    let pairs = cooccurrence(units).into_iter().filter(|pair| pair.both >= least);
    let id = |code: usize| codebook.codes[code].id.clone();
    with_measures(pairs.map(|pair| ([id(pair.one), id(pair.other)], pair)))
}

fn word_pairs(points: &[Point<'_>], least: usize) -> Vec<Row> {
    let units = points.iter().map(|point| {
        frequencies([point.text.as_ref()]).into_iter().filter(|word| word.is_content).map(|word| word.word)
    });
    let pairs = cooccurrence(units).into_iter().filter(|pair| pair.both >= least);
    with_measures(pairs.map(|pair| ([pair.one.clone(), pair.other.clone()], pair)))
}

fn with_measures<T>(pairs: impl Iterator<Item = ([String; 2], kodebok::analysis::Pair<T>)>) -> Vec<Row> {
    let rows = pairs.map(|(names, pair)| {
        let counts = [pair.both, pair.of_one, pair.of_other].map(|count| count.to_string());
        let measures = [pair.jaccard(), pair.dice(), pair.npmi()].map(number);
        names.into_iter().chain(counts).chain(measures).collect()
    });
    let columns = ["one", "other", "both", "of_one", "of_other", "jaccard", "dice", "npmi"];
    [head(&columns)].into_iter().chain(rows).collect()
}

fn crosstab(folder: &Folder, points: &[Point<'_>], codings: &[Coding], codebook: &Codebook, by: Rows) -> Vec<Row> {
    let name = |point: &Point<'_>| match by {
        Rows::Table => point.table.unwrap_or(&folder.documents[point.document].path).to_owned(),
        Rows::Question => point.question.unwrap_or("-").to_owned(),
        Rows::Speaker => point.speaker.unwrap_or("-").to_owned(),
    };
    // Numbers by their size, and before names; no code behind all codes.
    let cells = points.iter().zip(codings).map(|(point, coding)| {
        let (name, code) = (name(point), coding.primary());
        ((name.parse::<u32>().unwrap_or(u32::MAX), name), (code.is_none(), code))
    });
    let table = CrossTable::of(cells);
    let ids: Vec<&str> =
        table.columns().iter().map(|(_, code)| code.map_or("-", |code| codebook.codes[code].id.as_str())).collect();
    let mut columns = vec!["row"];
    columns.extend(&ids);
    columns.push("all");
    let residual_names: Vec<String> = ids.iter().map(|id| format!("residual_{id}")).collect();
    columns.extend(residual_names.iter().map(String::as_str));
    let mut rows = vec![head(&columns)];
    for (((_, name), counts), residuals) in table.rows().iter().zip(table.counts()).zip(table.residuals()) {
        let counts = counts.iter().copied().chain([counts.iter().sum()]).map(|count: usize| count.to_string());
        rows.push([name.clone()].into_iter().chain(counts).chain(residuals.into_iter().map(number)).collect());
    }
    let totals = table.column_totals().into_iter().chain([table.total()]).map(|total| total.to_string());
    rows.push(["all".to_owned()].into_iter().chain(totals).collect());
    if let Some(found) = table.chi_square() {
        eprintln!(
            "explore: chi-square {:.2}, {} degrees of freedom, p {:.4}, Cramér's V {:.3}; {:.0} % of the cells have an expected \
             count below 5",
            found.statistic,
            found.degrees,
            found.p,
            found.cramers_v,
            found.low_expected * 100.0
        );
    }
    rows
}

fn number(value: f64) -> String {
    format!("{value:.3}")
}

/// Prints rows with tabs between their cells; that the reader has seen enough (`| head`) is no error.
fn print(rows: &[Row], most: usize) -> Result<()> {
    let plain = |cell: &String| cell.replace(|c: char| c.is_control(), " ");
    let lines = rows.iter().take(most.saturating_add(1));
    let text: String = lines.map(|row| row.iter().map(plain).collect::<Vec<_>>().join("\t") + "\n").collect();
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
