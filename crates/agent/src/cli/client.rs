//! Speaks with the running agent over its control API.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::config::Config;
use crate::control_api::ControlFile;

use super::{CliError, Result};

/// How long an answer may take: status asks file systems.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Bytes of the largest answer.
const ANSWER_BYTES_MAX: u64 = 64 << 20;

/// The running agent.
#[derive(Debug)]
pub(super) struct Client {
    file: ControlFile,
    agent: ureq::Agent,
}

impl Client {
    /// Finds the agent that runs with these settings.
    pub(super) fn new(config: &Config) -> Result<Self> {
        Self::of_run_path(&config.run_path)
    }

    fn of_run_path(run_path: &Path) -> Result<Self> {
        let Some(file) = ControlFile::read(run_path) else {
            let path = ControlFile::path(run_path);
            let why = format!("there is no {} that this user can read", path.display());
            return Err(CliError::NotRunning { why });
        };
        // The way to loopback is never through a proxy, whatever the environment says.
        let agent = ureq::Agent::config_builder()
            .proxy(None)
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            .build()
            .new_agent();
        Ok(Self { file, agent })
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/agent/{path}", self.file.address)
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.file.token)
    }

    pub(super) fn text(&self, path: &str) -> Result<String> {
        let request = self.agent.get(self.url(path)).header("Authorization", self.bearer());
        self.answer(request.call())
    }

    pub(super) fn json(&self, path: &str) -> Result<Value> {
        let text = self.text(path)?;
        serde_json::from_str(&text)
            .map_err(|e| CliError::Failed(format!("the agent's answer: {e}")))
    }

    pub(super) fn post(&self, path: &str) -> Result<String> {
        let request = self.agent.post(self.url(path)).header("Authorization", self.bearer());
        self.answer(request.send_empty())
    }

    fn answer(
        &self,
        answer: std::result::Result<http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<String> {
        let failed = |e: ureq::Error| {
            let ControlFile { address, pid, .. } = &self.file;
            CliError::NotRunning { why: format!("{address} (process {pid}): {e}") }
        };
        let mut answer = answer.map_err(failed)?;
        let body = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_string();
        let body = body.map_err(failed)?;
        match answer.status().as_u16() {
            200..=299 => Ok(body),
            status => Err(CliError::Refused { status, message: body.trim().to_owned() }),
        }
    }
}
