//! Datadog's estimated usage, of what this server stores. Source: docs.datadoghq.com "Estimated
//! usage metrics". Counting looks at every series of an hour, so it pauses for as long as keeps it
//! under half a percent of a core.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use base::Clock;
use model::{Dataset, HOUR_MS, OrgId, TimeRange};
use storage::{ScanRequest, Storage};

use super::Batch;

/// After the start: agents that waited for the server have reported by then.
const FIRST_AFTER: Duration = Duration::from_secs(60);
const EVERY: Duration = Duration::from_secs(300);
/// Pause after a count, as a multiple of how long it took.
const PAUSE_FACTOR: u32 = 200;
/// Beginnings of metrics that are nobody's own: those of the Agent's core checks, the Agent's and
/// this server's about themselves.
const STANDARD: [&str; 10] = [
    "system.",
    "datadog.",
    "procyon.",
    "ntp.",
    "docker.",
    "container.",
    "containerd.",
    "kubernetes.",
    "kubernetes_state.",
    "process.",
];

#[derive(Debug)]
pub(super) struct Estimates {
    due: Duration,
    /// What was counted last; it is said in every round until the next count.
    last: Option<Counted>,
}

impl Estimates {
    pub(super) fn new(now: Duration) -> Self {
        Self { due: now + FIRST_AFTER, last: None }
    }

    /// Adds the estimates, counted anew when that is due.
    pub(super) async fn add(&mut self, storage: &Storage, clock: &Clock, batch: &mut Batch) {
        if clock.monotonic() >= self.due {
            self.count(storage, clock, batch.org()).await;
        }
        if let Some(Counted { hosts, custom }) = self.last {
            batch.gauge("datadog.estimated_usage.hosts", &[], hosts as f64);
            batch.gauge("datadog.estimated_usage.metrics.custom", &[], custom as f64);
        }
    }

    async fn count(&mut self, storage: &Storage, clock: &Clock, org: OrgId) {
        let begun = clock.monotonic();
        self.last = match count(storage, org, clock.now_ms()).await {
            Ok(counted) => Some(counted),
            Err(error) => {
                tracing::warn!(error = base::report(&error), "cannot estimate the usage");
                None
            }
        };
        let now = clock.monotonic();
        self.due = now + EVERY.max(now.saturating_sub(begun).saturating_mul(PAUSE_FACTOR));
    }
}

#[derive(Clone, Copy, Debug)]
struct Counted {
    hosts: usize,
    custom: usize,
}

async fn count(storage: &Storage, org: OrgId, now_ms: i64) -> Result<Counted, storage::Error> {
    let ahead = model::POINT_FUTURE_SECS_MAX * 1000;
    let range = TimeRange::new(now_ms - HOUR_MS, now_ms + ahead);
    let (mut hosts, mut custom) = (HashSet::<Arc<str>>::new(), 0);
    for dataset in [Dataset::Points, Dataset::Sketches] {
        let request = ScanRequest { org, dataset, metric: None, range, bucket_ms: None };
        let scan = storage.scan(request, &|_| true).await?;
        for series in scan.series() {
            let key = &series.key;
            if !key.host.is_empty() && !hosts.contains(&key.host) {
                hosts.insert(Arc::clone(&key.host));
            }
            if !STANDARD.iter().any(|standard| key.metric.starts_with(standard)) {
                custom += 1;
            }
        }
    }
    Ok(Counted { hosts: hosts.len(), custom })
}
