//! Straight lines through points: what `trend_line` and `robust_trend` share.

/// Second since the first point, and value.
pub(super) type Point = (f64, f64);

/// `value = level + slope * seconds`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line {
    pub level: f64,
    pub slope: f64,
}

impl Line {
    pub(super) fn at(self, secs: f64) -> f64 {
        self.level + self.slope * secs
    }
}

/// The line of least weighted squares; level where all points stand at one time.
/// `weights` are positive and beside `points`, which are not empty.
pub(super) fn weighted(points: &[Point], weights: &[f64]) -> Line {
    let total: f64 = weights.iter().sum();
    let mean = |of: &dyn Fn(&Point) -> f64| {
        points.iter().zip(weights).map(|(point, w)| w * of(point)).sum::<f64>() / total
    };
    let (x_mean, y_mean) = (mean(&|p| p.0), mean(&|p| p.1));
    let spread = mean(&|p| (p.0 - x_mean) * (p.0 - x_mean));
    let together = mean(&|p| (p.0 - x_mean) * (p.1 - y_mean));
    let slope = if spread > 0.0 { together / spread } else { 0.0 };
    Line { level: y_mean - slope * x_mean, slope }
}

/// Replaces the values by a line fitted to them, from the first value to the last, gaps included.
pub(super) fn draw(times: &[i64], values: &mut [f64], fit: impl Fn(&[Point]) -> Line) {
    let Some(first) = values.iter().position(|value| !value.is_nan()) else {
        return;
    };
    let last = values.iter().rposition(|value| !value.is_nan()).unwrap_or(first);
    let secs = |time: i64| (time - times[first]) as f64 / 1000.0;
    let given = times.iter().zip(values.iter()).filter(|(_, value)| !value.is_nan());
    let points: Vec<Point> = given.map(|(&time, &value)| (secs(time), value)).collect();
    let line = fit(&points);
    for (&time, value) in times.iter().zip(values.iter_mut()).take(last + 1).skip(first) {
        *value = line.at(secs(time));
    }
}
