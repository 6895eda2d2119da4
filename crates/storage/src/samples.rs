//! Rows of one series, column by column: what buffers, files, merges and scans pass around.

use std::ops::Range;

use model::{MetricKind, SeriesId, Sketch};

use crate::scan::SeriesKey;

/// Values beside a column of times; all columns are as long as the times.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Samples {
    Points(Vec<f64>),
    Sketches(Vec<Sketch>),
    Rollups(RollupColumns),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct RollupColumns {
    pub(crate) counts: Vec<u64>,
    pub(crate) sums: Vec<f64>,
    pub(crate) mins: Vec<f64>,
    pub(crate) maxs: Vec<f64>,
    pub(crate) lasts: Vec<f64>,
}

/// Which of the three a dataset has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SampleKind {
    Points,
    Sketches,
    Rollups,
}

impl SampleKind {
    pub(crate) fn of(dataset: model::Dataset) -> Self {
        use model::Dataset::*;
        match dataset {
            Points5m | Points1h => Self::Rollups,
            Sketches | Sketches5m | Sketches1h => Self::Sketches,
            _ => Self::Points,
        }
    }
}

impl Samples {
    /// Room is made for as many points.
    pub(crate) fn new(kind: SampleKind, n_points: usize) -> Self {
        match kind {
            SampleKind::Points => Self::Points(Vec::with_capacity(n_points)),
            SampleKind::Sketches => Self::Sketches(Vec::new()),
            SampleKind::Rollups => Self::Rollups(RollupColumns::default()),
        }
    }

    /// Adds rows of another column of the same kind.
    pub(crate) fn extend(&mut self, other: &Self, rows: Range<usize>) {
        match (self, other) {
            (Self::Points(to), Self::Points(from)) => to.extend_from_slice(&from[rows]),
            (Self::Sketches(to), Self::Sketches(from)) => to.extend_from_slice(&from[rows]),
            (Self::Rollups(to), Self::Rollups(from)) => {
                to.counts.extend_from_slice(&from.counts[rows.clone()]);
                to.sums.extend_from_slice(&from.sums[rows.clone()]);
                to.mins.extend_from_slice(&from.mins[rows.clone()]);
                to.maxs.extend_from_slice(&from.maxs[rows.clone()]);
                to.lasts.extend_from_slice(&from.lasts[rows]);
            }
            _ => panic!("BUG: a dataset has one kind of samples; see SampleKind::of"),
        }
    }

    /// The rows at the given places, in that order.
    pub(crate) fn select(&self, rows: &[usize]) -> Self {
        fn pick<T: Clone>(from: &[T], rows: &[usize]) -> Vec<T> {
            rows.iter().map(|&i| from[i].clone()).collect()
        }
        match self {
            Self::Points(values) => Self::Points(pick(values, rows)),
            Self::Sketches(sketches) => Self::Sketches(pick(sketches, rows)),
            Self::Rollups(r) => Self::Rollups(RollupColumns {
                counts: pick(&r.counts, rows),
                sums: pick(&r.sums, rows),
                mins: pick(&r.mins, rows),
                maxs: pick(&r.maxs, rows),
                lasts: pick(&r.lasts, rows),
            }),
        }
    }
}

/// Rows of one series in ascending order of time, no time twice.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Run {
    pub(crate) id: SeriesId,
    pub(crate) key: SeriesKey,
    pub(crate) kind: MetricKind,
    pub(crate) interval_secs: u32,
    pub(crate) times: Vec<i64>,
    pub(crate) samples: Samples,
}

impl Run {
    /// Whether the values are whole numbers that an `Int64` holds and gives back exactly.
    pub(crate) fn is_whole(&self) -> bool {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        match &self.samples {
            Samples::Points(values) => values.iter().all(|v| {
                v.fract() == 0.0 && v.abs() < EXACT && !(*v == 0.0 && v.is_sign_negative())
            }),
            _ => false,
        }
    }
}

/// Puts pieces of one series into one, by ascending time; of two rows with one time that of the
/// later piece stays, and within a piece the later row. `are_sorted` says that the times of each piece
/// ascend, as those of a file do.
pub(crate) fn merge_pieces(
    mut pieces: Vec<(Vec<i64>, Samples)>,
    are_sorted: bool,
) -> Option<(Vec<i64>, Samples)> {
    pieces.retain(|(times, _)| !times.is_empty());
    let is_sorted = |times: &[i64]| times.windows(2).all(|w| w[0] < w[1]);
    let follow = pieces.windows(2).all(|w| w[0].0.last() < w[1].0.first());
    let in_order = follow && (are_sorted || pieces.iter().all(|(times, _)| is_sorted(times)));
    let mut pieces = pieces.into_iter();
    let (mut times, mut samples) = pieces.next()?;
    for (more, others) in pieces {
        let n_more = more.len();
        times.extend_from_slice(&more);
        samples.extend(&others, 0..n_more);
    }
    if in_order {
        return Some((times, samples));
    }
    let mut order: Vec<usize> = (0..times.len()).collect();
    // Stable, so that of equal times the one that came last stays last.
    order.sort_by_key(|&i| times[i]);
    let mut kept: Vec<usize> = Vec::with_capacity(order.len());
    for i in order {
        match kept.last_mut() {
            Some(last) if times[*last] == times[i] => *last = i,
            _ => kept.push(i),
        }
    }
    let times = kept.iter().map(|&i| times[i]).collect();
    Some((times, samples.select(&kept)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(rows: &[(i64, f64)]) -> (Vec<i64>, Samples) {
        let (times, values) = rows.iter().copied().unzip();
        (times, Samples::Points(values))
    }

    fn check(pieces: &[&[(i64, f64)]], expect: &[(i64, f64)]) {
        let merged = merge_pieces(pieces.iter().map(|p| piece(p)).collect(), false);
        assert_eq!(merged.unwrap_or_else(|| piece(&[])), piece(expect));
    }

    #[test]
    fn later_rows_win() {
        check(&[], &[]);
        check(&[&[(1, 1.0), (2, 2.0)], &[(3, 3.0)]], &[(1, 1.0), (2, 2.0), (3, 3.0)]);
        check(&[&[(2, 1.0)], &[(1, 5.0), (2, 9.0)]], &[(1, 5.0), (2, 9.0)]);
        check(&[&[(2, 1.0), (1, 0.0), (2, 3.0)]], &[(1, 0.0), (2, 3.0)]);
        check(&[&[], &[(1, 1.0)], &[]], &[(1, 1.0)]);
    }
}
