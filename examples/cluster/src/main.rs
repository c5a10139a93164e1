//! The coder of kodebok as a function in SQL, over Parquet: in one process, or on a cluster.

mod book;
mod broken;
#[cfg(feature = "cluster")]
mod cluster;
mod code_counts;
mod code_point;
mod query;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use datafusion::prelude::SessionContext;
use query::Table;
use std::path::PathBuf;
use std::process::ExitCode;

/// The coder of kodebok as a function in SQL, over Parquet: code_point(text) gives a point's codes, code_counts(...) counts them.
#[derive(Parser)]
#[command(
    version,
    after_help = "Worked calls:\n  \
    kodebok-cluster local --table points=korpus/ \"SELECT code_counts(code_point(text)) FROM points\"\n  \
    kodebok-cluster scheduler --at 10.0.0.1:50050\n  \
    kodebok-cluster executor --at 10.0.0.2:50051 --scheduler 10.0.0.1:50050 --tasks 16   # on each machine\n  \
    kodebok-cluster client --scheduler 10.0.0.1:50050 --tasks 320 --table points=/felles/korpus/ --file queries/counts.sql\n\n\
    Paths and the codebook must be the same on every machine. Another codebook fails the query."
)]
struct Arguments {
    /// The codebook, a TOML file [default: the bundled one of the 2017 summit].
    #[arg(long, global = true, value_name = "FILE")]
    codebook: Option<PathBuf>,
    #[command(subcommand)]
    role: Role,
}

#[derive(Subcommand)]
enum Role {
    /// Runs a query in this process.
    Local {
        #[command(flatten)]
        query: Query,
    },
    /// Codes the lines of a text with the library alone, on one thread: what the others are measured by.
    Library { file: PathBuf },
    /// Gives the executors of a cluster their work.
    #[cfg(feature = "cluster")]
    Scheduler {
        /// Where it can be reached.
        #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:50050")]
        at: cluster::Address,
    },
    /// Does a cluster's work.
    #[cfg(feature = "cluster")]
    Executor {
        /// Where it can be reached; it takes the next port too.
        #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:50051")]
        at: cluster::Address,
        #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:50050")]
        scheduler: cluster::Address,
        /// How many tasks it does at a time.
        #[arg(long, value_name = "N", default_value_t = 1)]
        tasks: usize,
        /// Where what it hands on is kept [default: a temporary folder].
        #[arg(long, value_name = "DIR")]
        work: Option<String>,
    },
    /// Runs a query on a cluster.
    #[cfg(feature = "cluster")]
    Client {
        #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:50050")]
        scheduler: cluster::Address,
        #[command(flatten)]
        query: Query,
    },
}

#[derive(Args)]
struct Query {
    /// A table's name, and its Parquet file or the folder of its Parquet files.
    #[arg(long = "table", value_name = "NAME=PATH")]
    tables: Vec<Table>,
    /// How many partitions are worked on at a time, on a cluster: into how many tasks the work is cut.
    #[arg(long, value_name = "N", default_value_t = 1)]
    tasks: usize,
    /// Code this table's points (id from 1 on, text) here too, with the library alone, and compare row for row.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["file", "sql"])]
    check: Option<String>,
    /// A file of SQL statements.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// SQL statements, with a ; between them.
    #[arg(required_unless_present_any = ["file", "check"])]
    sql: Option<String>,
}

/// Plans are walked recursively, by code that is not optimised.
const STACK: usize = 32 << 20;

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kodebok-cluster: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: Arguments) -> Result<()> {
    let book = book::load(arguments.codebook.as_deref(), node(&arguments.role))?;
    eprintln!("kodebok-cluster: {} has codebook {}", book.node, book.hash);
    if let Role::Library { file } = &arguments.role {
        rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global()?;
        return query::library(file);
    }
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if let Role::Local { query } = &arguments.role {
        runtime.worker_threads(query.tasks);
    }
    let runtime = runtime.enable_all().thread_stack_size(STACK).build()?;
    // On a thread of the runtime, since the main thread's stack is as large as the system says.
    runtime.block_on(async { tokio::spawn(role(arguments.role)).await? })
}

async fn role(role: Role) -> Result<()> {
    match role {
        Role::Library { .. } => Ok(()),
        Role::Local { query } => answer(&query::local(query.tasks), &query).await,
        #[cfg(feature = "cluster")]
        Role::Scheduler { at } => cluster::scheduler(at).await,
        #[cfg(feature = "cluster")]
        Role::Executor { at, scheduler, tasks, work } => cluster::executor(at, scheduler, tasks, work).await,
        #[cfg(feature = "cluster")]
        Role::Client { scheduler, query } => answer(&cluster::client(&scheduler, query.tasks).await?, &query).await,
    }
}

async fn answer(context: &SessionContext, query: &Query) -> Result<()> {
    query::open(context, &query.tables).await?;
    let answer = match (&query.check, &query.sql, &query.file) {
        (Some(table), ..) => query::check(context, table).await,
        (_, Some(sql), _) => query::run(context, sql).await,
        (_, _, Some(file)) => {
            let sql = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
            query::run(context, &sql).await
        }
        _ => Ok(()),
    };
    answer.map_err(|error| query::named(error, &query.tables))
}

/// How rows name this process: where an executor can be reached, and which process it is.
fn node(role: &Role) -> String {
    let pid = std::process::id();
    match role {
        #[cfg(feature = "cluster")]
        Role::Executor { at, .. } => format!("{}:{}/{pid}", at.host, at.port),
        _ => format!("local/{pid}"),
    }
}
