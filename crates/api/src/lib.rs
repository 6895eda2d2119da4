//! Datadog's public API and the page's own calls.
//!
//! [`router`] is all there is: give it a [`State`], serve the result. Life of a call: axum finds the
//! route, the [`door`] says who asks and whether they may, the resource's handler answers. Paths,
//! status codes, JSON keys and units are Datadog's; what is ours lies under `/api/procyon/`.
//!
//! One file a resource, v1 and v2 together. A handler takes a [`call::Call`] and gives an
//! [`answer::Answer`] or an [`error::Error`]; it never sees axum.
//!
//! Invariants:
//! - No handler runs but through the door, and each route says what it needs ([`door::Need`]).
//! - Everything is answered for the caller's organisation and no other.
//! - Bodies, lists and windows are bounded; a panic costs one call.

mod allowlists;
mod answer;
mod app_keys;
mod body;
mod call;
mod dashboard_lists;
mod dashboards;
mod docs;
mod door;
mod editor;
mod error;
mod events;
mod graphs;
mod histograms;
mod hosts;
mod keys;
mod limit;
mod metadata;
mod metrics;
mod notebooks;
mod orgs;
mod own_metrics;
mod page;
mod powerpacks;
mod procyon;
mod roles;
mod routes;
mod share;
mod slos;
mod snapshots;
mod sql;
mod tag_config;
mod tag_rules;
mod tags;
mod teams;
mod telemetry;
#[cfg(test)]
mod tests;
mod times;
mod timeseries;
mod tokens;
mod units;
mod user_invitations;
mod users;

pub use dashboards::Embeds;
pub use own_metrics::{OwnMetric, own_metric, own_metrics};

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use axum::Router;
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use base::Clock;
use control::Control;
use http::StatusCode;
use model::OrgId;
use serde_json::Value;
use storage::Storage;

use crate::error::Error;
use crate::limit::RateLimit;
use crate::routes::Routes;

/// What the intake took and refused in an organisation, as JSON. Handed in, because the API does not
/// know the intake.
pub type IntakeReport = Arc<dyn Fn(OrgId) -> Value + Send + Sync>;

/// What the API stands on.
pub struct State {
    pub(crate) control: Control,
    pub(crate) storage: Storage,
    pub(crate) query: ::query::Engine,
    pub(crate) clock: Clock,
    pub(crate) intake: IntakeReport,
    pub(crate) version: &'static str,
    pub(crate) started: Duration,
    pub(crate) limit: RateLimit,
    pub(crate) counters: Counters,
    pub(crate) allowlists: allowlists::Cache,
    pub(crate) known_metrics: editor::KnownMetrics,
    pub(crate) pencils: graphs::Pencils,
    pub(crate) public_url: Option<String>,
    pub(crate) outbox: Option<alert::deliver::Outbox>,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) calls: AtomicU64,
    pub(crate) panics: AtomicU64,
}

impl State {
    pub fn new(control: Control, storage: Storage, query: ::query::Engine, clock: Clock) -> Self {
        Self {
            control,
            storage,
            query,
            started: clock.monotonic(),
            clock,
            intake: Arc::new(|_org| Value::Null),
            version: env!("CARGO_PKG_VERSION"),
            limit: RateLimit::new(limit::CALLS_MAX_DEFAULT),
            counters: Counters::default(),
            allowlists: allowlists::Cache::default(),
            known_metrics: editor::KnownMetrics::default(),
            pencils: graphs::Pencils::default(),
            public_url: None,
            outbox: None,
        }
    }

    /// What `GET /api/procyon/intake` answers.
    #[must_use]
    pub fn with_intake(mut self, intake: IntakeReport) -> Self {
        self.intake = intake;
        self
    }

    /// The address under which people reach the server, for links that leave it. Without one, each
    /// caller's own `Host` header counts.
    #[must_use]
    pub fn with_public_url(mut self, url: Option<String>) -> Self {
        self.public_url = url.map(|url| url.trim_end_matches('/').to_owned());
        self
    }

    /// Sends what is shared by mail.
    #[must_use]
    pub fn with_outbox(mut self, outbox: alert::deliver::Outbox) -> Self {
        self.outbox = Some(outbox);
        self
    }

    /// Calls that an organisation may make to one route in ten seconds.
    #[must_use]
    pub fn with_calls_max(mut self, calls_max: u32) -> Self {
        self.limit = RateLimit::new(calls_max);
        self
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").field("version", &self.version).finish_non_exhaustive()
    }
}

/// All routes of the API. Without a fallback, so that it can be merged with the intake's routes;
/// [`not_found`] is the one to set on the result.
///
/// For the IP allowlist and the throttling of sign-ins the server has to put the client's address
/// into each request as `axum::extract::ConnectInfo<SocketAddr>`.
pub fn router(state: State) -> Router {
    let tables = [
        allowlists::routes,
        app_keys::routes,
        dashboard_lists::routes,
        dashboards::routes,
        editor::routes,
        events::routes,
        hosts::routes,
        keys::routes,
        metadata::routes,
        metrics::routes,
        notebooks::routes,
        orgs::routes,
        page::routes,
        powerpacks::routes,
        procyon::routes,
        roles::routes,
        share::routes,
        slos::routes,
        snapshots::routes,
        sql::routes,
        tag_config::routes,
        tag_rules::routes,
        tags::routes,
        teams::routes,
        timeseries::routes,
        histograms::routes,
        tokens::routes,
        user_invitations::routes,
        users::routes,
    ];
    let routes = tables.into_iter().fold(Routes::default(), |routes, add| add(routes));
    routes.into_router().with_state(Arc::new(state))
}

/// Answers what no route does: `{"errors":["Not found"]}`.
pub async fn not_found() -> Response {
    Error::not_found("Not found").into_response()
}

/// Gives the merged routes of the server their last touch: wrong methods are answered in JSON.
/// The fallback, [`not_found`] or one that ends in it, has to be set before.
pub fn finish(router: Router) -> Router {
    router.layer(map_response(wrong_method))
}

/// The router itself answers 405 without a body, which clients that expect JSON stumble over.
async fn wrong_method(response: Response) -> Response {
    if response.status() != StatusCode::METHOD_NOT_ALLOWED {
        return response;
    }
    let allow = response.headers().get(http::header::ALLOW).cloned();
    let error = Error::new(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed");
    let mut response = error.into_response();
    if let Some(allow) = allow {
        response.headers_mut().insert(http::header::ALLOW, allow);
    }
    response
}
