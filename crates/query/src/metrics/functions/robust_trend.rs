use super::line_fit::{self, Line, Point};
use super::{Args, Step, median};
use crate::error::Result;

/// Residuals up to so many standard deviations count by their square, larger ones by their size:
/// 95 % as efficient as least squares on normal noise. Source: Huber, "Robust Statistics".
const TURN: f64 = 1.345;
/// The median of |normal deviate|, by which the spread of the residuals is made a standard deviation.
const NORMAL_MEDIAN: f64 = 0.674_489_750_196_081_7;
/// Rounds of re-weighting. Convergence is linear; ten are usual.
const ROUNDS_MAX: usize = 100;

/// The line of least Huber loss through the points, from the first of them to the last, gaps
/// included: one that a few extreme values hardly move.
///
/// Fitted by least squares that are re-weighted until the line rests; the scale is the median size
/// of the residuals of each round. It equals statsmodels' `RLM` with `HuberT`.
/// Source: docs.datadoghq.com "Regression", *Robust trend*.
pub(super) fn plan(_args: &Args<'_>) -> Result<Step> {
    Ok(Step::values(|times, values| line_fit::draw(times, values, fit)))
}

fn fit(points: &[Point]) -> Line {
    let mut weights = vec![1.0; points.len()];
    let mut line = line_fit::weighted(points, &weights);
    let length = points.last().map_or(0.0, |point| point.0);
    for _ in 0..ROUNDS_MAX {
        let residual = |point: &Point| (point.1 - line.at(point.0)).abs();
        let scale = median(&mut points.iter().map(residual).collect::<Vec<f64>>()) / NORMAL_MEDIAN;
        let size = points.iter().map(|point| point.1.abs()).fold(0.0, f64::max);
        // Most points lie on the line: it cannot be bettered.
        if scale <= size * 1e-14 {
            return line;
        }
        for (weight, point) in weights.iter_mut().zip(points) {
            *weight = (TURN * scale / residual(point)).min(1.0);
        }
        let next = line_fit::weighted(points, &weights);
        let moved = (next.level - line.level).abs() + (next.slope - line.slope).abs() * length;
        line = next;
        if moved <= scale * 1e-9 {
            break;
        }
    }
    line
}
