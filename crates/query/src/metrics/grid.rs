//! Time buckets: how wide they are by default, and which one a time falls into.
//!
//! Buckets begin at whole multiples of their width since 1970, not at the window's start: the same
//! moment is in the same bucket whatever the window, and rollups answer as raw points do. A bucket
//! that the window only touches is shown, with all its points.
//! Calendar intervals (days, weeks, months, years in a time zone) have edges of unequal distance.

use std::str::FromStr;

use arrow::array::timezone::Tz;
use chrono::{
    DateTime, Datelike, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc,
};
use lang::metrics::ast::{Rollup, RollupInterval, RollupStart};
use model::{SECOND_MS, TimeRange};

use crate::error::{Error, Result};

/// Widths that an interval may have by default, in seconds.
///
/// Source: docs.datadoghq.com "Rollup" (an hour: 20 s, four hours: 1 min, a day: 5 min, two days:
/// 10 min, a week: 1 h, a month: 4 h, three months: 12 h, a year: 1 d), with the steps between.
const STEPS_SECS: [i64; 17] =
    [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 43_200, 86_400];
/// Points of a line that the default aims at: the largest number that yields the table above.
const POINTS_DEFAULT: i64 = 300;

/// The default bucket width of a window, in milliseconds.
pub fn default_interval_ms(window: TimeRange) -> i64 {
    step_for(window, POINTS_DEFAULT)
}

/// The smallest width that gives at most `n` points; past the last step whole days.
fn step_for(window: TimeRange, n: i64) -> i64 {
    let length = window.to.saturating_sub(window.from).max(1);
    let fits = |secs: &&i64| **secs * SECOND_MS * n >= length;
    STEPS_SECS.iter().find(fits).map_or(86_400 * SECOND_MS, |secs| secs * SECOND_MS)
}

/// The narrowest width that a `.rollup(…)` may ask for in a window; narrower ones are raised to it.
pub(crate) fn narrowest_interval_ms(window: TimeRange, buckets_max: usize) -> i64 {
    let n = buckets_max as i64;
    let step = step_for(window, n);
    let length = window.to.saturating_sub(window.from).max(1);
    // Past the last step in whole days: four years fit in one, a century does not.
    let days = (length - 1) / (n * model::DAY_MS) + 1;
    if days > 1 { days * model::DAY_MS } else { step }
}

/// Width of the buckets of a query.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Width {
    Fixed {
        ms: i64,
    },
    Calendar(Calendar),
    /// One bucket: the window itself.
    Whole,
}

/// Intervals by the calendar of a time zone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Calendar {
    pub unit: Unit,
    pub zone: Tz,
    /// Where in the unit the intervals begin.
    pub start: RollupStart,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Day,
    Week,
    Month,
    Year,
}

/// The buckets of a query: `edges[i] .. edges[i + 1]` is bucket `i`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Grid {
    edges: Vec<i64>,
    /// Milliseconds of each bucket if all are the same.
    step: Option<i64>,
    /// What the answer says about its interval, in seconds.
    pub interval_secs: i64,
}

impl Width {
    /// What a `.rollup(…)` says; `None` if it leaves the default.
    pub(crate) fn of_rollup(rollup: &Rollup) -> Result<Option<Self>> {
        let Some(interval) = rollup.interval else {
            return Ok(None);
        };
        let unit = match interval {
            RollupInterval::Seconds(secs) => {
                let ms = (secs * 1000.0).round();
                if !(1000.0..=1e15).contains(&ms) {
                    return Err(Error::invalid(format!(
                        "a rollup interval of {secs} s is out of range: expected 1 s or more"
                    )));
                }
                return Ok(Some(Self::Fixed { ms: ms as i64 }));
            }
            RollupInterval::Daily => Unit::Day,
            RollupInterval::Weekly => Unit::Week,
            RollupInterval::Monthly => Unit::Month,
            RollupInterval::Yearly => Unit::Year,
        };
        let zone = time_zone(rollup.timezone().unwrap_or("UTC"))?;
        Ok(Some(Self::Calendar(Calendar { unit, zone, start: rollup.start() })))
    }

    /// For comparing widths; months and years by their usual length.
    pub(crate) fn approx_ms(self) -> i64 {
        let days = match self {
            Self::Fixed { ms } => return ms,
            Self::Whole => return i64::MAX,
            Self::Calendar(Calendar { unit: Unit::Day, .. }) => 1,
            Self::Calendar(Calendar { unit: Unit::Week, .. }) => 7,
            Self::Calendar(Calendar { unit: Unit::Month, .. }) => 30,
            Self::Calendar(Calendar { unit: Unit::Year, .. }) => 365,
        };
        days * model::DAY_MS
    }
}

pub(crate) fn time_zone(name: &str) -> Result<Tz> {
    Tz::from_str(name).map_err(|_unknown| {
        Error::invalid(format!("unknown time zone {name:?}: expected a name like Europe/Paris"))
    })
}

impl Grid {
    /// The buckets that touch a window, and as many milliseconds before and after it as given.
    pub(crate) fn new(
        window: TimeRange,
        width: Width,
        (before, after): (i64, i64),
    ) -> Result<Self> {
        let from = window.from.saturating_sub(before);
        let to = window.to.saturating_add(after).max(from + 1);
        match width {
            Width::Fixed { ms } => {
                let first = from.div_euclid(ms);
                let last = (to - 1).div_euclid(ms) + 1;
                let edges = (first..=last).map(|i| i * ms).collect();
                Ok(Self { edges, step: Some(ms), interval_secs: (ms / SECOND_MS).max(1) })
            }
            Width::Whole => {
                let edges = vec![window.from, window.to];
                let interval_secs = ((window.to - window.from) / SECOND_MS).max(1);
                Ok(Self { edges, step: None, interval_secs })
            }
            Width::Calendar(calendar) => {
                let mut date = calendar.date_of(from)?;
                let mut edges = vec![calendar.start_of(date)?];
                while edges.last().is_some_and(|&edge| edge < to) {
                    date = calendar.next(date).ok_or_else(out_of_range)?;
                    edges.push(calendar.start_of(date)?);
                }
                let interval_secs = width.approx_ms() / SECOND_MS;
                Ok(Self { edges, step: None, interval_secs })
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.edges.len() - 1
    }

    /// Starts of the buckets.
    pub(crate) fn starts(&self) -> &[i64] {
        &self.edges[..self.len()]
    }

    pub(crate) fn start(&self) -> i64 {
        self.edges[0]
    }

    pub(crate) fn end(&self) -> i64 {
        self.edges[self.len()]
    }

    /// End of bucket `i`.
    pub(crate) fn end_of(&self, i: usize) -> i64 {
        self.edges[i + 1]
    }

    pub(crate) fn width_secs(&self, i: usize) -> f64 {
        (self.edges[i + 1] - self.edges[i]) as f64 / SECOND_MS as f64
    }

    /// The bucket of a time that lies in the grid.
    pub(crate) fn bucket(&self, time: i64) -> usize {
        match self.step {
            Some(step) => ((time - self.edges[0]) / step) as usize,
            None => self.edges.partition_point(|&edge| edge <= time) - 1,
        }
    }

    /// Indexes of the buckets that touch a range.
    pub(crate) fn within(&self, range: TimeRange) -> std::ops::Range<usize> {
        let first = self.edges.partition_point(|&edge| edge <= range.from).saturating_sub(1);
        let last = self.edges.partition_point(|&edge| edge < range.to).min(self.len());
        first.min(last)..last
    }

    /// The grid of the data that is shown `by` milliseconds later than it happened.
    pub(crate) fn shifted(&self, by: i64) -> Self {
        let edges = self.edges.iter().map(|edge| edge - by).collect();
        Self { edges, ..*self }
    }

    /// A width of which each bucket here is a whole multiple, aligned to 1970: a scan may answer
    /// from rollups of that width.
    pub(crate) fn tier_ms(&self) -> Option<i64> {
        let divides = |ms: i64| self.edges.iter().all(|edge| edge.rem_euclid(ms) == 0);
        let step = self.step.filter(|&step| divides(step));
        step.or_else(|| [model::HOUR_MS, 300_000].into_iter().find(|&ms| divides(ms)))
    }
}

fn out_of_range() -> Error {
    Error::invalid("the time window is out of the calendar's range")
}

impl Calendar {
    /// The date on which the interval begins that a time is in.
    fn date_of(self, time: i64) -> Result<NaiveDate> {
        let utc: DateTime<Utc> = DateTime::from_timestamp_millis(time).ok_or_else(out_of_range)?;
        let hours = TimeDelta::hours(i64::from(self.start.hour));
        let local = utc.with_timezone(&self.zone).naive_local().checked_sub_signed(hours);
        let date = local.ok_or_else(out_of_range)?.date();
        let first = match self.unit {
            Unit::Day => Some(date),
            Unit::Week => {
                let past = (date.weekday().num_days_from_monday() + 7 - self.start.weekday) % 7;
                date.checked_sub_signed(TimeDelta::days(i64::from(past)))
            }
            Unit::Month => date
                .checked_sub_signed(TimeDelta::days(i64::from(self.start.day) - 1))
                .and_then(|date| date.with_day(self.start.day)),
            Unit::Year => date.with_ordinal(1),
        };
        first.ok_or_else(out_of_range)
    }

    fn next(self, date: NaiveDate) -> Option<NaiveDate> {
        match self.unit {
            Unit::Day => date.succ_opt(),
            Unit::Week => date.checked_add_signed(TimeDelta::days(7)),
            Unit::Month => date.checked_add_months(Months::new(1)),
            Unit::Year => date.checked_add_months(Months::new(12)),
        }
    }

    fn start_of(self, date: NaiveDate) -> Result<i64> {
        let hours = TimeDelta::hours(i64::from(self.start.hour));
        moment_of(date.and_time(NaiveTime::MIN) + hours, self.zone)
    }
}

/// When a local clock shows this; where clocks skip it, the first moment after.
fn moment_of(mut local: NaiveDateTime, zone: Tz) -> Result<i64> {
    for _ in 0..5 {
        if let Some(time) = zone.from_local_datetime(&local).earliest() {
            return Ok(time.timestamp_millis());
        }
        local += TimeDelta::minutes(30);
    }
    Err(out_of_range())
}

/// `time` moved by a number of calendar days or months, at the same local time of day.
pub(crate) fn calendar_shift(time: i64, days: i64, months: i64, zone: Tz) -> Result<i64> {
    let utc: DateTime<Utc> = DateTime::from_timestamp_millis(time).ok_or_else(out_of_range)?;
    let local = utc.with_timezone(&zone).naive_local();
    let moved = if months < 0 {
        local.checked_sub_months(Months::new(months.unsigned_abs() as u32))
    } else {
        local.checked_add_months(Months::new(months as u32))
    };
    let moved = TimeDelta::try_days(days)
        .and_then(|delta| moved?.checked_add_signed(delta))
        .ok_or_else(out_of_range)?;
    moment_of(moved, zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = model::HOUR_MS;
    const DAY: i64 = model::DAY_MS;

    #[test]
    fn defaults_are_the_documented_ones() {
        let cases = [
            (HOUR, 20),
            (4 * HOUR, 60),
            (DAY, 300),
            (2 * DAY, 600),
            (7 * DAY, 3600),
            (30 * DAY, 14_400),
            (90 * DAY, 43_200),
            (365 * DAY, 86_400),
            (5 * model::MINUTE_MS, 1),
        ];
        for (length, secs) in cases {
            let now = 1_700_000_000_000;
            let window = TimeRange::new(now - length, now);
            assert_eq!(default_interval_ms(window), secs * 1000, "window of {length} ms");
        }
    }

    #[test]
    fn no_more_points_than_allowed() {
        for (length, secs) in [
            (HOUR, 5),
            (1500 * 1000, 1),
            (30 * DAY, 1800),
            (4 * 365 * DAY, 86_400),
            (5000 * DAY, 4 * 86_400),
        ] {
            let narrowest = narrowest_interval_ms(TimeRange::new(0, length), 1500);
            assert_eq!(narrowest, secs * 1000, "window of {length} ms");
        }
    }

    #[test]
    fn a_narrow_window_shows_the_bucket_that_covers_it() {
        let window = TimeRange::new(10 * HOUR + 60_000, 10 * HOUR + 360_000);
        let grid = Grid::new(window, Width::Fixed { ms: HOUR }, (0, 0)).unwrap();
        assert_eq!(grid.starts(), [10 * HOUR]);
        assert_eq!(grid.bucket(10 * HOUR + 60_000), 0);
        assert_eq!(grid.within(window), 0..1);
    }

    fn calendar(unit: Unit, zone: Tz) -> Width {
        Width::Calendar(Calendar { unit, zone, start: RollupStart::default() })
    }

    #[test]
    fn calendar_buckets_begin_where_told() {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis();
        let check = |unit, start, from: &str, expect: &[&str]| {
            let zone = time_zone("America/New_York").unwrap();
            let width = Width::Calendar(Calendar { unit, zone, start });
            let window = TimeRange::new(at(from), at(from) + 1);
            let grid = Grid::new(window, width, (0, 0)).unwrap();
            let expect: Vec<i64> = expect.iter().map(|text| at(text)).collect();
            assert_eq!(grid.edges, expect, "{unit:?} {from}");
        };
        let start = RollupStart { hour: 2, ..RollupStart::default() };
        // The clocks skip two o'clock on the 10th.
        let days = ["2024-03-09T02:00:00-05:00", "2024-03-10T03:00:00-04:00"];
        check(Unit::Day, start, "2024-03-10T01:59:00-05:00", &days);
        let days = ["2024-03-10T03:00:00-04:00", "2024-03-11T02:00:00-04:00"];
        check(Unit::Day, start, "2024-03-10T03:00:00-04:00", &days);
        let start = RollupStart { weekday: 2, ..RollupStart::default() };
        let weeks = ["2024-05-01T00:00:00-04:00", "2024-05-08T00:00:00-04:00"];
        check(Unit::Week, start, "2024-05-01T00:00:00-04:00", &weeks);
        check(Unit::Week, start, "2024-05-07T23:59:00-04:00", &weeks);
        let start = RollupStart { day: 15, hour: 9, ..RollupStart::default() };
        let months = ["2024-05-15T09:00:00-04:00", "2024-06-15T09:00:00-04:00"];
        check(Unit::Month, start, "2024-06-15T08:59:00-04:00", &months);
        check(Unit::Month, start, "2024-05-15T09:00:00-04:00", &months);
    }

    #[test]
    fn calendar_buckets_follow_the_zone() {
        let zone = time_zone("Europe/Paris").unwrap();
        let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis();
        let window = TimeRange::new(at("2024-03-30T12:00:00Z"), at("2024-04-01T12:00:00Z"));
        let grid = Grid::new(window, calendar(Unit::Day, zone), (0, 0)).unwrap();
        // The clocks go forward on the 31st: that day has 23 hours.
        let starts = ["2024-03-29T23:00:00Z", "2024-03-30T23:00:00Z", "2024-03-31T22:00:00Z"];
        assert_eq!(grid.starts(), starts.map(at));
        assert_eq!(grid.width_secs(1), 23.0 * 3600.0);
        assert_eq!(grid.bucket(at("2024-03-31T21:59:59Z")), 1);
        assert_eq!(grid.tier_ms(), Some(HOUR));
        let months = calendar(Unit::Month, time_zone("UTC").unwrap());
        let grid = Grid::new(window, months, (0, 0)).unwrap();
        assert_eq!(grid.starts(), ["2024-03-01T00:00:00Z", "2024-04-01T00:00:00Z"].map(at));
        assert_eq!(
            calendar_shift(at("2024-03-31T12:00:00Z"), 0, -1, zone).unwrap(),
            at("2024-02-29T13:00:00Z")
        );
    }
}
