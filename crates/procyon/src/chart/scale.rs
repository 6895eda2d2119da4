//! Round numbers for the axes.

use chrono::DateTime;

/// Rows between two labels of the value axis.
const ROWS_PER_TICK: usize = 4;
/// Columns between two labels of the time axis, at least.
const COLUMNS_PER_TICK: usize = 14;
/// Steps of the time axis in seconds.
const TIME_STEPS: [i64; 20] = [
    1, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
    172_800, 604_800, 2_592_000, 7_776_000,
];

/// Maps values to the height of the chart.
#[derive(Debug)]
pub(super) struct ValueScale {
    low: f64,
    high: f64,
    /// Row (0 is the top) and label.
    pub(super) ticks: Vec<(usize, String)>,
}

impl ValueScale {
    /// None when there is no finite value.
    pub(super) fn of(values: impl Iterator<Item = f64>, rows: usize) -> Option<Self> {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.filter(|v| v.is_finite()) {
            low = low.min(value);
            high = high.max(value);
        }
        if low > high {
            return None;
        }
        // Zero belongs to the picture unless the line would be flat at the top.
        if low > 0.0 && low < high / 2.0 {
            low = 0.0;
        } else if high < 0.0 && high > low / 2.0 {
            high = 0.0;
        }
        if high - low <= low.abs().max(high.abs()) * 1e-9 {
            let room = if low == 0.0 { 1.0 } else { low.abs() / 10.0 };
            (low, high) =
                (if low >= 0.0 { (low - room).max(0.0) } else { low - room }, high + room);
        }
        let n = rows / ROWS_PER_TICK;
        let step = round_up((high - low) / n as f64);
        let low = (low / step).floor() * step;
        // Flooring may have pushed the highest value out.
        let step = if low + step * (n as f64) < high { round_up(step * 1.01) } else { step };
        let ticks = (0..=n)
            .map(|i| ((n - i) * ROWS_PER_TICK, number(low + step * i as f64)))
            .map(|(row, label)| (row.min(rows - 1), label))
            .collect();
        Some(Self { low, high: low + step * n as f64, ticks })
    }

    /// 0 at the bottom, 1 at the top.
    pub(super) fn share(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }
}

/// The next of 1, 2, 2.5, 5 × a power of ten.
fn round_up(step: f64) -> f64 {
    let power = 10f64.powf(step.log10().floor());
    [1.0, 2.0, 2.5, 5.0].map(|m| m * power).into_iter().find(|s| *s >= step).unwrap_or(power * 10.0)
}

/// A value for a person: four digits, and k, M, G, T from ten thousand on.
pub(crate) fn number(value: f64) -> String {
    const UNITS: [(f64, &str); 4] = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")];
    let size = value.abs();
    if size >= 1e16 || (size > 0.0 && size < 1e-4) {
        return format!("{value:.2e}");
    }
    let unit = UNITS.iter().find(|(from, _)| size >= *from && size >= 1e4);
    let (scaled, suffix) = unit.map_or((value, ""), |(from, suffix)| (value / from, *suffix));
    let digits = match scaled.abs() {
        n if n >= 100.0 => 1,
        n if n >= 1.0 || n == 0.0 => 2,
        _ => 4,
    };
    let text = format!("{scaled:.digits$}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{}{suffix}", if text == "-0" { "0" } else { text })
}

/// Columns with their label, at round local times.
pub(super) fn time_ticks(
    from: i64,
    to: i64,
    columns: usize,
    utc_offset: i64,
) -> Vec<(usize, String)> {
    let (from, to) = (from / 1000, to / 1000);
    let span = (to - from).max(1);
    let wanted = span * COLUMNS_PER_TICK as i64 / columns.max(1) as i64;
    let step = TIME_STEPS.into_iter().find(|s| *s >= wanted).unwrap_or(TIME_STEPS[19] * 4);
    let format = match (step, span) {
        (86_400.., _) => "%Y-%m-%d",
        (_, 86_401..) => "%m-%d %H:%M",
        (..60, _) => "%H:%M:%S",
        _ => "%H:%M",
    };
    let first = (from + utc_offset).div_euclid(step) * step + step - utc_offset;
    (0..)
        .map(|i| first + i * step)
        .take_while(|time| *time < to)
        .take(columns)
        .filter_map(|time| {
            let column = ((time - from) as f64 / span as f64 * (columns - 1) as f64).round();
            let local = DateTime::from_timestamp(time + utc_offset, 0)?;
            Some((column as usize, local.format(format).to_string()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_people() {
        let check = |value: f64, expect: &str| assert_eq!(number(value), expect, "{value}");
        check(0.0, "0");
        check(-0.0001, "-0.0001");
        check(1.5, "1.5");
        check(1.0 / 3.0, "0.3333");
        check(1234.5, "1234.5");
        check(9999.0, "9999");
        check(12_345.0, "12.35k");
        check(-2_500_000.0, "-2.5M");
        check(3e9, "3G");
        check(7e12, "7T");
        check(1e-9, "1.00e-9");
        check(1e20, "1.00e20");
    }

    #[test]
    fn value_axis() {
        let check = |values: &[f64], low: f64, high: f64| {
            let scale = ValueScale::of(values.iter().copied(), 16).unwrap();
            assert_eq!((scale.low, scale.high), (low, high), "{values:?}");
            assert_eq!(scale.ticks.len(), 5);
        };
        check(&[1.0, 8.0], 0.0, 8.0);
        check(&[90.0, 100.0], 90.0, 100.0);
        check(&[0.0, 0.0], 0.0, 1.0);
        check(&[5.0], 4.5, 5.5);
        check(&[-10.0, 10.0], -10.0, 10.0);
        assert!(ValueScale::of([f64::NAN].into_iter(), 16).is_none());
        for (low, high) in
            [(0.3, 97.1), (1e-9, 3.3e-9), (1e15, 1.7e15), (-7.7, -0.1), (99.0, 101.0)]
        {
            let scale = ValueScale::of([low, high].into_iter(), 16).unwrap();
            for value in [low, high] {
                assert!((0.0..=1.0).contains(&scale.share(value)), "{low} {high}: {scale:?}");
            }
        }
    }

    #[test]
    fn time_axis() {
        let labels = |from: i64, to: i64, offset: i64| -> Vec<String> {
            time_ticks(from * 1000, to * 1000, 60, offset).into_iter().map(|(_, l)| l).collect()
        };
        assert_eq!(labels(0, 3600, 0), ["00:15", "00:30", "00:45"]);
        assert_eq!(labels(0, 86_400, 3600), ["06:00", "12:00", "18:00", "00:00"]);
        assert_eq!(labels(0, 8 * 86_400, 0).len(), 3);
        assert_eq!(labels(5, 5, 0).len(), 0);
    }
}
