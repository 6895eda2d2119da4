use super::{Args, Step, median, on_present, span};
use crate::error::Result;

/// `median_N`: at each point the median of the last N points, that one included; of fewer at the
/// line's start. Gaps stay gaps and take no part. Source: docs.datadoghq.com "Smoothing".
pub(super) fn plan(args: &Args<'_>) -> Result<Step> {
    let n = span(args)?;
    let last =
        move |given: &[f64], i: usize| median(&mut given[(i + 1).saturating_sub(n)..=i].to_vec());
    Ok(Step::smooth(n, move |_, values| {
        on_present(values, |given| (0..given.len()).map(|i| last(given, i)).collect());
    }))
}
