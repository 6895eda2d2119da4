use lang::metrics::ast::RollupMethod;

use super::rollup::fold_values;
use super::{Args, Step};
use crate::error::Result;
use crate::metrics::history::Lead;

/// At each point, the points of the seconds before (that point included) folded into one.
pub(super) fn plan(args: &Args<'_>) -> Result<Step> {
    let secs = args.number(1, "interval")?;
    if secs <= 0.0 {
        return Err(args.error("expected an interval over 0 s"));
    }
    let span_ms = (secs * 1000.0) as i64;
    let method = args.word(2, "method")?.unwrap_or_else(|| "avg".into());
    let method = RollupMethod::from_name(&method)
        .ok_or_else(|| args.error("expected avg, sum, min, max or count as its method"))?;
    Ok(Step::smooth_by(Lead { buckets: 0, ms: span_ms }, move |times, values| {
        let given: Vec<(i64, f64)> = times
            .iter()
            .copied()
            .zip(values.iter().copied())
            .filter(|(_, v)| !v.is_nan())
            .collect();
        let numbers: Vec<f64> = given.iter().map(|(_, v)| *v).collect();
        for (&time, value) in times.iter().zip(values).filter(|(_, v)| !v.is_nan()) {
            let first = given.partition_point(|(t, _)| *t <= time - span_ms);
            let last = given.partition_point(|(t, _)| *t <= time);
            *value = fold_values(method, &numbers[first..last]);
        }
    }))
}
