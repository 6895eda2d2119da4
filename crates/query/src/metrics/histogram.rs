//! How the values of a metric spread: how many lie between which, bucket of time by bucket.
//!
//! 1. The series of one metric query are folded as for its percentiles: their sketches merge over
//!    time and series. Of a metric that is no distribution each stored value counts for itself.
//! 2. All buckets together tell the axis: its edges are the same at all times.
//! 3. The bins of each sketch are counted between these edges.
//!
//! Invariants: each value is counted once, between two edges or beyond them; a value is counted at
//! most half a bin of its sketch (0.8 % of it) from where it lies, in whole numbers.

use lang::metrics::ast::{Expr, ExprKind, MetricQuery, ModifierKind, Query};
use model::{OrgId, Sketch, edges_of_key};

use super::compile::Leaf;
use super::grid::Width;
use super::history::Lead;
use super::recipe::Recipe;
use super::run::{self, Context, Folded};
use super::{Window, check_window};
use crate::Engine;
use crate::error::{Error, Result};

/// Parts of an axis: each is some pixels wide.
pub const PARTS_MAX: usize = 500;
/// Values that may lie beyond an axis to either side, where they would squeeze the others.
const FAR: f64 = 0.005;
/// Percentiles of all values, in hundredths.
const PERCENTILES: [u8; 5] = [50, 75, 90, 95, 99];

/// The axis on which values are counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Edges are in a fixed ratio, not at a fixed distance; values of 0 and less lie below.
    pub is_log: bool,
    /// How many parts of equal width it has: 1 to [`PARTS_MAX`].
    pub parts: usize,
    /// Where it begins and ends; without them by the values. If some few lie further away than all
    /// others are wide, these are left beyond.
    pub min: Option<f64>,
    pub max: Option<f64>,
    /// Goes to 0 where it has no `min` or `max`; not on a logarithmic axis.
    pub includes_zero: bool,
}

/// Counts of values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// Unix milliseconds: the start of the bucket.
    pub time: i64,
    /// One fewer than there are edges.
    pub counts: Vec<u64>,
    pub below: u64,
    pub above: u64,
}

/// The answer to a question for a histogram.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    pub metric: String,
    /// Ascending; a value at an edge is counted above it, at the last one below. Empty without values.
    pub edges: Vec<f64>,
    /// Seconds between two buckets.
    pub interval_secs: i64,
    /// Buckets with values, in order.
    pub rows: Vec<Row>,
    /// All of them together.
    pub total: Row,
    pub count: u64,
    /// Of all values; 0 without any.
    pub min: f64,
    pub max: f64,
    /// The percentile and its value; empty without values.
    pub percentiles: Vec<(u8, f64)>,
}

impl Engine {
    /// Counts the values of a plain metric query: its scope, its rollup's interval and the window say
    /// which; its aggregator and groups say nothing here.
    ///
    /// # Errors
    /// `Invalid` for anything but a plain metric query and for an impossible axis, `Limited`,
    /// `Timeout`, and those of the store.
    pub async fn histogram(
        &self,
        org: OrgId,
        query: &Query,
        window: Window,
        axis: &Axis,
    ) -> Result<Histogram> {
        check_window(window)?;
        axis.check()?;
        let leaf = leaf(query)?;
        let work = async { read(&self.context(org, window).await?, &leaf, axis).await };
        self.within_deadline(work).await
    }
}

fn leaf(query: &Query) -> Result<Leaf> {
    let [Expr { kind: ExprKind::Metric(query), span }] = &query.exprs[..] else {
        return Err(Error::invalid("a histogram is of one metric query, without functions"));
    };
    for modifier in &query.modifiers {
        if let ModifierKind::Unknown { name, .. } = &modifier.kind {
            let error = Error::invalid(format!("unknown modifier .{name}()"));
            return Err(error.at(modifier.span));
        }
    }
    let rollup = query.rollup();
    let width = rollup.map(Width::of_rollup).transpose().map_err(|e| e.at(*span))?.flatten();
    let query = MetricQuery { by: Vec::new(), ..query.clone() };
    Ok(Leaf {
        query,
        recipe: Recipe::spread(),
        width,
        shift_ms: 0,
        model: None,
        lead: Lead::default(),
    })
}

async fn read(context: &Context, leaf: &Leaf, axis: &Axis) -> Result<Histogram> {
    let leaves = std::slice::from_ref(leaf);
    let mut planned = run::plan_leaves(context, leaves, 0).await?;
    let least_ms = run::least_width_ms(context, leaves, run::widest(&planned));
    if least_ms > 0 {
        planned = run::plan_leaves(context, leaves, least_ms).await?;
    }
    let planned = planned.pop().ok_or_else(|| Error::bug("one leaf has one plan"))?;
    let folded = run::fold_leaf(context, leaf, planned).await?;
    let (metric, axis) = (leaf.query.metric.clone(), axis.clone());
    // Thousands of bins for each of a thousand buckets take a while.
    let work = tokio::task::spawn_blocking(move || histogram(metric, &axis, &folded));
    work.await.map_err(run::lost_worker)
}

fn histogram(metric: String, axis: &Axis, folded: &Folded) -> Histogram {
    let Folded { grid, total, .. } = folded;
    let cells = total.sketches.of_group(0);
    let mut all = Sketch::default();
    cells.iter().for_each(|cell| all.merge(cell));
    let edges = axis.edges(&all);
    let cells = grid.starts().iter().zip(cells).filter(|(_, cell)| cell.count > 0);
    let rows: Vec<Row> = cells.map(|(time, cell)| count(*time, cell, &edges)).collect();
    let mut total = Row {
        time: grid.start(),
        counts: vec![0; edges.len().saturating_sub(1)],
        ..Row::default()
    };
    rows.iter().for_each(|row| total.add(row));
    let percentile = |p: &u8| (*p, all.quantile(f64::from(*p) / 100.0));
    let percentiles = PERCENTILES.iter().filter(|_| all.count > 0).map(percentile).collect();
    let interval_secs = grid.interval_secs;
    let Sketch { count, min, max, .. } = all;
    Histogram { metric, edges, interval_secs, rows, total, count, min, max, percentiles }
}

impl Row {
    fn add(&mut self, other: &Self) {
        self.counts.iter_mut().zip(&other.counts).for_each(|(count, more)| *count += more);
        self.below += other.below;
        self.above += other.above;
    }
}

/// The values of a sketch between edges. A bin across an edge is split by its width, the values in it
/// being taken to lie evenly.
fn count(time: i64, sketch: &Sketch, edges: &[f64]) -> Row {
    let mut row = Row { time, counts: vec![0; edges.len().saturating_sub(1)], ..Row::default() };
    let Some(&last) = edges.last() else { return row };
    for bin in &sketch.bins {
        let (low, high) = edges_of_key(bin.key);
        // The least and the largest value are known exactly. Bins beyond them are another's mistake.
        let (low, high) = (low.max(sketch.min), high.min(sketch.max));
        let (low, high) = if low > high { (high, high) } else { (low, high) };
        let share = |edge: f64| {
            let below = if edge == last { low <= edge } else { low < edge };
            match (below, high <= edge) {
                (false, _) => 0.0,
                (true, true) => 1.0,
                (true, false) => (edge - low) / (high - low),
            }
        };
        let first = edges.partition_point(|edge| *edge <= low).saturating_sub(1);
        let mut counted = 0;
        for (i, edge) in edges.iter().enumerate().skip(first) {
            let below = (bin.count as f64 * share(*edge)).round() as u64;
            let n = below.saturating_sub(counted);
            match i.checked_sub(1) {
                Some(part) => row.counts[part] += n,
                None => row.below += n,
            }
            counted += n;
            if high < *edge {
                break;
            }
        }
        row.above += bin.count.saturating_sub(counted);
    }
    row
}

impl Axis {
    fn check(&self) -> Result<()> {
        if !(1..=PARTS_MAX).contains(&self.parts) {
            return Err(Error::invalid(format!(
                "an axis of {} parts: expected 1 to {PARTS_MAX}",
                self.parts
            )));
        }
        let ends = [self.min, self.max];
        if ends.iter().flatten().any(|end| !end.is_finite()) {
            return Err(Error::invalid("an axis ends at numbers"));
        }
        match (self.min, self.max) {
            (Some(min), Some(max)) if min >= max => {
                Err(Error::invalid(format!("the axis ends ({max}) before it begins ({min})")))
            }
            _ => Ok(()),
        }
    }

    fn edges(&self, all: &Sketch) -> Vec<f64> {
        if all.count == 0 {
            return Vec::new();
        }
        let (low, high) = self.ends(all);
        let part = |i: usize| i as f64 / self.parts as f64;
        let edge = |i: usize| match i {
            0 => low,
            i if i == self.parts => high,
            i if self.is_log => low * (high / low).powf(part(i)),
            i => low + (high - low) * part(i),
        };
        (0..=self.parts).map(edge).collect()
    }

    /// Finite, the first below the second, and over 0 on a logarithmic axis.
    fn ends(&self, all: &Sketch) -> (f64, f64) {
        let least = if self.is_log { least_positive(all) } else { all.min };
        let least = finite(least);
        let most = finite(all.max).max(least);
        let (mut low, mut high) = self.without_far(all, (least, most));
        if self.includes_zero && !self.is_log {
            (low, high) = (low.min(0.0), high.max(0.0));
        }
        if let Some(min) = self.min.filter(|min| !self.is_log || *min > 0.0) {
            low = min;
        }
        high = self.max.unwrap_or(high);
        if low < high {
            return (low, high);
        }
        // All values are the same, or lie on the other side of the end that is given.
        if self.is_log {
            let low = if self.max.is_some_and(|max| max > 0.0) { high / 2.0 } else { low };
            return if self.min.is_some() { (low, low * 2.0) } else { (low / 2.0, low * 2.0) };
        }
        let around = (low.abs() * 0.1).max(0.5);
        match (self.min, self.max) {
            (None, Some(high)) => (high - around, high),
            (Some(low), _) => (low, low + around),
            _ => (low - around, low + around),
        }
    }

    /// The ends without the few values that are further away than all the others are wide.
    fn without_far(&self, all: &Sketch, (least, most): (f64, f64)) -> (f64, f64) {
        let place = |value: f64| if self.is_log { value.max(least).ln() } else { value };
        let (low, high) = (all.quantile(FAR).max(least), all.quantile(1.0 - FAR).min(most));
        let width = place(high) - place(low);
        let is_far = |from: f64, to: f64| place(to) - place(from) > width && width > 0.0;
        let first = if is_far(least, low) { low } else { least };
        let last = if is_far(high, most) { high } else { most };
        (first, last)
    }
}

/// Small enough to be subtracted from another; clients may send anything.
fn finite(value: f64) -> f64 {
    const HUGE: f64 = f64::MAX / 4.0;
    if value.is_nan() { 0.0 } else { value.clamp(-HUGE, HUGE) }
}

/// The least value over 0, by its bin; 1 without any.
fn least_positive(all: &Sketch) -> f64 {
    if all.min > 0.0 {
        return all.min;
    }
    all.bins.iter().find(|bin| bin.key > 0).map_or(1.0, |bin| edges_of_key(bin.key).0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINEAR: Axis =
        Axis { is_log: false, parts: 4, min: None, max: None, includes_zero: false };
    const LOG: Axis = Axis { is_log: true, ..LINEAR };

    #[test]
    fn axes_end_where_values_do() {
        let check = |axis: Axis, values: &[f64], expect: (f64, f64)| {
            let all = Sketch::from_values(values.iter().copied());
            let edges = axis.edges(&all);
            let (low, high) = (edges[0], edges[edges.len() - 1]);
            let is_near = |a: f64, b: f64| (a - b).abs() <= 0.01 * b.abs();
            assert!(is_near(low, expect.0) && is_near(high, expect.1), "{axis:?}: {low} to {high}");
            assert!(edges.is_sorted_by(|a, b| a < b), "{edges:?}");
        };
        check(LINEAR, &[2.0, 10.0], (2.0, 10.0));
        check(Axis { includes_zero: true, ..LINEAR }, &[2.0, 10.0], (0.0, 10.0));
        check(Axis { includes_zero: true, ..LINEAR }, &[-2.0, -1.0], (-2.0, 0.0));
        check(Axis { min: Some(4.0), ..LINEAR }, &[2.0, 10.0], (4.0, 10.0));
        check(Axis { min: Some(20.0), ..LINEAR }, &[2.0, 10.0], (20.0, 22.0));
        check(Axis { max: Some(1.0), ..LINEAR }, &[2.0, 10.0], (0.5, 1.0));
        check(LINEAR, &[0.0], (-0.5, 0.5));
        check(LINEAR, &[100.0; 9], (90.0, 110.0));
        check(LINEAR, &[f64::INFINITY, 1.0], (1.0, f64::MAX / 4.0));
        check(LOG, &[-1.0, 0.0, 1.0, 1000.0], (1.0, 1000.0));
        check(LOG, &[-1.0], (0.5, 2.0));
        check(LOG, &[8.0], (4.0, 16.0));
        check(Axis { min: Some(0.0), max: Some(-3.0), ..LOG }, &[8.0], (8.0, 16.0));
        // One of a thousand far away would press the others into one part.
        let mut many: Vec<f64> = (0..1000).map(|i| f64::from(i) / 100.0).collect();
        many.push(1e6);
        check(LINEAR, &many, (0.0, 9.95));
        check(Axis { max: Some(1e6), ..LINEAR }, &many, (0.0, 1e6));
    }

    #[test]
    fn each_value_is_counted_once() {
        let values: Vec<f64> = (-300..3000).map(|i| f64::from(i) * 0.73).collect();
        let sketch = Sketch::from_values(values.iter().copied());
        for axis in [
            LINEAR,
            LOG,
            Axis { parts: 500, ..LINEAR },
            Axis { parts: 333, min: Some(1900.0), max: Some(2000.0), ..LINEAR },
            Axis { parts: 70, min: Some(0.01), max: Some(1e9), ..LOG },
            Axis { parts: 1, min: Some(1e9), ..LINEAR },
        ] {
            let edges = axis.edges(&sketch);
            let row = count(0, &sketch, &edges);
            let counted = row.counts.iter().sum::<u64>() + row.below + row.above;
            assert_eq!(counted, 3300, "{axis:?}: {row:?}");
            // Within the sketch's accuracy of the counts of the values themselves.
            for (i, edge) in edges.iter().enumerate() {
                let beyond = row.below + row.counts[..i].iter().sum::<u64>();
                let off = edge.abs() * 0.008 + 1e-9;
                let n_below = |edge: f64| values.iter().filter(|v| **v < edge).count() as u64;
                let possible = n_below(edge - off).saturating_sub(1)..=n_below(edge + off) + 1;
                assert!(possible.contains(&beyond), "{axis:?} below {edge}: {beyond} {possible:?}");
            }
        }
    }

    #[test]
    fn what_other_programs_got_wrong_is_counted_all_the_same() {
        // Bins beyond the least and the largest value.
        let bins = vec![model::Bin { key: 1338, count: 3 }, model::Bin { key: 1500, count: 4 }];
        let sketch = Sketch::from_parts((7, 7.0, f64::NAN, 5.0), bins);
        let edges = LINEAR.edges(&sketch);
        let row = count(0, &sketch, &edges);
        assert_eq!(row.counts.iter().sum::<u64>() + row.below + row.above, 7, "{edges:?} {row:?}");
    }
}
