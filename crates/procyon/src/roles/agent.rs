//! The agent of this machine: a child process of `procyon up`, so that neither harms the other.
//!
//! It is the same binary (`procyon agent run`), told by its environment where to report and with
//! which key; all else it takes from `datadog.yaml` as any agent does. The child's standard input is
//! a pipe that ends with us, which ends the child however we go. A child that ends by itself is
//! started again, ever more slowly.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use base::{Clock, Shutdown};
use control::{Actor, Control, CredentialKind, NewCredential};
use model::OrgId;
use tokio::process::{Child, ChildStdin, Command};

use crate::fault::{Fault, Result, While};

/// Where the agent that `procyon up` starts keeps its state, in the data folder.
pub(crate) const RUN_FOLDER: &str = "agent/run";
const KEY_NAME: &str = "Agent of this machine";
const PAUSE_MIN: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_secs(60);
/// A child that ran this long was well; the next pause is short again.
const WELL_AFTER: Duration = Duration::from_secs(60);
/// How long the child may take for its last flush.
const FAREWELL: Duration = Duration::from_secs(10);

/// What stands in `datadog.yaml` until a person writes something.
const EXAMPLE: &str = "\
# Settings of the agent that `procyon up` starts on this machine: those of the official Agent.
# Where to report and with which key it is told by `procyon up`. Restart to apply.
#
# tags:
#   - team:platform
# env: dev
# hostname: my-machine
# dogstatsd_port: 8125
# dogstatsd_non_local_traffic: false
";

/// How the agent is started.
#[derive(Clone, Debug)]
pub(crate) struct Agent {
    folder: PathBuf,
    settings: PathBuf,
    url: String,
    api_key: String,
}

impl Agent {
    /// Makes the agent's folder in the data folder, its settings and its key where they are missing.
    ///
    /// # Errors
    /// When the folder cannot be written, or the key cannot be read or made.
    pub(crate) async fn prepare(data: &Path, url: &str, control: &Control) -> Result<Self> {
        let folder = data.join("agent");
        let folder = std::path::absolute(&folder).or_fault(|| "--data: has no path".to_owned())?;
        let settings = make(&folder)
            .or_fault(|| format!("--data: cannot make the agent's folder {}", folder.display()))?;
        Ok(Self { folder, settings, url: url.to_owned(), api_key: api_key(control).await? })
    }

    /// The `datadog.yaml` in use.
    pub(crate) fn settings(&self) -> &Path {
        &self.settings
    }

    /// Keeps the agent running until the shutdown.
    pub(crate) async fn run(self, clock: Clock, shutdown: Shutdown) {
        let mut pause = PAUSE_MIN;
        while !shutdown.is_stopping() {
            let started = clock.monotonic();
            match self.start() {
                Ok(mut child) => {
                    // Waiting for a child closes its standard input, which would end this one.
                    let stdin = child.stdin.take();
                    tokio::select! {
                        () = shutdown.wait() => return end(&mut child, stdin, &clock).await,
                        ended = child.wait() => {
                            let status = ended.map_or_else(|e| e.to_string(), |s| s.to_string());
                            let log = self.log();
                            let log = log.display();
                            tracing::error!(status, %log, "the agent ended; it is started again");
                        }
                    }
                }
                Err(fault) => tracing::error!(error = base::report(&fault), "no agent"),
            }
            if clock.monotonic().saturating_sub(started) >= WELL_AFTER {
                pause = PAUSE_MIN;
            }
            tokio::select! {
                () = shutdown.wait() => return,
                () = clock.sleep(pause) => {}
            }
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }

    fn log(&self) -> PathBuf {
        self.folder.join("agent.log")
    }

    fn start(&self) -> Result<Child> {
        let program = std::env::current_exe().or_fault(|| "cannot find this program".to_owned())?;
        let mut command = Command::new(program);
        command.args(["agent", "run", "--cfgpath"]).arg(&self.settings);
        // What a person has set goes before these; where to report is not theirs to change here.
        let defaults = [
            ("DD_RUN_PATH", self.folder.join("run")),
            ("DD_LOG_FILE", self.log()),
            ("DD_DOGSTATSD_SOCKET", self.folder.join("dsd.socket")),
        ];
        for (name, value) in defaults {
            if std::env::var_os(name).is_none() {
                command.env(name, value);
            }
        }
        command.env("DD_API_KEY", &self.api_key).env("DD_DD_URL", &self.url).env_remove("DD_SITE");
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        command.env(agent::run::ENDS_WITH_STDIN, "1");
        // Ctrl+C goes to the whole group: the child is told by us, after the last of its data.
        command.process_group(0).kill_on_drop(true);
        command.spawn().or_fault(|| "cannot start the agent".to_owned())
    }
}

/// Makes what is missing. Answers the settings to use: the official Agent's where there are some.
fn make(folder: &Path) -> std::io::Result<PathBuf> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder.join("run"))?;
    let official = PathBuf::from(agent::config::DEFAULT_FILE);
    if fs::File::open(&official).is_ok() {
        return Ok(official);
    }
    let own = folder.join("datadog.yaml");
    match fs::File::options().write(true).create_new(true).mode(0o600).open(&own) {
        Ok(mut file) => file.write_all(EXAMPLE.as_bytes())?,
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(e) => return Err(e),
    }
    Ok(own)
}

/// The key by which this machine's agent is known; made on the first start, and again when someone
/// has revoked it.
async fn api_key(control: &Control) -> Result<String> {
    let what = || "cannot read the agent's API key".to_owned();
    let (org, kind) = (OrgId::FIRST, CredentialKind::ApiKey);
    let known = control.credentials(org, kind, None).await.or_fault(what)?;
    if let Some(key) = known.iter().find(|key| key.name == KEY_NAME && key.created_by.is_none()) {
        let value = control.credential_value(org, kind, key.id).await.or_fault(what)?;
        return value.ok_or_else(|| Fault::new("the agent's API key has no value"));
    }
    let new = NewCredential::new(kind, KEY_NAME, None);
    let issued = control.create_credential(&Actor::system(org), new).await;
    Ok(issued.or_fault(|| "cannot make the agent's API key".to_owned())?.value)
}

/// Lets the child end in peace: its standard input ends, it flushes and goes.
async fn end(child: &mut Child, stdin: Option<ChildStdin>, clock: &Clock) {
    drop(stdin);
    tokio::select! {
        _ended = child.wait() => {}
        () = clock.sleep(FAREWELL) => {
            tracing::warn!("the agent did not end in time");
            if let Err(error) = child.kill().await {
                tracing::warn!(%error, "cannot end the agent");
            }
        }
    }
}
