use super::{Args, Step};
use crate::error::Result;
use crate::metrics::recipe::SeriesOp;

/// A number wherever there is no value, after interpolation where that is on, as `default_zero`.
/// A query without any point stays without lines. Source: docs.datadoghq.com "Functions", *Default function*.
pub(super) fn plan(args: &Args<'_>) -> Result<Step> {
    let default = args.number(1, "default")?;
    Ok(Step::Zeros(SeriesOp::new(move |_, values| {
        if values.iter().any(|value| !value.is_nan()) {
            values.iter_mut().filter(|value| value.is_nan()).for_each(|value| *value = default);
        }
    })))
}
