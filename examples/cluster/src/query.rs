//! Queries, and what they are held against: the library itself.

use crate::book::book;
use crate::broken;
use crate::code_counts::CodeCounts;
use crate::code_point::CodePoint;
use anyhow::{Context, Result, ensure};
use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, FieldRef, Fields, Float32Type, Int64Type, Schema};
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::execution::SessionStateBuilder;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use datafusion::sql::parser::DFParser;
use futures_util::StreamExt;
use kodebok::coding::Run;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// A table's name and where its Parquet files are: one, or a folder of them.
#[derive(Clone, Debug)]
pub struct Table {
    name: String,
    path: String,
}

impl std::str::FromStr for Table {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let (name, path) = text.split_once('=').context("not of the form NAME=PATH")?;
        Ok(Table { name: name.to_owned(), path: path.to_owned() })
    }
}

/// Settings with texts as plain ones, not as views: rows that were sorted as views bring every buffer along that they point into, and
/// from process to process each batch then carries the whole table (with two million rows the connection broke).
pub fn plain_texts(config: SessionConfig) -> SessionConfig {
    config
        .set_bool("datafusion.execution.parquet.schema_force_view_types", false)
        .set_bool("datafusion.sql_parser.map_string_types_to_utf8view", false)
}

/// DataFusion in this process, with so many partitions at a time.
pub fn local(partitions: usize) -> SessionContext {
    let config = plain_texts(SessionConfig::new().with_target_partitions(partitions));
    let state = SessionStateBuilder::new().with_default_features().with_config(config).build();
    let context = SessionContext::new_with_state(state);
    register(&context);
    context
}

/// Makes the functions known.
pub fn register(context: &SessionContext) {
    context.register_udf(CodePoint::udf());
    context.register_udaf(CodeCounts::udaf());
}

/// Makes the tables known, with their texts as plain ones even where a file says that they were written as views.
pub async fn open(context: &SessionContext, tables: &[Table]) -> Result<()> {
    for Table { name, path } in tables {
        broken::ends(path.as_ref())?;
        let found = context.read_parquet(path, ParquetReadOptions::default()).await.with_context(|| path.clone())?;
        let schema = Schema::new(found.schema().fields().iter().map(plain).collect::<Fields>());
        let opened = context.register_parquet(name, path, ParquetReadOptions::default().schema(&schema)).await;
        opened.with_context(|| path.clone())?;
    }
    Ok(())
}

fn plain(field: &FieldRef) -> FieldRef {
    match field.data_type() {
        DataType::Utf8View => Arc::new(field.as_ref().clone().with_data_type(DataType::Utf8)),
        _ => Arc::clone(field),
    }
}

/// Adds to what a query failed with which file it is, where Parquet could not be read.
pub fn named(error: anyhow::Error, tables: &[Table]) -> anyhow::Error {
    if !format!("{error:#}").contains("Parquet") && !format!("{error:#}").contains("Arrow error") {
        return error;
    }
    match tables.iter().find_map(|table| broken::find(table.path.as_ref())) {
        Some(found) => error.context(format!("{found:#}")),
        None => error,
    }
}

/// Runs statements, prints what each gives and on standard error how long it took.
pub async fn run(context: &SessionContext, sql: &str) -> Result<()> {
    for statement in DFParser::parse_sql(sql)? {
        let begun = Instant::now();
        let plan = context.state().statement_to_plan(statement).await?;
        let batches = context.execute_logical_plan(plan).await?.collect().await?;
        if !batches.is_empty() {
            println!("{}", pretty_format_batches(&batches)?);
        }
        eprintln!("{:.2} s", begun.elapsed().as_secs_f64());
    }
    Ok(())
}

/// Codes a table's points with the library too, and fails unless each row is there, in the order of `id` from 1 on, with the same
/// codes and, to the bit, the same scores.
pub async fn check(context: &SessionContext, table: &str) -> Result<()> {
    let sql = format!("SELECT id, text, code_point(text) AS coded FROM {table} ORDER BY id");
    let mut batches = context.sql(&sql).await?.execute_stream().await?;
    let mut run = book().coder.run();
    let (mut rows, mut differ) = (0, 0);
    let mut digests = [Sha256::new(), Sha256::new()];
    let mut nodes: BTreeMap<String, u64> = BTreeMap::new();
    while let Some(batch) = batches.next().await {
        let batch = batch?;
        let answers = answers(&batch)?;
        let texts = cast(batch.column(1), &DataType::Utf8)?;
        let texts: Vec<&str> = texts.as_string::<i32>().iter().map(Option::unwrap_or_default).collect();
        for ((answer, coding), text) in answers.iter().zip(run.scores(&texts)).zip(&texts) {
            rows += 1;
            ensure!(answer.id == rows, "row {rows} has id {}: a row is missing or there twice", answer.id);
            let given = coding.codes.iter().map(|given| (&*book().codes[given.code], given.score)).collect();
            let expected = Answer { id: rows, codebook: &book().hash, given, node: answer.node };
            if *answer != expected {
                differ += 1;
                eprintln!("row {rows} differs: {text:?} is {answer:?}, and by the library {expected:?}");
            }
            answer.add_to(&mut digests[0]);
            expected.add_to(&mut digests[1]);
            *nodes.entry(answer.node.to_owned()).or_default() += 1;
        }
    }
    let [engine, library] =
        digests.map(|digest| digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    println!("{rows} rows, {differ} differ; sha256 {engine}, of the library {library}");
    for (node, rows) in nodes {
        println!("{rows} rows coded by {node}");
    }
    ensure!(differ == 0 && engine == library, "the library's answer is another");
    Ok(())
}

/// A row of what a query gave, or of what it should give.
#[derive(Debug, PartialEq)]
struct Answer<'a> {
    id: i64,
    codebook: &'a str,
    given: Vec<(&'a str, f32)>,
    node: &'a str,
}

impl Answer<'_> {
    fn add_to(&self, digest: &mut Sha256) {
        digest.update(self.id.to_le_bytes());
        digest.update(self.codebook);
        for (code, score) in &self.given {
            digest.update(code);
            digest.update(score.to_le_bytes());
        }
    }
}

fn answers(batch: &RecordBatch) -> Result<Vec<Answer<'_>>> {
    let ids = batch.column(0).as_primitive::<Int64Type>();
    let coded = batch.column(2).as_struct();
    let codes = coded.column(2).as_list::<i32>();
    let given = codes.values().as_struct();
    let (names, scores) = (given.column(0).as_string::<i32>(), given.column(1).as_primitive::<Float32Type>());
    let answer = |row: usize| {
        let entries = codes.value_offsets()[row] as usize..codes.value_offsets()[row + 1] as usize;
        Answer {
            id: ids.value(row),
            codebook: coded.column(3).as_string::<i32>().value(row),
            given: entries.map(|at| (names.value(at), scores.value(at))).collect(),
            node: coded.column(4).as_string::<i32>().value(row),
        }
    };
    Ok((0..batch.num_rows()).map(answer).collect())
}

/// Codes the lines of a text with the library's stream alone, on this thread, and counts them by their first code.
pub fn library(path: &Path) -> Result<()> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let begun = Instant::now();
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for coded in book().coder.run().lines(BufReader::with_capacity(1 << 16, file), Run::scores) {
        let code = coded?.1.primary().map_or("", |code| &*book().codes[code]);
        *counts.entry(code).or_default() += 1;
    }
    println!("{counts:?}");
    eprintln!("{:.2} s", begun.elapsed().as_secs_f64());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What statements fail with, or the last one's first value as text.
    fn asked(sql: &str) -> Result<String> {
        let runtime = tokio::runtime::Builder::new_multi_thread().thread_stack_size(crate::STACK).build()?;
        let sql = sql.to_owned();
        runtime.block_on(runtime.spawn(async move {
            let batches = local(2).sql(&sql).await?.collect().await?;
            Ok(datafusion::arrow::util::display::array_value_to_string(batches[0].column(0), 0)?)
        }))?
    }

    #[test]
    fn queries_carry_the_codebook_that_they_are_planned_with() {
        let points = "(VALUES ('Lang ventetid'), ('Skam og tabu'), (NULL)) AS points (text)";
        let hash = &book().hash;
        for (sql, expected) in [
            (format!("SELECT code_counts(code_point(text))['points'] FROM {points}"), "2".to_owned()),
            (format!("SELECT code_point(text)['code'] FROM {points} WHERE text LIKE 'S%'"), "holdninger".to_owned()),
            (format!("SELECT code_point(text, '{hash}')['codebook'] FROM {points} LIMIT 1"), hash.clone()),
        ] {
            assert_eq!(asked(&sql).unwrap(), expected, "{sql}");
        }
        let error = asked(&format!("SELECT code_point(text, 'abc') FROM {points}")).unwrap_err().to_string();
        assert!(error.contains("codebook abc is asked for") && error.contains(hash), "{error}");
    }
}
