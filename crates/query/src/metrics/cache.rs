//! Finished buckets of metric queries, kept for the next time that they are asked for.
//!
//! A dashboard asks the same queries again and again over a window that moves on a little. What is
//! kept are the lines of a leaf (one metric query, folded into groups), bucket by bucket: a column
//! holds the value of each group in one bucket. A column is good as long as nothing was written to
//! the hours that its bucket can depend on, its own and those within the reach of interpolation,
//! which [`storage::Changes`] tells exactly; what is missing or outdated is computed as a window of
//! its own.
//!
//! Invariants:
//! - Position first, scan second: a column never claims to have seen an append that it has not.
//! - Entries are of one query text, bucket width, organisation and state of the host tags, and of one
//!   epoch of the store, which each removal of rows ends.
//! - Leaves with functions on their series are not kept: some look further back than a bucket.
//! - What is read for a function that learns is kept apart from the window, each slice for itself.
//! - Memory is bounded; the entry that was not used for longest goes first.

use std::collections::BTreeMap;
use std::sync::Arc;

use hashbrown::HashMap;
use model::{Dataset, MetricKind, OrgId, TimeRange};
use parking_lot::Mutex;
use storage::{Changes, Storage};

use super::compile::Leaf;
use super::frame::Frame;
use super::grid::{Grid, Width};
use super::run::{Context, Planned, frame_of, plan_leaf, read_leaf};
use super::source::Source;
use crate::error::Result;

/// More stretches than this are computed as one: each costs a plan of its own.
const STRETCHES_MAX: usize = 3;
/// Up to so many good buckets between two stretches are computed again.
const GAP_BUCKETS: usize = 4;
/// Queries whose native interval is remembered.
const INTERVALS_MAX: usize = 10_000;

/// The kept columns of all queries.
#[derive(Debug)]
pub(crate) struct LineCache {
    bytes_max: usize,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    entries: HashMap<Key, Entry>,
    bytes: usize,
    /// Counts uses, to know which was the last.
    uses: u64,
    /// By queries: see [`LineCache::native_ms`].
    intervals: HashMap<(OrgId, String), i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    org: OrgId,
    query: String,
    keeps_all_fills: bool,
    holds_last: bool,
    /// Interpolated though the text does not say so.
    fills_counts: bool,
    /// 0 is the window; slices of history are counted from the last one.
    part: usize,
    width_ms: i64,
    /// Where buckets begin, modulo their width: time shifts need not be whole buckets.
    phase_ms: i64,
    host_tags: u64,
}

#[derive(Debug, Default)]
struct Entry {
    epoch: u64,
    used: u64,
    bytes: usize,
    /// Numbers of the groups by their tags.
    groups: HashMap<Vec<String>, u32>,
    /// By start of the bucket, in the time of the data.
    columns: BTreeMap<i64, Column>,
}

/// One bucket.
#[derive(Clone, Debug)]
struct Column {
    /// All appends up to this position are in it.
    seq: u64,
    facts: Facts,
    /// By number of the group; NaN and those past the end have none.
    values: Vec<f64>,
}

/// What is known of the series behind some columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Widest interval of the series, in milliseconds; 0 when unknown.
    pub native_ms: i64,
    /// Where they lie; `None` without any.
    pub dataset: Option<Dataset>,
    pub kind: Option<MetricKind>,
}

/// The lines of a leaf, and what is known of its series.
#[derive(Debug)]
pub(crate) struct Lines {
    /// Of the buckets, whether or not there are lines.
    pub times: Arc<[i64]>,
    pub frames: Vec<Frame>,
    pub native_ms: i64,
}

/// What has happened to the hours of a leaf.
struct Seen {
    points: Changes,
    sketches: Changes,
    /// How far around a bucket rows matter, in milliseconds.
    reach: (i64, i64),
}

impl LineCache {
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self { bytes_max, inner: Mutex::default() }
    }

    pub(crate) fn bytes(&self) -> usize {
        self.inner.lock().bytes
    }

    /// The interval to which these queries had to be widened last time, if known.
    pub(crate) fn native_ms(&self, org: OrgId, queries: &str) -> Option<i64> {
        self.inner.lock().intervals.get(&(org, queries.to_owned())).copied()
    }

    pub(crate) fn note_native_ms(&self, org: OrgId, queries: String, ms: i64) {
        let mut inner = self.inner.lock();
        if inner.intervals.len() >= INTERVALS_MAX {
            inner.intervals.clear();
        }
        inner.intervals.insert((org, queries), ms);
    }

    /// The store, when answers for this leaf and width may be kept.
    pub(crate) fn keeps<'a>(
        &self,
        source: &'a Source,
        leaf: &Leaf,
        width: Width,
    ) -> Option<&'a Storage> {
        match (source, width) {
            (Source::Store(storage), Width::Fixed { .. })
                if self.bytes_max > 0 && leaf.recipe.ops.is_empty() =>
            {
                Some(storage)
            }
            _ => None,
        }
    }

    /// The columns of these buckets that are good.
    fn good(&self, key: &Key, seen: &Seen, starts: &[i64]) -> Vec<bool> {
        let inner = self.inner.lock();
        let Some(entry) = inner.entries.get(key).filter(|entry| entry.epoch == seen.points.epoch)
        else {
            return vec![false; starts.len()];
        };
        let is_good = |start: &i64| {
            let column = entry.columns.get(start);
            column.is_some_and(|column| column.seq >= seen.last_around(*start, key.width_ms))
        };
        starts.iter().map(is_good).collect()
    }

    /// Keeps the lines of a stretch of buckets.
    fn put(&self, key: &Key, seen: &Seen, stretch: &[i64], (facts, frames): (Facts, Vec<Frame>)) {
        let mut inner = self.inner.lock();
        let entry = inner.entries.entry(key.clone()).or_default();
        if entry.epoch != seen.points.epoch {
            *entry = Entry { epoch: seen.points.epoch, ..Entry::default() };
        }
        let seq = seen.points.seq;
        let mut columns = vec![Column { seq, facts, values: Vec::new() }; stretch.len()];
        for frame in frames {
            let next = entry.groups.len() as u32;
            let group = *entry.groups.entry(frame.tag_set).or_insert(next) as usize;
            // A frame has all buckets of the window that was asked for, which is the stretch.
            for (column, value) in columns.iter_mut().zip(frame.values) {
                if !value.is_nan() {
                    column.values.resize(column.values.len().max(group + 1), f64::NAN);
                    column.values[group] = value;
                }
            }
        }
        entry.columns.extend(stretch.iter().copied().zip(columns));
    }

    /// The lines of some buckets, if all of them are there and of one dataset.
    fn lines(&self, key: &Key, epoch: u64, starts: &[i64]) -> Option<(Facts, Vec<GroupLine>)> {
        let mut inner = self.inner.lock();
        inner.uses += 1;
        let uses = inner.uses;
        let entry = inner.entries.get_mut(key).filter(|entry| entry.epoch == epoch)?;
        entry.used = uses;
        let mut facts = Facts::default();
        let mut values = vec![Vec::new(); entry.groups.len()];
        for (i, start) in starts.iter().enumerate() {
            let column = entry.columns.get(start)?;
            facts = facts.and(column.facts)?;
            for (line, value) in values.iter_mut().zip(&column.values) {
                if !value.is_nan() {
                    if line.is_empty() {
                        *line = vec![f64::NAN; starts.len()];
                    }
                    line[i] = *value;
                }
            }
        }
        let mut lines = Vec::new();
        for (tags, group) in &entry.groups {
            let line = std::mem::take(&mut values[*group as usize]);
            if !line.is_empty() {
                lines.push((tags.clone(), line));
            }
        }
        lines.sort_by(|(a, _), (b, _)| a.cmp(b));
        entry.trim(starts);
        self.evict(&mut inner, key);
        Some((facts, lines))
    }

    /// Counts the bytes of an entry anew and drops the oldest entries above the limit.
    fn evict(&self, inner: &mut Inner, changed: &Key) {
        if let Some(entry) = inner.entries.get_mut(changed) {
            let before = entry.bytes;
            entry.bytes = entry.count_bytes();
            inner.bytes = inner.bytes + entry.bytes - before;
        }
        while inner.bytes > self.bytes_max {
            let oldest = inner.entries.iter().min_by_key(|(_, entry)| entry.used);
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else { return };
            if let Some(entry) = inner.entries.remove(&oldest) {
                inner.bytes -= entry.bytes;
            }
        }
    }
}

/// Tags and values of a group.
type GroupLine = (Vec<String>, Vec<f64>);

impl Entry {
    /// Drops what lies further from the window than its own length.
    fn trim(&mut self, starts: &[i64]) {
        let (Some(first), Some(last)) = (starts.first(), starts.last()) else { return };
        let length = last - first;
        let kept = first - length..=last + length;
        if self.columns.len() > 2 * starts.len() {
            self.columns.retain(|start, _| kept.contains(start));
        }
    }

    fn count_bytes(&self) -> usize {
        let groups = self.groups.keys().flatten().map(|tag| tag.len() + 64).sum::<usize>();
        let columns = self.columns.values().map(|column| column.values.capacity() * 8 + 96);
        groups + columns.sum::<usize>() + 256
    }
}

impl Facts {
    fn and(self, other: Self) -> Option<Self> {
        if self.dataset.is_some() && other.dataset.is_some() && self.dataset != other.dataset {
            return None;
        }
        Some(Self {
            native_ms: self.native_ms.max(other.native_ms),
            dataset: self.dataset.or(other.dataset),
            kind: other.kind.or(self.kind),
        })
    }
}

impl Seen {
    fn of(storage: &Storage, org: OrgId, grid: &Grid, reach: (i64, i64)) -> Self {
        let range = TimeRange::new(grid.start() - reach.0, grid.end() + reach.1);
        let changes = |dataset| storage.changes(org, dataset, range);
        // The points' position is the older of the two, and the one that columns get.
        let points = changes(Dataset::Points);
        Self { points, sketches: changes(Dataset::Sketches), reach }
    }

    /// The last append that may matter to a bucket.
    fn last_around(&self, start: i64, width_ms: i64) -> u64 {
        let range = TimeRange::new(start - self.reach.0, start + width_ms + self.reach.1);
        self.points.last_in(range).max(self.sketches.last_in(range))
    }
}

/// The lines of a leaf over the context's window, most of them kept from before. `None` when they have
/// to be computed as a whole: the leaf is of a kind that is not kept, or its series lie in two
/// datasets. `part` says which of several windows of one question this is.
///
/// # Errors
/// As for any query.
pub(crate) async fn read(
    context: &Context,
    leaf: &Leaf,
    (width, part): (Width, usize),
) -> Result<Option<Lines>> {
    let Some(cache) = &context.cache else { return Ok(None) };
    let Some(storage) = cache.keeps(&context.source, leaf, width) else { return Ok(None) };
    let width_ms = width.approx_ms();
    let grid = Grid::new(context.window, width, (0, 0))?.shifted(leaf.shift_ms);
    let (before, after) = leaf.recipe.margin_ms(width_ms);
    // Margins are rounded to whole buckets.
    let seen = Seen::of(storage, context.org, &grid, (before + width_ms, after + width_ms));
    let key = Key {
        org: context.org,
        query: leaf.query.to_string(),
        keeps_all_fills: leaf.recipe.keeps_all_fills,
        holds_last: leaf.recipe.holds_last,
        fills_counts: leaf.recipe.fill.is_some() && leaf.query.fill().is_none(),
        part,
        width_ms,
        phase_ms: grid.start().rem_euclid(width_ms),
        host_tags: context.host_tags.version(),
    };
    let starts = grid.starts();
    for stretch in stretches(&cache.good(&key, &seen, starts)) {
        let stretch = &starts[stretch];
        let (Some(first), Some(last)) = (stretch.first(), stretch.last()) else { continue };
        let window = TimeRange::new(first + leaf.shift_ms, last + width_ms + leaf.shift_ms);
        let context = Context { window, ..context.clone() };
        let planned = plan_leaf(&context, leaf, width).await?;
        let facts = planned.facts();
        let (_, frames) = read_leaf(&context, leaf, planned).await?;
        cache.put(&key, &seen, stretch, (facts, frames));
    }
    let Some((facts, lines)) = cache.lines(&key, seen.points.epoch, starts) else {
        return Ok(None);
    };
    let times: Arc<[i64]> = starts.iter().map(|start| start + leaf.shift_ms).collect();
    let frame =
        |(tags, values)| frame_of(leaf, tags, (&times, values), (grid.interval_secs, facts.kind));
    let frames = lines.into_iter().map(frame).collect();
    let times = Arc::clone(&times);
    Ok(Some(Lines { times, frames, native_ms: facts.native_ms }))
}

/// Runs of buckets to compute.
fn stretches(good: &[bool]) -> Vec<std::ops::Range<usize>> {
    let mut found: Vec<std::ops::Range<usize>> = Vec::new();
    for (i, _) in good.iter().enumerate().filter(|(_, good)| !**good) {
        match found.last_mut() {
            Some(last) if i - last.end <= GAP_BUCKETS => last.end = i + 1,
            _ => found.push(i..i + 1),
        }
    }
    if found.len() > STRETCHES_MAX {
        let end = found.last().map_or(0, |last| last.end);
        found.truncate(1);
        found[0].end = end;
    }
    found
}

impl Planned {
    fn facts(&self) -> Facts {
        Facts { native_ms: self.native_ms(), dataset: self.dataset(), kind: self.kind() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_computed_in_few_stretches() {
        let check = |text: &str, expect: &[(usize, usize)]| {
            let good: Vec<bool> = text.chars().map(|c| c == '+').collect();
            let found: Vec<_> = stretches(&good).iter().map(|r| (r.start, r.end)).collect();
            assert_eq!(found, expect, "{text}");
        };
        check("++++++++", &[]);
        check("--------", &[(0, 8)]);
        check("++++++--", &[(6, 8)]);
        check("-+++++++++-", &[(0, 1), (10, 11)]);
        check("-+++-", &[(0, 5)]);
        check("-+++++-+++++-+++++-", &[(0, 19)]);
    }

    #[test]
    fn two_datasets_do_not_go_together() {
        let facts = |dataset| Facts { dataset, native_ms: 10, kind: None };
        assert_eq!(facts(Some(Dataset::Points)).and(facts(Some(Dataset::Sketches))), None);
        assert_eq!(
            facts(None).and(facts(Some(Dataset::Points))),
            Some(facts(Some(Dataset::Points)))
        );
    }
}
