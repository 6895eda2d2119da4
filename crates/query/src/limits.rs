use std::time::Duration;

use base::units::MIB;

/// What one query may use.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Series that a metric query may read. More makes the answer an error, not a part: half of a
    /// sum is worse than none.
    pub series_max: usize,
    /// Lines of one expression that are returned; the rest is cut and the answer says so.
    pub groups_max: usize,
    /// Time buckets of a line: Datadog shows up to 1500 points.
    pub buckets_max: usize,
    /// Bytes of the tables in which a metric query adds up, and of a statement's memory pool.
    pub memory_bytes: usize,
    /// How long a query may run.
    pub deadline: Duration,
    /// Bytes of finished buckets that are kept for the next time; 0 keeps none.
    pub cache_bytes: usize,
    /// Rows that a statement returns; the rest is cut and the answer says so.
    pub rows_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            series_max: 1_000_000,
            groups_max: 10_000,
            buckets_max: 1500,
            memory_bytes: 256 * MIB,
            deadline: Duration::from_secs(30),
            cache_bytes: 64 * MIB,
            rows_max: 100_000,
        }
    }
}
