use super::{Args, Step};
use crate::error::Result;
use crate::metrics::recipe::SeriesOp;

/// Zero wherever there is no value, after interpolation where that is on, which here holds the last
/// value for as long as it may. A query without any point stays without lines.
/// Source: docs.datadoghq.com "Interpolation", *Default zero*.
pub(super) fn plan(_args: &Args<'_>) -> Result<Step> {
    Ok(Step::Zeros(SeriesOp::new(|_, values| {
        if values.iter().any(|value| !value.is_nan()) {
            values.iter_mut().filter(|value| value.is_nan()).for_each(|value| *value = 0.0);
        }
    })))
}
