//! `agile` and `robust`: where a value is expected, by the same phase of earlier seasons.
//!
//! For a time `t` there are up to six values of the same phase, `x(t - kS)`, and the level that the
//! line had around each. What the values have over their levels, in the median, is the season; the
//! expected value is the season over the level expected now:
//!
//! - `agile`: a level is the median of the buckets just before. So it follows a shift of the level
//!   after half of them. With medians for the averages this is the airline model, SARIMA (0,1,1)(0,1,1).
//! - `robust`: a level is the median of the buckets around; the one expected now continues the robust
//!   straight line through those of earlier seasons. Nothing of the present season counts.
//!
//! How far values lie from it is learned by leaving each season out in turn and predicting it by the
//! others: the spread of these errors, of the buckets near the same phase, is the deviation. Where
//! seasons disagree the band is wide by itself, as it is where there are few of them.
//! Cost: for each bucket some medians of six, and of the 15 buckets around it.

use super::Expected;
use super::basic;
use super::line::Line;
use super::season::{SEASONS_MAX, SEASONS_WANTED, Season};
use super::stats::{for_few, median, spread, theil_sen};

/// Two seasons are less than the documentation asks for: the band is widened by this.
const WIDER_OF_TWO: f64 = 1.5;
/// Less than that, and no season is known: the band is that of `basic`, widened by this.
const WIDER_WITHOUT: f64 = 2.5;
/// Times over so many buckets are no line.
pub(super) const COLUMNS_MAX: i64 = 50_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Agile,
    Robust,
}

/// The values of one phase in earlier seasons, from the last one backwards.
#[derive(Clone, Copy, Default)]
struct Column {
    n: usize,
    /// Seasons before.
    ago: [f64; SEASONS_MAX],
    values: [f64; SEASONS_MAX],
    levels: [f64; SEASONS_MAX],
}

/// The bands of a line in part of it.
#[derive(Debug)]
pub(crate) struct Bands<'a> {
    line: Line<'a>,
    season: Season,
    method: Method,
    /// Beside the line: the level of each bucket.
    levels: Vec<f64>,
}

impl<'a> Bands<'a> {
    pub(crate) fn new(line: Line<'a>, season: Season, method: Method) -> Self {
        let width = line.width_ms;
        let (before, after) = match method {
            Method::Agile => (season.recent(width), 0),
            // Half a width more, so that the bucket at the far end is in it.
            Method::Robust => (season.near(width), season.near(width) + 1),
        };
        let mut buffer = Vec::new();
        let level = |&time: &i64| {
            line.collect(time - before * width, time + after * width, &mut buffer);
            median(&mut buffer)
        };
        let levels = line.times.iter().map(level).collect();
        Self { line, season, method, levels }
    }

    /// What is expected at each of these times, which are in order and buckets of the line.
    pub(crate) fn expect(&self, times: &[i64], bounds: f64) -> Vec<Expected> {
        let (Some(&first), Some(&last)) = (times.first(), times.last()) else {
            return Vec::new();
        };
        let (width, near) = (self.line.width_ms, self.season.near(self.line.width_ms));
        let start = first - near * width;
        let n = last.saturating_sub(start) / width + near + 1;
        if n > COLUMNS_MAX {
            return basic::expect_all(&self.line, times, bounds * WIDER_WITHOUT);
        }
        let columns: Vec<Column> = (0..n).map(|i| self.column(start + i * width)).collect();
        let errors: Vec<Vec<f64>> = columns.iter().map(|column| self.errors(column)).collect();
        let mut buffer = Vec::new();
        let at = |&time: &i64| {
            let i = ((time - start + width / 2) / width) as usize;
            let around = i.saturating_sub(near as usize)..(i + near as usize + 1).min(errors.len());
            buffer.clear();
            errors[around].iter().for_each(|errors| buffer.extend_from_slice(errors));
            // Times of unequal distance (days in a zone) have columns of their own.
            let own = (start + i as i64 * width != time).then(|| self.column(time));
            self.expect_at(time, own.as_ref().unwrap_or(&columns[i]), bounds, &mut buffer)
        };
        times.iter().map(at).collect()
    }

    fn expect_at(
        &self,
        time: i64,
        column: &Column,
        bounds: f64,
        buffer: &mut Vec<f64>,
    ) -> Expected {
        let n_errors = buffer.len();
        if column.n < 2 || n_errors == 0 {
            let wide = bounds * WIDER_WITHOUT;
            return Expected { is_sure: false, ..basic::expect(&self.line, time, wide, buffer) };
        }
        let sigma = spread(buffer) * for_few(n_errors);
        let is_sure = column.n >= SEASONS_WANTED;
        let reach = bounds * sigma * if is_sure { 1.0 } else { WIDER_OF_TWO };
        Expected::around(self.center(time, column), reach, is_sure)
    }

    fn column(&self, time: i64) -> Column {
        let mut column = Column::default();
        for ago in 1..=SEASONS_MAX {
            let Some(i) = self.line.index(self.season.before(time, ago as i64)) else {
                continue;
            };
            let (value, level) = (self.line.values[i], self.levels[i]);
            if !value.is_nan() && !level.is_nan() {
                column.ago[column.n] = ago as f64;
                column.values[column.n] = value;
                column.levels[column.n] = level;
                column.n += 1;
            }
        }
        column
    }

    fn center(&self, time: i64, column: &Column) -> f64 {
        let level = match self.method {
            Method::Agile => self.line.index(time).map_or(f64::NAN, |i| self.levels[i]),
            Method::Robust => column.trend(None, 0.0),
        };
        // Nothing just before: as high as ever.
        let level = if level.is_nan() { column.usual_level() } else { level };
        column.season(None) + level
    }

    /// What predicting each season by the others misses.
    fn errors(&self, column: &Column) -> Vec<f64> {
        if column.n < 2 {
            return Vec::new();
        }
        let error = |i: usize| {
            let level = match self.method {
                Method::Agile => column.levels[i],
                Method::Robust => column.trend(Some(i), column.ago[i]),
            };
            column.values[i] - level - column.season(Some(i))
        };
        (0..column.n).map(error).collect()
    }
}

impl Column {
    fn but(&self, left_out: Option<usize>) -> impl Iterator<Item = usize> {
        (0..self.n).filter(move |i| Some(*i) != left_out)
    }

    fn median_of(&self, left_out: Option<usize>, value: impl Fn(usize) -> f64) -> f64 {
        let mut buffer = [0.0; SEASONS_MAX];
        let mut n = 0;
        for i in self.but(left_out) {
            buffer[n] = value(i);
            n += 1;
        }
        median(&mut buffer[..n])
    }

    /// What this phase has over its level.
    fn season(&self, left_out: Option<usize>) -> f64 {
        self.median_of(left_out, |i| self.values[i] - self.levels[i])
    }

    fn usual_level(&self) -> f64 {
        self.median_of(None, |i| self.levels[i])
    }

    /// The level so many seasons ago, by a straight line through those of at least three seasons.
    fn trend(&self, left_out: Option<usize>, ago: f64) -> f64 {
        let mut points = [(0.0, 0.0); SEASONS_MAX];
        let mut n = 0;
        for i in self.but(left_out) {
            points[n] = (self.ago[i], self.levels[i]);
            n += 1;
        }
        match theil_sen(&points[..n]) {
            Some(line) if n >= SEASONS_WANTED => line.at(ago),
            _ => self.median_of(left_out, |i| self.levels[i]),
        }
    }
}
