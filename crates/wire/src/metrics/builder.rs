//! From the parts of a series to the batch: the checks that all forms share.

use std::borrow::Cow;

use model::{
    HOST_BYTES_MAX, METRIC_NAME_BYTES_MAX, MetricKind, OrgId, POINT_FUTURE_SECS_MAX,
    POINT_PAST_SECS_MAX, PointsBatch, SeriesRef, Sketch, SketchesBatch, normalize_host,
    normalize_metric,
};

use crate::decoded::{Problem, quoted};
use crate::metrics::tags::{TagScratch, normalize_device};
use crate::{Context, Decoded, Refusals, TEXT_BYTES_MAX};

/// What a batch of points and one of sketches have in common.
pub(crate) trait Batch {
    type Value;

    fn new(org: OrgId) -> Self;
    fn start(&mut self, key: SeriesRef<'_>, kind: MetricKind, interval_secs: u32);
    fn push(&mut self, time_ms: i64, value: Self::Value);
    fn text_len(&self) -> usize;
    /// Why a value cannot be kept.
    fn problem(value: &Self::Value) -> Option<Problem>;
}

impl Batch for PointsBatch {
    type Value = f64;

    fn new(org: OrgId) -> Self {
        Self::new(org)
    }

    fn start(&mut self, key: SeriesRef<'_>, kind: MetricKind, interval_secs: u32) {
        self.push_series(key, kind, interval_secs);
    }

    fn push(&mut self, time_ms: i64, value: f64) {
        self.push_point(time_ms, value);
    }

    fn text_len(&self) -> usize {
        self.keys.text.len()
    }

    #[inline]
    fn problem(value: &f64) -> Option<Problem> {
        if value.is_finite() {
            return None;
        }
        Some(Problem::new("value_not_finite", format!("value {value} is not a finite number")))
    }
}

impl Batch for SketchesBatch {
    type Value = Sketch;

    fn new(org: OrgId) -> Self {
        Self::new(org)
    }

    fn start(&mut self, key: SeriesRef<'_>, _kind: MetricKind, interval_secs: u32) {
        self.push_series(key, interval_secs);
    }

    fn push(&mut self, time_ms: i64, sketch: Sketch) {
        self.push_sketch(time_ms, sketch);
    }

    fn text_len(&self) -> usize {
        self.keys.text.len()
    }

    fn problem(sketch: &Sketch) -> Option<Problem> {
        for (name, value) in [("sum", sketch.sum), ("min", sketch.min), ("max", sketch.max)] {
            if !value.is_finite() {
                let message = format!("{name} {value} is not a finite number");
                return Some(Problem::new("value_not_finite", message));
            }
        }
        let problem = if sketch.count == 0 {
            "it has no values"
        } else if sketch.min > sketch.max {
            "its minimum is over its maximum"
        } else if sketch.bins.is_empty() {
            "it has no bins"
        } else {
            return None;
        };
        Some(Problem::new("bad_sketch", format!("bad sketch: {problem}")))
    }
}

/// The parts of a series but its tags and points.
#[derive(Debug)]
pub(crate) struct Head<'a> {
    pub(crate) metric: &'a str,
    pub(crate) host: &'a str,
    pub(crate) device: &'a str,
    /// Or the words for what the type is instead.
    pub(crate) kind: Result<MetricKind, String>,
    pub(crate) interval_secs: i64,
}

/// One point or sketch as sent, its time in seconds; or why it is none.
pub(crate) type Point<V> = Result<(i64, V), Box<Problem>>;

#[derive(Debug)]
pub(crate) struct Builder<B> {
    batch: B,
    refused: Refusals,
    accepted: u64,
    now_secs: i64,
    /// What a series is called in messages: `series`, `sketches`.
    place: &'static str,
    /// The tags of the series that is read; emptied by the caller before each.
    pub(crate) tags: TagScratch,
}

/// The batch has reached the bound on its texts.
pub(crate) struct TextFull;

impl<B: Batch> Builder<B> {
    pub(crate) fn new(context: Context, place: &'static str) -> Self {
        Self {
            batch: B::new(context.org),
            refused: Refusals::default(),
            accepted: 0,
            now_secs: context.now_ms.div_euclid(1000),
            place,
            tags: TagScratch::default(),
        }
    }

    pub(crate) fn finish(self) -> Decoded<B> {
        Decoded { batch: self.batch, accepted: self.accepted, refused: self.refused }
    }

    /// Adds the series with what stands in `tags`. A series that is refused counts its points, or
    /// one if it has none.
    pub(crate) fn add(
        &mut self,
        idx: usize,
        head: &Head<'_>,
        points: impl ExactSizeIterator<Item = Point<B::Value>>,
    ) -> Result<(), TextFull> {
        let n_points = points.len();
        if let Err(problem) = self.try_add(idx, head, points)? {
            self.refuse(idx, n_points.max(1) as u64, problem);
        }
        Ok(())
    }

    /// Refuses the series `idx` as a whole.
    pub(crate) fn refuse(&mut self, idx: usize, count: u64, problem: Problem) {
        let place = self.place;
        self.refused.refuse(count, problem.code, || format!("{place}[{idx}]{}", problem.message));
    }

    fn try_add(
        &mut self,
        idx: usize,
        head: &Head<'_>,
        points: impl ExactSizeIterator<Item = Point<B::Value>>,
    ) -> Result<Result<(), Problem>, TextFull> {
        let metric = match check_metric(head.metric) {
            Ok(metric) => metric,
            Err(problem) => return Ok(Err(problem)),
        };
        let kind = match &head.kind {
            Ok(kind) => *kind,
            Err(found) => {
                let message =
                    format!(".type: {found} is no type of metric; send count, rate or gauge");
                return Ok(Err(Problem::new("unknown_metric_type", message)));
            }
        };
        let Some(own_host) = normalize_host(head.host) else {
            let message = format!(
                ".host: {} has {} bytes, the limit is {HOST_BYTES_MAX}",
                quoted(head.host),
                head.host.len()
            );
            return Ok(Err(Problem::new("host_too_long", message)));
        };
        let own_device = normalize_device(head.device);
        self.tags.finish(&own_host, &own_device);
        let key = SeriesRef {
            metric: &metric,
            host: if own_host.is_empty() { self.tags.host() } else { &own_host },
            device: if own_device.is_empty() { self.tags.device() } else { &own_device },
            tags: self.tags.joined(),
        };
        let interval_secs = u32::try_from(head.interval_secs).unwrap_or(0);

        let mut is_started = false;
        for (i, point) in points.enumerate() {
            let checked = point.and_then(|(secs, value)| {
                check_time(secs, self.now_secs)?;
                B::problem(&value).map_or(Ok((secs, value)), |problem| Err(Box::new(problem)))
            });
            match checked {
                Ok((secs, value)) => {
                    if !is_started {
                        if self.batch.text_len() > TEXT_BYTES_MAX {
                            return Err(TextFull);
                        }
                        self.batch.start(key, kind, interval_secs);
                        is_started = true;
                    }
                    self.batch.push(secs * 1000, value);
                    self.accepted += 1;
                }
                Err(problem) => {
                    let place = self.place;
                    self.refused.refuse(1, problem.code, || {
                        format!("{place}[{idx}].points[{i}]: {}", problem.message)
                    });
                }
            }
        }
        Ok(Ok(()))
    }
}

fn check_metric(metric: &str) -> Result<Cow<'_, str>, Problem> {
    if let Some(name) = normalize_metric(metric) {
        return Ok(name);
    }
    if metric.len() > METRIC_NAME_BYTES_MAX {
        let message = format!(
            ".metric: {} has {} bytes, the limit is {METRIC_NAME_BYTES_MAX}",
            quoted(metric),
            metric.len()
        );
        return Err(Problem::new("metric_name_too_long", message));
    }
    let message = format!(".metric: {} has no letter from a to z", quoted(metric));
    Err(Problem::new("bad_metric_name", message))
}

#[inline]
fn check_time(secs: i64, now_secs: i64) -> Result<(), Box<Problem>> {
    let age_secs = now_secs.saturating_sub(secs);
    if (-POINT_FUTURE_SECS_MAX..=POINT_PAST_SECS_MAX).contains(&age_secs) {
        return Ok(());
    }
    Err(Box::new(time_problem(secs, now_secs)))
}

/// Words for a time that is too far from now.
pub(crate) fn time_problem(secs: i64, now_secs: i64) -> Problem {
    if secs <= now_secs {
        let days = POINT_PAST_SECS_MAX / 86_400;
        let message = format!("timestamp {secs} is more than {days} days in the past");
        return Problem::new("timestamp_too_old", message);
    }
    let hint = if secs / 1000 <= now_secs.saturating_add(86_400) && secs / 1000 > 1_000_000_000 {
        "; it looks like milliseconds, send seconds"
    } else {
        ""
    };
    let minutes = POINT_FUTURE_SECS_MAX / 60;
    let message = format!("timestamp {secs} is more than {minutes} minutes in the future{hint}");
    Problem::new("timestamp_in_future", message)
}
