use super::{Args, Step, between_points};
use crate::error::Result;

/// The change per second between points of each series, falls included.
pub(super) fn plan(_args: &Args<'_>) -> Result<Step> {
    let change = |ms: i64, delta: f64| delta / (ms as f64 / 1000.0);
    Ok(Step::series(move |times, values| between_points(times, values, change)))
}
