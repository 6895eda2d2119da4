use serde::{Deserialize, Serialize};

pub const SECOND_MS: i64 = 1000;
pub const MINUTE_MS: i64 = 60 * SECOND_MS;
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// The partition day of a time: whole days since 1970-01-01 UTC, rounded down.
pub fn day_of(time_ms: i64) -> i32 {
    time_ms.div_euclid(DAY_MS) as i32
}

/// Half-open range of unix milliseconds: `from <= t < to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TimeRange {
    pub from: i64,
    pub to: i64,
}

impl TimeRange {
    pub const ALL: Self = Self { from: i64::MIN, to: i64::MAX };

    pub fn new(from: i64, to: i64) -> Self {
        Self { from, to }
    }

    pub fn contains(&self, time: i64) -> bool {
        self.from <= time && time < self.to
    }

    /// Whether any moment of the closed range `min..=max` lies inside.
    pub fn overlaps(&self, min: i64, max: i64) -> bool {
        min < self.to && max >= self.from
    }

    pub fn is_empty(&self) -> bool {
        self.from >= self.to
    }
}
