//! Running compiled queries: scan, fold, evaluate.
//!
//! 1. Each leaf plans its scan with the width of the default interval.
//! 2. Where the series turn out to be coarser than that, the width is raised to theirs.
//! 3. The points are folded by up to [`N_WORKERS`] workers.
//! 4. The nodes are evaluated over the lines.

use std::ops::Range;
use std::sync::Arc;

use lang::metrics::ScopeMatcher;
use lang::metrics::ast::{MetricQuery, Scope};
use model::{Dataset, MetricKind, OrgId, SECOND_MS, TimeRange};
use storage::{ScanRequest, SeriesData, SeriesPart};
use tokio::task::JoinSet;

use super::aggregate::Partial;
use super::binary::{Operand, combine};
use super::cache::{self, LineCache};
use super::compile::{Apply, Compiled, Leaf, Node};
use super::frame::{Frame, Frames};
use super::functions;
use super::grid::{Grid, Width, default_interval_ms, narrowest_interval_ms};
use super::groups::{Groups, Membership, Selector};
use super::history::{self, Moment};
use super::recipe::{Recipe, Space};
use super::source::{Scan, Source};
use crate::error::{Error, Result};
use crate::host_tags::HostTags;
use crate::limits::Limits;

/// Workers of one query. One machine of two cores serves more than one query at a time.
const N_WORKERS: usize = 2;
/// Rows up to which handing work to another thread costs more than doing it here.
const ROWS_INLINE: u64 = 32 * 1024;

/// What a query runs on.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub source: Source,
    pub org: OrgId,
    pub host_tags: Arc<HostTags>,
    pub window: TimeRange,
    /// The caller's bucket width; `None` leaves the default for the window.
    pub interval_ms: Option<i64>,
    /// Unix milliseconds.
    pub now: i64,
    pub limits: Limits,
    /// Buckets kept from earlier queries; `None` for a source in memory.
    pub cache: Option<Arc<LineCache>>,
}

/// A planned leaf.
pub(super) struct Planned {
    width: Width,
    grid: Grid,
    selector: Arc<Selector>,
    /// Those answered from whatever is best, and those that need raw points.
    scans: Vec<Scan>,
    /// Where the series lie.
    dataset: Dataset,
}

impl Planned {
    fn series(&self) -> impl Iterator<Item = &storage::ScanSeries> {
        self.scans.iter().flat_map(Scan::series)
    }

    /// Widest interval of the series, in milliseconds; 0 when unknown.
    pub(super) fn native_ms(&self) -> i64 {
        self.series().map(|s| i64::from(s.interval_secs) * SECOND_MS).max().unwrap_or(0)
    }

    pub(super) fn dataset(&self) -> Option<Dataset> {
        self.series().next().map(|_| self.dataset)
    }

    pub(super) fn kind(&self) -> Option<MetricKind> {
        self.series().next().map(|series| series.kind)
    }
}

/// What the workers of a scan share.
struct Job {
    scan: Scan,
    recipe: Recipe,
    grid: Grid,
    memberships: Vec<Vec<Membership>>,
    n_groups: usize,
    bytes_max: usize,
}

pub(crate) async fn run(context: &Context, compiled: &Compiled) -> Result<Frames> {
    let mut found = Frames::default();
    for (index, (node, leaves)) in compiled.roots.iter().enumerate() {
        let leaves_of_root = &compiled.leaves[leaves.clone()];
        let lines = read_leaves(context, leaves_of_root).await?;
        let constant = constant_line(context)?;
        let moment = Moment { window: context.window, now: context.now };
        let evaluation = Evaluation { lines, first: leaves.start, constant, moment };
        let mut frames = if node.learns() {
            let node = node.clone();
            let work = tokio::task::spawn_blocking(move || evaluation.frames(&node));
            work.await.map_err(lost_worker)?
        } else {
            evaluation.frames(node)
        };
        for frame in &mut frames {
            frame.query_index = index;
            frame.values.iter_mut().filter(|v| !v.is_finite()).for_each(|v| *v = f64::NAN);
        }
        frames.retain(Frame::has_values);
        if frames.len() > context.limits.groups_max {
            found.partial = Some(format!(
                "only the first {} of {} lines are shown: group by fewer tags or use top()",
                context.limits.groups_max,
                frames.len()
            ));
            frames.truncate(context.limits.groups_max);
        }
        found.frames.extend(frames);
    }
    Ok(found)
}

/// The bucket width of each leaf of an expression: what it says, else what another of the same
/// expression says (lines of different widths share few times), else the default.
fn widths(context: &Context, leaves: &[Leaf], least_ms: i64) -> Vec<Width> {
    let narrowest = narrowest_interval_ms(context.window, context.limits.buckets_max);
    let widest = |a: Width, b: Width| if b.approx_ms() > a.approx_ms() { b } else { a };
    let explicit = leaves.iter().filter_map(|leaf| leaf.width);
    let explicit = explicit.filter(|width| !matches!(width, Width::Whole)).reduce(widest);
    let default = context.interval_ms.unwrap_or_else(|| default_interval_ms(context.window));
    let default = explicit.unwrap_or(Width::Fixed { ms: default.max(least_ms) });
    let raise = |width| match width {
        Width::Fixed { ms } => Width::Fixed { ms: ms.max(narrowest) },
        other => other,
    };
    leaves.iter().map(|leaf| raise(leaf.width.unwrap_or(default))).collect()
}

/// The lines of each leaf.
async fn read_leaves(context: &Context, leaves: &[Leaf]) -> Result<Vec<Vec<Frame>>> {
    if let Some(lines) = kept_leaves(context, leaves).await? {
        return Ok(lines);
    }
    let mut planned = plan_leaves(context, leaves, 0).await?;
    let least_ms = least_width_ms(context, leaves, widest(&planned));
    if least_ms > 0 {
        planned = plan_leaves(context, leaves, least_ms).await?;
    }
    let mut lines = Vec::with_capacity(leaves.len());
    for (leaf, planned) in leaves.iter().zip(planned) {
        lines.push(match history::read_before(context, leaf, planned.width).await? {
            Some(frames) => frames,
            None => read_leaf(context, leaf, planned).await?.1,
        });
    }
    Ok(lines)
}

/// The widest interval of the series, in milliseconds.
pub(super) fn widest(planned: &[Planned]) -> i64 {
    planned.iter().map(Planned::native_ms).max().unwrap_or(0)
}

/// Where the series are coarser than the default interval, theirs takes its place; else 0.
pub(super) fn least_width_ms(context: &Context, leaves: &[Leaf], native_ms: i64) -> i64 {
    let is_default = context.interval_ms.is_none() && leaves.iter().all(|l| l.width.is_none());
    let window_ms = context.window.to - context.window.from;
    let raises = native_ms > default_interval_ms(context.window) && native_ms <= window_ms;
    if is_default && raises { native_ms } else { 0 }
}

/// The lines of each leaf out of the cache, where all of them are of a kind that it keeps.
async fn kept_leaves(context: &Context, leaves: &[Leaf]) -> Result<Option<Vec<Vec<Frame>>>> {
    let Some(cache) = &context.cache else { return Ok(None) };
    let keeps = |(leaf, width)| cache.keeps(&context.source, leaf, width).is_some();
    if !leaves.iter().zip(widths(context, leaves, 0)).all(keeps) {
        return Ok(None);
    }
    let text: Vec<String> = leaves.iter().map(|leaf| leaf.query.to_string()).collect();
    let text = text.join(", ");
    let native_ms = match cache.native_ms(context.org, &text) {
        Some(ms) => ms,
        None => widest(&plan_leaves(context, leaves, 0).await?),
    };
    let mut least_ms = least_width_ms(context, leaves, native_ms);
    // What was known may be outdated; the columns themselves tell.
    for _ in 0..2 {
        let mut lines = Vec::with_capacity(leaves.len());
        let mut native_ms = 0;
        for (leaf, width) in leaves.iter().zip(widths(context, leaves, least_ms)) {
            let Some(kept) = cache::read(context, leaf, (width, 0)).await? else {
                return Ok(None);
            };
            native_ms = native_ms.max(kept.native_ms);
            lines.push(match history::read_before(context, leaf, width).await? {
                Some(frames) => frames,
                None => kept.frames,
            });
        }
        let wanted_ms = least_width_ms(context, leaves, native_ms);
        cache.note_native_ms(context.org, text.clone(), native_ms);
        if wanted_ms == least_ms {
            return Ok(Some(lines));
        }
        least_ms = wanted_ms;
    }
    Ok(None)
}

pub(super) async fn plan_leaves(
    context: &Context,
    leaves: &[Leaf],
    least_ms: i64,
) -> Result<Vec<Planned>> {
    let mut planned = Vec::with_capacity(leaves.len());
    for (leaf, width) in leaves.iter().zip(widths(context, leaves, least_ms)) {
        planned.push(plan_leaf(context, leaf, width).await?);
    }
    Ok(planned)
}

pub(super) async fn plan_leaf(context: &Context, leaf: &Leaf, width: Width) -> Result<Planned> {
    let margin = leaf.recipe.margin_ms(width.approx_ms());
    // Fixed widths have been raised to what is allowed; calendar ones are what they are.
    let n_buckets = (context.window.to - context.window.from) / width.approx_ms();
    if n_buckets > context.limits.buckets_max as i64 {
        return Err(Error::limited(format!(
            "{n_buckets} intervals are too many: the most is {}",
            context.limits.buckets_max
        )));
    }
    let grid = Grid::new(context.window, width, margin)?.shifted(leaf.shift_ms);
    let selector = Arc::new(Selector {
        scope: ScopeMatcher::new(&leaf.query.scope),
        by: leaf.query.by.iter().map(|key| key.to_ascii_lowercase()).collect(),
        host_tags: Arc::clone(&context.host_tags),
        range: TimeRange::new(grid.start(), grid.end()),
    });
    // Where the series are looked for, one after the other.
    let datasets: &[Dataset] = match &leaf.recipe.space {
        Space::Plain(_) => &[Dataset::Points, Dataset::Sketches],
        Space::Quantile(_) | Space::CountIf(_) => &[Dataset::Sketches],
        Space::Spread => &[Dataset::Sketches, Dataset::Points],
    };
    let (mut dataset, mut scans) = (Dataset::Sketches, Vec::new());
    for candidate in datasets {
        dataset = *candidate;
        scans = scan_dataset(context, leaf, &grid, (dataset, &selector)).await?;
        if scans.iter().any(|scan| !scan.series().is_empty()) {
            break;
        }
    }
    let n_series: usize = scans.iter().map(|scan| scan.series().len()).sum();
    if n_series > context.limits.series_max {
        return Err(Error::limited(format!(
            "the query reads {n_series} series, more than {}: narrow its scope",
            context.limits.series_max
        )));
    }
    Ok(Planned { width, grid, selector, scans, dataset })
}

/// Series that change groups in the window are scanned apart, point by point: a rollup may straddle
/// the moment of the change.
async fn scan_dataset(
    context: &Context,
    leaf: &Leaf,
    grid: &Grid,
    (dataset, selector): (Dataset, &Selector),
) -> Result<Vec<Scan>> {
    // Rollups of points do not tell how their values spread.
    let is_plain = dataset == Dataset::Sketches || leaf.recipe.space != Space::Spread;
    let bucket_ms = grid.tier_ms().filter(|_| is_plain);
    let request = |bucket_ms| ScanRequest {
        org: context.org,
        dataset,
        metric: Some(leaf.query.metric.clone()),
        range: selector.range,
        bucket_ms,
    };
    let has_rollups =
        bucket_ms.is_some_and(|ms| dataset.rollups().iter().any(|(_, width)| ms % width == 0));
    if !has_rollups {
        let select = |key: model::SeriesRef<'_>| selector.selects(key);
        return Ok(vec![context.source.scan(request(None), &select).await?]);
    }
    let whole = |key: model::SeriesRef<'_>| selector.selects(key) && !selector.splits(key);
    let scans = vec![context.source.scan(request(bucket_ms), &whole).await?];
    if !selector.host_tags.changes_within(selector.range) {
        return Ok(scans);
    }
    let split = |key: model::SeriesRef<'_>| selector.selects(key) && selector.splits(key);
    let mut scans = scans;
    scans.push(context.source.scan(request(None), &split).await?);
    Ok(scans)
}

/// The lines of a leaf over the context's window, with buckets of this width, and their times.
pub(super) async fn read_alone(
    context: &Context,
    leaf: &Leaf,
    width: Width,
) -> Result<(Arc<[i64]>, Vec<Frame>)> {
    read_leaf(context, leaf, plan_leaf(context, leaf, width).await?).await
}

/// What the points of a leaf were folded into.
#[derive(Debug)]
pub(super) struct Folded {
    pub grid: Grid,
    pub groups: Groups,
    pub kind: Option<MetricKind>,
    pub total: Partial,
}

pub(super) async fn read_leaf(
    context: &Context,
    leaf: &Leaf,
    planned: Planned,
) -> Result<(Arc<[i64]>, Vec<Frame>)> {
    Ok(lines(context, leaf, &fold_leaf(context, leaf, planned).await?))
}

pub(super) async fn fold_leaf(context: &Context, leaf: &Leaf, planned: Planned) -> Result<Folded> {
    let kind = planned.kind();
    let Planned { grid, selector, scans, .. } = planned;
    let mut groups = Groups::default();
    let memberships: Vec<Vec<Vec<Membership>>> = scans
        .iter()
        .map(|scan| {
            let series = scan.series().iter();
            series.map(|s| selector.memberships(s.key.as_ref(), &mut groups)).collect()
        })
        .collect();
    let n_groups = groups.len();
    if groups.is_cut {
        return Err(Error::limited(
            "a series has too many combinations of the group tags: group by fewer tags",
        ));
    }
    let bytes = Partial::bytes(n_groups, grid.len()).saturating_mul(N_WORKERS);
    if bytes > context.limits.memory_bytes {
        return Err(Error::limited(format!(
            "{n_groups} groups of {} intervals are too many to add up: group by fewer tags or use \
             a longer interval",
            grid.len()
        )));
    }
    let mut total = Partial::new(&leaf.recipe, &grid, n_groups, context.limits.memory_bytes);
    for (scan, memberships) in scans.into_iter().zip(memberships) {
        let job = Job {
            scan,
            recipe: leaf.recipe.clone(),
            grid: grid.clone(),
            memberships,
            n_groups,
            bytes_max: context.limits.memory_bytes / N_WORKERS,
        };
        total.merge(fold(job).await?)?;
    }
    Ok(Folded { grid, groups, kind, total })
}

/// Folds a scan. Workers take every [`N_WORKERS`]th chunk each, and dropping the future ends them.
async fn fold(job: Job) -> Result<Partial> {
    let n_rows: u64 = job.scan.series().iter().map(|series| series.n_rows).sum();
    let chunks = job.scan.chunks();
    let job = Arc::new(job);
    if n_rows <= ROWS_INLINE {
        let mut partial = job.partial();
        for chunk in chunks {
            job.add(&mut partial, job.scan.read(chunk).await?)?;
        }
        return Ok(partial);
    }
    let mut workers = JoinSet::new();
    let n_workers = N_WORKERS.min(chunks.len());
    for w in 0..n_workers {
        let chunks: Vec<Range<usize>> = chunks.iter().skip(w).step_by(n_workers).cloned().collect();
        let job = Arc::clone(&job);
        workers.spawn(async move { Ok::<_, Error>((w, work(job, chunks).await?)) });
    }
    let mut partials = Vec::with_capacity(n_workers);
    while let Some(done) = workers.join_next().await {
        partials.push(done.map_err(lost_worker)??);
    }
    partials.sort_by_key(|(w, _)| *w);
    let mut partials = partials.into_iter().map(|(_, partial)| partial);
    let mut total = partials.next().unwrap_or_else(|| job.partial());
    for partial in partials {
        total.merge(partial)?;
    }
    Ok(total)
}

async fn work(job: Arc<Job>, chunks: Vec<Range<usize>>) -> Result<Partial> {
    let mut partial = job.partial();
    for chunk in chunks {
        let data = job.scan.read(chunk).await?;
        if job.is_quick(&data) {
            job.add(&mut partial, data)?;
            continue;
        }
        let job = Arc::clone(&job);
        let add = move || job.add(&mut partial, data).map(|()| partial);
        partial = tokio::task::spawn_blocking(add).await.map_err(lost_worker)??;
    }
    Ok(partial)
}

pub(super) fn lost_worker(error: tokio::task::JoinError) -> Error {
    Error::bug(format!("a worker of the query was lost: {error}"))
}

impl Job {
    fn partial(&self) -> Partial {
        Partial::new(&self.recipe, &self.grid, self.n_groups, self.bytes_max)
    }

    /// Whether adding up a chunk takes less than to hand it to another thread and back: a nanosecond
    /// a point, which is less than it took to read.
    fn is_quick(&self, data: &[SeriesData]) -> bool {
        let is_sketches = |part: &SeriesPart| {
            matches!(part, SeriesPart::Sketches { .. } | SeriesPart::SketchRollups { .. })
        };
        self.recipe.ops.is_empty()
            && self.recipe.space != Space::Spread
            && !data.iter().any(|series| series.parts.iter().any(is_sketches))
    }

    fn add(&self, partial: &mut Partial, data: Vec<SeriesData>) -> Result<()> {
        for series in data {
            let known = &self.scan.series()[series.index];
            let secs = self.grid.width_secs(0);
            let rule = self.recipe.rule_in(known.kind, known.interval_secs, secs);
            let memberships = &self.memberships[series.index];
            let shape = (&self.recipe, &self.grid, self.n_groups);
            partial.add(shape, rule, &series.parts, memberships)?;
        }
        Ok(())
    }
}

fn lines(context: &Context, leaf: &Leaf, folded: &Folded) -> (Arc<[i64]>, Vec<Frame>) {
    let Folded { grid, groups, kind, total } = folded;
    // Back to the times at which the data is shown.
    let shown = grid.shifted(-leaf.shift_ms);
    let visible = shown.within(context.window);
    let times: Arc<[i64]> = shown.starts()[visible.clone()].into();
    let mut frames: Vec<Frame> = groups
        .tag_sets
        .iter()
        .enumerate()
        .map(|(group, tag_set)| {
            let mut line = total.line(&leaf.recipe, grid, group);
            line.truncate(visible.end);
            line.drain(..visible.start);
            frame_of(leaf, tag_set.clone(), (&times, line), (grid.interval_secs, *kind))
        })
        .filter(Frame::has_values)
        .collect();
    frames.sort_by(|a, b| a.tag_set.cmp(&b.tag_set));
    (times, frames)
}

/// The line of a group of a leaf.
pub(super) fn frame_of(
    leaf: &Leaf,
    tag_set: Vec<String>,
    (times, values): (&Arc<[i64]>, Vec<f64>),
    (interval_secs, kind): (i64, Option<MetricKind>),
) -> Frame {
    Frame {
        metric: leaf.query.metric.clone(),
        expression: group_query(&leaf.query, &tag_set).to_string(),
        scope: scope_text(&leaf.query.scope, &tag_set),
        tag_set,
        times: Arc::clone(times),
        values,
        interval_secs,
        aggr: Some(leaf.query.space_agg().to_string()),
        kind,
        query_index: 0,
        marks: None,
        aligns_with_zero: kind.is_some_and(|kind| leaf.recipe.aligns_with_zero(kind)),
    }
}

/// The query of one group alone.
fn group_query(query: &MetricQuery, tag_set: &[String]) -> MetricQuery {
    let mut parts = match &query.scope {
        Scope::All => Vec::new(),
        Scope::And(parts) => parts.clone(),
        other => vec![other.clone()],
    };
    parts.extend(tag_set.iter().map(|tag| {
        let (key, value) = model::split_tag(tag);
        Scope::Tag { key: key.to_owned(), value: Some(value.to_owned()) }
    }));
    let scope = match parts.len() {
        0 => Scope::All,
        1 => parts.remove(0),
        _ => Scope::And(parts),
    };
    MetricQuery { scope, by: Vec::new(), ..query.clone() }
}

fn scope_text(scope: &Scope, tag_set: &[String]) -> String {
    let mut parts: Vec<String> = match scope {
        Scope::All => Vec::new(),
        Scope::And(parts) => parts.iter().map(Scope::to_string).collect(),
        other => vec![other.to_string()],
    };
    parts.extend(tag_set.iter().cloned());
    parts.sort();
    parts.dedup();
    if parts.is_empty() { "*".into() } else { parts.join(",") }
}

/// The line of a number, to be given a value.
fn constant_line(context: &Context) -> Result<Frame> {
    let ms = context.interval_ms.unwrap_or_else(|| default_interval_ms(context.window));
    let ms = ms.max(narrowest_interval_ms(context.window, context.limits.buckets_max));
    let grid = Grid::new(context.window, Width::Fixed { ms }, (0, 0))?;
    let values = vec![f64::NAN; grid.len()];
    Ok(Frame { interval_secs: grid.interval_secs, ..Frame::line(grid.starts().into(), values) })
}

/// The lines of the leaves of one expression.
struct Evaluation {
    lines: Vec<Vec<Frame>>,
    /// Number of the first leaf.
    first: usize,
    constant: Frame,
    moment: Moment,
}

impl Evaluation {
    fn frames(&self, node: &Node) -> Vec<Frame> {
        match self.operand(node) {
            Operand::Frames(frames) => frames,
            Operand::Number(n) => {
                let mut frame = self.constant.clone();
                frame.expression = n.to_string();
                frame.values.fill(n);
                vec![frame]
            }
        }
    }

    fn operand(&self, node: &Node) -> Operand {
        match node {
            Node::Number(n) => Operand::Number(*n),
            Node::Leaf(leaf) => Operand::Frames(self.lines[leaf - self.first].clone()),
            Node::Neg(inner) => match self.operand(inner) {
                Operand::Number(n) => Operand::Number(-n),
                Operand::Frames(mut frames) => {
                    for frame in &mut frames {
                        frame.metric = format!("-{}", frame.metric);
                        frame.expression = format!("-{}", frame.expression);
                        frame.values.iter_mut().for_each(|v| *v = -*v);
                        frame.marks = None;
                    }
                    Operand::Frames(frames)
                }
            },
            Node::Binary { op, left, right } => {
                combine(*op, self.operand(left), self.operand(right))
            }
            Node::Apply { label, what, input } => {
                let mut frames = self.frames(input);
                match what {
                    Apply::Below => {}
                    Apply::Values(op) => {
                        for frame in &mut frames {
                            (op.0)(&frame.times, &mut frame.values);
                            frame.marks = None;
                        }
                    }
                    Apply::Frames(op) => frames = (op.0)(frames),
                    Apply::Smooth { op, cuts } => {
                        frames = (op.0)(frames, self.moment.window.from);
                        if *cuts {
                            functions::cut(&mut frames, self.moment.window);
                        }
                    }
                    Apply::Learn(model) => frames = model.apply(self.moment, frames),
                }
                for frame in &mut frames {
                    frame.metric = label.wrap(&frame.metric);
                    frame.expression = label.wrap(&frame.expression);
                }
                Operand::Frames(frames)
            }
        }
    }
}
