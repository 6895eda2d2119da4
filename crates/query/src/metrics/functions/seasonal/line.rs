//! A line with its history.

use model::TimeRange;

/// Buckets in order of time, perhaps with holes between slices, and their values (NaN: none).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
    pub times: &'a [i64],
    pub values: &'a [f64],
    pub width_ms: i64,
}

impl Line<'_> {
    /// The bucket that covers a time.
    pub(crate) fn index(&self, time: i64) -> Option<usize> {
        let i = self.times.partition_point(|&t| t <= time).checked_sub(1)?;
        (time - self.times[i] < self.width_ms).then_some(i)
    }

    /// The value of the bucket that covers a time; NaN if there is none.
    pub(super) fn at(&self, time: i64) -> f64 {
        self.index(time).map_or(f64::NAN, |i| self.values[i])
    }

    /// Puts the values there are in the buckets that begin in `from..to` into `into`.
    pub(super) fn collect(&self, from: i64, to: i64, into: &mut Vec<f64>) {
        into.clear();
        let first = self.times.partition_point(|&t| t < from);
        let times = self.times[first..].iter().take_while(|&&t| t < to);
        into.extend(times.zip(&self.values[first..]).map(|(_, v)| *v).filter(|v| !v.is_nan()));
    }

    /// The start of the last bucket with a value among those that begin in `from..to`.
    pub(super) fn last_value(&self, from: i64, to: i64) -> Option<i64> {
        let end = self.times.partition_point(|&t| t < to);
        let times = self.times[..end].iter().zip(&self.values[..end]).rev();
        times.take_while(|(t, _)| **t >= from).find(|(_, v)| !v.is_nan()).map(|(t, _)| *t)
    }

    /// The buckets that touch a window. Those of a month or a day in a zone end where the next begins;
    /// the last may be a tenth longer than usual.
    pub(crate) fn shown(&self, window: TimeRange) -> Vec<usize> {
        let end = |i: usize| {
            let usual = self.times[i] + self.width_ms;
            let Some(next) = self.times.get(i + 1) else {
                return usual + self.width_ms / 10;
            };
            if *next - self.times[i] < 2 * self.width_ms { *next } else { usual }
        };
        let touches = |i: &usize| self.times[*i] < window.to && end(*i) > window.from;
        (0..self.times.len()).filter(touches).collect()
    }

    /// The first time with a value.
    pub(crate) fn first_value(&self) -> Option<i64> {
        let i = self.values.iter().position(|v| !v.is_nan())?;
        Some(self.times[i])
    }
}
