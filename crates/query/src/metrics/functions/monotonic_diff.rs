use super::{Args, Step, between_points};
use crate::error::Result;

/// The rise from point to point of each series; a fall has no value.
pub(super) fn plan(_args: &Args<'_>) -> Result<Step> {
    let rise = |_, delta: f64| if delta < 0.0 { f64::NAN } else { delta };
    Ok(Step::series(move |times, values| between_points(times, values, rise)))
}
