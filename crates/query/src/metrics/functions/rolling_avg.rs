use super::{Args, Step, on_present, span};
use crate::error::Result;

/// `rollingavg_N`: at each point the average of the last N points, that one included; of fewer at
/// the line's start. Gaps stay gaps and take no part. Source: docs.datadoghq.com "Beta Functions".
pub(super) fn plan(args: &Args<'_>) -> Result<Step> {
    let n = span(args)?;
    let last = move |given: &[f64], i: usize| {
        let last = &given[(i + 1).saturating_sub(n)..=i];
        last.iter().sum::<f64>() / last.len() as f64
    };
    Ok(Step::smooth(n, move |_, values| {
        on_present(values, |given| (0..given.len()).map(|i| last(given, i)).collect());
    }))
}
