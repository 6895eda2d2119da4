use super::{Args, Step};
use crate::error::Result;

/// Lower values become the threshold.
pub(super) fn plan(args: &Args<'_>) -> Result<Step> {
    let threshold = args.number(1, "threshold")?;
    // A missing value stays missing: the comparison alone would put the threshold there.
    Ok(Step::map(move |v| if v.is_nan() { v } else { v.max(threshold) }))
}
