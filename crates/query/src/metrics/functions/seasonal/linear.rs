//! Forecasts of lines without a season: a straight line through their past.
//!
//! - `simple`: Theil and Sen's line through all of it.
//! - `default`: the same through the longest recent part (all, the last half, the last quarter, …)
//!   that is straight: none of its quarters lies off the line. So it follows a shift or a change of
//!   direction, and noise hardly moves it.
//! - `reactive`: least squares, in which a point counts half as much as one that is a sixteenth of
//!   the past younger. It follows the last points, noise and spikes too.
//!
//! The band is what a new point may miss: the spread of the points around the line, widened by how
//! badly the line is known so far outside of what it was fitted on.

use super::Expected;
use super::stats::{Straight, for_few, median, spread, theil_sen};

/// Points that all pairs are compared of; more are first put into so many blocks.
const BLOCKS_MAX: usize = 256;
/// Points that the shortest recent part has at least.
const PART_MIN: usize = 24;
/// How far a quarter of a straight part may lie off the line, in spreads.
const STRAIGHT: f64 = 1.0;
/// Half lives in the past, for `reactive`.
const HALF_LIVES: f64 = 16.0;
/// Half lives after which a point hardly counts.
const HALF_LIVES_COUNTED: f64 = 4.0;
/// A median is that much less certain than a mean of as many numbers.
const MEDIAN_VARIANCE: f64 = std::f64::consts::FRAC_PI_2;
/// With less points than this little is known; the band is widened by this part of the value.
const SURE: usize = 20;
const UNKNOWN: f64 = 0.1;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinearModel {
    Default,
    Simple,
    Reactive,
}

impl LinearModel {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "default" => Self::Default,
            "simple" => Self::Simple,
            "reactive" => Self::Reactive,
            _ => return None,
        })
    }
}

/// A straight line, and how well it is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trend {
    line: Straight,
    sigma: f64,
    n: usize,
    mean_x: f64,
    /// Sum of squares of `x` around its mean.
    squares_x: f64,
}

/// The line through points in order of `x`; `None` of less than two.
pub(crate) fn fit(points: &[(f64, f64)], model: LinearModel) -> Option<Trend> {
    match model {
        LinearModel::Simple => Some(Trend::new(theil_sen(&blocks(points))?, points)),
        LinearModel::Default => {
            let mut part = points;
            loop {
                let line = theil_sen(&blocks(part))?;
                if part.len() < 2 * PART_MIN || is_straight(part, line) {
                    return Some(Trend::new(line, part));
                }
                part = &part[part.len() / 2..];
            }
        }
        LinearModel::Reactive => {
            let (first, last) = (points.first()?.0, points.last()?.0);
            let half_life = ((last - first) / HALF_LIVES).max(1.0);
            let weight = |x: f64| ((x - last) / half_life).exp2();
            let line = least_squares(points, weight)?;
            let counted = last - HALF_LIVES_COUNTED * half_life;
            let from = points.partition_point(|(x, _)| *x < counted);
            Some(Trend::new(line, &points[from..]))
        }
    }
}

/// Few enough points, each the middle of some that stand together.
fn blocks(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let block = |points: &[(f64, f64)]| {
        let mut ys: Vec<f64> = points.iter().map(|(_, y)| *y).collect();
        (points.iter().map(|(x, _)| x).sum::<f64>() / points.len() as f64, median(&mut ys))
    };
    points.chunks(points.len().div_ceil(BLOCKS_MAX).max(1)).map(block).collect()
}

fn is_straight(points: &[(f64, f64)], line: Straight) -> bool {
    let mut within = Vec::with_capacity(points.len());
    let mut farthest = 0.0f64;
    for quarter in points.chunks(points.len().div_ceil(4)) {
        let mut rests: Vec<f64> = quarter.iter().map(|(x, y)| y - line.at(*x)).collect();
        let middle = median(&mut rests);
        farthest = farthest.max(middle.abs());
        within.extend(rests.iter().map(|rest| rest - middle));
    }
    farthest <= STRAIGHT * spread(&mut within) + f64::EPSILON
}

fn least_squares(points: &[(f64, f64)], weight: impl Fn(f64) -> f64) -> Option<Straight> {
    let (mut w, mut wx, mut wy) = (0.0, 0.0, 0.0);
    for &(x, y) in points {
        w += weight(x);
        wx += weight(x) * x;
        wy += weight(x) * y;
    }
    let (mean_x, mean_y) = (wx / w, wy / w);
    let (mut xx, mut xy) = (0.0, 0.0);
    for &(x, y) in points {
        xx += weight(x) * (x - mean_x) * (x - mean_x);
        xy += weight(x) * (x - mean_x) * (y - mean_y);
    }
    let slope = xy / xx;
    slope.is_finite().then_some(Straight { slope, intercept: mean_y - slope * mean_x })
}

impl Trend {
    fn new(line: Straight, points: &[(f64, f64)]) -> Self {
        let n = points.len();
        let mut errors: Vec<f64> = points.iter().map(|(x, y)| y - line.at(*x)).collect();
        let mut sigma = spread(&mut errors) * for_few(n);
        if n < SURE {
            let last = points.last().map_or(0.0, |(_, y)| y.abs());
            sigma += last * UNKNOWN * (SURE - n) as f64 / SURE as f64;
        }
        let mean_x = points.iter().map(|(x, _)| x).sum::<f64>() / n as f64;
        let squares_x = points.iter().map(|(x, _)| (x - mean_x) * (x - mean_x)).sum();
        Self { line, sigma, n, mean_x, squares_x }
    }

    /// What is expected at `x`.
    pub(crate) fn expect(&self, x: f64, deviations: f64) -> Expected {
        let away = (x - self.mean_x) * (x - self.mean_x) / self.squares_x.max(f64::MIN_POSITIVE);
        let missed = (1.0 + MEDIAN_VARIANCE * (1.0 / self.n as f64 + away)).sqrt();
        Expected::around(self.line.at(x), deviations * self.sigma * missed, self.n >= SURE)
    }
}
