//! Lines piled on each other: where each one begins and ends at each time.

use std::collections::BTreeSet;

use crate::timeseries::{Kind, Line, gap_ms};

/// Lines of one pile, over the times of all of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stack {
    /// Unix milliseconds, ascending.
    pub(crate) times: Vec<i64>,
    /// For each line: where it begins and where it ends, beside `times`.
    pub(crate) layers: Vec<Vec<(f64, f64)>>,
}

impl Stack {
    /// Values above zero pile up, those below pile down. A line without a value where another has
    /// one takes no room there, unless it lies within a short gap of an area.
    pub(crate) fn of(lines: &[&Line]) -> Self {
        let rows: Vec<Row> = lines.iter().map(|line| Row::of(line)).collect();
        let times: BTreeSet<i64> =
            rows.iter().flat_map(|row| &row.points).map(|(time, _)| *time).collect();
        let times: Vec<i64> = times.into_iter().collect();
        let mut layers = vec![Vec::with_capacity(times.len()); lines.len()];
        for time in &times {
            let (mut above, mut below) = (0.0, 0.0);
            for (row, layer) in rows.iter().zip(&mut layers) {
                let value = row.at(*time);
                let base = if value < 0.0 { &mut below } else { &mut above };
                layer.push((*base, *base + value));
                *base += value;
            }
        }
        Self { times, layers }
    }

    pub(crate) fn extremes(&self) -> (f64, f64) {
        let edges = self.layers.iter().flatten().flat_map(|(low, high)| [*low, *high]);
        edges
            .filter(|value| value.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
    }
}

/// The points of a line, and how far apart two may be to be joined.
struct Row {
    points: Vec<(i64, f64)>,
    gap_ms: i64,
}

impl Row {
    fn of(line: &Line) -> Self {
        let points = line.points();
        let gap_ms = if line.kind == Kind::Bars { 0 } else { gap_ms(&points) };
        Self { points, gap_ms }
    }

    fn at(&self, time: i64) -> f64 {
        let next = self.points.partition_point(|(other, _)| *other < time);
        let Some((t1, v1)) = self.points.get(next).copied() else { return 0.0 };
        if t1 == time {
            return v1;
        }
        let Some((t0, v0)) = next.checked_sub(1).map(|before| self.points[before]) else {
            return 0.0;
        };
        match t1.saturating_sub(t0) <= self.gap_ms {
            true => {
                v0 + (v1 - v0) * (time.saturating_sub(t0) as f64 / t1.saturating_sub(t0) as f64)
            }
            false => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_stand_on_each_other() {
        let line = |points: &[(i64, f64)]| {
            let (times, values) = points.iter().copied().unzip();
            Line { times, values, ..Line::default() }
        };
        let (a, b) = (line(&[(0, 1.0), (10, 2.0)]), line(&[(0, 3.0), (10, -1.0), (20, 4.0)]));
        let stack = Stack::of(&[&a, &b]);
        assert_eq!(stack.times, [0, 10, 20]);
        assert_eq!(stack.layers[0], [(0.0, 1.0), (0.0, 2.0), (0.0, 0.0)]);
        assert_eq!(stack.layers[1], [(1.0, 4.0), (0.0, -1.0), (0.0, 4.0)]);
        assert_eq!(stack.extremes(), (-1.0, 4.0));
        assert_eq!(Stack::of(&[]).extremes(), (f64::INFINITY, f64::NEG_INFINITY));
    }
}
