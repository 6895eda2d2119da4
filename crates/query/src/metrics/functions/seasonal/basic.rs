//! `basic`: lagging quantiles, no season.
//!
//! The middle of the band is the median of the buckets before; its sides are as far away as the
//! quantiles that lie one standard deviation off in a normal distribution (0.1587 and 0.8413), times
//! the bounds, each side by itself: what is skewed has a skewed band.

use model::TimeRange;

use super::Expected;
use super::line::Line;
use super::stats::{for_few, median, quantile};

/// Buckets before a moment that are looked at.
pub(super) const LOOKBACK: usize = 60;
/// With less values than this in them the band is not sure.
pub(crate) const SURE: usize = 20;
const LOW: f64 = 0.158_655_253_931_457_07;
/// A line of which little is known is expected to move by this part of itself.
const UNKNOWN: f64 = 0.1;

/// What is expected at a time. Nothing with less than two values before it.
pub(crate) fn expect(line: &Line<'_>, time: i64, bounds: f64, buffer: &mut Vec<f64>) -> Expected {
    line.collect(time - LOOKBACK as i64 * line.width_ms, time, buffer);
    let n = buffer.len();
    if n < 2 {
        return Expected::NONE;
    }
    let center = median(buffer);
    let (mut down, mut up) = (center - quantile(buffer, LOW), quantile(buffer, 1.0 - LOW) - center);
    if down <= 0.0 || up <= 0.0 {
        let all = buffer.iter().map(|v| (v - center).abs()).sum::<f64>() / n as f64;
        down = if down > 0.0 { down } else { all };
        up = if up > 0.0 { up } else { all };
    }
    let mut at_least = center.abs() * 1e-9;
    if n < SURE {
        let unknown = (SURE - n) as f64 / SURE as f64;
        let range = quantile(buffer, 1.0) - quantile(buffer, 0.0);
        at_least += (range + center.abs() * UNKNOWN) * unknown;
    }
    let reach = bounds * for_few(n);
    Expected {
        center,
        lower: center - reach * down.max(at_least),
        upper: center + reach * up.max(at_least),
        is_sure: n >= SURE,
    }
}

/// What is expected at each of these times.
pub(crate) fn expect_all(line: &Line<'_>, times: &[i64], bounds: f64) -> Vec<Expected> {
    let mut buffer = Vec::with_capacity(LOOKBACK);
    times.iter().map(|&time| expect(line, time, bounds, &mut buffer)).collect()
}

/// The history that bands in a window need, with the window itself.
pub(crate) fn history(window: TimeRange, width_ms: i64) -> TimeRange {
    TimeRange::new(window.from.saturating_sub(LOOKBACK as i64 * width_ms), window.to)
}
