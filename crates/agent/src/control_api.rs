//! The control API: how the command line speaks with the running agent.
//!
//! HTTP on `cmd_host:cmd_port` (5001; a free port when that one is taken or 0), by default loopback
//! only. Each request carries `Authorization: Bearer TOKEN`; address, token and process id stand in
//! `RUN_PATH/control.json`, which only the agent's user can read. Routes: see [`router`].

use std::io::{self, Write};
use std::net::{SocketAddr, ToSocketAddrs};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use base::Shutdown;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::VERSION;
use crate::status::health::HealthMemory;
use crate::status::{AgentView, text};

/// How the command line finds the agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlFile {
    /// `127.0.0.1:5001`
    pub address: String,
    /// 64 hexadecimal digits.
    pub token: String,
    pub pid: u32,
    pub version: String,
}

/// Why the control API is not there.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    #[error("cannot listen on {address}")]
    Listen { address: String, source: io::Error },
    #[error("cannot write {}", path.display())]
    Write { path: PathBuf, source: io::Error },
}

impl ControlFile {
    pub fn path(run_path: &Path) -> PathBuf {
        run_path.join("control.json")
    }

    /// Reads it; `None` when there is none, or nothing of use in it.
    pub fn read(run_path: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(Self::path(run_path)).ok()?).ok()
    }

    /// Replaces it as a whole; readable by its owner only.
    fn write(&self, run_path: &Path) -> io::Result<()> {
        std::fs::create_dir_all(run_path)?;
        let temporary = run_path.join(format!("control.json.{}", self.pid));
        let mut options = std::fs::OpenOptions::new();
        let mut file =
            options.write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        std::fs::rename(&temporary, Self::path(run_path))
    }
}

/// What `POST /agent/stop` does: the process gets SIGTERM, as from a service manager.
pub type Stop = fn();

/// Ends this process as a service manager would.
pub fn terminate() {
    if let Err(error) = nix::sys::signal::raise(nix::sys::signal::Signal::SIGTERM) {
        tracing::error!(%error, "cannot signal this process");
    }
}

#[derive(Debug)]
struct Control {
    view: AgentView,
    memory: HealthMemory,
    token: String,
    stop: Stop,
}

/// The control API, bound but not yet serving.
#[derive(Debug)]
pub struct ControlApi {
    listener: TcpListener,
    address: SocketAddr,
    control: Arc<Control>,
    run_path: PathBuf,
}

impl ControlApi {
    /// Binds and writes `control.json`. `stop` is [`terminate`], or what a test says instead.
    ///
    /// # Errors
    /// When no port can be had, or the file cannot be written.
    pub async fn bind(view: AgentView, stop: Stop) -> Result<Self, ControlError> {
        let config = Arc::clone(&view.config);
        let listener = listen(&config.cmd_host, config.cmd_port).await?;
        let address = listener
            .local_addr()
            .map_err(|source| ControlError::Listen { address: config.cmd_host.clone(), source })?;
        let token = hex::encode(base::secure_bytes::<32>());
        let file = ControlFile {
            address: address.to_string(),
            token: token.clone(),
            pid: std::process::id(),
            version: VERSION.to_owned(),
        };
        file.write(&config.run_path).map_err(|source| ControlError::Write {
            path: ControlFile::path(&config.run_path),
            source,
        })?;
        let control = Control { view, memory: HealthMemory::default(), token, stop };
        let run_path = config.run_path.clone();
        Ok(Self { listener, address, control: Arc::new(control), run_path })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown`; then `control.json` goes.
    pub async fn run(self, shutdown: Shutdown) {
        let router = router(Arc::clone(&self.control));
        let stopping = async move { shutdown.wait().await };
        let served = axum::serve(self.listener, router).with_graceful_shutdown(stopping).await;
        if let Err(error) = served {
            tracing::error!(%error, "the control API ended");
        }
        // Another agent with the same run path may have written its own in the meantime.
        if ControlFile::read(&self.run_path).is_some_and(|f| f.token == self.control.token) {
            let _gone = std::fs::remove_file(ControlFile::path(&self.run_path));
        }
    }
}

async fn listen(host: &str, port: u16) -> Result<TcpListener, ControlError> {
    let host = if host == "localhost" { "127.0.0.1" } else { host };
    let error = |source| ControlError::Listen { address: format!("{host}:{port}"), source };
    let address = (host, port).to_socket_addrs().map_err(error)?.next();
    let address = address.ok_or_else(|| error(io::Error::other("no address of that name")))?;
    match TcpListener::bind(address).await {
        Err(e) if port != 0 && e.kind() == io::ErrorKind::AddrInUse => {
            tracing::info!(port, "cmd_port is taken; the control API takes a free one");
            TcpListener::bind(SocketAddr::new(address.ip(), 0)).await.map_err(error)
        }
        bound => bound.map_err(error),
    }
}

/// The routes, below `/agent` as the official Agent has them.
fn router(control: Arc<Control>) -> Router {
    Router::new()
        .route("/agent/status", get(status))
        .route("/agent/status/health", get(health))
        .route("/agent/hostname", get(hostname))
        .route("/agent/version", get(version))
        .route("/agent/config", get(config))
        .route("/agent/config-check", get(config_check))
        .route("/agent/dogstatsd-stats", get(dogstatsd_stats))
        .route("/agent/stop", post(stop))
        .layer(middleware::from_fn_with_state(Arc::clone(&control), authorize))
        .with_state(control)
}

async fn authorize(State(control): State<Arc<Control>>, request: Request, next: Next) -> Response {
    let header = request.headers().get(header::AUTHORIZATION);
    let token = header.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    if token.is_some_and(|token| same(token.as_bytes(), control.token.as_bytes())) {
        return next.run(request).await;
    }
    (StatusCode::UNAUTHORIZED, "the token of control.json is needed").into_response()
}

/// Compares in a time that does not tell how much is right.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

#[derive(Debug, Deserialize)]
struct StatusQuery {
    /// `json` (default) or `text`.
    #[serde(default)]
    format: String,
    section: Option<String>,
}

async fn status(State(control): State<Arc<Control>>, Query(query): Query<StatusQuery>) -> Response {
    // Reads files and asks file systems, which may take a while.
    let made = tokio::task::spawn_blocking(move || control.view.status()).await;
    let status = match made {
        Ok(status) => status,
        Err(e) => return (StatusCode::INTERNAL_SERVER_ERROR, e.to_string()).into_response(),
    };
    if query.format != "text" {
        return Json(status).into_response();
    }
    match text::render(&status, query.section.as_deref()) {
        Ok(text) => text.into_response(),
        Err(problem) => (StatusCode::NOT_FOUND, problem).into_response(),
    }
}

async fn health(State(control): State<Arc<Control>>) -> Json<Value> {
    Json(control.view.health(&control.memory).to_json())
}

async fn hostname(State(control): State<Arc<Control>>) -> Json<Value> {
    Json(json!(control.view.agent.hostname.name))
}

async fn version() -> Json<Value> {
    Json(json!({"version": VERSION}))
}

async fn config(State(control): State<Arc<Control>>) -> String {
    control.view.config.scrubbed_yaml()
}

async fn config_check(State(control): State<Arc<Control>>) -> Json<Value> {
    let view = &control.view;
    let checks: Vec<Value> = view
        .checks
        .iter()
        .map(|c| {
            json!({
                "id": c.id, "name": c.name, "provider": c.provider, "source": c.source,
                "init_config": c.init_config, "instance": c.instance_config,
            })
        })
        .collect();
    let problems = |list: &[crate::checks::confd::ConfigProblem]| {
        list.iter().map(|p| json!({"check": p.check, "message": p.message})).collect::<Vec<_>>()
    };
    Json(json!({
        "checks": checks,
        "config_errors": problems(&view.problems.config_errors),
        "loading_errors": problems(&view.problems.loading_errors),
    }))
}

async fn dogstatsd_stats(State(control): State<Arc<Control>>) -> Json<Value> {
    let stats = control.view.metric_stats.get().map(|all| {
        let row = |m: crate::aggregate::MetricStats| {
            json!({"name": m.name, "tags": m.tags, "count": m.count, "last_seen": m.last_seen_secs})
        };
        all.into_iter().map(row).collect::<Vec<_>>()
    });
    Json(json!({"enabled": stats.is_some(), "metrics": stats.unwrap_or_default()}))
}

async fn stop(State(control): State<Arc<Control>>) -> Json<Value> {
    (control.stop)();
    Json(json!({}))
}

#[cfg(test)]
mod tests;
