//! Whether the servers know our keys: asked at start and then every hour.

use std::sync::Arc;
use std::time::Duration;

use base::{Clock, Shutdown};

use super::Client;
use crate::config::key_end;
use crate::{KeyState, Telemetry};

#[derive(Debug)]
pub(super) struct Validation {
    pub(super) url: String,
    pub(super) keys: Vec<String>,
    pub(super) client: Client,
    pub(super) telemetry: Arc<Telemetry>,
    pub(super) clock: Clock,
    pub(super) interval: Duration,
}

impl Validation {
    pub(super) async fn run(self, shutdown: Shutdown) {
        let base = api_url(&self.url);
        while !shutdown.is_stopping() {
            for key in &self.keys {
                let (client, base, asked) = (self.client.clone(), base.clone(), key.clone());
                let answer = tokio::task::spawn_blocking(move || client.validate(&base, &asked));
                let state = tokio::select! {
                    () = shutdown.wait() => return,
                    answer = answer => match answer {
                        Ok(Ok(answer)) => state_of(answer.status, &answer.message),
                        Ok(Err(message)) => KeyState::Unreachable(message),
                        Err(e) => KeyState::Unreachable(e.to_string()),
                    },
                };
                if state == KeyState::Invalid {
                    tracing::error!(url = self.url, key = key_end(key), "the API key is not valid");
                }
                self.telemetry.forwarder.update(&self.url, |stats| {
                    stats.keys.insert(key_end(key), state);
                });
            }
            tokio::select! {
                () = shutdown.wait() => return,
                () = self.clock.sleep(self.interval) => {}
            }
        }
    }
}

fn state_of(status: u16, message: &str) -> KeyState {
    match status {
        200 => KeyState::Valid,
        401 | 403 => KeyState::Invalid,
        _ => KeyState::Unreachable(format!("unexpected answer {status} {message}")),
    }
}

/// The site of one of Datadog's own addresses such as `https://app.datadoghq.eu`; `None` for
/// anybody else's. Source: `pkg/config/utils/endpoints.go`.
fn datadog_site(url: &str) -> Option<&str> {
    let host = url.strip_prefix("https://")?.split('/').next()?;
    let site = host.split_once("app.").map(|(_, site)| site)?;
    let is_own = |site: &str| {
        ["datadoghq.com", "datadoghq.eu", "datad0g.com", "datad0g.eu", "ddog-gov.com"]
            .contains(&site)
    };
    let base = match site.split_once('.') {
        Some((region, rest)) if rest.contains('.') && region.len() <= 4 => rest,
        _ => site,
    };
    is_own(base).then_some(site)
}

/// Where keys are checked: Datadog has a host for it, others have one address for all.
pub(super) fn api_url(url: &str) -> String {
    datadog_site(url).map_or_else(|| url.to_owned(), |site| format!("https://api.{site}"))
}

/// Where payloads go: Datadog wants the agent's version in the host's name.
pub(super) fn intake_url(url: &str) -> String {
    match datadog_site(url) {
        Some(site) => {
            let version = crate::VERSION.replace('.', "-");
            format!("https://{version}-app.agent.{site}")
        }
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (url, api) in [
            ("https://app.datadoghq.com", "https://api.datadoghq.com"),
            ("https://app.datadoghq.eu", "https://api.datadoghq.eu"),
            ("https://app.us3.datadoghq.com", "https://api.us3.datadoghq.com"),
            ("http://localhost:8127", "http://localhost:8127"),
            ("https://app.example.com", "https://app.example.com"),
            ("https://app.datadoghq.com.evil.example", "https://app.datadoghq.com.evil.example"),
        ] {
            assert_eq!(api_url(url), api);
        }
        assert!(
            intake_url("https://app.us5.datadoghq.com").ends_with("-app.agent.us5.datadoghq.com")
        );
        assert_eq!(intake_url("https://dd.example"), "https://dd.example");
    }
}
