//! What is done to the points of one metric query, decided before any is read.
//!
//! Datadog's order: the points of each series are folded into time buckets, gaps are interpolated,
//! then series are folded into groups. How a series is folded in time depends on its type and on
//! `.as_count()`, `.as_rate()` and `.rollup()`.
//! Sources: docs.datadoghq.com "Metric type modifiers", "Rollup", "Interpolation and the fill
//! modifier".

use std::fmt;
use std::sync::Arc;

use lang::metrics::ast::{
    Fill, FillKind, MetricQuery, ModifierKind, RollupMethod, SpaceAgg, ValueCondition,
};
use model::{MetricKind, SECOND_MS};

use crate::error::{Error, Result};

/// How long after a real sample interpolation goes on, in seconds, by default and at most.
const FILL_SECS_DEFAULT: f64 = 300.0;
const FILL_SECS_MAX: f64 = 600.0;

type OnLine = dyn Fn(&[i64], &mut [f64]) + Send + Sync;

/// Changes the values of one line in place; times are of the buckets, NaN is "no value".
#[derive(Clone)]
pub(crate) struct SeriesOp(pub Arc<OnLine>);

impl SeriesOp {
    pub(crate) fn new(op: impl Fn(&[i64], &mut [f64]) + Send + Sync + 'static) -> Self {
        Self(Arc::new(op))
    }
}

impl fmt::Debug for SeriesOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SeriesOp")
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TypeModifier {
    None,
    Count,
    Rate,
}

/// What is asked of the groups.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Space {
    Plain(PlainSpace),
    /// Over 0 to 1, by merged sketches.
    Quantile(f64),
    /// Points of a distribution for which all the conditions hold.
    CountIf(Vec<ValueCondition>),
    /// All values, as counts by value.
    Spread,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlainSpace {
    Avg,
    Sum,
    Min,
    Max,
    Count,
}

/// The gaps of a series that are filled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct FillRule {
    pub kind: FillKind,
    pub limit_ms: i64,
    /// Linear only: goes on with the last value where no other follows.
    pub holds: bool,
}

/// All that a query says about folding.
#[derive(Clone, Debug)]
pub(crate) struct Recipe {
    pub space: Space,
    pub method: Option<RollupMethod>,
    pub modifier: TypeModifier,
    /// As written; `None` leaves the default by type.
    pub fill: Option<FillRule>,
    /// A sum of gauges counts each series for the part of a bucket in which it has points.
    pub is_weighted: bool,
    /// Show interpolated values also where no series has a real one.
    pub keeps_all_fills: bool,
    /// Interpolation goes on past the last value, which is taken to stay.
    pub holds_last: bool,
    /// Applied to each series between interpolation and space aggregation.
    pub ops: Vec<SeriesOp>,
}

/// How one series is folded in time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct SeriesRule {
    pub method: RollupMethod,
    pub scale: f64,
    /// Divide each bucket by its width in seconds.
    pub per_second: bool,
    /// Multiply each bucket by its width in seconds.
    pub per_bucket: bool,
    pub fill: Option<FillRule>,
}

impl Recipe {
    pub(crate) fn new(query: &MetricQuery) -> Result<Self> {
        let mut modifier = TypeModifier::None;
        let mut is_weighted = false;
        for m in &query.modifiers {
            match &m.kind {
                ModifierKind::AsCount => modifier = TypeModifier::Count,
                ModifierKind::AsRate => modifier = TypeModifier::Rate,
                ModifierKind::Weighted => is_weighted = true,
                ModifierKind::Rollup(_) | ModifierKind::Fill(_) => {}
                ModifierKind::Unknown { name, .. } => {
                    return Err(Error::invalid(format!("unknown modifier .{name}()")).at(m.span));
                }
            }
        }
        Ok(Self {
            space: space(&query.space_agg())?,
            method: query.rollup().and_then(|rollup| rollup.method),
            modifier,
            fill: query.fill().map(fill_rule).transpose()?,
            is_weighted,
            holds_last: false,
            keeps_all_fills: query.fill().is_some(),
            ops: Vec::new(),
        })
    }

    /// The values as they are, each once.
    pub(crate) fn spread() -> Self {
        Self {
            space: Space::Spread,
            method: None,
            modifier: TypeModifier::None,
            fill: Some(FillRule { kind: FillKind::Null, limit_ms: 0, holds: false }),
            is_weighted: false,
            holds_last: false,
            keeps_all_fills: false,
            ops: Vec::new(),
        }
    }

    /// Counts too have the values between two of theirs, unless the query says how gaps are filled.
    pub(crate) fn interpolate_counts(&mut self) {
        self.fill = self.fill.or(Some(default_fill()));
    }

    /// How far around the window points are needed, in milliseconds: for interpolating across its
    /// edges, and for differences to the point before.
    pub(crate) fn margin_ms(&self, width_ms: i64) -> (i64, i64) {
        let fill = match (self.fill, self.modifier) {
            (Some(FillRule { kind: FillKind::Null, .. }), _) => 0,
            (Some(rule), _) => rule.limit_ms,
            (None, TypeModifier::Count | TypeModifier::Rate) => 0,
            (None, TypeModifier::None) => default_fill().limit_ms,
        };
        // Nothing is interpolated across buckets that are wider than the limit.
        let fill = if fill >= width_ms { fill } else { 0 };
        let before = if self.ops.is_empty() { fill } else { fill.max(width_ms) };
        (before, fill)
    }

    /// As [`Self::rule`], and by `.weighted()`: in place of the average of a gauge's points in a
    /// bucket stands their sum by how many fit in. Source: docs.datadoghq.com "How does weighted()
    /// work?".
    pub(crate) fn rule_in(&self, kind: MetricKind, interval_secs: u32, secs: f64) -> SeriesRule {
        let rule = self.rule(kind, interval_secs);
        let native = f64::from(interval_secs);
        let weighs = self.is_weighted && self.space == Space::Plain(PlainSpace::Sum);
        let is_average = kind == MetricKind::Gauge && rule.method == RollupMethod::Avg;
        if !(weighs && is_average) || interval_secs == 0 || native > secs {
            return rule;
        }
        let method = RollupMethod::Sum;
        SeriesRule { method, scale: native, per_second: true, per_bucket: false, fill: None }
    }

    pub(crate) fn rule(&self, kind: MetricKind, interval_secs: u32) -> SeriesRule {
        let native = f64::from(interval_secs);
        let is_rate = kind == MetricKind::Rate;
        let counts = match (kind, self.modifier) {
            (MetricKind::Gauge | MetricKind::Distribution, _) => false,
            (MetricKind::Rate, TypeModifier::None) => false,
            // A count is summed unless told otherwise: its average over a bucket means nothing.
            (MetricKind::Rate | MetricKind::Count, _) => true,
        };
        let method = self.method.unwrap_or(if counts && !(is_rate && interval_secs == 0) {
            RollupMethod::Sum
        } else {
            RollupMethod::Avg
        });
        let mut rule =
            SeriesRule { method, scale: 1.0, per_second: false, per_bucket: false, fill: None };
        rule.fill = match self.fill {
            None if counts => None,
            None => Some(default_fill()),
            Some(FillRule { kind: FillKind::Null, .. }) => None,
            Some(rule) => Some(rule),
        }
        .map(|fill| FillRule { holds: self.holds_last, ..fill });
        if !counts || method == RollupMethod::Count {
            return rule;
        }
        let sums = method == RollupMethod::Sum;
        match (kind, self.modifier) {
            // A rate of an unknown interval stands for the whole bucket.
            (MetricKind::Rate, TypeModifier::Count) if interval_secs == 0 => {
                rule.per_bucket = !sums
            }
            (MetricKind::Rate, TypeModifier::Count) => rule.scale = native,
            (MetricKind::Rate, TypeModifier::Rate) if sums && interval_secs > 0 => {
                rule.scale = native;
                rule.per_second = true;
            }
            (MetricKind::Count, TypeModifier::Rate) if sums || interval_secs == 0 => {
                rule.per_second = true;
            }
            (MetricKind::Count, TypeModifier::Rate) => rule.scale = 1.0 / native,
            _ => {}
        }
        rule
    }

    /// Whether a missing value counts as 0 beside one that is there: Datadog aligns counts so.
    pub(crate) fn aligns_with_zero(&self, kind: MetricKind) -> bool {
        match kind {
            MetricKind::Count => self.fill.is_none(),
            MetricKind::Rate | MetricKind::Distribution => self.modifier != TypeModifier::None,
            MetricKind::Gauge => false,
        }
    }
}

/// Linear, up to five minutes after a real sample. Source: "Interpolation and the fill modifier".
fn default_fill() -> FillRule {
    FillRule {
        kind: FillKind::Linear,
        limit_ms: FILL_SECS_DEFAULT as i64 * SECOND_MS,
        holds: false,
    }
}

pub(crate) fn fill_rule(fill: &Fill) -> Result<FillRule> {
    let secs = fill.limit.unwrap_or(FILL_SECS_DEFAULT);
    if !(0.0..=FILL_SECS_MAX).contains(&secs) {
        return Err(Error::invalid(format!(
            "a fill limit of {secs} s is out of range: expected 0 to {FILL_SECS_MAX} s"
        )));
    }
    Ok(FillRule { kind: fill.kind, limit_ms: (secs * 1000.0) as i64, holds: false })
}

fn space(agg: &SpaceAgg) -> Result<Space> {
    Ok(match agg {
        SpaceAgg::Avg => Space::Plain(PlainSpace::Avg),
        SpaceAgg::Sum => Space::Plain(PlainSpace::Sum),
        SpaceAgg::Min => Space::Plain(PlainSpace::Min),
        SpaceAgg::Max => Space::Plain(PlainSpace::Max),
        SpaceAgg::Count => Space::Plain(PlainSpace::Count),
        SpaceAgg::Percentile(p) if (0.0..=100.0).contains(p) => Space::Quantile(p / 100.0),
        SpaceAgg::Percentile(p) => {
            return Err(Error::invalid(format!("p{p} is no percentile: expected p0 to p100")));
        }
        SpaceAgg::CountIf(conditions) => Space::CountIf(conditions.clone()),
        SpaceAgg::Histogram => {
            return Err(Error::invalid(
                "histogram: is for heat maps: expected avg, sum, min, max, count or a percentile",
            ));
        }
    })
}
