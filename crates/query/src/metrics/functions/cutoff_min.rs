use super::{Args, Step};
use crate::error::Result;

/// Without values under the threshold; those equal to it stay.
pub(super) fn plan(args: &Args<'_>) -> Result<Step> {
    let threshold = args.number(1, "threshold")?;
    Ok(Step::map(move |v| if v < threshold { f64::NAN } else { v }))
}
