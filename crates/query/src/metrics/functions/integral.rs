use super::{Args, Step};
use crate::error::Result;

/// The area under the line so far, in value times seconds, between each pair of points the mean of
/// the two; 0 at the first point.
pub(super) fn plan(_args: &Args<'_>) -> Result<Step> {
    Ok(Step::values(|times, values| {
        let mut area = 0.0;
        let mut last: Option<(i64, f64)> = None;
        for (&time, value) in times.iter().zip(values) {
            if value.is_nan() {
                continue;
            }
            let now = *value;
            if let Some((t, v)) = last {
                area += (time - t) as f64 / 1000.0 * (v + now) / 2.0;
            }
            last = Some((time, now));
            *value = area;
        }
    }))
}
