//! Metrics as they are sent: points and sketches of series, in six forms.
//!
//! The hot path of the server. Each decoder goes once over the bytes and writes straight into a
//! columnar batch; names and tags stay borrowed while they are in normal form, and the tags of a
//! series are sorted in a scratch text that all series of the body share.
//!
//! Where hosts and devices come from, in this order: the field (v1 `host`, `device`) or resource
//! (v2, v3) of that name, then the first `host:` or `device:` tag. A tag that was taken as host or
//! device leaves the own tags of the series, and so does one that says the same as the field: a
//! query's `host:a` has one place to look. A tag that says something else stays. Tags
//! `dd.internal.resource:TYPE:NAME` (how the Agent passes resources through DogStatsD) and resources
//! of other types become tags `TYPE:NAME`.

mod builder;
pub mod distribution_points;
mod json_series;
pub mod sketches;
pub(crate) use builder::time_problem;
mod tags;
pub mod v1_series;
pub mod v2_json;
pub mod v2_protobuf;
pub mod v3;
