//! What came before the window, for functions that learn from it.
//!
//! A [`Model`] stands at a call (`anomalies(…)`) and at each leaf below it. The leaf is read over the
//! model's ranges in place of the window, with the window's bucket width, by whatever tier has it;
//! the call gets lines that are as long, and cuts them to what is shown. Ranges that touch are read as
//! one; between others a line has a hole.
//!
//! A function that only looks back some points (`ewma_5(…)`) has no model: the leaves below it have a
//! [`Lead`], by which they begin earlier.
//!
//! Both go by the kept buckets, where the leaf is of a kind that they keep.

use std::fmt;
use std::sync::Arc;

use hashbrown::HashMap;
use model::TimeRange;

use super::cache;
use super::compile::Leaf;
use super::frame::Frame;
use super::grid::Width;
use super::run::{self, Context};
use crate::error::{Error, Result};
use crate::limits::Limits;

/// Buckets of a line with its history. A season's phases in six slices come to some thousand.
pub(crate) const BUCKETS_MAX: usize = 20_000;
/// Lines that one model learns: each takes a millisecond or so.
const LINES_MAX: usize = 1000;
/// The earliest time that calendars are asked about: the year 1.
const TIME_MIN: i64 = -62_000_000_000_000;

/// Buckets of a lead. Those of smoothing come to some ten, a moving rollup may want any number.
const LEAD_MAX: i64 = 3000;

/// How much of a line before the window is read, so that what looks back has something to see at the
/// window's start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lead {
    pub buckets: i64,
    pub ms: i64,
}

impl Lead {
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            buckets: self.buckets.saturating_add(other.buckets),
            ms: self.ms.saturating_add(other.ms),
        }
    }

    fn before(self, window: TimeRange, width: Width) -> TimeRange {
        if matches!(width, Width::Whole) || self == Self::default() {
            return window;
        }
        let width_ms = width.approx_ms();
        let n = self.buckets.saturating_add(self.ms.div_euclid(width_ms).saturating_add(1));
        let ms = width_ms.saturating_mul(n.min(LEAD_MAX));
        TimeRange::new(window.from.saturating_sub(ms).max(TIME_MIN).min(window.from), window.to)
    }
}

/// When a query is asked, and about what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub window: TimeRange,
    /// Unix milliseconds.
    pub now: i64,
}

/// A function that learns from history.
pub(crate) trait Model: fmt::Debug + Send + Sync {
    /// The function's name, for messages.
    fn name(&self) -> &'static str;

    /// What its input is to be read over, the window among it; in any order.
    fn ranges(&self, moment: Moment, width_ms: i64) -> Vec<TimeRange>;

    /// From lines with history to the lines that are shown.
    fn apply(&self, moment: Moment, frames: Vec<Frame>) -> Vec<Frame>;
}

/// What a call of such a function does to the queries below it.
#[derive(Clone, Debug)]
pub(crate) struct Learning {
    pub model: Arc<dyn Model>,
    /// The bucket width of queries that say none themselves.
    pub interval_ms: Option<i64>,
    /// Counts are interpolated as gauges are.
    pub interpolates: bool,
}

/// The lines of a leaf with what is wanted of the time before; `None` if nothing is.
///
/// # Errors
/// `Limited` where that is too much, and as for any query.
pub(crate) async fn read_before(
    context: &Context,
    leaf: &Leaf,
    width: Width,
) -> Result<Option<Vec<Frame>>> {
    if let Some(model) = &leaf.model {
        return read(context, leaf, (&**model, width)).await.map(Some);
    }
    let window = leaf.lead.before(context.window, width);
    if window == context.window {
        return Ok(None);
    }
    let limits = Limits { buckets_max: BUCKETS_MAX, ..context.limits.clone() };
    let longer = Context { window, limits, ..context.clone() };
    Ok(Some(read_slice(&longer, leaf, (width, 0)).await?.1))
}

/// The lines over the context's window, by what is kept where they can be.
async fn read_slice(
    context: &Context,
    leaf: &Leaf,
    (width, part): (Width, usize),
) -> Result<(Arc<[i64]>, Vec<Frame>)> {
    match cache::read(context, leaf, (width, part)).await? {
        Some(lines) => Ok((lines.times, lines.frames)),
        None => run::read_alone(context, leaf, width).await,
    }
}

/// The lines of a leaf over all that a model wants.
async fn read(
    context: &Context,
    leaf: &Leaf,
    (model, width): (&dyn Model, Width),
) -> Result<Vec<Frame>> {
    let moment = Moment { window: context.window, now: context.now };
    let ranges = match width {
        Width::Whole => vec![context.window],
        Width::Fixed { ms } => merged(&model.ranges(moment, ms), ms),
        // Edges of days and months are not at multiples of anything: one range for all.
        Width::Calendar { .. } => vec![hull(&model.ranges(moment, width.approx_ms()))],
    };
    let limits = Limits { buckets_max: BUCKETS_MAX, ..context.limits.clone() };
    let mut parts = Vec::with_capacity(ranges.len());
    let (mut n_lines, mut n_times, n_ranges) = (0, 0, ranges.len());
    for (i, window) in ranges.into_iter().enumerate() {
        let slice = Context { window, limits: limits.clone(), ..context.clone() };
        let (times, frames) = read_slice(&slice, leaf, (width, n_ranges - i)).await?;
        n_lines = frames.len().max(n_lines);
        n_times += times.len();
        if n_lines > LINES_MAX {
            return Err(Error::limited(format!(
                "{}() is for up to {LINES_MAX} lines, the query has {n_lines}: group by fewer tags",
                model.name()
            )));
        }
        if n_lines * n_times * size_of::<f64>() > context.limits.memory_bytes {
            return Err(Error::limited(format!(
                "{n_lines} lines with {n_times} intervals of history are too much for {}(): group \
                 by fewer tags or use a longer interval",
                model.name()
            )));
        }
        parts.push((times, frames));
    }
    Ok(join(parts))
}

/// In order, at edges of buckets, and without those that touch or overlap.
fn merged(ranges: &[TimeRange], width_ms: i64) -> Vec<TimeRange> {
    let floor = |time: i64| time.max(TIME_MIN).div_euclid(width_ms) * width_ms;
    let mut ranges: Vec<TimeRange> = ranges
        .iter()
        .filter(|range| range.from < range.to)
        .map(|range| TimeRange::new(floor(range.from), floor(range.to - 1) + width_ms))
        .collect();
    ranges.sort_by_key(|range| range.from);
    let mut merged: Vec<TimeRange> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.from <= last.to => last.to = last.to.max(range.to),
            _ => merged.push(range),
        }
    }
    merged
}

fn hull(ranges: &[TimeRange]) -> TimeRange {
    let from = ranges.iter().map(|range| range.from).min().unwrap_or(0);
    let to = ranges.iter().map(|range| range.to).max().unwrap_or(1);
    TimeRange::new(from.max(TIME_MIN), to)
}

/// The parts of each line, by its tags, one after the other.
fn join(mut parts: Vec<(Arc<[i64]>, Vec<Frame>)>) -> Vec<Frame> {
    if parts.len() == 1 {
        return parts.remove(0).1;
    }
    let times: Arc<[i64]> = parts.iter().flat_map(|(times, _)| times.iter().copied()).collect();
    let mut lines: HashMap<Vec<String>, Frame> = HashMap::new();
    let mut at = 0;
    for (part, frames) in parts {
        for frame in frames {
            let line = lines.entry(frame.tag_set.clone()).or_insert_with(|| Frame {
                times: Arc::clone(&times),
                values: vec![f64::NAN; times.len()],
                ..frame.clone()
            });
            line.values[at..at + part.len()].copy_from_slice(&frame.values);
        }
        at += part.len();
    }
    let mut frames: Vec<Frame> = lines.into_values().collect();
    frames.sort_by(|a, b| a.tag_set.cmp(&b.tag_set));
    frames
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_that_touch_are_one() {
        type Ranges = &'static [(i64, i64)];
        let cases: [(Ranges, Ranges); 4] = [
            (&[(100, 200), (0, 40)], &[(0, 40), (100, 200)]),
            (&[(100, 200), (0, 95)], &[(0, 200)]),
            (&[(0, 50), (10, 20)], &[(0, 50)]),
            (&[(5, 5), (-15, 1)], &[(-20, 10)]),
        ];
        for (given, expect) in cases {
            let ranges: Vec<_> = given.iter().map(|(f, t)| TimeRange::new(*f, *t)).collect();
            let got: Vec<_> = merged(&ranges, 10).iter().map(|r| (r.from, r.to)).collect();
            assert_eq!(got, expect, "{given:?}");
        }
    }

    #[test]
    fn a_lead_is_whole_buckets() {
        let lead = |buckets, ms| Lead { buckets, ms };
        let minute = Width::Fixed { ms: 60_000 };
        let window = TimeRange::new(100 * 60_000, 160 * 60_000);
        let cases = [
            (lead(0, 0), minute, 0),
            (lead(4, 0), minute, 5),
            (lead(4, 0).and(lead(2, 90_000)), minute, 8),
            (lead(i64::MAX, i64::MAX), minute, LEAD_MAX),
            (lead(4, 0), Width::Whole, 0),
        ];
        for (lead, width, n) in cases {
            let read = lead.before(window, width);
            assert_eq!((read.from, read.to), (window.from - n * 60_000, window.to), "{lead:?}");
        }
        let first = TimeRange::new(TIME_MIN, 0);
        assert_eq!(lead(4, 0).before(first, minute), first);
    }

    #[test]
    fn parts_become_one_line() {
        let line = |tag: &str, values: &[f64]| {
            let mut frame = Frame::line(vec![0; values.len()], values.to_vec());
            frame.tag_set = vec![tag.to_owned()];
            frame
        };
        let parts = vec![
            (Arc::from([10, 20]), vec![line("a", &[1.0, 2.0])]),
            (Arc::from([50]), vec![line("a", &[3.0]), line("b", &[4.0])]),
        ];
        let joined = join(parts);
        let shown: Vec<String> =
            joined.iter().map(|f| format!("{:?} {:?}", f.times, f.values)).collect();
        assert_eq!(shown, ["[10, 20, 50] [1.0, 2.0, 3.0]", "[10, 20, 50] [NaN, NaN, 4.0]"]);
    }
}
