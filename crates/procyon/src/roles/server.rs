//! The backend: opens its parts, serves them on one port, and stops them in reverse order.
//!
//! Order: the data folder's lock, the port, control, storage, query, then the routes. Only when all
//! of it answers does the ready file appear. `kill -9` at any moment is safe; a polite end only
//! makes the next start shorter, by a last flush.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use alert::deliver::Outbox;
use axum::middleware::map_response;
use axum::routing::get;
use base::{Clock, Shutdown, ShutdownTrigger};
use control::{Bootstrap, Control, Options};
use query::{Engine, Limits};
use storage::{Parts, Settings, Storage};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;

use crate::cli::ServeArgs;
use crate::data_dir::DataDir;
use crate::fault::{Fault, Result, While};
use crate::own_metrics::{self, Sources};
use crate::roles::agent::Agent;
use crate::roles::{Role, audit};
use crate::traffic::{Door, Traffic};
use crate::{http, mail, web, welcome};

/// Runs the backend, and with it perhaps the agent, until a signal stops it.
///
/// # Errors
/// When a part cannot be opened; the message names the flag that may help.
pub(crate) fn run(args: &ServeArgs, roles: &[Role], agent: WithAgent) -> Result<()> {
    if let Some(role) = Role::ALL.into_iter().find(|role| !roles.contains(role)) {
        return Err(Fault::new(format!(
            "--roles: {role} is missing; with storage in a local folder all roles run in one process"
        )));
    }
    let runtime = tokio::runtime::Runtime::new().or_fault(|| "cannot start threads".to_owned())?;
    runtime.block_on(Box::pin(serve(args, agent)))
}

async fn serve(args: &ServeArgs, with_agent: WithAgent) -> Result<()> {
    let clock = Clock::system();
    let mut stop = Stop::listen()?;
    let mut dir = DataDir::take(&args.data)?;
    let listener = http::bind(args.listen).await?;
    let mut running = Running::default();
    let started = match start(args, &clock, listener, &mut running).await {
        Ok(started) => started.with(with_agent, &args.data, &clock, &mut running).await,
        Err(fault) => Err(fault),
    };
    let started = match started {
        Ok(started) => started,
        Err(fault) => {
            running.stop().await;
            return Err(fault);
        }
    };
    dir.say(Some(&started.url))?;
    welcome::ready(args, &started, clock.monotonic())?;
    stop.wait().await;
    tracing::info!("stopping");
    running.stop().await;
    Ok(())
}

/// Opens what is kept in the data folder, and starts its upkeep.
async fn open(
    args: &ServeArgs,
    clock: &Clock,
    running: &mut Running,
) -> Result<(Control, Option<Bootstrap>, Storage)> {
    let folder = || format!("--data: cannot open {}", args.data.display());
    let open_control = async {
        let options = Options { clock: clock.clone(), ..Options::new(&args.data) };
        let control = Control::open(options).await.or_fault(folder)?;
        let first = control.bootstrap().await.or_fault(folder)?;
        Ok((control, first))
    };
    let open_storage = async {
        let parts = Parts::local(&args.data, clock.clone()).await.or_fault(folder)?;
        Storage::open(Settings::default(), parts).await.or_fault(folder)
    };
    // Side by side: each waits for the disk most of the time.
    let ((control, first), storage) = tokio::try_join!(open_control, open_storage)?;
    running.add("control", |shutdown| {
        let control = control.clone();
        async move { control.run(shutdown).await }
    });
    running.add("storage", |shutdown| {
        let storage = storage.clone();
        async move { storage.run(shutdown).await }
    });
    running.add("audit", |shutdown| {
        audit::feed(control.clone(), storage.clone(), clock.clone(), shutdown)
    });
    Ok((control, first, storage))
}

async fn start(
    args: &ServeArgs,
    clock: &Clock,
    listener: TcpListener,
    running: &mut Running,
) -> Result<Started> {
    let mailer = mail::mailer(&args.mail)?;
    let (control, first, storage) = open(args, clock, running).await?;
    let cache_bytes = args.query_cache_mib.saturating_mul(base::units::MIB);
    let limits = Limits { cache_bytes, ..Limits::default() };
    let query = Engine::new(storage.clone(), clock.clone(), limits);
    let intake = ingest::State::new(
        control.clone(),
        storage.clone(),
        clock.clone(),
        &ingest::Settings::default(),
    );
    let report = {
        let intake = Arc::clone(&intake);
        Arc::new(move |org| intake.report(org))
    };
    let outbox = Outbox::new(control.clone(), storage.clone(), clock.clone(), mailer);
    running.add("mail", |shutdown| outbox.clone().run(shutdown));
    let traffic = Arc::new(Traffic::new(clock.clone()));
    if !args.no_own_metrics {
        let sources = Sources {
            storage: storage.clone(),
            query: query.clone(),
            intake: Arc::clone(&intake),
            outbox: outbox.clone(),
            traffic: Arc::clone(&traffic),
        };
        let clock = clock.clone();
        running.add("own metrics", |shutdown| own_metrics::run(sources, clock, shutdown));
    }
    let state = api::State::new(control.clone(), storage, query, clock.clone())
        .with_intake(report)
        .with_public_url(args.public_url.clone())
        .with_outbox(outbox);
    let routes = traffic
        .counted(api::router(state), Door::Api)
        .merge(traffic.counted(ingest::router(intake), Door::Intake));
    let embeds = api::Embeds::new(control.clone());
    let routes = routes.route("/embed/{token}", get(web::embedded).with_state(embeds));
    let router = api::finish(routes.fallback(web::serve)).layer(map_response(web::unframed));
    let url = http::url_of(&listener)?;
    running.add("http", |shutdown| http::serve(listener, router, clock.clone(), shutdown));
    Ok(Started { url, first, control, agent: None })
}

/// Whether this machine's agent is started beside the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WithAgent {
    Yes,
    No,
}

/// What answers, and how to reach it.
#[derive(Debug)]
pub(crate) struct Started {
    pub(crate) url: String,
    pub(crate) first: Option<Bootstrap>,
    /// The settings of this machine's agent, when there is one.
    pub(crate) agent: Option<PathBuf>,
    control: Control,
}

impl Started {
    async fn with(
        mut self,
        agent: WithAgent,
        data: &Path,
        clock: &Clock,
        running: &mut Running,
    ) -> Result<Self> {
        if agent == WithAgent::Yes {
            let agent = Agent::prepare(data, &self.url, &self.control).await?;
            self.agent = Some(agent.settings().to_owned());
            running.add("agent", |shutdown| agent.run(clock.clone(), shutdown));
        }
        Ok(self)
    }
}

/// Parts that run, in the order of their start.
#[derive(Debug, Default)]
struct Running(Vec<(&'static str, ShutdownTrigger, JoinHandle<()>)>);

impl Running {
    fn add<F: Future<Output = ()> + Send + 'static>(
        &mut self,
        name: &'static str,
        part: impl FnOnce(Shutdown) -> F,
    ) {
        let (trigger, shutdown) = Shutdown::new();
        self.0.push((name, trigger, tokio::spawn(part(shutdown))));
    }

    /// Stops the last one first, each only when those that stand on it are gone.
    async fn stop(&mut self) {
        while let Some((name, trigger, task)) = self.0.pop() {
            trigger.stop();
            if let Err(e) = task.await {
                tracing::error!(part = name, error = %e, "a part ended badly");
            }
        }
    }
}

/// The signals that end the process in peace.
#[derive(Debug)]
struct Stop {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

impl Stop {
    fn listen() -> Result<Self> {
        let listen = |kind| signal(kind).or_fault(|| "cannot listen to signals".to_owned());
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
