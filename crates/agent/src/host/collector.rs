//! Sends the host's metadata at the Agent's intervals.
//!
//! | payload | first | then each |
//! |---|---|---|
//! | host metadata with tags | at the start | 5, 10, 30 min, as the Agent's own back-off; then 30 min |
//! | inventories | after 5 s | 10 min |
//! | list of checks | after 20 s, when all have run once | 10 min |

use std::sync::Arc;
use std::time::Duration;

use base::{Clock, Shutdown};
use tokio::sync::mpsc;

use crate::checks::disk::AskUsage;
use crate::checks::roots::Roots;
use crate::config::Config;
use crate::schedule::CheckStats;

use super::MetadataPayload;
use super::facts::Facts;
use super::payloads::{self, AgentFacts, CheckFacts};

const MINUTE: Duration = Duration::from_secs(60);

/// When each payload is sent, after the start.
const HOST_FIRST: [Duration; 3] =
    [Duration::ZERO, Duration::from_secs(300), Duration::from_secs(900)];
const HOST_EACH: Duration = Duration::from_secs(1800);
const INVENTORY_FIRST: Duration = Duration::from_secs(5);
const CHECKS_FIRST: Duration = Duration::from_secs(20);

/// What payloads are made of.
#[derive(Debug)]
pub struct Collector {
    pub config: Arc<Config>,
    pub agent: AgentFacts,
    pub checks: Vec<CheckFacts>,
    pub check_stats: CheckStats,
    pub roots: Roots,
    pub ask_usage: AskUsage,
    pub clock: Clock,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Host,
    Inventory,
    Checks,
}

/// When a kind is due next, after the start.
#[derive(Clone, Copy, Debug)]
struct Due {
    kind: Kind,
    at: Duration,
    n_sent: usize,
}

impl Due {
    fn next(self) -> Self {
        let n_sent = self.n_sent + 1;
        let at = match self.kind {
            Kind::Host => HOST_FIRST.get(n_sent).copied().unwrap_or(self.at + HOST_EACH),
            Kind::Inventory | Kind::Checks => self.at + 10 * MINUTE,
        };
        Self { kind: self.kind, at, n_sent }
    }
}

impl Collector {
    /// Sends until `shutdown`, or until nobody takes the payloads.
    pub async fn run(self, out: mpsc::Sender<MetadataPayload>, shutdown: Shutdown) {
        let started = self.clock.monotonic();
        let this = Arc::new(self);
        let due = |kind, at| Due { kind, at, n_sent: 0 };
        let mut plan = vec![due(Kind::Host, HOST_FIRST[0]), due(Kind::Checks, CHECKS_FIRST)];
        if this.config.inventories_enabled {
            plan.push(due(Kind::Inventory, INVENTORY_FIRST));
        }
        if !this.config.enable_metadata_collection {
            return;
        }
        loop {
            let next = plan.iter_mut().min_by_key(|due| due.at).expect("BUG: the plan has entries");
            let pause = (started + next.at).saturating_sub(this.clock.monotonic());
            tokio::select! {
                () = shutdown.wait() => return,
                () = this.clock.sleep(pause) => {}
            }
            let kind = next.kind;
            *next = next.next();
            for payload in Arc::clone(&this).make(kind).await {
                tokio::select! {
                    () = shutdown.wait() => return,
                    sent = out.send(payload) => if sent.is_err() { return },
                }
            }
        }
    }

    /// Reads files and asks file systems, so it is done off the runtime's threads.
    async fn make(self: Arc<Self>, kind: Kind) -> Vec<MetadataPayload> {
        let made = tokio::task::spawn_blocking(move || self.payloads(kind)).await;
        made.unwrap_or_else(|e| {
            tracing::error!(error = %e, "cannot make the host's metadata");
            Vec::new()
        })
    }

    fn payloads(&self, kind: Kind) -> Vec<MetadataPayload> {
        let (config, agent) = (&*self.config, &self.agent);
        let facts = Facts::gather(&self.roots, self.ask_usage);
        let now_ms = self.clock.now_ms();
        match kind {
            Kind::Host => vec![payloads::host(config, agent, &facts)],
            Kind::Checks => {
                vec![payloads::agent_checks(config, agent, &facts, &self.check_stats.all())]
            }
            Kind::Inventory => vec![
                payloads::inventory_agent(config, agent, now_ms),
                payloads::inventory_host(agent, &facts, now_ms),
                payloads::inventory_checks(agent, &self.checks, agent.started_ms, now_ms),
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::checks::tests::Host;
    use crate::host::MetadataRoute;

    /// Which payload each minute brings.
    #[tokio::test]
    async fn at_the_agents_intervals() {
        let host = Host::new(&[("proc/sys/kernel/hostname", "web-1\n")]);
        let text = "api_key: 00000000000000000000000000000000\n";
        let config = Config::parse(None, Path::new("x"), text, &Default::default()).unwrap();
        let collector = Collector {
            config: Arc::new(config),
            agent: AgentFacts::default(),
            checks: Vec::new(),
            check_stats: CheckStats::default(),
            roots: host.context.roots.clone(),
            ask_usage: |_| Ok(Default::default()),
            clock: host.clock.clone(),
        };
        let (out, mut payloads) = mpsc::channel(1);
        let (trigger, shutdown) = Shutdown::new();
        let task = tokio::spawn(collector.run(out, shutdown));
        let mut seen = Vec::new();
        for secs in [0_u64, 5, 15, 280, 305] {
            host.clock.advance(Duration::from_secs(secs));
            let n = if secs == 5 || secs == 305 { 3 } else { 1 };
            for _ in 0..n {
                let payload = payloads.recv().await.unwrap();
                let keys = payload.body.as_object().unwrap();
                let kinds =
                    ["gohai", "agent_checks", "agent_metadata", "host_metadata", "check_metadata"];
                let kind = kinds.into_iter().find(|kind| keys.contains_key(*kind)).unwrap();
                assert_eq!(payload.route == MetadataRoute::Inventory, kind.ends_with("_metadata"));
                seen.push(kind);
            }
        }
        assert_eq!(
            seen,
            [
                "gohai",
                "agent_metadata",
                "host_metadata",
                "check_metadata",
                "agent_checks",
                "gohai",
                "agent_metadata",
                "host_metadata",
                "check_metadata",
            ]
        );
        trigger.stop();
        task.await.unwrap();
    }
}
