//! Metric queries: Datadog's language over the stored series.
//!
//! [`Engine::metrics`] parses nothing and knows no HTTP: it takes a tree of `lang` and gives
//! [`Frames`]. The way of a query: `compile` makes leaves and nodes of the tree, `run` scans the
//! series of each leaf, `groups` says to which groups a series belongs and when, `aggregate` folds its
//! points by the rules of `recipe` on the buckets of `grid`, and the nodes (`functions`, `binary`)
//! work on the finished lines.

mod aggregate;
mod binary;
pub(crate) mod cache;
mod compile;
pub(crate) mod fill;
pub mod formula;
pub(crate) mod frame;
mod functions;
pub(crate) mod grid;
pub(crate) mod groups;
pub mod histogram;
mod history;
mod outside;
pub(crate) mod recipe;
mod run;
pub(crate) mod series_tags;
mod sketches;
pub(crate) mod source;

use hashbrown::HashMap;
use lang::metrics::ast::Query;
use model::{OrgId, TimeRange};

pub use frame::{Band, Frame, Frames, Marks};
pub use grid::default_interval_ms;
pub use outside::{Direction, outside_share};
pub use source::{MemorySeries, Source};

use crate::Engine;
use crate::error::{Error, Result};

/// The time that a query is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Unix milliseconds; buckets that it only touches are shown as a whole.
    pub range: TimeRange,
    /// Bucket width in milliseconds for queries without a `.rollup()`; `None` leaves the default.
    pub interval_ms: Option<i64>,
}

impl Window {
    pub fn new(from: i64, to: i64) -> Self {
        Self { range: TimeRange::new(from, to), interval_ms: None }
    }
}

impl Engine {
    /// Runs the queries of one text.
    ///
    /// # Errors
    /// `Invalid` with the place in the text, `Limited`, `Timeout`, and those of the store.
    pub async fn metrics(&self, org: OrgId, query: &Query, window: Window) -> Result<Frames> {
        let exprs: Vec<_> = query.exprs.iter().collect();
        self.run_exprs(org, &exprs, &HashMap::new(), window).await
    }

    pub(crate) async fn run_exprs(
        &self,
        org: OrgId,
        exprs: &[&lang::metrics::ast::Expr],
        refs: &compile::Refs<'_>,
        window: Window,
    ) -> Result<Frames> {
        check_window(window)?;
        let compiled = compile::compile(exprs, refs, window.range)?;
        let work = async { run::run(&self.context(org, window).await?, &compiled).await };
        self.within_deadline(work).await
    }

    async fn context(&self, org: OrgId, window: Window) -> Result<run::Context> {
        Ok(run::Context {
            source: self.source().clone(),
            org,
            host_tags: self.host_tags(org).await?,
            window: window.range,
            interval_ms: window.interval_ms,
            now: self.now_ms(),
            limits: self.limits().clone(),
            cache: self.line_cache(),
        })
    }
}

/// Times between the years 1 and 9999: all that calendars know.
fn check_window(window: Window) -> Result<()> {
    let possible = -62_000_000_000_000..=253_000_000_000_000;
    let TimeRange { from, to } = window.range;
    if from >= to {
        return Err(Error::invalid(format!("the window ends ({to}) before it begins ({from})")));
    }
    if !possible.contains(&from) || !possible.contains(&to) {
        return Err(Error::invalid(format!("the window {from} to {to} is out of range")));
    }
    match window.interval_ms {
        Some(ms) if !(1000..=366 * model::DAY_MS).contains(&ms) => Err(Error::invalid(format!(
            "an interval of {ms} ms is out of range: expected 1 s to 366 days"
        ))),
        _ => Ok(()),
    }
}
