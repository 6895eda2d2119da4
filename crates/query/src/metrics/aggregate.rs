//! The operator: runs of points, sorted by series and time, into one array of buckets for each group.
//!
//! A series is folded into a scratch array of buckets, run by run (no hashing, no allocation a
//! point), then interpolated, then added to the arrays of its groups. Workers take turns in taking
//! chunks of series and each fills a [`Partial`]; [`Partial::merge`] unites them in a fixed order, so
//! that the same data gives the same sums to the last bit.

use lang::metrics::ast::RollupMethod;
use model::TimeRange;
use storage::{Rollups, SeriesPart};

use super::fill::fill;
use super::grid::Grid;
use super::groups::Membership;
use super::recipe::{PlainSpace, Recipe, SeriesRule, TypeModifier};
use super::sketches::SketchCells;
use crate::error::Result;

/// Sums of some of a query's series.
#[derive(Debug)]
pub(crate) struct Partial {
    space: PlainSpace,
    n_buckets: usize,
    /// By group, then bucket: sum, minimum or maximum, by the kind of space aggregation.
    values: Vec<f64>,
    /// Series that have a value there.
    counts: Vec<u32>,
    /// Buckets in which some series has a real point.
    present: Vec<bool>,
    pub sketches: SketchCells,
    scratch: Scratch,
}

/// The buckets of the series at hand.
#[derive(Debug, Default)]
struct Scratch {
    values: Vec<f64>,
    counts: Vec<u64>,
}

impl Partial {
    pub(crate) fn new(recipe: &Recipe, grid: &Grid, n_groups: usize, bytes_max: usize) -> Self {
        let space = match recipe.space {
            super::recipe::Space::Plain(space) => space,
            _ => PlainSpace::Count,
        };
        Self {
            space,
            n_buckets: grid.len(),
            values: Vec::new(),
            counts: Vec::new(),
            present: vec![false; grid.len()],
            sketches: SketchCells::new(recipe.space.clone(), n_groups, grid.len(), bytes_max),
            scratch: Scratch::default(),
        }
    }

    /// Bytes that the arrays of a query take at most, without sketches.
    pub(crate) fn bytes(n_groups: usize, n_buckets: usize) -> usize {
        n_groups.saturating_mul(n_buckets).saturating_mul(size_of::<f64>() + size_of::<u32>())
    }

    /// Adds a series that belongs to these groups at these times.
    pub(crate) fn add(
        &mut self,
        (recipe, grid, n_groups): (&Recipe, &Grid, usize),
        rule: SeriesRule,
        parts: &[SeriesPart],
        memberships: &[Membership],
    ) -> Result<()> {
        for membership in memberships.iter().filter(|m| !m.groups.is_empty()) {
            let within = (memberships.len() > 1).then_some(membership.range);
            let mut folded = false;
            self.scratch.reset(grid.len(), rule.method);
            for part in parts {
                folded |= self.fold_part(grid, rule.method, part, (within, membership))?;
            }
            if folded {
                self.scratch.finish(rule, grid);
                self.finish_series((recipe, grid, n_groups), rule, membership);
            }
        }
        Ok(())
    }

    /// Whether the part had plain points or rollups: sketches go straight to the groups.
    fn fold_part(
        &mut self,
        grid: &Grid,
        method: RollupMethod,
        part: &SeriesPart,
        (within, membership): (Option<TimeRange>, &Membership),
    ) -> Result<bool> {
        let visible = |times: &[i64]| {
            let range = within.unwrap_or(TimeRange::ALL);
            let from = range.from.max(grid.start());
            let to = range.to.min(grid.end());
            let first = times.partition_point(|&t| t < from);
            first..first.max(times.partition_point(|&t| t < to))
        };
        match part {
            SeriesPart::Points { times, values } if self.sketches.takes_values() => {
                let (mut at, range) = (0, visible(times));
                let (times, values) = (&times[range.clone()], &values[range]);
                while at < times.len() {
                    let bucket = grid.bucket(times[at]);
                    let n = run_length(&times[at..], grid.end_of(bucket), 0);
                    self.present[bucket] = true;
                    self.sketches.add_values(&membership.groups, bucket, &values[at..at + n])?;
                    at += n;
                }
                return Ok(false);
            }
            SeriesPart::Points { times, values } => {
                let range = visible(times);
                self.scratch.fold_points(grid, method, &times[range.clone()], &values[range]);
            }
            SeriesPart::Rollups(rollups) => {
                let range = visible(&rollups.times);
                self.scratch.fold_rollups(grid, method, rollups, range);
            }
            SeriesPart::Sketches { times, sketches }
            | SeriesPart::SketchRollups { times, sketches, .. } => {
                for i in visible(times) {
                    let bucket = grid.bucket(times[i]);
                    self.present[bucket] = true;
                    self.sketches.add(&membership.groups, bucket, &sketches[i])?;
                }
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Interpolates the scratch array and adds it to the groups.
    fn finish_series(
        &mut self,
        (recipe, grid, n_groups): (&Recipe, &Grid, usize),
        rule: SeriesRule,
        membership: &Membership,
    ) {
        if self.values.is_empty() {
            let empty = match self.space {
                PlainSpace::Min => f64::INFINITY,
                PlainSpace::Max => f64::NEG_INFINITY,
                _ => 0.0,
            };
            self.values = vec![empty; n_groups * self.n_buckets];
            self.counts = vec![0; n_groups * self.n_buckets];
        }
        let line = &mut self.scratch.values[..];
        for (present, value) in self.present.iter_mut().zip(&*line) {
            *present |= !value.is_nan();
        }
        if let Some(rule) = rule.fill {
            fill(grid.starts(), line, rule);
        }
        for op in &recipe.ops {
            (op.0)(grid.starts(), line);
        }
        for &group in &membership.groups {
            let cells = group as usize * self.n_buckets..(group as usize + 1) * self.n_buckets;
            let (values, counts) = (&mut self.values[cells.clone()], &mut self.counts[cells]);
            add_line(self.space, values, counts, line);
        }
    }

    /// Adds the sums of other series.
    pub(crate) fn merge(&mut self, other: Self) -> Result<()> {
        for (present, other) in self.present.iter_mut().zip(&other.present) {
            *present |= other;
        }
        self.sketches.merge(other.sketches)?;
        if self.values.is_empty() {
            (self.values, self.counts) = (other.values, other.counts);
            return Ok(());
        }
        let cells = self.values.iter_mut().zip(&mut self.counts);
        for ((value, count), (v, n)) in cells.zip(other.values.iter().zip(&other.counts)) {
            match self.space {
                PlainSpace::Min => *value = value.min(*v),
                PlainSpace::Max => *value = value.max(*v),
                _ => *value += v,
            }
            *count += n;
        }
        Ok(())
    }

    /// The line of a group; NaN where it has no value.
    pub(crate) fn line(&self, recipe: &Recipe, grid: &Grid, group: usize) -> Vec<f64> {
        let mut line = if self.values.is_empty() {
            // Sketches have no line of each series: what is done to series is done to groups.
            let mut line = self.sketches.line(group, self.n_buckets);
            if recipe.modifier == TypeModifier::Rate {
                line.iter_mut().enumerate().for_each(|(i, v)| *v /= grid.width_secs(i));
            }
            recipe.ops.iter().for_each(|op| (op.0)(grid.starts(), &mut line));
            line
        } else {
            let cells = group * self.n_buckets..(group + 1) * self.n_buckets;
            let cells = self.values[cells.clone()].iter().zip(&self.counts[cells]);
            let value = |(value, count): (&f64, &u32)| match (self.space, *count) {
                (_, 0) => f64::NAN,
                (PlainSpace::Avg, n) => value / f64::from(n),
                (PlainSpace::Count, n) => f64::from(n),
                _ => *value,
            };
            cells.map(value).collect()
        };
        if !recipe.keeps_all_fills {
            for (value, present) in line.iter_mut().zip(&self.present) {
                if !present {
                    *value = f64::NAN;
                }
            }
        }
        line
    }
}

/// Adds one line to a group's. Branchless, so that the compiler makes vectors of it.
fn add_line(space: PlainSpace, values: &mut [f64], counts: &mut [u32], line: &[f64]) {
    let cells = values.iter_mut().zip(counts).zip(line);
    match space {
        PlainSpace::Avg | PlainSpace::Sum | PlainSpace::Count => {
            for ((value, count), &v) in cells {
                let there = !v.is_nan();
                *value += if there { v } else { 0.0 };
                *count += u32::from(there);
            }
        }
        // min and max ignore NaN.
        PlainSpace::Min => {
            for ((value, count), &v) in cells {
                *value = value.min(v);
                *count += u32::from(!v.is_nan());
            }
        }
        PlainSpace::Max => {
            for ((value, count), &v) in cells {
                *value = value.max(v);
                *count += u32::from(!v.is_nan());
            }
        }
    }
}

/// How many of the ascending times lie before `end`. Most series are regular, so the length of the
/// run before is tried first: that reads two times instead of all.
fn run_length(times: &[i64], end: i64, guess: usize) -> usize {
    let is_after = |i: usize| times.get(i).is_none_or(|&time| time >= end);
    if guess > 0 && guess <= times.len() && !is_after(guess - 1) && is_after(guess) {
        return guess;
    }
    times.iter().take_while(|&&time| time < end).count()
}

/// In four lanes, since one addition waits for the one before.
fn sum(values: &[f64]) -> f64 {
    let (fours, rest) = values.as_chunks::<4>();
    let mut lanes = [0.0; 4];
    for four in fours {
        for (lane, value) in lanes.iter_mut().zip(four) {
            *lane += value;
        }
    }
    lanes.iter().sum::<f64>() + rest.iter().sum::<f64>()
}

impl Scratch {
    fn reset(&mut self, n_buckets: usize, method: RollupMethod) {
        let empty = match method {
            RollupMethod::Min => f64::INFINITY,
            RollupMethod::Max => f64::NEG_INFINITY,
            _ => 0.0,
        };
        self.values.clear();
        self.values.resize(n_buckets, empty);
        self.counts.clear();
        self.counts.resize(n_buckets, 0);
    }

    fn fold_points(&mut self, grid: &Grid, method: RollupMethod, times: &[i64], values: &[f64]) {
        let (mut at, mut n) = (0, 0);
        while at < times.len() {
            let bucket = grid.bucket(times[at]);
            n = run_length(&times[at..], grid.end_of(bucket), n);
            let run = &values[at..at + n];
            let value = &mut self.values[bucket];
            match method {
                RollupMethod::Avg | RollupMethod::Sum => *value += sum(run),
                RollupMethod::Min => *value = run.iter().copied().fold(*value, f64::min),
                RollupMethod::Max => *value = run.iter().copied().fold(*value, f64::max),
                RollupMethod::Last => *value = run[n - 1],
                RollupMethod::Count => {}
            }
            self.counts[bucket] += n as u64;
            at += n;
        }
    }

    fn fold_rollups(
        &mut self,
        grid: &Grid,
        method: RollupMethod,
        rollups: &Rollups,
        range: std::ops::Range<usize>,
    ) {
        for i in range {
            let bucket = grid.bucket(rollups.times[i]);
            let value = &mut self.values[bucket];
            match method {
                RollupMethod::Avg | RollupMethod::Sum => *value += rollups.sums[i],
                RollupMethod::Min => *value = value.min(rollups.mins[i]),
                RollupMethod::Max => *value = value.max(rollups.maxs[i]),
                RollupMethod::Last => *value = rollups.lasts[i],
                RollupMethod::Count => {}
            }
            self.counts[bucket] += rollups.counts[i];
        }
    }

    /// Turns what was added up into the value of each bucket; NaN where there was no point.
    fn finish(&mut self, rule: SeriesRule, grid: &Grid) {
        for (i, (value, &count)) in self.values.iter_mut().zip(&self.counts).enumerate() {
            if count == 0 {
                *value = f64::NAN;
                continue;
            }
            match rule.method {
                RollupMethod::Avg => *value /= count as f64,
                RollupMethod::Count => *value = count as f64,
                _ => {}
            }
            *value *= rule.scale;
            if rule.per_second {
                *value /= grid.width_secs(i);
            }
            if rule.per_bucket {
                *value *= grid.width_secs(i);
            }
        }
    }
}

#[cfg(test)]
mod tests;
