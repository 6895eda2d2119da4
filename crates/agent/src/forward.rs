//! Payloads to the server, and to every other one in `additional_endpoints`.
//!
//! [`Forwarder::send`] hands a payload to each domain's task ([`domain`]), once for each of its
//! keys. A task sends what is new, oldest first; what fails waits in memory, newest first again,
//! and moves to the disk queue ([`disk`]) when it is much or has waited long. Each endpoint of a
//! domain has a [`breaker`]: after errors it is left alone for a while, then one payload tries.
//!
//! What the server says decides: below 400 it is done; 400 and 403 give up; 413 is halved; 429 and
//! 503 wait as long as asked; all other and no answer are tried again. Everything that is given up
//! is counted. Source: the Agent's `comp/forwarder/defaultforwarder`.

mod breaker;
mod client;
mod disk;
mod domain;
mod split;
mod validate;

use std::collections::BTreeMap;
use std::sync::Arc;

use base::{Clock, LocalDisk, SharedDisk, Shutdown};
use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::Telemetry;
use crate::aggregate::payloads::compress;
use crate::config::{Config, ForwarderConfig};
use domain::{Domain, DomainParts};

pub(crate) use client::Client;

/// Payloads that may stand before a domain's task, which takes them at once.
const CHANNEL_LEN: usize = 64;

/// A route of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Endpoint {
    Series = 0,
    Sketches = 1,
    CheckRuns = 2,
    /// Events, host metadata, agent checks: told apart by their keys.
    Intake = 3,
    /// Inventories.
    Metadata = 4,
    HostMetadata = 5,
}

impl Endpoint {
    pub const ALL: [Self; 6] = [
        Self::Series,
        Self::Sketches,
        Self::CheckRuns,
        Self::Intake,
        Self::Metadata,
        Self::HostMetadata,
    ];

    /// The name that the Agent's status page has for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Series => "series_v2",
            Self::Sketches => "sketches_v1",
            Self::CheckRuns => "check_run_v1",
            Self::Intake => "intake",
            Self::Metadata => "metadata_v1",
            Self::HostMetadata => "host_metadata_v2",
        }
    }

    pub fn path(self) -> &'static str {
        match self {
            Self::Series => "/api/v2/series",
            Self::Sketches => "/api/beta/sketches",
            Self::CheckRuns => "/api/v1/check_run",
            Self::Intake => "/intake/",
            Self::Metadata => "/api/v1/metadata",
            Self::HostMetadata => "/api/v2/host_metadata",
        }
    }

    fn is_protobuf(self) -> bool {
        matches!(self, Self::Series | Self::Sketches)
    }

    fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|endpoint| *endpoint as u8 == number)
    }
}

/// A body for a route.
#[derive(Clone, Debug, PartialEq)]
pub struct Payload {
    pub endpoint: Endpoint,
    pub body: Bytes,
    /// Whether `body` is a zstd frame.
    pub is_compressed: bool,
    /// Series, checks, events or documents in it, for the counts.
    pub n_items: u64,
}

impl Payload {
    /// A JSON document, compressed.
    pub fn json(endpoint: Endpoint, document: &serde_json::Value) -> Self {
        let body = compress(document.to_string().as_bytes()).into();
        Self { endpoint, body, is_compressed: true, n_items: 1 }
    }
}

/// The way to the servers. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Forwarder {
    domains: Arc<[mpsc::Sender<Payload>]>,
}

impl Forwarder {
    /// Gives a payload to every domain. Waits while one of them is busy writing to its disk, so
    /// memory stays bounded; never waits for a server.
    pub async fn send(&self, payload: Payload) {
        for domain in self.domains.iter() {
            // A task that is gone has stopped with the agent and kept what it had.
            let _gone = domain.send(payload.clone()).await;
        }
    }
}

/// The forwarder's tasks. They end after `shutdown`, when what is left is on disk.
#[derive(Debug)]
pub struct Running {
    pub forwarder: Forwarder,
    pub tasks: Vec<JoinHandle<()>>,
}

/// Opens the queues and starts a task for each domain, and one that checks the keys.
pub async fn start(
    config: &Config,
    telemetry: Arc<Telemetry>,
    clock: Clock,
    shutdown: Shutdown,
) -> Running {
    let mut domains: BTreeMap<String, Vec<String>> = config.additional_endpoints.clone();
    domains.entry(config.dd_url.clone()).or_default().insert(0, config.api_key.clone());
    let (storage, error) = open_storage(config);
    if let Some(message) = &error {
        tracing::warn!(error = message, "the retry queue on disk is off");
    }
    let uses_tls = domains.keys().any(|url| url.starts_with("https:"));
    let client = Client::new(&config.forwarder, uses_tls);
    let usage = Arc::new(disk::Usage::new(config.forwarder.storage_bytes_max));
    let (mut senders, mut tasks) = (Vec::new(), Vec::new());
    for (url, mut keys) in domains {
        keys.dedup();
        let (sender, receiver) = mpsc::channel(CHANNEL_LEN);
        senders.push(sender);
        telemetry.forwarder.update(&url, |stats| stats.disk_error = error.clone());
        let queue = match &storage {
            Some(storage) => {
                let place = (Arc::clone(storage), config.forwarder.storage_path.clone());
                disk::Queue::open(place, &url, Arc::clone(&usage), &config.forwarder, &clock)
                    .await
                    .map_err(|e| {
                        let message = base::report(&e);
                        tracing::warn!(error = message, url, "the retry queue on disk is off");
                        telemetry.forwarder.update(&url, |s| s.disk_error = Some(message));
                    })
                    .ok()
            }
            None => None,
        };
        let parts = DomainParts {
            url: url.clone(),
            keys: keys.clone(),
            client: client.clone(),
            queue,
            telemetry: Arc::clone(&telemetry),
            clock: clock.clone(),
        };
        let domain = Domain::new(parts, &config.forwarder);
        tasks.push(tokio::spawn(domain.run(receiver, shutdown.clone())));
        let validation = validate::Validation {
            url,
            keys,
            client: client.clone(),
            telemetry: Arc::clone(&telemetry),
            clock: clock.clone(),
            interval: config.forwarder.apikey_validation_interval,
        };
        tasks.push(tokio::spawn(validation.run(shutdown.clone())));
    }
    Running { forwarder: Forwarder { domains: senders.into() }, tasks }
}

fn open_storage(config: &Config) -> (Option<SharedDisk>, Option<String>) {
    let path = &config.forwarder.storage_path;
    if config.forwarder.storage_bytes_max == 0 {
        return (None, None);
    }
    match LocalDisk::open(path) {
        Ok(disk) => (Some(Arc::new(disk)), None),
        Err(e) => (None, Some(format!("{}: {e}", path.display()))),
    }
}

/// Asks a server whether it knows a key: the status of its answer and the head of its body.
///
/// # Errors
/// Why there was no answer.
pub fn check_key(config: &ForwarderConfig, url: &str, key: &str) -> Result<(u16, String), String> {
    let answer = client::Client::new(config, url.starts_with("https:"))
        .validate(&validate::api_url(url), key)?;
    Ok((answer.status, answer.message))
}
