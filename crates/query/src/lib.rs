//! Questions about what is stored: metric queries, events, hosts, SQL.
//!
//! [`Engine`] is the one entry. It reads the store through snapshots and scans, so that an answer is
//! of one moment; it has a bound on series, buckets, memory and time for each question, and says so
//! when an answer is not all. A future that is dropped stops its work.

mod engine;
mod error;
pub mod host_tags;
mod limits;
pub mod metrics;
pub mod sql;

pub use engine::Engine;
pub use error::{Error, ErrorKind, Result};
pub use limits::Limits;
