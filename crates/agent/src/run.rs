//! The running agent: its parts, in the order in which they start and stop.
//!
//! Start: forwarder, aggregator, DogStatsD, checks, metadata. Stop goes the way of the data, so that
//! nothing that was received is lost: DogStatsD reads what the kernel still has, checks end, the
//! aggregator sends even open buckets, and the forwarder keeps on disk what it cannot deliver.

use std::sync::Arc;
use std::time::Duration;

use base::{Clock, Shutdown};
use model::TagSet;
use parking_lot::Mutex;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;

use crate::aggregate::task::{self, FlushTask};
use crate::aggregate::{Aggregator, MetricStats, payloads};
use crate::check::CheckRun;
use crate::checks::{Catalog, CheckContext, Problems};
use crate::config::Config;
use crate::control_api::{self, ControlApi};
use crate::forward::{self, Endpoint, Forwarder, Payload};
use crate::host::collector::Collector;
use crate::host::hostname::{self, Hostname, HostnameError, Place};
use crate::host::payloads::{AgentFacts, CheckFacts};
use crate::host::{MetadataPayload, MetadataRoute, facts};
use crate::schedule::{CheckStats, Scheduler};
use crate::status::AgentView;
use crate::tagger::{self, Tagger};
use crate::{Telemetry, VERSION, dogstatsd};

/// Results of checks that may wait for the aggregator.
const RUNS_LEN: usize = 64;
/// Metadata payloads that may wait for the forwarder.
const METADATA_LEN: usize = 8;
/// How long the start waits for the containers that run already.
const TAGGER_LEAD: Duration = Duration::from_secs(2);
/// How long the parts have for their last work once they were told to stop.
const FAREWELL: Duration = Duration::from_secs(10);

/// Why the agent does not start.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(transparent)]
    Hostname(#[from] HostnameError),
    #[error("cannot make the runtime")]
    Runtime { source: std::io::Error },
    #[error("cannot serve the control API")]
    Control { source: std::io::Error },
}

/// What status and control API look at.
#[derive(Clone, Debug)]
pub struct Parts {
    pub config: Arc<Config>,
    pub telemetry: Arc<Telemetry>,
    pub clock: Clock,
    pub hostname: Hostname,
    /// Unix milliseconds.
    pub started_ms: i64,
    pub checks: CheckContext,
    pub check_stats: CheckStats,
    /// What kept checks from being loaded.
    pub problems: Arc<Problems>,
    aggregator: Arc<Mutex<Aggregator>>,
}

impl Parts {
    /// The DogStatsD metrics with most samples, at most `n_max`.
    pub fn metric_stats(&self, n_max: usize) -> Vec<MetricStats> {
        self.aggregator.lock().metric_stats(n_max)
    }
}

/// Runs the agent until `shutdown`.
///
/// # Errors
/// When it cannot start. Ways in that cannot be opened are no error here but in the status.
pub async fn run(config: Config, clock: Clock, shutdown: Shutdown) -> Result<(), RunError> {
    let config = Arc::new(config);
    let telemetry = Arc::new(Telemetry::default());
    let roots = crate::checks::roots::Roots::from_env(&config.procfs_path.to_string_lossy());
    let hostname = hostname::resolve(&config.host, &roots, Place::from_env())?;
    let agent_host: Arc<str> = hostname.name.as_str().into();
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }

    let (stop_forwarder, forwarder_stops) = Shutdown::new();
    let forwarding =
        forward::start(&config, Arc::clone(&telemetry), clock.clone(), forwarder_stops).await;
    let forwarder = forwarding.forwarder.clone();

    let started_ms = clock.now_ms();
    let mut aggregator =
        Aggregator::new(&config, Arc::clone(&agent_host), Arc::clone(&telemetry), started_ms);
    task::resume(&mut aggregator, &config.run_path);
    let shared = (Arc::new(Mutex::new(aggregator)), Arc::new(Notify::new()));
    let (stop_flush, flush_stops) = Shutdown::new();
    let (runs, runs_out) = mpsc::channel(RUNS_LEN);
    let who = (clock.clone(), Arc::clone(&agent_host));
    let flush =
        FlushTask::new(&config, shared.clone(), forwarder.clone(), Arc::clone(&telemetry), who);
    let flush = tokio::spawn(flush.run(runs_out, flush_stops));

    let (tagger, tagging) = start_tagger(&config, &telemetry, &clock, &shutdown).await;
    let readers = dogstatsd::start(
        &config.dogstatsd,
        shared.clone(),
        (Arc::clone(&telemetry), tagger),
        clock.clone(),
    );

    let before = Before {
        config: Arc::clone(&config),
        telemetry: Arc::clone(&telemetry),
        clock: clock.clone(),
        hostname,
        started_ms,
        aggregator: shared.0,
    };
    let (parts, mut tasks) = start_host(before, runs, &forwarder, &shutdown).await;
    tasks.extend(tagging);
    announce(&parts, &forwarder).await;
    tracing::info!(host = %agent_host, version = VERSION, "the agent runs");

    shutdown.wait().await;
    tracing::info!("the agent stops");
    let readers = tokio::task::spawn_blocking(move || readers.stop());
    finish("dogstatsd", readers, &clock).await;
    for task in tasks.drain(..) {
        finish("checks and metadata", task, &clock).await;
    }
    stop_flush.stop();
    finish("the aggregator", flush, &clock).await;
    drop(forwarder);
    drop(forwarding.forwarder);
    stop_forwarder.stop();
    for task in forwarding.tasks {
        finish("the forwarder", task, &clock).await;
    }
    Ok(())
}

/// Starts to look for containers, and waits a moment so that the first samples find their tags.
async fn start_tagger(
    config: &Config,
    telemetry: &Arc<Telemetry>,
    clock: &Clock,
    shutdown: &Shutdown,
) -> (Arc<Tagger>, Option<JoinHandle<()>>) {
    let tagger = Tagger::new(&config.tagger, Arc::clone(telemetry), clock.clone());
    let tagger = Arc::new(tagger);
    if !config.dogstatsd.enabled {
        return (tagger, None);
    }
    let ready = Arc::new(Notify::new());
    if let Some(host) = &config.tagger.docker_refused {
        tracing::warn!(host, "DOCKER_HOST is no unix:///PATH; containers are told without Docker");
    }
    let origin = &config.dogstatsd.origin;
    let lazily = !origin.detection && !origin.client;
    let work = tagger::run(Arc::clone(&tagger), (Arc::clone(&ready), lazily), shutdown.clone());
    let task = tokio::spawn(work);
    tokio::select! {
        () = ready.notified() => {}
        () = clock.sleep(TAGGER_LEAD) => {}
    }
    (tagger, Some(task))
}

/// What runs before checks, metadata and control API do.
struct Before {
    config: Arc<Config>,
    telemetry: Arc<Telemetry>,
    clock: Clock,
    hostname: Hostname,
    /// Unix milliseconds.
    started_ms: i64,
    aggregator: Arc<Mutex<Aggregator>>,
}

/// Starts checks, metadata and control API. They end by `shutdown`.
async fn start_host(
    before: Before,
    runs: mpsc::Sender<CheckRun>,
    forwarder: &Forwarder,
    shutdown: &Shutdown,
) -> (Parts, Vec<JoinHandle<()>>) {
    let Before { config, telemetry, clock, hostname, started_ms, aggregator } = before;
    let context = CheckContext::new(&config, &clock, Arc::from(&*hostname.name));
    let catalog = Catalog::load(&config.confd_path, &context);
    for problem in catalog.problems.all() {
        tracing::error!(check = problem.check, "{}", problem.message);
    }
    let check_facts: Vec<CheckFacts> = catalog.instances.iter().map(CheckFacts::of).collect();
    let scheduler = Scheduler::new(catalog.instances, config.check_runners, &clock, runs);
    let parts = Parts {
        config,
        telemetry,
        clock,
        hostname,
        started_ms,
        checks: context,
        check_stats: scheduler.stats(),
        problems: Arc::new(catalog.problems),
        aggregator,
    };
    let agent = AgentFacts {
        uuid: facts::machine_uuid(&parts.checks.roots, &parts.hostname.name),
        hostname: parts.hostname.clone(),
        started_ms,
    };
    let view = AgentView::of(&parts, agent.clone(), check_facts.clone());
    let collector = Collector {
        config: Arc::clone(&parts.config),
        agent,
        checks: check_facts,
        check_stats: scheduler.stats(),
        roots: parts.checks.roots.clone(),
        ask_usage: parts.checks.ask_usage,
        clock: parts.clock.clone(),
    };
    let (metadata, metadata_out) = mpsc::channel(METADATA_LEN);
    let mut tasks: Vec<JoinHandle<()>> = vec![
        tokio::spawn(scheduler.run(shutdown.clone())),
        tokio::spawn(collector.run(metadata, shutdown.clone())),
        tokio::spawn(forward_metadata(metadata_out, forwarder.clone())),
    ];
    // Without it the agent works, but `status` does not reach it.
    match ControlApi::bind(view, control_api::terminate).await {
        Ok(control) => tasks.push(tokio::spawn(control.run(shutdown.clone()))),
        Err(e) => tracing::error!(error = base::report(&e), "no control API"),
    }
    (parts, tasks)
}

/// Waits for a part that was told to stop, but not for ever.
async fn finish(name: &str, task: JoinHandle<()>, clock: &Clock) {
    tokio::select! {
        ended = task => if let Err(error) = ended {
            tracing::error!(%error, part = name, "a part of the agent had failed");
        },
        () = clock.sleep(FAREWELL) => tracing::error!(part = name, "did not stop in time"),
    }
}

async fn forward_metadata(mut payloads: mpsc::Receiver<MetadataPayload>, forwarder: Forwarder) {
    while let Some(payload) = payloads.recv().await {
        let endpoint = match payload.route {
            MetadataRoute::Intake => Endpoint::Intake,
            MetadataRoute::Inventory => Endpoint::Metadata,
        };
        forwarder.send(Payload::json(endpoint, &payload.body)).await;
    }
}

/// The event that says that this agent has started. Source: `pkg/aggregator/aggregator.go`.
async fn announce(parts: &Parts, forwarder: &Forwarder) {
    let tags = parts.config.host.all_tags();
    let event = model::Event {
        time: parts.started_ms,
        title: "Agent Startup".to_owned(),
        text: format!("Version {VERSION}"),
        host: parts.hostname.name.clone(),
        tags: TagSet::new(tags.iter().map(String::as_str)),
        source: "System".to_owned(),
        event_type: "Agent Startup".to_owned(),
        ..model::Event::default()
    };
    parts.telemetry.aggregator.event.add(1);
    for payload in payloads::events(&[event], &parts.hostname.name) {
        forwarder.send(payload).await;
    }
}

/// Set by who starts the agent as a child: its standard input is a pipe that ends with the parent.
pub const ENDS_WITH_STDIN: &str = "PROCYON_AGENT_ENDS_WITH_STDIN";

/// Runs the agent on this thread until the process is told to end (SIGTERM, SIGINT, or the end of
/// its parent; see [`ENDS_WITH_STDIN`]).
///
/// # Errors
/// As [`run`], and when the runtime cannot be made.
pub fn serve(config: Config) -> Result<(), RunError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .thread_name("agent-blocking")
        .thread_keep_alive(Duration::from_secs(30))
        .build()
        .map_err(|source| RunError::Runtime { source })?;
    let (trigger, shutdown) = Shutdown::new();
    let ended = runtime.block_on(async {
        tokio::spawn(async move {
            wait_for_end().await;
            trigger.stop();
        });
        // The parts are large as one future; it lies on the heap, not in every frame above.
        Box::pin(run(config, Clock::system(), shutdown)).await
    });
    // A request may be under way; what it carries is on disk.
    runtime.shutdown_background();
    ended
}

async fn wait_for_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    let (Ok(mut terminate), Ok(mut interrupt)) = signals else {
        tracing::error!("signals cannot be watched; the agent ends only by force");
        return std::future::pending().await;
    };
    let is_child = std::env::var_os(ENDS_WITH_STDIN).is_some_and(|value| !value.is_empty());
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = end_of_stdin(), if is_child => tracing::info!("the parent has ended"),
    }
}

/// Returns when the other end of standard input is closed.
async fn end_of_stdin() {
    let (ended, told) = tokio::sync::oneshot::channel();
    // A thread of its own: a read of standard input cannot be called off, and the runtime would
    // wait for its blocking threads.
    let watch = std::thread::Builder::new().name("stdin".to_owned()).stack_size(64 << 10);
    let spawned = watch.spawn(move || {
        let mut nowhere = std::io::sink();
        let _either_way = std::io::copy(&mut std::io::stdin().lock(), &mut nowhere);
        let _stopped_already = ended.send(());
    });
    if spawned.is_err() {
        return std::future::pending().await;
    }
    let _either_way = told.await;
}
