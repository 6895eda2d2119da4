//! `basic`: lagging quantiles, no season.
//!
//! The middle of the band is the median of the buckets before; its sides are as far away as the
//! quantiles that lie one standard deviation off in a normal distribution (0.1587 and 0.8413), times
//! the bounds, each side by itself: what is skewed has a skewed band.
//!
//! Where values have ceased to come, the band is that of the last one, opening with the distance: up
//! to twice as wide after as many buckets as are looked at. From then on nothing is expected.

use model::TimeRange;

use super::Expected;
use super::line::Line;
use super::stats::{for_few, median, quantile};

/// Buckets before a moment that are looked at.
const LOOKBACK: usize = 60;
/// How many buckets before a moment can matter: the last value may itself be that long ago.
pub(super) const REACH: i64 = 2 * LOOKBACK as i64;
/// With less values than this in them the band is not sure.
pub(crate) const SURE: usize = 20;
const LOW: f64 = 0.158_655_253_931_457_07;
/// A line of which little is known is expected to move by this part of itself.
const UNKNOWN: f64 = 0.1;

/// What is expected at a time. Nothing with less than two values before it.
pub(crate) fn expect(line: &Line<'_>, time: i64, bounds: f64, buffer: &mut Vec<f64>) -> Expected {
    let lookback = LOOKBACK as i64 * line.width_ms;
    let Some(last) = line.last_value(time - lookback, time) else {
        return Expected::NONE;
    };
    let missing = ((time - last) / line.width_ms - 1).max(0);
    let end = if missing > 0 { last + line.width_ms } else { time };
    line.collect(end - lookback, end, buffer);
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
    let reach = bounds * for_few(n) * (1.0 + missing as f64 / LOOKBACK as f64);
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
    TimeRange::new(window.from.saturating_sub(REACH * width_ms), window.to)
}
