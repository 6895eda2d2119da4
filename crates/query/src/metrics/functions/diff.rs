use super::{Args, Step, between_points};
use crate::error::Result;

/// The change from point to point of each series: after time aggregation, before series are folded
/// into groups. Source: docs.datadoghq.com "Rate", *Value difference*.
pub(super) fn plan(_args: &Args<'_>) -> Result<Step> {
    Ok(Step::series(|times, values| between_points(times, values, |_, delta| delta)))
}
