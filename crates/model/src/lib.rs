//! The nouns of Procyon: what the other crates talk about.
//!
//! Pure data: no IO, no async, no clock, no protocol. Times are unix milliseconds (`i64`, UTC)
//! unless a name says otherwise; the wire's seconds are converted where they are decoded.

mod audit;
mod dataset;
mod event;
mod host;
mod ids;
mod limits;
mod normalize;
mod outcome;
mod points;
mod service_check;
mod sketch;
mod tags;
mod time;

pub use audit::{AuditEntry, UsageCount};
pub use dataset::Dataset;
pub use event::{AlertType, Event, EventPriority};
pub use host::{HostMetadata, HostTags};
pub use ids::{OrgId, SeriesId};
pub use limits::*;
pub use normalize::{metric_name, normalize_host, normalize_metric, normalize_tag};
pub use outcome::{Outcome, OutcomeKind, Reason};
pub use points::{MetricKind, PointsBatch, SeriesEntry, SeriesRef, SeriesTexts, SketchesBatch};
pub use service_check::{CheckStatus, ServiceCheck};
pub use sketch::{Bin, Sketch, edges_of_key, key_of_value, value_of_key};
pub use tags::{TagSet, split_tag};
pub use time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, TimeRange, day_of};
