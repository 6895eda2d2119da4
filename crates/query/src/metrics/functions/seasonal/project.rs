//! Forecasts of lines with a season: the same phase of earlier seasons, lifted to today's level.
//!
//! Of each of up to six seasons one knows by how much, in the median, the last values (up to a season
//! of them) are above those of the same phase then: its lift. Between seasons it is interpolated; the
//! robust line through the lifts is the growth. The forecast is the median of the same phase in each
//! season, lifted to the last values and grown from them on. The spread is learned as in `bands`, by
//! leaving each season out.

use super::Expected;
use super::bands::COLUMNS_MAX;
use super::line::Line;
use super::season::{SEASONS_MAX, Season};
use super::stats::{for_few, median, spread, theil_sen};

/// Seasons that a forecast needs.
pub(crate) const SEASONS_NEEDED: usize = 2;

/// A line and how it grows.
#[derive(Debug)]
pub(crate) struct Projection<'a> {
    line: Line<'a>,
    season: Season,
    /// The last bucket that is known.
    last: i64,
    /// The middle of the values that tell the level of today.
    middle: i64,
    /// Seasons before that, and by how much the line is higher than then; the first is (0, 0).
    lifts: Vec<(f64, f64)>,
    /// By how much it grows from season to season.
    growth: f64,
}

impl<'a> Projection<'a> {
    /// `since` is from when on values tell the level of today. `None` without any that can be
    /// compared with a season before.
    pub(crate) fn new(line: Line<'a>, season: Season, since: i64, last: i64) -> Option<Self> {
        let since = since.max(last - season.cycle.ms() + line.width_ms);
        let first = line.times.partition_point(|&time| time < since);
        let end = line.times.partition_point(|&time| time <= last);
        let recent = first.min(end)..end;
        let since = *line.times[recent.clone()].first()?;
        let mut lifts = vec![(0.0, 0.0)];
        for ago in 1..=SEASONS_MAX as i64 {
            let rise = |i: usize| line.values[i] - line.at(season.before(line.times[i], ago));
            let mut rises: Vec<f64> = recent.clone().map(rise).filter(|r| !r.is_nan()).collect();
            let lift = median(&mut rises);
            if !lift.is_nan() {
                lifts.push((ago as f64, lift));
            }
        }
        let growth = theil_sen(&lifts)?.slope;
        let middle = since.midpoint(last);
        Some(Self { line, season, last, middle, lifts, growth })
    }

    /// What is expected at times after the last; [`Expected::NONE`] with less than two seasons.
    pub(crate) fn expect(&self, times: &[i64], deviations: f64) -> Vec<Expected> {
        let width = self.line.width_ms;
        let near = self.season.near(width);
        let (Some(&first), Some(&end)) = (times.first(), times.last()) else {
            return Vec::new();
        };
        let start = first - near * width;
        let n = end.saturating_sub(start) / width + near + 1;
        if n > COLUMNS_MAX {
            return vec![Expected::NONE; times.len()];
        }
        let columns: Vec<Column> =
            (0..n).map(|i| self.column(start + i * width, self.last)).collect();
        let errors: Vec<Vec<f64>> = columns.iter().map(Column::errors).collect();
        let mut buffer = Vec::new();
        let at = |&time: &i64| {
            let i = ((time - start + width / 2) / width) as usize;
            let around = i.saturating_sub(near as usize)..(i + near as usize + 1).min(errors.len());
            buffer.clear();
            errors[around].iter().for_each(|errors| buffer.extend_from_slice(errors));
            let column = self.column(time, self.last);
            let n_errors = buffer.len();
            if column.n < SEASONS_NEEDED || n_errors == 0 {
                return Expected::NONE;
            }
            let sigma = spread(&mut buffer) * for_few(n_errors) * (column.ahead as f64).sqrt();
            Expected::around(column.center(), deviations * sigma, true)
        };
        times.iter().map(at).collect()
    }

    /// The phase of a time in the last seasons that are over, lifted to the season of that time.
    fn column(&self, time: i64, last: i64) -> Column {
        let mut column = Column { ahead: self.ahead(time, last), ..Column::default() };
        let on = (time - self.middle) as f64 / self.season.cycle.ms() as f64;
        for ago in (column.ahead..).take(SEASONS_MAX) {
            let value = self.line.at(self.season.before(time, ago));
            if !value.is_nan() {
                column.values[column.n] = value + self.lift(ago as f64 - on) + self.growth * on;
                column.n += 1;
            }
        }
        column
    }

    /// How many seasons before a time something is known.
    fn ahead(&self, time: i64, last: i64) -> i64 {
        let length = self.season.cycle.ms();
        let ahead = (time - last + length - 1).div_euclid(length).max(1);
        // An hour may be missing where clocks were changed.
        if self.season.before(time, ahead) > last { ahead + 1 } else { ahead }
    }

    /// By how much the last values are above those so many seasons back.
    fn lift(&self, back: f64) -> f64 {
        let Some(&(oldest, of_oldest)) = self.lifts.last() else {
            return 0.0;
        };
        if back <= 0.0 {
            return self.growth * back;
        }
        if back >= oldest {
            return of_oldest + self.growth * (back - oldest);
        }
        let after = self.lifts.partition_point(|(ago, _)| *ago <= back);
        let ((ago, lift), (next, of_next)) = (self.lifts[after - 1], self.lifts[after]);
        lift + (of_next - lift) * (back - ago) / (next - ago)
    }
}

/// One phase in several seasons.
#[derive(Clone, Copy, Debug, Default)]
struct Column {
    n: usize,
    values: [f64; SEASONS_MAX],
    ahead: i64,
}

impl Column {
    fn center(&self) -> f64 {
        let mut values = self.values;
        median(&mut values[..self.n])
    }

    /// What predicting each season by the others misses.
    fn errors(&self) -> Vec<f64> {
        if self.n < 2 {
            return Vec::new();
        }
        let error = |i: usize| {
            let mut others = [0.0; SEASONS_MAX];
            let rest = (0..self.n).filter(|j| *j != i);
            others.iter_mut().zip(rest).for_each(|(other, j)| *other = self.values[j]);
            self.values[i] - median(&mut others[..self.n - 1])
        };
        (0..self.n).map(error).collect()
    }
}
