//! Which parts of the agent do their work: for `health`, on which containers are restarted.
//!
//! A part is unhealthy only when a restart may help, or when nothing can reach the server: the
//! server being away for a while is what the retry queue is for.

use std::time::Duration;

use parking_lot::Mutex;
use serde_json::{Value, json};

use crate::KeyState;

use super::AgentView;

/// How long the aggregator may go without a flush; it flushes every 15 seconds.
const FLUSH_OVERDUE: Duration = Duration::from_secs(90);
/// How long checks may run before their runners count as hung. Milliseconds.
const RUN_MS_MAX: i64 = 600_000;

/// Remembers what was seen when, to tell slow from stuck.
#[derive(Debug, Default)]
pub struct HealthMemory {
    flushes: Mutex<Option<(u64, Duration)>>,
}

/// The verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    pub healthy: Vec<String>,
    pub unhealthy: Vec<String>,
}

impl Health {
    pub fn to_json(&self) -> Value {
        json!({"Healthy": self.healthy, "Unhealthy": self.unhealthy})
    }

    pub fn of_json(value: &Value) -> Self {
        let names = |key: &str| {
            let list = value[key].as_array().map_or(&[][..], Vec::as_slice);
            list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        Self { healthy: names("Healthy"), unhealthy: names("Unhealthy") }
    }

    /// `Agent health: PASS`, then the parts.
    pub fn text(&self) -> String {
        let verdict = if self.unhealthy.is_empty() { "PASS" } else { "FAIL" };
        let mut text = format!("Agent health: {verdict}\n");
        for (sort, names) in [("healthy", &self.healthy), ("unhealthy", &self.unhealthy)] {
            if !names.is_empty() {
                let n = names.len();
                text += &format!("=== {n} {sort} components ===\n{}\n", names.join(", "));
            }
        }
        text
    }
}

impl AgentView {
    pub fn health(&self, memory: &HealthMemory) -> Health {
        let mut health = Health::default();
        let parts = [
            ("aggregator", self.aggregator_is_well(memory)),
            ("collector-queue", self.collector_is_well()),
            ("dogstatsd-main", self.dogstatsd_is_well()),
            ("forwarder", self.forwarder_is_well()),
        ];
        for (name, is_well) in parts {
            let list = if is_well { &mut health.healthy } else { &mut health.unhealthy };
            list.push(name.to_owned());
        }
        health
    }

    fn aggregator_is_well(&self, memory: &HealthMemory) -> bool {
        let (now, flushes) = (self.clock.monotonic(), self.telemetry.aggregator.flushes.get());
        let mut seen = memory.flushes.lock();
        match *seen {
            Some((n, since)) if n == flushes => now.saturating_sub(since) < FLUSH_OVERDUE,
            _ => {
                *seen = Some((flushes, now));
                true
            }
        }
    }

    fn collector_is_well(&self) -> bool {
        let now_ms = self.clock.now_ms();
        let hangs = |since: Option<i64>| since.is_some_and(|ms| now_ms - ms > RUN_MS_MAX);
        let hung = self.check_stats.all().iter().filter(|s| hangs(s.running_since)).count();
        hung < self.config.check_runners.max(1)
    }

    /// One way in that is open is enough.
    fn dogstatsd_is_well(&self) -> bool {
        let listeners = self.telemetry.dogstatsd.listeners();
        listeners.is_empty() || listeners.iter().any(|l| l.error.is_none())
    }

    /// Some key is good, or may be.
    fn forwarder_is_well(&self) -> bool {
        let domains = self.telemetry.forwarder.domains();
        let mut keys = domains.values().flat_map(|domain| domain.keys.values()).peekable();
        keys.peek().is_none() || keys.any(|state| *state != KeyState::Invalid)
    }
}
