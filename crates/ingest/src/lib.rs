//! The server's write path: what Agents and API clients post, over HTTP, into the store.
//!
//! [`router`] is all there is: give it a [`State`], serve the result. Life of a request: axum finds
//! the route, [`serve`](mod@serve) puts a fence around it, and the signal's `process` runs the
//! pipeline: authenticate → decompress → decode → limit → store → answer. One file a signal:
//! [`metrics`], [`checks`], [`events`], [`hosts`], [`discarded`], [`validate`].
//!
//! Invariants:
//! - A 2xx is sent only after the store has made the rows durable.
//! - Each point, event and check ends as exactly one outcome in the [`Ledger`].
//! - A panic costs one request. A client that goes away in the middle does not undo its outcome.
//! - Bodies are bounded in size, and all bodies in work together as well.

mod answer;
mod call;
mod checks;
mod discarded;
mod event_id;
mod events;
mod hosts;
mod in_flight;
mod ledger;
mod metrics;
mod route;
mod series_limit;
mod serve;
#[cfg(test)]
mod tests;
mod validate;

use std::sync::Arc;

use axum::Router;
use base::Clock;
use control::Control;
use model::OrgId;
use storage::Storage;

pub use ledger::{Ledger, LedgerReport, OutcomeReport, RouteReport, Sample, Total};
pub use series_limit::SeriesLimit;

use event_id::EventIds;
use in_flight::InFlight;

/// What an operator may set of the intake.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Distinct series that a metric may have in an hour; points of further ones are counted as
    /// rate limited. Against a tag that holds an id; a person who needs more sets more, and pays
    /// with memory and slower queries of that metric.
    pub series_per_metric_max: usize,
    /// Series that are remembered for the above, of all metrics together, 16 bytes each.
    pub series_remembered_max: usize,
    /// Bytes of decompressed bodies that may be in work at a time; past that, requests wait
    /// shortly and are then answered 429.
    pub body_bytes_in_flight_max: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            series_per_metric_max: 200_000,
            series_remembered_max: 2_000_000,
            body_bytes_in_flight_max: 96 << 20,
        }
    }
}

/// What the intake stands on.
#[derive(Debug)]
pub struct State {
    pub(crate) control: Control,
    pub(crate) storage: Storage,
    pub(crate) clock: Clock,
    pub(crate) ledger: Ledger,
    pub(crate) series_limit: SeriesLimit,
    pub(crate) event_ids: EventIds,
    pub(crate) in_flight: InFlight,
}

impl State {
    pub fn new(control: Control, storage: Storage, clock: Clock, settings: &Settings) -> Arc<Self> {
        Arc::new(Self {
            ledger: Ledger::new(clock.now_ms()),
            series_limit: SeriesLimit::new(
                settings.series_per_metric_max,
                settings.series_remembered_max,
            ),
            event_ids: EventIds::default(),
            in_flight: InFlight::new(settings.body_bytes_in_flight_max),
            control,
            storage,
            clock,
        })
    }

    /// What became of everything that was posted.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The part of the ledger that an organisation may see, as JSON: what
    /// `/api/procyon/intake` answers.
    pub fn report(&self, org: OrgId) -> serde_json::Value {
        serde_json::to_value(self.ledger.report(org)).unwrap_or_default()
    }
}

/// Every intake route, with the state bound. Merge it with the API's router: they share paths
/// (`/api/v1/events`) but no method of one.
pub fn router(state: Arc<State>) -> Router {
    route::routes(state)
}
