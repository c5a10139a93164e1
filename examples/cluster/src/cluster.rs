//! The parts of a cluster: Ballista's, with our functions known to each of them.

use crate::code_counts::CodeCounts;
use crate::code_point::CodePoint;
use crate::query::{plain_texts, register};
use anyhow::{Context, Result, anyhow};
use ballista::extension::{SessionConfigExt, SessionContextExt};
use ballista_core::registry::BallistaFunctionRegistry;
use ballista_core::utils::default_session_builder;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::start_server;
use datafusion::execution::{FunctionRegistry, SessionState, SessionStateBuilder};
use datafusion::prelude::{SessionConfig, SessionContext};
use std::sync::Arc;

/// An executor says so often that it lives ...
const HEARTBEAT_SECONDS: u64 = 2;

/// ... and is given up after so long without a word: its work goes to others. By default it would be 60 and 180.
const TIMEOUT_SECONDS: u64 = 8;

/// A `host:port`.
#[derive(Clone, Debug)]
pub struct Address {
    pub host: String,
    pub port: u16,
}

impl std::str::FromStr for Address {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let (host, port) = text.rsplit_once(':').context("not of the form HOST:PORT")?;
        Ok(Address { host: host.to_owned(), port: port.parse()? })
    }
}

/// Runs a scheduler until it is stopped.
pub async fn scheduler(at: Address) -> Result<()> {
    let config = SchedulerConfig {
        external_host: at.host.clone(),
        bind_host: at.host.clone(),
        bind_port: at.port,
        executor_timeout_seconds: TIMEOUT_SECONDS,
        expire_dead_executor_interval_seconds: 1,
        no_executors_grace_period_seconds: 4 * TIMEOUT_SECONDS,
        override_session_builder: Some(Arc::new(session)),
        ..SchedulerConfig::default()
    };
    let address = format!("{}:{}", at.host, at.port).parse().context("a scheduler's address is to be a number")?;
    let cluster = BallistaCluster::new_from_config(&config).await.map_err(|error| anyhow!("{error}"))?;
    start_server(cluster, address, Arc::new(config)).await.map_err(|error| anyhow!("{error}"))
}

/// Ballista's session, with our functions: the scheduler plans queries that call them.
fn session(config: SessionConfig) -> datafusion::common::Result<SessionState> {
    let mut state = default_session_builder(config)?;
    state.register_udf(Arc::new(CodePoint::udf()))?;
    state.register_udaf(Arc::new(CodeCounts::udaf()))?;
    Ok(state)
}

/// Runs an executor until it is stopped: so many tasks at a time, their data in a folder.
pub async fn executor(at: Address, scheduler: Address, tasks: usize, work_dir: Option<String>) -> Result<()> {
    let mut functions = BallistaFunctionRegistry::default();
    functions.scalar_functions.insert("code_point".to_owned(), Arc::new(CodePoint::udf()));
    functions.aggregate_functions.insert("code_counts".to_owned(), Arc::new(CodeCounts::udaf()));
    let config = ExecutorProcessConfig {
        bind_host: at.host.clone(),
        external_host: Some(at.host),
        port: at.port,
        grpc_port: at.port + 1,
        scheduler_host: scheduler.host,
        scheduler_port: scheduler.port,
        scheduler_connect_timeout_seconds: 30,
        vcores: tasks,
        work_dir,
        executor_heartbeat_interval_seconds: HEARTBEAT_SECONDS,
        override_function_registry: Some(Arc::new(functions)),
        ..ExecutorProcessConfig::default()
    };
    start_executor_process(Arc::new(config)).await.map_err(|error| anyhow!("{error}"))
}

/// A context whose queries the cluster runs, each stage in so many tasks.
pub async fn client(scheduler: &Address, tasks: usize) -> Result<SessionContext> {
    let config = plain_texts(SessionConfig::new_with_ballista().with_target_partitions(tasks));
    let state = SessionStateBuilder::new().with_default_features().with_config(config).build();
    let url = format!("df://{}:{}", scheduler.host, scheduler.port);
    let context = SessionContext::remote_with_state(&url, state).await?;
    // What a context knew before, it has forgotten by now.
    register(&context);
    Ok(context)
}
