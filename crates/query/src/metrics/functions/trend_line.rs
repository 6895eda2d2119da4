use super::{Args, Step, line_fit};
use crate::error::Result;

/// The least-squares line through the points, from the first of them to the last, gaps included.
/// A single point is its own line. Source: docs.datadoghq.com "Regression", *Trend line*.
pub(super) fn plan(_args: &Args<'_>) -> Result<Step> {
    Ok(Step::values(|times, values| {
        line_fit::draw(times, values, |points| {
            line_fit::weighted(points, &vec![1.0; points.len()])
        });
    }))
}
