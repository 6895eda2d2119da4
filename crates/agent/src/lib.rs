//! The host agent: what runs on every machine and sends what it sees to the server.
//!
//! Flow: sources ([`dogstatsd`], checks) → [`aggregate`] (10-second buckets, flushed every 15
//! seconds) → payloads → [`forward`] (retry queue in memory, then on disk). [`run`] ties the parts
//! together; [`cli`] is what people type. Everything counts itself in [`Telemetry`].
//!
//! It stands in for the official Agent, so its settings, metric names and text are that one's.

pub mod aggregate;
pub mod check;
pub mod checks;
pub mod cli;
pub mod config;
pub mod control_api;
pub mod dogstatsd;
pub mod forward;
pub mod host;
pub mod logging;
pub mod run;
pub mod schedule;
pub mod status;
pub mod tagger;
mod telemetry;

pub use config::{Config, ConfigError};
pub use telemetry::*;

/// The version that the agent says it has: ours, behind the major version whose protocol it speaks.
/// Datadog's own clients and pages look at the 7.
pub const VERSION: &str =
    concat!("7.", env!("CARGO_PKG_VERSION_MINOR"), ".", env!("CARGO_PKG_VERSION_PATCH"));
