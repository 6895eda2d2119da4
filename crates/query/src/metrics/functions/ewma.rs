use super::{Args, Step, on_present, span};
use crate::error::Result;

/// Points before these weigh 1 / 400 together.
const LEAD_SPANS: usize = 3;

/// `ewma_N`: the exponentially weighted moving average of span N, so each point weighs
/// `1 - 2 / (N + 1)` of the one after it and the weighted age of the points is (N - 1) / 2.
///
/// The weights of the points so far are scaled to sum up to 1: the first value is the first point,
/// and the average does not lean to it. The line goes back before the window by three spans. Gaps stay gaps and take no part. Source of the span:
/// docs.datadoghq.com "Smoothing"; the definition is pandas' `ewm(span=N).mean()` over the points
/// that are there.
pub(super) fn plan(args: &Args<'_>) -> Result<Step> {
    let span = span(args)?;
    let alpha = 2.0 / (span as f64 + 1.0);
    let op = move |_: &[i64], values: &mut [f64]| {
        on_present(values, |given| averages(given, alpha));
    };
    Ok(Step::smooth(LEAD_SPANS * span, op))
}

fn averages(given: &[f64], alpha: f64) -> Vec<f64> {
    let (mut sum, mut weight) = (0.0, 0.0);
    let next = |value: &f64| {
        sum = sum * (1.0 - alpha) + value;
        weight = weight * (1.0 - alpha) + 1.0;
        sum / weight
    };
    given.iter().map(next).collect()
}
