//! Seasons: the same phase an hour, a day or a week before, and the history that takes.
//!
//! A window of an hour needs of each earlier week only that hour and a little around it; a window of
//! a week needs all of the weeks before. So history is a list of time ranges, of the same bucket
//! width as the window: some thousand buckets, however wide the season is compared with a bucket.

use arrow::array::timezone::Tz;
use chrono::{DateTime, Offset, TimeZone};
use model::{DAY_MS, HOUR_MS, TimeRange};

use super::basic;

/// Seasons before, of which history is used.
pub(crate) const SEASONS_MAX: usize = 6;
/// Seasons before that a band wants, so as to be sure.
pub(crate) const SEASONS_WANTED: usize = 3;
/// Buckets that a season must have to be one.
const BUCKETS_MIN: i64 = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cycle {
    Hourly,
    Daily,
    Weekly,
}

impl Cycle {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "hourly" => Self::Hourly,
            "daily" => Self::Daily,
            "weekly" => Self::Weekly,
            _ => return None,
        })
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hourly => "hourly",
            Self::Daily => "daily",
            Self::Weekly => "weekly",
        }
    }

    pub(crate) fn ms(self) -> i64 {
        match self {
            Self::Hourly => HOUR_MS,
            Self::Daily => DAY_MS,
            Self::Weekly => 7 * DAY_MS,
        }
    }
}

/// What repeats, and by whose clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Season {
    pub cycle: Cycle,
    /// Days and weeks have the length that they have there; `None` is UTC.
    pub zone: Option<Tz>,
}

impl Season {
    /// Whether buckets of this width can tell one phase from another.
    pub(crate) fn fits(&self, width_ms: i64) -> bool {
        self.cycle.ms() >= BUCKETS_MIN * width_ms
    }

    /// The moment of the same phase `n` seasons before.
    pub(super) fn before(&self, time: i64, n: i64) -> i64 {
        let then = time - n * self.cycle.ms();
        match self.zone {
            Some(zone) if self.cycle != Cycle::Hourly => {
                then + offset_ms(time, zone) - offset_ms(then, zone)
            }
            _ => then,
        }
    }

    /// How many buckets to either side are like a moment: a tenth of a day (or of an hour, where that
    /// is the season), at least 2, at most 15.
    pub(super) fn near(&self, width_ms: i64) -> i64 {
        (self.cycle.ms().min(DAY_MS) / width_ms / 10).clamp(2, 15)
    }

    /// How many buckets before a moment tell the level it is at.
    pub(super) fn recent(&self, width_ms: i64) -> i64 {
        2 * self.near(width_ms) + 1
    }

    /// The history that bands in a window need, with the window itself.
    pub(crate) fn history_of_bands(&self, window: TimeRange, width_ms: i64) -> Vec<TimeRange> {
        let (near, recent) = (self.near(width_ms), self.recent(width_ms));
        let own = recent.max(basic::REACH) * width_ms;
        let mut ranges = vec![TimeRange::new(window.from.saturating_sub(own), window.to)];
        let (before, after) = ((near + recent) * width_ms, 2 * near * width_ms);
        for n in 1..=SEASONS_MAX as i64 {
            ranges.push(TimeRange::new(
                self.before(window.from, n).saturating_sub(before + self.change_ms()),
                self.before(window.to, n).saturating_add(after + self.change_ms()),
            ));
        }
        ranges
    }

    /// The history that a forecast up to `end` needs, with the window itself.
    pub(crate) fn history_of_forecast(
        &self,
        window: TimeRange,
        end: i64,
        width_ms: i64,
    ) -> Vec<TimeRange> {
        let around = 2 * self.near(width_ms) * width_ms + self.change_ms();
        let mut ranges = vec![TimeRange::new(window.from.saturating_sub(around), window.to)];
        for n in 1..=SEASONS_MAX as i64 {
            ranges.push(TimeRange::new(
                self.before(window.from, n).saturating_sub(around),
                self.before(end, n).saturating_add(around).min(window.to),
            ));
        }
        ranges
    }

    /// Clocks are changed by an hour at most; a window may begin before a change and end after it.
    fn change_ms(&self) -> i64 {
        if self.zone.is_some() { HOUR_MS } else { 0 }
    }
}

fn offset_ms(time: i64, zone: Tz) -> i64 {
    let Some(utc) = DateTime::from_timestamp_millis(time) else {
        return 0;
    };
    let offset = zone.offset_from_utc_datetime(&utc.naive_utc());
    i64::from(offset.fix().local_minus_utc()) * model::SECOND_MS
}
