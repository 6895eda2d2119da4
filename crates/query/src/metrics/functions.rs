//! Functions over metric queries: one file each, and the one list of them.
//!
//! A file has `plan`, which checks the arguments and says at which stage the function works (see
//! [`Step`]), and a script `tests/scripts/metrics/NAME.test` that shows what it does.

mod abs;
mod anomalies;
mod autosmooth;
mod calendar_shift;
mod ceil;
mod clamp_max;
mod clamp_min;
mod count_nonzero;
mod count_not_null;
mod cumsum;
mod cutoff_max;
mod cutoff_min;
mod day_before;
mod default;
mod default_zero;
mod derivative;
mod diff;
mod dt;
mod ewma;
mod exclude_null;
pub(super) mod fill;
mod floor;
mod forecast;
mod hour_before;
mod integral;
mod line_fit;
mod log10;
mod log2;
mod median;
mod monotonic_diff;
mod month_before;
mod moving_rollup;
mod options;
mod outliers;
mod per_hour;
mod per_minute;
mod per_second;
mod piecewise_constant;
mod rank;
mod rate;
mod robust_trend;
mod rolling_avg;
pub(super) mod rollup;
mod round;
mod seasonal;
mod sqrt;
mod throughput;
mod timeshift;
mod trend_line;
mod week_before;

use std::fmt;
use std::sync::Arc;

use lang::Span;
use lang::metrics::ast::{ArgValue, Call, Expr};
use lang::metrics::functions::lookup;
use model::{SECOND_MS, TimeRange};

use super::frame::Frame;
use super::history::{Lead, Learning};
use super::recipe::SeriesOp;
use crate::error::{Error, Result};

/// Points that a function of a fixed span looks back, at most.
const SPAN_MAX: usize = 1000;

/// At which stage a function works, and what it does there.
#[derive(Debug)]
pub(crate) enum Step {
    /// On each line by itself.
    Values(SeriesOp),
    /// On each series by itself, before they are folded into groups; on lines where the input is
    /// no plain query.
    Series(SeriesOp),
    /// Like [`Self::Values`], with interpolated values kept wherever there are any.
    Zeros(SeriesOp),
    /// On all lines together.
    Frames(FramesOp),
    /// On the time: shows what was so many milliseconds ago.
    Shift(i64),
    /// On each line by itself, by what came before the window.
    Learn(Learning),
    /// On all lines together, which begin so much before the window.
    Smooth(SmoothOp, Lead),
}

/// Changes all lines of an expression at once, knowing where the window begins (in Unix milliseconds).
#[derive(Clone)]
pub(crate) struct SmoothOp(pub Arc<dyn Fn(Vec<Frame>, i64) -> Vec<Frame> + Send + Sync>);

impl fmt::Debug for SmoothOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SmoothOp")
    }
}

/// Changes all lines of an expression at once.
#[derive(Clone)]
pub(crate) struct FramesOp(pub Arc<dyn Fn(Vec<Frame>) -> Vec<Frame> + Send + Sync>);

impl fmt::Debug for FramesOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FramesOp")
    }
}

impl FramesOp {
    pub(crate) fn new(op: impl Fn(Vec<Frame>) -> Vec<Frame> + Send + Sync + 'static) -> Self {
        Self(Arc::new(op))
    }
}

impl Step {
    fn values(op: impl Fn(&[i64], &mut [f64]) + Send + Sync + 'static) -> Self {
        Self::Values(SeriesOp::new(op))
    }

    /// From value to value.
    fn map(op: impl Fn(f64) -> f64 + Send + Sync + 'static) -> Self {
        Self::values(move |_, values| values.iter_mut().for_each(|v| *v = op(*v)))
    }

    fn series(op: impl Fn(&[i64], &mut [f64]) + Send + Sync + 'static) -> Self {
        Self::Series(SeriesOp::new(op))
    }

    /// Each line by itself, by so many buckets before a point.
    fn smooth(buckets: usize, op: impl Fn(&[i64], &mut [f64]) + Send + Sync + 'static) -> Self {
        Self::smooth_by(Lead { buckets: buckets as i64, ms: 0 }, op)
    }

    fn smooth_by(lead: Lead, op: impl Fn(&[i64], &mut [f64]) + Send + Sync + 'static) -> Self {
        let op = move |mut frames: Vec<Frame>, _| {
            for frame in &mut frames {
                op(&frame.times, &mut frame.values);
                frame.marks = None;
            }
            frames
        };
        Self::Smooth(SmoothOp(Arc::new(op)), lead)
    }

    fn frames(op: impl Fn(Vec<Frame>) -> Vec<Frame> + Send + Sync + 'static) -> Self {
        Self::Frames(FramesOp::new(op))
    }
}

/// The arguments of a call.
#[derive(Debug)]
pub(crate) struct Args<'a> {
    pub call: &'a Call,
    pub span: Span,
    pub window: TimeRange,
}

impl<'a> Args<'a> {
    /// The expression that the function is applied to: always the first argument.
    pub(crate) fn series(&self) -> Result<&'a Expr> {
        let first = self.call.arg(0, "query").and_then(ArgValue::as_expr);
        first.ok_or_else(|| self.error("expected a query as its first argument"))
    }

    /// The number at position `i`, or with this name.
    fn number(&self, i: usize, name: &str) -> Result<f64> {
        let number = self.call.arg(i, name).and_then(ArgValue::as_number);
        number.ok_or_else(|| self.error(&format!("expected a number as its {name}")))
    }

    fn number_or(&self, i: usize, name: &str, default: f64) -> Result<f64> {
        if self.call.arg(i, name).is_none() { Ok(default) } else { self.number(i, name) }
    }

    /// The word at position `i`, or with this name, in lower case.
    fn word(&self, i: usize, name: &str) -> Result<Option<String>> {
        let Some(value) = self.call.arg(i, name) else {
            return Ok(None);
        };
        let word = value.as_str().map(str::to_ascii_lowercase);
        word.map(Some).ok_or_else(|| self.error(&format!("expected a word as its {name}")))
    }

    fn error(&self, what: &str) -> Error {
        Error::invalid(format!("{}(): {what}", self.call.name)).at(self.span)
    }
}

/// The first so many lines by their mean.
pub(crate) fn rank_lines(frames: Vec<Frame>, is_ascending: bool, n: usize) -> Vec<Frame> {
    rank::rank(frames, rank::By::Mean, is_ascending, 0..n)
}

/// Whether a function is about how a line goes on, and says nothing of a line that has become a
/// number.
pub(crate) fn looks_along(name: &str) -> bool {
    const LOOKING: [&str; 16] = [
        "autosmooth",
        "cumsum",
        "derivative",
        "diff",
        "dt",
        "integral",
        "monotonic_diff",
        "moving_rollup",
        "per_hour",
        "per_minute",
        "per_second",
        "piecewise_constant",
        "rate",
        "robust_trend",
        "throughput",
        "trend_line",
    ];
    let name = name.to_ascii_lowercase();
    let has_span = ["ewma_", "median_", "rollingavg_"].iter().any(|p| name.starts_with(p));
    has_span || LOOKING.contains(&name.as_str())
}

/// Whether a function's values depend on where the window begins, so that they are others where more is
/// read.
pub(crate) fn is_of_window(name: &str) -> bool {
    const OF_WINDOW: [&str; 10] = [
        "anomalies",
        "cumsum",
        "default",
        "default_zero",
        "forecast",
        "integral",
        "outliers",
        "piecewise_constant",
        "robust_trend",
        "trend_line",
    ];
    let name = name.to_ascii_lowercase();
    rank::is_ranking(&name) || OF_WINDOW.contains(&name.as_str())
}

/// Cuts lines to the buckets that touch the window.
pub(crate) fn cut(frames: &mut [Frame], window: TimeRange) {
    for frame in frames {
        let width_ms = frame.interval_secs * SECOND_MS;
        let line = seasonal::line::Line { times: &frame.times, values: &frame.values, width_ms };
        let shown = line.shown(window);
        if shown.len() == frame.times.len() {
            continue;
        }
        frame.values = shown.iter().map(|&i| frame.values[i]).collect();
        frame.times = shown.iter().map(|&i| frame.times[i]).collect();
    }
}

/// Decides what a call does.
pub(crate) fn plan(args: &Args<'_>) -> Result<Step> {
    let name = args.call.name.to_ascii_lowercase();
    match name.as_str() {
        "abs" => abs::plan(args),
        "anomalies" => anomalies::plan(args),
        "autosmooth" => autosmooth::plan(args),
        "calendar_shift" => calendar_shift::plan(args),
        "ceil" => ceil::plan(args),
        "clamp_max" => clamp_max::plan(args),
        "clamp_min" => clamp_min::plan(args),
        "count_not_null" => count_not_null::plan(args),
        "count_nonzero" | "count_nonzero_finite" => count_nonzero::plan(args),
        "cumsum" => cumsum::plan(args),
        "cutoff_max" => cutoff_max::plan(args),
        "cutoff_min" => cutoff_min::plan(args),
        "day_before" => day_before::plan(args),
        "default" => default::plan(args),
        "default_zero" => default_zero::plan(args),
        "derivative" => derivative::plan(args),
        "diff" => diff::plan(args),
        "dt" => dt::plan(args),
        "exclude_null" => exclude_null::plan(args),
        "floor" => floor::plan(args),
        "forecast" => forecast::plan(args),
        "hour_before" => hour_before::plan(args),
        "integral" => integral::plan(args),
        "log10" => log10::plan(args),
        "log2" => log2::plan(args),
        "monotonic_diff" => monotonic_diff::plan(args),
        "month_before" => month_before::plan(args),
        "moving_rollup" => moving_rollup::plan(args),
        "outliers" => outliers::plan(args),
        "per_hour" => per_hour::plan(args),
        "per_minute" => per_minute::plan(args),
        "per_second" => per_second::plan(args),
        "piecewise_constant" => piecewise_constant::plan(args),
        "rate" => rate::plan(args),
        "robust_trend" => robust_trend::plan(args),
        "round" => round::plan(args),
        "sqrt" => sqrt::plan(args),
        "throughput" => throughput::plan(args),
        "timeshift" => timeshift::plan(args),
        "trend_line" => trend_line::plan(args),
        "week_before" => week_before::plan(args),
        _ if name.starts_with("ewma_") => ewma::plan(args),
        _ if name.starts_with("median_") => median::plan(args),
        _ if name.starts_with("rollingavg_") => rolling_avg::plan(args),
        _ if rank::is_ranking(&name) => rank::plan(&name, args),
        _ if lookup(&name).is_some() => Err(args.error("this function is not served yet")),
        _ => Err(args.error("there is no such function")),
    }
}

/// Refuses a call inside one that learns from history, where its values would depend on how much of
/// that was read. Source: docs.datadoghq.com "Anomaly Monitors" (FAQ), "Forecasts Monitor".
pub(crate) fn check_within(args: &Args<'_>, learns: &str) -> Result<()> {
    const REFUSED: [&str; 8] = [
        "anomalies",
        "cumsum",
        "forecast",
        "integral",
        "outliers",
        "piecewise_constant",
        "robust_trend",
        "trend_line",
    ];
    if REFUSED.iter().any(|name| name.eq_ignore_ascii_case(&args.call.name)) {
        return Err(args.error(&format!("cannot stand inside {learns}()")));
    }
    Ok(())
}

/// Replaces each value by `f(milliseconds since, difference to)` the value before it; the first has
/// none.
fn between_points(times: &[i64], values: &mut [f64], f: impl Fn(i64, f64) -> f64) {
    let mut last: Option<(i64, f64)> = None;
    for (&time, value) in times.iter().zip(values) {
        if value.is_nan() {
            continue;
        }
        let now = (time, *value);
        *value = last.map_or(f64::NAN, |(t, v)| f(time - t, now.1 - v));
        last = Some(now);
    }
}

/// The rise in so many seconds; a fall (a counter that began anew) has no value.
fn rise_per(secs: f64) -> Step {
    let rise = move |ms: i64, delta: f64| {
        if delta < 0.0 { f64::NAN } else { delta / (ms as f64 / 1000.0) * secs }
    };
    Step::series(move |times, values| between_points(times, values, rise))
}

/// The number at the end of a function's name: `ewma_20`.
fn span(args: &Args<'_>) -> Result<usize> {
    let digits = args.call.name.rsplit('_').next().and_then(|digits| digits.parse().ok());
    let span = digits.filter(|span| (1..=SPAN_MAX).contains(span));
    span.ok_or_else(|| args.error("there is no such function"))
}

/// Works on the values that are there, which are replaced by as many; gaps stay gaps.
fn on_present(values: &mut [f64], op: impl FnOnce(&[f64]) -> Vec<f64>) {
    let given: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    let present = values.iter_mut().filter(|value| !value.is_nan());
    present.zip(op(&given)).for_each(|(value, new)| *value = new);
}

/// The middle one, or the mean of the middle two; NaN of none. Changes the order.
fn median(values: &mut [f64]) -> f64 {
    if values.is_empty() {
        return f64::NAN;
    }
    let half = values.len() / 2;
    let is_even = values.len().is_multiple_of(2);
    let (below, upper, _) = values.select_nth_unstable_by(half, f64::total_cmp);
    if is_even {
        below.iter().copied().fold(f64::NEG_INFINITY, f64::max).midpoint(*upper)
    } else {
        *upper
    }
}

/// One line in place of all groups.
fn merged(frames: &[Frame], values: Vec<f64>) -> Vec<Frame> {
    let Some(first) = frames.first() else {
        return Vec::new();
    };
    let scope = "*".into();
    let (aggr, marks) = (None, None);
    vec![Frame { scope, tag_set: Vec::new(), values, aggr, marks, ..first.clone() }]
}
