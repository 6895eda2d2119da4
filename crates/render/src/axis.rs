//! Axes: which range is shown, which round values are labelled, and where a value lies.

use chrono::DateTime;

use crate::timeseries::{Scale, YAxis};
use crate::unit::{self, Unit};

/// Pixels between two labels of the value axis, about.
const VALUE_ROOM: f32 = 42.0;
/// Pixels between two labels of the time axis, at least.
const TIME_ROOM: f32 = 74.0;
/// Steps of the time axis in seconds.
const TIME_STEPS: [i64; 22] = [
    1, 2, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
    172_800, 604_800, 2_592_000, 7_776_000, 31_536_000,
];
/// Labels of an axis at most, whatever the numbers are.
const TICKS_MAX: usize = 100;

/// The value axis of a graph.
#[derive(Clone, Debug)]
pub(crate) struct ValueAxis {
    /// Both transformed by the scale.
    low: f64,
    high: f64,
    scale: Scale,
    pub(crate) ticks: Vec<(f64, String)>,
}

/// What a value becomes on its scale; NaN where it has no place, as 0 on a logarithmic one.
fn place(scale: Scale, value: f64) -> f64 {
    match scale {
        Scale::Linear => value,
        Scale::Log => value.log10(),
        Scale::Sqrt => value.signum() * value.abs().sqrt(),
        Scale::Pow => value.signum() * value.powi(2),
    }
}

fn unplace(scale: Scale, at: f64) -> f64 {
    match scale {
        Scale::Linear => at,
        Scale::Log => 10f64.powf(at),
        Scale::Sqrt => at.signum() * at.powi(2),
        Scale::Pow => at.signum() * at.abs().sqrt(),
    }
}

impl ValueAxis {
    /// An axis that shows `low` to `high`, the extremes of what is drawn, on so many pixels.
    pub(crate) fn new(extremes: (f64, f64), y: &YAxis, unit: Option<&Unit>, pixels: f32) -> Self {
        let (low, high) = range(extremes, y);
        let n = (pixels / VALUE_ROOM).floor().clamp(1.0, 12.0) as usize;
        match y.scale {
            Scale::Linear => Self::linear((low, high), y, unit, n),
            other => Self::bent((low, high), other, unit, n),
        }
    }

    fn linear((low, high): (f64, f64), y: &YAxis, unit: Option<&Unit>, n: usize) -> Self {
        let scale = unit::scale_of(low.abs().max(high.abs()), unit);
        let divisor = scale.divisor;
        let step = round_up((high - low) / divisor / n as f64) * divisor;
        // Given bounds stand as they are; others move out to the next round value.
        let low = y.min.filter(|v| v.is_finite()).map_or((low / step).floor() * step, |_| low);
        let high = y.max.filter(|v| v.is_finite()).map_or((high / step).ceil() * step, |_| high);
        let first = (low / step - 1e-6).ceil();
        let ticks: Vec<f64> = (0..TICKS_MAX)
            .map(|i| (first + i as f64) * step)
            .take_while(|tick| *tick <= high + step * 1e-6)
            .collect();
        let labels = unit::labels(&ticks, &scale);
        let ticks = ticks.into_iter().zip(labels).collect();
        Self { low, high, scale: Scale::Linear, ticks }
    }

    /// Ticks stand where a bent scale has even distances, at values of one digit.
    fn bent((low, high): (f64, f64), scale: Scale, unit: Option<&Unit>, n: usize) -> Self {
        let (from, to) = (place(scale, low), place(scale, high));
        let mut ticks: Vec<f64> = Vec::new();
        if scale == Scale::Log {
            let step = ((to - from) / n as f64).ceil().max(1.0);
            let first = from.ceil() as i64;
            let powers = (0..TICKS_MAX as i64).map(|i| first as f64 + i as f64 * step);
            ticks.extend(powers.take_while(|at| *at <= to + 1e-9).map(|at| 10f64.powf(at)));
        } else {
            let at = (0..=n).map(|i| from + (to - from) * i as f64 / n as f64);
            ticks.extend(at.map(|at| one_digit(unplace(scale, at))));
            ticks.retain(|tick| (low..=high).contains(tick));
            ticks.dedup();
        }
        let label = |tick: f64| {
            let scale = unit::scale_of(tick, unit);
            unit::digits(tick / scale.divisor) + &scale.suffix
        };
        let ticks = ticks.into_iter().map(|tick| (tick, label(tick))).collect();
        Self { low: from, high: to, scale, ticks }
    }

    /// 0 at the bottom, 1 at the top; outside of both for values that are not shown. What has no
    /// place on the scale lies far below.
    pub(crate) fn share(&self, value: f64) -> f32 {
        let at = place(self.scale, value);
        if at.is_nan() || at == f64::NEG_INFINITY {
            return -2.0;
        }
        let share = (at - self.low) / (self.high - self.low);
        if share.is_nan() {
            return 0.0;
        }
        // Far outside is far outside: the rasteriser wants numbers of a sane size.
        share.clamp(-10.0, 11.0) as f32
    }
}

/// The range to show: what was asked for, else the extremes, with zero where it is near.
fn range((low, high): (f64, f64), y: &YAxis) -> (f64, f64) {
    let (mut low, mut high) = if low <= high { (low, high) } else { (0.0, 1.0) };
    // Sums of finite numbers may have left the finite ones.
    (low, high) = (low.clamp(-1e300, 1e300), high.clamp(-1e300, 1e300));
    if y.scale == Scale::Log {
        return log_range((low, high), y);
    }
    let wants_zero = y.include_zero.unwrap_or(low > 0.0 && low < high / 2.0)
        || (y.include_zero.is_none() && high < 0.0 && high > low / 2.0);
    if wants_zero {
        (low, high) = (low.min(0.0), high.max(0.0));
    }
    if let Some(min) = y.min.filter(|v| v.is_finite()) {
        low = min.clamp(-1e300, 1e300);
    }
    if let Some(max) = y.max.filter(|v| v.is_finite()) {
        high = max.clamp(-1e300, 1e300);
    }
    if high - low <= low.abs().max(high.abs()) * 1e-9 {
        // A flat line, or bounds that cross: some room around it.
        let room = if low == 0.0 { 1.0 } else { low.abs() / 10.0 };
        high = low + room;
        if low != 0.0 && y.min.is_none() {
            low = if low > 0.0 { (low - room).max(0.0) } else { low - room };
        }
    }
    (low, high)
}

/// As [`range`], of positive values, at least from one power of ten to the next.
fn log_range((low, high): (f64, f64), y: &YAxis) -> (f64, f64) {
    let given = |value: Option<f64>| value.filter(|v| v.is_finite() && *v > 0.0);
    let high = given(y.max).unwrap_or(if high > 0.0 { high } else { 1.0 }).clamp(1e-290, 1e300);
    let low = given(y.min).unwrap_or(if low > 0.0 { low } else { high / 1000.0 });
    let low = low.min(high).max(1e-300);
    if high / low >= 10.0 {
        return (low, high);
    }
    let floor = low.log10().floor();
    (10f64.powf(floor), 10f64.powf(high.log10().ceil().max(floor + 1.0)))
}

/// The next of 1, 2, 2.5, 5 × a power of ten.
fn round_up(step: f64) -> f64 {
    if !(step.is_finite() && step > 0.0) {
        return 1.0;
    }
    let power = 10f64.powf(step.log10().floor()).max(f64::MIN_POSITIVE);
    let found =
        [1.0, 2.0, 2.5, 5.0].map(|m| m * power).into_iter().find(|s| *s >= step * (1.0 - 1e-9));
    found.unwrap_or(power * 10.0)
}

fn one_digit(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let power = 10f64.powf(value.abs().log10().floor());
    (value / power).round() * power
}

/// Unix milliseconds with their labels, at round times of the clock.
pub(crate) fn time_ticks(
    (from_ms, to_ms): (i64, i64),
    pixels: f32,
    utc_offset_secs: i64,
) -> Vec<(i64, String)> {
    let (from, to) = (from_ms.div_euclid(1000), to_ms.div_euclid(1000));
    let span = to.saturating_sub(from).max(1);
    let wanted = (span as f64 * f64::from(TIME_ROOM / pixels.max(1.0))).ceil() as i64;
    let step = TIME_STEPS.into_iter().find(|step| *step >= wanted).unwrap_or(wanted);
    let format = match (step, span) {
        (2_592_000.., _) => "%b %Y",
        (86_400.., _) => "%b %-d",
        (_, 86_401..) => "%b %-d %H:%M",
        (..60, _) => "%H:%M:%S",
        _ => "%H:%M",
    };
    let offset = utc_offset_secs.clamp(-86_400, 86_400);
    let first = from.saturating_add(offset).div_euclid(step).saturating_mul(step);
    (0..TICKS_MAX as i64)
        .map(|i| first.saturating_add(i.saturating_mul(step)))
        .map(|local| (local.saturating_sub(offset), local))
        .take_while(|(time, _)| *time <= to)
        .filter(|(time, _)| *time >= from)
        .filter_map(|(time, local)| {
            let local = DateTime::from_timestamp(local, 0)?;
            Some((time.saturating_mul(1000), local.format(format).to_string()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(low: f64, high: f64, y: &YAxis) -> ValueAxis {
        ValueAxis::new((low, high), y, None, 200.0)
    }

    #[test]
    fn round_values_are_labelled() {
        let check = |low: f64, high: f64, expect: &[&str]| {
            let axis = axis(low, high, &YAxis::default());
            let labels: Vec<&str> = axis.ticks.iter().map(|(_, label)| label.as_str()).collect();
            assert_eq!(labels, expect, "{low} to {high}");
        };
        check(1.0, 8.0, &["0", "2", "4", "6", "8"]);
        check(0.0, 0.0, &["0", "0.25", "0.50", "0.75", "1.00"]);
        check(90.0, 100.0, &["90.0", "92.5", "95.0", "97.5", "100.0"]);
        check(-10.0, 10.0, &["−10", "−5", "0", "5", "10"]);
    }

    #[test]
    fn what_is_drawn_lies_within() {
        let scales = [Scale::Linear, Scale::Log, Scale::Sqrt, Scale::Pow];
        for (low, high) in
            [(0.3, 97.1), (1e-9, 3.3e-9), (1e15, 1.7e15), (99.0, 101.0), (5.0, 5.0), (0.001, 1e9)]
        {
            for scale in scales {
                let axis = axis(low, high, &YAxis { scale, ..YAxis::default() });
                for value in [low, high] {
                    let share = axis.share(value);
                    assert!((-0.001..=1.001).contains(&share), "{scale:?} {low} {high}: {share}");
                }
                assert!(!axis.ticks.is_empty(), "{scale:?} {low} {high}");
            }
        }
    }

    #[test]
    fn given_bounds_stand() {
        let y = YAxis { min: Some(3.0), max: Some(7.0), ..YAxis::default() };
        let axis = axis(0.0, 100.0, &y);
        assert_eq!((axis.share(3.0), axis.share(7.0)), (0.0, 1.0));
    }

    #[test]
    fn odd_numbers_make_no_odd_axis() {
        let odd =
            [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, 0.0, -0.0, 1e-310];
        for scale in [Scale::Linear, Scale::Log, Scale::Sqrt, Scale::Pow] {
            for low in odd {
                for high in odd {
                    let y = YAxis { scale, min: Some(low), max: Some(high), ..YAxis::default() };
                    for y in [y, YAxis { scale, ..YAxis::default() }] {
                        let axis = ValueAxis::new((low, high), &y, None, 300.0);
                        assert!(axis.ticks.len() <= TICKS_MAX);
                        for value in odd {
                            assert!(
                                axis.share(value).is_finite(),
                                "{scale:?} {low} {high} {value}"
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn times_are_round_on_the_clock() {
        let labels = |from: i64, to: i64, offset: i64| -> Vec<String> {
            let ticks = time_ticks((from * 1000, to * 1000), 400.0, offset);
            ticks.into_iter().map(|(_, label)| label).collect()
        };
        assert_eq!(labels(0, 3600, 0), ["00:00", "00:15", "00:30", "00:45", "01:00"]);
        assert_eq!(labels(0, 86_400, 3600), ["06:00", "12:00", "18:00", "00:00"]);
        assert_eq!(labels(0, 8 * 86_400, 0).len(), 5);
        assert_eq!(labels(5, 5, 0).len(), 1);
        assert!(labels(i64::MIN / 2000, i64::MAX / 2000, 0).len() < TICKS_MAX);
    }
}
